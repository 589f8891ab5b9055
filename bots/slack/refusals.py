"""What Slack refuses, and what that means for us: its error codes by their meaning, and its errors as ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from slack_sdk.errors import SlackApiError

from bots.shared.failures import NETWORK_FAILURES
from core.errors import UnreachableError, UserError

FAILURES = (SlackApiError, *NETWORK_FAILURES)
"""Everything that a call of the Web API may raise."""

AGAIN = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited"})
MUTE = frozenset({"channel_not_found", "not_in_channel", "is_archived", "restricted_action", "no_permission"})
"""Error codes which mean that we may not, or cannot, write in a channel."""

ABSENT = MUTE | {"user_not_in_channel", "user_not_found"}
"""Error codes which mean that a notice cannot be shown to a person in a channel."""

GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed", "cant_delete_message"})
STREAMING = "streaming_state_conflict"
LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id"})
"""Error codes which mean that an interaction is too old for a form."""

UNSUPPORTED = frozenset({"unknown_method", "missing_scope", "not_allowed_token_type", "channel_type_not_supported"})
"""Error codes which mean that a workspace does not have a feature at all; it is not asked again."""

WRONG_TOKENS = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"})


def code_of(error: SlackApiError) -> str:
    """Return Slack's name for an error."""
    # If something in front of Slack's own servers has failed, there is text in place of JSON.
    said = getattr(error.response, "data", None)
    return str(said.get("error", "")) if isinstance(said, dict) else ""


def passing(error: SlackApiError) -> bool:
    """Return whether an error is a failure on Slack's side, after which nobody knows whether the call took effect."""
    status = getattr(error.response, "status_code", 0)
    return status >= 500 or code_of(error) in AGAIN


@asynccontextmanager
async def translated() -> AsyncIterator[None]:
    """Turn Slack's errors into ours."""
    try:
        yield
    except NETWORK_FAILURES as error:
        raise UnreachableError(f"Slack: {type(error).__name__}") from error
    except SlackApiError as error:
        if passing(error):
            raise UnreachableError(f"Slack: {code_of(error) or error.response.status_code}") from error
        if code_of(error) in MUTE:
            raise UserError("channel-mute") from error
        raise
