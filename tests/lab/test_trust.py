"""What people have to be able to rely on: secrets stay secret, faults stop before a change, and few round trips do."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest

from tests.lab.lab import Lab
from tests.lab.wizard import Wizard, answers
from wizard import journey
from wizard.model.options import Options
from wizard.router.session import Session
from wizard.screen import Screen

pytestmark = pytest.mark.lab

SECRET = "made-up-and-easy-to-find"
# Looks at the arguments and the environment of every process, some forty times a second, until it is told to stop.
WATCH = """
( while [ ! -f /tmp/enough ]; do
    cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\000' '\\n' >>/tmp/seen
    usleep 25000
done ) </dev/null >/dev/null 2>&1 &
"""


def test_a_password_is_nowhere_but_in_its_file(lab: Lab, tmp_path: Path) -> None:
    router = lab.router(ppp=True)
    wizard = Wizard(router, tmp_path)
    router.run(WATCH)
    ran = wizard.apply(answers(), {"anna": SECRET})
    again = wizard.apply(answers(access=["internet = true"]))
    router.run(": >/tmp/enough; sleep 1")
    assert (ran.code, again.code) == (0, 0), ran.out + again.out
    seen = router.read("/tmp/seen").decode("latin-1")
    assert "pptp-wizard" in seen or "sh -s" in seen or "pptpd" in seen
    for text in (ran.out, again.out, seen):
        assert SECRET not in text
        assert str(router.password) not in text
    given = {"secrets.toml", "router-password"}
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.name not in given]
    assert written
    assert not [path for path in written if SECRET in path.read_text() or str(router.password) in path.read_text()]
    holding = router.run(f"grep -r -l {SECRET} /etc /usr /lib /root /sbin 2>/dev/null").out.split()
    assert set(holding) == {"/etc/ppp/chap-secrets"}
    # What is kept of it, compressed, is closed to others.
    kept = router.run("find /etc/pptp-wizard -type f | xargs ls -l").out
    assert set(re.findall(r"^-\S+", kept, re.MULTILINE)) == {"-rw-------"}
    assert router.run("ls -l /etc/ppp/chap-secrets").out.startswith("-rw------- ")
    assert router.run("ls -ld /etc/pptp-wizard").out.startswith("drwx------ ")


def test_few_round_trips_do(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wizard = Wizard(lab.router(ppp=True), tmp_path)
    sessions: list[Session] = []
    run = Session.run

    def counted(session: Session, *arguments: object, **more: object) -> object:
        if session not in sessions:
            sessions.append(session)
        return run(session, *arguments, **more)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(Session, "run", counted)
    monkeypatch.setenv("HOME", str(tmp_path))
    file = tmp_path / "answers.toml"
    file.write_text(answers())
    options = Options(wizard.router.lan, password_file=tmp_path / "router-password", answers=file, yes=True)
    assert journey.run(options, Screen(file=StringIO()), journey.Outcome()) == 0
    first, second = sessions
    assert first.round_trips <= 2, "one to inspect, one to apply"
    assert second.round_trips <= 2, "one to check and one to confirm, on a new connection"


@pytest.mark.parametrize(
    ("nvram", "headline"),
    [
        ({"wan_ipaddr": "100.64.3.2", "wan_netmask": "255.255.255.0"}, "carrier-grade"),
        ({"wan_ipaddr": "10.20.30.40", "wan_netmask": "255.255.255.0"}, "modem"),
    ],
)
def test_an_address_that_nobody_reaches_is_said_first(
    lab: Lab, tmp_path: Path, nvram: dict[str, str], headline: str
) -> None:
    ran = Wizard(lab.router(ppp=True, nvram=nvram), tmp_path).apply(answers(), {"anna": SECRET}, "--dry-run")
    assert ran.code == 4
    assert headline in ran.out.lower()
    assert ran.out.lower().index(headline) < ran.out.index("chap-secrets")


def test_a_feed_that_is_gone_stops_it_before_any_change(lab: Lab, tmp_path: Path) -> None:
    router = lab.router()
    lab.internet_host.feed(False)
    before = router.digest()
    ran = Wizard(router, tmp_path).apply(answers(), {"anna": SECRET})
    assert ran.code == 1
    assert "cannot fetch the list of packages" in ran.out
    assert "Everything that was begun was undone" in ran.out
    assert unchanged(before, router.digest())


def test_settings_that_pppd_refuses_never_go_live(lab: Lab, tmp_path: Path) -> None:
    router = lab.router(ppp=True)
    wizard = Wizard(router, tmp_path)
    assert wizard.apply(answers(), {"anna": SECRET}).code == 0
    before = router.digest()
    # An MTU is the only number of ours in the file; pppd 2.4.9 refuses no value we accept, so a wrapper has to.
    router.run("mv /usr/sbin/pppd /usr/sbin/pppd.kept")
    router.write(
        "/usr/sbin/pppd",
        b'#!/bin/sh\n[ "$1" = dryrun ] && grep -q "^mtu 1300" "$5" && exit 2\nexec pppd.kept "$@"\n',
        0o755,
    )
    ran = wizard.apply(answers(daemon="mtu = 1300"))
    assert ran.code == 1
    assert "does not accept the settings" in ran.out
    router.run("mv /usr/sbin/pppd.kept /usr/sbin/pppd")
    assert unchanged(before, router.digest())


def test_a_port_that_is_forwarded_elsewhere_stops_it(lab: Lab, tmp_path: Path) -> None:
    router = lab.router(ppp=True)
    router.run("iptables -t nat -A prerouting_rule -i vlan1 -p tcp --dport 1723 -j DNAT --to 192.168.1.20")
    before = router.digest()
    ran = Wizard(router, tmp_path).apply(answers(), {"anna": SECRET})
    assert ran.code == 3
    assert "192.168.1.20" in ran.out
    assert router.digest() == before


def test_the_howto_by_hand_is_taken_over_with_its_users(lab: Lab, tmp_path: Path) -> None:
    client = lab.client()
    router = lab.router(pptpd=True)
    by_hand = b"# by hand\nme@isp * uplink\ncarl pptp-server handmade 172.16.1.40\n"
    router.run("mkdir -p /etc/ppp")
    router.write("/etc/ppp/chap-secrets", by_hand, 0o644)
    ran = Wizard(router, tmp_path).apply(answers({"carl": "172.16.1.40"}))
    assert ran.code == 0, ran.out
    assert client.dial("carl", "handmade").address == "172.16.1.40"
    kept = router.read("/etc/ppp/chap-secrets")
    assert kept.endswith(b"# by hand\nme@isp * uplink\n")
    assert kept.count(b"handmade") == 1


def unchanged(before: dict[str, str], after: dict[str, str]) -> bool:
    """Nothing is different but our own directory and what the package manager keeps of feeds."""
    paths = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    return not [path for path in paths if not path.startswith(("/etc/pptp-wizard", "/usr/lib/ipkg/lists"))]


def test_a_daemon_that_fails_lets_everything_go_back(lab: Lab, tmp_path: Path) -> None:
    router = lab.router(ppp=True)
    wizard = Wizard(router, tmp_path)
    both = {"anna": "172.16.1.2", "bert": "172.16.1.3"}
    assert wizard.apply(answers(both), {"anna": SECRET, "bert": "made-up-2"}).code == 0
    before = router.digest()
    # It starts, and does not listen.
    router.run("mv /usr/sbin/pptpd /usr/sbin/pptpd.kept")
    router.write("/usr/sbin/pptpd", b"#!/bin/sh\nexit 0\n", 0o755)
    ran = wizard.apply(answers(server="172.16.1.9"))
    router.run("mv /usr/sbin/pptpd.kept /usr/sbin/pptpd")
    assert ran.code == 1
    assert "answers no calls" in ran.out
    # The old daemon was stopped, and the new one is no daemon: that alone could not be put back, and is said.
    assert "could not go back to what it was in every respect" in " ".join(ran.out.split())
    router.reboot()
    after = router.digest()
    assert {path for path in before | after if before.get(path) != after.get(path)} == {"/etc/pptp-wizard/last"}
    assert "undone" in router.run("cat /etc/pptp-wizard/last").out


def test_a_killed_wizard_is_undone_by_the_router(lab: Lab, tmp_path: Path) -> None:
    client = lab.client()
    router = lab.router(ppp=True)
    before = router.digest()
    wizard = Wizard(router, tmp_path)
    begun = wizard.start(answers(), {"anna": SECRET}, "--confirm-within", "15")
    router.run("until [ -d /tmp/pptp-wizard.lock ]; do usleep 100000; done")
    begun.kill()
    begun.wait()
    router.run("while [ -d /tmp/pptp-wizard.lock ]; do sleep 1; done", timeout=150)
    assert unchanged(before, router.digest())
    assert "why timer" in router.run("cat /etc/pptp-wizard/last").out
    ran = wizard.apply(answers(), {"anna": SECRET})
    assert ran.code == 0, ran.out
    assert client.dial("anna", SECRET).up
