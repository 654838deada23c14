"""What `uci` prints: values, sections, waiting changes, and how it is used."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.practice.uci import age
from wizard.practice.uci.config import LIST_ADD, LIST_DEL, REMOVE, Change, Package, Section, Value, quoted
from wizard.practice.uci.lookup import Found

_OPERATORS = {LIST_ADD: "+=", LIST_DEL: "-="}


def shown(found: Found, delimiter: str, *, numbered: bool) -> str:
    """An option, a section or a whole package, as `uci show` prints it."""
    package, section = found.package, found.section
    if section and found.option and found.value is not None:
        return _option(f"{package.name}.{section.name}", found.option, found.value, delimiter)
    if section:
        return _section(f"{package.name}.{section.name}", section, delimiter)
    named = _numbered(package.sections) if numbered else ((one.name, one) for one in package.sections)
    return "".join(_section(f"{package.name}.{name}", section, delimiter) for name, section in named)


def _numbered(sections: list[Section]) -> Iterator[tuple[str, Section]]:
    """Sections with what `show` calls them: `@rule[3]` where one has no name of its own."""
    counts: dict[str, int] = {}
    all_count = age.since(age.ALL_COUNT)
    for section in sections:
        number = counts.get(section.type, 0)
        if section.anonymous or all_count:
            counts[section.type] = number + 1
        yield f"@{section.type}[{number}]" if section.anonymous else section.name, section


def _section(place: str, section: Section, delimiter: str) -> str:
    options = (_option(place, name, item, delimiter) for name, item in section.options.items())
    return "".join([f"{place}={section.type}\n", *options])


def _option(place: str, name: str, item: Value, delimiter: str) -> str:
    return f"{place}.{name}={value(item, delimiter, quote=True)}\n"


def value(item: Value, delimiter: str, *, quote: bool) -> str:
    """A value; in a list also those that hold a blank are quoted. Old uci knew no quotes here."""
    modern = age.since(age.QUOTED_SHOW)
    if isinstance(item, str):
        return quoted(item) if quote and modern else item
    return delimiter.join(quoted(one) if modern and (quote or _has_blank(one)) else one for one in item)


def _has_blank(text: str) -> bool:
    return any(sign in text for sign in " \t\r\n")


def changes(package: Package) -> str:
    """What waits for a commit, as `uci changes` prints it."""
    return "".join(f"{_change(package.name, change)}\n" for change in package.saved)


def _change(package: str, change: Change) -> str:
    option = f".{change.option}" if change.option is not None else ""
    place = f"{package}.{change.section}{option}"
    if change.action == REMOVE:
        return f"-{place}"
    text = change.value or ""
    return f"{place}{_OPERATORS.get(change.action, '=')}{quoted(text) if age.since(age.QUOTED_SHOW) else text}"


_COMMANDS = """
batch
export [<config>]
import [<config>]
changes [<config>]
commit [<config>]
add <config> <section-type>
add_list <config>.<section>.<option>=<string>
del_list <config>.<section>.<option>=<string>
show [<config>[.<section>[.<option>]]]
get <config>.<section>[.<option>]
set <config>.<section>[.<option>]=<value>
delete <config>[.<section>[[.<option>][=<id>]]]
rename <config>.<section>[.<option>]=<name>
revert <config>[.<section>[.<option>]]
reorder <config>.<section>=<position>
"""


def usage() -> str:
    """How the program is used, in short."""
    commands = "".join(f"\t{words}\n" for words in _COMMANDS.split("\n") if words)
    options = "-c <path> -d <str> -f <file> -m -n -N -p <path> -P <path> -q -s -S -X"
    return f"Usage: uci [<options>] <command> [<arguments>]\n\nCommands:\n{commands}\nOptions:\n\t{options}\n\n"
