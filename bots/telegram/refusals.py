"""What Telegram refuses, and what that means for us: its errors as ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram.error import BadRequest, Forbidden, NetworkError

from bots.telegram.request import NOT_SENT
from core.errors import UncertainDelivery, UnreachableError, UserError


@asynccontextmanager
async def translated(*, sending: bool) -> AsyncIterator[None]:
    """Turn Telegram's errors into ours. A send whose answer is lost may have succeeded, so it is not repeated."""
    try:
        yield
    except Forbidden as error:
        # The bot is no longer in the group, or the person has not started a chat with it.
        raise UserError("write-privately") from error
    except BadRequest as error:
        if "chat not found" in error.message.casefold():
            raise UserError("write-privately") from error
        raise
    except NetworkError as error:
        if sending and not isinstance(error.__cause__, NOT_SENT):
            raise UncertainDelivery(f"Telegram: {error.message}") from error
        raise UnreachableError(f"Telegram: {error.message}") from error


def markup_refused(error: BadRequest) -> bool:
    """Return whether Telegram cannot read the markup of a message."""
    return "parse entities" in error.message


def unchanged(error: BadRequest) -> bool:
    """Return whether an edit would change nothing."""
    return "not modified" in error.message
