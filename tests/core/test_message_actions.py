"""core.commands.message_actions: what else can be done with a message, in the rights of the command that is run."""

from dataclasses import replace

import pytest

from core.messages import Place, User
from tests.core.conftest import Talk

pytestmark = pytest.mark.above_the_store

SQUARE = Place("paper", "server", "square")
BEN = User("ben", "Ben")


async def test_more_runs_no_command_that_is_not_allowed_by_itself(talk: Talk) -> None:
    ana = replace(talk(), place=SQUARE)
    ben = replace(ana, user=BEN)
    answer = await ben.says("Hello")
    more = await ben.hear(replace(ben.command("/more"), message=answer.id))
    rate, label = f"more:rate:{answer.id}", f"more:label:{answer.id}"
    await ana.types("/settings raters <@&5>")
    assert "rate" in (await ben.presses_action(more, rate, "#error")).reply.text
    await ana.types("/settings ratings off")
    (await ben.presses_action(more, rate, "#error")).expect("off")
    assert not ben.chat.forms
    await ben.presses_action(more, label)
    assert len(ben.chat.forms) == 1


async def test_more_runs_only_what_it_offers(talk: Talk) -> None:
    ben = replace(talk(), place=SQUARE, user=BEN)
    answer = await ben.says("Hello")
    more = await ben.hear(replace(ben.command("/more"), message=answer.id))
    for action in ("more:settings:", "more:forgetme:", f"more:explain:{answer.id}", "more::", "more"):
        (await ben.presses_action(more, action, "#error")).expect("no longer")


async def test_without_a_message_it_is_about_the_answer_that_was_the_last_one(talk: Talk) -> None:
    ben = replace(talk(), place=SQUARE, user=BEN)
    first = await ben.says("Hello")
    more = await ben.types("/more")
    await ben.says("Something else")
    await ben.presses_action(more, more.reply.buttons[1].action)
    assert ben.chat.forms[0].action.endswith(str(first.reply.answer))


async def test_where_ids_are_too_long_for_a_button_it_is_about_the_last_answer(talk: Talk) -> None:
    ben = replace(talk(), place=SQUARE, user=BEN)
    message = replace(ben.message("Hello"), key=f"paper:{'7' * 60}")
    answer = await ben.hear(message, "#answer")
    more = await ben.types("/more")
    await ben.presses_action(more, more.reply.buttons[1].action)
    assert ben.chat.forms[0].action.endswith(str(answer.reply.answer))
