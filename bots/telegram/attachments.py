"""Files that came with a message, fetched from Telegram or from a server of the Bot API's on this machine."""

import asyncio
from pathlib import Path

import aiohttp
import telegram
from telegram.error import TelegramError

from bots.shared.attached_files import FETCHED_IN, LARGEST_FILE, as_declared, download, unread
from core.messages import Attachment


async def read(bot: telegram.Bot, attachment: Attachment, longest: float = FETCHED_IN) -> bytes:
    """Return a file's whole content. Raises UserError if it cannot be fetched."""
    if attachment.size > LARGEST_FILE:
        raise unread(attachment, "too large")
    try:
        address = (await bot.get_file(attachment.address)).file_path or ""
    except TelegramError as error:
        raise unread(attachment, type(error).__name__) from None
    if "://" not in address:
        # A server that runs with --local names the file's path in place of an address.
        return as_declared(await asyncio.to_thread(_local, attachment, Path(address)), attachment)
    async with aiohttp.ClientSession() as session:
        return await download(session, attachment, address, longest=longest)


def _local(attachment: Attachment, path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise unread(attachment, type(error).__name__) from None
    if len(content) > LARGEST_FILE:
        raise unread(attachment, "too large")
    return content
