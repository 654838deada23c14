"""What the router keeps, read back, and everything that can be wrong with it."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Mapping

import pytest

from wizard.inspect import memory
from wizard.model.errors import WizardError
from wizard.model.kept import KeptFile
from wizard.model.section import Section

ABOUT = "format 1\nid 0123456789abcdef\nat 2026-01-02 03:04:05\n"
FILES = {"files/etc/a": b"\xff\x00a", "absent/etc/b": b"", "about": ABOUT.encode(), "daemon": b"own\n"}


def packed(files: Mapping[str, bytes], links: Mapping[str, str] | None = None) -> bytes:
    text = io.BytesIO()
    with tarfile.open(fileobj=text, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o640
            tar.addfile(member, io.BytesIO(content))
        for name, target in (links or {}).items():
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, target
            tar.addfile(member)
    return gzip.compress(text.getvalue())


def sections(**kept: bytes) -> dict[str, Section]:
    found = {f"kept {name.replace('_', '.')}": Section(text, 0) for name, text in kept.items()}
    return {**found, "complete": Section(b"", 0)}


WHOLE = packed({**FILES, "paths": b"/etc/a\n/etc/b\n/etc/l\n"}, {"files/etc/l": "/rom/etc/l"})


def test_files_links_and_absences() -> None:
    state = memory.states(sections(original_1_tgz=WHOLE))["original.1.tgz"]
    assert state.files == {
        "/etc/a": KeptFile(b"\xff\x00a", "0640"),
        "/etc/l": KeptFile(b"", "0644", "/rom/etc/l"),
    }
    assert (state.absent, state.daemon, state.at) == (frozenset({"/etc/b"}), "own", "2026-01-02 03:04:05")
    assert state.paths == ("/etc/a", "/etc/b", "/etc/l")


def test_the_original_is_all_its_parts() -> None:
    other = packed({"files/etc/z": b"z", "about": ABOUT.encode(), "daemon": b"-\n", "paths": b"/etc/z\n"})
    found = memory.states(sections(original_1_tgz=WHOLE, original_2_tgz=other, **{"0001_tgz": other}))
    original = memory.original(found)
    assert original and original.paths == ("/etc/a", "/etc/b", "/etc/l", "/etc/z")
    assert original.daemon == "own", "that of the first"
    assert memory.original({}) is None


@pytest.mark.parametrize(
    "archive",
    [
        b"",
        b"nonsense",
        WHOLE[:-40],
        gzip.compress(b"no tar" * 200),
        packed({**FILES, "paths": b"/etc/a\n/etc/gone\n"}),
        packed({"about": ABOUT.encode()}),
        packed({**FILES, "about": b"\xff\xfe", "paths": b""}),
        gzip.compress(bytes(memory.LARGEST + 1)),
    ],
    ids=["empty", "nonsense", "cut", "no tar", "a file lacks", "no paths", "no text", "a bomb"],
)
def test_what_is_not_whole_is_said(archive: bytes) -> None:
    with pytest.raises(WizardError) as caught:
        memory.states(sections(**{"0001_tgz": archive}))
    assert caught.value.code == "history-broken"


def test_a_later_format_is_said() -> None:
    later = packed({**FILES, "about": b"format 2\n", "paths": b""})
    with pytest.raises(WizardError) as caught:
        memory.states(sections(**{"0001_tgz": later}))
    assert caught.value.code == "newer-version"


def test_an_answer_that_was_cut_is_no_answer() -> None:
    with pytest.raises(WizardError) as caught:
        memory.states({"kept 0001.tgz": Section(WHOLE, 0)})
    assert caught.value.code == "inspect-cut"


def test_a_link_to_nothing_has_no_content() -> None:
    now = memory.files_now({"link /etc/x": Section(b"lrwxrwxrwx 1 root root 4 Jan 1 /etc/x -> /tmp/gone\n", 0)})
    assert (now["/etc/x"].content, now["/etc/x"].link) == (b"", "/tmp/gone")
