"""Votes leave the database in LMArena's columns and as pairs, through the gates of every export."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from core.arena.export import VoteFormat, export_votes
from core.dataset.export.consent import ExportSwitches
from core.dataset.export.counts import ExportCounts
from core.dataset.export.held_out import HeldOut
from core.dataset.export.options import ExportOptions
from core.messages import User
from core.ports.chat import ChatCapabilities
from core.store.engine.database import Database
from core.store.identities import known_person
from tests.arena.conftest import Arena
from tests.arena.test_arena import choice, compare
from tests.core.building import RULES
from tests.dialogue import Dialogue
from tests.paper import PaperChat

pytestmark = pytest.mark.above_the_store

BEN = User("ben", "Ben")
OPEN = ExportOptions(terms=RULES.terms.version, switches=ExportSwitches({"paper": True}))


def square(arena: Arena) -> tuple[Dialogue, Dialogue]:
    able = ChatCapabilities(edit_interval=0, idempotent_send=True, personal=True)
    ana = arena(chat=PaperChat(capabilities=able)).elsewhere("square", private=False)
    return ana, ana.elsewhere("square", BEN, private=False)


async def agree(dialogue: Dialogue) -> None:
    await dialogue.presses(await dialogue.types("/privacy"), "agree")


async def written(
    store: Database, path: Path, format: VoteFormat = "lmarena", options: ExportOptions = OPEN
) -> tuple[list[dict[str, Any]], ExportCounts]:
    counts = await export_votes(store, format, path / "votes.jsonl", options)
    lines = (path / "votes.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines], counts


async def test_a_vote_in_the_columns_of_lmarena(arena: Arena, store: Database, tmp_path: Path) -> None:
    ana, ben = square(arena)
    await agree(ana)
    await agree(ben)
    await ana.types("/arena on new")
    a, b, buttons = await compare(ana)
    await ana.presses_action(buttons, choice(buttons, "b"))
    await ben.presses_action(buttons, choice(buttons, "bad"))
    [first, second], counts = await written(store, tmp_path)
    asked = {"role": "user", "content": "Who are you?"}
    assert first["conversation_a"] == [asked, {"role": "assistant", "content": a.reply.text}]
    assert first["conversation_b"] == [asked, {"role": "assistant", "content": b.reply.text}]
    assert f"{first['model_a']} says" in a.reply.text
    assert f"{first['model_b']} says" in b.reply.text
    assert (first["winner"], second["winner"]) == ("model_b", "tie (bothbad)")
    assert first["question_id"] == second["question_id"]
    assert first["judge"] != second["judge"]
    assert (first["turn"], first["language"], counts.rows) == (1, "en", 2)


async def test_the_better_answer_makes_a_pair(arena: Arena, store: Database, tmp_path: Path) -> None:
    ana, ben = square(arena)
    await agree(ana)
    await agree(ben)
    await ana.types("/arena on new")
    a, b, buttons = await compare(ana)
    await ana.presses_action(buttons, choice(buttons, "b"))
    [pair], _ = await written(store, tmp_path, "trl")
    assert pair["prompt"] == [{"role": "user", "content": "Who are you?"}]
    assert pair["chosen"] == [{"role": "assistant", "content": b.reply.text}]
    assert pair["rejected"] == [{"role": "assistant", "content": a.reply.text}]
    await ben.presses_action(buttons, choice(buttons, "a"))
    assert (await written(store, tmp_path, "trl"))[0] == [], "they do not agree"


async def test_nothing_without_consent(arena: Arena, store: Database, tmp_path: Path) -> None:
    ana, ben = square(arena)
    await ana.types("/arena on new")
    _, _, buttons = await compare(ana)
    await ana.presses_action(buttons, choice(buttons, "b"))
    await ben.presses_action(buttons, choice(buttons, "a"))
    await agree(ben)
    assert (await written(store, tmp_path))[0] == [], "the question is Ana's"
    await agree(ana)
    await ben.presses(await ben.types("/privacy"), "withdraw")
    [only], counts = await written(store, tmp_path)
    assert (only["winner"], counts.ratings_left_out) == ("model_b", {"no-consent": 1})


async def test_nothing_from_a_source_that_is_off_or_a_private_conversation(
    arena: Arena, store: Database, tmp_path: Path
) -> None:
    ana, ben = square(arena)
    await agree(ana)
    await agree(ben)
    await ana.types("/arena on new")
    _, _, buttons = await compare(ana)
    for one in (ana, ben):
        await one.presses_action(buttons, choice(buttons, "b"))
    off = ExportOptions(
        terms=RULES.terms.version, switches=ExportSwitches({"paper": True}, pairs={"paper.form": False})
    )
    rows, counts = await written(store, tmp_path, options=off)
    assert (rows, counts.ratings_left_out) == ([], {"source-off": 2})
    await ben.types("/private on")
    [_], counts = await written(store, tmp_path)
    assert counts.ratings_left_out == {"private": 1}


async def test_training_gets_nothing_of_people_who_are_held_out(arena: Arena, store: Database, tmp_path: Path) -> None:
    ana, ben = square(arena)
    await agree(ana)
    await agree(ben)
    await ana.types("/arena on new")
    _, _, buttons = await compare(ana)
    await ben.presses_action(buttons, choice(buttons, "b"))
    ids = await store.read(lambda session: {one.user.id: known(session, one) for one in (ana, ben)})
    keys = (str(number).encode() for number in range(10_000))
    key = next(
        key
        for key in keys
        if HeldOut(key).person(ids["ben"])
        and not HeldOut(key).person(ids["ana"])
        and not HeldOut(key).prompt("Who are you?")
    )
    options = ExportOptions(terms=OPEN.terms, switches=OPEN.switches, held_out=HeldOut(key))
    assert len((await written(store, tmp_path, "trl"))[0]) == 1
    assert (await written(store, tmp_path, "trl", options))[0] == []


def known(session: Session, one: Dialogue) -> str:
    return known_person(session, one.place.platform, one.user) or ""
