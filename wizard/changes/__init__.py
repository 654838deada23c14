"""What has to be different on the router: plan and facts become a change set, with nothing in it twice."""

from wizard.changes.build import WANTED, change

__all__ = ["WANTED", "change"]
