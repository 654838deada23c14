"""The shells that router scripts are tried with. One that is missing is skipped, but has to be there in CI."""

from __future__ import annotations

import os
import shutil

import pytest

IN_CI = os.environ.get("CI") == "true"
SHELLS = [
    pytest.param(
        words,
        id=words[0],
        marks=pytest.mark.skipif(not IN_CI and not shutil.which(words[0]), reason=f"no {words[0]} here"),
    )
    for words in (("dash",), ("busybox", "ash"))
]
