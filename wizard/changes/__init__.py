"""What has to be different on the router: plan and facts become a change set, with nothing in it twice."""

from wizard.changes.build import change
from wizard.changes.packages import WANTED, asked, unfit, unlisted

__all__ = ["WANTED", "asked", "change", "unfit", "unlisted"]
