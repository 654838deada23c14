"""The change set becomes one script for the router, and the marks that it sends become a report."""

from wizard.apply.follow import CUT, Follower
from wizard.apply.payload import script_data

__all__ = ["CUT", "Follower", "script_data"]
