"""Quotas by role, no quota on one's own machine, and the tokens that answers took."""

from dataclasses import replace
from typing import Literal

import pytest

from core.limits import AnswerLimits
from core.messages import Place, User
from core.models.scripted import ScriptedModel
from core.ports.chat import ChatCapabilities
from tests.core.building import RULES
from tests.core.conftest import Talk
from tests.dialogue import Dialogue
from tests.paper import PaperChat

pytestmark = pytest.mark.above_the_store

SQUARE = Place("paper", "server", "square")
ABLE = ChatCapabilities(edit_interval=0, idempotent_send=True, selects=frozenset({"role"}), personal=True)
ONE = replace(RULES, limits=AnswerLimits(answers=1, community_answers=0))


def in_square(talk: Talk, able: ChatCapabilities = ABLE) -> Dialogue:
    return replace(talk(ScriptedModel(["Well."] * 9), chat=PaperChat(capabilities=able), rules=ONE), place=SQUARE)


async def asks(dialogue: Dialogue, times: int) -> int:
    """How many of so many questions are answered."""
    done = 0
    for _ in range(times):
        question = dialogue.message("Hi")
        await dialogue.send(question)
        await dialogue.settled()
        done += f"{question.key}#answer" in dialogue.chat.shown
    return done


@pytest.mark.parametrize(("roles", "answered"), [((), 1), (("5",), 3), (("5", "6"), 4), (("7",), 1)])
async def test_a_role_has_a_quota_of_its_own(talk: Talk, roles: tuple[str, ...], answered: int) -> None:
    ana = in_square(talk)
    (await ana.types("/settings role_answers <@&5> 3, <@&6> 0")).expect("<role 5> 3, <role 6> 0")
    ben = replace(ana, user=User("ben", "Ben", roles=frozenset(roles)))
    assert await asks(ben, 4) == answered


@pytest.mark.parametrize(
    ("value", "words"),
    [("<@&5>", "no role with a number"), ("nobody 5", "nobody"), ("<@&5> many", "no role with a number")],
)
async def test_what_cannot_be_a_quota_is_said(talk: Talk, value: str, words: str) -> None:
    (await in_square(talk).types(f"/settings role_answers {value}", "#error")).expect(words)


async def test_where_there_are_no_roles_it_says_so(talk: Talk) -> None:
    ana = in_square(talk, replace(ABLE, selects=frozenset()))
    (await ana.types("/settings role_answers a 5", "#error")).expect("no roles")


@pytest.mark.parametrize(
    ("owners", "admin", "answered"),
    [("nobody", True, 1), ("admins", False, 1), ("admins", True, 3), ("everybody", False, 3)],
)
async def test_on_ones_own_machine_there_is_no_quota(
    talk: Talk, owners: Literal["nobody", "admins", "everybody"], admin: bool, answered: int
) -> None:
    ana = in_square(talk, replace(ABLE, owners=owners))
    ana.user = replace(ana.user, admin=admin)
    assert await asks(ana, 3) == answered


async def test_tokens_are_shown_by_person_role_and_community(talk: Talk) -> None:
    ana = in_square(talk)
    await ana.types("/settings role_answers <@&5> 3")
    ben = replace(ana, user=User("ben", "Ben *b*", roles=frozenset({"5"})))
    (await ana.types("/stats")).expect("answers 0")
    assert "Tokens" not in (await ana.types("/stats")).reply.text
    assert await asks(ben, 2) == 2
    mine = await ben.types("/stats")
    mine.expect("Tokens read and written")
    assert "<role 5>" not in mine.reply.text
    seen = (await ana.types("/stats")).expect("0 + 0 for you", "- Ben \\*b\\*: ", "- <role 5>: ")
    whole = seen.reply.text
    assert "+ 0 in this community" not in whole


async def test_where_everybody_reads_it_only_the_sums_are_shown(talk: Talk) -> None:
    ana = in_square(talk, replace(ABLE, personal=False))
    await asks(ana, 1)
    told = (await ana.types("/stats")).expect("Tokens")
    assert "- Ana" not in told.reply.text
