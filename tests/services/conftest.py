"""What only PostgreSQL can show is collected only there."""

from django.db import connection

collect_ignore = [] if connection.vendor == "postgresql" else ["test_locks.py", "test_slow_rooms.py"]
