"""The whole way through the real library: from a message to an answer, its rating, a restart, and so on."""

import asyncio
import json
import re
from dataclasses import dataclass, field

import pytest
from sqlmodel import select

from core.commands.registry import Command, CommandGroup
from core.delivery.call import CommandCall
from core.messages import AnyEvent, Message, Place
from core.models.scripted import ScriptedModel
from core.store.tables import AccountRow
from tests.shared.asking import ASKS, TRICKS, WHOLE
from tests.shared.cards import ASKED, CARDS
from tests.telegram.living import Living, answers, buttons, finished, living
from tests.telegram.server.server import Chat, Telegram


async def test_from_the_first_message_over_a_restart_to_the_last_thumb(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url) as life:
        question = await ana.says(chat, "What is a parley?")
        await world.until(lambda: finished(chat))
        (answer,) = answers(chat)
        assert answer.text == "You said: What is a parley?"
        assert answer.reply_to is question
        assert not answer.preview
        assert buttons(answer) == ["up", "down", "retry", "delete"]
        await ana.reacts(answer, "👍")
        await life.rated(1)
        await ana.reacts(answer, "👎")
        await life.rated(-1)
    async with living(world, sqlite_url) as life:
        await ana.reacts(answer)
        await life.rated()
        pressed = await ana.presses(answer, "up:")
        await life.rated(1)
        await world.until(lambda: pressed.answer is not None)
        assert answer.keyboard[0][0]["text"] == "✓ 👍"
        assert len(answers(chat)) == 1


async def test_in_a_group_it_answers_who_calls_it(world: Telegram, sqlite_url: str) -> None:
    group = world.group()
    ana, ben = world.person("Ana"), world.person("Ben")
    model = ScriptedModel(lambda lines: " | ".join(line.text for line in lines[1:]))
    async with living(world, sqlite_url, model) as life:
        await ben.says(group, "Good morning")
        said = await ben.says(group, "Crows can count.")
        await ana.says(group, "is that so?", mention=True, reply_to=said)
        await world.until(lambda: finished(group))
        assert answers(group)[0].text == "Ben: Crows can count.\n\nAna: is that so?"
        await ben.says(group, "Go on", reply_to=answers(group)[0])
        await world.until(lambda: finished(group, 2))
        assert "Crows" in answers(group)[1].text
        pressed = await ben.presses(answers(group)[1], "up:")
        await world.until(lambda: len(answers(group)) == 3)
        assert "Noted: 👍" in answers(group)[2].text
        await world.until(lambda: pressed.answer is not None)
        await life.rated(1)


async def test_topics_of_a_forum_are_conversations(world: Telegram, sqlite_url: str) -> None:
    group, ana = world.group(forum=True), world.person("Ana")
    model = ScriptedModel(lambda lines: f"{len(lines)} lines")
    async with living(world, sqlite_url, model):
        for number in (1, 2):
            await ana.says(group, "Hello", mention=True, thread=7)
            await world.until(lambda number=number: finished(group, number))  # type: ignore[misc] # a default
        await ana.says(group, "Hello", mention=True, thread=8)
        await world.until(lambda: finished(group, 3))
        assert [(answer.text, answer.thread) for answer in answers(group)] == [
            ("2 lines", 7),
            ("4 lines", 7),
            ("2 lines", 8),
        ]


CALLS = [
    ("/help", "Write me a message"),
    ("/help@parley_bot", "Write me a message"),
    ("/stop", "Nothing is being written"),
    ("/model", "scripted"),
    ("/persona pirate me", "pirate"),
    ("/preset k50", "k50"),
    ("/instructions about I like crows", "Saved"),
    ("/rate up quality well said", "👍"),
    ("/report it is rude", "Thank you"),
    ("/label quality", "Thank you"),
    ("/privacy", "training set"),
    ("/stats", "This community"),
    ("/forgetme", "cannot be undone"),
    ("/mydata", "everything"),
    ("/new", "new conversation begins"),
    ("/retyr", "/retry"),
]


@pytest.mark.parametrize(("line", "words"), CALLS)
async def test_each_command_is_answered(world: Telegram, sqlite_url: str, line: str, words: str) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url):
        await ana.says(chat, "Hello")
        await world.until(lambda: finished(chat))
        await ana.says(chat, line)
        await world.until(lambda: any(words in message.text for message in answers(chat)[1:]))


async def test_commands_are_listed_once_in_each_language(world: Telegram, sqlite_url: str) -> None:
    async with living(world, sqlite_url) as life:
        first, *others = life.core.records.languages
        assert set(world.commands) == {"", *(language.partition("-")[0] for language in others)}
        names = [command["command"] for command in world.commands["de"]]
        assert "help" in names
        calls = [request for request in world.requests if request.method == "setMyCommands"]
        admins = [call for call in calls if call.parameters["scope"]["type"] == "all_chat_administrators"]
        assert "settings" in json.dumps(admins[0].parameters["commands"])
    async with living(world, sqlite_url):
        assert len([request for request in world.requests if request.method == "setMyCommands"]) == len(calls)


async def test_what_is_a_persons_own_does_not_go_to_the_group(world: Telegram, sqlite_url: str) -> None:
    group, ana = world.group(), world.person("Ana")
    async with living(world, sqlite_url):
        await ana.says(group, "/mydata")
        await world.until(lambda: bool(answers(group)))
        assert "in private" in answers(group)[0].text
        chat = ana.dm()
        await ana.says(group, "/mydata")
        await world.until(lambda: any(message.document for message in answers(chat)))
        assert len(answers(group)) == 1


LONG = ["wordwordword " * 500, "```python\n" + "print('<hello>')\n" * 400 + "```", "\U0001f426" * 5000]


@pytest.mark.parametrize("text", LONG)
async def test_a_long_answer_comes_in_parts(world: Telegram, sqlite_url: str, text: str) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url, ScriptedModel([text], window=100_000)) as life:
        await ana.says(chat, "Go")
        await world.until(lambda: finished(chat, 2))
        parts = answers(chat)
        assert [bool(part.keyboard) for part in parts] == [False] * (len(parts) - 1) + [True]
        await ana.reacts(parts[0], "👍")
        await life.rated(1)


ODD = [
    "<b>bold & <i>",
    "**a *b** c*",
    "`<script>`",
    "[x](javascript:alert(1))",
    "| a | b |\n|-|-|\n| < | & |",
    "> q\n>> r",
    "&lt;",
    "1. a\n   - b\n\n   c\n2. d",
    '[a](https://x.org "t<")![i](https://x.org/&)',
]


@pytest.mark.parametrize("text", ODD)
async def test_whatever_a_model_writes_can_be_parsed(world: Telegram, sqlite_url: str, text: str) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url, ScriptedModel([text])):
        await ana.says(chat, "Go")
        await world.until(lambda: finished(chat))
        sent = [request for request in world.requests if request.method in ("sendMessage", "editMessageText")]
        assert all(request.parameters.get("parse_mode") == "HTML" for request in sent)


async def test_settings_in_a_group_are_for_its_admins(world: Telegram, sqlite_url: str) -> None:
    keeper, ana = world.person("Keeper"), world.person("Ana")
    group = world.group(admins=[keeper])
    async with living(world, sqlite_url):
        await ana.says(group, "/settings")
        await world.until(lambda: len(answers(group)) == 1)
        assert "Only an admin" in answers(group)[0].text
        await keeper.says(group, "/settings")
        await world.until(lambda: len(answers(group)) == 2)
        panel = answers(group)[1]
        await keeper.presses(panel, "settings:how")
        await world.until(lambda: "set:persona=pirate" in str(panel.keyboard))
        await keeper.presses(panel, "set:persona=pirate")
        await world.until(lambda: "Persona: pirate" in panel.text)
        await ana.presses(panel, "set:persona=default")
        await ana.says(group, "Hello", mention=True)
        await world.until(lambda: finished(group, 3))
        assert "Persona: pirate" in panel.text


async def test_an_anonymous_admin_sets_up_the_group(world: Telegram, sqlite_url: str) -> None:
    keeper = world.person("Keeper")
    group = world.group(admins=[keeper])
    anonymous = world.anonymous(group)
    async with living(world, sqlite_url) as life:
        await anonymous.says(group, "/settings persona pirate")
        await world.until(lambda: len(answers(group)) == 1)
        assert "Persona is now: pirate" in answers(group)[0].text
        await anonymous.says(group, "/settings")
        await world.until(lambda: len(answers(group)) == 2)
        # Telegram tells who presses a button, also if they write anonymously.
        await keeper.presses(answers(group)[1], "settings:who")
        await world.until(lambda: "ratings:off" in str(answers(group)[1].keyboard))
        await keeper.presses(answers(group)[1], "ratings:off")
        await world.until(lambda: "Ratings: off" in answers(group)[1].text)
        await anonymous.says(group, "Hello", mention=True)
        await world.until(lambda: finished(group, 3))
        await anonymous.says(group, "And again", mention=True)
        await world.until(lambda: finished(group, 4))
        people = await life.core.store.read(lambda session: session.exec(select(AccountRow)).all())
    assert {(one.platform_id, one.name) for one in people if one.platform_id.startswith("-")} == {
        (str(group.id), "Garden")
    }


async def test_who_writes_as_a_channel_is_answered_and_is_no_admin(world: Telegram, sqlite_url: str) -> None:
    group, news, other = world.group(), world.channel(), world.channel("Rumours")
    async with living(world, sqlite_url) as life:
        await news.says(group, "/settings")
        await world.until(lambda: len(answers(group)) == 1)
        assert "Only an admin" in answers(group)[0].text
        for number, one in enumerate((news, other, news), 2):
            await one.says(group, "Hello", mention=True)
            await world.until(lambda number=number: finished(group, number))  # type: ignore[misc] # of this turn
        people = await life.core.store.read(lambda session: session.exec(select(AccountRow)).all())
    assert {one.name for one in people if one.platform_id.startswith("-")} == {"News", "Rumours"}


async def test_what_is_private_goes_to_no_group_and_no_channel(world: Telegram, sqlite_url: str) -> None:
    group = world.group()
    async with living(world, sqlite_url):
        for number, one in enumerate((world.anonymous(group), world.channel()), 1):
            await one.says(group, "/mydata")
            await world.until(lambda number=number: len(answers(group)) == number)  # type: ignore[misc]
            assert "from your own account" in answers(group)[-1].text
    assert not any(request.method == "sendDocument" for request in world.requests)


async def test_posts_of_the_linked_channel_are_no_speech(world: Telegram, sqlite_url: str) -> None:
    keeper = world.person("Keeper")
    group = world.group(admins=[keeper])
    linked = world.channel(copied=True)
    async with living(world, sqlite_url):
        await keeper.says(group, f"/settings always {group.id}")
        await world.until(lambda: len(answers(group)) == 1)
        post = await linked.says(group, "Our news of today")
        await linked.edits(post, "Our news of tomorrow")
        await linked.says(group, "/settings always default")
        await keeper.says(group, "Hello")
        await world.until(lambda: finished(group, 2))
    assert len(answers(group)) == 2


async def test_files_are_read(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url):
        await ana.says(chat, "What does it print?", file=("snake.py", b"print('hiss')", "text/x-python"))
        await world.until(lambda: finished(chat))
        assert "snake.py:" in answers(chat)[0].text
        assert "print('hiss')" in answers(chat)[0].text


async def test_an_edited_question_offers_to_answer_again(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url):
        question = await ana.says(chat, "What is a cow?")
        await world.until(lambda: finished(chat))
        (answer,) = answers(chat)
        await ana.edits(question, "What is a crow?")
        await world.until(lambda: buttons(answer)[0] == "again")
        await ana.presses(answer, "again:")
        await world.until(lambda: finished(chat, 2))
        assert answers(chat)[1].text == "You said: What is a crow?"


async def test_an_answer_can_be_stopped_while_it_grows(world: Telegram, sqlite_url: str) -> None:
    ana, chat = world.person("Ana"), world.group()
    steps: asyncio.Queue[None] = asyncio.Queue()
    async with living(world, sqlite_url, ScriptedModel(["one two three"], pace=steps.get)):
        await ana.says(chat, "Count", mention=True)
        steps.put_nowait(None)
        await world.until(lambda: bool(answers(chat)) and "stop" in buttons(answers(chat)[0]))
        await ana.presses(answers(chat)[0], "stop:")
        await world.until(lambda: finished(chat))
        assert "Stopped." in answers(chat)[0].text


async def test_in_a_private_chat_an_answer_grows_as_a_draft(world: Telegram, sqlite_url: str) -> None:
    ana = world.person("Ana")
    chat = ana.dm()
    steps: asyncio.Queue[None] = asyncio.Queue()
    async with living(world, sqlite_url, ScriptedModel(["one two three"], pace=steps.get)):
        await ana.says(chat, "Count")
        for words in ("one", "one two"):
            steps.put_nowait(None)
            await world.until(lambda words=words: (chat.id, words) in world.drafts)  # type: ignore[misc] # a default
        assert not answers(chat)
        for _ in range(3):
            steps.put_nowait(None)
        await world.until(lambda: finished(chat))
        assert [(message.text, message.edits) for message in answers(chat)] == [("one two three", [])]


async def test_where_there_are_no_drafts_it_is_edited(world: Telegram, sqlite_url: str) -> None:
    world.has_drafts = False
    world.forgive()
    ana = world.person("Ana")
    chat = ana.dm()
    steps: asyncio.Queue[None] = asyncio.Queue()
    async with living(world, sqlite_url, ScriptedModel(["one two three"], pace=steps.get)):
        await ana.says(chat, "Count")
        steps.put_nowait(None)
        await world.until(lambda: bool(answers(chat)) and answers(chat)[0].text == "one")
        for _ in range(4):
            steps.put_nowait(None)
        await world.until(lambda: finished(chat))
        assert len([request for request in world.requests if request.method == "sendMessageDraft"]) == 1


async def test_a_new_conversation_in_a_forum_is_a_topic(world: Telegram, sqlite_url: str) -> None:
    group, ana = world.group(forum=True), world.person("Ana")
    async with living(world, sqlite_url):
        await ana.says(group, "/new")
        await world.until(lambda: bool(answers(group)))
        (topic,) = group.topics
        assert f"/{topic}" in answers(group)[0].text
        await ana.says(group, "Hello", thread=topic)
        await world.until(lambda: finished(group, 2))
        assert (answers(group)[1].text, answers(group)[1].thread) == ("You said: Ana: Hello", topic)


async def test_where_topics_cannot_be_opened_it_begins_anew(world: Telegram, sqlite_url: str) -> None:
    group, ana = world.group(forum=True, admin=False), world.person("Ana")
    world.forgive()
    async with living(world, sqlite_url):
        await ana.says(group, "/new")
        await world.until(lambda: any("new conversation" in message.text for message in answers(group)))


async def test_a_plugins_command_is_listed_while_the_bot_runs(world: Telegram, sqlite_url: str) -> None:
    async def roll(call: CommandCall) -> None:
        await call.tell("You rolled a 4.")

    async with living(world, sqlite_url) as one:
        one.core.records.menu.more = lambda: [Command("roll", "plugins", roll, description="Roll a die.")]
        one.core.records.news.tell()
        await world.until(lambda: any(command["command"] == "roll" for command in world.commands.get("", [])))


def listed(world: Telegram, group: Chat, language: str = "") -> set[str]:
    """The names in a group's own list of commands; empty if it has none."""
    return {one["command"] for one in world.group_commands[int(group.id)]["chat"].get(language, [])}


@pytest.mark.slow
async def test_a_group_has_its_own_list_while_commands_are_off_there(world: Telegram, sqlite_url: str) -> None:
    off: set[str] = set()

    async def roll(call: CommandCall) -> None:
        await call.tell("You rolled a 4.")

    async def is_on(place: Place) -> bool:
        return place.community not in off

    group, other, ana = world.group(), world.group(), world.person("Ana")
    feature = CommandGroup((Command("roll", "plugins", roll, description="Roll a die.", is_on=is_on),))
    async with living(world, sqlite_url, more=(feature,)) as one:
        assert any(command["command"] == "roll" for command in world.commands[""])
        off.add(str(group.id))
        one.core.records.news.tell(Place("telegram", str(group.id), str(group.id)))
        await world.until(lambda: "help" in listed(world, group, "de") and "roll" not in listed(world, group))
        assert not listed(world, other)
        off.clear()
        one.core.records.news.tell(Place("telegram", str(group.id), str(group.id)))
        await world.until(lambda: not listed(world, group))
        off.add(str(other.id))
    async with living(world, sqlite_url, more=(feature,)):
        # What was switched by another process shows once the group is heard of.
        await ana.says(other, "/help")
        await world.until(lambda: "help" in listed(world, other, "de"))
        assert "roll" not in listed(world, other)


@dataclass(slots=True)
class Rolling:
    """A command that is off in some groups, as a feature; `tell` says that this has changed in a group."""

    off: set[str] = field(default_factory=set)

    def feature(self) -> CommandGroup:
        return CommandGroup((Command("roll", "plugins", self.roll, description="Roll a die.", is_on=self.is_on),))

    async def roll(self, call: CommandCall) -> None:
        await call.tell("You rolled a 4.")

    async def is_on(self, place: Place) -> bool:
        return place.community not in self.off

    def switch(self, life: Living, group: Chat, *, on: bool) -> None:
        (self.off.discard if on else self.off.add)(str(group.id))
        life.core.records.news.tell(Place("telegram", str(group.id), str(group.id)))


def all_listed(world: Telegram, group: Chat) -> list[set[str]]:
    """The names in each of a group's own lists."""
    scopes = world.group_commands[int(group.id)].values()
    return [{one["command"] for one in commands} for scope in scopes for commands in scope.values()]


@pytest.mark.slow
async def test_lists_of_commands_wait_until_telegram_allows_more(world: Telegram, sqlite_url: str) -> None:
    rolling, group = Rolling(), world.group()
    async with living(world, sqlite_url, more=(rolling.feature(),)) as life:
        number = 2 * len(life.core.records.languages)
        world.limit("setMyCommands", 1, times=2)
        rolling.switch(life, group, on=False)
        await world.until(lambda: len(all_listed(world, group)) == number)
        assert not any("roll" in names for names in all_listed(world, group))
        assert not world.impatient


async def test_lists_that_were_written_by_half_are_put_right(world: Telegram, sqlite_url: str) -> None:
    rolling, group = Rolling(), world.group()
    async with living(world, sqlite_url, more=(rolling.feature(),)) as life:
        rolling.switch(life, group, on=False)
        await world.until(lambda: len(all_listed(world, group)) >= 3)
        world.fail("setMyCommands", 500)
        await world.until(lambda: not world.failures)
        rolling.switch(life, group, on=True)
        await world.until(lambda: not all_listed(world, group))


async def test_lists_that_could_not_be_written_follow_when_a_group_is_heard_of(
    world: Telegram, sqlite_url: str
) -> None:
    rolling, group, ana = Rolling(), world.group(), world.person("Ana")
    rolling.off.add(str(group.id))
    async with living(world, sqlite_url, more=(rolling.feature(),), first_pause=0.0) as life:
        world.fail("setMyCommands", 500)
        await ana.says(group, "/help")
        await world.until(lambda: not world.failures)
        assert not all_listed(world, group)
        await life.core.router.drain(20)
        await ana.says(group, "/help")
        await world.until(lambda: len(all_listed(world, group)) == 2 * len(life.core.records.languages))


async def test_after_many_switches_the_last_state_counts(world: Telegram, sqlite_url: str) -> None:
    rolling, group, ana = Rolling(), world.group(), world.person("Ana")
    async with living(world, sqlite_url, more=(rolling.feature(),)) as life:
        for _ in range(20):
            rolling.switch(life, group, on=False)
            await ana.says(group, "Just talking")
            rolling.switch(life, group, on=True)
        rolling.switch(life, group, on=False)
        await world.until(lambda: len(all_listed(world, group)) == 2 * len(life.core.records.languages))
        rolling.switch(life, group, on=True)
        await world.until(lambda: not all_listed(world, group))


async def test_in_a_group_the_field_for_a_reply_opens_for_who_pressed(world: Telegram, sqlite_url: str) -> None:
    ana, ben = world.person("Ana"), world.person("<Ben>")
    group = world.group(admins=[ana])
    async with living(world, sqlite_url, more=(CARDS,)):
        await ana.says(group, "/card")
        await world.until(lambda: len(answers(group)) == 1)
        await ben.presses(answers(group)[0], "write:")
        await world.until(lambda: len(answers(group)) == 2)
        asked = answers(group)[1]
        assert (asked.text, asked.asked) == (f"<Ben>: {ASKED}", {ben.id})


async def test_a_card_is_pressed_in_its_place_and_asks_for_words(world: Telegram, sqlite_url: str) -> None:
    heard: list[AnyEvent] = []
    ana = world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url, more=(CARDS,)) as life:
        await ana.says(chat, "/card")
        await world.until(lambda: len(answers(chat)) == 1)
        (card,) = answers(chat)
        assert [len(row) for row in card.keyboard] == [3, 2, 2, 3]
        await ana.presses(card, "pick:7")
        await world.until(lambda: card.text == "Picked 7")
        pressed = await ana.presses(card, "write:")
        await world.until(lambda: len(answers(chat)) == 2)
        asked = answers(chat)[1]
        assert asked.text == ASKED
        assert asked.asks == {"force_reply": True, "selective": True, "input_field_placeholder": "Your words"}
        await world.until(lambda: pressed.answer is not None)
        intake = life.running._intake
        assert intake
        taken = intake.handle

        async def hear(event: AnyEvent) -> None:
            heard.append(event)
            await taken(event)

        intake.handle = hear
        await ana.says(chat, "So be it", reply_to=asked)
        await world.until(lambda: finished(chat, 3))
        (said,) = heard
        assert isinstance(said, Message)
        assert (said.text, said.reply_to) == ("So be it", str(asked.id))


async def test_a_call_is_shown_letter_by_letter_and_the_rest_to_its_person_alone(
    world: Telegram, sqlite_url: str
) -> None:
    group, ana = world.group(), world.person("Ana")
    chat = ana.dm()
    async with living(world, sqlite_url, more=[ASKS]):
        await ana.says(group, "/demand@parley_bot")
        await world.until(lambda: len(answers(group)) == 2)
        asked = next(message for message in answers(group) if buttons(message))
        assert asked.text == f"Shall I?\n\n{TRICKS}"
        assert re.fullmatch(r"Shall I\?\n\n<pre>[^<>]*</pre>", asked.html)
        await ana.presses(asked, "whole:")
        await world.until(lambda: bool(answers(chat)) and bool(answers(chat)[-1].keyboard))
        assert "".join(message.text for message in answers(chat)).replace("\n", "") == WHOLE.replace("\n", "")
        assert all("<a" not in message.html for message in answers(chat))
        assert len(answers(group)) == 2
