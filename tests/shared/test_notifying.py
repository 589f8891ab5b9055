"""A message that notifies one person: each platform names them and tells them, and nobody else."""

import discord
import pytest

from bots.discord.capabilities import CAPABILITIES as DISCORD
from bots.discord.render import content, told
from bots.slack.render import blocks, notification
from bots.telegram.capabilities import CAPABILITIES as TELEGRAM
from bots.telegram.render import html, plain
from core.delivery.splitting import parts
from core.messages import Reply, User
from tests.telegram.server.entities import plain as telegram_words

WORDS = "<@8> @everyone <!channel> tea [Ben](tg://user?id=8)"
REPLY = Reply(WORDS, notifies=User("7", "Ana <b>"))


def test_discord_notifies_that_person_alone() -> None:
    assert content(REPLY).startswith("<@7> ")
    allowed = told(REPLY).to_dict()
    assert allowed["users"] == [7]
    assert allowed["parse"] == []
    assert told(Reply(WORDS)).to_dict() == discord.AllowedMentions.none().to_dict()


def test_telegram_links_to_that_person_alone() -> None:
    assert html(REPLY).startswith('<a href="tg://user?id=7">Ana &lt;b&gt;</a>: ')
    assert html(REPLY).count("tg://user") == 1
    assert plain(REPLY).startswith("Ana <b>: ")


def test_telegram_links_to_no_chat_in_whose_name_somebody_writes() -> None:
    assert "tg://" not in html(Reply("tea", notifies=User("-1007", "News")))


def test_slack_mentions_that_person_alone() -> None:
    mention, words = blocks(REPLY)
    assert mention["text"]["text"] == "<@7>"
    assert "<!channel>" not in words["text"]
    assert notification(REPLY).startswith("<@7> ")
    assert "<!channel>" not in notification(REPLY)


@pytest.mark.parametrize("unit", ["a ", "a&b<c> ", "`/help` "])
@pytest.mark.parametrize("beyond", range(-200, 201, 20))
def test_there_is_room_for_the_name(unit: str, beyond: int) -> None:
    for able, limit, size in ((DISCORD, 2000, discord_size), (TELEGRAM, 4096, telegram_size)):
        text = (unit * limit)[: limit + beyond]
        shown = parts(Reply(text, status="s" * 161, notifies=User("1234567890", "😀" * 64)), able)
        assert max(map(size, shown)) <= limit
        assert [part.notifies is not None for part in shown] == [True, *[False] * (len(shown) - 1)]


def discord_size(reply: Reply) -> int:
    return len(content(reply))


def telegram_size(reply: Reply) -> int:
    return len(telegram_words(html(reply)).encode("utf-16-le")) // 2
