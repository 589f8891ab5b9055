"""Conversations keep their slots."""

from contextlib import ExitStack

from core.models.embedded.slots import ServerSlots


def used(slots: ServerSlots, *sessions: str) -> list[int]:
    """The slots of answers that follow one another."""
    taken = []
    for session in sessions:
        with slots.hold(session) as slot:
            taken.append(slot)
    return taken


def test_a_conversation_stays_where_it_is() -> None:
    assert used(ServerSlots(3), "a", "b", "a", "b", "a") == [0, 1, 0, 1, 0]


def test_a_new_conversation_takes_the_place_of_the_one_that_was_silent_longest() -> None:
    assert used(ServerSlots(2), "a", "b", "a", "c", "a", "b") == [0, 1, 0, 1, 0, 1]


def test_two_answers_at_once_never_share_a_slot() -> None:
    slots = ServerSlots(2)
    with ExitStack() as held:
        assert [held.enter_context(slots.hold("a")) for _ in range(3)] == [0, 1, -1]
    assert used(slots, "b") == [1]


def test_questions_without_a_conversation_share_one() -> None:
    assert used(ServerSlots(3), "", "", "a", "") == [0, 0, 1, 0]
