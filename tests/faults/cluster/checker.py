"""Judges a run by the platform's log and the final database alone."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

from core.answering.assistant import MOST_ATTEMPTS
from tests.cluster.ledger import rows
from tests.faults.cluster import audit
from tests.faults.cluster.member import PLATFORM, TAIL
from tests.faults.cluster.nemesis import Loss
from tests.faults.cluster.people import COMMUNITY, Somebody
from tests.faults.cluster.wire import Request, Wire

LOST = "accepted events lost"
UNSOUND = "answers that are not whole"
TWICE = "answers shown or kept twice"
RATED = "ratings lost or counted twice"
INVERTED = "inversions in a conversation"
UNFENCED = "writes without the current lease"
LATE = "requests that left a process whose lease was another's"
PROMISES = (LOST, UNSOUND, TWICE, RATED, INVERTED, UNFENCED, LATE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found. `breaches` has each breach in words, by the promise that it breaks.

    `given_up` counts the answers that were marked as interrupted, since three processes had died over each of them;
    `overtaken` are the requests to the platform that were on their way when their home became another's, `taken_over`
    the seconds until somebody else held a home where a process had fallen silent in the middle of its work, `waits`
    those that people waited for a whole answer.
    """

    breaches: Mapping[str, Sequence[str]]
    writes: int
    overtaken: Sequence[Request]
    taken_over: Sequence[float]
    waits: Sequence[float]
    given_up: int

    @property
    def sound(self) -> bool:
        return not any(self.breaches.values())


@dataclass(frozen=True, slots=True)
class Tenures:
    """Who held which home, and since when."""

    since: Mapping[str, Sequence[float]]
    holders: Mapping[str, Sequence[str | None]]

    def holder(self, home: str, at: float) -> str | None:
        """Who held a home at a time."""
        place = bisect_right(self.since.get(home, ()), at)
        return self.holders[home][place - 1] if place else None

    def another_s(self, request: Request, at: float) -> bool:
        """Whether the home of a request was another process's at a time."""
        return self.holder(_home(request.channel), at) not in (None, request.process)

    def next(self, home: str, at: float, but: str) -> float:
        """When somebody else first took a home after a time."""
        for since, holder in zip(self.since.get(home, ()), self.holders.get(home, ()), strict=True):
            if since > at and holder not in (None, but):
                return since
        return inf


async def judge(url: str, wire: Wire, people: Sequence[Somebody], losses: Sequence[Loss]) -> Verdict:
    """What the promises are worth after a run that has come to rest."""
    held = await _tenures(url)
    ((writes,),) = await rows(url, audit.WRITES)
    answers = await rows(url, audit.ANSWERS)
    given_up = {key.removesuffix("#answer") for key, state, _, attempts in answers if _given_up(state, attempts)}
    found = {
        LOST: [*await _lost(url, wire, people)],
        UNSOUND: [*await _unsound(url), *_badly_shown(wire, people, given_up)],
        TWICE: [*await _twice(url), *_shown_twice(wire, people)],
        RATED: [*await _rated(url, people)],
        INVERTED: [*await _told_out_of_order(url, people), *_shown_out_of_order(wire, people)],
        UNFENCED: [str(late) for late in await rows(url, audit.LATE)],
        LATE: [str(one) for one in wire.requests if held.another_s(one, one.left)],
    }
    overtaken = [one for one in wire.requests if held.another_s(one, one.at) and not held.another_s(one, one.left)]
    taken_over, waits = _taken_over(held, wire, people, losses), _waits(wire, people)
    return Verdict(found, writes, overtaken, taken_over, waits, len(given_up))


def answer_to(key: str) -> str:
    """The text of the answer to the question of a key."""
    return f"You said: <{key}> {TAIL}"


async def _tenures(url: str) -> Tenures:
    since: dict[str, list[float]] = defaultdict(list)
    holders: dict[str, list[str | None]] = defaultdict(list)
    for at, home, holder in await rows(url, audit.LEASES):
        since[home].append(at)
        holders[home].append(holder)
    return Tenures(since, holders)


async def _lost(url: str, wire: Wire, people: Sequence[Somebody]) -> Iterable[str]:
    accepted = {key for (key,) in await rows(url, audit.ACCEPTED)}
    kept = {key for key, _ in await rows(url, audit.QUESTIONS)}
    asked = [key for one in people for key in one.asked]
    return [
        *(f"{key} is not in the inbox" for key in wire.acknowledged if key not in accepted),
        *(f"{key} is {state}" for key, state in await rows(url, audit.UNDONE)),
        *(f"{key} is no message" for key in asked if key not in kept),
        *(f"{key} was never answered" for key in asked if f"{key}#answer" not in wire.messages),
    ]


async def _unsound(url: str) -> Iterable[str]:
    unsent = await rows(url, audit.POSTS)
    return [
        *(f"{key} is {state}" for key, state in unsent),
        *(
            f"{key} is {state} after {attempts} attempts: {text}"
            for key, state, text, attempts in await rows(url, audit.ANSWERS)
            if (state, text) != ("complete", answer_to(key.removesuffix("#answer"))) and not _given_up(state, attempts)
        ),
    ]


def _given_up(state: str, attempts: int) -> bool:
    """Whether an answer was marked as interrupted because the processes that wrote it died again and again."""
    return state == "aborted_by_worker" and attempts > MOST_ATTEMPTS


def _badly_shown(wire: Wire, people: Sequence[Somebody], given_up: Collection[str]) -> Iterable[str]:
    for key in (key for one in people for key in one.asked):
        shown = wire.answer(key)
        if shown and (shown.underway or (shown.text != answer_to(key) and not (key in given_up and shown.status))):
            yield f"{key} is shown as {shown}"


async def _twice(url: str) -> Iterable[str]:
    answers = Counter(key for key, *_ in await rows(url, audit.ANSWERS))
    return [
        *(f"{key} was kept {times} times" for key, times in await rows(url, audit.QUESTIONS) if times > 1),
        *(f"{key} has {times} answers" for key, times in answers.items() if times > 1),
    ]


def _shown_twice(wire: Wire, people: Sequence[Somebody]) -> Iterable[str]:
    ours = {wire.messages.get(f"{key}#answer") for one in people for key in one.asked}
    texts = Counter(shown.text for shown in wire.latest.values() if not shown.status)
    yield from (f"{times} times: {text}" for text, times in texts.items() if times > 1)
    # Nothing else is to be said here: neither an excuse nor a question whether an answer has arrived.
    yield from (f"beside the answers: {shown}" for message, shown in wire.latest.items() if message not in ours)


async def _rated(url: str, people: Sequence[Somebody]) -> Iterable[str]:
    kept = Counter((key, value) for key, value in await rows(url, audit.RATINGS))
    given = Counter((key, value) for one in people for key, value in one.rated.items())
    ((final,),) = await rows(url, audit.RATED)
    return [
        *(
            f"{rating} is there {kept[rating]} times, not {given[rating]}"
            for rating in kept | given
            if kept[rating] != given[rating]
        ),
        *([f"{final} ratings of {len(given)}"] if final != len(given) else []),
    ]


async def _told_out_of_order(url: str, people: Sequence[Somebody]) -> Iterable[str]:
    # Times of rows say nothing: some clocks have jumped.
    above = dict(await rows(url, audit.ORDER))
    return [
        f"{after} follows {above.get(after)}, not {before}"
        for one in people
        for before, after in pairwise((None, *one.asked))
        if above.get(str(after)) != before
    ]


def _shown_out_of_order(wire: Wire, people: Sequence[Somebody]) -> Iterable[str]:
    first, whole = _times(wire)
    for one in people:
        for before, after in pairwise(one.asked):
            if first.get(after, inf) < whole.get(before, inf):
                yield f"{after} was begun before {before} was whole"


def _times(wire: Wire) -> tuple[Mapping[str, float], Mapping[str, float]]:
    """When each question's answer was first shown, and when it was first whole."""
    first: dict[str, float] = {}
    whole: dict[str, float] = {}
    keys = {message: key.removesuffix("#answer") for key, message in wire.messages.items()}
    for one in wire.requests:
        key = keys.get(one.message, "")
        first.setdefault(key, one.at)
        if not one.underway:
            whole.setdefault(key, one.at)
    return first, whole


def _taken_over(held: Tenures, wire: Wire, people: Sequence[Somebody], losses: Sequence[Loss]) -> Sequence[float]:
    _, whole = _times(wire)
    found: list[float] = []
    for loss in losses:
        for one in people:
            home = _home(one.name)
            waiting = [
                key for key in one.asked if wire.acknowledged.get(key, inf) < loss.at and whole.get(key, inf) > loss.at
            ]
            if not waiting or held.holder(home, loss.at) != loss.process:
                continue
            next = held.next(home, loss.at, loss.process)
            # Whoever was only silent for a while may have gone on itself before anybody else came.
            if next < max(whole[key] for key in waiting):
                found.append(next - loss.at)
    return found


def _waits(wire: Wire, people: Sequence[Somebody]) -> Sequence[float]:
    _, whole = _times(wire)
    return [whole[key] - wire.acknowledged[key] for one in people for key in one.asked if key in whole]


def _home(channel: str) -> str:
    return f"{PLATFORM}/{COMMUNITY}/{channel}"
