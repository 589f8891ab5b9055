"""How long to wait when Slack refuses a call because of a rate limit."""

from slack_sdk.errors import SlackApiError

PAUSE = 1.0
"""Seconds that we wait if we are not told for how long."""


def seconds(error: SlackApiError) -> float | None:
    """Return how many seconds Slack asks us to wait, or None if the error is not about a rate limit."""
    if getattr(error.response, "status_code", 0) != 429:
        return None
    # Something in front of Slack may give a date, or nothing at all.
    said = str(error.response.headers.get("Retry-After", ""))
    return float(said) if said.isdecimal() else PAUSE
