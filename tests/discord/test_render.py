"""Replies, forms and what may be chosen, within Discord's limits."""

from dataclasses import replace

import pytest

from bots.discord.capabilities import CAPABILITIES
from bots.discord.render import LIMIT, choices, components, content, linked, modal, view
from core.delivery.splitting import parts
from core.messages import Button, Field, Form, Reply, Select
from tests.discord.server.rules import components_fault, leaves, modal_fault
from tests.shared.cards import ROWS, buttons

OPTIONS = tuple((f"value-{number}", f"Label {number}") for number in range(40))


def test_the_status_stands_in_small_print() -> None:
    assert content(Reply("Hello", status="You are\nnext.")) == "Hello\n-# You are next."
    assert content(Reply("", underway=True)) == "▌"


def test_what_grows_too_long_by_rendering_goes_on_in_another_message() -> None:
    shown = parts(Reply("[a](https://example.org/b) " * 65), CAPABILITIES)
    assert len(shown) > 1
    assert all(len(content(part)) <= LIMIT for part in shown)
    assert sum(content(part).count("[a](<https://example.org/b>) (example.org)") for part in shown) == 65


async def test_buttons_and_selects_fill_five_rows_at_the_most() -> None:
    many = tuple(Button(f"do:{number}", "x" * 200, chosen=number == 1) for number in range(30))
    selects = tuple(Select(f"set:{number}", "y" * 300, "option", OPTIONS) for number in range(6))
    for reply in (Reply("", buttons=many), Reply("", selects=selects, buttons=many)):
        shown = view(reply)
        assert shown
        assert not components_fault(shown.to_components())
        assert shown.is_finished()
    assert view(Reply("nothing to press")) is None


async def test_buttons_are_in_a_request_what_the_library_would_make_of_them() -> None:
    shown = (
        Button("up:1", "", "👍", chosen=True),
        Button("retry:1", "y" * 200, "🔁"),
        Button("a:1", "Ask"),
        Button("b:1", "", row=1),
    )
    for reply in (
        Reply("", buttons=shown),
        Reply("", buttons=shown, selects=(Select("s:1", "Choose", "option", OPTIONS),)),
    ):
        made = view(reply)
        assert made
        assert components(reply) == made.to_components()
    assert components(Reply("nothing to press")) == []


async def test_channels_and_roles_are_chosen_from_discords_own_lists() -> None:
    selects = (
        Select("set:channels", "Channels", "channel", (), ("123456789012345678",), 25),
        Select("set:users", "Users", "role", (), ("123456789012345679", "nonsense"), 25),
    )
    shown = view(Reply("", selects=selects))
    assert shown
    channel, role = leaves(shown.to_components())
    assert channel["default_values"] == [{"id": 123456789012345678, "type": "channel"}]
    assert role["default_values"] == [{"id": 123456789012345679, "type": "role"}]


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        (Field("a", "Q", "text", limit=50), 4),
        (Field("a", "Q", "text", value="x" * 9000, limit=9000), 4),
        (Field("a", "Q", "choice", OPTIONS[:3]), 21),
        (Field("a", "Q", "choice", OPTIONS), 3),
        (Field("a", "Q", "choices", OPTIONS[:10], value="value-1,value-2"), 22),
        (Field("a", "Q", "choices", OPTIONS, required=True), 3),
    ],
)
async def test_each_kind_of_question_has_its_component(field: Field, kind: int) -> None:
    shown = modal(Form("rate:1", "A title that is far too long for a modal of Discord's", (field,), "Send")).to_dict()
    assert not modal_fault(shown)
    (item,) = leaves(list(shown["components"]))
    assert item["type"] == kind


def test_at_most_twenty_five_are_offered() -> None:
    assert len(choices([f"v{number}" for number in range(60)])) == 25


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("See /help.", "See </help:1>."),
        ("`/rate <thumb> [reason]`: rates", "</rate:2> `<thumb> [reason]`: rates"),
        ("“/settings persona pirate”", "“</settings:3> persona pirate”"),
        ("and/or, /unknown, https://x.org/help", "and/or, /unknown, https://x.org/help"),
    ],
)
def test_commands_in_a_notice_can_be_clicked(text: str, expected: str) -> None:
    assert linked(text, {"help": "1", "rate": "2", "settings": "3"}) == expected


async def test_buttons_stand_in_the_rows_that_they_ask_for() -> None:
    shown = view(Reply("", buttons=buttons()))
    assert shown
    assert tuple(len(row["components"]) for row in shown.to_components()) == ROWS
    # Seven rows are more than there are: none of their buttons is lost.
    many = tuple(Button(f"do:{at}", "x", row=at // 3) for at in range(20))
    select = Select("set:1", "Choose", "option", OPTIONS)
    for reply in (Reply("", buttons=many), Reply("", buttons=many, selects=(select,))):
        shown = view(reply)
        assert shown
        assert not components_fault(shown.to_components())
        assert [one["custom_id"] for one in leaves(shown.to_components())][-20:] == [one.action for one in many]


@pytest.mark.parametrize(
    ("questions", "text", "parts"), [(1, "**Hi** [a](https://x.org/a)", 2), (4, "x" * 9000, 5), (5, "x", 5)]
)
async def test_a_text_stands_above_the_questions_where_there_is_room(questions: int, text: str, parts: int) -> None:
    fields = tuple(Field(f"q{number}", "Q") for number in range(questions))
    shown = modal(Form("rate:1", "Title", fields, "Send", text)).to_dict()
    assert not modal_fault(shown)
    kinds = [part["type"] for part in shown["components"]]
    assert kinds == [10] * (parts - questions) + [18] * questions


def test_a_notice_has_room_for_its_clickable_commands() -> None:
    help_text = "\n".join(f"`/command{number} <text>` does a thing" for number in range(200))
    ids = {f"command{number}": str(10**19 + number) for number in range(200)}
    shown = parts(Reply(help_text), CAPABILITIES)
    made = [content(replace(part, text=linked(part.text, ids))) for part in shown]
    assert all(len(one) <= LIMIT for one in made)
    assert sum(one.count("</command") for one in made) == 200
