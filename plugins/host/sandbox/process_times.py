"""How long a plugin's process may take, and how long it rests."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProcessTimes:
    """All in seconds. A process has `start` for the first handshake and `pong` to answer a ping before it is ended.

    It is ended after `idle` without a call. After a crash it rests for `first_pause`, then twice as long each time.
    """

    start: float = 20.0
    pong: float = 5.0
    idle: float = 600.0
    first_pause: float = 0.5


USUAL_TIMES = ProcessTimes()
