"""Stand-ins for small programs of a router that this computer has not, or that would say something about itself.

Each does what the router scripts and OpenWrt's own ask of it, in busybox's words.
"""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import sys
import time

from wizard.practice import root
from wizard.practice.kernel import links, processes, state

_USER_NOTICE = 13


def id_(argv: list[str]) -> int:
    """`id`: on a router everybody is root."""
    print("0" if "-u" in argv or "-g" in argv else "uid=0(root) gid=0(root)")
    return 0


def chown(argv: list[str]) -> int:
    """`chown`, `chgrp`: here all belongs to one user, whatever is said. 1 where a file is missing."""
    missing = [path for path in argv[1:] if not path.startswith("-") and not os.path.lexists(path)]
    for path in missing:
        sys.stderr.write(f"chown: {path}: No such file or directory\n")
    return 1 if missing else 0


def df(argv: list[str]) -> int:
    """`df -k PLACE`: the room of a usual router, whatever this computer has."""
    place = argv[-1] if argv and not argv[-1].startswith("-") else "/overlay"
    print("Filesystem           1K-blocks      Used Available Use% Mounted on")
    print(f"/dev/practice            98304      2048     96256   2% {place}")
    return 0


def pidof(argv: list[str]) -> int:
    """`pidof NAME…`: the daemons that were started under these names. 1 where there is none."""
    found = [str(pid) for pid, words in processes.running() if words[0].rpartition("/")[2] in argv]
    if found:
        print(" ".join(reversed(found)))
    return 0 if found else 1


def ps(argv: list[str]) -> int:
    """`ps`: the daemons."""
    del argv
    print("  PID USER       VSZ STAT COMMAND")
    for pid, words in processes.running():
        print(f"{pid:>5} root      1000 S    {' '.join(words)}")
    return 0


def logger(argv: list[str]) -> int:
    """`logger [-t TAG] [-p PRIORITY] TEXT…`: a line for the router's log. 1 where nobody keeps one."""
    words, tag = list(argv), "root"
    while words and words[0] in ("-t", "-p"):
        flag = words.pop(0)
        value = words.pop(0) if words else ""
        tag = value if flag == "-t" else tag
    text = " ".join(words) if words else sys.stdin.read()
    try:
        for line in text.splitlines():
            log(_USER_NOTICE, f"{tag}: {line}")
    except OSError:
        return 1
    return 0


def log(priority: int, text: str) -> None:
    """Write a line into the router's log. Raises OSError where nobody listens."""
    stamp = time.strftime("%b %e %H:%M:%S")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as link:
        link.sendto(f"<{priority}>{stamp} {text}".encode(), root.path("/dev/log"))


def md5sum(argv: list[str]) -> int:
    """`md5sum FILE…`, or of standard input."""
    code = 0
    for path in argv or ["-"]:
        try:
            data = sys.stdin.buffer.read() if path == "-" else _content(path)
        except OSError as error:
            sys.stderr.write(f"md5sum: can't open '{path}': {error.strerror}\n")
            code = 1
            continue
        print(f"{hashlib.md5(data, usedforsecurity=False).hexdigest()}  {path}")
    return code


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def wget(argv: list[str]) -> int:
    """`wget -q -O FILE URL`, as uclient-fetch: the release's feeds, which lie on this router's disk for practice."""
    words, given = list(argv), {"-O": "", "-T": ""}
    url = ""
    while words:
        word = words.pop(0)
        if word in given and words:
            given[word] = words.pop(0)
        elif not word.startswith("-"):
            url = word
    into = given["-O"] or os.path.basename(url)
    host_and_path = url.partition("://")[2]
    if os.path.exists(root.path("/lib/practice/offline")):
        sys.stderr.write("Failed to send request: Operation not permitted\n")
        return 4
    try:
        data = _content(root.path(f"/lib/practice/internet/{host_and_path}"))
    except OSError:
        sys.stderr.write("HTTP error 404\n")
        return 8
    if into == "-":
        sys.stdout.buffer.write(data)
        return 0
    with open(into, "wb") as file:
        file.write(data)
    return 0


def lsmod(argv: list[str]) -> int:
    """`lsmod`: the modules that are loaded."""
    del argv
    print("Module                  Size  Used by")
    for name in _loaded():
        print(f"{name:<19} {16384:>8}  0 ")
    return 0


def insmod(argv: list[str]) -> int:
    """`insmod NAME`, `modprobe NAME`: load a module that a package has brought. 1 where there is none of that name."""
    name = os.path.basename(argv[-1]).partition(".")[0].replace("-", "_") if argv else ""
    there = {
        file.partition(".")[0].replace("-", "_") for _, _, files in os.walk(root.path("/lib/modules")) for file in files
    }
    if name not in there:
        sys.stderr.write(f"insmod: can't insert '{name}': No such file or directory\n")
        return 1
    if name not in _loaded():
        state.write("/proc/modules", "".join(f"{each} 16384 0 - Live 0x0\n" for each in [*_loaded(), name]))
    return 0


def kmodloader(argv: list[str]) -> int:
    """`kmodloader [FOLDER]`: load what the files of /etc/modules.d name."""
    folder = root.path(argv[0] if argv else "/etc/modules.d")
    for file in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
        with open(f"{folder}/{file}", encoding="utf-8") as lines:
            for line in lines:
                if line.strip() and not line.startswith("#"):
                    insmod(line.split()[:1])
    return 0


def _loaded() -> list[str]:
    with open(root.path("/proc/modules"), encoding="utf-8") as file:
        return [line.split()[0] for line in file]


def sysctl(argv: list[str]) -> int:
    """`sysctl [-w] NAME=VALUE`: only what decides whether packets are passed on."""
    for word in argv:
        name, equals, value = word.partition("=")
        if equals and name == "net.ipv4.ip_forward":
            state.write("/proc/sys/net/ipv4/ip_forward", f"{value}\n")
    return 0


def daemon(argv: list[str]) -> int:
    """A daemon of which nothing matters but that it is there, as dnsmasq's: it waits for its end."""
    processes.register(argv)
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    try:
        while True:
            signal.pause()
    finally:
        processes.leave()


def devices(argv: list[str]) -> int:
    """`brctl show`: the bridges."""
    del argv
    for name in links.devices():
        if name.startswith("br"):
            print(f"{name}\t\t7fff.020000000001\tno\t\teth0")
    return 0
