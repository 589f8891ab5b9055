"""Threads, one for each conversation in a channel."""

import structlog
from slack_sdk.errors import SlackApiError

from bots.slack.calls import QUIET, WorkspaceCalls
from bots.slack.metadata import marked
from bots.slack.refusals import code_of
from core.messages import AnyEvent, Place, User

log = structlog.get_logger()


async def begin_thread(calls: WorkspaceCalls, place: Place, user: User, cause: AnyEvent) -> str:
    """Post a message that begins a thread for somebody. Returns the thread's id, empty if there can be none."""
    try:
        root = await calls.call(
            place,
            "chat.postMessage",
            lambda client: client.chat_postMessage(
                channel=place.channel, text=f"➜ <@{user.id}>", **QUIET, metadata=marked(f"{cause.key}#thread")
            ),
        )
    except SlackApiError as error:
        log.info("thread_refused", code=code_of(error))
        return ""
    return str(root["ts"])
