"""What has to be different on the router: plan and facts become a change set, with nothing in it twice."""

from wizard.changes.back import Aim, doubtful, going_back
from wizard.changes.build import change
from wizard.changes.drift import Drifted, drift
from wizard.changes.firewall import expected
from wizard.changes.lockout import Threat, connection, refusal, threats
from wizard.changes.packages import WANTED, asked, unfit, unlisted

__all__ = [
    "WANTED",
    "Aim",
    "Drifted",
    "Threat",
    "asked",
    "change",
    "connection",
    "doubtful",
    "drift",
    "expected",
    "going_back",
    "refusal",
    "threats",
    "unfit",
    "unlisted",
]
