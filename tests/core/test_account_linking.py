"""/link between two platforms."""

import re
from dataclasses import replace

import pytest

from core.messages import Place, User
from tests.core.conftest import Talk
from tests.dialogue import Dialogue

pytestmark = pytest.mark.above_the_store

ELSEWHERE = Place("other", "ana", "letters", private=True)


def on_another_platform(dialogue: Dialogue) -> Dialogue:
    dialogue.core.router.attach("other", dialogue.chat)
    return replace(dialogue, place=ELSEWHERE, user=User("ana-2", "Ana"))


async def test_a_code_from_one_platform_links_the_account_of_the_other(talk: Talk) -> None:
    here = talk()
    there = on_another_platform(here)
    await here.says("Hello")
    await here.types("/rate up")
    told = await here.types("/link")
    found = re.search(r"/link ([A-Z0-9-]+)", told.reply.text)
    assert found
    (await there.types(f"/link {found[1]}")).expect("linked")
    (await there.types("/stats")).expect("This community")
    gone = await there.types("/forgetme")
    (await there.presses(gone, "forget")).expect("messages 2, ratings 1")


async def test_a_wrong_code_is_refused(talk: Talk) -> None:
    (await talk().types("/link AAAAA-AAAAA", "#error")).expect("wrong, used or too old")


async def test_a_code_is_not_told_where_others_read_it(talk: Talk) -> None:
    room = replace(talk(), place=Place("paper", "server", "room"))
    (await room.types("/link", "#error")).expect("in private")
