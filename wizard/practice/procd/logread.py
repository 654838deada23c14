"""Stands in for ubox's `logread`: `-f` goes on, `-l N` the last N messages, `-e PATTERN` only those that match.

Its other options (files, remote servers) are accepted where they change nothing on the screen; wrong use exits with 1.
"""

from __future__ import annotations

import re
import sys

from wizard.practice.procd import wire

USAGE = """\
Usage: logread [options]
Options:
    -s <path>		Path to ubus socket
    -l	<count>		Got only the last 'count' messages
    -e	<pattern>	Filter messages with a regexp
    -f			Follow log messages
    -t			Add an extra timestamp
"""


def main(argv: list[str]) -> int:
    words = list(argv)
    count, pattern, follow = 0, "", False
    while words:
        flag = words.pop(0)
        if flag == "-f":
            follow = True
        elif flag == "-l" and words and words[0].isdigit():
            count = int(words.pop(0))
        elif flag == "-e" and words:
            pattern = words.pop(0)
        elif flag != "-t":
            print(USAGE, end="", file=sys.stderr)
            return 1
    return _read(count, re.compile(pattern), follow)


def _read(count: int, pattern: re.Pattern[str], follow: bool) -> int:
    request: wire.Table = {"do": "call", "object": "log", "method": "read"}
    request["arguments"] = {"lines": count, "stream": follow}
    try:
        for answer in wire.request(request):
            for line in _lines(answer):
                if pattern.search(line):
                    print(line, flush=follow)
    except OSError:
        print("Failed to find log object: Not found", file=sys.stderr)
        return 255
    except KeyboardInterrupt:
        return 130
    return 0


def _lines(answer: wire.Table) -> list[str]:
    if "line" in answer:
        return [str(answer["line"])]
    data = answer.get("data")
    assert isinstance(data, dict)
    return [str(line) for line in data["log"]]
