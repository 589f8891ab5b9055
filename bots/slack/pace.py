"""Slack's limits: so many calls of each method a minute for each workspace."""

from slack_sdk.errors import SlackApiError


def seconds(error: Exception) -> float | None:
    """How long Slack wants us to wait; None where it complains of something else."""
    if not isinstance(error, SlackApiError) or getattr(error.response, "status_code", 0) != 429:
        return None
    return float(error.response.headers.get("Retry-After", 1))
