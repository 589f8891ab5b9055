"""What a row of the table of odd replies is: a client, and the errors that its callers catch."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

Call = Callable[[str, float], Awaitable[object]]
"""Makes a call of the server at an address, which has so many seconds to answer."""


@dataclass(frozen=True, slots=True)
class OddClient:
    """A client of somebody else's server. `first` are the good answers before the call that is tried.

    `raises` are the errors that its callers catch. A `heavy` one starts a program for each call, so that only the sweep
    tries it.
    """

    call: Call
    raises: tuple[type[Exception], ...]
    first: tuple[bytes, ...] = ()
    heavy: bool = False
