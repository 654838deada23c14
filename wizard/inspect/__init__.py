"""One look at a router: the sections of `templates/router/inspect.sh` become `RouterFacts`."""

from wizard.inspect.read import WANTED_PACKAGES, read
from wizard.inspect.tunnel import entries

__all__ = ["WANTED_PACKAGES", "entries", "read"]
