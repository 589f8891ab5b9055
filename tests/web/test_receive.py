from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bots.web.receive import Fields, FormSender, pressed, spoken, submitted
from core.errors import UserError
from core.messages import EVENT, Edit, Invocation, Message, Place, User

ONCE = "0123456789abcdef" * 2
PLACE = Place("web", "local", "c" * 32, private=True)
SENDER = FormSender(PLACE, User("u" * 64, "Guest"), datetime(2026, 1, 2, tzinfo=UTC))


def form(**values: str | list[str]) -> Fields:
    return {name: [value] if isinstance(value, str) else value for name, value in {"once": ONCE, **values}.items()}


def test_a_text_is_a_message_with_the_forms_id() -> None:
    said = spoken(form(text="Hello\r\nthere"), SENDER)
    assert said == Message(
        key=f"web:msg:{ONCE}",
        place=PLACE,
        user=SENDER.user,
        at=SENDER.at,
        id=ONCE,
        text="Hello\nthere",
        source="web",
    )


def test_a_form_that_comes_twice_has_the_same_key() -> None:
    later = replace(SENDER, at=datetime(2027, 1, 1, tzinfo=UTC))
    assert spoken(form(text="a"), SENDER).key == spoken(form(text="b"), later).key


def test_a_reply_names_the_answer_it_belongs_to() -> None:
    said = spoken(form(text="And then?", reply_to="web:msg:1#answer"), SENDER)
    assert isinstance(said, Message)
    assert said.reply_to == "web:msg:1#answer"


def test_a_changed_message_is_an_edit_even_if_it_looks_like_a_command() -> None:
    said = spoken(form(text="/help me", edit="old"), SENDER)
    assert isinstance(said, Edit)
    assert (said.id, said.text, said.key, said.source) == ("old", "/help me", f"web:edit:{ONCE}", "web")


@pytest.mark.parametrize(
    ("text", "command", "arguments"),
    [
        ("/help", "help", {}),
        (" /Help \n", "help", {}),
        ("/model tiny me", "model", {"": "tiny me"}),
        ("/instructions about\nI am Ana.\n\nTruly.", "instructions", {"": "about\nI am Ana.\n\nTruly."}),
        ("/nosuch thing", "nosuch", {"": "thing"}),
        ("/my-data", "my-data", {}),
    ],
)
def test_a_slash_and_a_word_are_a_command(text: str, command: str, arguments: dict[str, str]) -> None:
    said = spoken(form(text=text), SENDER)
    assert isinstance(said, Invocation)
    assert (said.command, said.arguments, said.key) == (command, arguments, f"web:cmd:{ONCE}")


@pytest.mark.parametrize(
    "text",
    ["", " ", "/", "/ help", "//help", "/usr/bin/env", "/1", "a /help", "۞ سلام", "\u200b", "😀", "x" * 1_000_000],
)
def test_any_other_text_is_a_message_as_it_is(text: str) -> None:
    said = spoken(form(text=text), SENDER)
    assert isinstance(said, Message)
    assert said.text == text


def test_a_press_has_a_key_for_each_button_and_page() -> None:
    up = pressed(form(action="up:1", id="a"), SENDER)
    assert (up.action, up.id) == ("up:1", "a")
    others = [
        pressed(form(action="down:1", id="a"), SENDER),
        pressed(form(action="up:1", id="b"), SENDER),
        pressed(form(action="up:1", id="a", once="f" * 32), SENDER),
    ]
    assert len({up.key, *(other.key for other in others)}) == 4
    assert pressed(form(action="up:1", id="a"), SENDER).key == up.key
    assert pressed(form(action="up:1"), SENDER).id is None


def test_a_form_gives_its_own_fields_without_the_empty_ones() -> None:
    fields = {"field.labels": ["fun", "rude"], "field.comment": ["Well\r\ndone"], "field.empty": [" "], "x": ["y"]}
    sent = submitted({**form(form="why:1"), **fields}, SENDER)
    assert sent.form == "why:1"
    assert sent.values == {"labels": "fun,rude", "comment": "Well\ndone"}
    assert sent.key == f"web:form:{ONCE}"
    assert sent.id is None
    assert submitted(form(form="why:1", id="k#notice"), SENDER).id == "k#notice"


@pytest.mark.parametrize(
    "fields",
    [
        {},
        form(once=""),
        form(once="x" * 32),
        form(once="0" * 31),
        form(once=f"{ONCE}\n"),
        form(text="a", edit="i" * 301),
    ],
)
def test_a_form_that_is_not_ours_is_refused(fields: Fields) -> None:
    with pytest.raises(UserError):
        spoken(fields, SENDER)


def test_a_press_or_a_form_without_a_name_is_refused() -> None:
    for fields in (form(), form(action="a" * 301, form="a" * 301)):
        with pytest.raises(UserError):
            pressed(fields, SENDER)
        with pytest.raises(UserError):
            submitted(fields, SENDER)


def test_events_survive_the_inbox() -> None:
    said, press, sent = spoken(form(text="/a b"), SENDER), pressed(form(action="x"), SENDER), form(form="f")
    for event in (said, press, submitted(sent, SENDER)):
        assert EVENT.validate_json(EVENT.dump_json(event)) == event
