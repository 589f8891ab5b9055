"""Files that we send."""

from collections.abc import Sequence
from typing import Any

from bots.slack.replies import understood
from core.messages import File


async def upload(client: Any, files: Sequence[File], channel: str, thread: str = "") -> None:
    """Send files to a channel, or to a thread in it."""
    for file in files:
        with understood("files.upload"):
            await client.files_upload_v2(
                channel=channel, thread_ts=thread or None, filename=file.name, content=file.content
            )
