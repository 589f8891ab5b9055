"""Slack's limits: a number of calls per minute, for each method and each workspace."""

from slack_sdk.errors import SlackApiError


def seconds(error: SlackApiError) -> float | None:
    """Return how long Slack wants us to wait, in seconds; None if the error is about something else."""
    if getattr(error.response, "status_code", 0) != 429:
        return None
    return float(error.response.headers.get("Retry-After", 1))
