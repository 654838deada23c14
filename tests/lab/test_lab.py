"""The lab itself: a factory-fresh router, real calls, disks that keep what they should, wires that lead somewhere."""

from __future__ import annotations

import pytest

from tests.lab import howto, internet, packets
from tests.lab.build.pppd import Dialect
from tests.lab.lab import Lab
from tests.lab.network import WAN_GATEWAY
from tests.lab.router import LiveCall

pytestmark = [pytest.mark.lab, pytest.mark.turns]

ALICE = 'alice pptp-server "a #secret" 172.16.1.5\n'
SECRET = "a #secret"
WORDS: dict[Dialect, str] = {"old": howto.OLD_WORDS, "new": howto.NEW_WORDS}

MISSING = "base64 cmp comm diff flock ip lock nohup od pkill readlink setsid sha1sum sha256sum start-stop-daemon stat \
timeout xxd opkg uci ubus iptables-save iptables-restore"
PRESENT = "ash awk brctl cut df find free grep gzip head hexdump ifconfig insmod ipkg iptables kill killall logger \
logread lsmod md5sum mktemp nc netstat nslookup nvram pidof ping printf ps route sed seq sleep sort sync tail tar tr \
uniq usleep wc wget xargs"


def test_a_fresh_router_is_white_russian_from_the_factory(lab: Lab) -> None:
    router = lab.router()

    assert "WHITE RUSSIAN (RC5)" in router.read("/etc/banner").decode()
    assert router.run("ls /etc/openwrt_release /etc/os-release /etc/rc.d /etc/ppp/*").code != 0
    assert router.run("for name in pptpd pppd; do which $name; done").out == ""
    assert router.run(f"for name in {MISSING}; do which $name; done").out == ""
    assert router.run(f"for name in {PRESENT}; do which $name >/dev/null || echo $name; done").out == ""
    assert router.run("echo $PATH", path=None).out == "/usr/bin:/bin\n"
    assert router.run("grep ^root: /etc/passwd").out.endswith(":/bin/ash\n")
    assert router.run("sleep 0.1").code == 1
    assert "ppp" not in router.run("lsmod").out
    assert router.run("nvram get lan_ifname; nvram get wan_ifname").out == "br0\nvlan1\n"


def test_configuration_is_links_into_a_read_only_folder(lab: Lab) -> None:
    router = lab.router(ppp=True)

    for path in ("/etc/firewall.user", "/etc/dnsmasq.conf", "/etc/init.d/S45firewall", "/etc/ppp/ip-up"):
        assert f"{path} -> /rom{path}" in router.run(f"ls -l {path}").out
        assert "Read-only file system" in router.run(f"echo >>{path}").out

    router.write("/etc/firewall.user", b"# mine\n")
    assert router.run("ls -l /etc/firewall.user").out.startswith("-rw-r--r--")
    assert router.read("/rom/etc/firewall.user").startswith(b"#!/bin/sh")


def test_the_firewall_is_the_documented_one(lab: Lab) -> None:
    router = lab.router()

    rules = router.run("iptables -S; iptables -t nat -S").out.splitlines()
    for chain in ("input_rule", "output_rule", "forwarding_rule", "prerouting_rule", "postrouting_rule"):
        assert f"-N {chain}" in rules
    assert [line for line in rules if line.startswith("-P")][:3] == [
        "-P INPUT DROP",
        "-P FORWARD DROP",
        "-P OUTPUT DROP",
    ]
    assert "-A INPUT -p gre -j ACCEPT" in rules
    assert "-A INPUT ! -i vlan1 -j ACCEPT" in rules
    assert "-A POSTROUTING -o vlan1 -j MASQUERADE" in rules
    assert not [line for line in rules if "1723" in line]
    again = router.run("/etc/init.d/S45firewall whatever; iptables -S; iptables -t nat -S").out.splitlines()
    assert again == rules
    assert "comment" in router.run("iptables -A input_rule -m comment --comment x").out


def test_nothing_of_a_fresh_router_is_open_to_the_internet(lab: Lab) -> None:
    router = lab.router()
    assert lab.scan_tcp(router.wan) == set()
    assert lab.internet_host.ping(router.wan)
    assert [port for port in (22, 23, 53, 80) if lab.lan_host.tcp(router.lan, port) == "open"] == [22, 53, 80]


def test_without_a_password_there_is_telnet_and_no_ssh(lab: Lab) -> None:
    router = lab.router(password=None)
    assert lab.lan_host.tcp(router.lan, 23) == "open"
    assert router.password is None


@pytest.mark.parametrize("dialect", ["old", "new"])
def test_a_call_by_the_howto_is_encrypted_and_reaches_the_lan(lab: Lab, dialect: Dialect) -> None:
    client = lab.client()
    router = lab.router(mppe=dialect)
    howto.install(router)
    assert lab.internet_host.tcp(router.wan, 1723) == "refused"
    howto.configure(router, ALICE, words=WORDS[dialect])
    assert lab.internet_host.tcp(router.wan, 1723) == "open"

    call = client.dial("alice", SECRET)

    assert call.up, call.log
    assert (call.address, call.peer, call.dns[0]) == ("172.16.1.5", "172.16.1.1", "172.16.1.1")
    assert call.mppe == "MPPE 128-bit stateless compression enabled"
    assert router.calls() == [LiveCall("ppp0", "172.16.1.5")]
    client.route("192.168.1.0/24")
    client.route("198.51.100.0/24")
    assert client.ping(lab.lan_host.address)
    assert client.tcp(lab.lan_host.address, 8080) == "open"
    assert client.tcp(lab.lan_host.address, 8081) == "refused"
    assert client.udp_dns("lanhost.lan", "172.16.1.1") == lab.lan_host.address
    assert client.udp_dns("internet.test", "172.16.1.1") == internet.NAMED
    assert client.ping("198.51.100.10", source="172.16.1.5")
    client.listen(8080)
    assert lab.lan_host.tcp("172.16.1.5", 8080) == "open"

    call.hangup()
    assert not call.alive()
    assert router.calls() == []


def test_a_wrong_password_is_told_from_an_unreachable_server(lab: Lab) -> None:
    client, router = lab.client(), lab.router(pptpd=True)
    howto.configure(router, ALICE)

    refused = client.dial("alice", "wrong")
    assert not refused.up
    assert "E=691" in refused.log

    howto.stop(router)
    unreachable = client.dial("alice", SECRET)
    assert not unreachable.up
    assert "E=691" not in unreachable.log

    howto.start(router)
    assert client.dial("alice", SECRET).up  # nothing of the failed calls is in the way


def test_addresses_in_pptpd_conf_have_no_effect(lab: Lab) -> None:
    client, router = lab.client(), lab.router(pptpd=True)
    addresses = b"localip 10.9.9.1\nremoteip 10.9.9.2-9\n"
    router.write("/etc/pptpd.conf", router.read("/etc/pptpd.conf") + addresses)
    howto.configure(router, ALICE)

    call = client.dial("alice", SECRET)

    assert (call.peer, call.address) == ("172.16.1.1", "172.16.1.5")


def test_without_the_module_there_is_no_encryption(lab: Lab) -> None:
    client, router = lab.client(), lab.router()
    howto.install(router)
    assert router.run("rm /lib/modules/*/ppp_mppe_mppc.ko").code == 0
    howto.configure(router, ALICE)

    call = client.dial("alice", SECRET)

    assert not call.up
    assert "ppp_mppe" not in router.run("lsmod").out


def test_two_clients_call_at_the_same_time(lab: Lab) -> None:
    first, second = lab.clients(2)
    router = lab.router(pptpd=True)
    howto.configure(router, ALICE + "bob pptp-server secret 172.16.1.6\n")

    calls = [first.dial("alice", SECRET), second.dial("bob", "secret")]

    assert [call.address for call in calls] == ["172.16.1.5", "172.16.1.6"]
    assert {call.peer for call in router.calls()} == {"172.16.1.5", "172.16.1.6"}


def test_a_reboot_keeps_what_was_written_and_starts_the_server(lab: Lab) -> None:
    client, router = lab.client(), lab.router(pptpd=True)
    howto.configure(router, ALICE)
    before = router.digest()
    router.run("nvram set kept=1; nvram commit; nvram set forgotten=1; touch /tmp/forgotten")

    router.reboot()

    assert (
        router.run("nvram get kept; nvram get forgotten; ls /tmp/forgotten >/dev/null 2>&1 || echo gone").out
        == "1\ngone\n"
    )
    changed = {path for path, what in router.digest().items() if before.get(path) != what}
    assert changed == {"/lib/lab/nvram/kept"}
    assert client.dial("alice", SECRET).up


def test_a_power_cut_keeps_what_was_synced_and_loses_the_rest(lab: Lab) -> None:
    router = lab.router()
    router.run("echo kept >/etc/synced; sync; echo lost >/etc/not-synced")

    router.power_cut()

    assert router.read("/etc/synced") == b"kept\n"
    with pytest.raises(FileNotFoundError):
        router.read("/etc/not-synced")


def test_the_digest_shows_every_change(lab: Lab) -> None:
    router = lab.router()
    fresh = router.digest()
    assert fresh["/etc/firewall.user"].endswith("0:0 -> /rom/etc/firewall.user")
    assert router.digest() == fresh

    router.run("chmod 700 /www; echo x >/etc/new; rm /etc/banner; ln -s new /etc/banner")

    after = router.digest()
    assert {path for path in fresh | after if fresh.get(path) != after.get(path)} == {"/www", "/etc/new", "/etc/banner"}


def test_the_lan_gets_addresses_names_and_the_internet_from_the_router(lab: Lab) -> None:
    router = lab.router()
    assert lab.lan_host.ping(lab.other_lan_host.address)
    assert lab.lan_host.ping("198.51.100.10")
    assert lab.lan_host.tcp("198.51.100.10", 80) == "open"
    assert lab.internet_host.tcp(lab.lan_host.address, 8080) == "refused"
    assert "192.168.1.100 -- 192.168.1.250" in router.run("logread").out


def test_other_networks_are_set_by_nvram(lab: Lab) -> None:
    nvram = {"lan_ipaddr": "10.1.2.1", "wan_ipaddr": "100.64.3.2", "wan_netmask": "255.255.0.0"}
    client, router = lab.client(), lab.router(nvram=nvram)

    assert (router.lan, router.wan, lab.admin, lab.lan_host.address) == (
        "10.1.2.1",
        "100.64.3.2",
        "10.1.2.2",
        "10.1.2.20",
    )
    assert lab.lan_host.ping("198.51.100.10")
    assert client.ping(router.wan)


def test_packets_with_a_false_source_arrive_and_can_be_counted(lab: Lab) -> None:
    router = lab.router()
    router.run("iptables -I INPUT -s 172.16.1.77 -j DROP")
    lab.internet_host.send_raw(packets.echo_request("172.16.1.77", router.wan))
    lab.internet_host.send_raw(packets.tcp_syn("172.16.1.77", router.wan, 1723))
    lab.internet_host.send_raw(packets.udp("172.16.1.77", router.wan, 53, b"x"))
    assert lab.internet_host.ping(router.wan)
    assert router.run("iptables -vnL INPUT 1").out.split()[0] == "3"

    ear = lab.internet_host.hear_udp(9)
    lab.lan_host.send_raw(packets.udp(lab.lan_host.address, WAN_GATEWAY, 9, b"heard"))
    assert ear.wait()
    assert ear.heard == [(router.wan, b"heard")]
