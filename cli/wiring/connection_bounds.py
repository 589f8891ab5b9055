"""Limits on the connections of each server of ours: how many there may be, and how long it waits for each."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from bots.shared.addresses import counted

TOO_MANY = b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 5\r\ncontent-length: 0\r\n\r\n"
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class ConnectionBounds:
    """Limits on connections and on waiting.

    `connections` is the limit in total, `each` the limit per address; 0 means no limit. `head` and `body` are the
    seconds within which those parts of a request must have arrived, `reading` the seconds within which a client must
    have read some of what we send. `counted` gives the form in which an address is counted; empty if it is not counted.
    """

    connections: int = 128
    each: int = 64
    head: float = 10.0
    body: float = 60.0
    reading: float = 30.0
    counted: Callable[[str], str] = counted


class ConnectionGate:
    """The open connections of a server."""

    def __init__(self, bounds: ConnectionBounds) -> None:
        self.bounds = bounds
        self._open: set[BoundedConnection] = set()

    def enter(self, new: "BoundedConnection") -> bool:
        """Let a connection in. Returns False if there are too many and all are being answered.

        Otherwise, the connection whose request we have waited for longest makes way.
        """
        neighbours = [one for one in self._open if one.address == new.address] if new.address else []
        for others, most in ((neighbours, self.bounds.each), (self._open, self.bounds.connections)):
            if most and len(others) >= most and not self._make_way(others):
                return False
        self._open.add(new)
        return True

    def leave(self, connection: "BoundedConnection") -> None:
        """Remove a connection that was closed."""
        self._open.discard(connection)

    def sweep(self, now: float) -> None:
        """Close the connections that have kept us waiting for too long."""
        for connection in tuple(self._open):
            connection.look(now)

    def __len__(self) -> int:
        return len(self._open)

    def _make_way(self, others: "Collection[BoundedConnection]") -> bool:
        waiting = [one for one in others if one.waits_for]
        if not waiting:
            return False
        slowest = min(waiting, key=lambda one: one.since)
        self.leave(slowest)
        slowest.transport.abort()
        return True


class BoundedConnection(H11Protocol):
    """A connection that never waits forever for its client."""

    def __init__(self, gate: ConnectionGate, **given: Any) -> None:
        super().__init__(**given)
        self.address = ""
        self.since = self._taken = self.loop.time()
        self._gate = gate
        self._unsent = 0

    @property
    def waits_for(self) -> str:
        """Which part of a request is still to come, "head" or "body"; empty while it is our turn."""
        return {h11.IDLE: "head", h11.SEND_BODY: "body"}.get(self.conn.their_state, "")

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Accept a connection, or refuse it if there are too many."""
        super().connection_made(transport)
        self.address = self._gate.bounds.counted(self.client[0] if self.client else "")
        if not self._gate.enter(self):
            transport.write(TOO_MANY)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a connection."""
        self._gate.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take a piece of a request."""
        before = self.waits_for
        super().data_received(data)
        if self.waits_for != before:
            self.since = self.loop.time()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        super().on_response_complete()
        self.since = self.loop.time()

    def look(self, now: float) -> None:
        """Close the connection if the other side has kept us waiting for too long."""
        unsent = self.transport.get_write_buffer_size()
        if not unsent or unsent < self._unsent:
            self._taken = now
        self._unsent = unsent
        bounds = self._gate.bounds
        if unsent and now - self._taken > bounds.reading:
            self.transport.abort()
        elif now - self.since > {"head": bounds.head, "body": bounds.body}.get(self.waits_for, float("inf")):
            self._give_up()

    def _give_up(self) -> None:
        # Once a response has begun or been sent, no other one may follow.
        if not self.transport.is_closing() and (self.cycle is None or not self.cycle.response_started):
            self.transport.write(TOO_SLOW)
        self.transport.close()
