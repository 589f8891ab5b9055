"""Moderation in chats: the card in the log channel, its buttons, /moderate, and who may press what."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from sqlmodel import Session, col, select, update

from core.errors import UserError
from core.labeling.chat import moderation_cards as moderation
from core.labeling.service.message_reports import report
from core.labeling.service.tree_lifecycle import TreeLifecycle
from core.messages import AnyEvent, Form, Place, Reply, User
from core.store import identities, person_notes
from core.store.engine.database import Database
from core.store.labeling_tables import FlagRow, LabelerRow, TreeMessageRow, TreeRow
from core.store.moderation_tables import PersonNoteRow
from core.store.person_notes import NoteAuthor
from core.store.tables import AuditRow, now
from tests.dialogue import HERE, Dialogue, Heard
from tests.labeling.conftest import QUIET, Begin, labeling_core
from tests.labeling.labelers import Labelers
from tests.paper import PaperChat

LOG = "77"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
QUESTION = "Why is the sky blue at noon?"


async def moderated(labelers: Begin) -> tuple[Labelers, Dialogue]:
    """A community with a log channel, and its admin in there."""
    village = labelers()
    await village.first.types(f"/settings log_channel {LOG}")
    return village, village.first.elsewhere(LOG, private=False)


async def reported(village: Labelers, name: str = "Ben", text: str = QUESTION, **said: str) -> Heard:
    """Ana writes a prompt, somebody reports it; returns the card that moderators get."""
    await village.writes("Ana", text)
    return await reports(village, name, **said)


async def reports(village: Labelers, name: str, **said: str) -> Heard:
    chat, talk = village.first.chat, await village.named(name)
    before = set(chat.shown)
    card = await village.card(name, "label_initial_prompt")
    form = await village.form(name, card, "Report")
    await talk.submits(form, id=card.id, **(said or {"labels": "pii,hate_speech", "comment": "my  aunt\nlives there"}))
    cards = [Heard(key, reply) for key, reply in chat.shown.items() if key.endswith("#moderate") and key not in before]
    return cards[0] if cards else Heard("", Reply(""))


async def presses(admin: Dialogue, card: Heard, verb: str) -> Heard:
    """Press a button of a card; what comes of it is in its place."""
    return await admin.presses_action(card, action(card, verb))


def action(card: Heard, verb: str) -> str:
    return next(one.action for one in card.reply.buttons if one.action.split(":")[1].removesuffix("+") == verb)


def verbs(card: Heard) -> list[str]:
    return [button.action.split(":")[1] for button in card.reply.buttons]


async def message(store: Database, text: str = QUESTION) -> TreeMessageRow:
    return await store.read(
        lambda session: session.exec(select(TreeMessageRow).where(TreeMessageRow.text == text)).one()
    )


async def state(store: Database) -> str:
    return await store.read(lambda session: session.exec(select(TreeRow.state)).one())


async def test_a_report_is_a_card_in_the_log_channel(labelers: Begin) -> None:
    village, _ = await moderated(labelers)
    card = await reported(village)
    card.expect("Reported: prompt (en)", f"> {QUESTION}", "Ben: ", "personal data", "Hate speech")
    card.expect("my aunt lives there")
    assert verbs(card) == ["delete", "halt", "ban", "note", "dismiss", "edit"]
    assert not card.reply.personal


@pytest.mark.slow
async def test_a_moderator_of_the_settings_moderates_and_does_nothing_else(labelers: Begin, store: Database) -> None:
    village, admin = await moderated(labelers)
    admin.chat.named["helpers"] = "5"
    await village.first.types("/settings moderators helpers")
    mo = replace(admin, user=User("mo", "Mo", roles=frozenset({"5"})))
    card = await reported(village)
    (await presses(mo, card, "delete")).expect("✔ Mo deleted it.")
    assert (await message(store)).deleted
    # The log channel, where reports are read.
    (await mo.types("/moderate")).expect("Nothing is waiting")
    for line in ("/settings persona pirate", "/persona pirate community"):
        (await mo.types(line, "#error")).expect("Only an admin")
    await village.first.types("/settings moderators default")
    (await mo.types("/moderate", "#error")).expect("Only moderators and admins")
    (await presses(mo, card, "halt")).expect("Only moderators and admins")


async def test_a_second_report_has_the_first_one_with_it(labelers: Begin) -> None:
    village, _ = await moderated(labelers)
    await reported(village)
    (await reports(village, "Cleo", comment="look")).expect("Ben: Contains", "Cleo: look")


async def test_buttons_do_what_they_say_and_the_card_tells_who_did_it(labelers: Begin, store: Database) -> None:
    village, admin = await moderated(labelers)
    card = await reported(village)
    deleted = await presses(admin, card, "delete")
    assert deleted.id == card.id
    deleted.expect("✔ Ana deleted it.", "It is deleted", "Its tree is halted", QUESTION)
    assert verbs(deleted) == ["restore", "reopen", "ban", "note", "edit"]
    assert (await message(store)).deleted
    restored = await presses(admin, deleted, "restore")
    restored.expect("✔ Ana deleted it.", "✔ Ana restored it.")
    assert await state(store) == "initial_prompt_review"
    halted = await presses(admin, restored, "halt")
    assert await state(store) == "halted_by_moderator"
    reopened = await presses(admin, halted.expect("✔ Ana halted the tree."), "reopen")
    banned = await presses(admin, reopened.expect("✔ Ana reopened the tree."), "ban")
    banned.expect("✔ Ana banned the author from tasks.", "Its author is banned")
    assert await store.read(lambda session: session.exec(select(LabelerRow.banned)).all()) != [False]
    (await presses(admin, banned, "unban")).expect("✔ Ana let the author do tasks again.")

    def noted(session: Session) -> list[tuple[str, str]]:
        rows = session.exec(select(AuditRow).order_by(col(AuditRow.id))).all()
        return [(row.action.removeprefix("moderate-"), row.outcome) for row in rows if row.person_id]

    done = ("delete", "restore", "halt", "reopen", "ban", "unban")
    assert await store.read(noted) == [(verb, "") for verb in done]


async def test_a_report_is_dismissed(labelers: Begin, store: Database) -> None:
    village, admin = await moderated(labelers)
    dismissed = await presses(admin, await reported(village), "dismiss")
    dismissed.expect("Ana dismissed the reports", "Ben: ")
    assert "dismiss" not in verbs(dismissed)
    assert await store.read(lambda session: session.exec(select(FlagRow.handled)).all()) == ["dismissed"]


@pytest.mark.parametrize("verb", ["delete", "edit"])
async def test_only_admins_press(labelers: Begin, store: Database, verb: str) -> None:
    village, admin = await moderated(labelers)
    card = await reported(village)
    member = (await village.named("Ben")).elsewhere(LOG, private=False)
    (await presses(member, card, verb)).expect("Only moderators and admins")
    await member.submits(f"modedit:{(await message(store)).id}", text="Something else.")
    assert not (await message(store)).deleted
    (await member.types("/moderate", "#error")).expect("Only moderators and admins", "/settings moderators")


async def test_a_button_of_another_version_is_outdated(labelers: Begin) -> None:
    village, admin = await moderated(labelers)
    card = await reported(village)
    (await admin.presses_action(card, "mod:applaud:1")).expect("no longer works")
    (await admin.presses_action(card, "mod:delete:nothing")).expect("no longer there")


async def test_a_text_is_edited_in_a_form(labelers: Begin, store: Database) -> None:
    village, admin = await moderated(labelers)
    card = await reported(village)
    form = await ask(admin, card, "edit")
    assert (form.fields[0].value, form.fields[0].name) == (QUESTION, "text")
    edited = await admin.submits(form.action, id=card.id, text=" Why is it blue? ")
    edited.expect("> Why is it blue?", "✔ Ana edited the text.", "It was edited")
    assert edited.id == card.id
    kept = await message(store, "Why is it blue?")
    assert kept.digest == moderation.as_kept("why is it BLUE").digest


async def test_a_text_that_no_form_holds_is_edited_in_the_terminal(labelers: Begin, store: Database) -> None:
    village, admin = await moderated(labelers)
    card = await reported(village)
    long = "x" * (moderation.LONGEST + 1)
    await store.write(lambda session: session.execute(update(TreeMessageRow).values(text=long)))
    (await presses(admin, card, "edit")).expect(f"parley moderate edit {(await message(store, long)).id}")


async def test_a_note_about_the_author_is_shown_to_moderators_alone(labelers: Begin, store: Database) -> None:
    village, admin = await moderated(labelers)
    card = await reported(village)
    form = await ask(admin, card, "note")
    assert "without your name" in form.text
    day = now().date().isoformat()
    kept = await admin.submits(form.action, text=" Writes *well*,\nbut seldom. ")
    assert kept.reply.personal
    # It is no markup before the moderators who read it.
    kept.expect("The note is kept", f"{day}, Ana: Writes \\*well\\*, but seldom.")
    (await village.first.types("/moderate")).expect(QUESTION, f"- 📝 {day}, Ana: Writes \\*well\\*, but seldom.")
    # The card in the channel of reports says nothing of it, also when it is shown again.
    assert "seldom" not in (await presses(admin, card, "halt")).reply.text
    (await admin.submits(form.action, text="  ")).expect("no text in that note")
    told = await (await village.named("Ana")).types("/mydata")
    mine = json.loads(told.reply.files[0].content)
    assert [note["text"] for note in mine["notes_about_you"]] == ["Writes *well*,\nbut seldom."]


async def test_only_moderators_write_notes(labelers: Begin, store: Database) -> None:
    village, _ = await moderated(labelers)
    await reported(village)
    member = (await village.named("Ben")).elsewhere(LOG, private=False)
    told = await member.submits(f"modnote:{(await message(store)).id}", text="Not for me to say.")
    told.expect("Only moderators and admins")
    assert await store.read(lambda session: session.exec(select(PersonNoteRow)).all()) == []


async def test_notes_of_another_community_are_not_shown(labelers: Begin, store: Database) -> None:
    village, admin = await moderated(labelers)
    await reported(village)
    author = (await message(store)).person_id or ""

    def unit(session: Session) -> None:
        there = identities.community(session, replace(HERE, community="another"))
        person_notes.write(session, author, "From elsewhere.", NoteAuthor(None, there))
        person_notes.write(session, author, "From the terminal.", NoteAuthor(who="root"))

    await store.write(unit)
    assert "From" not in (await village.first.types("/moderate")).expect(QUESTION).reply.text


async def test_without_forms_the_command_for_a_note_is_named(labelers: Begin, store: Database) -> None:
    village, _ = await moderated(labelers)
    card = await reported(village)
    formless = labelers(able=replace(village.first.chat.capabilities, forms=False))
    admin = replace(formless.first, place=replace(HERE, channel=LOG, private=False), _numbers=count(1000))
    told = await admin.presses_action(card, action(card, "note"))
    told.expect(f"parley moderate note {(await message(store)).person_id}")


async def test_what_waits_is_gone_through(labelers: Begin, store: Database) -> None:
    village, _ = await moderated(labelers)
    for text in ("The first question of all.", "Another question, which is longer."):
        await village.writes("Ana", text)
    await store.write(all_reported)
    admin = village.first
    first = await admin.types("/moderate")
    assert first.reply.personal
    first.expect("The first question", "Ben: Spam")
    second = await presses(admin, first, "next")
    second.expect("Another question")
    assert second.id == first.id
    again = await presses(admin, second, "next")
    deleted = await presses(admin, again.expect("The first question"), "delete")
    assert {"restore+", "next+"} <= set(verbs(deleted))
    last = await presses(admin, deleted, "next")
    form = await ask(admin, last.expect("Another question"), "edit")
    edited = await admin.submits(form.action, id=last.id, text="Another one.")
    (await presses(admin, edited.expect("> Another one."), "next")).expect("Nothing is waiting for a moderator.")


def all_reported(session: Session) -> None:
    """Ben has reported every message, one after another."""
    ben = identities.person(session, "paper", User("ben", "Ben"))
    for number, id in enumerate(session.exec(select(TreeMessageRow.id).order_by(col(TreeMessageRow.id))).all()):
        at = NOON + timedelta(minutes=number)
        report(session, FlagRow(person_id=ben, message_id=id, labels=["spam"], source="form", at=at))


async def ask(admin: Dialogue, card: Heard, verb: str) -> Form:
    """Press a button that opens a form."""
    before = len(admin.chat.forms)
    await admin.send(admin.press_action(card, action(card, verb)))
    await admin.chat.until(lambda: len(admin.chat.forms) > before)
    return admin.chat.forms[-1]


async def test_moderate_is_not_shown_where_others_read_it(labelers: Begin) -> None:
    village, admin = await moderated(labelers)
    (await admin.types("/moderate")).expect("Nothing is waiting")
    square = village.first.elsewhere("square", private=False)
    (await square.types("/moderate", "#error")).expect("Others could read the report")


async def test_the_trees_of_another_community_are_not_theirs(labelers: Begin, store: Database) -> None:
    village, admin = await moderated(labelers)
    card = await reported(village)
    await store.write(own_pool)
    stranger = replace(admin, place=Place("paper", "elsewhere", LOG))
    (await presses(stranger, card, "delete")).expect("no longer there")
    (await replace(stranger, place=Place("paper", "elsewhere", "x", private=True)).types("/moderate")).expect(
        "Nothing is waiting"
    )
    (await presses(admin, card, "delete")).expect("Ana deleted it.")


def own_pool(session: Session) -> None:
    """The tree belongs only to the server."""
    tree = session.exec(select(TreeRow)).one()
    tree.pool = identities.community(session, Place("paper", "server", ""))


async def test_a_report_from_a_private_chat_goes_to_where_the_message_is_from(labelers: Begin, store: Database) -> None:
    village, admin = await moderated(labelers)
    await village.writes("Ana", QUESTION)
    ben = await village.named("Ben")
    village.people["Ben"] = replace(ben, place=Place("paper", "ben", "ben", private=True))
    card = await reports(village, "Ben", comment="look")
    card.expect(QUESTION, "Ben: look")
    (await presses(admin, card, "delete")).expect("Ana deleted it.")


@dataclass(slots=True)
class MutePaper(PaperChat):
    """A chat that may not write into the log channel."""

    async def send(self, place: Place, reply: Reply, key: str, cause: AnyEvent | None = None) -> str:
        if place.channel == LOG:
            raise UserError("channel-mute")
        return await PaperChat.send(self, place, reply, key, cause)


async def test_who_reports_is_not_troubled_by_a_mute_channel(store: Database) -> None:
    core = labeling_core(store, QUIET)
    chat = MutePaper()
    core.router.attach("paper", chat)
    village = Labelers(Dialogue(core, chat))
    await village.first.send(village.first.command(f"/settings log_channel {LOG}"))
    await village.first.settled()
    await village.writes("Ana", QUESTION)
    ben = await village.named("Ben")
    card = await village.card("Ben", "label_initial_prompt")
    form = await village.form("Ben", card, "Report")
    (await ben.submits(form, id=card.id, comment="look")).expect("Judge a prompt")


async def test_without_a_log_channel_reports_wait(labelers: Begin) -> None:
    village = labelers()
    assert (await reported(village)).id == ""
    (await village.first.types("/moderate")).expect(QUESTION)


async def test_actions_fit_with_the_ids_of_imported_messages(labelers: Begin, store: Database) -> None:
    longest = "6ab24d72-0181-4594-a9cd-deaf170242fb"

    def imported(session: Session) -> None:
        session.add(TreeRow(id=longest, lang="en", state="initial_prompt_review", limits={}))
        session.flush()
        session.add(TreeMessageRow(id=longest, tree_id=longest, role="prompter", lang="en", text="x" * 700))
        TreeLifecycle(QUIET).settle(session, longest, NOON)

    village, _ = await moderated(labelers)
    await store.write(imported)
    card = await reports(village, "Ben", comment="look")
    card.expect(f"{'x' * 600} …")
    queued = await village.first.types("/moderate")
    actions = [button.action for heard in (card, queued) for button in heard.reply.buttons]
    assert len(actions) == 4 + 5
    assert max(len(action.encode()) for action in actions) <= 64
