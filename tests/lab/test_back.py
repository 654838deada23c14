"""The way back, by one step or altogether: the bytes as they were, and other people's work left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lab.lab import Lab
from tests.lab.router import Router
from tests.lab.test_releases import RELEASES
from tests.lab.wizard import PASSWORD, Ran, Wizard, answers

pytestmark = [pytest.mark.lab, pytest.mark.turns]

TWO = {"anna": "172.16.1.2", "ben": "172.16.1.3"}
OURS = "/etc/pptp-wizard"
# What somebody else may have written, one line of it no UTF-8 at all and the last without its end.
FOREIGN = b"# caf\xe9, by hand\r\n" + b"# " + b"x" * 1_000_000 + b"\n# the end"
# White Russian's ipkg leaves the folders that its packages made.
EMPTY_FOLDERS = "drwxr-xr-x 0:0"


def back(wizard: Wizard, command: str, *more: str) -> Ran:
    return wizard.run(command, *wizard.login, "--yes", *more)


def tree(router: Router) -> dict[str, str]:
    """Everything on the disk but empty folders, the word on how the last change ended, and what package managers write
    anew in another order (what they say is installed is compared by `behaviour`)."""
    apart = (f"{OURS}/last", f"{OURS}/original.paths", "/usr/lib/opkg/status", "/usr/lib/ipkg/status", "/lib/apk/db/")
    digest = router.digest()
    return {path: what for path, what in digest.items() if not path.startswith(apart) and what != EMPTY_FOLDERS}


PACKAGES = """
cat /usr/lib/opkg/status /usr/lib/ipkg/status 2>/dev/null |
    awk '$1 == "Package:" { name = $2 } $1 == "Version:" { version = $2 } $1 == "Status:" { print name, version, $4 }' |
    sort
apk list -I 2>/dev/null | sort"""


def behaviour(router: Router) -> str:
    """The running filter without its counters, who listens where, and what is installed."""
    rules = "nft list ruleset 2>/dev/null | sed 's/counter packets [0-9]* bytes [0-9]*//'; iptables -n -L 2>/dev/null"
    return router.run(f"{PACKAGES}; {rules}; netstat -ltn | awk 'NR > 2 {{ print $4 }}' | sort").out


@pytest.mark.sample(1)
@pytest.mark.parametrize("release", RELEASES)
def test_one_step_back_and_then_as_if_it_had_never_been_there(lab: Lab, tmp_path: Path, release: str) -> None:
    client, router = lab.client(), lab.router(release=release)
    wizard, fresh, ran_fresh = Wizard(router, tmp_path), tree(router), behaviour(router)
    assert wizard.apply(answers(), {"anna": PASSWORD}).code == 0
    first, ran_first = tree(router), behaviour(router)
    assert wizard.apply(answers(TWO, access=["internet = true"]), {"anna": PASSWORD, "ben": "made-up-ben"}).code == 0
    assert client.dial("ben", "made-up-ben").up

    undone = back(wizard, "undo")
    assert undone.code == 0, undone.out
    assert tree(router) == first
    assert behaviour(router) == ran_first
    assert router.calls() == []
    assert not client.dial("ben", "made-up-ben", wait=8).up
    assert client.dial("anna", PASSWORD).up

    gone = back(wizard, "uninstall")
    assert gone.code == 0, gone.out
    assert tree(router) == fresh
    assert behaviour(router) == ran_fresh
    assert OURS not in router.digest()
    assert router.calls() == []
    assert back(wizard, "uninstall").code == 3


@pytest.mark.parametrize("release", ["white-russian", "24.10"])
def test_where_somebody_else_wrote_in_between_only_what_is_ours_goes(lab: Lab, tmp_path: Path, release: str) -> None:
    router = lab.router(release=release)
    wizard = Wizard(router, tmp_path)
    assert wizard.apply(answers(), {"anna": PASSWORD}).code == 0
    user, secrets = (
        "/etc/firewall.user" if release == "white-russian" else "/etc/sysupgrade.conf",
        "/etc/ppp/chap-secrets",
    )
    shared = router.read(user)
    router.write(user, shared + FOREIGN)
    router.write(secrets, router.read(secrets) + b"me@isp * made-up-line *\n", 0o600)
    if release == "24.10":
        router.run(
            "uci set firewall.mine=rule; uci set firewall.mine.src=lan; uci set firewall.mine.target=ACCEPT; uci commit"
        )
    router.run("echo '# by hand' >>/etc/ppp/options.pptpd")

    said = back(wizard, "uninstall", "--dry-run")
    assert said.code == 4
    assert "Only what is ours in it goes" in " ".join(said.out.split())
    gone = back(wizard, "uninstall")
    assert gone.code == 0, gone.out
    assert "/etc/ppp/options.pptpd stays as it is" in " ".join(gone.out.split())
    assert router.read(user).endswith(FOREIGN)
    assert b"pptp-wizard" not in router.read(user)
    assert router.read(secrets).endswith(b"me@isp * made-up-line *\n")
    assert b"anna" not in router.read(secrets)
    assert router.read("/etc/ppp/options.pptpd").endswith(b"# by hand\n")
    assert "pptp_wizard" not in router.run("cat /etc/config/firewall 2>/dev/null").out
    if release == "24.10":
        assert router.run("uci get firewall.mine.target").out.strip() == "ACCEPT"


def test_what_others_wrote_around_ours_is_never_touched(lab: Lab, tmp_path: Path) -> None:
    router = lab.router(ppp=True)
    router.write("/etc/firewall.user", FOREIGN, 0o755)
    wizard = Wizard(router, tmp_path)
    assert wizard.apply(answers(), {"anna": PASSWORD}).code == 0
    assert router.read("/etc/firewall.user").startswith(FOREIGN)
    assert back(wizard, "undo").code == 0
    assert router.read("/etc/firewall.user") == FOREIGN
    assert router.run("ls -l /etc/firewall.user").out.startswith("-rwxr-xr-x")


def test_the_history_is_five_states_deep_and_small(lab: Lab, tmp_path: Path) -> None:
    router = lab.router(pptpd=True)
    wizard = Wizard(router, tmp_path)
    for number in range(2, 9):
        assert wizard.apply(answers({"anna": f"172.16.1.{number}"}), {"anna": PASSWORD}).code == 0
    kept = router.run(f"ls {OURS}/history").out.split()
    assert kept == [f"{number:04}.tgz" for number in range(3, 8)]
    assert int(router.run(f"cat {OURS}/history/* | wc -c").out) < 64 << 10
    for number in range(7, 2, -1):
        assert back(wizard, "undo").code == 0
        assert f"172.16.1.{number}\n".encode() in router.read("/etc/ppp/chap-secrets")
    spent = back(wizard, "undo")
    assert spent.code == 3
    assert "nothing on this router to go back to" in " ".join(spent.out.split())


def test_a_state_that_finds_no_room_is_not_kept_and_that_is_said(lab: Lab, tmp_path: Path) -> None:
    router = lab.router(pptpd=True)
    wizard = Wizard(router, tmp_path)
    assert wizard.apply(answers(), {"anna": PASSWORD}).code == 0
    router.write(f"{OURS}/history/0001.tgz", bytes(50 << 10), 0o600)
    # Something of the owner's that does not shrink, so that this state alone is larger than all may be.
    router.run("head -c 80000 /dev/urandom >/root/r")
    noise = router.read("/root/r").hex()[:140_000]
    router.write("/etc/firewall.user", router.read("/etc/firewall.user") + f"# {noise}\n".encode())
    ran = wizard.apply(answers(access=["internet = true"]))
    assert ran.code == 0, ran.out
    assert "had no room to keep how it was before" in " ".join(ran.out.split())
    assert router.run(f"ls {OURS}/history/* 2>/dev/null").out == ""


BROKEN = {
    "an entry that is no archive": ("echo nonsense >{0}/history/0002.tgz", "undo", "is not whole"),
    "an entry that is cut off": (
        "head -c 300 {0}/history/0002.tgz >/tmp/cut; cp /tmp/cut {0}/history/0002.tgz",
        "undo",
        "is not whole",
    ),
    "an original that is gone": ("rm {0}/original.1.tgz", "uninstall", "is not whole"),
    "a later version's": (
        "cd /tmp && gunzip -c <{0}/history/0002.tgz | tar xf - && sed -i 's/^format 1/format 2/' about && "
        "tar cf - about daemon paths files absent | gzip -c >{0}/history/0002.tgz",
        "undo",
        "newer version",
    ),
}


def test_bad_history_is_a_clear_sentence_and_changes_nothing(lab: Lab, tmp_path: Path) -> None:
    router = lab.router(pptpd=True)
    wizard = Wizard(router, tmp_path)
    for seats in ({"anna": "172.16.1.2"}, TWO):
        assert wizard.apply(answers(seats), {"anna": PASSWORD, "ben": "made-up-ben"}).code == 0
    router.run(f"cp -pr {OURS} /root/kept")
    for name, (damage, command, words) in BROKEN.items():
        router.run(damage.format(OURS))
        before = router.digest()
        ran = back(wizard, command)
        assert ran.code == 3, (name, ran.out)
        assert words in " ".join(ran.out.split()), (name, ran.out)
        assert router.digest() == before, name
        router.run(f"rm -rf {OURS}; cp -pr /root/kept {OURS}")
    assert back(wizard, "undo").code == 0


def test_a_clock_in_1970_and_old_leftovers_hinder_nobody(lab: Lab, tmp_path: Path) -> None:
    router = lab.router(pptpd=True)
    router.run("date -s 197001010001 || date 010100011970")
    router.run(f"mkdir -p {OURS}/stage {OURS}/pending; echo old >{OURS}/stage/x; echo old >{OURS}/pending/x")
    wizard = Wizard(router, tmp_path)
    ran = wizard.apply(answers(), {"anna": PASSWORD})
    assert ran.code == 0, ran.out
    assert "1970" in router.run(f"cat {OURS}/last").out
    undone = back(wizard, "undo")
    assert undone.code == 0, undone.out
    assert "1970" not in undone.out


def test_something_else_where_our_folder_should_be_stops_it(lab: Lab, tmp_path: Path) -> None:
    router = lab.router(pptpd=True)
    router.run(f"ln -s /root {OURS}")
    before = router.digest()
    ran = Wizard(router, tmp_path).apply(answers(), {"anna": PASSWORD})
    assert ran.code == 1, ran.out
    assert "no folder of the wizard's" in ran.out
    assert router.digest() == before
