"""core.rights: a right is a person's in a community, and not whoever's knows an id."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlmodel import select

from core.errors import NotAllowed
from core.messages import Edit, Place, User
from core.rights import RightsTarget, Role, may, require_admin, require_moderator, role_of
from core.store import conversations
from core.store.engine.database import Database
from core.store.identities import EventScene
from core.store.tables import ChoiceRow, RatingRow, ReportRow, TextLabelsRow
from core.store.tool_records import ToolCallRecord
from tests.core.conftest import Talk, echo
from tests.dialogue import ANA, Dialogue, Heard

pytestmark = pytest.mark.above_the_store

BEN = User("ben", "Ben")
BENS = Place("paper", "server", "desk of Ben", private=True)
SQUARE = Place("paper", "server", "square")
CALLS = [ToolCallRecord("diary", "{}", "read the diary", "dear diary")]

HERE = EventScene("c", "here", "ana")


@pytest.mark.parametrize(
    ("thing", "allowed"),
    [
        (RightsTarget("c", "here"), True),
        (RightsTarget("c", "there"), False),
        (RightsTarget("c", "there", person_id="ana"), True),
        (RightsTarget("c", "there", person_id="ben"), False),
        (RightsTarget("c", "there", "ana", "ana"), True),
        (RightsTarget("c", "there", "ben", "ben"), False),
        (RightsTarget("c", "here", "ben", "ana"), False),
        (RightsTarget("other", "here", person_id="ana"), False),
        (RightsTarget("other", "there", "ana", "ana"), False),
    ],
)
def test_a_thing_is_its_persons_or_of_the_place(thing: RightsTarget, allowed: bool) -> None:
    assert may(HERE, thing) is allowed


def test_roles_come_from_the_platform() -> None:
    assert role_of(ANA) is Role.ADMIN
    assert role_of(BEN) is Role.MEMBER
    assert role_of(BEN, frozenset({"helpers"})) is Role.STRANGER
    assert role_of(replace(BEN, roles=frozenset({"helpers"})), frozenset({"helpers", "others"})) is Role.MEMBER


def test_a_moderator_stands_between_members_and_admins() -> None:
    mo = replace(BEN, moderator=True)
    assert role_of(mo) is Role.MODERATOR
    assert role_of(mo, frozenset({"helpers"})) is Role.MODERATOR
    assert role_of(replace(mo, admin=True)) is Role.ADMIN
    require_moderator(mo, "moderate")
    require_moderator(ANA, "moderate")
    with pytest.raises(NotAllowed, match="command-moderator-only"):
        require_moderator(BEN, "moderate")
    with pytest.raises(NotAllowed, match="command-admin-only"):
        require_admin(mo, "settings")


async def private_answer(dialogue: Dialogue, store: Database) -> Heard:
    """Ana's answer, in a place of her own, for which a tool was called."""
    answer = await dialogue.says("Hi")
    note = partial(conversations.note_tools, answer_id=answer.reply.answer, calls=CALLS, suggestions=[])
    await store.write(note)
    return answer


def as_ben(dialogue: Dialogue, place: Place = BENS) -> Dialogue:
    return replace(dialogue, place=place, user=BEN)


async def kept(store: Database, table: type[Any]) -> int:
    return len(await store.read(lambda session: session.exec(select(table)).all()))


@pytest.mark.parametrize(
    "verb", ["calls", "up", "down", "why", "retry", "continue", "branch", "contribute", "prefer", "delete"]
)
async def test_another_persons_private_answer_is_gone_for_who_knows_its_id(
    talk: Talk, store: Database, verb: str
) -> None:
    ana = talk()
    answer = await private_answer(ana, store)
    refused = await as_ben(ana).presses_action(Heard("elsewhere", answer.reply), f"{verb}:{answer.reply.answer}")
    if verb not in ("contribute", "prefer"):
        refused.expect("no longer there")
    assert "diary" not in refused.reply.text
    assert await kept(store, RatingRow) == 0


@pytest.mark.parametrize(
    ("form", "values"),
    [
        ("rate", {"thumb": "up"}),
        ("why", {"comment": "so"}),
        ("report", {"comment": "so"}),
        ("label", {"labels": "spam"}),
    ],
)
async def test_a_form_about_another_persons_private_answer_keeps_nothing(
    talk: Talk, store: Database, form: str, values: dict[str, str]
) -> None:
    ana = talk()
    answer = await private_answer(ana, store)
    (await as_ben(ana).submits(f"{form}:{answer.reply.answer}", **values)).expect("no longer there")
    assert [await kept(store, table) for table in (RatingRow, ReportRow, TextLabelsRow)] == [0, 0, 0]


async def test_an_admin_does_not_read_a_private_answer_by_its_id(talk: Talk, store: Database) -> None:
    ben = as_ben(talk())
    answer = await private_answer(ben, store)
    admin = replace(ben, place=replace(BENS, channel="desk of the admin"), user=User("ada", "Ada", admin=True))
    for verb in ("calls", "up"):
        refused = await admin.presses_action(Heard("elsewhere", answer.reply), f"{verb}:{answer.reply.answer}")
        refused.expect("no longer there")


async def test_its_person_sees_it_from_another_place_of_theirs(talk: Talk, store: Database) -> None:
    ana = talk()
    answer = await private_answer(ana, store)
    elsewhere = ana.elsewhere("another room")
    shown = await elsewhere.presses_action(Heard("elsewhere", answer.reply), f"calls:{answer.reply.answer}")
    shown.expect("read the diary", "dear diary")


async def test_what_stands_in_a_channel_is_for_those_who_are_there(talk: Talk, store: Database) -> None:
    ana = replace(talk(), place=SQUARE)
    answer = await private_answer(ana, store)
    there = as_ben(ana, SQUARE)
    (await there.presses_action(answer, f"calls:{answer.reply.answer}")).expect("read the diary")
    nowhere = Heard("elsewhere", answer.reply)
    for elsewhere in (BENS, replace(SQUARE, channel="garden"), replace(SQUARE, thread="secret")):
        for verb in ("calls", "up"):
            press = f"{verb}:{answer.reply.answer}"
            (await as_ben(ana, elsewhere).presses_action(nowhere, press)).expect("no longer there")


async def test_the_message_that_shows_an_answer_vouches_for_it(talk: Talk, store: Database) -> None:
    # Some platforms do not say in which thread a reaction or a button is.
    ana = replace(talk(), place=replace(SQUARE, thread="1"))
    answer = await private_answer(ana, store)
    ben = as_ben(ana, SQUARE)
    (await ben.presses_action(answer, f"calls:{answer.reply.answer}")).expect("read the diary")
    await ben.send(ben.reaction(answer.id, "👍", added=True))
    await ben.settled()
    assert await kept(store, RatingRow) == 1


async def test_nobody_acts_in_another_persons_place(talk: Talk, store: Database) -> None:
    model = echo()
    ana = talk(model)
    await ana.says("Hi")
    intruder = as_ben(ana, ana.place)
    for event in (intruder.message("What did she say?"), intruder.command("/rate up"), intruder.command("/help")):
        await intruder.send(event)
        await ana.chat.until(lambda event=event: event.key in ana.chat.finished)  # type: ignore[misc]
    assert len(model.requests) == 1
    assert len(ana.chat.shown) == 1
    assert await kept(store, RatingRow) == 0


async def test_only_an_admin_chooses_for_a_whole_community(talk: Talk, store: Database) -> None:
    # A place of one's own may be in a community that one shares with others: direct messages, or the web page.
    ben = as_ben(talk(echo("small"), echo("big")))
    (await ben.types("/model big community", "#error")).expect("Only an admin")
    (await ben.types("/model big channel")).expect("big")
    assert await kept(store, ChoiceRow) == 1


async def test_a_channel_that_two_communities_share_is_two_places(talk: Talk) -> None:
    # Slack's shared channels have one id in both workspaces.
    model = echo()
    ours = replace(talk(model), place=SQUARE)
    answer = await ours.says("Our secret")
    theirs = replace(as_ben(ours), place=replace(SQUARE, community="another"))
    await theirs.says("What was that?", answer.id)
    assert not any("secret" in line.text for line in model.requests[-1].lines)


MO = User("mo", "Mo", roles=frozenset({"5"}))


@pytest.mark.parametrize("verb", ["retry", "again", "stop", "continue", "delete"])
async def test_an_answer_is_steered_by_who_asked_and_by_moderators(talk: Talk, verb: str) -> None:
    ana = replace(talk(), place=SQUARE)
    await ana.types("/settings moderators <@&5>")
    ben, mo = replace(ana, user=BEN), replace(ana, user=MO)
    answer = await ben.says("Hi")
    target = answer.reply.answer
    if verb == "again":
        edit = Edit(**ben._event("edit"), id=ben.said[-1], text="Hello", offer=True, source="direct")
        await ben.send(edit)
        await ben.settled()
        target = Heard(answer.id, ben.chat.shown[answer.id]).action("again").partition(":")[2]
    other = replace(ana, user=User("cleo", "Cleo"))
    (await other.presses_action(answer, f"{verb}:{target}")).expect("Only the person who asked and moderators")
    for one in (mo, ben, ana):
        press = one.press_action(answer, f"{verb}:{target}")
        await one.send(press)
        await one.settled()
        refused = one.chat.shown.get(f"{press.key}#error")
        assert refused is None or "Only the person" not in refused.text


async def test_retry_as_a_command_is_for_who_asked(talk: Talk) -> None:
    ana = replace(talk(), place=SQUARE)
    await ana.says("Hi")
    (await replace(ana, user=BEN).types("/retry", "#error")).expect("Only the person who asked and moderators")
    (await ana.types("/retry", "#answer")).expect("You said: Ana: Hi")


async def test_a_surface_makes_nobody_a_moderator(talk: Talk) -> None:
    ana = replace(talk(), place=SQUARE)
    answer = await ana.says("Hi")
    forged = replace(ana, user=replace(BEN, moderator=True))
    (await forged.presses_action(answer, f"retry:{answer.reply.answer}")).expect("Only the person who asked")
