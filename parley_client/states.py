"""The states of a client, and what follows from what happens in each: the table of docs/client-states.md."""

from enum import StrEnum


class State(StrEnum):
    """Where a client stands."""

    IDLE = "idle"
    CONNECTING = "connecting"
    AUTHENTICATING = "authenticating"
    CATCHING_UP = "catching-up"
    LIVE = "live"
    WAITING = "waiting"
    OFFLINE = "offline"
    CLOSED = "closed"


class Signal(StrEnum):
    """What may happen to a client."""

    START = "start"
    HELLO = "hello"
    STRANGER = "hello to a stranger"
    SIGNED_IN = "signed in"
    BEHIND = "a room is behind"
    CAUGHT_UP = "all rooms are live"
    EVENT = "event"
    LOST = "lost"
    BLOCKED = "way blocked"
    CLEAR = "better way clear"
    EXPIRED = "expired"
    DISMISSED = "dismissed"
    TIMER = "timer"
    NETWORK_GONE = "network gone"
    NETWORK_BACK = "network back"
    STOP = "stop"


class Action(StrEnum):
    """What a client does then."""

    OPEN = "open"
    AUTHENTICATE = "authenticate"
    FOLLOW = "follow"
    SEND = "send"
    TRUST = "trust"
    WAIT = "wait"
    STEP_DOWN = "step down"
    STEP_UP = "step up"
    RENEW = "renew"
    DROP = "drop"
    END = "end"


Step = tuple[State, tuple[Action, ...]]


def _rows() -> dict[tuple[State, Signal], Step]:
    s, g, a = State, Signal, Action
    up = (s.CATCHING_UP, s.LIVE)
    linked = (s.CONNECTING, s.AUTHENTICATING, *up)
    unfinished = tuple(state for state in s if state is not s.CLOSED)
    groups: list[tuple[tuple[State, ...], Signal, State | None, tuple[Action, ...]]] = [
        ((s.IDLE,), g.START, s.CONNECTING, (a.OPEN,)),
        ((s.CONNECTING,), g.HELLO, s.CATCHING_UP, (a.FOLLOW, a.SEND)),
        ((s.CONNECTING,), g.STRANGER, s.AUTHENTICATING, (a.AUTHENTICATE,)),
        ((s.AUTHENTICATING,), g.SIGNED_IN, s.CATCHING_UP, (a.FOLLOW, a.SEND)),
        (up, g.BEHIND, s.CATCHING_UP, (a.FOLLOW,)),
        ((s.CATCHING_UP,), g.CAUGHT_UP, s.LIVE, ()),
        (up, g.EVENT, None, (a.TRUST,)),
        (linked, g.LOST, s.WAITING, (a.DROP, a.WAIT)),
        (linked, g.BLOCKED, s.CONNECTING, (a.DROP, a.STEP_DOWN, a.OPEN)),
        (up, g.CLEAR, s.CONNECTING, (a.DROP, a.STEP_UP, a.OPEN)),
        (linked, g.EXPIRED, s.CONNECTING, (a.DROP, a.RENEW, a.OPEN)),
        (linked, g.DISMISSED, s.CLOSED, (a.DROP, a.END)),
        ((s.WAITING,), g.TIMER, s.CONNECTING, (a.OPEN,)),
        ((*linked, s.WAITING), g.NETWORK_GONE, s.OFFLINE, (a.DROP,)),
        ((s.WAITING, s.OFFLINE), g.NETWORK_BACK, s.CONNECTING, (a.OPEN,)),
        (up, g.NETWORK_BACK, s.CONNECTING, (a.DROP, a.OPEN)),
        (unfinished, g.STOP, s.CLOSED, (a.DROP, a.END)),
    ]
    return {(state, signal): (to or state, actions) for states, signal, to, actions in groups for state in states}


TABLE = _rows()
"""Every pair that means something; what is not here is too late or too early, and changes nothing."""
