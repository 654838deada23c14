"""Each pppd knows one set of MPPE words and refuses the other as pppd does, by dry run and in a real call."""

from __future__ import annotations

import pytest

from tests.lab import howto
from tests.lab.build.pppd import Dialect
from tests.lab.lab import Lab
from tests.lab.remote import Done
from tests.lab.router import Router

pytestmark = [pytest.mark.lab, pytest.mark.turns]

KNOWN: dict[Dialect, list[str]] = {
    "old": [
        howto.OLD_WORDS,
        "mppe required",
        "+mppe required,no128",
        "nomppe",
        "-mppe",
        "mppc",
        "nomppc",
        "lzs",
        "nolzs",
    ],
    "new": [
        "require-mppe",
        "+mppe",
        "require-mppe-40",
        "require-mppe-128",
        "nomppe",
        "nomppe-40",
        "nomppe-128",
        "nomppe-stateful",
    ],
}
UNKNOWN: dict[Dialect, list[str]] = {
    "old": ["require-mppe", "require-mppe-40", "require-mppe-128", "nomppe-40", "nomppe-128", "nomppe-stateful"],
    "new": [howto.OLD_WORDS, "nomppc", "no56", "mppc", "lzs"],
}


# A dry run of good options looks for /dev/ppp, which comes with the module.
LOAD_PPP = "insmod slhc; insmod ppp_generic"


def dry_run(router: Router, options: str, *words: str) -> Done:
    router.write("/tmp/candidate", options.encode())
    return router.run(f"pppd dryrun nodetach notty {' '.join(words)} file /tmp/candidate")


@pytest.mark.parametrize("dialect", ["old", "new"])
def test_words_by_dry_run(lab: Lab, dialect: Dialect) -> None:
    router = lab.router(ppp=True, mppe=dialect)
    router.run(LOAD_PPP)
    for line in KNOWN[dialect]:
        assert dry_run(router, f"{line}\n") == Done(0, ""), line
    for line in UNKNOWN[dialect]:
        word = line.split()[0]
        message = f"pppd: In file /tmp/candidate: unrecognized option '{word}'\n"
        assert dry_run(router, f"{line}\n") == Done(2, message)
        assert f"unrecognized option '{word}'" in router.run(f"pppd dryrun nodetach notty {line}").out
    assert router.run("grep -q require-mppe-128 /usr/sbin/pppd").code == (1 if dialect == "old" else 0)


def test_the_other_exit_codes_of_a_dry_run(lab: Lab) -> None:
    router = lab.router(ppp=True)
    bad_word = "pppd: invalid parameter 'foo' for mppe option\n"
    assert dry_run(router, "mppe required,foo\n") == Done(2, bad_word)
    assert dry_run(router, "mtu abc\n") == Done(2, "pppd: invalid numeric parameter 'abc' for mtu option\n")
    assert dry_run(router, "mtu\n") == Done(2, "pppd: In file /tmp/candidate: too few parameters for option 'mtu'\n")
    assert dry_run(router, "mtu 1482\n").code == 4  # the kernel does not know PPP yet
    router.run(LOAD_PPP)
    unterminated = dry_run(router, 'name "pptp-server\n')
    assert unterminated.code == 0
    assert "warning: quoted word runs to end of file (/tmp/candidate...)" in unterminated.out
    missing = router.run("pppd dryrun nodetach notty file /tmp/none").out
    assert missing == "pppd: Can't open options file /tmp/none: No such file or directory\n"
    no_secret = dry_run(router, "auth\nname pptp-server\n")
    assert no_secret.code == 1
    assert "couldn't find any suitable secret" in no_secret.out


def test_every_file_that_pppd_reads_counts(lab: Lab) -> None:
    router = lab.router(ppp=True)
    router.write("/etc/ppp/options", b"require-mppe-128\n")
    done = dry_run(router, "mtu 1482\n")
    assert done == Done(2, "pppd: In file /etc/ppp/options: unrecognized option 'require-mppe-128'\n")


@pytest.mark.parametrize(("dialect", "words"), [("old", howto.NEW_WORDS), ("new", howto.OLD_WORDS)])
def test_the_wrong_words_end_a_real_call(lab: Lab, dialect: Dialect, words: str) -> None:
    client, router = lab.client(), lab.router(pptpd=True, mppe=dialect)
    howto.configure(router, "alice pptp-server secret 172.16.1.5\n", words=words)

    call = client.dial("alice", "secret")

    assert not call.up
    assert f"In file /etc/ppp/options.pptpd: unrecognized option '{words.split()[0]}'" in router.run("logread").out


@pytest.mark.parametrize("dialect", ["old", "new"])
def test_a_client_without_encryption_is_not_let_in(lab: Lab, dialect: Dialect) -> None:
    client, router = lab.client(), lab.router(pptpd=True, mppe=dialect)
    words = howto.OLD_WORDS if dialect == "old" else howto.NEW_WORDS
    howto.configure(router, "alice pptp-server secret 172.16.1.5\n", words=words)

    assert not client.dial("alice", "secret", options=["nomppe"]).up

    router.run("sed -i '/mppe/d' /etc/ppp/options.pptpd")
    assert client.dial("alice", "secret", options=["nomppe"]).up
