"""Packages from files on this computer: what is in them, and which of them a router needs."""

from wizard.supply.archives import read_folder
from wizard.supply.choose import choose

__all__ = ["choose", "read_folder"]
