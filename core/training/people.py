"""Remembers whose data is in a run without saying who they are, and finds those who have left since."""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

PeopleMarks = Sequence[Sequence[str]]
"""For each person, a mark of each of their accounts: a keyed hash, which says nothing without the key."""


@dataclass(frozen=True, slots=True)
class RunPeople:
    """The people whose data a run trains on, and those whose data was in its base already; nobody is in both.

    `held_out` are those of the rows that it is only measured with. Some of them may be in its base, too.
    """

    own: PeopleMarks
    base: PeopleMarks = ()
    held_out: PeopleMarks = ()

    @property
    def all(self) -> PeopleMarks:
        """Those whose data is in the model."""
        return [*self.own, *self.base]

    @property
    def quoted(self) -> PeopleMarks:
        """Those of its rows, whose texts it has until it ends."""
        return [*self.own, *self.held_out]

    @property
    def concerned(self) -> PeopleMarks:
        """Those whose data is in the model or in its rows."""
        return [*self.all, *others(self.held_out, self.all)]


@dataclass(frozen=True, slots=True)
class Departures:
    """How many of a run's people have been erased since, and how many have withdrawn their consent."""

    erased: int
    withdrawn: int

    def __str__(self) -> str:
        found = [f"{self.erased} erased their data"] if self.erased else []
        found += [f"{self.withdrawn} withdrew their consent"] if self.withdrawn else []
        return " and ".join(found)

    def __bool__(self) -> bool:
        return bool(self.erased or self.withdrawn)


def keyed(key: bytes, kind: str, content: str) -> str:
    """A mark of something of a kind: a keyed hash, which says nothing without the key."""
    return hmac.digest(key, f"{kind}:{content}".encode(), "sha256").hex()[:32]


def mark(key: bytes, account_id: str) -> str:
    """The mark of an account."""
    return keyed(key, "account", account_id)


def marks(key: bytes, accounts: Mapping[str, Iterable[str]]) -> PeopleMarks:
    """The marks of people, given the ids of their accounts. In an order that says nothing either."""
    return sorted(sorted(mark(key, one) for one in ids) for ids in accounts.values())


def others(people: PeopleMarks, than: PeopleMarks) -> PeopleMarks:
    """Those people who are not among others, by any of their accounts."""
    known = {one for person in than for one in person}
    return [person for person in people if known.isdisjoint(person)]


def departed(key: bytes, people: PeopleMarks, agreeing: Mapping[str, bool]) -> Departures:
    """Who has left since, given all accounts that there are now and whether their people agree to the terms.

    A person who has linked two accounts is still there with both.
    """
    now = {mark(key, account_id): agrees for account_id, agrees in agreeing.items()}
    erased = withdrawn = 0
    for person in people:
        there = [now[one] for one in person if one in now]
        erased += not there
        withdrawn += bool(there) and not any(there)
    return Departures(erased, withdrawn)
