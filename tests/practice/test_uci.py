"""The stand-in for uci where no recording says what is right: libuci's source does, and what is set reads back."""

from __future__ import annotations

import fcntl
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.practice.uci_router import PROJECT, Router
from wizard.practice.uci import changes, syntax
from wizard.practice.uci.config import Change, Package, Section, UciError, load
from wizard.practice.uci.files import Places
from wizard.practice.uci.words import lines_of

NETWORK = """
config interface 'lan'
	option ipaddr '192.168.1.1'
	option proto 'static'
	list dns '1.1.1.1'
	list dns '9.9.9.9'

config route
	option target '10.0.0.0'

config route 'mine'
	option target '10.1.0.0'

config route
	option target '10.2.0.0'

"""


@pytest.fixture
def router(tmp_path: Path) -> Router:
    return Router(tmp_path).make({"network": NETWORK})


def old(tmp_path: Path, day: str) -> Router:
    return Router(tmp_path).make({"network": NETWORK}, day)


def parsed(text: str) -> Package:
    (package,) = syntax.read(lines_of(text), "x")
    return package


def options(text: str) -> dict[str, str | list[str]]:
    """The options of a section that consists of these lines."""
    return parsed(f"config a\n{text}").sections[0].options


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("option a b", "b"),
        ("option a 'b c'", "b c"),
        ('option a "b c"', "b c"),
        ("option a b\\ c", "b c"),
        ("option a 'it'\\''s'", "it's"),
        ('option a "say \\"\\\\\\""', 'say "\\"'),
        ("option a 'one\ntwo'", "one\ntwo"),
        ("option a one\\\ntwo", "onetwo"),
        ("option a b # c", "b"),
        ("option a b#c", "b"),
        ("option a 'b#c'", "b#c"),
        ("option a b\r", "b"),
        ("o a 'b'", "b"),
        ("option\ta\t'b'", "b"),
        ("option a 'b';option c d", "b"),
    ],
)
def test_a_value_is_read(text: str, value: str) -> None:
    assert options(text + "\n")["a"] == value


def test_a_semicolon_behind_a_quote_begins_another_command_and_behind_a_word_ends_the_line() -> None:
    assert options("option a 'b';option c 'd'\n") == {"a": "b", "c": "d"}
    assert options("option a b;option c 'd'\n") == {"a": "b"}


def test_an_option_without_a_value_is_none_and_a_list_item_may_be_empty() -> None:
    assert options("option a ''\nlist b ''\noption c\n") == {"b": [""]}


def test_later_lines_of_the_same_name_go_on_where_earlier_ones_ended() -> None:
    package = parsed("config a b\noption x 1\nlist y 1\nconfig a b\noption x 2\nlist x 3\noption y 4\n")
    assert [(section.name, section.options) for section in package.sections] == [("b", {"x": ["2", "3"], "y": "4"})]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("config a b c\n", "Parse error (too many arguments) at line 1, byte 13"),
        ("config ;b\n", "Parse error (insufficient arguments) at line 1, byte 8"),
        ("config\n", "Parse error (invalid command) at line 1, byte 0"),
        ("config", "Parse error (config without name) at line 0, byte 0"),
        ("config a\n option b 'c' d\n", "Parse error (too many arguments) at line 2, byte 16"),
        ("config a\n\toption é 1\n", "Parse error (invalid character in name field) at line 2, byte 11"),
        ('config a\noption b "c\n\n', 'Parse error (EOF with unterminated ") at line 3, byte 13'),
        ("config a b\nconfig c b\n", "Parse error (section of different type overwrites prior section with same name)"),
        ("config 'a b'\n", "Parse error (invalid character in type field) at line 1, byte 13"),
        ("package a-b c\n", "Parse error (too many arguments) at line 1, byte 14"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(text: str, message: str) -> None:
    with pytest.raises(UciError) as error:
        parsed(text)
    assert error.value.text.startswith(message)


def test_anonymous_sections_have_names_that_tell_place_and_type(router: Router) -> None:
    """The number of the section, and the hash of its type."""
    assert router.uci("add", "network", "route") == (0, "cfg05c8b4\n", "")
    assert router.uci("-X", "show", "network.@route[-1]") == (0, "network.cfg05c8b4=route\n", "")


@pytest.mark.parametrize(
    ("kinds", "name"),
    [
        (["dnsmasq"], "cfg01411c"),
        (["system"], "cfg01e48a"),
        (["defaults"], "cfg01e63d"),
        (["defaults", "zone"], "cfg02dc81"),
        (["defaults", "zone", "zone", "forwarding"], "cfg04ad58"),
    ],
)
def test_made_up_names_are_those_that_people_see_on_their_routers(kinds: list[str], name: str) -> None:
    """As stock configurations have them, on 18.06 and later, in many a forum."""
    package = Package("x")
    assert [package.add(kind).name for kind in kinds][-1] == name


@pytest.mark.parametrize(
    ("reference", "target"),
    [
        ("@route[0]", "10.0.0.0"),
        ("@route[1]", "10.1.0.0"),
        ("@route[-1]", "10.2.0.0"),
        ("@[1]", "10.0.0.0"),
        ("mine", "10.1.0.0"),
    ],
)
def test_sections_are_counted(reference: str, target: str, router: Router) -> None:
    assert router.uci("get", f"network.{reference}.target") == (0, f"{target}\n", "")


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("@route[3]", "Entry not found"),
        ("@route[-4]", "Entry not found"),
        ("@route[x]", "Invalid argument"),
        ("@route", "Invalid argument"),
        ("route[0]", "Invalid argument"),
        ("lan.a.b", "Parse error"),
        ("lan.a-b", "Parse error"),
    ],
)
def test_what_is_not_there_is_not_got(reference: str, text: str, router: Router) -> None:
    assert router.uci("get", f"network.{reference}") == (1, "", f"uci: {text}\n")
    assert router.uci("-q", "get", f"network.{reference}") == (1, "", "")


def test_get_prints_values_bare_and_show_prints_them_quoted(router: Router) -> None:
    assert router.uci("add_list", "network.lan.dns=a b") == (0, "", "")
    assert router.uci("get", "network.lan.dns") == (0, "1.1.1.1 9.9.9.9 'a b'\n", "")
    assert router.uci("get", "network.lan") == (0, "interface\n", "")
    assert router.uci("-d", ",", "show", "network.lan.dns") == (0, "network.lan.dns='1.1.1.1','9.9.9.9','a b'\n", "")


def test_every_command_that_changes_something_waits_and_is_committed(router: Router) -> None:
    for words in [
        ["set", "network.lan.ipaddr=it's"],
        ["set", "network.new=route"],
        ["add_list", "network.lan.proto=more"],
        ["del_list", "network.lan.dns=1.1.1.1"],
        ["rename", "network.@route[0]=first"],
        ["rename", "network.first.target=goal"],
        ["reorder", "network.first=0"],
        ["delete", "network.@route[-2]"],
        ["add_list", "network.new.x=1"],
        ["delete", "network.new.x=0"],
    ]:
        assert router.uci(*words) == (0, "", "")
    assert router.config("network").read_text() == NETWORK
    assert router.uci("changes") == (0, CHANGES, "")
    assert router.uci("commit") == (0, "", "")
    assert router.config("network").read_text() == COMMITTED
    assert (router.waiting / "network").read_text() == ""
    assert router.uci("changes") == (0, "", "")


CHANGES = """\
network.lan.ipaddr='it'\\''s'
network.new='route'
network.lan.proto+='more'
network.lan.dns-='1.1.1.1'
network.cfg02c8b4='first'
network.first.target='goal'
network.first='0'
-network.cfg04c8b4
network.new.x+='1'
-network.new.x
"""
COMMITTED = """
config route 'first'
	option goal '10.0.0.0'

config interface 'lan'
	option ipaddr 'it'\\''s'
	list proto 'static'
	list proto 'more'
	list dns '9.9.9.9'

config route 'mine'
	option target '10.1.0.0'

config route 'new'

"""


def test_revert_forgets_a_package_a_section_or_an_option(router: Router) -> None:
    router.uci(
        "batch", stdin="set network.lan.a=1\nset network.lan.b=2\nset network.mine.c=3\nset network.@route[0].d=4\n"
    )
    assert router.uci("revert", "network.lan.a") == (0, "", "")
    assert router.uci("changes")[1] == "network.lan.b='2'\nnetwork.mine.c='3'\nnetwork.cfg02c8b4.d='4'\n"
    assert router.uci("revert", "network.lan") == (0, "", "")
    assert router.uci("revert", "network.@route[0]") == (0, "", "")
    assert router.uci("changes")[1] == "network.mine.c='3'\n"
    assert router.uci("revert", "network") == (0, "", "")
    assert router.uci("changes") == (0, "", "")


def test_an_empty_value_deletes_and_what_stays_the_same_does_not_wait(router: Router) -> None:
    assert router.uci("set", "network.lan.ipaddr=192.168.1.1") == (0, "", "")
    assert router.uci("set", "network.lan.none=") == (0, "", "")
    assert not router.waiting.exists()
    assert router.uci("set", "network.lan.ipaddr=") == (0, "", "")
    assert router.uci("changes") == (0, "-network.lan.ipaddr\n", "")


def test_the_state_folder_is_read_over_everything_else_and_never_committed(router: Router) -> None:
    state = router.root / "var/state"
    state.mkdir(parents=True)
    assert router.uci("-P", "/var/state", "set", "network.lan.ifname=br-lan") == (0, "", "")
    assert (state / "network").read_text() == "network.lan.ifname='br-lan'\n"
    assert router.uci("-q", "-P", "/var/state", "get", "network.lan.ifname") == (0, "br-lan\n", "")
    assert router.uci("-q", "get", "network.lan.ifname") == (1, "", "")
    assert router.uci("-P", "/var/state", "commit", "network") == (0, "", "")
    assert router.config("network").read_text() == NETWORK
    assert router.uci("-P", "/var/state", "revert", "network.lan.ifname") == (0, "", "")
    assert (state / "network").read_text() == ""


def test_switches_that_name_places(router: Router, tmp_path: Path) -> None:
    other = router.root / "other"
    other.mkdir()
    (other / "network").write_text("config interface wan\n\toption proto dhcp\n")
    assert router.uci("-c", str(other), "get", "network.wan.proto") == (0, "dhcp\n", "")
    assert router.uci("-c", "/other", "get", "network.wan.proto") == (0, "dhcp\n", "")
    (other / "deltas").mkdir()
    (other / "deltas/network").write_text("network.lan.proto='none'\n")
    assert router.uci("-p", "/other/deltas", "get", "network.lan.proto") == (0, "none\n", "")
    (other / "batch").write_text("set network.lan.proto=ppp\n")
    assert router.uci("-t", "/other/deltas", "-f", "/other/batch", "batch") == (0, "", "")
    assert (other / "deltas/network").read_text() == "network.lan.proto='none'\nnetwork.lan.proto='ppp'\n"
    assert router.uci("-f", "/nowhere", "batch") == (1, "", "uci: No such file or directory")
    assert router.uci("get", "/other/network.wan.proto") == (0, "dhcp\n", "")
    assert router.uci("set", "/other/network.wan.proto=pppoe") == (0, "", "")
    assert (other / "network").read_text() == "\nconfig interface 'wan'\n\toption proto 'pppoe'\n\n"


def test_names_of_anonymous_sections_are_exported_where_asked_for(router: Router) -> None:
    assert "\nconfig route\n" in router.uci("export", "network")[1]
    assert "\nconfig route 'cfg02c8b4'\n" in router.uci("-n", "export", "network")[1]
    assert router.uci("-n", "-N", "export", "network")[1] == f"package network\n{NETWORK}"
    router.uci("set", "network.lan.proto=none")
    assert router.uci("-n", "commit", "network") == (0, "", "")
    assert "\nconfig route 'cfg02c8b4'\n" in router.config("network").read_text()


def test_lines_that_cannot_be_read_are_passed_over_where_that_is_wanted(router: Router) -> None:
    router.config("network").write_text("config interface lan\nnonsense\n\toption proto static\n")
    said = "Parse error (invalid command) at line 2, byte 0\n"
    assert router.uci("get", "network.lan.proto") == (1, "", f"uci: {said}")
    assert router.uci("-S", "get", "network.lan.proto") == (0, "static\n", said)
    assert router.uci("-S", "-s", "get", "network.lan.proto") == (1, "", f"uci: {said}")


def test_import_merges_where_asked_to_and_else_replaces(router: Router) -> None:
    more = "config interface 'lan'\n\toption mtu '1400'\n\nconfig route\n"
    assert router.uci("-m", "import", "network", stdin=more) == (0, "", "")
    assert router.uci("changes")[1] == "network.lan.mtu='1400'\nnetwork.cfg05c8b4='route'\n"
    assert router.uci("import", "network", stdin=more) == (0, "", "")
    assert router.config("network").read_text() == "\nconfig interface 'lan'\n\toption mtu '1400'\n\nconfig route\n\n"
    assert router.uci("-m", "import")[0] == 255
    assert router.uci("import", stdin=more)[::2] == (
        1,
        "uci: Parse error (attempting to import a file without a package name) at line 1, byte 0\n",
    )


def test_batch_goes_on_after_errors_and_each_message_has_one_more_newline(router: Router) -> None:
    lines = [
        "# comment",
        "",
        "get network.lan.proto",
        "get network.lan.none",
        "nonsense",
        "get network.none",
        "set network.lan.x='a  b' # comment",
        "get network.lan.x;get network.lan.proto",
        "a b c d",
        "get a.b.c.d",
        "exit",
        "get network.lan.proto",
    ]
    code, out, err = router.uci("batch", stdin="\n".join(lines))
    assert (code, out) == (0, "static\na  b\n")
    assert err == (
        "uci: Entry not found\nUnknown command\nuci: Entry not found\n\nToo many arguments\n"
        "uci: Parse error (unknown) at line 2, byte 0\n"
    )


@pytest.mark.parametrize("words", [["nonsense"], ["get"], ["get", "a", "b"], ["show", "a", "b"], ["add", "a"]])
def test_what_is_no_command_shows_the_usage(words: list[str], router: Router) -> None:
    code, out, err = router.uci(*words)
    assert (code, out) == (255, "")
    assert err.startswith("Usage: uci [<options>] <command> [<arguments>]\n")


@pytest.mark.parametrize("words", [[], ["-Z", "show"], ["-L", "show"], ["-c"], ["help"]])
def test_the_usage_alone_is_no_error(words: list[str], router: Router) -> None:
    code, out, err = router.uci(*words)
    assert (code, out) == (0, "")
    assert err.startswith("Usage: uci ")


def test_errors_of_add_are_exit_codes_of_their_own(router: Router) -> None:
    assert router.uci("add", "nowhere", "route") == (3, "", "uci: Entry not found\n")
    assert router.uci("get", "network.lan=1") == (1, "", "")
    assert router.uci("delete", "network.lan.dns=x") == (1, "", "")
    assert router.uci("delete", "network") == (1, "", "uci: Invalid argument\n")
    assert router.uci("rename", "network.lan") == (1, "", "uci: Invalid argument\n")
    assert router.uci("reorder", "network.lan") == (1, "", "uci: Entry not found\n")


def test_a_commit_keeps_permissions_and_goes_through_links(router: Router) -> None:
    real = router.root / "elsewhere"
    router.config("network").rename(real)
    real.chmod(0o640)
    router.config("network").symlink_to(real)
    router.uci("set", "network.lan.proto=none")
    assert stat.S_IMODE((router.waiting / "network").stat().st_mode) == 0o640
    assert router.uci("commit", "network") == (0, "", "")
    assert router.config("network").is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert "option proto 'none'" in real.read_text()
    assert sorted(path.name for path in router.config("").iterdir()) == ["network"]


def test_a_commit_without_changes_leaves_the_file_as_it_is(router: Router) -> None:
    router.config("network").write_text("# by hand\nconfig interface lan\n")
    assert router.uci("commit", "network") == (0, "", "")
    assert router.config("network").read_text() == "# by hand\nconfig interface lan\n"


def test_a_commit_waits_for_who_has_the_file(router: Router) -> None:
    """libuci locks the config file while it reads or writes it."""
    router.uci("set", "network.lan.proto=none")
    with router.config("network").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        running = subprocess.Popen([router.root / "sbin/uci", "commit", "network"], env=router.environment())
        with pytest.raises(subprocess.TimeoutExpired):
            running.wait(0.5)
    assert running.wait(10) == 0
    assert "option proto 'none'" in router.config("network").read_text()


def test_an_override_is_read_in_place_of_a_config(router: Router) -> None:
    override = router.root / "var/run/uci"
    override.mkdir(parents=True)
    (override / "network").write_text("config interface lan\n\toption proto other\n")
    assert router.uci("get", "network.lan.proto") == (0, "other\n", "")
    assert router.uci("-C", "", "get", "network.lan.proto") == (0, "static\n", "")


def test_files_with_dots_are_no_configs(router: Router) -> None:
    router.config("network.old").write_text("config x\n")
    router.config("folder").mkdir()
    assert router.uci("export") == (0, f"package network\n{NETWORK}", "")


# Old uci


def test_values_were_shown_bare_before_2014(tmp_path: Path) -> None:
    router = old(tmp_path, "2014-04-11")
    router.uci("set", "network.lan.proto=it's me")
    assert (router.waiting / "network").read_text() == "network.lan.proto=it's me\n"
    assert router.uci("changes") == (0, "network.lan.proto=it's me\n", "")
    assert router.uci("show", "network.lan") == (
        0,
        "network.lan=interface\nnetwork.lan.ipaddr=192.168.1.1\n"
        "network.lan.dns=1.1.1.1 9.9.9.9\nnetwork.lan.proto=it's me\n",
        "",
    )


def test_a_changed_option_went_to_the_end_before_2022(tmp_path: Path) -> None:
    router = old(tmp_path, "2021-10-05")
    router.uci("batch", stdin="set network.lan.ipaddr=1.2.3.4\ncommit network\n")
    assert list(load_in(router, "network").sections[0].options) == ["proto", "dns", "ipaddr"]


def test_a_type_that_stays_waited_all_the_same_before_2022(tmp_path: Path) -> None:
    router = old(tmp_path, "2021-10-05")
    router.uci("set", "network.mine=route")
    assert router.uci("changes") == (0, "network.mine='route'\n", "")


def test_old_made_up_names_tell_what_is_in_a_section(tmp_path: Path) -> None:
    """As uci of 2010 named it."""
    router = Router(tmp_path).make({"m": "config b s2\nconfig a\n\toption o 'it'\\''s'\n\tlist l b\n"}, "2010-01-01")
    assert router.uci("-X", "show", "m.@a[0].o") == (0, "m.cfg039e58.o=it's\n", "")


def test_a_value_over_two_lines_was_an_error_before_2014(tmp_path: Path) -> None:
    router = Router(tmp_path).make({"m": "config a\n\toption l 'm\nl'\n"}, "2014-04-11")
    assert router.uci("show", "m") == (1, "", "uci: Parse error (unterminated ') at line 2, byte 12\n")


def test_only_anonymous_sections_counted_before_2016(tmp_path: Path) -> None:
    shown = old(tmp_path, "2015-08-27").uci("show", "network")[1]
    assert [line for line in shown.splitlines() if line.endswith("=route")] == [
        "network.@route[0]=route",
        "network.mine=route",
        "network.@route[1]=route",
    ]


def test_show_of_what_is_missing_showed_the_rest_in_between(tmp_path: Path) -> None:
    router = old(tmp_path, "2014-04-11")
    code, out, err = router.uci("show", "network.mine.none")
    assert (code, out, err) == (1, "network.mine=route\nnetwork.mine.target=10.1.0.0\n", "uci: Entry not found\n")


def test_uci_of_8_09(tmp_path: Path) -> None:
    router = old(tmp_path, "2009-01-20")
    assert router.uci("nonsense")[0] == 0
    assert router.uci("reorder", "network.lan=1")[0] == 0
    assert router.uci("changes") == (0, "", "")
    assert router.uci("-q", "get", "network.lan.none") == (1, "", "")
    assert router.uci("show", "network.none") == (1, "", "uci: Entry not found\n")
    assert router.uci("add", "network", "route") == (0, "cfg08c8b4\n", "")
    assert router.uci("export", "network")[1].startswith(
        "package 'network'\n\nconfig 'interface' 'lan'\n\toption 'ipaddr' '"
    )


def test_a_full_flash_emptied_the_file_in_its_place_before_2013(tmp_path: Path) -> None:
    router = old(tmp_path, "2013-01-04")
    router.uci("set", "network.lan.proto=none")
    number = router.config("network").stat().st_ino
    assert router.shell("ulimit -f 0; uci commit network") == (0, "", "")
    assert router.config("network").read_bytes() == b""
    assert router.config("network").stat().st_ino == number


# What is set reads back

NAMES = st.text("abcXYZ019_", min_size=1, max_size=8)
VALUES = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t\r'\"\\#; =."), max_size=40)
FILLED = VALUES.filter(bool)
SECTIONS = st.dictionaries(
    NAMES, st.dictionaries(NAMES, FILLED | st.lists(VALUES, min_size=1, max_size=3), max_size=4), max_size=4
)


@contextmanager
def places() -> Iterator[Places]:
    with tempfile.TemporaryDirectory() as folder:
        made = Places()
        made.confdir = f"{folder}/config"
        made.save_in(f"{folder}/.uci")
        made.deltas = [made.savedir]
        Path(made.confdir).mkdir()
        Path(made.confdir, "x").write_text("")
        yield made


@given(SECTIONS)
@settings(max_examples=60, deadline=None)
def test_what_is_set_waits_and_is_committed_as_it_was_given(sections: dict[str, dict[str, str | list[str]]]) -> None:
    with places() as made:
        package = made.load("x")
        for name, wanted in sections.items():
            for change in list(setting(name, wanted)):
                done = package.apply(change)
                assert done
                package.pending.append(done)
        made.save(package)
        assert values(made.load("x")) == sections
        assert values(made.load("x", deltas=False)) == {}
        made.commit(package)
        assert values(made.load("x", deltas=False)) == sections


def setting(section: str, wanted: dict[str, str | list[str]]) -> Iterator[Change]:
    yield Change("", section, None, "kind")
    for option, value in wanted.items():
        if isinstance(value, str):
            yield Change("", section, option, value)
        else:
            yield from (Change("|", section, option, item) for item in value)


def values(package: Package) -> dict[str, dict[str, str | list[str]]]:
    return {section.name: section.options for section in package.sections}


@given(SECTIONS, st.lists(st.booleans(), min_size=4, max_size=4))
@settings(max_examples=60, deadline=None)
def test_export_import_export_is_the_same(
    sections: dict[str, dict[str, str | list[str]]], anonymous: list[bool]
) -> None:
    package = Package("x")
    for (name, wanted), nameless in zip(sections.items(), anonymous, strict=False):
        section = Section("kind", name, nameless)
        section.options = wanted
        package.sections.append(section)
    text = package.text()
    (again,) = syntax.read(lines_of(text), "x")
    assert again.text() == text


@given(FILLED)
@settings(max_examples=60, deadline=None)
def test_a_waiting_line_says_what_it_was_written_for(value: str) -> None:
    line = changes.line("x", Change("", "s", "o", value))
    (change,) = changes.read(line, "x")
    assert (change.section, change.option, change.value) == ("s", "o", value)


@pytest.mark.parametrize("value", ["it's", 'a "b"', "a\nb", "#;\\", "ä€", "\udcff", " ", "-n", "$HOME `ls`"])
def test_the_program_gives_back_what_it_was_given(value: str, router: Router) -> None:
    assert router.uci("set", f"network.lan.x={value}") == (0, "", "")
    assert router.uci("commit", "network") == (0, "", "")
    assert router.uci("get", "network.lan.x") == (0, f"{value}\n", "")


# For the other stand-ins


def load_in(router: Router, name: str) -> Package:
    return load(name, str(router.config("")))


def test_others_see_what_waits(router: Router, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPKG_INSTROOT", str(router.root))
    router.uci("set", "network.lan.proto=none")
    lan = load("network").sections[0]
    assert (lan.type, lan.name, lan.anonymous) == ("interface", "lan", False)
    assert lan.options == {"ipaddr": "192.168.1.1", "proto": "none", "dns": ["1.1.1.1", "9.9.9.9"]}
    assert load("network", deltas=False).sections[0].options["proto"] == "static"
    assert load("network").sections[1].anonymous
    with pytest.raises(UciError) as error:
        load("nowhere")
    assert (error.value.code, error.value.text) == (3, "Entry not found")


def test_it_starts_without_slow_modules() -> None:
    """It is started for every value that a script asks for, by a machine that is slow."""
    loaded = "import sys; import wizard.practice.uci.cli; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [sys.executable, "-S", "-c", loaded], env=environment, capture_output=True, text=True, check=True
    )
    slow = {"typing", "dataclasses", "inspect", "argparse", "pathlib", "subprocess", "json", "tomllib", "asyncio"}
    assert not slow & set(done.stdout.split())
