"""What is rendered reads back as the same answers, and a set-up by hand is understood."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import ANSWERS, FACTORY_FRESH, PASSWORDS, with_files
from wizard.changes import change
from wizard.model.answers import Access, Answers, Client, DaemonOptions, Tunnel
from wizard.model.facts import Dialect, Firewall, Packages, RouterFacts, Service
from wizard.model.secret import Secret
from wizard.plan.build import plan

ACCESSES = st.builds(
    Access,
    lan=st.sampled_from(["all", "none", (IPv4Network("192.168.1.20/32"), IPv4Network("192.168.1.64/26"))]),
    from_lan=st.booleans(),
    internet=st.booleans(),
    between_clients=st.booleans(),
    router=st.sampled_from(["dns", "all"]),
)
DNS = st.sampled_from(["router", "none", (IPv4Address("192.168.1.1"), IPv4Address("198.51.100.53"))])


def applied(answers: Answers, facts: RouterFacts, passwords: dict[str, Secret] = PASSWORDS) -> RouterFacts:
    """The router as it is once every file of the change set is in place."""
    changes = change(plan(facts, answers, passwords), facts)
    content = {file.path: file.after.raw for file in changes.files}
    return with_files(
        facts,
        chap_secrets=content["/etc/ppp/chap-secrets"],
        firewall_user=content["/etc/firewall.user"],
        options_pptpd=content["/etc/ppp/options.pptpd"],
        pptpd_conf=content["/etc/pptpd.conf"],
    )


BY_ZONE = replace(
    FACTORY_FRESH,
    dialect=Dialect(Packages.OPKG, Firewall.SHELL_UCI, Service.RC_COMMON, None),
    own_script="/etc/init.d/pptp-wizard",
)


@pytest.mark.parametrize("router", [FACTORY_FRESH, BY_ZONE], ids=["user", "shell-uci"])
@given(access=ACCESSES, dns=DNS, debug=st.booleans(), mtu=st.integers(576, 1482))
def test_answers_read_back_from_what_was_rendered(
    router: RouterFacts, access: Access, dns: object, debug: bool, mtu: int
) -> None:
    answers = replace(
        ANSWERS,
        tunnel=Tunnel(IPv4Address("172.16.1.1"), dns),  # type: ignore[arg-type]  # hypothesis widens the union
        access=access,
        daemon=DaemonOptions(debug=debug, mtu=mtu),
    )
    found = applied(answers, router).tunnel
    assert found is not None and found.ours
    assert found.answers == answers
    assert found.passwords == PASSWORDS


def test_the_howto_by_hand_is_understood() -> None:
    facts = with_files(
        FACTORY_FRESH,
        options_pptpd=b'#debug\n10.9.8.1:\nauth\nname "vpn"\nmtu 1450\nms-dns 10.9.8.1\n',
        chap_secrets=b"# a comment\nme@isp * uplink\nanna vpn s3cret 10.9.8.2\n"
        b"bert vpn 'x y' *\nanna vpn other 10.9.8.9\n",
    )
    tunnel = facts.tunnel
    assert tunnel is not None and not tunnel.ours
    assert tunnel.provider == "vpn"
    assert tunnel.answers == Answers(
        Tunnel(IPv4Address("10.9.8.1"), "router"),
        # bert had no address of his own, so he gets the next free one
        (Client("anna", IPv4Address("10.9.8.2")), Client("bert", IPv4Address("10.9.8.3"))),
        daemon=DaemonOptions(mtu=1450),
    )
    assert tunnel.passwords == {"anna": Secret("s3cret"), "bert": Secret("x y")}


@pytest.mark.parametrize("secrets", [b"", b"me@isp * uplink\n", b"two words\n", b"# vpnuser pptp-server x 1.2.3.4\n"])
def test_nobody_of_ours_means_no_tunnel(secrets: bytes) -> None:
    assert with_files(FACTORY_FRESH, chap_secrets=secrets).tunnel is None
