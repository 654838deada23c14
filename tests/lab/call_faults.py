"""What can go wrong with a call: how it comes about in the lab, and what each rung of the connection test says of it.

A rung that can see a fault has a code for it. One that cannot owns up that it looks from the wrong place
(`UNSEEN`), and blames nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.lab.lab import Lab
from tests.lab.router import Router

PASSWORDS = {"anna": "made-up-4-anna", "bert": "made-up-5-bert"}
ADDRESSES = {"anna": "172.16.1.2", "bert": "172.16.1.3"}
OPTIONS, SECRETS, CONF = "/etc/ppp/options.pptpd", "/etc/ppp/chap-secrets", "/etc/pptpd.conf"
SERVICE = "/etc/init.d/pptp-wizard"
ENCRYPTED = ("require-mppe-128",)
LISTENS = "until grep -q ':06BB .* 0A ' /proc/net/tcp /proc/net/tcp6; do busybox usleep 100000; done"
UNSEEN = ""
"""Nothing is blamed, and that some things cannot be seen from there is said."""
NO_SECRET = ("no-usable-secret", "provider-mismatch", "secret-without-address")
NOBODY_ANSWERS = ("no-free-slot", "server-hung-up", "pppd-died", "nothing-came")
Seen = str | tuple[str, ...]
"""A code, one of several that are right, or `UNSEEN`."""


@dataclass(frozen=True)
class Scene:
    """A router with a tunnel for anna and bert, and the computers on the Internet."""

    lab: Lab
    router: Router

    def run(self, command: str) -> None:
        """On the router; it has to go well."""
        done = self.router.run(command)
        assert done.code == 0, f"{command}: {done.out}"

    def edit(self, path: str, old: str, new: str) -> None:
        """Other words in a file that is there."""
        text = self.router.read(path).decode()
        assert old in text, text
        self.router.write(path, text.replace(old, new).encode(), 0o600 if path == SECRETS else 0o644)


Act = Callable[[Scene], None]


def nothing(scene: Scene) -> None:
    """All stays as it was set up."""


def calls(
    user: str = "anna", password: str = "", options: tuple[str, ...] = ENCRYPTED, login: str = "mschap-v2"
) -> Act:
    """A device on the Internet dials so, and hangs up; what comes of it is seen by whoever watches."""

    def called(scene: Scene) -> None:
        known = password or PASSWORDS.get(user, "made-up-9")
        scene.lab.client().dial(user, known, login=login, options=options, wait=15).hangup()

    return called


def run(command: str) -> Act:
    return lambda scene: scene.run(command)


def nft(rule: str) -> Act:
    """A rule before all others of a chain of the router's."""
    return run(f"nft insert rule inet fw4 {rule}")


def edit(path: str, old: str, new: str) -> Act:
    return lambda scene: scene.edit(path, old, new)


def swallow(packets: str) -> Act:
    """Not one of these packets arrives, and nobody says so."""
    return lambda scene: scene.lab.network.wires.swallow(packets)


def both(*acts: Act) -> Act:
    def acted(scene: Scene) -> None:
        for act in acts:
            act(scene)

    return acted


def at_home(address: str, option: str = "proxyarp") -> Act:
    """Anna is given an address of the home network, which the firewall knows, with this option of pppd beside."""

    def given(scene: Scene) -> None:
        assert scene.lab.lan_host.ping(scene.lab.network.lan.ip.exploded)
        scene.edit(SECRETS, ADDRESSES["anna"], address)
        scene.run(f"sed -i 's/172\\.16\\.1\\.2\\b/{address}/' /etc/config/firewall; fw4 -q reload")
        scene.edit(OPTIONS, "noproxyarp\n", f"{option}\n")

    return given


AS_IT_SHOULD = calls()


def behind_nat(scene: Scene) -> None:
    """A device calls through somebody else's router."""
    client = scene.lab.client()
    client.move_behind(scene.lab.network.nat)
    client.dial("anna", PASSWORDS["anna"], options=ENCRYPTED, wait=15).hangup()


def two_behind_nat(scene: Scene) -> None:
    """Two devices call through one that lets one of them have all packets of calls."""
    nat = scene.lab.network.nat
    for client, user in zip(scene.lab.clients(2), PASSWORDS, strict=True):
        client.move_behind(nat)
        if user == "anna":
            nat.pass_gre_to(int(client.address.rpartition(".")[2]))
        client.dial(user, PASSWORDS[user], options=ENCRYPTED, wait=15)


def both_as_anna(scene: Scene) -> None:
    """Two devices with one login; the second calls while the first still does."""
    for client in scene.lab.clients(2):
        client.dial("anna", PASSWORDS["anna"], options=ENCRYPTED, wait=15)


def own_end(address: str) -> Act:
    """The server has this address in the tunnel."""

    def served(scene: Scene) -> None:
        scene.edit(CONF, "172.16.1.1", address)
        scene.edit(OPTIONS, "ms-dns 172.16.1.1", f"ms-dns {address}")
        scene.run(f"{SERVICE} restart")
        scene.run(LISTENS)

    return served


def one_place_and_taken(scene: Scene) -> None:
    """The server takes one call, and bert has it."""
    scene.run(
        f"sed -i 's/^connections .*/connections 1/; s/^remoteip .*/remoteip 172.16.1.9/' {CONF}; {SERVICE} restart"
    )
    scene.run(LISTENS)
    assert scene.lab.client(2).dial("bert", PASSWORDS["bert"], options=ENCRYPTED, wait=15).up


@dataclass(frozen=True)
class CallFault:
    """One of them, on 24.10: what is said of it on the router, by a call from here, and by who watches a device."""

    name: str
    put_in: Act = nothing
    router: Seen = UNSEEN
    call: Seen = UNSEEN
    watched: Seen = UNSEEN
    dial: Act = AS_IT_SHOULD
    count: int = 1
    """Calls that are waited for by who watches."""


FAULTS = (
    CallFault("nothing"),
    CallFault("daemon not running", run(f"{SERVICE} stop"), "daemon-down", "port-refused", "port-closed"),
    CallFault("port dropped", nft("input_wan tcp dport 1723 drop"), "port-blocked", UNSEEN, "nothing-came"),
    CallFault("port rejected", nft("input_wan tcp dport 1723 reject"), "port-blocked", UNSEEN, "nothing-came"),
    CallFault(
        "GRE dropped on its way in", nft("input_wan meta l4proto gre drop"), "gre-blocked-in", UNSEEN, "gre-blocked-in"
    ),
    CallFault(
        "GRE dropped on its way out",
        nft("output meta l4proto gre drop"),
        UNSEEN,
        ("gre-blocked", "gre-blocked-out"),
        "gre-blocked-out",
    ),
    CallFault(
        "GRE swallowed on its way here",
        swallow("ip saddr 203.0.113.50 ip protocol gre"),
        watched="gre-blocked-in",
    ),
    CallFault(
        "GRE swallowed on its way back",
        swallow("ip daddr 203.0.113.50 ip protocol gre"),
        watched="gre-blocked-out",
    ),
    CallFault("a NAT without helper", watched=("gre-rejected", "gre-blocked-out"), dial=behind_nat),
    CallFault("two behind one NAT", watched="second-behind-nat", dial=two_behind_nat, count=2),
    CallFault("unknown user", watched="user-unknown", dial=calls("mallory")),
    CallFault("wrong password", watched="password-wrong", dial=calls(password="made-up-wrong")),
    CallFault("another provider", edit(SECRETS, "pptp-server", "elsewhere"), "provider-mismatch", NO_SECRET, NO_SECRET),
    CallFault("no address", edit(SECRETS, " 172.16.1.2", ""), "secret-without-address", NO_SECRET, NO_SECRET),
    CallFault(
        "MPPE module missing",
        run("rmmod ppp_mppe; rm /lib/modules/*/ppp_mppe.ko"),
        "mppe-missing",
        "mppe-missing",
        "mppe-missing",
    ),
    CallFault(
        "an unknown word",
        edit(OPTIONS, "auth\n", "auth\nmade-up-word\n"),
        "option-unknown",
        "option-unknown",
        "option-unknown",
    ),
    CallFault("no encryption", watched="encryption-refused", dial=calls(options=("nomppe",))),
    CallFault("PAP alone", watched="pap-only", dial=calls(options=(), login="pap")),
    CallFault("MS-CHAPv1 alone", watched="mschapv1-only", dial=calls(options=(), login="mschap")),
    CallFault("another address asked for", watched="address-refused", dial=calls(options=(*ENCRYPTED, "172.16.1.99:"))),
    CallFault("one login on two devices", watched="user-twice", dial=both_as_anna, count=2),
    CallFault("one address for two", edit(SECRETS, "172.16.1.3", "172.16.1.2"), "address-clash"),
    CallFault("address of a LAN host", at_home("192.168.1.20"), "address-clash", "address-clash", "address-clash"),
    CallFault("address of the router", at_home("192.168.1.1"), "address-clash", "address-clash", "address-clash"),
    CallFault(
        "nobody answers for a client",
        at_home("192.168.1.99", "noproxyarp"),
        "proxyarp-impossible",
        "proxyarp-impossible",
    ),
    CallFault(
        "proxy ARP impossible",
        edit(OPTIONS, "noproxyarp", "proxyarp"),
        "proxyarp-impossible",
        watched="proxyarp-impossible",
    ),
    CallFault("looped routes", own_end("203.0.113.1"), "route-loop", watched="route-loop"),
    CallFault("no place left", one_place_and_taken, "no-free-slot", NOBODY_ANSWERS, ("no-free-slot", "port-closed")),
    CallFault("no masquerading", run("nft flush chain inet fw4 srcnat_wan"), UNSEEN, "masquerade-missing"),
    CallFault("no forwarding", run("sysctl -w net.ipv4.ip_forward=0"), "forwarding-off", "forwarding-missing"),
    CallFault("no rule for the LAN", nft("forward iifname ppp0 drop"), UNSEEN, "forwarding-missing"),
    CallFault(
        "fragments swallowed",
        both(run(f"sed -i 's/^mtu .*/mtu 1500/; s/^mru .*/mru 1500/' {OPTIONS}"), swallow("ip frag-off & 0x3fff != 0")),
        UNSEEN,
        "mtu-too-large",
    ),
    CallFault("names refused", nft("input iifname ppp0 udp dport 53 reject"), UNSEEN, "dns-refused"),
)
