"""The token, and where a new one comes from."""

from collections.abc import Awaitable, Callable

TokenSource = str | Callable[[], Awaitable[str]]
"""A token, or what fetches one: it is asked at the start, and again when the server says that the last has expired."""


class Credentials:
    """The token in use."""

    def __init__(self, source: TokenSource) -> None:
        self._source = source
        self._token = source if isinstance(source, str) else ""

    async def token(self) -> str:
        """The token, fetched if there is none yet."""
        if not self._token and not isinstance(self._source, str):
            self._token = await self._source()
        return self._token

    async def headers(self) -> dict[str, str]:
        """The token as a header of HTTP."""
        return {"Authorization": f"Bearer {await self.token()}"}

    def renew(self) -> None:
        """The token is worth nothing any more: the next use fetches another, if there is a source of them."""
        if not isinstance(self._source, str):
            self._token = ""
