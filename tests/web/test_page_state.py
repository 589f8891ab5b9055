from datetime import UTC, datetime, timedelta

import pytest

from bots.web.page_state import PageLook, flow, place_of
from bots.web.rooms import ChatRooms, RoomNote
from core.errors import NotAllowed
from core.messages import Message, Reply, Turn, User
from tests.web.standin import Standin

START = datetime(2026, 1, 1, tzinfo=UTC)
GUEST = User("g" * 64, "Guest")


def turn(minute: int, id: str = "") -> Turn:
    return Turn(id or f"turn {minute}", "prompter", "", "", START + timedelta(minutes=minute), "manual")


def note(minute: int) -> RoomNote:
    return RoomNote(f"note {minute}", "notice", Reply(""), START + timedelta(minutes=minute))


@pytest.mark.parametrize(
    ("turns", "notes", "shown"),
    [
        ([], [], ""),
        ([1, 3], [2], "t1 n2 t3"),
        ([1, 3], [4, 2], "t1 n2 t3 n4"),
        ([2], [1], "n1 t2"),
        ([5, 1], [3], "n3 t5 t1"),
    ],
)
def test_notes_stand_between_the_turns_by_their_time(turns: list[int], notes: list[int], shown: str) -> None:
    things = flow([turn(minute) for minute in turns], [note(minute) for minute in notes])
    assert " ".join(f"{thing.id[0]}{thing.id.split()[1]}" for thing in things) == shown


async def test_a_message_is_a_note_until_it_is_part_of_the_conversation(core: Standin) -> None:
    place, rooms = place_of("a" * 32), ChatRooms()
    look = PageLook(core, rooms.at(place.channel), place, GUEST)
    said = Message(key="k", place=place, user=GUEST, at=START, id="m", text="Hello", source="web")
    look.room.accept(RoomNote("m", "message", Reply("Hello"), START))
    assert len((await look.state(fresh=True)).notes) == 1
    assert (await look.state(fresh=False)).turns == ()

    class Deaf:
        """A chat that shows nothing."""

        async def typing(self, place: object) -> bool:
            return True

        async def send(self, place: object, reply: object, key: str, cause: object = None) -> str:
            return key

        async def edit(self, place: object, message_id: str, reply: object) -> None: ...

    core.chat = Deaf()  # type: ignore[assignment]  # all of a chat that is used here
    await core.handle(said)
    await core.settled()
    state = await look.state(fresh=True)
    assert state.notes == ()
    assert [turn.text for turn in state.turns] == ["Hello", "You said: Hello"]
    with pytest.raises(NotAllowed):
        await PageLook(core, rooms.at(place.channel), place, User("other", "Other")).state(fresh=True)
