"""A lab is alone: it sees no other, and it leaves nothing behind, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.lab.conftest import give_up
from tests.lab.lab import Lab

TEST = """
import time
import pytest
from tests.lab.conftest import lab, lab_of_this_worker

@pytest.mark.lab
def test_it(lab):
    lab.client()
    router = lab.router()
    assert router.run("echo up").out == "up\\n"
    print("booted", flush=True)
    time.sleep({seconds})
"""
CHECKOUT = Path(__file__).parents[2]


@pytest.mark.lab
def test_two_labs_with_the_same_addresses_do_not_see_each_other(lab: Lab) -> None:
    other = Lab()
    try:
        routers = [lab.router(), other.router()]
        for number, router in enumerate(routers):
            router.run(f"echo {number} >/etc/which")
        ears = [one.lan_host.hear_udp(9) for one in (lab, other)]
        other.other_lan_host.run([sys.executable, "-c", SAY_HELLO])
        assert ears[1].wait()
        assert [len(ear.heard) for ear in ears] == [0, 1]
        for number, router in enumerate(routers):
            assert router.read("/etc/which") == f"{number}\n".encode()
        other.drop_router()
        assert not other.lan_host.ping("192.168.1.1", tries=1)
        assert lab.lan_host.ping("192.168.1.1")
    finally:
        other.close()


SAY_HELLO = """
import socket
hello = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
hello.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
hello.sendto(b"hello", ("192.168.1.255", 9))
"""


@contextmanager
def pytest_process(folder: Path, seconds: int) -> Iterator[subprocess.Popen[str]]:
    """A pytest of its own, with one test that boots two machines and then waits."""
    test = folder / "test_tiny.py"
    test.write_text(TEST.format(seconds=seconds))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, "-m", "pytest", "-s", "-p", "no:cacheprovider", "-c", "pyproject.toml", str(test)]
    with subprocess.Popen(
        command, cwd=CHECKOUT, env=environment | {"TMPDIR": str(folder)}, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process


def machines_of(parent: int) -> list[int]:
    """The processes that the lab of this process started."""
    mark = f"LAB_PARENT={parent}\0".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes():
                found.append(int(process.name))
        except OSError:
            continue
    return found


def wait_until_booted(process: subprocess.Popen[str]) -> None:
    assert process.stdout
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "booted" in line:
            return
    raise AssertionError("".join(lines))


def wait_until_gone(parent: int) -> None:
    end = time.monotonic() + 10
    while machines := machines_of(parent):
        assert time.monotonic() < end, machines
        time.sleep(0.05)


@pytest.mark.lab
def test_a_finished_run_leaves_nothing(lab: Lab, tmp_path: Path) -> None:
    with pytest_process(tmp_path, seconds=0) as process:
        wait_until_booted(process)
        assert len(machines_of(process.pid)) >= 2
        process.communicate(timeout=30)
    assert process.returncode == 0
    assert machines_of(process.pid) == []
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("pptp-lab-")] == []


@pytest.mark.lab
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_leaves_nothing(lab: Lab, tmp_path: Path, number: signal.Signals) -> None:
    with pytest_process(tmp_path, seconds=60) as process:
        wait_until_booted(process)
        process.send_signal(number)
        process.communicate(timeout=30)
    assert process.returncode == (2 if number == signal.SIGINT else -signal.SIGKILL)
    wait_until_gone(process.pid)


@pytest.mark.lab
def test_nothing_of_a_test_is_there_in_the_next(lab: Lab) -> None:
    client = lab.client()
    client.run("touch /tmp/before")
    client.listen(8088)
    lab.lan_host.listen(9999)
    lab.router()

    lab.clean()

    assert lab.internet_host.tcp(client.address, 8088) == "refused"
    assert lab.internet_host.tcp("203.0.113.1", 22, wait=1) != "open"
    assert lab.other_lan_host.tcp(lab.lan_host.address, 9999) == "refused"


def test_where_no_lab_can_be_tests_skip_but_in_ci_they_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no tun"):
        give_up("no tun")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no tun"):
        give_up("no tun")
