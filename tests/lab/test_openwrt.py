"""Routers of the releases as the lab makes them: what a fresh one is, what stays on its flash, how it gets online."""

from __future__ import annotations

import pytest

from tests.lab.internet import ADDRESS, NAME
from tests.lab.lab import Lab
from tests.lab.provider import OWN_ADDRESS
from tests.lab.router import Router
from wizard.practice import release

pytestmark = [pytest.mark.lab, pytest.mark.turns]

BOTH_ENDS = ("7.09", "24.10")
INTO_THE_LAN = "192.168.1.0/24"


def lets_all_through(router: Router) -> str:
    """The command that makes the firewall pass everything on."""
    fw4 = release.load(router.release).firewall == "fw4"
    return "nft insert rule inet fw4 forward accept" if fw4 else "iptables -I FORWARD -j ACCEPT"


@pytest.mark.sample(2)
@pytest.mark.parametrize("which", release.names())
def test_a_fresh_router_is_up_and_closed_and_knows_no_pptp(lab: Lab, which: str) -> None:
    router = lab.router(release=which)
    data = release.load(which)

    assert router.run("uci get network.lan.ipaddr").out == "192.168.1.1\n"
    assert router.run(f"ping -c1 -W2 {ADDRESS}").code == 0
    assert router.run(f"ping -c1 -W2 {NAME}").code == 0
    assert lab.lan_host.tcp(ADDRESS, 8080) == "open"
    assert lab.scan_tcp(router.wan, range(20, 90)) == set()
    for found in ("command -v pptpd", "command -v python3", "lsmod | grep mppe"):
        assert router.run(found).code != 0
    assert router.run(f"df -k {data.writable}").code == 0
    assert router.run(": >/rom/x").code != 0
    assert {"/etc/passwd", "/etc/ppp", "/bin/busybox"} <= router.digest().keys()


@pytest.mark.parametrize("which", BOTH_ENDS)
def test_what_was_written_is_there_after_a_reboot_and_a_power_cut(lab: Lab, which: str) -> None:
    router = lab.router(release=which)
    upper = f"{release.load(which).writable}/upper"
    router.run("echo kept >/etc/kept; rm /etc/banner; sync; echo lost >/tmp/lost; echo unwritten >/etc/unwritten")
    router.power_cut()
    assert router.read("/etc/kept") == router.read(f"{upper}/etc/kept") == b"kept\n"
    assert router.run("ls /etc/banner /tmp/lost /etc/unwritten").out.count("No such file") == 3
    router.run("echo again >/etc/kept")
    router.reboot()
    assert router.read("/etc/kept") == b"again\n"
    assert router.run("ls /rom/etc/banner").code == 0


def test_the_flash_can_be_full_and_says_what_was_written(lab: Lab) -> None:
    router = lab.router(release="24.10")
    before = router.flash_written()
    assert router.flash_written() == before
    router.run("dd if=/dev/zero of=/etc/some bs=1024 count=100")
    assert 100 << 10 <= router.flash_written() - before < 200 << 10

    assert router.run("dd if=/dev/zero of=/etc/much bs=65536").code != 0
    assert router.run("echo x >/etc/more").code != 0
    router.run("rm /etc/much")
    assert router.run("echo x >/etc/more").code == 0


def test_without_a_password_ssh_or_telnet_lets_root_in(lab: Lab) -> None:
    assert lab.router(release="24.10", password=None).run("id -u").out == "0\n"
    early = lab.router(release="12.09", password=None)
    assert lab.lan_host.tcp(early.lan, 23) == "open"


def test_the_lan_can_be_elsewhere(lab: Lab) -> None:
    router = lab.router(release="24.10", settings={"network.lan.ipaddr": "10.9.8.1"})
    assert (router.lan, lab.lan_host.address) == ("10.9.8.1", "10.9.8.20")
    assert lab.lan_host.ping("10.9.8.1")


@pytest.mark.parametrize(("which", "listed"), [("12.09", "opkg list-installed"), ("25.12", "apk info")])
def test_packages_can_be_there_before_the_first_boot(lab: Lab, which: str, listed: str) -> None:
    router = lab.router(release=which, packages=["pptpd", "kmod-mppe"])
    names = {line.split()[0] for line in router.run(listed).out.splitlines()}
    assert {"pptpd", "kmod-gre", "kmod-mppe"} <= names
    assert "ppp_mppe" in router.run("lsmod").out


@pytest.mark.parametrize("which", BOTH_ENDS)
def test_a_provider_gives_the_address_by_dhcp(lab: Lab, which: str) -> None:
    router = lab.router(release=which, wan="dhcp")
    assert f"inet addr:{router.wan} " in router.run("ifconfig eth1").out
    assert router.run(f"ping -c1 -W2 {NAME}").code == 0


@pytest.mark.parametrize("which", BOTH_ENDS)
def test_a_provider_gives_the_address_over_pppoe_and_can_send_into_the_line(lab: Lab, which: str) -> None:
    router = lab.router(release=which, wan="pppoe")
    device = "ppp0" if which == "7.09" else "pppoe-wan"
    assert f"inet addr:{router.wan}  P-t-P:{OWN_ADDRESS}" in router.run(f"ifconfig {device}").out
    assert router.run(f"ping -c1 -W2 {NAME}").code == 0
    assert lab.client().ping(router.wan)
    assert router.calls() == []

    lab.provider.leads_to(INTO_THE_LAN)
    assert not lab.internet_host.ping(lab.lan_host.address)
    done = router.run(lets_all_through(router))
    assert done.code == 0, done.out
    assert lab.internet_host.ping(lab.lan_host.address)
