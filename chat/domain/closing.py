"""Why the server closes a socket. The range is the advice: 40xx stay away, 41xx with back-off, 42xx at once."""

from enum import IntEnum


class CloseCode(IntEnum):
    """The close codes of the wire; a browser sees 1006 for everything that is not here."""

    NORMAL = 1000
    PROTOCOL = 4001
    CREDENTIALS = 4002
    FORBIDDEN = 4003
    BANNED = 4010
    TOO_LARGE = 4013
    SIGNED_OUT = 4014
    OVERLOADED = 4100
    RESTARTING = 4101
    TOO_SLOW = 4102
    RATE = 4103
    TOO_MANY_SOCKETS = 4105
    EXPIRED = 4201

    @property
    def retry(self) -> bool:
        """Whether the client should come back."""
        return self >= 4100


REASONS: dict[CloseCode, str] = {
    CloseCode.NORMAL: "Closed.",
    CloseCode.PROTOCOL: "Too many frames that the protocol does not know.",
    CloseCode.CREDENTIALS: "No credentials, or wrong ones.",
    CloseCode.FORBIDDEN: "You may not be here.",
    CloseCode.BANNED: "You are banned.",
    CloseCode.TOO_LARGE: "A frame was larger than the server takes.",
    CloseCode.SIGNED_OUT: "You were signed out.",
    CloseCode.OVERLOADED: "The server is busy or made a mistake.",
    CloseCode.RESTARTING: "The server is restarting.",
    CloseCode.TOO_SLOW: "The connection did not keep up.",
    CloseCode.RATE: "Too many frames in too short a time.",
    CloseCode.TOO_MANY_SOCKETS: "Too many connections of one person.",
    CloseCode.EXPIRED: "The credentials have expired.",
}
