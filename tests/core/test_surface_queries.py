"""core.surface_queries: the data that a surface draws."""

import pytest

from core.errors import NotAllowed
from core.messages import User
from core.models.scripted import ScriptedModel
from tests.core.conftest import Talk

pytestmark = pytest.mark.above_the_store


async def test_a_transcript_shows_the_active_branch_with_its_versions_and_ratings(talk: Talk) -> None:
    dialogue = talk(ScriptedModel(["first", "second"]))
    first = await dialogue.says("Hi")
    await dialogue.presses(first, "retry", "#answer")
    await dialogue.types("/rate up")
    question, answer = await dialogue.core.records.transcript(dialogue.place, dialogue.user)
    assert (question.text, question.author, question.platform_id) == ("Hi", "Ana", "m1")
    assert (answer.text, answer.branch, len(answer.branches), answer.rating) == ("second", 2, 2, 1)
    await dialogue.switches(answer.branches[0])
    _, earlier = await dialogue.core.records.transcript(dialogue.place, dialogue.user)
    assert (earlier.text, earlier.branch, earlier.rating) == ("first", 1, 0)


async def test_switching_leads_to_the_newest_of_what_followed(talk: Talk) -> None:
    dialogue = talk()
    await dialogue.says("one")
    await dialogue.says("two")
    await dialogue.edits("m1", "one again")
    turns = await dialogue.core.records.transcript(dialogue.place, dialogue.user)
    assert [turn.text for turn in turns][::2] == ["one again"]
    await dialogue.switches(turns[0].branches[0])
    turns = await dialogue.core.records.transcript(dialogue.place, dialogue.user)
    assert [turn.text for turn in turns][::2] == ["one", "two"]


async def test_a_private_conversation_is_shown_to_its_owner_alone(talk: Talk) -> None:
    dialogue = talk()
    await dialogue.says("My secret")
    with pytest.raises(NotAllowed):
        await dialogue.core.records.transcript(dialogue.place, User("eve", "Eve"))


@pytest.mark.in_the_store
async def test_the_list_names_conversations_by_their_first_words_newest_first(talk: Talk) -> None:
    dialogue = talk()
    await dialogue.says("About  tea\nand more")
    await dialogue.elsewhere("second").says("About cake")
    found = await dialogue.core.records.conversations("paper", dialogue.user)
    assert [summary.title for summary in found] == ["About cake", "About tea and more"]
    assert found[1].place == dialogue.place
    assert await dialogue.core.records.conversations("paper", User("eve", "Eve")) == []


async def test_a_place_without_a_conversation_has_an_empty_transcript(talk: Talk) -> None:
    dialogue = talk()
    assert await dialogue.core.records.transcript(dialogue.place, dialogue.user) == []


async def test_new_begins_anew_in_place_or_in_a_place_of_its_own(talk: Talk) -> None:
    model = ScriptedModel(lambda lines: str(len(lines)))
    dialogue = talk(model)
    (await dialogue.says("Hi")).expect("2")
    (await dialogue.types("/new")).expect("begins here")
    (await dialogue.says("Hi again")).expect("2")
    dialogue.chat.opens_places = True
    await dialogue.send(dialogue.command("/new"))
    await dialogue.chat.until(lambda: bool(dialogue.chat.opened))


async def test_somebody_is_first_seen_when_they_first_send_something(talk: Talk) -> None:
    dialogue = talk()
    assert await dialogue.core.records.first_seen("paper", dialogue.user) is None
    await dialogue.says("Hi")
    seen = await dialogue.core.records.first_seen("paper", dialogue.user)
    assert seen
    assert seen.tzinfo
    await dialogue.says("Hi again")
    assert await dialogue.core.records.first_seen("paper", dialogue.user) == seen
    assert await dialogue.core.records.first_seen("elsewhere", dialogue.user) is None


async def test_where_ratings_are_off_a_transcript_has_no_thumbs_even_right_after_a_start(talk: Talk) -> None:
    before = talk()
    await before.core.communities.change(before.place, "ratings", "off")
    await before.says("Hi")
    after = talk()
    _, answer = await after.core.records.transcript(after.place, after.user)
    assert [button.action.partition(":")[0] for button in answer.buttons] == ["retry", "delete"]
