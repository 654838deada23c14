"""Does it work? Looked at from this computer and on the router."""

from wizard.verify.carrier import LoopbackCarrier, NoRightError, open_carrier
from wizard.verify.control import probe
from wizard.verify.dialling import Wish, dial
from wizard.verify.examine import OUTSIDE, examine, taken
from wizard.verify.router import firewall_stands, on_router, standing
from wizard.verify.unseen import FROM_HERE, ON_ROUTER
from wizard.verify.way import Way

__all__ = [
    "FROM_HERE",
    "ON_ROUTER",
    "OUTSIDE",
    "LoopbackCarrier",
    "NoRightError",
    "Way",
    "Wish",
    "dial",
    "examine",
    "firewall_stands",
    "on_router",
    "open_carrier",
    "probe",
    "standing",
    "taken",
]
