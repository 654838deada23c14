"""Sections of text in, facts out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Address

from wizard.inspect import filter as packet_filter
from wizard.inspect import network, nft, settings, tunnel
from wizard.inspect.damage import COMMON, REFUSED, damage
from wizard.inspect.journal import journal
from wizard.inspect.stock import stock
from wizard.model.errors import ExitCode, WizardError
from wizard.model.facts import (
    Daemon,
    Dialect,
    FilterRule,
    Firewall,
    LiveCall,
    Mppe,
    OfferedPackage,
    Packages,
    RouterFacts,
    RouterFile,
    Service,
    Wan,
    Zones,
)
from wizard.model.section import Section

WANTED_PACKAGES = (
    *("pptpd", "ppp", "kmod-ppp", "kmod-mppe", "kmod-gre", "kmod-slhc", "kmod-lib-crc-ccitt", "kmod-iptunnel"),
    *("kmod-crypto", "kmod-crypto-core", "kmod-crypto-hash", "kmod-crypto-manager"),
    *("kmod-crypto-arc4", "kmod-crypto-sha1", "kmod-crypto-ecb"),
)
"""What the preview has to know versions and sizes of: what pptpd needs on any release (openwrt.md §4)."""

COMBINATIONS = {
    (Packages.IPKG, Firewall.USER, Service.RCS),
    (Packages.IPKG, Firewall.USER, Service.RC_COMMON),
    (Packages.OPKG, Firewall.SHELL_UCI, Service.RC_COMMON),
    (Packages.OPKG, Firewall.FW3, Service.PROCD),
    (Packages.OPKG, Firewall.FW4, Service.PROCD),
    (Packages.APK, Firewall.FW4, Service.PROCD),
}
"""What OpenWrt was ever made of. Other routers that mix these have never been tried, and a guess could cut them off."""
PPTP_PORT = 1723
CONFIG = "/etc/config/"
_NAMES = (
    re.compile(r'^PRETTY_NAME="?([^"\n]+)', re.MULTILINE),
    re.compile(r"^DISTRIB_DESCRIPTION=['\"]?([^'\"\n]+)", re.MULTILINE),
)
_BARE_VERSION = re.compile(r"\d+(\.\d+)+\S*")
_OLD_BANNER = re.compile(r"(WHITE RUSSIAN|KAMIKAZE|BACKFIRE)\s*\(([^)]*)\)")
_REFUSED_COMMON = re.compile(rf"In file {COMMON}: unrecognized option '([^']*)'")
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
    facts = _with_settings(_facts(sections, dialect, _files(sections)), sections)
    return replace(facts, damage=damage(facts, _dangling(sections, facts.files)))


def _facts(sections: Mapping[str, Section], dialect: Dialect, files: Mapping[str, RouterFile]) -> RouterFacts:
    config = settings.parsed({path.removeprefix(CONFIG): files[path].content for path in files if _is_uci(path)})
    named = settings.named(sections, config)
    present = network.devices(sections["devices"])
    home, wan = network.lan(named, present), network.wan(named, present)
    calls = _calls(sections["calls"])
    zones = settings.zones(config, named)
    firewall_file = sections["firewall file"].text.decode().strip()
    kept = stock(files)
    own_script = sections["own script"].text.decode().strip() if "own script" in sections else ""
    rules, forwarded_to = _filter(sections["firewall"], dialect, zones, wan)
    return RouterFacts(
        release=_release(sections["identity"]),
        dialect=dialect,
        lan=home,
        wan=wan,
        dhcp=network.dhcp_pool(named, sections["dhcp"], home),
        neighbours=network.neighbours(sections, named, config.get("dhcp", ())),
        flash_free=_flash_free(sections["flash"]),
        installed=_installed(sections["installed"]),
        offered=_offered(sections["offered"]),
        files=files,
        firewall_file=firewall_file,
        secrets=tunnel.entries(files[tunnel.SECRETS].content) if tunnel.SECRETS in files else (),
        daemon=_daemon(sections["daemon"]),
        rules=rules,
        forwarded_to=forwarded_to,
        calls=tuple(LiveCall(device, address) for device, address in calls if address),
        tunnel=tunnel.read_back(files, home, firewall_file, own_script),
        zones=zones,
        name_service=settings.name_service(config, sections.get("dnsmasq")),
        uplinks=network.uplinks(present, [device for device, _ in calls]),
        links=network.links(present, [device for device, _ in calls], wan),
        other_networks=network.others(present, home, wan),
        own_script=own_script,
        stock_service=kept is not None and kept.enabled,
    )


def _with_settings(facts: RouterFacts, sections: Mapping[str, Section]) -> RouterFacts:
    """What sections of their own say, some of which a router may not have."""
    includes = sections.get("firewall includes")
    architectures = sections.get("architectures")
    return replace(
        facts,
        architectures=tuple(architectures.text.decode().split()) if architectures else (),
        offered_whole="incomplete" not in sections["offered"].lines,
        pending=_pending(sections.get("pending")),
        keeps_files="keeps" in sections,
        firewall_includes=includes is None or includes.code == 0,
        journal=journal(sections),
    )


def _dangling(sections: Mapping[str, Section], files: Mapping[str, RouterFile]) -> str:
    """Where chap-secrets points, if to nothing."""
    section = sections.get("secrets link")
    found = _LINK.search(section.lines[0]) if section and section.lines else None
    return found[1] if found and tunnel.SECRETS not in files else ""


def _release(section: Section) -> str:
    """The release as it calls itself, for the screen."""
    text = section.text.decode("utf-8", "replace")
    for pattern in _NAMES:
        if found := pattern.search(text):
            return found[1].strip()
    if found := _OLD_BANNER.search(text):
        return f"OpenWrt {found[1].title()} {found[2]}"
    first = next((line.strip() for line in text.splitlines() if line.strip()), "an unknown system")
    # 8.09 and 10.03 have no other file than /etc/openwrt_version, which holds the number alone.
    return f"OpenWrt {first}" if _BARE_VERSION.fullmatch(first) else first


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
    dialect = Dialect(Packages(seen["packages"]), Firewall(seen["firewall"]), Service(seen["service"]), _mppe(sections))
    if (dialect.packages, dialect.firewall, dialect.service) not in COMBINATIONS:
        combined = "a combination of " + ", ".join(f"{axis} {seen[axis]}" for axis in known)
        raise WizardError("router-unknown", ExitCode.NOT_TRIED, release=_release(sections["identity"]), seen=combined)
    return dialect


def _mppe(sections: Mapping[str, Section]) -> Mppe | None:
    """The words that the router's pppd accepts: exit code 0, or 1 and 4 as in pppd(8); None where there is no pppd.

    Raises `WizardError("mppe-unknown")` where it is there and accepts neither.
    """
    asked = {words: sections[f"mppe {words.value}"] for words in Mppe if f"mppe {words.value}" in sections}
    for words, section in asked.items():
        if section.code in (0, 1, 4):
            return words
    if asked:
        if known := _mppe_of_common([section.text.decode("latin-1") for section in asked.values()]):
            return known
        said = " / ".join(line for section in asked.values() for line in section.lines if line)
        raise WizardError("mppe-unknown", said=said)
    return None


def _mppe_of_common(said: Sequence[str]) -> Mppe | None:
    """What a pppd knows that refuses a word of the file that it reads before every other."""
    for refused in (found[1] for text in said for found in _REFUSED_COMMON.finditer(text)):
        for words, unknown in REFUSED.items():
            if refused in unknown:
                return words
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
            needs = [] if words[3] == "-" else [need.partition("=") for need in words[3].split(",") if need]
            depends = tuple(name for name, _, _ in needs if name != "kernel")
            kernel = next((version for name, _, version in needs if name == "kernel"), "")
            found[words[0]] = OfferedPackage(words[0], words[1], int(words[2]), depends, kernel)
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
    return Daemon(script, "enabled" in said, "running" in said, "listening" in said, "program" in said)


def _is_uci(path: str) -> bool:
    """A file of UCI. Kamikaze's firewall file of that place is none."""
    return path.startswith(CONFIG)


def _pending(section: Section | None) -> tuple[str, ...]:
    return tuple(line for line in section.lines if line.strip()) if section and section.code == 0 else ()


def _calls(section: Section) -> list[tuple[str, IPv4Address | None]]:
    """Device and address for each line `PID DEVICE ADDRESS`; no address while the call is being made."""
    words = (line.split() for line in section.lines)
    return [(device, None if address == "-" else IPv4Address(address)) for _, device, address in words]


def _filter(section: Section, dialect: Dialect, zones: Zones, wan: Wan) -> tuple[tuple[FilterRule, ...], str]:
    """The running packet filter, and where it forwards TCP 1723 to."""
    if dialect.firewall is Firewall.FW4:
        return nft.rules(section), nft.forwarded(section, PPTP_PORT, zones.wan)
    return packet_filter.rules(section), packet_filter.forwarded(section, PPTP_PORT, wan.device)
