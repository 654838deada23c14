"""Files on their way: any bytes arrive as they were, and never in a process's arguments."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.shells import SHELLS
from wizard.apply.payload import _candidate
from wizard.model.errors import WizardError

DECODED = """decoded() { awk '{ for (i = 1; i <= NF; i++) printf "%c", $i + 0 }'; }"""
TEXTS = st.one_of(
    st.binary(max_size=300).filter(lambda raw: b"\0" not in raw),
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=200).map(lambda text: f"{text}\n".encode()),
)


@pytest.mark.parametrize("shell", SHELLS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=TEXTS)
def test_any_file_arrives_as_it_was(shell: tuple[str, ...], content: bytes, tmp_path: Path) -> None:
    written = tmp_path / "name"
    script = f"LC_ALL=C\nexport LC_ALL\nstage={tmp_path}\n{DECODED}\n{_candidate('name', content).writer}\n"
    subprocess.run(shell, input=script.encode(), check=True)
    assert written.read_bytes() == content


def test_text_stays_readable_on_the_way() -> None:
    assert "line of a file\n" in _candidate("name", b"line of a file\n").writer


def test_a_nul_byte_is_refused_by_name() -> None:
    with pytest.raises(WizardError) as error:
        _candidate("firewall.user", b"a\0b\n")
    assert error.value.code == "file-has-nul"
    assert error.value.data == {"path": "firewall.user"}
