"""Values that no setting of a community takes, for each platform to refuse."""

from collections.abc import Iterator, Mapping

CHANNELS = ("channels", "always", "log_channel", "task_channel")
ROLES = ("users", "raters")
NUMBERS = ("answers", "community_answers")
OPTIONS = ("model", "persona", "language", "tasks", "ratings")

REFUSED = ("nothing has changed", "is not possible")
"""The words of which each refusal has one."""


def wrong(channel: str, role: str, absent: str, strange_channel: str, strange_role: str) -> Iterator[tuple[str, str]]:
    """Yield settings with values that are refused, one of each kind of fault in turn.

    `channel` and `role` are mentions of what is there, `absent` is an id of nothing, and the strange ones are ids or
    mentions from another community.
    """
    faults: Mapping[tuple[str, ...], tuple[str, ...]] = {
        CHANNELS: (",", role, ",".join(["9" * 30] * 40), absent, strange_channel, "on", "#nowhere"),
        ROLES: (",", channel, ",".join(["9" * 30] * 40), absent, strange_role, "true", "everybody else"),
        NUMBERS: (",", "many", "9" * 30, "-1", "1.5", "nan", "true"),
        OPTIONS: (",", "5", "x" * 2000, "nobody", "on and off", channel, "true"),
    }
    for number in range(7):
        for names, values in faults.items():
            yield from ((name, values[number]) for name in names)


SAMPLE = 13
"""So many of them are one fault of each setting."""
