"""What many workers would take: arithmetic over measured costs, for sizes that no machine here can hold.

`python -m benchmarks.scaling` prints the table of docs/scaling.md.
"""

from dataclasses import dataclass

REPEAT_SECONDS = 12.0
"""How often a worker tells the others again whom it has."""


@dataclass(frozen=True)
class Costs:
    """Measured on 2 cores of a shared machine, Python 3.11; microseconds of CPU, unless said otherwise."""

    worker_mb: float = 126
    socket_kb: float = 32.3
    socket_second: float = 9.9
    """A socket that only is there: heartbeats, pings and pongs."""
    room_second: float = 90
    """A room that only is followed: the position check every 2 s, and gossip."""
    connect: float = 3200
    message: float = 5000
    """At the worker that takes it, alone in its batch."""
    message_postgres: float = 1900
    message_redis: float = 110
    hint: float = 420
    """At each other worker that follows the room."""
    delivery: float = 7
    census_entry: float = 1.04
    """One person in the list that a worker hears from another."""
    census_bytes: float = 7


@dataclass(frozen=True)
class Load:
    """Everybody has one socket, follows one room with so many others, and says something from time to time."""

    workers: int
    sockets: int
    together: int = 20
    message_seconds: float = 600

    @property
    def messages(self) -> float:
        """In a second, of all."""
        return self.sockets / self.message_seconds

    @property
    def following(self) -> float:
        """Workers on which somebody follows a room, where its people come to any."""
        return self.workers * (1 - (1 - 1 / self.workers) ** self.together)


@dataclass(frozen=True)
class Needs:
    """What it takes: cores and megabytes of each worker, cores of PostgreSQL and Redis, and of what the worker's is."""

    shares: dict[str, float]
    megabytes: float
    postgres: float
    redis: float
    gossip_mb_second: float

    @property
    def cores(self) -> float:
        """Of one worker; one process has no more than one."""
        return sum(self.shares.values())


def needs(load: Load, costs: Costs) -> Needs:
    """What this load takes at these costs."""
    each = load.sockets / load.workers
    rooms = load.sockets / load.together * load.following / load.workers
    told = load.sockets * (load.workers - 1) / load.workers / REPEAT_SECONDS
    microseconds = {
        "sockets": each * costs.socket_second,
        "rooms": rooms * costs.room_second,
        "messages": load.messages / load.workers * costs.message,
        "hints": load.messages * (load.following - 1) / load.workers * costs.hint,
        "deliveries": load.messages * load.together / load.workers * costs.delivery,
        "gossip": told * costs.census_entry,
    }
    return Needs(
        shares={name: value / 1e6 for name, value in microseconds.items()},
        megabytes=costs.worker_mb + each * costs.socket_kb / 1e3,
        postgres=load.messages * costs.message_postgres / 1e6,
        redis=load.messages * costs.message_redis / 1e6,
        gossip_mb_second=told * load.workers * costs.census_bytes / 1e6,
    )


LOADS = (Load(1, 10_000), Load(4, 40_000), Load(20, 200_000), Load(100, 1_000_000), Load(200, 1_000_000))
COLUMNS = ("sockets", "rooms", "messages", "hints", "deliveries", "gossip")


def table() -> str:
    """The loads in Markdown."""
    head = [
        "workers",
        "sockets",
        "messages/s",
        *COLUMNS,
        "cores of a worker",
        "MB",
        "PostgreSQL",
        "Redis",
        "gossip MB/s",
    ]
    lines = [head, ["---"] * len(head)]
    for load in LOADS:
        found = needs(load, Costs())
        lines.append(
            [
                f"{load.workers}",
                f"{load.sockets:,}",
                f"{load.messages:,.0f}",
                *(f"{found.shares[name]:.2f}" for name in COLUMNS),
                f"{found.cores:.2f}",
                f"{found.megabytes:.0f}",
                f"{found.postgres:.2f}",
                f"{found.redis:.2f}",
                f"{found.gossip_mb_second:.1f}",
            ]
        )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    print(table())
