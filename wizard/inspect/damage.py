"""What is wrong on a router already, found before anybody is asked anything."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from wizard.inspect.doors import doors
from wizard.inspect.stock import PATH as STOCK
from wizard.inspect.stock import Stock, is_generated, stock
from wizard.inspect.tunnel import CONF, OPTIONS, SECRETS
from wizard.inspect.words import Word, lines_of_words
from wizard.model import uci
from wizard.model.damage import Cut, Damage, Kind
from wizard.model.facts import Mppe, RouterFacts
from wizard.model.plan import PROVIDER, SAMPLE

COMMON = "/etc/ppp/options"
"""What every pppd of the router reads before anything else (pppd(8), FILES)."""
REFUSED = {
    Mppe.REQUIRE: {"mppe", "mppc", "nomppc", "lzs", "nolzs"},
    Mppe.MPPE: {
        *("require-mppe", "require-mppe-40", "require-mppe-128"),
        *("nomppe-40", "nomppe-128", "mppe-stateful", "nomppe-stateful"),
    },
}
"""Words that end this pppd at once (openwrt.md §3.1)."""
_ORDER = list(Kind)


def damage(facts: RouterFacts, dangling: str = "") -> tuple[Damage, ...]:
    """Everything that is wrong, in the order of its questions. `dangling` is where chap-secrets points, if to nothing.

    No two places to be cut overlap.
    """
    kept = stock(facts.files)
    found = (*doors(facts), *_file_of_secrets(facts, dangling), *_stale(facts, kept), *_sample(facts, kept))
    return tuple(sorted((*found, *_words(facts)), key=lambda each: _ORDER.index(each.code)))


def _file_of_secrets(facts: RouterFacts, dangling: str) -> Iterator[Damage]:
    """Where the package's own service is taken over, this is part of taking it over."""
    if facts.tunnel and facts.tunnel.in_uci:
        return
    file = facts.files.get(SECRETS)
    target = file.link if file else dangling
    if is_generated(target):
        gone = file is None
        said = f"{SECRETS} → {target}{', which is not there' if gone else ''}"
        yield Damage(
            Kind.SECRETS_LINK,
            SECRETS,
            data={"found": (said,), "target": target, "gone": gone},
            anyway=True,
            blocks="secrets-link",
        )
    elif file and facts.secrets and file.mode[7:10] != "---":
        yield Damage(Kind.SECRETS_OPEN, SECRETS, data={"found": (f"{file.mode} {SECRETS}",)}, anyway=True)


def _stale(facts: RouterFacts, kept: Stock | None) -> Iterator[Damage]:
    """The service adds logins to its file and hardly ever takes one out; the first that fits lets in (P2, P3, R2)."""
    file = facts.files.get(SECRETS)
    if kept is None or file is None or not is_generated(file.link):
        return
    current = {(login.name, login.password) for login in kept.logins}
    names = {login.name for login in kept.logins}
    stale = [
        entry
        for entry in facts.secrets
        if entry.server == PROVIDER
        and (entry.client, entry.password) not in current
        and (entry.client, entry.password.reveal()) != SAMPLE
    ]
    said = [f"{each.client}, with an earlier password" if each.client in names else each.client for each in stale]
    if said:
        yield Damage(Kind.STALE_LOGINS, SECRETS, data={"found": tuple(dict.fromkeys(said))}, anyway=True)


def _sample(facts: RouterFacts, kept: Stock | None) -> Iterator[Damage]:
    """The sample login, where it is alive."""
    said = {"found": (f"user {SAMPLE[0]}, with the password that everybody knows",)}
    if kept and kept.enabled and kept.sample:
        text = facts.files[STOCK].content.decode("latin-1")
        logins = uci.of_type(uci.sections(text), "login")
        gone = [each for each in logins if (each.value("username"), each.value("password")) == SAMPLE]
        cuts = tuple(Cut(*uci.with_blanks(text, section)) for section in gone)
        yield Damage(Kind.SAMPLE_LOGIN, STOCK, cuts, said, anyway=True)
    elif any((entry.client, entry.password.reveal()) == SAMPLE and entry.lets_in(PROVIDER) for entry in facts.secrets):
        yield Damage(Kind.SAMPLE_LOGIN, SECRETS, data=said, anyway=True)


def _words(facts: RouterFacts) -> Iterator[Damage]:
    """Words in the options files that should not be there. What is in the daemon's own is written anew anyway."""
    refused = REFUSED[facts.dialect.mppe] if facts.dialect.mppe else set()
    ours = facts.tunnel is not None and facts.tunnel.ours
    for path in (COMMON, OPTIONS, CONF):
        lines = _lines(facts, path)
        dead = [line for line in lines if path != CONF and line[0].text in refused]
        if dead:
            yield _line_damage(facts, Kind.MPPE_LINE, path, dead, blocks="mppe-line" if path == COMMON else "")
        noisy = [line for line in lines if _is_noisy(line)]
        if noisy and (path == COMMON or not ours):  # ours says so because it was answered
            yield _line_damage(facts, Kind.DEBUG, path, noisy)


def _lines(facts: RouterFacts, path: str) -> list[list[Word]]:
    file = facts.files.get(path)
    return list(lines_of_words(file.content.decode("latin-1"))) if file else []


def _is_noisy(line: list[Word]) -> bool:
    """`debug`, or a log file that is kept; `logfile /dev/null` is what OpenWrt ships."""
    return line[0].text == "debug" or (line[0].text == "logfile" and line[-1].text != "/dev/null")


def _line_damage(facts: RouterFacts, kind: Kind, path: str, lines: Collection[list[Word]], blocks: str = "") -> Damage:
    text = facts.files[path].content.decode("latin-1")
    said = tuple(f"{path}: {' '.join(word.text for word in line)}" for line in lines)
    if path != COMMON:
        return Damage(kind, path, data={"found": said}, anyway=True)
    return Damage(kind, path, tuple(_whole_line(text, line) for line in lines), {"found": said}, blocks=blocks)


def _whole_line(text: str, line: list[Word]) -> Cut:
    end = text.find("\n", line[-1].end)
    return Cut(text.rfind("\n", 0, line[0].start) + 1, len(text) if end < 0 else end + 1)
