"""/settings: the panel, the typed form, and the line in the log channel."""

from dataclasses import replace

import pytest

from core.messages import Place, Press, Submission, User
from core.ports.chat import ChatCapabilities
from tests.core.conftest import Talk
from tests.dialogue import ANA, Dialogue
from tests.paper import PaperChat

ROOM = Place("paper", "server", "room")
BEN = User("ben", "Ben")


@pytest.fixture
def room(talk: Talk) -> Dialogue:
    able = ChatCapabilities(
        edit_interval=0, forms=True, selects=frozenset({"option", "channel", "role"}), idempotent_send=True
    )
    return replace(talk(chat=PaperChat(capabilities=able)), place=ROOM)


def chosen(room: Dialogue, action: str, values: tuple[str, ...], on: str) -> Press:
    return Press(**room._event(f"c{action}{values}"), action=action, id=on, values=values)


async def test_the_panel_shows_what_is_set_and_changes_in_place(room: Dialogue) -> None:
    panel = await room.types("/settings")
    panel.expect("Channels where I answer: default", "Ratings: on")
    lists = ["set:channels", "set:always", "set:log_channel", "set:task_channel"]
    assert [select.action for select in panel.reply.selects] == lists
    await room.send(chosen(room, "set:channels", ("17", "18"), panel.id))
    await room.settled()
    assert "<channel 17> <channel 18>" in room.chat.shown[panel.id].text
    await room.send(chosen(room, "set:channels", (), panel.id))
    await room.settled()
    assert "Channels where I answer: default" in room.chat.shown[panel.id].text


async def test_each_page_has_its_selects(room: Dialogue) -> None:
    panel = await room.types("/settings")
    await room.send(room.press_of(panel, "settings"))
    await room.send(chosen(room, "settings:how", (), panel.id))
    await room.settled()
    assert [select.action for select in room.chat.shown[panel.id].selects] == [
        "set:model",
        "set:persona",
        "set:language",
        "set:tasks",
    ]
    await room.send(chosen(room, "settings:who", (), panel.id))
    await room.settled()
    assert [select.action for select in room.chat.shown[panel.id].selects] == ["set:users", "set:raters"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/settings persona pirate", "pirate"),
        ("/settings answers 5", "5"),
        ("/settings users <@&123456>", "<@&123456>"),
        ("/settings ratings off", "off"),
        ("/settings language", "default"),
    ],
)
async def test_a_setting_can_be_typed(room: Dialogue, line: str, words: str) -> None:
    (await room.types(line)).expect(words)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/settings persona nobody", "pirate"),
        ("/settings answers many", "whole number"),
        ("/settings answers -1", "whole number"),
        ("/settings nonsense 1", "channels"),
        ("/settings ratings maybe", "on, off"),
    ],
)
async def test_a_wrong_value_is_refused_and_nothing_kept(room: Dialogue, line: str, words: str) -> None:
    (await room.types(line, "#error")).expect(words)
    panel = await room.types("/settings")
    assert "many" not in panel.reply.text


async def test_only_admins_may(room: Dialogue) -> None:
    panel = await room.types("/settings")
    ben = replace(room, user=BEN)
    (await ben.types("/settings", "#error")).expect("Only an admin")
    press = chosen(ben, "set:channels", ("1",), panel.id)
    (await ben.hear(press, "#error")).expect("Only an admin")


async def test_changes_are_told_in_the_log_channel(room: Dialogue) -> None:
    await room.types("/settings log_channel <#77>")
    await room.types("/settings persona pirate")
    told = [reply.text for key, reply in room.chat.shown.items() if "#log-persona" in key]
    assert told == ["⚙️ Ana changed “Persona”: pirate"]


async def test_quotas_are_asked_for_in_a_form(room: Dialogue) -> None:
    panel = await room.types("/settings")
    await room.send(chosen(room, "quotas:here", (), panel.id))
    await room.chat.until(lambda: bool(room.chat.forms))
    sent = Submission(**room._event("q1"), form="quotas:here", values={"answers": "1"})
    (await room.hear(sent)).expect("Answers per person in each quota period: 1")
    await replace(room, user=BEN).says("One")
    (await replace(room, user=BEN).refused("Two")).expect("one answer")


async def test_where_there_are_no_selects_the_command_is_named(talk: Talk, plain: PaperChat) -> None:
    room = replace(talk(chat=plain), place=ROOM, user=ANA)
    await room.send(room.command("/settings"))
    await room.settled()
    (shown,) = plain.shown.values()
    assert "/settings name value" in shown.text
    assert not shown.selects
