"""WebSocket frames of a server, built once and written to every socket alike (a server's frames carry no mask)."""

WRITE = "parley.write"
"""The extension of a socket's scope that writes such a frame at once; only our own server has it."""

TEXT = 0x81
BINARY = 0x82


def frame_text(payload: bytes) -> bytes:
    """The whole frame of one text message; `payload` is its UTF-8."""
    return _frame(TEXT, payload)


def frame_binary(payload: bytes) -> bytes:
    """The whole frame of one binary message."""
    return _frame(BINARY, payload)


def _frame(head: int, payload: bytes) -> bytes:
    size = len(payload)
    if size < 126:
        return bytes((head, size)) + payload
    if size < 1 << 16:
        return bytes((head, 126)) + size.to_bytes(2, "big") + payload
    return bytes((head, 127)) + size.to_bytes(8, "big") + payload
