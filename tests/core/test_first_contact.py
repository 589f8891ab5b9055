"""core.commands.first_contact: /start, its deep links, and the welcome of a community."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.messages import Arrival, Place, User
from tests.core.building import RULES
from tests.core.conftest import Talk, echo
from tests.dialogue import ANA, Dialogue
from tests.paper import PaperChat

pytestmark = pytest.mark.above_the_store

GARDEN = Place("paper", "garden", "lawn")


def arrival(key: str = "paper:added", user: User = ANA, place: Place = GARDEN) -> Arrival:
    return Arrival(key=key, place=place, user=user, at=datetime.now(UTC), name="Garden *club*")


async def told(dialogue: Dialogue, event: Arrival) -> list[str]:
    await dialogue.send(event)
    await dialogue.chat.until(lambda: event.key in dialogue.chat.finished)
    return [reply.text for reply in dialogue.chat.shown.values()]


async def test_start_shows_what_to_try_in_the_persons_language(talk: Talk) -> None:
    dialogue = talk()
    dialogue.user = replace(ANA, language="de", admin=False)
    heard = (await dialogue.types("/start")).expect("Hallo!")
    assert heard.buttons() == ["try", "try", "try", "start", "start"]
    assert "/settings" not in heard.reply.text


async def test_a_prompt_is_answered_as_if_it_had_been_said(talk: Talk) -> None:
    dialogue = talk()
    heard = await dialogue.types("/start")
    answer = await dialogue.presses(heard, "try", "#answer")
    answer.expect("You said: What is a black hole, in three sentences?")


@pytest.mark.parametrize(("payload", "words"), [("help", "/rate"), ("PRIVACY", "2026-01")])
async def test_a_deep_link_opens_what_it_names(talk: Talk, payload: str, words: str) -> None:
    (await talk().types(f"/start {payload}")).expect(words)


@pytest.mark.parametrize("payload", ["forgetme", "parley", "x" * 64, "tasks", "settings:who", "help me now"])
async def test_a_word_that_is_not_known_gives_the_plain_welcome(talk: Talk, payload: str) -> None:
    (await talk().types(f"/start {payload}")).expect("Hello!")


async def test_a_button_made_by_hand_opens_nothing_else(talk: Talk) -> None:
    dialogue = talk()
    heard = await dialogue.types("/start")
    (await dialogue.presses_action(heard, "start:forgetme")).expect("button")
    (await dialogue.presses_action(heard, "try:9")).expect("button")


async def test_who_added_it_is_told_once_in_private(talk: Talk) -> None:
    dialogue = talk(chat=PaperChat(letters=True))
    (words,) = await told(dialogue, arrival())
    assert "Thank you for adding me to Garden \\*club\\*." in words
    assert "/settings" in words
    assert len(await told(dialogue, arrival("paper:added-again"))) == 1
    again = talk(echo(), chat=dialogue.chat)
    assert len(await told(again, arrival("paper:added-after-a-restart"))) == 1


@pytest.mark.parametrize("idempotent", [True, False])
async def test_the_community_is_told_if_the_person_cannot_be(talk: Talk, idempotent: bool) -> None:
    able = replace(PaperChat().capabilities, idempotent_send=idempotent)
    dialogue = talk(chat=PaperChat(capabilities=able, letters=True, mute={"desk of Ana"}))
    assert len(await told(dialogue, arrival())) == 1
    dialogue.chat.mute.clear()
    assert len(await told(dialogue, arrival("paper:added-again"))) == 1


async def test_the_community_is_told_if_nobody_knows_who_it_was(talk: Talk) -> None:
    assert len(await told(talk(chat=PaperChat(letters=True)), arrival(user=User("", "")))) == 1


async def test_nothing_happens_where_nobody_can_be_told(talk: Talk) -> None:
    assert await told(talk(), arrival(user=User("", ""), place=replace(GARDEN, channel=""))) == []
    mute = talk(chat=PaperChat(mute={"lawn"}))
    assert await told(mute, arrival("paper:other", place=replace(GARDEN, community="other"))) == []


async def test_a_link_that_adds_it_to_a_group_greets_no_second_time(talk: Talk) -> None:
    dialogue = talk()
    dialogue.place = GARDEN
    await told(dialogue, arrival(user=User("", "")))
    command = dialogue.command("/start parley")
    await dialogue.send(command)
    await dialogue.chat.until(lambda: command.key in dialogue.chat.finished)
    assert len(dialogue.chat.shown) == 1


async def test_settings_keep_nobody_from_starting(talk: Talk) -> None:
    dialogue = talk(rules=RULES)
    dialogue.place = GARDEN
    await dialogue.types("/settings users 7")
    dialogue.user = User("ben", "Ben")
    (await dialogue.types("/start")).expect("Hello!")
