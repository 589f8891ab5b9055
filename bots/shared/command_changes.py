"""Follows which commands are offered where, for platforms that keep a list of them."""

from collections.abc import AsyncIterator, Awaitable, Callable

import structlog

from core.errors import StoreError
from core.messages import Place

log = structlog.get_logger()


async def follow(changes: AsyncIterator[Place | None], changed: Callable[[Place | None], Awaitable[None]]) -> None:
    """Call `changed` whenever commands go on or off, with the place of the community, or with None for all of them."""
    async for place in changes:
        try:
            await changed(place)
        except StoreError as error:
            # Nothing was noted, so they are registered at the next change or start.
            log.warning("commands_not_noted", error=error)
