"""Values of every setting of a community, those that it takes and those that it does not, for each platform to try."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.commands.settings import ARENA, KINDS, NAMES, NUMBERS, PEOPLE

EXAMPLES: Mapping[str, str] = {
    "persona": "pirate",
    "language": "de",
    "model": "scripted",
    "tasks": "own",
    "ratings": "off",
}
"""A value for each setting that is chosen from a list."""

OF_SOME = frozenset({"recent", "threads", "role_answers", "best_of"})
"""Settings that only some platforms have, or programs with a certain model; tests/core has what they take."""

NO_DEFAULT = frozenset({"users", "raters", "moderators", "ratings", "recent", "threads"})
"""Settings whose default is shown in words of its own."""

STRICTEST: Mapping[str, str] = {
    "users": "{role}",
    "raters": "{role}",
    "moderators": "{role}",
    "channels": "{channel}",
    "always": "{channel}",
    "ratings": "off",
    "tasks": "off",
    "answers": "1",
    "community_answers": "1",
}
"""The gates, each as narrow as can be: in a channel that is elsewhere, for a role that nobody has."""

REFUSED = ("nothing has changed", "is not possible")
"""The words of which each refusal has one."""

FAULTS: Mapping[str, tuple[str, ...]] = {
    # Empty, of another kind, far too large, not there, another community's, and then what people mistake for it.
    "channel": (",", "{role}", "{large}", "{absent}", "{strange_channel}", "<@1>", "#nowhere", "{link}"),
    "role": (",", "{channel}", "{large}", "{absent}", "{strange_role}", "<@1>", "everybody else", "{link}"),
    "person": (",", "{channel}", "{large}", "{absent}", "{strange_person}", "@nobody", "everybody else", "{link}"),
    "number": (",", "many", "9" * 30, "{channel}", "1.5", "-1", "nan", "true"),
    "option": (",", "5", "x" * 2000, "nobody", "{channel}", "on and off", "true", "{link}"),
}


@dataclass(frozen=True, slots=True)
class Named:
    """What there is on a platform: each way to name a channel, a role or a person, and how it is shown.

    `absent` is an id of nothing, and the strange ones are those of another community.
    """

    ways: Mapping[str, Sequence[str]]
    shown: Mapping[str, str]
    absent: str
    strange: Mapping[str, str]

    def kind(self, name: str) -> str:
        """What a setting names here."""
        if name == PEOPLE and "person" in self.ways:
            return "person"
        return KINDS.get(name) or ("number" if name in NUMBERS or name == ARENA else "option")

    def wrong(self, *, sample: bool) -> Iterator[tuple[str, str]]:
        """Yield settings with values that are refused; as a sample, one for each setting, of changing kinds."""
        first = {kind: next(iter(ways), "#here") for kind, ways in self.ways.items()}
        strange = {f"strange_{kind}": id for kind, id in self.strange.items()}
        large = ",".join(["9" * 30] * 40)
        for at, name in enumerate(NAMES):
            values = FAULTS[self.kind(name)]
            for value in [values[at % len(values)]] if sample else values:
                given = {"channel": "#here", "role": "@mods", **first, **strange}
                yield name, value.format(large=large, absent=self.absent, link="https://example.com/1/2", **given)

    def right(self, *, sample: bool) -> Iterator[tuple[str, str, str]]:
        """Yield settings with values that are taken, and how each is shown."""
        for at, name in enumerate(name for name in NAMES if name not in OF_SOME):
            kind = self.kind(name)
            values = {"number": ("0", "7", "999999"), "option": (EXAMPLES.get(name, "?"),)}.get(kind) or self.ways[kind]
            for value in [values[at % len(values)]] if sample and values else values:
                yield name, value, self.shown.get(kind, value)


BARE = Named(
    {"channel": (), "role": (), "person": ()}, {}, "1009", {"channel": "1", "role": "@other", "person": "a" * 64}
)
"""A surface that has neither channels nor roles nor other people: the web page, the terminal."""
