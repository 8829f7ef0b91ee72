"""How long tests wait for what must come."""

PATIENCE = 60.0
"""Seconds after which something that should have happened will not: far beyond what is promised, for a machine may be
busy."""
