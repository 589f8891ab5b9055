"""The fair queue: the order of people, their positions while they wait, and that no slot is ever lost."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BusyError
from core.models.fair_queue import FairQueue


async def settle() -> None:
    """Let everything happen that can happen now."""
    for _ in range(10):
        await asyncio.sleep(0)


@dataclass
class Scene:
    """People at a queue: who was admitted, in which order, and what they were told."""

    queue: FairQueue
    admitted: list[str] = field(default_factory=list)
    told: dict[str, list[int]] = field(default_factory=dict)
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    leaving: dict[str, asyncio.Event] = field(default_factory=dict)

    async def come(self, *names: str) -> None:
        """A name is "tenant/person/turn"."""
        for name in names:
            self.leaving[name] = asyncio.Event()
            self.tasks[name] = asyncio.create_task(self._stay(name))
        await settle()

    async def _stay(self, name: str) -> None:
        tenant, person, _ = name.split("/")
        async with self.queue.turn(tenant, person, self.told.setdefault(name, []).append):
            self.admitted.append(name)
            await self.leaving[name].wait()

    async def leave(self, *names: str) -> None:
        for name in names:
            self.leaving[name].set()
            await settle()

    async def drain(self) -> list[str]:
        """Let everybody leave as soon as they are admitted; returns the people admitted in the meantime."""
        before = len(self.admitted)
        for event in self.leaving.values():
            event.set()
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)
        return self.admitted[before:]


async def test_a_free_slot_is_taken_at_once() -> None:
    scene = Scene(FairQueue(slots=2, waiting=0))
    await scene.come("a/ana/1", "a/ana/2")
    assert scene.admitted == ["a/ana/1", "a/ana/2"]
    assert (scene.queue.held, scene.queue.length) == (2, 0)
    await scene.drain()
    assert scene.queue.held == 0


async def test_one_person_is_served_in_order() -> None:
    scene = Scene(FairQueue(slots=1, waiting=9))
    await scene.come("a/ana/0", "a/ana/1", "a/ana/2", "a/ana/3")
    assert await scene.drain() == ["a/ana/1", "a/ana/2", "a/ana/3"]


async def test_a_busy_community_does_not_keep_another_waiting() -> None:
    scene = Scene(FairQueue(slots=1, waiting=99))
    await scene.come("a/ana/0", *(f"a/p{n}/1" for n in range(5)), "b/bo/1", "b/bo/2")
    assert await scene.drain() == ["a/p0/1", "b/bo/1", "a/p1/1", "b/bo/2", "a/p2/1", "a/p3/1", "a/p4/1"]


async def test_a_busy_person_does_not_keep_the_community_waiting() -> None:
    scene = Scene(FairQueue(slots=1, waiting=99))
    await scene.come("a/ana/0", *(f"a/ana/{n}" for n in range(1, 4)), "a/bo/1", "a/cy/1")
    assert await scene.drain() == ["a/ana/1", "a/bo/1", "a/cy/1", "a/ana/2", "a/ana/3"]


async def test_too_many_are_turned_away() -> None:
    scene = Scene(FairQueue(slots=1, waiting=1))
    await scene.come("a/ana/0", "a/bo/0")
    with pytest.raises(BusyError) as refused:
        async with scene.queue.turn("a", "cy"):
            pass
    assert refused.value.key == "queue-full"
    assert await scene.drain() == ["a/bo/0"]


async def test_everybody_hears_their_place_whenever_it_changes() -> None:
    scene = Scene(FairQueue(slots=1, waiting=9))
    await scene.come("a/ana/0", "a/ana/1", "a/ana/2")
    assert (scene.told["a/ana/1"], scene.told["a/ana/2"]) == ([1], [2])
    await scene.come("b/bo/1")
    # Another community comes in between: the second of the first one moves back.
    assert (scene.told["b/bo/1"], scene.told["a/ana/2"]) == ([2], [2, 3])
    await scene.leave("a/ana/0")
    assert (scene.told["b/bo/1"], scene.told["a/ana/2"]) == ([2, 1], [2, 3, 2])
    assert scene.told["a/ana/0"] == []
    await scene.drain()


async def test_whoever_gives_up_makes_room() -> None:
    scene = Scene(FairQueue(slots=1, waiting=2))
    await scene.come("a/ana/0", "a/bo/0", "a/cy/0")
    scene.tasks["a/bo/0"].cancel()
    await settle()
    assert (scene.queue.length, scene.told["a/cy/0"]) == (1, [2, 1])
    assert await scene.drain() == ["a/cy/0"]


async def test_a_slot_given_in_the_moment_of_giving_up_goes_to_the_next() -> None:
    scene = Scene(FairQueue(slots=1, waiting=9))
    await scene.come("a/ana/0", "a/bo/0", "a/cy/0")
    scene.leaving["a/ana/0"].set()
    # The slot is handed over in a step of ana's task; bo is cancelled before bo's own next step.
    await asyncio.sleep(0)
    assert (scene.queue.length, scene.admitted) == (1, ["a/ana/0"])
    scene.tasks["a/bo/0"].cancel()
    await settle()
    assert scene.admitted == ["a/ana/0", "a/cy/0"]
    await scene.drain()
    assert scene.queue.held == 0


async def test_an_error_in_a_turn_frees_its_slot() -> None:
    queue = FairQueue(slots=1, waiting=0)
    with pytest.raises(RuntimeError):
        async with queue.turn("a", "ana"):
            raise RuntimeError
    assert queue.held == 0


names = st.builds("{}/{}/{}".format, st.sampled_from("abc"), st.sampled_from(["x", "y"]), st.integers(0, 10**9))
steps = st.lists(st.tuples(st.sampled_from(["come", "leave", "cancel"]), names, st.booleans()), max_size=40)


@given(steps=steps, slots=st.integers(1, 3))
async def test_no_slot_is_lost_and_nobody_waits_beside_a_free_one(
    steps: list[tuple[str, str, bool]], slots: int
) -> None:
    scene = Scene(FairQueue(slots, waiting=8))
    for act, name, pause in steps:
        if act == "come" and name not in scene.tasks:
            await scene.come(name)
        elif scene.tasks:
            chosen = list(scene.tasks)[int(name.split("/")[2]) % len(scene.tasks)]
            if act == "cancel":
                scene.tasks[chosen].cancel()
            else:
                scene.leaving[chosen].set()
        if pause:
            await settle()
            assert scene.queue.held <= slots
            assert scene.queue.length == 0 or scene.queue.held == slots
    await scene.drain()
    assert (scene.queue.held, scene.queue.length) == (0, 0)


@given(st.lists(names, min_size=1, max_size=30, unique=True))
async def test_turns_are_shared_out_evenly(waiting: list[str]) -> None:
    scene = Scene(FairQueue(slots=1, waiting=99))
    await scene.come("z/z/0", *waiting)
    order = await scene.drain()
    assert sorted(order) == sorted(waiting)
    for depth, kind in ((1, "tenant"), (2, "person")):
        # While somebody still waits, no other of the same kind gets two turns more than they.
        served: Counter[str] = Counter()
        groups = Counter("/".join(name.split("/")[:depth]) for name in waiting)
        for name in order:
            group = "/".join(name.split("/")[:depth])
            served[group] += 1
            rivals = [other for other in groups if _alike(other, group) and served[other] < groups[other]]
            assert all(served[group] - served[rival] <= 1 for rival in rivals), kind


def _alike(one: str, other: str) -> bool:
    """Tenants compete with all tenants, persons with those of their tenant."""
    return "/" not in one or one.split("/")[0] == other.split("/")[0]
