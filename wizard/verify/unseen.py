"""What a rung of the connection test cannot see, said instead of being passed over: no news is not good news."""

from __future__ import annotations

from wizard.model.report import Check, Verdict


def _unseen(name: str, why: str) -> Check:
    return Check(name, Verdict.NOT_TRIED, f"cannot be seen from here: {why}")


ON_ROUTER = (
    _unseen("calls that come from the Internet", "what lets them through, or not, is on the way to the router"),
    _unseen("the settings of the devices that call", "nobody but a device that calls shows them"),
)
FROM_HERE = (
    _unseen("calls that come from the Internet", "this computer calls from the home network"),
    _unseen("the settings of the devices that call", "this program has its own"),
)
