"""True values with something in them changed, for property tests of whatever reads what comes from outside."""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from core.commands.news import CommandChanges
from core.messages import EVENT, AnyEvent, CommandHelp, Place, Summary, Turn, User
from core.ports.surface import ShownAnswer, UnreadableItem, WatchedAnswer
from core.printable import printable

KEPT = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
FEW = settings(deadline=None, max_examples=15, suppress_health_check=KEPT)
"""As many as `make test` tries."""

MANY = settings(deadline=None, max_examples=1500, suppress_health_check=KEPT)
"""As many as the sweep tries."""

ODD_TEXTS = ["", "\x00", "\ud800", "a\udfff", "\u202e", "x" * 20_000, "-1", "NaN", "9" * 400, "<@>", "😀" * 300]
JUNK: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(ODD_TEXTS),
    st.text(max_size=5),
    st.lists(st.integers(), max_size=2),
    st.builds(lambda: [[[[]]]]),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


def spots(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something in a value can be changed."""
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield (*at, name)
        yield from spots(one, (*at, name))


def names(listed: str) -> frozenset[str]:
    """Names of fields, from a text with spaces between them."""
    return frozenset(listed.split())


def loose(value: Any, kept: frozenset[str]) -> list[tuple[Any, ...]]:
    """Where something in a value can be changed so that the fields of these names stay as they are."""
    found = list(spots(value))
    fixed = {way[:length] for way in found if way[-1] in kept for length in range(1, len(way) + 1)}
    return [way for way in found if way not in fixed]


@st.composite
def mutated(draw: st.DrawFn, true: Sequence[Any], kept: frozenset[str] = frozenset()) -> Any:
    """One of these values with one to three parts replaced or taken out, but for the fields that are kept."""
    value = copy.deepcopy(draw(st.sampled_from(true)))
    for _ in range(draw(st.integers(1, 3))):
        if not (found := loose(value, kept)):
            break
        *way, last = draw(st.sampled_from(found))
        inside: Any = value
        for step in way:
            inside = inside[step]
        if isinstance(inside, dict) and draw(st.booleans()):
            del inside[last]
        else:
            inside[last] = draw(JUNK)
    return value


@st.composite
def extended(draw: st.DrawFn, true: Sequence[Any]) -> Any:
    """One of these values with more fields, which nobody has announced."""
    value = copy.deepcopy(draw(st.sampled_from(true)))
    places: list[Any] = [value]
    for way in spots(value):
        inside = value
        for step in way:
            inside = inside[step]
        places.append(inside)
    for one in places:
        if isinstance(one, dict) and draw(st.booleans()):
            one["x_new"] = draw(JUNK)
    return value


@dataclass(slots=True)
class Memory:
    """What a surface is given of the core, in memory: events are written as the inbox writes them."""

    events: list[AnyEvent] = field(default_factory=list)
    aside: list[UnreadableItem] = field(default_factory=list)
    languages: Sequence[str] = ("en",)

    async def handle(self, event: AnyEvent) -> None:
        EVENT.dump_json(printable(event))
        self.events.append(event)

    async def listens(self, place: Place) -> bool:
        return True

    async def transcript(self, place: Place, user: User) -> Sequence[Turn]:
        return ()

    async def begun(self, place: Place) -> bool:
        return True

    async def shown(self, place: Place, message_id: str) -> ShownAnswer | None:
        return None

    async def language(self, place: Place) -> str:
        return ""

    async def put_aside(self, item: UnreadableItem) -> None:
        self.aside.append(item)

    def commands(self, user: User) -> Sequence[CommandHelp]:
        return ()

    def complete(self, command: str, option: str, begun: str) -> Sequence[tuple[str, str]]:
        return ()

    async def watched(self, platform: str) -> Sequence[WatchedAnswer]:
        return ()

    async def conversations(self, platform: str, user: User, limit: int = 50) -> Sequence[Summary]:
        return ()

    async def switched_off(self, place: Place) -> frozenset[str]:
        return frozenset()

    def changes(self) -> CommandChanges:
        return CommandChanges()

    async def recall(self, name: str) -> str:
        return ""

    async def remember(self, name: str, value: str) -> None:
        return

    async def change(self, name: str, change: Callable[[str], str]) -> str:
        return change("")

    def unusable(self, call: str) -> None:
        return
