"""All workloads by name."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, NamedTuple

from benchmarks.catching_up import catch_up
from benchmarks.connections import idle, storm
from benchmarks.pages import history, posts
from benchmarks.rooms import W1, W2, W3, W6, Times, ceiling, talk
from benchmarks.systems import Running

Measure = Callable[[Running, Times], Awaitable[dict[str, Any]]]


class Workload(NamedTuple):
    """What is done to a system."""

    what: str
    measure: Measure


WORK = {
    "W1": Workload("one room of 200, 50 messages a second", partial(talk, shape=W1, prefix="w1")),
    "W2": Workload("one room of 1,000, 20 senders in a closed loop", partial(talk, shape=W2, prefix="w2")),
    "W3": Workload("100 rooms of 10, 200 senders in a closed loop", partial(talk, shape=W3, prefix="w3")),
    "W4": Workload("1,000 to 10,000 idle sockets in 100 rooms", partial(idle, most=10_000)),
    "W5": Workload("1,000 sockets come back at once, each from its cursor", storm),
    "W6": Workload("250 rooms of 2, 500 senders in a closed loop", partial(talk, shape=W6, prefix="w6")),
    "H": Workload("pages of 50 messages of a long room, 8 clients", history),
    "P": Workload("messages by POST, 8 clients", posts),
    "C": Workload("1,000 clients catch up 500 events each while others talk elsewhere", catch_up),
    "G": Workload("100 sockets of the generator under a flood: what it can count", ceiling),
}
