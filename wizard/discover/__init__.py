"""Find the router: places where one usually is, what answers there, and places that a person types."""

from wizard.discover.places import Candidate, candidates
from wizard.discover.search import find
from wizard.discover.target import parse_target

__all__ = ["Candidate", "candidates", "find", "parse_target"]
