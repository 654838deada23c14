"""The shell functions of each package manager, in real shells, against the practice router's programs."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.practice.box import Box, installed, opkg_box, package
from tests.shells import SHELLS
from tests.supply.samples import apk_files, ipk
from wizard import resources
from wizard.practice import apk as apk_feed
from wizard.practice.feed import Package
from wizard.practice.packages import apk, opkg

CHECKOUT = Path(__file__).parents[2]
KERNEL = "6.6.119~2f5a-r1"
OPKG_AGES = {"8.09": "4564-1", "12.09": "618-3", "24.10": "2024.10.16~38eccbb1-r1"}
SHIM = """#!{python} -IS
import sys
sys.path.insert(0, "{checkout}")
from wizard.practice.packages.{module} import main
sys.exit(main(sys.argv[1:]))
"""
WGET = """#!/bin/sh
# Any wget: the last word that is an address, to standard output or to where -O says.
echo "$@" >>"$FEED/asked"
[ -z "$WGET_CODE" ] || exit "$WGET_CODE"
to=- url=
while [ $# -gt 0 ]; do
	case "$1" in
	-O) to=$2 && shift ;;
	-T) shift ;;
	http*) url=$1 ;;
	esac
	shift
done
[ -f "$FEED/${url##*/}" ] || { echo "wget: server returned error: HTTP/1.1 404 Not Found" >&2; exit 1; }
[ "$to" = - ] && exec cat "$FEED/${url##*/}"
exec cp "$FEED/${url##*/}" "$to"
"""
FEED: tuple[Package, ...] = (
    package("pptpd", "1.5.0-r3", depends="libc, kmod-mppe, ppp", files={"/usr/sbin/pptpd": "x\n"}),
    package("ppp", "2.5.1-r1", depends="libc", files={"/usr/sbin/pppd": "x\n"}),
    package("kmod-mppe", "6.6.119-r1", depends=f"kernel (= {KERNEL})", files={"/lib/mppe.ko": "x\n"}),
)
NAMES = ("pptpd", "ppp", "kmod-mppe")


@dataclass
class Shell:
    """A router on which functions of `axis/packages` run."""

    box: Box
    kind: str
    words: Sequence[str]

    def run(self, line: str, **environment: str) -> subprocess.CompletedProcess[str]:
        functions = [resources.text("router/prelude.sh").replace("{{ nonce }}", "n")]
        functions.append(resources.text(f"axis/packages/{self.kind}.sh"))
        script = "\n".join(functions).replace("PATH=/bin:", f'PATH="{os.environ["PATH"]}:"/bin:') + f"\n{line}\n"
        surroundings = {**os.environ, **environment}
        return subprocess.run([*self.words], input=script, env=surroundings, text=True, capture_output=True, timeout=60)

    def said(self, line: str, **environment: str) -> list[str]:
        return self.run(line, **environment).stdout.splitlines()

    def asked(self) -> list[str]:
        """What was fetched since the last time."""
        log = self.box.feed / "asked"
        lines = log.read_text().splitlines() if log.exists() else []
        log.unlink(missing_ok=True)
        return lines


def program(box: Box, name: str, text: str) -> None:
    path = box.root.parent / "bin" / name
    path.write_text(text)
    path.chmod(0o755)


def made(box: Box, kind: str, words: Sequence[str]) -> Shell:
    program(box, "wget", WGET)
    program(box, kind, SHIM.format(python=sys.executable, checkout=CHECKOUT, module=kind))
    return Shell(box, kind, words)


@pytest.fixture(params=OPKG_AGES)
def opkg_version(request: pytest.FixtureRequest) -> str:
    return OPKG_AGES[request.param]


@pytest.fixture(params=SHELLS)
def with_opkg(
    request: pytest.FixtureRequest,
    opkg_version: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Shell:
    box = opkg_box(tmp_path, opkg.main, capfd, monkeypatch, opkg_version)
    box.file("/usr/lib/opkg/status").write_text(installed(opkg_version, libc="1"))
    box.offer(*FEED)
    return made(box, "opkg", request.param)


@pytest.fixture(params=SHELLS)
def with_apk(
    request: pytest.FixtureRequest, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    box = Box(tmp_path / "root", tmp_path / "feed", apk.main, capfd)
    for path in ("etc/apk/keys", "etc/apk/repositories.d", "lib/apk/db", "tmp"):
        (box.root / path).mkdir(parents=True)
    box.feed.mkdir()
    (tmp_path / "bin").mkdir()
    box.file(f"/etc/apk/keys/{apk_feed.KEY.name}").write_bytes(apk_feed.KEY.read_bytes())
    box.file("/etc/apk/repositories.d/distfeeds.list").write_text("https://downloads.example/packages.adb\n")
    box.file("/etc/apk/arch").write_text("x86_64\n")
    box.file("/etc/apk/world").write_text("kernel\nlibc\n")
    box.file("/lib/apk/db/installed").write_text(f"P:kernel\nV:{KERNEL}\nI:1024\n\nP:libc\nV:1-r1\nI:1024\n\n")
    apk_feed.write(FEED, box.feed)
    monkeypatch.setenv("IPKG_INSTROOT", str(box.root))
    monkeypatch.setenv("FEED", str(box.feed))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/sbin:/usr/bin:/sbin:/bin")
    monkeypatch.delenv("WGET_CODE", raising=False)
    return made(box, "apk", request.param)


def sizes(lines: Sequence[str]) -> dict[str, tuple[str, bool, str]]:
    """Version, whether the size is known, and needs, by name."""
    return {name: (version, int(size) > 0, needs) for name, version, size, needs in map(str.split, lines)}


OFFERED = {
    "pptpd": ("1.5.0-r3", True, "libc,kmod-mppe,ppp"),
    "ppp": ("2.5.1-r1", True, "libc"),
    "kmod-mppe": ("6.6.119-r1", True, f"kernel={KERNEL}"),
}


def test_opkg_what_is_there_and_what_could_be(with_opkg: Shell) -> None:
    assert f"kernel {KERNEL}" in with_opkg.said("packages_installed")
    assert with_opkg.said("packages_architectures") == ["all"]
    assert sizes(with_opkg.said(f"packages_offered {' '.join(NAMES)}")) == OFFERED
    assert [words.rpartition("/")[2] for words in with_opkg.asked()] == ["Packages.gz"]
    assert with_opkg.run("packages_have kernel").returncode == 0
    assert with_opkg.run("packages_have kernel pptpd").returncode == 1


def test_opkg_says_where_a_feed_was_not_read(with_opkg: Shell) -> None:
    assert "incomplete" in with_opkg.said("packages_offered pptpd", WGET_CODE="4")


def test_opkg_fetches_its_lists_once(with_opkg: Shell) -> None:
    assert with_opkg.run("packages_refresh").returncode == 0
    assert len(with_opkg.asked()) == 1
    assert with_opkg.run("packages_refresh").returncode == 0
    assert sizes(with_opkg.said(f"packages_offered {' '.join(NAMES)}")) == OFFERED
    assert with_opkg.asked() == []


def test_opkg_without_a_network_says_so(with_opkg: Shell) -> None:
    failed = with_opkg.run("packages_refresh", WGET_CODE="4")
    assert failed.returncode != 0
    assert "4" in failed.stdout + failed.stderr


def test_opkg_installs_by_name(with_opkg: Shell) -> None:
    assert with_opkg.run(f"packages_refresh && packages_install {' '.join(NAMES)}").returncode == 0
    assert with_opkg.box.file("/usr/sbin/pptpd").exists()
    assert with_opkg.run("packages_install nosuch").returncode != 0


def test_opkg_installs_from_files(with_opkg: Shell) -> None:
    folder = ipk(with_opkg.box.root / "tmp/sent", *FEED)
    for path in folder.iterdir():
        path.rename(folder / f"{path.name.partition('_')[0]}.ipk")
    done = with_opkg.run("packages_add /tmp/sent kmod-mppe ppp pptpd", WGET_CODE="4")
    assert done.returncode == 0, done.stdout + done.stderr
    assert with_opkg.run("packages_have kmod-mppe ppp pptpd").returncode == 0
    assert with_opkg.asked() == []


def test_apk_what_is_there_and_what_could_be(with_apk: Shell) -> None:
    assert with_apk.said("packages_installed") == [f"kernel {KERNEL}", "libc 1-r1"]
    assert with_apk.said("packages_architectures") == ["x86_64"]
    assert with_apk.said("packages_offered pptpd") == []
    assert with_apk.asked() == [], "a look fetches nothing"
    assert with_apk.run("packages_refresh").returncode == 0
    assert sizes(with_apk.said(f"packages_offered {' '.join(NAMES)}")) == OFFERED
    assert with_apk.run("packages_have kernel").returncode == 0
    assert with_apk.run("packages_have kernel pptpd").returncode != 0


def test_apk_fetches_its_index_once(with_apk: Shell) -> None:
    assert with_apk.run("packages_refresh && packages_refresh").returncode == 0
    assert len(with_apk.asked()) == 1
    assert with_apk.run(f"packages_install {' '.join(NAMES)}").returncode == 0
    assert with_apk.box.file("/usr/sbin/pptpd").exists()
    assert with_apk.run("packages_install nosuch").returncode != 0


def test_apk_without_a_network_says_so(with_apk: Shell) -> None:
    failed = with_apk.run("packages_refresh", WGET_CODE="4")
    assert failed.returncode != 0
    assert "unreachable" in failed.stdout + failed.stderr


def test_apk_installs_from_files_without_a_network(with_apk: Shell) -> None:
    folder = apk_files(with_apk.box.root / "tmp/sent", *FEED)
    for one in FEED:
        (folder / f"{one.name}-{one.version}.apk").rename(folder / f"{one.name}.apk")
    done = with_apk.run("packages_add /tmp/sent kmod-mppe ppp pptpd", WGET_CODE="4")
    assert done.returncode == 0, done.stdout + done.stderr
    assert with_apk.asked() == []


@pytest.fixture(params=SHELLS)
def with_ipkg(
    request: pytest.FixtureRequest, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    """A router whose `ipkg` only writes down what it was told: the practice one runs in the lab alone."""
    box = Box(tmp_path / "root", tmp_path / "feed", lambda words: 0, capfd)
    (box.root / "usr/lib/ipkg/lists").mkdir(parents=True)
    (box.root / "etc").mkdir()
    box.feed.mkdir()
    (tmp_path / "bin").mkdir()
    box.file("/etc/ipkg.conf").write_text("src feed http://downloads.example/packages\ndest root /\n")
    box.file("/usr/lib/ipkg/status").write_text(installed("0.99.149-2"))
    box.offer(*FEED)
    (box.feed / "Packages").write_bytes(gzip.decompress((box.feed / "Packages.gz").read_bytes()))
    monkeypatch.setenv("IPKG_INSTROOT", str(box.root))
    monkeypatch.setenv("FEED", str(box.feed))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/sbin:/usr/bin:/sbin:/bin")
    monkeypatch.delenv("WGET_CODE", raising=False)
    program(box, "wget", WGET)
    program(box, "ipkg", '#!/bin/sh\necho "ipkg $*"\n')
    return Shell(box, "ipkg", request.param)


def test_ipkg_what_is_there_and_what_could_be(with_ipkg: Shell) -> None:
    assert f"kernel {KERNEL}" in with_ipkg.said("packages_installed")
    assert with_ipkg.said("packages_architectures") == ["all"]
    assert sizes(with_ipkg.said(f"packages_offered {' '.join(NAMES)}")) == OFFERED
    assert "incomplete" in with_ipkg.said("packages_offered pptpd", WGET_CODE="1")
    with_ipkg.asked()
    with_ipkg.box.file("/usr/lib/ipkg/lists/feed").write_bytes((with_ipkg.box.feed / "Packages").read_bytes())
    assert sizes(with_ipkg.said(f"packages_offered {' '.join(NAMES)}")) == OFFERED
    assert with_ipkg.said("packages_refresh") == []
    assert with_ipkg.asked() == []


def test_ipkg_gets_the_files_in_order_and_is_not_believed(with_ipkg: Shell) -> None:
    done = with_ipkg.run("packages_add /tmp/sent kmod-mppe ppp")
    assert done.stdout == "ipkg -force-defaults install /tmp/sent/kmod-mppe.ipk /tmp/sent/ppp.ipk\n"
    assert done.returncode != 0
