"""The command `ubus` of the practice router says what the recorded one said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.practice.procd_router import ProcdRouter
from tests.recordings import recording
from wizard.practice.procd import form, jsonfilter

TABLES = """
    err_service_list_unknown ubus_device_status_pppoe ubus_interface_dump ubus_interface_dump_pppoe ubus_lan_status
    ubus_network_device_status ubus_service_list ubus_service_pptpd ubus_system_board ubus_system_info
    ubus_wan_status_pppoe ubus_wan_status_static k_no_respawn"""


@pytest.fixture(scope="module")
def router(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProcdRouter]:
    made = ProcdRouter(tmp_path_factory.mktemp("router")).make("24.10")
    with made.daemon():
        yield made


@pytest.mark.parametrize("name", TABLES.split())
def test_a_table_is_printed_as_libubox_prints_it(name: str) -> None:
    said = recording("24.10", name).out
    said = said[said.index("{") :]
    assert form.pretty(json.loads(said)) + "\n" == said


def test_texts_are_escaped() -> None:
    table = {'a"b': "c\\d\n\t\x01é", "n": [], "t": True, "none": None, "-1": -1}
    assert json.loads(form.pretty(table)) == table
    assert form.compact(table) == '{"a\\"b":"c\\\\d\\n\\t\\u0001é","n":[],"t":true,"none":null,"-1":-1}'


def test_what_is_not_there_is_refused_as_recorded(router: ProcdRouter) -> None:
    recorded = recording("24.10", "err_ubus_notfound")
    assert router.ubus(*recorded.command.split()[1:]) == (recorded.code, recorded.out, recorded.err)


@pytest.mark.parametrize(
    ("words", "code", "err"),
    [
        (["call", "system", "nosuch"], 3, "Command failed: Method not found\n"),
        (["-S", "call", "system", "nosuch"], 3, ""),
        (["list", "nosuch"], 4, "Command failed: Not found\n"),
        (["call", "service", "set", "{}"], 2, "Command failed: Invalid argument\n"),
        (["call", "service", "delete", '{"name":"nosuch"}'], 4, "Command failed: Not found\n"),
        (["call", "service", "list", "{bad"], 255, "Failed to parse message data\n"),
        (["-t", "0", "wait_for", "nosuch"], 7, "Command failed: Request timed out\n"),
        (["wait_for", "network.interface", "service"], 0, ""),
    ],
)
def test_exit_codes_are_the_numbers_of_the_status(router: ProcdRouter, words: list[str], code: int, err: str) -> None:
    assert router.ubus(*words) == (code, "", err)


@pytest.mark.parametrize("words", [[], ["nonsense"], ["call", "system"], ["-x"]])
def test_wrong_use_shows_the_usage(router: ProcdRouter, words: list[str]) -> None:
    code, out, err = router.ubus(*words)
    assert (code, out) == (254, "")
    assert err.startswith("Usage: ubus ")


def test_without_a_daemon_there_is_no_connection(tmp_path: Path) -> None:
    lonely = ProcdRouter(tmp_path).make("24.10")
    assert lonely.ubus("list") == (255, "", "Failed to connect to ubus\n")


def test_objects_are_listed_with_their_methods(router: ProcdRouter) -> None:
    recorded = set(recording("24.10", "ubus_list").out.split())
    code, out, _ = router.ubus("list")
    assert code == 0
    assert set(out.split()) <= recorded
    assert router.ubus("list", "network.*")[1] == "network.device\nnetwork.interface\n"
    verbose = router.ubus("list", "-v")[1].splitlines()
    assert '\t"status":{"name":"String"}' in verbose
    assert any(line.startswith("'system' @") for line in verbose)


def test_the_board_has_the_recorded_release(router: ProcdRouter) -> None:
    recorded = json.loads(recording("24.10", "ubus_system_board").out)
    assert json.loads(router.ubus("call", "system", "board")[1])["release"] == recorded["release"]
    info = json.loads(router.ubus("call", "system", "info")[1])
    assert list(info) == list(json.loads(recording("24.10", "ubus_system_info").out))


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ('@.interface[@.interface="wan"].l3_device', ["eth1"]),
        ('@.interface[@.route[0].target="0.0.0.0"].interface', ["wan"]),
        ('$.interface[*]["ipv4-address"][0].address', ["192.168.1.1", "127.0.0.1", "203.0.113.1"]),
        ('@.interface[@.proto="static" && @.device="lo"].interface', ["loopback"]),
        ("@.interface[-1].interface", ["wan6"]),
        ("@.nosuch", []),
    ],
)
def test_jsonfilter_finds(path: str, found: list[str]) -> None:
    dump = json.loads(recording("24.10", "ubus_interface_dump").out)
    assert jsonfilter.select(dump, path) == found
