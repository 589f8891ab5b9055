"""What a change of a tree makes of the slots of its work, where the same change has taken one of them."""

from sqlmodel import select

from core.store.engine.database import Database
from core.store.labeling_tables import WorkItemRow
from tests.labeling.conftest import Begin
from tests.labeling.test_channel_vote import put, votes
from tests.labeling.test_tasks_command import QUESTION


async def test_votes_that_are_split_leave_room_for_one_more(labelers: Begin, store: Database) -> None:
    village = labelers()
    await village.writes("Ana", QUESTION)
    poll = await put(village, "Ben")
    await votes(village, "Ben", poll, "Good")
    await votes(village, "Cleo", poll, "Spam")
    item = await store.read(lambda session: session.exec(select(WorkItemRow)).one())
    assert (item.taken, item.need, item.open) == (2, 3, True)
    (await village.card("Dan", "label_initial_prompt")).expect("Judge a prompt", QUESTION)
