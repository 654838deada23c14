"""The change set becomes one script for the router, and the marks that it sends become a report."""

from wizard.apply.follow import Follower
from wizard.apply.payload import script_data

__all__ = ["Follower", "script_data"]
