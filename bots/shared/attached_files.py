"""Files that came with a message, fetched whole from the platform's own server or not at all."""

from collections.abc import Mapping

import aiohttp
import structlog

from bots.shared.failures import NETWORK_FAILURES
from core.errors import UserError
from core.messages import Attachment

log = structlog.get_logger()

LARGEST_FILE = 10 * 1024 * 1024
FETCHED_IN = 20.0
"""Seconds that a download may take."""


def unreadable_file(attachment: Attachment, reason: str) -> UserError:
    """Return the error that names a file as unread, after logging why."""
    log.warning("attachment_not_fetched", reason=reason)
    return UserError("attachments-unread", names=attachment.name)


async def download(
    session: aiohttp.ClientSession,
    attachment: Attachment,
    address: str,
    headers: Mapping[str, str] | None = None,
    longest: float = FETCHED_IN,
) -> bytes:
    """Return a file's whole content.

    No redirect is followed: it leads to a login page, and headers with a token may go to the platform alone. Raises
    UserError if the file cannot be fetched within `longest` seconds, is larger than 10 MiB, or does not have the size
    that was declared for it.
    """
    if attachment.size > LARGEST_FILE:
        raise unreadable_file(attachment, "too large")
    limit = aiohttp.ClientTimeout(total=longest)
    try:
        async with session.get(address, headers=headers, allow_redirects=False, timeout=limit) as answer:
            if answer.status != 200:
                raise unreadable_file(attachment, f"status {answer.status}")
            content = await _whole(answer, attachment)
    except (*NETWORK_FAILURES, ValueError) as error:
        # aiohttp raises ValueError for what is no address at all.
        raise unreadable_file(attachment, type(error).__name__) from None
    return as_declared(content, attachment)


def as_declared(content: bytes, attachment: Attachment) -> bytes:
    """Return the content if it has the declared size, or none was declared. Raises UserError otherwise."""
    if attachment.size and len(content) != attachment.size:
        raise unreadable_file(attachment, f"{len(content)} bytes of {attachment.size}")
    return content


async def _whole(answer: aiohttp.ClientResponse, attachment: Attachment) -> bytes:
    # `content.read(n)` would return what has arrived so far.
    content = bytearray()
    async for piece in answer.content.iter_any():
        content += piece
        if len(content) > LARGEST_FILE:
            raise unreadable_file(attachment, "too large")
    return bytes(content)
