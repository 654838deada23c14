"""The preview says all that would change, in any window, and gives nothing away."""

from __future__ import annotations

import re
from dataclasses import replace
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.preview.golden import check, drawn
from tests.preview.samples import (
    FACTS,
    FILES,
    FIRST_TIME,
    FLOWS,
    LINES,
    NOTHING,
    OLD_PASSWORD,
    PASSWORD,
    PLAN,
    SECRETS_AFTER,
    changed,
)
from wizard.model.archive import Archive
from wizard.model.changes import ChangeSet, EndedCall, FirewallChange, PackageChange, ServiceChange
from wizard.preview import nothing_to_change, preview
from wizard.preview.words import access, kilobytes, listed
from wizard.resources import MASK

NEW_PASSWORD = replace(
    NOTHING,
    files=(changed(SECRETS_AFTER.replace(OLD_PASSWORD, PASSWORD), SECRETS_AFTER),),
    ended_calls=(EndedCall("ppp1", IPv4Address("192.168.1.202"), "ben has a new password"),),
)
FEED_NOT_READ = replace(NOTHING, packages=(PackageChange("pptpd", "", 0), PackageChange("ppp", "2.4.3-7", 91_330)))
FROM_FILES = replace(
    NOTHING,
    packages=(
        PackageChange("pptpd", "1.5.0-r3", 61_234, file="pptpd_1.5.0-r3_mips.ipk"),
        PackageChange("ppp", "2.5.1-r1", 120_003, "pptpd", "ppp_2.5.1-r1_mips.ipk"),
    ),
    archives=tuple(
        Archive(Path("downloads") / f"{name}_mips.ipk", name, "", "", (), (), "", ".ipk", 4, "0" * 32, b"none")
        for name in ("ppp", "pptpd")
    ),
)
NEW_START = replace(NOTHING, service=ServiceChange(enable=False, restart=True))


def text(changes: ChangeSet, width: int = 80, plain: bool = False) -> str:
    return drawn(preview(changes, PLAN, FACTS, plain=plain, width=width), width)


@pytest.mark.parametrize("plain", [False, True], ids=["tables", "plain"])
@pytest.mark.parametrize("width", [40, 80, 200])
def test_first_time(width: int, plain: bool) -> None:
    check(f"first-time-{width}{'-plain' if plain else ''}", text(FIRST_TIME, width, plain))


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("nothing", NOTHING),
        ("new-password", NEW_PASSWORD),
        ("feed-not-read", FEED_NOT_READ),
        ("from-files", FROM_FILES),
        ("new-start", NEW_START),
    ],
)
def test_smaller_changes(name: str, changes: ChangeSet) -> None:
    check(name, text(changes))


def test_in_colour() -> None:
    parts = preview(FIRST_TIME, PLAN, FACTS, plain=False, width=80)
    coloured = drawn(parts, 80, "standard")
    check("first-time-80-colour", coloured)
    without = "".join(f"{line.rstrip()}\n" for line in re.sub(r"\x1b\[[\d;]*m", "", coloured).splitlines())
    assert without == drawn(parts, 80), "colour adds nothing that the text does not say"


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("width", [24, 30, 40, 59, 60, 61, 80, 200])
@pytest.mark.parametrize("changes", [FIRST_TIME, NEW_PASSWORD, FEED_NOT_READ])
def test_nothing_is_cut_and_nothing_is_wider_than_the_window(changes: ChangeSet, width: int, plain: bool) -> None:
    shown = text(changes, width, plain)
    assert all(cell_len(line) <= width for line in shown.splitlines())
    assert "…" not in shown
    squeezed = re.sub(r"\s", "", shown)
    for line in (*changes.firewall.lines, *changes.files[0].after.shown.splitlines()):
        if changes.firewall.reload:
            assert re.sub(r"\s", "", line) in squeezed


@pytest.mark.parametrize("colours", [None, "standard"])
@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("changes", [FIRST_TIME, NEW_PASSWORD])
def test_no_secret_is_shown(changes: ChangeSet, plain: bool, colours: None) -> None:
    shown = drawn(preview(changes, PLAN, FACTS, plain=plain, width=80), 80, colours)
    assert PASSWORD not in shown
    assert OLD_PASSWORD not in shown
    assert MASK in shown


@pytest.mark.parametrize("plain", [False, True])
def test_what_others_wrote_is_taken_literally(plain: bool) -> None:
    odd = "[red]it[/red] :smile: \x1b[31m[/]"
    file = changed(f"{odd} old\n", f"{odd} new\n")
    changes = replace(
        FIRST_TIME,
        packages=(PackageChange(odd, odd, 1, odd),),
        files=(replace(file, path=odd, why=odd),),
        ended_calls=(EndedCall(odd, IPv4Address("192.168.1.9"), odd),),
        firewall=FirewallChange((replace(FLOWS[0], source=odd, destination=odd, note=odd),), (odd,), (), reload=True),
        warnings=(odd,),
    )
    shown = text(changes, 300, plain)
    assert "\x1b" not in shown
    literal = odd.replace("\x1b", "\\x1b")
    assert shown.count(literal) == 3 + 4 + 2 + 3 + 1 + 1


def test_a_router_that_is_right_is_left_alone_in_words() -> None:
    assert NOTHING.empty
    assert text(NOTHING) == drawn([nothing_to_change(NOTHING)], 80)
    warned = replace(NOTHING, warnings=("Port 8080 is open.",))
    assert "Warning: Port 8080 is open." in text(warned)


def test_every_unchanged_file_is_one_line() -> None:
    same = FILES[-1]
    assert f"{same.path}: unchanged ({same.why})\n" in text(FIRST_TIME)


def test_a_mode_alone_is_a_change() -> None:
    shown = text(replace(NOTHING, files=(changed("a\n", "a\n", mode="0600", mode_before="0644"),)))
    assert "permissions 0644 → 0600: only root can read and change it; until now everyone" in shown
    assert "the text stays as it is" in shown


def test_the_filter_stays_in_words() -> None:
    shown = text(NEW_START)
    assert "The packet filter stays as it is: its 3 lines" in shown
    assert LINES[0] not in shown


def test_a_running_daemon_is_started_anew() -> None:
    running = replace(FACTS, daemon=replace(FACTS.daemon, running=True))
    shown = drawn(preview(NEW_START, PLAN, running, plain=False, width=80), 80)
    assert "It is started anew" in shown
    assert "It is started now" in text(NEW_START)


def test_too_little_room_is_said_with_what_to_do() -> None:
    assert "They do not fit. Remove software" in text(replace(FIRST_TIME, flash_free=125_000 - 800))
    assert "They do not fit" not in text(replace(FIRST_TIME, flash_free=21_934 + 91_330 + 11_021))


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("0600", "only root can read and change it"),
        ("0644", "everyone on the router can read it, only root can change it"),
        ("0640", "its group can read it, only root can change it"),
        ("0666", "everyone on the router can read and change it"),
        ("0755", "everyone on the router can read it, only root can change it, and it can be run"),
        ("0700", "only root can read and change it, and it can be run"),
    ],
)
def test_permissions_in_words(mode: str, words: str) -> None:
    assert access(mode) == words


def test_sizes_never_look_better_than_they_are() -> None:
    assert kilobytes(1_001, up=True) == "2 kB"
    assert kilobytes(1_999, up=False) == "1 kB"
    assert kilobytes(1_540_096, up=False) == "1,540 kB"


@pytest.mark.parametrize(
    ("words", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (list("abc"), "a, b and c")]
)
def test_lists_in_words(words: list[str], said: str) -> None:
    assert listed(words) == said
