"""The cast before every door."""

from tests.api.conftest import _no_password_was_tried, ben, cast

__all__ = ["_no_password_was_tried", "ben", "cast"]
