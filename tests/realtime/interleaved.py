"""The client's side of `/interleaved` in `tiny_app.py`."""

from websockets.asyncio.client import ClientConnection


async def receive_interleaved(client: ClientConnection, count: int) -> None:
    """Every message comes whole, in order and of its kind."""
    for number in range(count):
        message = await client.recv()
        assert isinstance(message, bytes) == (number % 3 == 2)
        text = message if isinstance(message, str) else message.decode()
        assert text == f"{number}:" + "x" * (number * 9973 % 300_000)
        if number % 5 == 4:
            await client.send("next")
