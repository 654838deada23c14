"""What the stand-in for procd does to processes, and what it says of them."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.practice.procd_router import ProcdRouter, alive, until, without_numbers
from tests.recordings import recording

STUBBORN = ["/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done"]
SLEEP = {"command": ["/bin/sleep", "1000"]}


@pytest.fixture(scope="module")
def router(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProcdRouter]:
    made = ProcdRouter(tmp_path_factory.mktemp("router")).make("24.10")
    with made.daemon():
        yield made


def test_services_are_listed_as_recorded(router: ProcdRouter) -> None:
    """The recorded services, with programs that can run here in place of theirs."""
    recorded = json.loads(recording("24.10", "ubus_service_list").out)
    for name in ("dnsmasq", "dropbear", "log", "network", "cron"):
        instances = recorded[name].get("instances", {})
        for instance in instances.values():
            instance["command"] = SLEEP["command"]
            respawn = instance.get("respawn")
            if respawn:
                instance["respawn"] = [str(number) for number in respawn.values()]
        router.set(name, **instances)
    said = json.loads(without_numbers(router.ubus("call", "service", "list")[1]))
    wanted = json.loads(without_numbers(recording("24.10", "ubus_service_list").out))
    for name in ("dnsmasq", "dropbear", "log", "network", "cron"):
        for instance in wanted[name].get("instances", {}).values():
            instance["command"] = SLEEP["command"]
        assert json.dumps(said[name]) == json.dumps(wanted[name])


def test_one_that_was_killed_and_has_no_respawn_is_listed_as_recorded(router: ProcdRouter) -> None:
    recorded = recording("24.10", "k_no_respawn").out
    command = json.loads(recorded[recorded.index("{") :])["pptpd"]["instances"]["instance1"]["command"]
    router.set("pptpd", instance1={"command": SLEEP["command"]})
    os.kill(router.instances("pptpd")["instance1"]["pid"], signal.SIGKILL)
    until(lambda: not router.instances("pptpd")["instance1"]["running"])
    said = router.ubus("call", "service", "list", '{"name":"pptpd"}')[1]
    assert "not running\n" + said == recorded.replace(_lines(command), _lines(SLEEP["command"]))


def _lines(command: list[str]) -> str:
    return ",\n".join(f'\t\t\t\t\t"{word}"' for word in command)


def test_only_a_changed_command_restarts(router: ProcdRouter) -> None:
    """P8: what the program reads from files does not count unless the files were named."""
    router.set("same", one=SLEEP)
    first = router.instances("same")["one"]["pid"]
    router.set("same", one=SLEEP)
    assert router.instances("same")["one"]["pid"] == first
    router.set("same", one={"command": ["/bin/sleep", "1001"]})
    until(lambda: router.instances("same")["one"].get("pid") not in (None, first))
    assert not alive(first)


def test_a_named_file_that_changed_restarts(router: ProcdRouter) -> None:
    file = router.root / "tmp/settings"
    file.write_text("1")
    router.set("reader", one={**SLEEP, "file": ["/tmp/settings"]})
    first = router.instances("reader")["one"]["pid"]
    file.write_text("2")
    router.set("reader", one={**SLEEP, "file": ["/tmp/settings"]})
    until(lambda: router.instances("reader")["one"].get("pid") not in (None, first))


def test_an_instance_that_is_no_longer_named_ends(router: ProcdRouter) -> None:
    router.set("two", one=SLEEP, other=SLEEP)
    ended = router.instances("two")["other"]["pid"]
    router.set("two", one=SLEEP)
    until(lambda: list(router.instances("two")) == ["one"])
    assert not alive(ended)
    assert router.ubus("call", "service", "delete", '{"name":"two"}')[0] == 0
    until(lambda: router.instances("two") == {})


def test_who_ignores_sigterm_is_killed(router: ProcdRouter) -> None:
    router.set("stubborn", one={"command": STUBBORN, "term_timeout": 1, "stdout": True})
    until(lambda: "ready" in router.run("logread")[1])
    pid = router.instances("stubborn")["one"]["pid"]
    router.ubus("call", "service", "delete", '{"name":"stubborn"}')
    assert alive(pid)
    until(lambda: not alive(pid), 3)


def test_a_restart_waits_for_the_old_process(router: ProcdRouter) -> None:
    """`stop` and `start` at once, as `restart` does: the new one begins when the old one has gone."""
    router.set("again", one={"command": STUBBORN, "term_timeout": 1})
    old = router.instances("again")["one"]["pid"]
    router.ubus("call", "service", "delete", '{"name":"again"}')
    router.set("again", one={"command": STUBBORN, "term_timeout": 1})
    assert router.instances("again")["one"]["pid"] == old
    until(lambda: router.instances("again")["one"].get("pid") not in (None, old), 4)
    assert not alive(old)


def test_respawn_gives_up_after_so_many_crashes(router: ProcdRouter) -> None:
    router.set("crash", one={"command": ["/bin/false"], "respawn": ["3600", "0", "3"]})
    wanted = "procd: Instance crash::one s in a crash loop 4 crashes, 0 seconds since last crash"
    until(lambda: wanted in router.run("logread")[1])
    row = router.instances("crash")["one"]
    assert (row["running"], row["exit_code"]) == (False, 1)


def test_who_goes_into_the_background_is_lost(router: ProcdRouter) -> None:
    """As pptpd without `--fg` on 15.05.1: procd sees an end, and stopping the service does not end the daemon."""
    place = router.root / "tmp/daemon.pid"
    router.set("lost", one={"command": ["/bin/sh", "-c", f"sleep 1000 & echo $! >{place}"]})
    until(lambda: place.exists() and place.read_text() and not router.instances("lost")["one"]["running"])
    pid = int(place.read_text())
    router.ubus("call", "service", "delete", '{"name":"lost"}')
    assert alive(pid)
    os.kill(pid, signal.SIGKILL)


def test_a_pid_file_comes_and_goes(router: ProcdRouter) -> None:
    router.set("pid", one={**SLEEP, "pidfile": "/var/run/pid.pid"})
    place = router.root / "var/run/pid.pid"
    assert place.read_text() == f"{router.instances('pid')['one']['pid']}\n"
    router.ubus("call", "service", "delete", '{"name":"pid"}')
    until(lambda: not place.exists())


def test_a_program_that_is_missing_is_no_end_of_the_daemon(router: ProcdRouter) -> None:
    router.set("missing", one={"command": ["/nosuch"]})
    until(lambda: router.instances("missing")["one"].get("exit_code") == 127)


def test_environment_and_output(router: ProcdRouter) -> None:
    script = 'echo "$WORD"; echo trouble >&2'
    router.set("said", one={"command": ["/bin/sh", "-c", script], "env": {"WORD": "a b"}, "stdout": 1, "stderr": 1})
    until(lambda: "trouble" in router.run("logread", "-e", "sh\\[")[1])
    said = router.run("logread", "-e", "sh\\[")[1]
    assert re.search(r"^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4} daemon\.info sh\[\d+\]: a b$", said, re.MULTILINE)
    assert re.search(r"daemon\.err sh\[\d+\]: trouble$", said, re.MULTILINE)


def test_a_changed_configuration_runs_who_asked_for_it(router: ProcdRouter) -> None:
    """Recording `procd_config_change`; a second change before the time is up does not run it twice."""
    log = router.root / "tmp/runs"
    script = router.script("etc/init.d/listener", f'START=1\nreload() {{ echo "$action" >>{log}; }}\n')
    rule = ["if", ["eq", "package", "listener"], ["run_script", "/etc/init.d/listener", "reload"]]
    message = {"name": "listener", "triggers": [["config.change", rule, 200]]}
    router.ubus("call", "service", "set", json.dumps(message))
    for package in ("other", "listener", "listener"):
        event = json.dumps({"type": "config.change", "data": {"package": package}})
        assert router.ubus("call", "service", "event", event) == (0, "", "")
    until(log.exists)
    assert script.exists()
    assert log.read_text() == "reload\n"


def test_reload_config_tells_of_changed_files_only(router: ProcdRouter) -> None:
    log = router.root / "tmp/changed"
    router.script("etc/init.d/watcher", f"reload() {{ echo ran >>{log}; }}\n")
    rule = ["if", ["eq", "package", "watched"], ["run_script", "/etc/init.d/watcher", "reload"]]
    router.ubus("call", "service", "set", json.dumps({"name": "watcher", "triggers": [["config.change", rule, 0]]}))
    config = router.root / "etc/config/watched"
    config.write_text("config a 'b'\n\toption c '1'\n")
    for text in ("config a 'b'\n\toption c '1'\n", "# a remark\nconfig a 'b'\n\toption c '1'\n"):
        config.write_text(text)
        assert router.run("reload_config") == (0, "", "")
    assert not log.exists()
    config.write_text("config a 'b'\n\toption c '2'\n")
    router.run("reload_config")
    until(log.exists)


def test_the_log_takes_what_programs_send(router: ProcdRouter) -> None:
    send = (
        "import socket,sys; socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(sys.argv[1].encode(), sys.argv[2])"
    )
    for text in ("<13>Nov 22 14:43:12 MARK: one", "<86>MARK: two", "<149>MARK: of pppd"):
        assert router.run("python3", "-c", send, text, str(router.root / "dev/log"))[0] == 0
    said = router.run("logread", "-e", "MARK")[1].splitlines()
    heads = ["user.notice MARK: one", "authpriv.info MARK: two", "daemon.notice MARK: of pppd"]
    assert [line.split(" ", 5)[-1].lstrip() for line in said] == heads
    assert router.run("logread", "-l", "1")[1].count("\n") == 1


@pytest.mark.parametrize("words", [["-x"], ["-l"], ["-l", "x"]])
def test_logread_refuses_what_it_does_not_know(router: ProcdRouter, words: list[str]) -> None:
    assert router.run("logread", *words)[0] == 1


def test_boot_and_shutdown_run_the_scripts_in_order(tmp_path: Path) -> None:
    router = ProcdRouter(tmp_path).make("24.10")
    log = tmp_path / "tmp/order"
    for name in ("S10b", "S05a", "K20c", "K10d"):
        actions = f"boot() {{ echo {name} boot >>{log}; }}\nshutdown() {{ echo {name} end >>{log}; }}\n"
        router.script(f"etc/rc.d/{name}", actions)
    daemon = 0
    try:
        assert router.run("procd", "boot")[0] == 0
        daemon = int((tmp_path / "var/run/procd.pid").read_text())
        assert alive(daemon)
        assert router.ubus("list")[0] == 0
        assert router.run("procd", "shutdown")[0] == 0
        assert log.read_text().splitlines() == ["S05a boot", "S10b boot", "K10d end", "K20c end"]
    finally:
        until(lambda: not alive(daemon))
