"""Slack's refusals: what each error code means for us, and its errors turned into ours."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from enum import Enum, auto

from slack_sdk.errors import SlackApiError

from bots.shared.failures import NETWORK_FAILURES
from bots.slack.replies import UNREADABLE
from core.errors import UnreachableError, WriteRefused

FAILURES = (SlackApiError, *NETWORK_FAILURES)
"""Everything that a call of the Web API may raise."""

AGAIN = frozenset(
    {"internal_error", "fatal_error", "service_unavailable", "request_timeout", "ratelimited", UNREADABLE}
)


class SlackRefusal(Enum):
    """What to do about a message that Slack refuses."""

    MUTE = auto()
    """We may not, or cannot, write in a channel: tell the person in private, and the admins."""
    ABSENT = auto()
    """A notice cannot be shown to a person in a channel: send it to them directly."""
    DELETED = auto()
    """The message is not there any more: a growing answer ends."""
    OLD = auto()
    """The message cannot be changed or deleted: what it was to show is shown elsewhere."""


MESSAGE_REFUSALS: Mapping[str, SlackRefusal] = {
    "channel_not_found": SlackRefusal.MUTE,
    "not_in_channel": SlackRefusal.MUTE,
    "is_archived": SlackRefusal.MUTE,
    "no_permission": SlackRefusal.MUTE,
    "restricted_action": SlackRefusal.MUTE,
    "restricted_action_read_only_channel": SlackRefusal.MUTE,
    "restricted_action_thread_only_channel": SlackRefusal.MUTE,
    "restricted_action_non_threadable_channel": SlackRefusal.MUTE,
    "restricted_action_thread_locked": SlackRefusal.MUTE,
    "team_access_not_granted": SlackRefusal.MUTE,
    "ekm_access_denied": SlackRefusal.MUTE,
    "messages_tab_disabled": SlackRefusal.MUTE,
    "user_not_in_channel": SlackRefusal.ABSENT,
    "user_not_found": SlackRefusal.ABSENT,
    "message_not_found": SlackRefusal.DELETED,
    "cant_update_message": SlackRefusal.OLD,
    "edit_window_closed": SlackRefusal.OLD,
    "cant_delete_message": SlackRefusal.OLD,
}
"""Each error code that Slack gives for a message, and what we do about it."""

UNSEEN = frozenset({SlackRefusal.MUTE, SlackRefusal.ABSENT})
GONE = frozenset({SlackRefusal.DELETED, SlackRefusal.OLD})
REJECTED = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"})
"""Error codes which mean that Slack does not take the blocks of a message: its words are sent without markup."""

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


def refusal_of(error: SlackApiError) -> SlackRefusal | None:
    """Return what to do about a refused message; None for an error that we do not expect."""
    return MESSAGE_REFUSALS.get(code_of(error))


def passing(error: SlackApiError) -> bool:
    """Return whether an error is a failure on Slack's side, after which nobody knows whether the call took effect."""
    status, code = getattr(error.response, "status_code", 0), code_of(error)
    # An answer without a code is not Slack's, but of something in front of it.
    return status >= 500 or not code or code in AGAIN


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
        if refusal_of(error) == SlackRefusal.MUTE:
            raise WriteRefused("channel-mute", f"Slack {code_of(error)}") from error
        raise
