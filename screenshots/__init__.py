"""Pictures of real runs against the practice router, and what takes them: `python -m screenshots`."""
