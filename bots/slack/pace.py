"""Slack's rate limits: each method allows a certain number of calls per minute in each workspace."""

from slack_sdk.errors import SlackApiError


def seconds(error: SlackApiError) -> float | None:
    """Return how many seconds Slack asks us to wait, or None if the error is not about a rate limit."""
    if getattr(error.response, "status_code", 0) != 429:
        return None
    return float(error.response.headers.get("Retry-After", 1))
