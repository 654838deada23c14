"""What surrounds the package programs on a router: scripts of packages, `wget`, and the scripts that ipkg runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from wizard.practice import stock

ROM = Path(__file__).parents[2] / "wizard/practice/rom"


def run(words: list[str], **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def router(tmp_path: Path) -> Path:
    """A root with functions.sh and a rc.common that writes down what it is called for."""
    for folder in ("lib", "etc/init.d", "usr/lib/opkg/info", "lib/apk/packages"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(ROM / "uci/lib/functions.sh", tmp_path / "lib")
    (tmp_path / "etc/rc.common").write_text('echo "${1##*/} $2" >>"$IPKG_INSTROOT/called"\n')
    return tmp_path


@pytest.mark.parametrize("place", ["usr/lib/opkg/info", "lib/apk/packages"])
def test_services_of_a_package_are_enabled_and_started_and_the_reverse(router: Path, place: str) -> None:
    (router / place / "pptpd.list").write_text("/usr/sbin/pptpd\n/etc/init.d/pptpd\n/etc/config/pptpd\n")
    for name in ("postinst", "prerm"):
        script = router / "usr/lib/opkg/info" / f"pptpd.{name}"
        shutil.copy(stock.FOLDER / "scripts" / name, script)
        done = run(["sh", str(script), "configure"], IPKG_INSTROOT=str(router), PATH=os.environ["PATH"])
        assert (done.returncode, done.stdout + done.stderr) == (0, "")
    called = (router / "called").read_text().split("\n")
    assert called == ["pptpd enable", "pptpd start", "pptpd disable", "pptpd stop", ""]


def test_a_packages_own_script_decides_the_exit_code(router: Path) -> None:
    (router / "usr/lib/opkg/info/x.list").write_text("")
    (router / "usr/lib/opkg/info/x.postinst-pkg").write_text("exit 3\n")
    script = router / "usr/lib/opkg/info/x.postinst"
    shutil.copy(stock.FOLDER / "scripts/postinst", script)
    assert run(["sh", str(script)], IPKG_INSTROOT=str(router), PATH=os.environ["PATH"]).returncode == 3


def test_without_functions_nothing_is_done(router: Path) -> None:
    (router / "lib/functions.sh").unlink()
    assert run(["sh", str(stock.FOLDER / "scripts/postinst")], IPKG_INSTROOT=str(router)).returncode == 0


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, *words: object) -> None:
        """Say nothing."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """Where a web server on loopback offers a file `there`."""
    (tmp_path / "there").write_text("content")
    with ThreadingHTTPServer(("127.0.0.1", 0), lambda *words: _Silent(*words, directory=str(tmp_path))) as service:
        threading.Thread(target=service.serve_forever, args=(0.05,), daemon=True).start()
        yield f"127.0.0.1:{service.server_port}"
        service.shutdown()


def wget(*words: str) -> tuple[int, str, str]:
    if shutil.which("busybox") is None:
        pytest.skip("no busybox here")
    done = run(["sh", str(ROM / "uclient/usr/bin/wget"), *words], PATH=os.environ["PATH"])
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_wget_fetches(server: str, tmp_path: Path, scheme: str) -> None:
    into = tmp_path / "into"
    assert wget("-q", "--no-check-certificate", "-O", str(into), f"{scheme}://{server}/there") == (0, "", "")
    assert into.read_text() == "content"
    assert wget("-q", "-T", "60", f"{scheme}://{server}/there", "-O", "-") == (0, "content", "")


def test_wgets_exit_codes(server: str, tmp_path: Path) -> None:
    into = str(tmp_path / "into")
    assert wget("-q", "-O", into, f"http://{server}/none") == (8, "", "")
    assert wget("-O", into, f"http://{server}/none")[2].startswith("HTTP error 404")
    assert wget("-q", "-O", into, "http://127.0.0.1:1/") == (4, "", "")
    assert wget("-O", into, "http://127.0.0.1:1/") == (4, "", "Connection failed\n")


def test_an_archive_of_ipkg_runs_its_scripts(tmp_path: Path) -> None:
    """The function is looked at alone: ipkg itself works on a router's own paths."""
    text = (ROM.parent / "bin/ipkg").read_text()
    function = text[text.index("script() {") : text.index("register() {")]
    (tmp_path / "info").mkdir()
    (tmp_path / "info/x.postinst").write_text('echo "$1"\nexit 2\n')
    program = f'db={tmp_path}\ncollect() {{ echo "$1"; }}\n{function}\n'
    calls = "script x postinst configure; script y postinst configure"
    assert run(["sh", "-c", program + calls]).stdout == 'configure\npackage "x" postinst script returned status 2.\n'
