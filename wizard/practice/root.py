"""Where the root of the practice router is: `/` on a machine of its own, a folder where several share one."""

from __future__ import annotations

import os


def path(absolute: str) -> str:
    """The place of a router's file. OpenWrt's own scripts write `${IPKG_INSTROOT}` before every path for this."""
    return os.environ.get("IPKG_INSTROOT", "") + absolute
