"""WebSocket frames: a server's, built once and written to every socket alike; and the usual one of a client."""

WRITE = "parley.write"
"""The extension of a socket's scope that writes such a frame at once; only our own server has it."""

TEXT = 0x81
BINARY = 0x82
MASKED = 0x80
SHORT = 126
"""Lengths below stand in the second byte; this one there says that two more bytes tell it."""


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


def read_message(data: bytes) -> tuple[bytes, bool] | None:
    """The payload of a client's frame, and whether it is binary.

    None unless `data` is one frame, whole, masked, a message by itself and of at most 64 KiB; also for what is no UTF-8
    where it should be. Such need somebody who knows the whole protocol.
    """
    if len(data) < 6 or data[0] not in (TEXT, BINARY):
        return None
    size, start = data[1] - MASKED, 2
    if size == SHORT:
        size, start = int.from_bytes(data[2:4]), 4
    if (size >= SHORT) is not (start == 4) or len(data) != start + 4 + size:
        return None
    payload = _unmasked(data[start + 4 :], data[start : start + 4])
    binary = data[0] == BINARY
    return (payload, binary) if binary or _is_utf8(payload) else None


def _unmasked(masked: bytes, mask: bytes) -> bytes:
    """Exclusive or with the mask again and again, at once for all bytes."""
    size = len(masked)
    key = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(masked) ^ int.from_bytes(key)).to_bytes(size)


def _is_utf8(payload: bytes) -> bool:
    try:
        payload.decode()
    except UnicodeDecodeError:
        return False
    return True
