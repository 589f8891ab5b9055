"""/settings: the panel, the typed form, and the line in the log channel."""

from dataclasses import replace

import pytest

from core.messages import Place, Press, Submission, User
from core.ports.chat import ChatCapabilities
from tests.core.conftest import Talk
from tests.dialogue import ANA, Dialogue
from tests.paper import PaperChat

pytestmark = pytest.mark.above_the_store

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


@pytest.mark.parametrize("kind", ["option", "role"])
async def test_what_needs_roles_is_listed_only_where_there_are_roles(talk: Talk, kind: str) -> None:
    able = ChatCapabilities(edit_interval=0, selects=frozenset({kind}), idempotent_send=True)
    panel = await replace(talk(chat=PaperChat(capabilities=able)), place=ROOM).types("/settings")
    panel.expect("Who may moderate: admins only")
    for words in ("Who may use me", "Who may rate", "Answers per person by role"):
        assert (words in panel.reply.text) is (kind == "role")


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
    assert [select.action for select in room.chat.shown[panel.id].selects] == [
        "set:users",
        "set:raters",
        "set:moderators",
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/settings persona pirate", "pirate"),
        ("/settings answers 5", "5"),
        ("/settings users <@&123456>", "<role 123456>"),
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


@pytest.mark.parametrize("named", ["<@&5>", "mo"])
async def test_moderators_are_named_by_their_role_or_their_id(room: Dialogue, named: str) -> None:
    mo = replace(room, user=User("mo", "Mo", roles=frozenset({"5"})))
    room.chat.named["mo"] = "mo"
    panel = await room.types("/settings")
    panel.expect("Who may moderate: admins only")
    await room.types(f"/settings moderators {named}")
    answer = await room.says("Hi")
    assert (await mo.presses(answer, "retry", "#answer")).reply.text
    refused = await mo.types("/settings", "#error")
    refused.expect("Only an admin of this community can use /settings", "manages the server")
    await room.types("/settings users 77")
    await mo.says("I may speak where only some may")


async def test_where_there_are_no_roles_moderators_are_people_who_are_there(talk: Talk) -> None:
    room = replace(talk(), place=ROOM)
    (await room.types("/settings moderators 5 6")).expect("<person 5> <person 6>")
    (await room.types("/settings moderators mo", "#error")).expect("cannot find a member “mo”", "/mydata")
    (await room.types("/settings moderators")).expect("<person 5>")


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


async def test_a_page_with_nothing_to_choose_is_not_offered(talk: Talk) -> None:
    able = ChatCapabilities(edit_interval=0, selects=frozenset({"option"}), idempotent_send=True)
    room = replace(talk(chat=PaperChat(capabilities=able)), place=ROOM)
    panel = await room.types("/settings")
    assert [button.action for button in panel.reply.buttons] == ["settings:how", "settings:who"]
    assert [select.action for select in panel.reply.selects][:2] == ["set:model", "set:persona"]
    panel.expect("/settings name value")
    # A button that was shown before, on a surface that can show more.
    await room.send(chosen(room, "settings:where", (), panel.id))
    await room.settled()
    assert room.chat.shown[panel.id].selects == panel.reply.selects


async def test_where_there_are_no_selects_the_command_is_named(talk: Talk, plain: PaperChat) -> None:
    room = replace(talk(chat=plain), place=ROOM, user=ANA)
    await room.send(room.command("/settings"))
    await room.settled()
    (shown,) = plain.shown.values()
    assert "/settings name value" in shown.text
    assert not shown.selects


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/settings users mods", "cannot find a role or group “mods”"),
        ("/settings users <@&5> nobody", "cannot find a role or group “nobody”"),
        ("/settings log_channel #log", "cannot find a channel “#log”"),
        ("/settings log_channel <#1> <#2>", "takes only one value"),
        ("/settings always on", "cannot find a channel “on”"),
        ("/settings channels ,", "cannot find a channel “,”"),
        ("/settings channels " + ",".join(str(number) for number in range(1, 27)), "at most 25 values"),
        ("/settings answers 1000000", "up to 999999"),
        ("/settings answers ½", "whole number"),
        ("/settings task_channel " + "x" * 5000, "cannot find a channel"),
    ],
)
async def test_what_names_nothing_keeps_the_old_value(room: Dialogue, line: str, words: str) -> None:
    name = line.split()[1]
    await room.types(f"/settings {name} 7")
    (await room.types(line, "#error")).expect(words)
    now = await room.types(f"/settings {name}")
    assert "7" in now.reply.text
    assert "8" not in now.reply.text


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("/settings users Server Mods", "<role 9>"),
        ("/settings users Server Mods, <@&5><@&6>", "<role 9> <role 5> <role 6>"),
        ("/settings users 5 6", "<role 5> <role 6>"),
        ("/settings always here", "<channel room>"),
        ("/settings channels Default", "default"),
        ("/settings persona PIRATE", "pirate"),
        ("/settings answers 007", "is now: 7"),
    ],
)
async def test_values_are_read_as_people_write_them_and_shown_as_understood(
    room: Dialogue, line: str, shown: str
) -> None:
    room.chat.named["Server Mods"] = "9"
    (await room.types(line)).expect(shown)


async def test_a_log_channel_is_taken_only_if_it_can_be_written_to(room: Dialogue) -> None:
    await room.types("/settings log_channel 77")
    room.chat.mute.add("78")
    (await room.types("/settings log_channel 78", "#error")).expect("I cannot write in <channel 78>")
    (await room.types("/settings log_channel")).expect("<channel 77>")


async def test_a_log_channel_that_stops_working_stops_nothing_and_is_told_once(room: Dialogue) -> None:
    await room.types("/settings log_channel 77")
    room.chat.mute.add("77")
    (await room.types("/settings persona pirate")).expect("is now: pirate")
    ben = replace(room, user=BEN)
    answer = await ben.says("Hello")
    (await ben.types("/report spam")).expect("Thank")
    await room.settled()
    await room.types("/settings")
    await room.settled()
    told = [reply.text for key, reply in room.chat.shown.items() if key.endswith("#log-lost")]
    assert len(told) == 1
    assert "<channel 77>" in told[0]
    assert answer.reply.text
    room.chat.mute.clear()
    await room.types("/settings persona default")
    room.chat.mute.add("77")
    await room.types("/settings persona pirate")
    await room.settled()
    assert len([key for key in room.chat.shown if key.endswith("#log-lost")]) == 2


async def test_nobody_is_kept_from_their_own_data(room: Dialogue) -> None:
    await room.types("/settings users 5")
    ben = replace(room, user=BEN)
    (await ben.refused("Hello")).expect("only certain members")
    for line in ("/help", "/privacy", "/forgetme"):
        await ben.types(line)
    await room.types("/settings channels 99")
    (await room.types("/settings")).expect("<channel 99>")
