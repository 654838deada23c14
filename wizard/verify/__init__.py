"""Does it work? Looked at from this computer and on the router."""

from wizard.verify.control import probe
from wizard.verify.router import on_router, standing

__all__ = ["on_router", "probe", "standing"]
