"""A reply in blocks, or, if Slack does not take these, in blocks without any markup."""

from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

from slack_sdk.errors import SlackApiError

from bots.shared.plain_text import first_taken
from bots.slack.refusals import REJECTED, code_of
from bots.slack.render import Block, Groups, blocks, controls, plain_blocks
from core.messages import Reply

R = TypeVar("R")


async def taken(reply: Reply, choices: Groups, send: Callable[[list[Block]], Awaitable[R]]) -> R:
    """Send a reply's blocks. If Slack does not take them, send its words without markup; at the last, those alone."""

    def ways() -> Iterator[list[list[Block]]]:
        yield [blocks(reply, choices)]
        words = plain_blocks(reply)
        yield [[*words, *controls(reply, choices)]]
        yield [words]

    return await first_taken(ways(), lambda shown, _: send(shown), SlackApiError, rejected)


def rejected(error: SlackApiError) -> bool:
    """Return whether Slack does not take a message as we have made it."""
    return code_of(error) in REJECTED
