"""Files that are added to the ruleset, and scripts that run after it."""

from __future__ import annotations

import os
from glob import glob

from wizard.practice import root
from wizard.practice.firewall.nft import values
from wizard.practice.firewall.nft.options import REQUIRED, UNSUPPORTED, Option, parse
from wizard.practice.firewall.nft.state import Include, State
from wizard.practice.firewall.run import run

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wizard.practice.uci.config import Section

_USER_SCRIPT = "/etc/firewall.user"
_FOLDER = "/usr/share/nftables.d"
_PLACES = {"pre": "prepend", "post": "append"}
# the lock's descriptor is 1000 in the real fw4; ours is not inherited by children
_PRELUDE = 'config() { echo "You cannot use UCI in firewall includes!" >&2; exit 1; }; '


def include(state: State, section: Section) -> None:
    """Add the file of a section. `/etc/firewall.user` was written for iptables and must say that it suits fw4."""
    options = parse(section, _spec(section), state.notices)
    if options is None:
        return
    if not options["enabled"]:
        state.notices.about(section, "is disabled, ignoring section")
    elif options["type"] == "script" and not options["fw4_compatible"]:
        state.notices.about(section, "is not marked as compatible with fw4, ignoring section")
        state.notices.about(section, "requires 'option fw4_compatible 1' to be considered compatible")
    elif options["type"] == "script" and (misplaced := next((o for o in ("chain", "position") if o in options), None)):
        state.notices.about(section, f"must not specify '{misplaced}' for non-nftables includes, ignoring section")
    else:
        _place(state, section, options)


def automatic(state: State) -> None:
    """Add what other packages put below /usr/share/nftables.d, unless the defaults say not to."""
    if not state.defaults["auto_includes"]:
        return
    for level in ("ruleset", "table"):
        for side in _PLACES:
            _add(state, f"{level}-{side}", level, side, "")
    for side in _PLACES:
        folder = root.path(f"{_FOLDER}/chain-{side}")
        for chain in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
            _add(state, f"chain-{side}/{chain}", "chain", side, chain)


def run_scripts(state: State) -> None:
    """Source each script in a shell of its own, and say which failed."""
    for each in state.includes:
        if each.kind == "script":
            path = each.path.replace("'", "'\\''")
            code = run(["sh", "-c", f"{_PRELUDE}. '{path}'"])
            if code:
                state.notices.plain(f"Include '{each.path}' failed with exit code {code}")


def lines(state: State, position: str, chain: str = "") -> list[str]:
    """The `include` statements that go there."""
    indent = {"table": "\t", "chain": "\t\t"}.get(position.split("-", 1)[0], "")
    found = [each.path for each in state.includes if each.position == position and each.chain == chain]
    start = [""] if found and not position.startswith("chain") else []
    return start + [f'{indent}include "{path}"' for path in found]


def _add(state: State, folder: str, level: str, side: str, chain: str) -> None:
    for path in sorted(glob(root.path(f"{_FOLDER}/{folder}/*.nft"))):
        state.notices.say(f"Automatically including '{path}'")
        state.includes.append(Include("nftables", path, f"{level}-{_PLACES[side]}", chain))


def _place(state: State, section: Section, options: dict[str, str]) -> None:
    position, chain = options.get("position", "table-append"), options.get("chain", "")
    if position.startswith("chain") and not chain:
        state.notices.about(section, f"must specify 'chain' for position {position}, ignoring section")
        return
    if chain and not position.startswith("chain"):
        state.notices.about(section, f"specifies 'chain' which has no effect for position {position}")
        chain = ""
    path = root.path(options["path"])
    if not os.access(path, os.F_OK):
        state.notices.about(section, f"specifies unreachable path '{options['path']}', ignoring section")
        return
    state.includes.append(Include(options["type"], path, position if options["type"] == "nftables" else "", chain))


def _spec(section: Section) -> dict[str, Option]:
    user_script = section.options.get("path") == _USER_SCRIPT
    return {
        "enabled": Option(values.boolean, "1"),
        "path": Option(values.string, None, REQUIRED),
        "type": Option(values.include_type, "script"),
        "fw4_compatible": Option(values.boolean, "0" if user_script else "1"),
        "family": Option(values.family, None, UNSUPPORTED),
        "reload": Option(values.boolean, None, UNSUPPORTED),
        "position": Option(values.include_position),
        "chain": Option(values.identifier),
    }
