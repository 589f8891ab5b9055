"""A message that notifies one person: each platform names them and tells them, and nobody else."""

import discord

from bots.discord.render import content, told
from bots.slack.render import blocks, notification
from bots.telegram.render import html, plain
from core.messages import Reply, User

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
