"""What a worker does by the clock: heartbeats, gossip, a look at who is stuck, erasing what is kept no longer."""

import asyncio
import itertools
import logging
from datetime import UTC, datetime

from chat.conf import conf
from chat.domain.closing import CloseCode
from chat.realtime.bridge import call
from chat.realtime.census import Census
from chat.realtime.connection import Connection
from chat.realtime.hub import Hub
from chat.realtime.presence import Presence
from chat.services.removal import erase_ended
from chat.telemetry import LOOP_LAG, log
from chat.wire.server import ServerPing

logger = logging.getLogger(__name__)

HEARTBEAT_TURNS = 25
"""Parts into which the sockets are divided for their heartbeats."""
LAG_SECONDS = 0.5
LAG_WARNING_SECONDS = 0.5
SWEEPS = 10
"""How often within FORGET_SECONDS a worker looks who has been silent for so long."""
REPEAT_TURNS = 3
"""Every so many sweeps a worker tells the others again whom it has."""
LOOK_SECONDS = 5.0
"""How often the clients that do not keep up are looked at."""
ERASE_SECONDS = 60.0
"""How often removed messages are erased whose time to be brought back is over."""


async def send_heartbeats(hub: Hub) -> None:
    """Every socket gets its heads once an interval, a part of them at a time; expired ones are closed."""
    for turn in itertools.cycle(range(HEARTBEAT_TURNS)):
        await asyncio.sleep(conf().HEARTBEAT_SECONDS / HEARTBEAT_TURNS)
        now = datetime.now(UTC)
        for connection in list(hub.connections):
            if connection.expires_at is not None and connection.expires_at <= now:
                connection.disconnect(CloseCode.EXPIRED)
            elif connection.person and not connection.full and hash(connection.id) % HEARTBEAT_TURNS == turn:
                connection.send(ServerPing(heads=hub.heads(connection)))


async def gossip(presence: Presence, census: Census) -> None:
    """Tells other workers again and again who is here, and forgets those who no longer do."""
    for turn in itertools.count(1):
        await asyncio.sleep(conf().FORGET_SECONDS / SWEEPS)
        presence.sweep()
        census.sweep()
        if turn % REPEAT_TURNS == 0:
            presence.repeat()
            census.repeat()


async def measure_lag() -> None:
    """How late the loop is: a blocked loop delays everybody here."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + LAG_SECONDS
        await asyncio.sleep(LAG_SECONDS)
        late = max(loop.time() - due, 0.0)
        LOOP_LAG.observe(late)
        if late > LAG_WARNING_SECONDS:
            log.warning("the event loop was late", seconds=round(late, 3))


async def close_stuck(hub: Hub) -> None:
    """Closes who has read nothing for SLOW_SECONDS; fewer unsent bytes than at the last look is progress."""
    looks: dict[Connection, tuple[int, float]] = {}
    while True:
        await asyncio.sleep(min(conf().SLOW_SECONDS / 4, LOOK_SECONDS))
        now = asyncio.get_running_loop().time()
        behind = {c: c.flow.unsent() for c in hub.connections if c.flow is not None and c.flow.full}
        looks = {c: _look(looks.get(c), unsent, now) for c, unsent in behind.items()}
        for connection, (_, since) in looks.items():
            if now - since >= conf().SLOW_SECONDS:
                connection.disconnect(CloseCode.TOO_SLOW)


async def erase_removed() -> None:
    """Every worker does so: of two at once one finds nothing left."""
    while True:
        await asyncio.sleep(ERASE_SECONDS)
        try:
            await call(erase_ended)
        except Exception:
            logger.exception("removed messages were not erased; the next time they will be")


def _look(last: tuple[int, float] | None, unsent: int, now: float) -> tuple[int, float]:
    """How much is unsent, and since when it has not become less."""
    return (unsent, now) if last is None or unsent < last[0] else (unsent, last[1])
