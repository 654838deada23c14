"""What was recorded of the real fw3 of 19.07 and 21.02, as shell scripts that do it once more."""

from __future__ import annotations

import functools
import re
import shlex
from collections.abc import Callable
from pathlib import Path

from tests.practice.firewalls import ROOT, Router
from tests.recordings import folder, recording

DAYS = {"19.07": "2019-11-22", "21.02": "2021-03-23"}
"""The days of their sources, by which the stand-in tells its ways."""
OURS = ("lan_all", "lan_hosts_internet", "router_all_between", "router_only")
STOCK_LINES = {"19.07": 195, "21.02": 206}
"""How long the real stock file is, comments and all: the place of a syntax error is told by lines."""

SAVES = [f"{family}tables_save_{table}" for family, table in
         (("ip", "filter"), ("ip", "nat"), ("ip", "mangle"), ("ip6", "filter"), ("ip6", "mangle"))]  # fmt: skip
CHAINS = ("FORWARD", "INPUT", "zone_lan_forward", "zone_pptp_forward", "zone_pptp_input", "zone_pptp_output",
          "zone_wan_input")  # fmt: skip

USER_SCRIPT = """echo run >>{root}/tmp/user.log
echo out-from-user
echo err-from-user >&2
iptables -A INPUT -p tcp --dport 7777 -j ACCEPT
iptables -A input_wan_rule -p tcp --dport 7778 -j ACCEPT
"""

CUSTOM = """iptables -t nat -A POSTROUTING -s 9.9.9.0/24 -j MASQUERADE
iptables -A INPUT -p tcp --dport 6661 -j ACCEPT
iptables -A input_wan_rule -p tcp --dport 6662 -j ACCEPT
iptables -A zone_wan_input -p tcp --dport 6663 -j ACCEPT
"""

CRASHING = "config zone 'z'\n\toption name 'pptp'\n\tlist device 'averyveryverylongdevname'\n\toption input 'REJECT'\n"

LEFT = {
    "counters_": "needs packets: the lab's",
    "pkt_": "needs packets: the lab's",
    "initd_": "needs procd: the same as the fw3 command of that name, through the init script",
    "inc_4_": "the same",
    "inc_5_": "the same",
    "iptables_save_after_stop": "after `/etc/init.d/firewall stop`, which is a flush",
    "lock_held_": "how long it took, on a device's clock; that it waits is a test of its own",
    "procd_config_change": "procd's",
    "ubus_service_list_firewall": "procd's",
    "iptables_V": "iptables' own",
    "stock_iptables_L_nv": "iptables' own: another version pads other columns",
    "stock_time_reload": "a time",
    "scale_20_time_reload": "a time",
    "err_noubus_": "tested apart: the network is asked by a program that answers",
    "err_fw3_print_noubus": "the same",
    "err_fw3_reload_noubus": "the same",
    "err_zone_badname_": "libiptc takes a chain's name with a blank, iptables-restore does not: print is the same",
    "err_fw3_reload_zone_badname": "the same",
    "19.07-err_fw3_reload_zone_longname12": "libiptc takes names of 29 characters, iptables-restore 28",
    "19.07-err_zone_longname12_iptables_diff": "the same",
}
"""Recordings that are not reproduced here, by the beginnings of their names, and why. Some of one release only."""


class Session:
    """A shell script that runs recorded commands and keeps what each said."""

    def __init__(self, router: Router, release: str) -> None:
        self.router, self.release = router, release
        self.answers = router.root / "answers"
        self.answers.mkdir()
        self.lines: list[str] = []
        self.names: list[str] = []
        self.texts = 0

    def do(self, line: str) -> None:
        """A command of the test's own. It must succeed."""
        self.lines.append(f"{line} || exit 1")

    def configure(self, text: str) -> None:
        """Replace the configuration, uncommitted changes and all."""
        self.texts += 1
        place = self.router.root / f"text{self.texts}"
        place.write_text(text)
        self.do(f"cp {place} {self.router.root}/etc/config/firewall; rm -f {self.router.root}/tmp/.uci/*")

    def batch(self, name: str) -> None:
        """Change the configuration by a recorded batch, which says nothing."""
        place = folder(self.release if name.startswith("scale") else "24.10") / f"{name}_batch.uci"
        self.run(f"{name}_uci_batch", instead=f"uci batch <{shlex.quote(str(place))}")
        self.do("uci commit firewall")

    def run(self, *names: str, instead: str = "") -> None:
        """Do what was recorded under these names, or something instead."""
        for name in names:
            command = instead or recording(self.release, name).command.replace(
                "/tmp/user", f"{self.router.root}/tmp/user"
            )
            command = command.replace("/var/run/fw3", f"{self.router.root}/var/run/fw3")
            place = self.answers / name
            self.lines.append(f"( {command} ) >{place}.out 2>{place}.err; echo $? >{place}.code")
            self.names.append(name)

    def finish(self) -> None:
        """Run it all."""
        script = self.router.root / "script"
        script.write_text("\n".join([*self.lines, ""]))
        done = self.router.session(f". {script}")
        assert (done.returncode, done.stdout) == (0, ""), done.stderr

    def answer(self, name: str) -> tuple[int, str, str]:
        """Exit code, standard output and standard error of one command."""
        code, out, err = ((self.answers / f"{name}.{kind}").read_text() for kind in ("code", "out", "err"))
        here = str(self.router.root)
        return int(code), out.replace(here, ""), err.replace(here, "")


def stock(release: str) -> str:
    return (ROOT / f"wizard/practice/rom/firewall-{release}/etc/config/firewall").read_text()


def prepared(root: Path, release: str) -> Router:
    router = Router(root, "fw3")
    for place, text in {"lib/practice/fw3": DAYS[release], "etc/firewall.user": "", "proc/sys/net/ipv4/x": ""}.items():
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(text)
    router.answer_ubus(recording("24.10", "ubus_interface_dump").out)
    router.configure(stock(release))
    return router


def basics(session: Session) -> None:
    session.run("fw3_usage", "fw3_h", "fw3_check", "fw3_print_stock", "fw3_print6_stock", "fw3_start_stock")
    session.run(*(f"stock_start_{save}" for save in SAVES), "stock_fw3_state", "fw3_start_again", "fw3_reload_stock")
    session.run(*(f"stock_reload_{save}" for save in SAVES), "fw3_restart_stock", "fw3_q_reload_stock")
    session.run(*(name for name in listed(session.release) if name.startswith("stock_iptables") and "L_nv" not in name))
    session.run(*(name for name in listed(session.release) if re.match("fw3_(zone|network|device)_", name)))
    session.run("fw3_stop", "iptables_save_after_fw3_stop", "fw3_reload_when_stopped", "fw3_flush")


def ours(session: Session, case: str) -> None:
    session.batch(f"ours_{case}")
    first = ["uci_show", "fw3_print", "fw3_print6", "fw3_device_ppp0", "fw3_zone_pptp", "fw3_reload", *SAVES]
    session.run(*(f"ours_{case}_{what}" for what in (*first, *(f"iptables_S_{chain}" for chain in CHAINS))))
    session.configure(stock(session.release))
    session.run(f"ours_{case}_removed_fw3_reload", f"ours_{case}_removed_leftover")
    if case == "lan_all":
        session.run(f"ours_{case}_removed_reload2_leftover")
        session.batch(f"ours_{case}")
        again = ("readd_fw3_reload", "readd_iptables_save_filter", "fw3_restart", "restart_iptables_save_filter")
        more = ("restart_iptables_save_nat", "reload_after_restart")
        session.run(*(f"ours_{case}_{what}" for what in (*again, *more)))
        session.configure(stock(session.release))
        session.run(f"ours_{case}_restart_removed_leftover", f"ours_{case}_restart_removed_restart_leftover")


def variants(session: Session) -> None:
    for config in sorted(folder(session.release).glob("v_*.config")):
        name = config.name.removesuffix(".config")
        session.configure(stock(session.release))
        session.do("fw3 -q restart")
        session.configure(f"{stock(session.release)}\n{config.read_text()}")
        session.run(*(f"{name}_{what}" for what in ("fw3_print", "fw3_reload", "iptables_save", "ip6tables_save")))


def scale(session: Session) -> None:
    session.batch("scale_20")
    session.run("scale_20_fw3_print", "scale_20_fw3_print_wc", "scale_20_fw3_reload")
    session.run(*(f"scale_20_{save}" for save in SAVES))


def bad_values(session: Session) -> None:
    for config in sorted(folder(session.release).glob("err_*.config")):
        name = config.name.removeprefix("err_").removesuffix(".config")
        text = stock(session.release)
        padding = "\n" * (STOCK_LINES[session.release] - text.count("\n"))
        session.configure(f"{padding}{text}\n{config.read_text()}")
        what = [f"err_fw3_check_{name}", f"err_fw3_print_{name}", f"err_fw3_reload_{name}", f"err_{name}_iptables_diff"]
        session.run(*(each for each in what if each in listed(session.release) and not is_left(session.release, each)))
        session.configure(stock(session.release))
        session.do("fw3 -q reload" if "device_long" not in name else "fw3 -q restart")


def no_values(session: Session) -> None:
    session.do(f"rm {session.router.root}/etc/config/firewall")
    session.run("err_fw3_print_noconfig", "err_fw3_reload_noconfig")
    session.configure(stock(session.release))
    session.run("err_fw3_reload_wan_down", "err_wan_down_iptables_S_INPUT")  # netifd named the device all the same


def user_scripts(session: Session) -> None:
    root = session.router.root
    script = root / "user"
    script.write_text(USER_SCRIPT.format(root=root))
    session.do(f"fw3 -q flush; cp {script} {root}/etc/firewall.user")
    session.run("inc_0_fw3_start", "inc_0_after", "inc_1_fw3_reload", "inc_1_after", "inc_2_fw3_restart", "inc_2_after")
    session.run("inc_3_fw3_reload", "inc_3_after")
    session.do("fw3 -q restart >/dev/null")  # through the init script, where it was recorded
    session.run("inc_6_fw3_reload", "inc_6_after")
    session.configure(stock(session.release).replace("/etc/firewall.user", "/etc/firewall.user\n\toption reload 1"))
    session.run("inc_7_reload1_fw3_reload", "inc_7_after", "inc_8_reload1_fw3_reload", "inc_8_after")
    session.configure(stock(session.release))
    session.do(f"rm {root}/etc/firewall.user")
    session.run("inc_missing_fw3_restart")
    session.do(f"echo exit 3 >{root}/etc/firewall.user")
    session.run("inc_exit3_fw3_restart")
    session.do(f"echo 'if true' >{root}/etc/firewall.user")
    session.run("inc_syntax_fw3_restart")


def leftovers(session: Session) -> None:
    for line in CUSTOM.splitlines():
        session.do(line)
    session.run("custom_before")
    session.do("fw3 -q reload")
    session.run("custom_after_reload")
    session.do("fw3 -q restart")
    session.run("custom_after_restart", "uncommitted_uci_set", "uncommitted_fw3_print", "uncommitted_fw3_reload")
    session.configure(stock(session.release))
    session.do("fw3 -q reload")
    session.configure(f"{stock(session.release)}\n{CRASHING}")
    session.run("crash_fw3_reload", "crash_iptables_save")
    session.configure(stock(session.release))
    session.run("crash_then_fixed_fw3_reload", "crash_then_fixed_iptables_save")


def listed(release: str) -> list[str]:
    return [line.split("\t")[0] for line in (folder(release) / "INDEX.tsv").read_text().splitlines()]


def is_left(release: str, name: str) -> bool:
    return any(each.startswith(beginning) for beginning in LEFT for each in (name, f"{release}-{name}"))


Part = Callable[[Session], None]
PARTS: dict[str, Part] = {
    "basics": basics,
    **{case: functools.partial(ours, case=case) for case in OURS},
    "variants": variants,
    "scale": scale,
    "bad values": bad_values,
    "no values": no_values,
    "user scripts": user_scripts,
    "leftovers": leftovers,
}


def planned(root: Path, release: str, part: str) -> Session:
    """A session with the commands of a part in it."""
    router = prepared(root, release)
    session = Session(router, release)
    if part != "basics":
        session.do("fw3 -q start")
    PARTS[part](session)
    return session
