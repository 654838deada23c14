"""The words of the questions about the tunnel. Nothing here asks or decides."""

from __future__ import annotations

from dataclasses import dataclass

from wizard.ask.prompter import Choice, Question

PROTECTS = (
    "Treat this tunnel as a convenience, not as a lock: whoever can record its traffic can break it in about a day, "
    "however long the password, then read it and log in. Use PPTP for devices that have nothing newer, "
    "and WireGuard or IKEv2 for everything else."
)
"""What PPTP protects (Marlinspike and Hulton 2012: MS-CHAPv2 is one search through 2^56 DES keys)."""


@dataclass(frozen=True, slots=True)
class Device:
    """A kind of device, and whether PPTP is still in it."""

    key: str
    title: str
    can_dial: bool


DEVICES = (
    Device("windows", "Windows computer", True),
    Device("linux", "Linux computer (one package to add)", True),
    Device("router", "another router: OpenWrt, RouterOS, ASUS …", True),
    Device("android-old", "Android that came with version 11 or older", True),
    Device("android-new", "Android from 2022 on: cannot dial PPTP", False),
    Device("apple", "iPhone, iPad or Mac: cannot dial PPTP", False),
)
USUAL_DEVICES = frozenset({"windows"})

ASK_DEVICES = Question(
    "Which devices will dial in?",
    "Not all still can. At the end you get instructions for those that you tick.",
    """\
Windows 10 and 11 have PPTP built in; Microsoft is retiring it. On Windows
Enterprise and Education the password has to be typed each time (Credential
Guard). Linux needs one package, as NetworkManager-pptp. Android has been
without it since version 12, except for old profiles on upgraded phones.
Apple took it out of iOS 10 and macOS 10.12 in 2016. Those devices can use
WireGuard or IKEv2 instead.""",
)
ASK_CANNOT = Question(
    "None of these can dial PPTP. What now?",
    "It would only open a door. WireGuard or IKEv2 suits these devices.",
)
CANNOT = (
    Choice("stop", "Stop here; nothing is changed on the router"),
    Choice("again", "Tick other devices"),
    Choice("on", "Go on all the same"),
)
ASK_LEAVE = Question("Leave the wizard?", "Nothing has been changed on the router by these questions.", back="stay")

ASK_REACH = Question(
    "What may they reach?",
    "Without “the Internet” a device keeps its own meanwhile (split tunnel).",
    """\
The home network (LAN) is everything behind this router. With “the Internet”
a device may send everything through the tunnel (full tunnel): it then surfs
as if it were at home, at the speed of this router's upload. Without it, set
the device to send only home traffic into the tunnel (on Windows: untick “Use
default gateway on remote network”), or its web pages stop while connected.""",
)
REACH = (
    Choice("lan", "The home network (LAN)"),
    Choice("lan+internet", "The home network, and the Internet through it (full tunnel)"),
    Choice("some", "Some hosts of the home network only"),
    Choice("router", "Only the router itself"),
    Choice("internet", "Only the Internet, not the home network"),
)
ASK_HOSTS = Question(
    "Which hosts or networks?",
    "With commas between them, as 192.168.1.10, 192.168.1.32/28.",
    "Give these hosts fixed addresses first (a static lease), or they may move.",
)
ASK_SOME_INTERNET = Question(
    "And the Internet through the tunnel?",
    "No keeps the device's own Internet access (split tunnel).",
)

ASK_SERVER = Question(
    "Server's address in the tunnel",
    "The router's own end. Nothing else here uses what is proposed.",
    """\
Each call is a line between two addresses: this one and the client's. It must
not be in use in your home network, on the side of the Internet, or in the
networks that people dial in from; private addresses (172.16–31.*.*,
192.168.*.*, 10.*.*.*) are meant for that. Clients inside your home network
work too: the router then answers for them there (proxy ARP).""",
)

ASK_CLIENTS = Question(
    "Who may dial in?",
    "A client is a user with its own address. The password is made for you.",
    """\
One client per device or per person: a second call with the same name takes
the address of the first. A fixed address tells in logs and rules who it is.
A password that is on the router already is kept unless you change it.""",
)
ASK_NAME = Question(
    "User name",
    "What the device sends to be recognised: letters, digits, signs, spaces.",
    "A name that is ? or < alone cannot be typed here, but an answers file can have it.",
)
ASK_ADDRESS = Question(
    "Address of this client",
    "Fixed, so that you know in logs and rules who it is.",
    "Outside your home network it is routed; inside it the router answers for it (proxy ARP).",
)
ASK_PASSWORD = Question(
    "New password",
    "Long, and used nowhere else: one that is in a list falls in a second.",
    "A password that is ? or < alone cannot be typed here, but a secrets file can have it.",
)
ASK_AGAIN = Question("Once more", "Against slips, since it is not shown.")
EDITS = (
    Choice("name", "Change the name"),
    Choice("address", "Change the address"),
    Choice("password", "Type a password of your own"),
    Choice("generate", "Make a new password"),
    Choice("remove", "Remove this client"),
)

ASK_REVIEW = Question(
    "Is this right?",
    "Nothing is changed yet. Enter on a line changes that line.",
    """\
The next step shows every file and every rule as it would be written, and asks
once more before anything happens. The lower lines are for experts; what is
there suits most homes.""",
)
ASK_MEND = Question(
    "Which line shall be changed?",
    "Not all of it can work on this router yet; see above.",
)
ASK_DNS = Question(
    "Which name servers are clients told?",
    "Names of web pages and of hosts at home are looked up there (DNS).",
    "“None” leaves a device with the name servers it has. Two addresses are the most that pppd passes on.",
)
DNS = (
    Choice("router", "This router"),
    Choice("none", "None"),
    Choice("list", "Others, by address"),
)
ASK_DNS_LIST = Question("Addresses of name servers", "One or two, with a comma between them, as 9.9.9.9, 1.1.1.1.")
ASK_FROM_LAN = Question(
    "May hosts at home open connections to clients?",
    "Yes lets you reach a client's shared folders from home, for example.",
)
ASK_BETWEEN = Question(
    "May clients reach each other?",
    "No keeps a stolen password from being of use against the other clients.",
)
ASK_ROUTER = Question(
    "What of the router itself may clients reach?",
    "The first is what a tunnel needs; the second lets clients try to log in.",
)
ROUTER = (
    Choice("dns", "Ping and name service (DNS)"),
    Choice("all", "Everything, its SSH and web page too"),
)
ASK_MTU = Question(
    "Largest packet in the tunnel (MTU)",
    "In bytes. 1400 passes nearly everywhere; lower it where pages hang.",
    "GRE, PPP and MPPE take room in every packet, and DSL (PPPoE) takes 8 bytes more.",
)
ASK_DEBUG = Question(
    "Write a detailed log of every call?",
    "Only to find a fault: it fills the log with names and addresses.",
)
