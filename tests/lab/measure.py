"""What a run of the wizard in this process costs the line to the router."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from wizard.router.session import Output, Session


class Counter:
    """Round trips, bytes sent and seconds waited, per connection."""

    def __init__(self) -> None:
        self.trips: list[tuple[Session, int, float]] = []

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count every script that any session runs meanwhile."""
        run = Session.run

        def counted(session: Session, text: str, **more: object) -> Output:
            began = time.monotonic()
            output = run(session, text, **more)  # type: ignore[arg-type]  # passed on as it came
            self.trips.append((session, len(text), time.monotonic() - began))
            return output

        with patch.object(Session, "run", counted):
            yield
