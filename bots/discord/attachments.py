"""Files that came with a message, fetched from Discord's own file server."""

import aiohttp
import structlog

from core.errors import UserError
from core.messages import Attachment

log = structlog.get_logger()

LARGEST_FILE = 1024 * 1024
FETCHED_IN = 20.0
"""Seconds that a download may take."""


async def read(attachment: Attachment) -> bytes:
    """Return a file's content, cut off just above 1 MiB. Raises UserError if it cannot be fetched."""
    limit = aiohttp.ClientTimeout(total=FETCHED_IN)
    try:
        async with aiohttp.ClientSession(timeout=limit) as session, session.get(attachment.address) as answer:
            answer.raise_for_status()
            return await answer.content.read(LARGEST_FILE + 1)
    except (aiohttp.ClientError, TimeoutError) as error:
        log.warning("attachment_not_fetched", error=type(error).__name__)
        raise UserError("attachments-unread", names=attachment.name) from None
