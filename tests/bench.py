"""What the wizard costs, measured in one run against the lab router: `python -m tests.bench`.

Figures from different runs or machines do not compare; the columns of one run do.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from tests.lab.client import Client
from tests.lab.lab import Lab
from tests.lab.measure import Counter
from tests.lab.router import Router
from tests.lab.wizard import PASSWORD, Wizard, answers
from wizard import journey, verify
from wizard.model.options import Options
from wizard.model.report import Verdict
from wizard.pptp.ppp.settings import ClientSettings
from wizard.router import script
from wizard.screen import Screen

REPEATS = 3
NOTE = '\techo "$(cat /proc/uptime) $*" >>/tmp/marks\n'


def measure(router: Router, home: Path) -> Iterator[tuple[str, str]]:
    """One whole set-up and one run that changes nothing, line by line."""
    Wizard(router, home)
    (home / "answers.toml").write_text(answers())
    (home / "secrets.toml").write_text(f'[passwords]\nanna = "{PASSWORD}"\n')
    (home / "secrets.toml").chmod(0o600)
    options = Options(
        router.lan,
        password_file=home / "router-password",
        answers=home / "answers.toml",
        secrets=home / "secrets.toml",
        yes=True,
    )
    for name in ("set up", "run again"):
        counter = Counter()
        began = time.monotonic()
        with counter.counting(), patch.dict("os.environ", HOME=str(home)):
            code = journey.run(options, Screen(file=StringIO()), journey.Outcome())
        whole = time.monotonic() - began
        assert code == 0
        first = counter.trips[0][0]
        yield (
            f"{name}: round trips",
            f"{sum(trip[0] is first for trip in counter.trips)} + "
            + str(sum(trip[0] is not first for trip in counter.trips)),
        )
        yield f"{name}: bytes sent", " + ".join(f"{size}" for _, size, _ in counter.trips)
        waited = sum(seconds for _, _, seconds in counter.trips)
        yield f"{name}: seconds waiting for the router", f"{waited:.2f}"
        yield f"{name}: seconds of our own", f"{whole - waited:.2f}"


def transaction(router: Router, home: Path) -> Iterator[tuple[str, str]]:
    """What the transaction adds to a change, by the router's own clock at its marks: the wizard's scripts are rendered
    with a line more, which notes it."""
    rendered = script.about

    def with_times(nonce: str, name: str, /, **data: object) -> script.Script:
        whole = rendered(nonce, name, **data)
        return script.Script(whole.text.replace("mark() {\n", f"mark() {{\n{NOTE}"), whole.nonce)

    wizard = Wizard(router, home)
    with patch.object(script, "about", with_times):
        assert wizard.apply_here(answers({"anna": "172.16.1.9"}), {"anna": PASSWORD}).code == 0
    at: dict[str, float] = {}
    for line in router.read("/tmp/marks").decode().splitlines():
        uptime, _, mark = line.split(" ", 2)
        at[mark] = float(uptime)
    yield "transaction: seconds to keep everything", f"{at['done arm'] - at['start arm']:.2f}"
    yield "transaction: seconds from done to confirmed", f"{at['confirmed'] - at['complete']:.2f}"
    yield "transaction: seconds of the whole on the router", f"{at['confirmed'] - at['start turn']:.2f}"


WISH = verify.Wish("not tried", "not tried", "internet.test")
ANNA = ClientSettings("anna", PASSWORD)


def calls(router: Router, client: Client) -> Iterator[tuple[str, str]]:
    """The connection test's own call from the home network, beside pptp-linux and pppd from the Internet."""
    ours: list[float] = []
    whole: list[float] = []
    for _ in range(REPEATS):
        began = time.monotonic()
        checks = verify.dial(router.lan, ANNA, WISH, lambda said: None, verify.open_carrier)
        whole.append(time.monotonic() - began)
        assert all(check.verdict is not Verdict.BROKEN for check in checks), checks
        ours.append(sum(check.seconds or 0 for check in checks))
        time.sleep(1)
    yield "test's call until it has its address, median", f"{statistics.median(ours):.2f}"
    yield "  and the tunnel tried out, hung up, median", f"{statistics.median(whole):.2f}"
    dials = [timed(lambda: client.dial("anna", PASSWORD)) for _ in range(REPEATS)]
    yield "pptp-linux until it has its address, median", f"{statistics.median(dials):.2f}"

    def tried_out() -> None:
        client.dial("anna", PASSWORD)
        server = "172.16.1.1"
        client.run(f"ping -c 3 -i 0.2 {server}; nslookup internet.test {server}; ping -c 100 -i 0.02 {server}")

    yield "  and the same tried out, median", f"{statistics.median(timed(tried_out) for _ in range(REPEATS)):.2f}"


def silence(lab: Lab, router: Router) -> Iterator[tuple[str, str]]:
    """How long it takes until a call is given up whose packets nobody answers, and what is shown all the while."""
    lab.network.wires.swallow("ip protocol gre")
    said: list[tuple[float, str]] = []
    began = time.monotonic()
    checks = verify.dial(
        router.lan, ANNA, WISH, lambda words: said.append((time.monotonic() - began, words)), verify.open_carrier
    )
    lab.network.wires.clean()
    broken = next(check for check in checks if check.verdict is Verdict.BROKEN)
    yield "test's call of which GRE is lost, until named", f"{broken.seconds or 0:.2f} ({broken.code})"
    yield "  and what is shown from when on", "; ".join(f"{words} {seconds:.1f}" for seconds, words in said)


def timed(action: Callable[[], object]) -> float:
    """Seconds that it takes."""
    began = time.monotonic()
    action()
    return time.monotonic() - began


def main() -> None:
    """Print the table."""
    lab = Lab()
    try:
        with lab.network.home.entered():
            client = lab.client()
            client.run("true")
            boots = [timed(lambda: lab.router(pptpd=True)) for _ in range(REPEATS)]
            print(f"{'router boot to login, median seconds':45} {statistics.median(boots):.2f}")
            router = lab.router(pptpd=True)
            with tempfile.TemporaryDirectory() as home:
                for name, value in measure(router, Path(home)):
                    print(f"{name:45} {value}")
            with tempfile.TemporaryDirectory() as home:
                for name, value in transaction(router, Path(home)):
                    print(f"{name:45} {value}")
            for name, value in (*calls(router, client), *silence(lab, router)):
                print(f"{name:45} {value}")
    finally:
        lab.close()


if __name__ == "__main__":
    main()
