"""The last check of a request: whether this process may still send it, when all waiting for its turn is over.

Between the decision to send something and its first byte lie the pauses that a platform asks for, a free connection,
and a new one's handshakes. Whatever this process was doing may be another's by then.
"""

from collections.abc import Callable, Sequence
from types import SimpleNamespace

import aiohttp

Check = Callable[[], None]
"""Raises if the present work must send nothing more."""


def check_last(config: aiohttp.TraceConfig, check: Check) -> aiohttp.TraceConfig:
    """Check each request that a session makes once it has its connection, before anything is written to it."""

    async def leaving(
        session: aiohttp.ClientSession, context: SimpleNamespace, params: aiohttp.TraceRequestHeadersSentParams
    ) -> None:
        check()

    # Despite its name, aiohttp calls this before it writes the headers.
    config.on_request_headers_sent.append(leaving)
    return config


def last_checks(check: Check | None) -> Sequence[aiohttp.TraceConfig]:
    """What a session is given so that it checks each request; nothing if there is nothing to check."""
    return [check_last(aiohttp.TraceConfig(), check)] if check else []
