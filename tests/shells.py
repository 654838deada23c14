"""The shells that router scripts are tried with on this machine."""

from __future__ import annotations

import shutil

import pytest

SHELLS = [
    pytest.param(words, id=words[0], marks=pytest.mark.skipif(not shutil.which(words[0]), reason=f"no {words[0]} here"))
    for words in (("dash",), ("busybox", "ash"))
]
