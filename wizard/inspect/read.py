"""Sections of text in, facts out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Address

from wizard.inspect import filter as packet_filter
from wizard.inspect import network, tunnel
from wizard.model.errors import ExitCode, WizardError
from wizard.model.facts import (
    Daemon,
    Dialect,
    Firewall,
    LiveCall,
    Mppe,
    OfferedPackage,
    Packages,
    RouterFacts,
    RouterFile,
    Service,
)
from wizard.model.section import Section

WANTED_PACKAGES = ("pptpd", "ppp", "kmod-ppp", "kmod-mppe", "kmod-crypto", "kmod-gre")
"""What the preview has to know versions and sizes of."""

PPTP_PORT = 1723
SECRETS_PATH = "/etc/ppp/chap-secrets"
_LINK = re.compile(r" -> (.*)$")


def read(sections: Mapping[str, Section]) -> RouterFacts:
    """Everything one look found.

    Raises `WizardError`: "not-openwrt", "not-root", "router-unknown" (a combination that nobody taught us yet),
    "lan-unknown", "inspect-cut".
    """
    dialect = _dialect(sections)
    if "complete" not in sections:
        raise WizardError("inspect-cut", section=list(sections)[-1])
    if sections["user"].text.strip() != b"0":
        raise WizardError("not-root", ExitCode.USAGE)
    named = network.settings(sections["settings"])
    present = network.devices(sections["devices"])
    home, wan = network.lan(named, present), network.wan(named, present)
    files = _files(sections)
    calls = _calls(sections["calls"])
    secrets = files.get(SECRETS_PATH)
    firewall_file = sections["firewall file"].text.decode().strip()
    return RouterFacts(
        release=_release(sections["identity"]),
        dialect=dialect,
        lan=home,
        wan=wan,
        dhcp=network.dhcp_pool(named, sections["dhcp"], home),
        neighbours=network.neighbours(sections, named),
        flash_free=_flash_free(sections["flash"]),
        installed=_installed(sections["installed"]),
        offered=_offered(sections["offered"]),
        files=files,
        firewall_file=firewall_file,
        secrets=tunnel.entries(secrets.content) if secrets else (),
        daemon=_daemon(sections["daemon"]),
        rules=packet_filter.rules(sections["firewall"]),
        forwarded_to=packet_filter.forwarded(sections["firewall"], PPTP_PORT, wan.device),
        calls=tuple(call for call in calls if call),
        tunnel=tunnel.read_back(files, home, firewall_file),
    )


def _release(section: Section) -> str:
    """The release as its own banner names it, for the screen."""
    text = section.text.decode("utf-8", "replace")
    named = re.search(r"(WHITE RUSSIAN|KAMIKAZE)\s*\(([^)]*)\)", text)
    if named:
        return f"OpenWrt {named[1].title()} {named[2]}"
    return next((line.strip() for line in text.splitlines() if line.strip()), "an unknown system")


def _dialect(sections: Mapping[str, Section]) -> Dialect:
    seen = dict(line.split(None, 1) for line in sections["capabilities"].lines) if "capabilities" in sections else {}
    known = {"packages": Packages, "firewall": Firewall, "service": Service}
    missing = [
        f"{axis}: {seen.get(axis, '-')}"
        for axis, kind in known.items()
        if seen.get(axis) not in {member.value for member in kind}
    ]
    if missing:
        code = "not-openwrt" if set(seen.values()) <= {"-"} else "router-unknown"
        release = _release(sections["identity"]) if "identity" in sections else "?"
        raise WizardError(code, ExitCode.NOT_TRIED, release=release, seen=", ".join(missing))
    return Dialect(Packages(seen["packages"]), Firewall(seen["firewall"]), Service(seen["service"]), _mppe(sections))


def _mppe(sections: Mapping[str, Section]) -> Mppe | None:
    """The words that the router's pppd accepts: exit code 0, or 1 and 4 as in pppd(8); None where there is no pppd.

    Raises `WizardError("mppe-unknown")` where it is there and accepts neither.
    """
    asked = {words: sections[f"mppe {words.value}"] for words in Mppe if f"mppe {words.value}" in sections}
    for words, section in asked.items():
        if section.code in (0, 1, 4):
            return words
    if asked:
        said = " / ".join(line for section in asked.values() for line in section.lines if line)
        raise WizardError("mppe-unknown", said=said)
    return None


def _flash_free(section: Section) -> int:
    """Bytes, from the last line of `df -k`: …, available, percentage, mount point."""
    words = section.text.split()
    return int(words[-3]) * 1024 if len(words) >= 3 and words[-3].isdigit() else 0


def _installed(section: Section) -> Mapping[str, str]:
    return {words[0]: words[1] for line in section.lines if len(words := line.split()) == 2}


def _offered(section: Section) -> Mapping[str, OfferedPackage]:
    found: dict[str, OfferedPackage] = {}
    for line in section.lines:
        words = line.split()
        if len(words) == 4 and words[2].isdigit():
            depends = () if words[3] == "-" else tuple(words[3].split(","))
            found[words[0]] = OfferedPackage(words[0], words[1], int(words[2]), depends)
    return found


def _files(sections: Mapping[str, Section]) -> Mapping[str, RouterFile]:
    files: dict[str, RouterFile] = {}
    for name, section in sections.items():
        kind, _, path = name.partition(" ")
        if kind == "file" and section.code == 0:
            link = _LINK.search(sections[f"link {path}"].lines[0])
            mode = sections[f"mode {path}"].lines[0].split()[0]
            files[path] = RouterFile(path, section.text, mode, link[1] if link else "")
    return files


def _daemon(section: Section) -> Daemon:
    script = section.lines[0].partition(" ")[2].strip() if section.lines else ""
    said = set(section.lines[1:])
    return Daemon(script, "enabled" in said, "running" in said, "listening" in said)


def _calls(section: Section) -> list[LiveCall | None]:
    """A call for each line `PID DEVICE ADDRESS`; None for one that is still being made."""
    found: list[LiveCall | None] = []
    for line in section.lines:
        _, device, address = line.split()
        found.append(None if address == "-" else LiveCall(device, IPv4Address(address)))
    return found
