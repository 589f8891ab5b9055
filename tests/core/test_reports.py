"""Reports and labels."""

from dataclasses import replace

import pytest
from sqlmodel import select

from core.messages import Invocation, Place, User
from core.store.reports import waiting
from core.store.tables import ReportRow, TextLabelsRow
from tests.core.conftest import Talk
from tests.dialogue import Dialogue

pytestmark = pytest.mark.above_the_store

ROOM = Place("paper", "server", "room")
ADMIN = User("mo", "Mo", admin=True)


def begun(talk: Talk) -> Dialogue:
    return replace(talk(), place=ROOM)


async def reports(room: Dialogue) -> list[tuple[list[str], str, str]]:
    found = await room.core.store.read(lambda session: session.exec(select(ReportRow)).all())
    return [(row.labels, row.comment, row.source) for row in found]


async def test_an_answer_is_reported_by_command(talk: Talk) -> None:
    room = begun(talk)
    await room.says("Hello")
    (await room.types("/report it is rude")).expect("Thank you")
    assert await reports(room) == [([], "it is rude", "command")]


async def test_a_report_goes_to_the_log_channel_with_the_answer(talk: Talk) -> None:
    room = begun(talk)
    await room.types("/settings log_channel 77")
    heard = await room.says("Hello")
    await room.types("/report it is rude")
    (line,) = [reply.text for key, reply in room.chat.shown.items() if key.endswith("#report")]
    assert "Ana reports an answer (it is rude)" in line
    assert f"<message {heard.id}>" in line
    assert "You said: Ana: Hello" in line


async def test_what_a_person_writes_is_no_markup_before_the_admins(talk: Talk) -> None:
    deceiver = User("eve", "**Parley**\u202e [x](https://evil.example)", admin=True)
    room = replace(begun(talk), user=deceiver)
    await room.types("/settings log_channel 77")
    await room.says("Hello")
    await room.types("/report rude)\n# Parley\n[sign in](https://evil.example)")
    await room.types("/settings answers 5")
    told = [reply.text for key, reply in room.chat.shown.items() if key.endswith(("#report", "#log-answers"))]
    told.append(
        (await replace(room, place=Place("paper", "server", "home", private=True)).types("/moderate")).reply.text
    )
    who = "\\*\\*Parley\\*\\* \\[x\\](https://evil.example)"
    assert f"{who} reports an answer (rude) \\# Parley \\[sign in\\](https://evil.example))" in told[0]
    assert who in told[1]
    assert f"{who}: rude) \\# Parley" in told[2]


async def test_the_form_asks_what_is_wrong(talk: Talk) -> None:
    room = begun(talk)
    heard = await room.says("Hello")
    await room.send(Invocation(**room._event("menu"), command="report", message=heard.id))
    await room.chat.until(lambda: bool(room.chat.forms))
    form = room.chat.forms[0]
    (await room.submits(form.action, labels="pii,nonsense", comment="my name")).expect("Thank you")
    assert await reports(room) == [(["pii"], "my name", "form")]


async def test_a_flag_reports_and_its_removal_takes_it_back(talk: Talk) -> None:
    room = begun(talk)
    heard = await room.says("Hello")
    await room.send(room.reaction(heard.id, "🚩", added=True))
    await room.settled()
    assert await reports(room) == [([], "", "reaction")]
    await room.send(room.reaction(heard.id, "🚩", added=False))
    await room.settled()
    assert await reports(room) == []


async def test_only_answers_can_be_reported(talk: Talk) -> None:
    room = begun(talk)
    await room.says("Hello")
    menu = Invocation(**room._event("menu"), command="report", message=room.said[0])
    (await room.hear(menu, "#error")).expect("not one of my answers")


async def test_an_answer_of_another_community_is_none_of_theirs(talk: Talk) -> None:
    room = begun(talk)
    heard = await room.says("Hello")
    stranger = replace(room, place=Place("paper", "other", "room"), user=User("eve", "Eve"))
    menu = Invocation(**stranger._event("menu"), command="report", message=heard.id)
    (await stranger.hear(menu, "#error")).expect("not one of my answers")


async def test_labels_are_kept_one_set_a_person(talk: Talk) -> None:
    room = begun(talk)
    await room.says("Hello")
    (await room.types("/label spam")).expect("kept")
    (await room.types("/label quality")).expect("kept")
    found = await room.core.store.read(lambda session: session.exec(select(TextLabelsRow)).all())
    assert [row.labels for row in found] == [{"quality": 1.0}]
    (await room.types("/label nonsense", "#error")).expect("spam, quality")


async def test_where_nothing_can_be_labeled_people_are_told_how_to_label_a_message_of_a_tree(talk: Talk) -> None:
    room = begun(talk)
    for line in ("/label", "/label spam", "/label 1234 spam"):
        (await room.types(line, "#error")).expect("no answer here to label", "/label ID")


async def test_reports_wait_for_moderators_without_a_log_channel(talk: Talk) -> None:
    room = begun(talk)
    await room.says("Hello")
    await room.types("/report it is rude")
    home = replace(room, place=Place("paper", "server", "home", private=True), user=ADMIN)
    shown = (await home.types("/moderate")).expect("it is rude").expect("You said")
    await home.presses(shown, "report-close")
    await home.settled()
    assert "Nothing is waiting" in home.chat.shown[shown.id].text
    (await home.types("/moderate")).expect("Nothing is waiting")
    await room.types("/report still")
    (await home.types("/moderate")).expect("still")


async def test_only_admins_close_reports(talk: Talk) -> None:
    room = begun(talk)
    await room.says("Hello")
    heard = await room.types("/report it is rude")
    (answer,) = await room.core.store.read(waiting)
    member = replace(room, user=User("ben", "Ben"))
    await member.send(member.press_action(heard, f"report-close:{answer.answer.id}"))
    await member.settled()
    assert len(await room.core.store.read(waiting)) == 1
