"""What has to be different on the router: plan and facts become a change set, with nothing in it twice."""

from wizard.changes.back import Aim, doubtful, going_back
from wizard.changes.build import change
from wizard.changes.packages import WANTED, asked, unfit, unlisted

__all__ = ["WANTED", "Aim", "asked", "change", "doubtful", "going_back", "unfit", "unlisted"]
