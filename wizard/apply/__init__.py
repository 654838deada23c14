"""The change set becomes one script for the router, and the marks that it sends become a report."""

from wizard.apply.follow import CUT, Follower
from wizard.apply.payload import WINDOW, script_data
from wizard.apply.upload import NO_ROOM, folder, need_kb, receive_data, stream

__all__ = ["CUT", "NO_ROOM", "WINDOW", "Follower", "folder", "need_kb", "receive_data", "script_data", "stream"]
