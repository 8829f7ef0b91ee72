"""What only PostgreSQL can show is collected only there."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from chat.services import _record

collect_ignore = [] if connection.vendor == "postgresql" else ["test_locks.py", "test_slow_rooms.py"]


@pytest.fixture
def clock(monkeypatch):
    """The time of the services, moved by `clock.pass_(seconds)`."""

    class Clock:
        now_ = timezone.now()

        def now(self):
            return self.now_

        def pass_(self, seconds):
            self.now_ += timedelta(seconds=seconds)

    clock = Clock()
    monkeypatch.setattr(_record, "timezone", clock)
    return clock
