"""A good guest: it answers several at once, says hello once, and reminds only whom it should. The table's journeys."""

import asyncio
from pathlib import Path

import pytest

from tests.journeys.abilities import ALONE, able
from tests.journeys.plugged import hasten, reminding
from tests.journeys.stages.guest import Guest, Stage
from tests.shared.crowd import BusyModel

PLANNED = "SELECT count(*) FROM plugin_call"
RATED = "SELECT value, comment FROM rating"


@pytest.mark.slow
@able("crowd")
async def test_three_who_ask_at_once_are_heard_at_once_and_each_is_answered(stage: Stage) -> None:
    busy = BusyModel(slots=2)
    async with stage.open(busy.model()) as guest:
        people = [guest, await guest.another("Ben"), await guest.another("Eve")]
        await asyncio.gather(*(one.calls(f"question {number}") for number, one in enumerate(people)))
        for one in people:
            await one.until(one.heard)
        # Two are answered at a time. Whoever waits for them sees so below what they asked.
        await guest.until(lambda: busy.most == 2 and any(one.own_answer() for one in people))
        assert not any("question" in answer.text for one in people for answer in one.answers())
        busy.going.set()
        for number, one in enumerate(people):
            await answers(one, f"question {number}")


async def answers(asker: Guest, words: str) -> None:
    """Wait until the message that answers somebody is finished, and has these words of theirs."""

    def finished() -> bool:
        found = asker.own_answer()
        return found is not None and "retry" in found.verbs and words in found.text

    await asker.until(finished)


@able("arrivals")
async def test_who_adds_it_is_told_once_what_an_admin_does_first(stage: Stage) -> None:
    stage.installable = True
    async with stage.open() as guest:
        await guest.adds("Orchard")
        ana = await guest.alone()
        await ana.until(lambda: len(ana.posted()) == 1)
        (told,) = ana.posted()
        for words in ("Thank you for adding me to Orchard.", "settings", "moderators"):
            assert words in told
    async with stage.open() as guest:
        await guest.says("Hello")
        await guest.answered()
    assert len(ana.posted()) == 1


async def test_a_word_after_start_opens_what_it_names_and_any_other_the_welcome(stage: Stage, name: str) -> None:
    async with stage.open() as guest:
        await guest.commands("start", about="help")
        await guest.told("rate")
        if name != "discord":
            # Discord's menu takes no other word.
            await guest.commands("start", about="bm90LW91cnM")
            await guest.sees("Hello!", "Explain something")


@pytest.mark.slow
@able("home")
async def test_what_to_try_is_there_before_anything_is_said(stage: Stage) -> None:
    async with stage.open() as guest:
        await guest.tries()
        assert "three sentences" in (await (await guest.alone()).answered()).text


@pytest.mark.slow
async def test_a_reminder_reaches_its_person_alone_also_after_a_restart(
    stage: Stage, name: str, tmp_path: Path
) -> None:
    async with reminding(tmp_path) as cores:
        stage.make = cores
        async with stage.open() as guest:
            await guest.commands("remind", text="in 2 hours take the bread out")
            await guest.ledger.until_rows(PLANNED, [(1,)])
            await guest.commands("remind", text="in 3 hours water the plants")
            await guest.ledger.until_rows(PLANNED, [(2,)])
            await cores.clock.make(hasten(stage.url, "bread"))
            await reminded(guest, name, "⏰ take the bread out")
            hasten(stage.url, "plants")
        async with stage.open() as guest:
            cores.clock.start()
            await cores.clock.schedule_next()
            await reminded(guest, name, "⏰ water the plants")
            await guest.ledger.until_rows(PLANNED, [(0,)])
            cores.clock.timer.stop()


async def reminded(guest: Guest, name: str, words: str) -> None:
    """Wait for a reminder: in a channel, the platform tells its person of it, and nobody else."""
    if name in ALONE:
        await guest.told(words)
    else:
        ben = await guest.another("Ben")
        await guest.until(lambda: guest.notified(words))
        assert not ben.notified(words)
        assert sum(words in text for text in guest.posted()) == 1


async def test_a_second_thumb_down_keeps_the_reason_of_the_first(stage: Stage) -> None:
    async with stage.open() as guest:
        await guest.says("What is a crow?")
        await guest.answered()
        await guest.commands("rate", thumb="down", reason="spam it is an advertisement")
        await guest.ledger.until_rows(RATED, [(-1, "it is an advertisement")])
        if not guest.capabilities.reactions:
            await guest.commands("rate", thumb="down")
            await guest.until(lambda: [text for text in guest.notices() if "👎" in text] == ["Noted: 👎"] * 2)
            assert guest.ledger.rows(RATED) == [(-1, "it is an advertisement")]
            return
        await guest.reacts(-1)
        # The other thumb beside it counts once this one is taken away.
        await guest.reacts(1)
        await guest.reacts(-1, added=False)
        await guest.ledger.until_rows(RATED, [(1, "")])


async def test_who_had_their_answers_is_told_unless_the_machine_is_theirs(stage: Stage, name: str) -> None:
    async with stage.open() as guest:
        await guest.commands("settings", name="answers", value="1")
        await guest.ledger.until_rows("SELECT value FROM choice WHERE name = 'answers'", [("1",)])
        asker = guest if name in ALONE else await guest.another("Ben")
        await asker.calls("question one")
        await answers(asker, "question one")
        await asker.calls("question two")
        if name in ALONE:
            await answers(asker, "question two")
        else:
            await asker.until(
                lambda: any("You have had one answer" in text for text in (*asker.notices(), *asker.posted()))
            )
            assert not any("question two" in answer.text for answer in asker.answers())


@able("roles")
async def test_a_role_gives_more_answers(stage: Stage) -> None:
    async with stage.open() as guest:
        ben = await guest.another("Ben", role="Supporters")
        await guest.commands("settings", name="answers", value="1")
        await guest.ledger.until_rows("SELECT count(*) FROM choice WHERE name = 'answers'", [(1,)])
        await guest.commands("settings", name="role_answers", value="@Supporters 2")
        await guest.ledger.until_rows("SELECT count(*) FROM choice WHERE name = 'role_answers'", [(1,)])
        for words in ("question one", "question two"):
            await ben.calls(words)
            await answers(ben, words)
