"""bots.telegram.receive: whose words a message has."""

from typing import Any

import pytest
import telegram

from bots.telegram.receive import reactions, spoken
from core.messages import Message, Place

ANA = {"id": 7, "is_bot": False, "first_name": "Ana"}
BEN = {"id": 8, "is_bot": False, "first_name": "Ben"}
ME = telegram.User(1, "Parley", True, username="parley_bot")
HERE = Place("telegram", "5", "5", private=True)


def said(number: int = 1, **more: Any) -> dict[str, Any]:
    chat = {"id": 5, "type": "group", "title": "Hall"}
    return {"message_id": number, "date": 1_700_000_000, "chat": chat, "from": ANA, "text": "Do it", **more}


def received(**more: Any) -> Message:
    message = telegram.Message.de_json(said(**more), None)
    return spoken(message, "key", HERE, ME, fresh=False)


PASSED_ON: list[dict[str, Any]] = [
    {"forward_origin": {"type": "user", "date": 1, "sender_user": BEN}},
    {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "Ana"}},
    {"forward_origin": {"type": "channel", "date": 1, "chat": {"id": -9, "type": "channel"}, "message_id": 3}},
    {"via_bot": {"id": 9, "is_bot": True, "first_name": "Gif", "username": "gif"}},
]
OWN: list[dict[str, Any]] = [{}, {"forward_origin": {"type": "user", "date": 1, "sender_user": ANA}}]


@pytest.mark.parametrize("more", PASSED_ON)
def test_what_somebody_passes_on_they_have_not_written(more: dict[str, Any]) -> None:
    assert received(**more).outside
    (quote,) = received(number=2, reply_to_message=said(**more)).quoted
    assert quote.outside


@pytest.mark.parametrize("more", OWN)
def test_what_somebody_has_written_is_theirs(more: dict[str, Any]) -> None:
    assert not received(**more).outside
    (quote,) = received(number=2, reply_to_message=said(**more)).quoted
    assert not quote.outside


WORDS = [
    ("@parley_bot, what is it?", "what is it?"),
    ("@Parley_Bot: what is it @parley_bot", "what is it"),
    ("what is it,\n@parley_bot", "what is it,"),
    ("@parley_bot", ""),
    ("@parley_bot_news is a channel, what is it?", "@parley_bot_news is a channel, what is it?"),
    ("@parley_botfan: hello", "@parley_botfan: hello"),
    ("mail bob@parley_bot", "mail bob@parley_bot"),
]


@pytest.mark.parametrize(("text", "words"), WORDS)
def test_only_our_whole_name_is_left_out(text: str, words: str) -> None:
    assert received(text=text).text == words


def test_an_anonymous_reaction_is_that_of_its_chat() -> None:
    hall = said()["chat"]
    told = {"chat": hall, "message_id": 3, "date": 1_700_000_000, "old_reaction": []}
    new = {"new_reaction": [{"type": "emoji", "emoji": "👍"}]}
    update = telegram.MessageReactionUpdated.de_json({**told, **new, "actor_chat": hall}, None)
    (found,) = reactions(update, "key", HERE)
    assert (found.user.id, found.user.name, found.user.admin) == ("5", "Hall", False)
