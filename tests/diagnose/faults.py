"""Everything that can be wrong with a call, as its log shows it, and what looks like it and is not."""

from __future__ import annotations

from collections.abc import Sequence

from tests.diagnose.scenes import (
    AGREED,
    ANNA,
    ASKED,
    BERT,
    CHALLENGE,
    HUNG_UP,
    IS_ASKED,
    LCP,
    MPPE,
    PPPOE,
    WINDOWS,
    begun,
    connected,
    in_front,
    logged_in,
    quiet,
    router,
    up,
)
from wizard.diagnose.calls import Known

PTY = "GRE: read(fd=6,buffer=0,len=8196) from PTY failed: status = -1 error = Input/output error, usually caused by …"
NET = "GRE: read(fd=7,buffer=0,len=8260) from network failed: status = -1 error = Protocol not available"
TIMEOUT = "LCP: timeout sending Config-Requests"
DEVICE = (
    "pty pptp 203.0.113.1 --nolaunchpppd\t\t# (from command line)",
    "using channel 1",
    "Connect: ppp0 <--> /dev/pts/0",
)
DEVICE_ASKED = "sent [LCP ConfReq id=0x1 <asyncmap 0x0> <magic 0xe564> <pcomp> <accomp>]"
ALONE = "rcvd [LCP ConfReq id=0x{} <magic 0xe564>]"

KNOWN = Known(frozenset({"203.0.113.1"}), {"192.168.1.20": "printer (ARP table)"})
"""What is known of the router beside its log."""
FAULTS: list[tuple[str, str, list[str]]] = [
    # The server as a whole
    ("port-taken", "router", ["pptpd[9]: createHostSocket: Address already in use"]),
    ("pool-invalid", "router", ["pptpd[9]: MGR: Remote IP address 172.16.1.2 in config is a duplicate!"]),
    ("pool-invalid", "router", ["pptpd[9]: MGR: Bad IP address (172.16.1) in config file!"]),
    ("options-unreadable", "router", ["pptpd[9]: MGR: PPP options file /etc/ppp/options.pptpd not readable"]),
    ("no-free-slot", "router", ["pptpd[9]: MGR: No free connection slots or IPs - no more clients can connect!"]),
    # pppd does not begin
    (
        "option-unknown",
        "router",
        router(*begun()[:3], "In file /etc/ppp/options.pptpd: unrecognized option 'mppe'", PTY),
    ),
    ("option-unknown", "router", router(*begun()[:3], "invalid numeric parameter 'x' for mtu option", PTY)),
    ("options-unreadable", "router", router(*begun()[:3], "Can't open options file /etc/ppp/o: No such file", PTY)),
    ("kernel-ppp-missing", "router", router(*begun()[:4], "Couldn't open the /dev/ppp device: No such device", PTY)),
    (
        "secret-without-address",
        "router",
        router(
            *begun()[:3],
            "but I couldn't find any suitable secret (password) for it to use to do so.",
            "(None of the available passwords would let it use an IP address.)",
        ),
    ),
    ("no-usable-secret", "router", router(*begun()[:3], "but I couldn't find any suitable secret (password) for it")),
    ("secret-too-long", "router", router(*begun(), *LCP, "Secret for anna on pptp-server is too long")),
    ("pppd-died", "router", router(*begun()[:3], PTY, *HUNG_UP[3:])),
    ("line-looped", "router", router(*begun(), ASKED, "rcvd" + ASKED[4:], "Serial line is looped back.")),
    # The way to the router, as a device with pptp-linux sees it
    ("port-closed", "router", ["pptp[7]: anon warn[open_inetsock:pptp_callmgr.c:352]: connect: Connection refused"]),
    (
        "nothing-came",
        "network",
        ["pptp[7]: anon warn[open_inetsock:pptp_callmgr.c:352]: connect: Connection timed out"],
    ),
    ("nothing-came", "network", ["pptp[7]: anon warn[open_inetsock:pptp_callmgr.c:352]: connect: No route to host"]),
    # Login
    ("user-unknown", "client", router(*begun(), *LCP, "No CHAP secret found for authenticating mallory")),
    ("password-wrong", "client", router(*begun(), *LCP, "Peer anna failed CHAP authentication", *HUNG_UP)),
    ("password-wrong", "client", quiet(ANNA, "Peer anna failed CHAP authentication")),
    ("login-unanswered", "client", router(*begun(), *LCP, CHALLENGE, CHALLENGE, *HUNG_UP)),
    ("pap-only", "client", router(*begun(), *LCP[:3], "rcvd [LCP ConfNak id=0x1 <auth pap>]", *HUNG_UP)),
    ("mschapv1-only", "client", router(*begun(), *LCP[:3], "rcvd [LCP ConfNak id=0x1 <auth chap MS>]", *HUNG_UP)),
    ("no-mschapv2", "client", router(*begun(), *LCP[:3], "rcvd [LCP ConfNak id=0x1 <auth chap MD5>]", *HUNG_UP)),
    ("no-mschapv2", "client", router(*begun(), *LCP[:3], "rcvd [LCP ConfRej id=0x1 <auth chap MS-v2>]", *HUNG_UP)),
    ("no-mschapv2", "client", quiet(ANNA, "peer refused to authenticate: terminating link")),
    ("login-demanded", "client", router(*begun(), *LCP, 'rcvd [LCP TermReq id=0x2 "peer refused to authenticate"]')),
    ("login-demanded", "client", [*DEVICE, "peer refused to authenticate: terminating link"]),
    ("login-refused", "client", [*DEVICE, 'rcvd [CHAP Failure id=0x1 "E=647 R=0 V=3 M=Account disabled"]']),
    ("login-unanswered", "network", [*DEVICE, DEVICE_ASKED, "CHAP authentication timed out"]),
    ("server-unproven", "client", [*DEVICE, "MS-CHAPv2 mutual authentication failed."]),
    # Encryption
    ("mppe-missing", "router", router(*begun(), *logged_in(), "MPPE required, but kernel has no support.")),
    (
        "mppe-needs-mschap",
        "router",
        router(
            *begun(),
            *logged_in(),
            "MPPE required, but MS-CHAP[v2] auth not performed.",
            'sent [LCP TermReq id=0x2 "MPPE required but not available"]',
        ),
    ),
    (
        "mppe-no-keys",
        "router",
        router(
            *begun(),
            *logged_in(),
            "MPPE required, but keys are not available.  Possible plugin problem?",
            'sent [LCP TermReq id=0x2 "MPPE required but not available"]',
        ),
    ),
    ("mppe-missing", "router", [*DEVICE, 'rcvd [LCP TermReq id=0x2 "MPPE required but not available"]']),
    (
        "mppe-stateful",
        "client",
        router(
            *begun(),
            *logged_in(),
            "Refusing MPPE stateful mode offered by peer",
            "MPPE required but peer negotiation failed",
        ),
    ),
    ("encryption-refused", "client", router(*begun(), *logged_in(), "MPPE required but peer negotiation failed")),
    (
        "encryption-refused",
        "client",  # pppd up to 2.4.9 with OpenWrt's patch has no other word for it
        router(
            *begun(), *logged_in(), 'sent [LCP TermReq id=0x2 "MPPE required but cannot negotiate MPPE key length"]'
        ),
    ),
    (
        "encryption-refused",
        "client",
        router(*begun(), *logged_in(), 'rcvd [LCP TermReq id=0x2 "MPPE required but not available"]'),
    ),
    ("encryption-refused", "client", [*DEVICE, 'rcvd [LCP TermReq id=0x2 "MPPE required but peer refused"]']),
    ("encryption-not-offered", "router", [*DEVICE, "MPPE required but peer refused"]),
    (
        "encryption-not-offered",
        "router",
        router(*begun(), *logged_in(), 'rcvd [LCP TermReq id=0x2 "MPPE required but peer refused"]'),
    ),
    ("unencrypted", "router", router(*begun(), *logged_in(), *connected())),
    ("unencrypted", "router", quiet(ANNA, f"peer from calling number {ANNA} authorized", *connected())),
    ("mppe-errors", "network", [*up(), *router("Too many MPPE errors, closing LCP")]),
    # Addresses
    (
        "address-refused",
        "client",
        router(*begun(), *logged_in(), MPPE, "Peer is not authorized to use remote address 192.168.1.99"),
    ),
    (
        "address-refused",
        "client",
        router(*begun(), *logged_in(), MPPE, 'rcvd [IPCP TermReq id=0x6 "Refused our IP address"]'),
    ),
    ("address-refused", "client", [*DEVICE, "Peer refused to agree to our IP address"]),
    (
        "address-refused",
        "client",
        router(*begun(), *logged_in(), MPPE, "sent [IPCP ConfRej id=0xb <addr 172.16.1.99>]", *connected()),
    ),
    ("address-clash", "router", up(address="192.168.1.20")),
    ("route-loop", "router", router(*begun(), *logged_in(), MPPE, *connected(local="203.0.113.1"))),
    (
        "address-refused",
        "client",
        router(*begun(), *logged_in(), MPPE, *["sent [IPCP ConfNak id=0x1 <addr 172.16.1.2>]"] * 4, *HUNG_UP),
    ),
    (
        "server-address-missing",
        "router",
        router(*begun(), *logged_in(), MPPE, "Could not determine local IP address"),
    ),
    (
        "secret-without-address",
        "router",
        router(*begun(), *logged_in(), MPPE, "Could not determine remote IP address: defaulting to 10.64.64.64"),
    ),
    ("address-clash", "router", router(*begun(), *logged_in(), MPPE, *connected("172.16.1.1"))),
    ("address-clash", "router", [*up("anna"), *up("bert", BERT, pid=200)]),
    ("user-twice", "client", [*up("anna"), *up("anna", BERT, pid=200)]),
    (
        "user-twice",
        "client",
        [
            *quiet(ANNA, f"peer from calling number {ANNA} authorized", MPPE, *connected()),
            *quiet(BERT, f"peer from calling number {BERT} authorized", MPPE, *connected(), pid=200),
        ],
    ),
    (
        "user-twice",
        "client",
        [*up("anna"), *quiet(BERT, f"peer from calling number {BERT} authorized", MPPE, *connected(), pid=200)],
    ),
    (
        "proxyarp-impossible",
        "router",
        router(*begun(), *logged_in(), MPPE, "Cannot determine ethernet address for proxy ARP", *connected()),
    ),
    # GRE
    ("gre-blocked-in", "network", router(*begun(), *[ASKED] * 3)),
    ("gre-blocked-in", "network", router(*begun(), *[ASKED] * 10, TIMEOUT, *HUNG_UP)),
    (
        "gre-blocked-out",
        "router",
        router(*begun(), ASKED, "GRE: xmit failed from decaps_hdlc: Operation not permitted"),
    ),
    ("gre-blocked-out", "network", router(*begun(), *[ASKED, IS_ASKED] * 4)),
    ("gre-blocked-out", "network", quiet(ANNA, "GRE: accepting packet #0", TIMEOUT)),
    ("gre-blocked", "network", quiet(ANNA, TIMEOUT)),
    ("gre-blocked", "network", [*DEVICE, *[DEVICE_ASKED] * 3]),
    ("gre-rejected", "network", router(*begun(), ASKED, NET, *HUNG_UP[3:])),
    ("second-behind-nat", "network", [*up("anna"), *router(*begun(), *[ASKED] * 3, pid=200)]),
    ("second-behind-nat", "network", [*up("anna"), *router(*begun(), ASKED, NET, pid=200)]),
    (
        "second-behind-nat",
        "network",
        [*up("anna"), *up("bert", address="172.16.1.3", pid=200), *router("No response to 4 echo-requests")],
    ),
    ("gre-blocked-in", "network", [*router(*begun(), *[ASKED] * 3), *router(*begun(), *[ASKED] * 3, pid=200)]),
    ("link-lost", "network", [*up(), *router("No response to 4 echo-requests", *HUNG_UP)]),
    ("link-lost", "network", [*up(), *router("CTRL: Session timed out, ending call", *HUNG_UP[3:])]),
    ("server-hung-up", "router", [*DEVICE, DEVICE_ASKED, "Modem hangup", "Connection terminated."]),
]

WELL: dict[str, Sequence[str]] = {
    "nothing": (),
    "a call of Windows": WINDOWS,
    "a call that stands": up(),
    "a call that was hung up": [*up(), *router('rcvd [LCP TermReq id=0x2 "User request"]', *HUNG_UP)],
    "a call without debug": quiet(ANNA, f"peer from calling number {ANNA} authorized", MPPE, *connected()),
    "a call that the person gave up": router(*begun(), ASKED, *HUNG_UP[3:]),
    "a call whose device hung up while it was asked": router(*begun(), *LCP, *HUNG_UP),
    "a call after which the device turns packets away": [*up(), *router(NET, *HUNG_UP)],
    "a call that took the last place": [
        *up(),
        "pptpd[9]: MGR: No free connection slots or IPs - no more clients can …",
    ],
    "a place that is free again": [
        "pptpd[9]: MGR: No free connection slots or IPs - no more clients can connect!",
        *router(HUNG_UP[-1]),
    ],
    "a port scanner": [
        "pptpd[9]: MGR: dropped small initial connection",
        "pptpd[9]: MGR: initial packet bad magic",
        "pptpd[9]: MGR: connections limit (4) reached, extra IP addresses ignored",
    ],
    "the router's way to the Internet": PPPOE,
    "two calls of two users": [*up("anna"), *up("bert", BERT, "172.16.1.3", 200)],
    "two calls behind one NAT": [*up("anna"), *up("bert", ANNA, "172.16.1.3", 200)],
    "a second call after the first": [*up("anna"), *router(*HUNG_UP), *up("anna", BERT, pid=200)],
    "addresses that took a while": router(
        *begun(), *logged_in(), MPPE, *["sent [IPCP ConfNak id=0x1 <addr 172.16.1.2>]"] * 4, *connected()
    ),
    "encryption after addresses": router(*begun(), *logged_in(), *connected(), MPPE),
    "an agreement that came at last": router(*begun(), *[ASKED] * 5, IS_ASKED, AGREED),
    "a device that negotiates long": router(*begun(), ASKED, AGREED, *[ALONE.format(each) for each in range(6)]),
    "a login that took a while": router(*begun(), *LCP, CHALLENGE, CHALLENGE, *logged_in()[-3:]),
    "a device that was told to stop": [*DEVICE, DEVICE_ASKED, "Terminating on signal 2", "Modem hangup"],
    "other programs": in_front(
        ["x[3]: connect: Connection refused", "y: Modem hangup"], "Jan  1 00:00:01 r user.info "
    ),
    "a user called as a fault": up("No CHAP secret found for authenticating"),
}
