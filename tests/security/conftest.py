"""The cast before every door."""

from tests.api.conftest import _no_password_was_tried, _quick_hashes, ben, cast

__all__ = ["_no_password_was_tried", "_quick_hashes", "ben", "cast"]
