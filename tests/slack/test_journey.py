"""The whole way through the real libraries: from a mention to an answer, its rating, a restart, and so on."""

import asyncio

import pytest

from bots.slack.markdown import to_mrkdwn
from core.models.scripted import ScriptedModel
from tests.shared.asking import ASKS, TRICKS, WHOLE
from tests.shared.cards import CARDS, ROWS
from tests.slack.living import answers, buttons, finished, living
from tests.slack.server.server import Slack
from tests.slack.server.world import TOMBSTONE


async def test_from_the_first_mention_over_a_restart_to_the_last_thumb(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    async with living(world, sqlite_url) as life:
        question = await ana.says(room, "What is a parley?", mention=True)
        await world.until(lambda: finished(room))
        (answer,) = answers(room)
        assert answer.shown == "You said: Ana: What is a parley?"
        assert answer.thread == question.ts
        assert buttons(answer) == ["up", "down", "retry", "delete"]
        await ana.reacts(answer, "+1::skin-tone-4")
        await life.rated(1)
        await ana.reacts(answer, "-1")
        await life.rated(-1)
        await ana.unreacts(answer, "+1::skin-tone-4")
    async with living(world, sqlite_url) as life:
        await life.rated(-1)
        await ana.unreacts(answer, "-1")
        await life.rated()
        pressed = await ana.presses(answer, "up:")
        await life.rated(1)
        await pressed.acked.wait()
        assert len(answers(room)) == 1


async def test_an_answer_grows_in_a_channel_by_edits(world: Slack, sqlite_url: str) -> None:
    steps: asyncio.Queue[None] = asyncio.Queue()
    room, ana = world.channel(), world.person("Ana")
    async with living(world, sqlite_url, ScriptedModel(["one two three"], pace=steps.get)):
        question = await ana.says(room, "Count", mention=True)
        await world.until(lambda: room.status.get(question.ts) == "is thinking…")
        steps.put_nowait(None)
        await world.until(lambda: bool(answers(room)) and "stop" in buttons(answers(room)[0]))
        for _ in range(4):
            steps.put_nowait(None)
        await world.until(lambda: finished(room))
        assert answers(room)[0].shown == "one two three"
        assert answers(room)[0].edits[0] == "one"
        assert not room.status.get(question.ts)


async def test_an_answer_grows_in_the_pane_by_slacks_own_streaming(world: Slack, sqlite_url: str) -> None:
    steps: asyncio.Queue[None] = asyncio.Queue()
    ana = world.person("Ana", locale="de-DE")
    room = ana.dm()
    async with living(world, sqlite_url, ScriptedModel(["one two three"], pace=steps.get)) as life:
        thread = await ana.opens_pane()
        await world.until(lambda: thread in room.prompts)
        assert room.prompts[thread][0]["title"] == "Etwas erklären"
        await ana.says(room, "Count for me", thread=thread)
        await world.until(lambda: room.status.get(thread) == "denkt nach…")
        await world.until(lambda: room.titles.get(thread) == "Count for me")
        for _ in range(2):
            steps.put_nowait(None)
        await world.until(lambda: bool(answers(room)) and "two" in answers(room)[0].shown)
        assert answers(room)[0].streaming
        for _ in range(3):
            steps.put_nowait(None)
        await world.until(lambda: finished(room))
        (answer,) = answers(room)
        assert (answer.shown, answer.thread) == ("one two three", thread)
        assert not [call for call in world.asked if call.method in ("chat.update", "chat.postMessage")]
        await ana.presses(answer, "down:")
        await life.rated(-1)


async def test_a_workspace_that_does_not_stream_is_edited(world: Slack, sqlite_url: str) -> None:
    world.garden.streams = False
    world.forgive("unknown_method")
    ana = world.person("Ana")
    room = ana.dm()
    async with living(world, sqlite_url):
        thread = await ana.opens_pane()
        for number, words in enumerate(("Hello", "Again"), 1):
            await ana.says(room, words, thread=thread)
            await world.until(lambda number=number: finished(room, number))  # type: ignore[misc] # a default
        assert answers(room)[1].shown == "You said: Again"
        assert len([call for call in world.asked if call.method == "chat.startStream"]) == 1


async def test_a_stream_that_slack_has_closed_is_ended_by_an_edit(world: Slack, sqlite_url: str) -> None:
    steps: asyncio.Queue[None] = asyncio.Queue()
    world.forgive("message_not_in_streaming_state")
    ana = world.person("Ana")
    room = ana.dm()
    async with living(world, sqlite_url, ScriptedModel(["one two three"], pace=steps.get)):
        await ana.says(room, "Count", thread=await ana.opens_pane())
        steps.put_nowait(None)
        await world.until(lambda: bool(answers(room)))
        answers(room)[0].streaming = False
        for _ in range(4):
            steps.put_nowait(None)
        await world.until(lambda: finished(room))
        assert answers(room)[0].shown == "one two three"


async def test_a_growing_stream_is_stopped_by_a_reaction(world: Slack, sqlite_url: str) -> None:
    steps: asyncio.Queue[None] = asyncio.Queue()
    ana = world.person("Ana")
    room = ana.dm()
    async with living(world, sqlite_url, ScriptedModel(["one two three"], pace=steps.get)):
        await ana.says(room, "Count", thread=await ana.opens_pane())
        steps.put_nowait(None)
        await world.until(lambda: bool(answers(room)))
        await ana.reacts(answers(room)[0], "octagonal_sign")
        await world.until(lambda: finished(room))
        assert answers(room)[0].shown.strip() == "one"
        assert "Stopped." in answers(room)[0].small_print


async def test_threads_are_conversations(world: Slack, sqlite_url: str) -> None:
    room, ana, ben = world.channel(), world.person("Ana"), world.person("Ben")
    model = ScriptedModel(lambda lines: f"{len(lines)} lines")
    async with living(world, sqlite_url, model):
        first = await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room, 1, first.ts))
        await ben.says(room, "And I am here too", thread=first)
        await world.until(lambda: finished(room, 2, first.ts))
        await ben.says(room, f"<@{ana.id}> what do you think?", thread=first)
        second = await ana.says(room, "Something else", mention=True)
        await world.until(lambda: finished(room, 1, second.ts))
        assert [one.shown for one in answers(room, first.ts)] == ["2 lines", "4 lines"]
        assert [one.shown for one in answers(room, second.ts)] == ["2 lines"]


async def test_called_into_a_thread_it_reads_what_was_said(world: Slack, sqlite_url: str) -> None:
    room, ana, ben = world.channel(), world.person("Ana"), world.person("Ben")
    model = ScriptedModel(lambda lines: " | ".join(line.text for line in lines[1:]))
    async with living(world, sqlite_url, model):
        said = await ben.says(room, "Crows can count.")
        await ana.says(room, f"Really, <@{ben.id}>?", thread=said)
        await ana.says(room, "is that so?", thread=said, mention=True)
        await world.until(lambda: finished(room, 1, said.ts))
        assert answers(room)[0].shown == "Ben: Crows can count.\n\nAna: Really, @Ben?\n\nAna: is that so?"


async def test_what_people_say_to_each_other_is_not_answered(world: Slack, sqlite_url: str) -> None:
    room, ana, ben = world.channel(), world.person("Ana"), world.person("Ben")
    async with living(world, sqlite_url) as life:
        said = await ana.says(room, "Good morning")
        await ben.says(room, "Morning!", thread=said)
        await ana.says(room, "Now you", mention=True)
        await world.until(lambda: finished(room))
        assert [message.shown for message in answers(room)] == ["You said: Ana: Now you"]
        assert life.rows("SELECT count(*) FROM inbox") == [(1,)]


async def test_direct_messages_need_no_mention_and_remember(world: Slack, sqlite_url: str) -> None:
    ana = world.person("Ana")
    room = ana.dm()
    model = ScriptedModel(lambda lines: f"{len(lines)} lines")
    async with living(world, sqlite_url, model):
        for number, words in enumerate(("Hello", "Again"), 1):
            await ana.says(room, words)
            await world.until(lambda number=number: finished(room, number))  # type: ignore[misc] # a default
        assert [message.shown for message in answers(room)] == ["2 lines", "4 lines"]


CALLS = [
    ("help", "Mention me"),
    ("", "Mention me"),
    ("stop", "Nothing is being written"),
    ("model", "scripted"),
    ("persona pirate me", "pirate"),
    ("preset k50", "k50"),
    ("instructions about I like crows", "Saved"),
    ("privacy", "training set"),
    ("stats", "This community"),
    ("forgetme", "cannot be undone"),
    ("retyr", "/parley retry"),
]


@pytest.mark.parametrize(("line", "words"), CALLS)
async def test_each_command_is_answered_for_one_persons_eyes(
    world: Slack, sqlite_url: str, line: str, words: str
) -> None:
    room, ana = world.channel(), world.person("Ana")
    async with living(world, sqlite_url):
        called = await ana.commands(room, line)
        await world.until(lambda: any(words in whisper.shown for whisper in room.whispers))
        await called.acked.wait()
        assert not answers(room)
        assert {whisper.whispered_to for whisper in room.whispers} == {ana.id}


async def test_a_command_works_where_the_bot_is_not(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(joined=False), world.person("Ana")
    async with living(world, sqlite_url):
        await ana.commands(room, "help")
        await world.until(lambda: bool(room.whispers))


async def test_commands_can_be_written_in_a_thread(world: Slack, sqlite_url: str) -> None:
    ana = world.person("Ana")
    room = ana.dm()
    async with living(world, sqlite_url) as life:
        thread = await ana.opens_pane()
        await ana.says(room, "Hello", thread=thread)
        await world.until(lambda: finished(room))
        await ana.says(room, "!rate up", thread=thread)
        await life.rated(1)
        await ana.says(room, "!wow, that was quick", thread=thread)
        await world.until(lambda: any("You said: !wow" in one.shown for one in answers(room)))


async def test_a_shortcut_of_a_message_opens_a_form(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    async with living(world, sqlite_url) as life:
        await ana.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        await ana.takes("report", answers(room)[0])
        await world.until(lambda: bool(world.views))
        view = world.views[0]
        names = [block["block_id"] for block in view.content["blocks"]]
        await ana.submits(view, **{names[0]: "it is rude"})
        await world.until(lambda: any("Thank you" in whisper.shown for whisper in room.whispers))
        assert life.rows("SELECT count(*) FROM report") == [(1,)]


async def test_a_global_shortcut_answers_directly(world: Slack, sqlite_url: str) -> None:
    ana = world.person("Ana")
    async with living(world, sqlite_url):
        await ana.takes("help")
        await world.until(lambda: any("Write me a message" in one.shown for one in answers(ana.dm())))


async def test_a_new_conversation_is_a_thread(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    async with living(world, sqlite_url):
        await ana.commands(room, "new")
        await world.until(lambda: bool(answers(room)))
        root = answers(room)[0]
        await ana.says(room, "Hello", thread=root)
        await world.until(lambda: finished(room, 1, root.ts))


LONG = [("word" * 15 + " ") * 400, "```python\n" + f"print('{'<hello>' * 8}')\n" * 300 + "```"]


@pytest.mark.parametrize("text", LONG)
@pytest.mark.parametrize("pane", [False, True])
async def test_a_long_answer_comes_in_parts(world: Slack, sqlite_url: str, text: str, pane: bool) -> None:
    ana = world.person("Ana")
    room = ana.dm() if pane else world.channel()
    async with living(world, sqlite_url, ScriptedModel([text], window=100_000)) as life:
        await ana.says(room, "Go", thread=await ana.opens_pane() if pane else "", mention=not pane)
        await world.until(lambda: finished(room, 2))
        parts = answers(room)
        assert all(part.shown.count("```") % 2 == 0 for part in parts)
        assert [bool(part.elements()) for part in parts] == [False] * (len(parts) - 1) + [True]
        await ana.reacts(parts[0], "+1")
        await life.rated(1)


async def test_nothing_that_a_model_writes_rings_a_bell(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    loud = f"<!channel> <!here|x> <@{ana.id}> [bank](https://evil.example) ![i](https://x.org/i) `<!everyone>` a < b"
    async with living(world, sqlite_url, ScriptedModel([loud])):
        await ana.says(room, "Ring", mention=True)
        await world.until(lambda: finished(room))
        shown = answers(room)[0].shown
        assert f"<@{ana.id}>" not in shown
        assert "[bank](https://evil.example) (evil.example)" in shown
        assert "a < b" in shown


async def test_what_is_a_persons_own_comes_directly(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    async with living(world, sqlite_url):
        await ana.commands(room, "mydata")
        await world.until(lambda: any(message.files for message in ana.dm().messages))
        assert not answers(room)
        (name, content), *_ = world.uploads.values()
        assert name.endswith(".json")
        assert b"ratings" in content


async def test_files_are_read(world: Slack, sqlite_url: str) -> None:
    ana = world.person("Ana")
    room = ana.dm()
    async with living(world, sqlite_url):
        await ana.says(room, "What does it print?", file=("snake.py", b"print('hiss')", "text/x-python"))
        await world.until(lambda: finished(room))
        assert "print('hiss')" in answers(room)[0].shown


async def test_an_edited_question_offers_to_answer_again(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    async with living(world, sqlite_url):
        question = await ana.says(room, "What is a cow?", mention=True)
        await world.until(lambda: finished(room))
        (answer,) = answers(room)
        await ana.edits(question, question.text.replace("cow", "crow"))
        await world.until(lambda: "again" in buttons(answer))
        await ana.presses(answer, "again:")
        await world.until(lambda: finished(room, 2))
        assert answers(room)[1].shown == "You said: Ana: What is a crow?"


async def test_an_edited_direct_question_with_replies_offers_to_answer_again(world: Slack, sqlite_url: str) -> None:
    ana = world.person("Ana")
    direct = ana.dm()
    async with living(world, sqlite_url):
        question = await ana.says(direct, "What is a cow?")
        await world.until(lambda: finished(direct))
        (answer,) = answers(direct)
        await ana.says(direct, "A thought", thread=question)
        await world.until(lambda: finished(direct, 2))
        await ana.edits(question, "What is a crow?")
        await world.until(lambda: "again" in buttons(answer))


async def test_a_deleted_question_is_forgotten(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    async with living(world, sqlite_url) as life:
        question = await ana.says(room, "My secret", mention=True)
        await world.until(lambda: finished(room))
        await ana.deletes(question)
        await life.until_rows("SELECT text FROM message WHERE role = 'prompter'", [("",)])
        assert question.subtype == TOMBSTONE


async def test_a_deleted_question_is_forgotten_in_direct_messages(world: Slack, sqlite_url: str) -> None:
    ana = world.person("Ana")
    direct = ana.dm()
    async with living(world, sqlite_url) as life:
        alone, question = await ana.says(direct, "My secret"), await ana.says(direct, "My other secret")
        await world.until(lambda: finished(direct, 2))
        await ana.says(direct, "A thought", thread=question)
        await world.until(lambda: finished(direct, 3))
        await ana.deletes(alone)
        await ana.deletes(question)
        said = "SELECT text FROM message WHERE role = 'prompter' ORDER BY text"
        await life.until_rows(said, [("",), ("",), ("A thought",)])
        assert (alone.subtype, question.subtype) == ("", TOMBSTONE)


async def test_settings_are_a_panel_for_admins(world: Slack, sqlite_url: str) -> None:
    room, log = world.channel(), world.channel()
    keeper, ana = world.person("Keeper", admin=True), world.person("Ana")
    world.garden.groups.append({"id": "S1", "handle": "gardeners", "users": [keeper.id]})
    async with living(world, sqlite_url):
        await ana.commands(room, "settings")
        await world.until(lambda: len(room.whispers) == 1)
        assert "Only an admin" in room.whispers[0].shown
        await keeper.commands(room, "settings")
        await world.until(lambda: len(room.whispers) == 2)
        panel = room.whispers[1]
        await keeper.chooses(panel, "set:log_channel", log.id)
        await world.until(lambda: f"<#{log.id}>" in panel.shown)
        await keeper.presses(panel, "settings:how")
        await world.until(lambda: any(one["action_id"] == "set:persona" for one in panel.elements()))
        await keeper.chooses(panel, "set:persona", "pirate")
        await world.until(lambda: "Persona: pirate" in panel.shown)
        await keeper.presses(panel, "settings:who")
        await world.until(lambda: any(one["action_id"] == "set:users" for one in panel.elements()))
        await keeper.chooses(panel, "set:users", "S1")
        await world.until(lambda: "@gardeners" in panel.shown)
        await ana.says(room, "Hello", mention=True)
        await keeper.says(room, "Hello", mention=True)
        await world.until(lambda: finished(room))
        assert [one.shown for one in answers(room)] == ["You said: Keeper: Hello"]
        await keeper.presses(panel, "quotas:")
        await world.until(lambda: bool(world.views))
        await keeper.submits(world.views[0], answers="20")
        await world.until(lambda: "20" in panel.shown)
        assert any("pirate" in one.shown for one in answers(log))


async def test_a_channel_can_be_set_to_be_answered_always(world: Slack, sqlite_url: str) -> None:
    room, keeper, ana = world.channel(), world.person("Keeper", admin=True), world.person("Ana")
    async with living(world, sqlite_url):
        await keeper.commands(room, f"settings always <#{room.id}|general>")
        await world.until(lambda: bool(room.whispers))
        said = await ana.says(room, "Hello")
        await world.until(lambda: finished(room, 1, said.ts))
        await ana.says(room, f"<@{keeper.id}> hello")
        await ana.says(room, "Last", thread=said)
        await world.until(lambda: finished(room, 2, said.ts))
        assert len(answers(room)) == 2


@pytest.mark.parametrize("private", [False, True])
async def test_a_card_is_pressed_and_written_to_in_its_place(world: Slack, sqlite_url: str, private: bool) -> None:
    ana = world.person("Ana")
    room = ana.dm() if private else world.channel()
    async with living(world, sqlite_url, more=(CARDS,)):
        await ana.commands(room, "card")
        await world.until(lambda: len(answers(room) if private else room.whispers) == 1)
        card = (answers(room) if private else room.whispers)[0]
        assert [len(block["elements"]) for block in card.blocks if block["type"] == "actions"] == [*ROWS]
        await ana.presses(card, "pick:7")
        await world.until(lambda: card.shown == "Picked 7")
        await ana.presses(card, "write:")
        await world.until(lambda: bool(world.views))
        section, *_ = world.views[0].content["blocks"]
        assert section["text"]["text"] == "Read *this* &lt;first&gt;."
        await ana.submits(world.views[0], words="So be it")
        await world.until(lambda: card.shown == "Noted: So be it")
        assert len([*answers(room), *room.whispers]) == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# Head\n\n**bold** *it* ~~no~~ snake_case 2*3*4", "*Head*\n\n*bold* _it_ ~no~ snake_case 2*3*4"),
        ("- one\n* **two**", "• one\n• *two*"),
        ("[a & b](https://x.org/a)", "<https://x.org/a|a &amp; b> (x.org)"),
        ("```python\n1 ** 2 ** 3 < 4\n```", "```\n1 ** 2 ** 3 &lt; 4\n```"),
        ("`**x**` <!channel>", "`**x**` &lt;!channel&gt;"),
    ],
)
def test_the_text_of_a_form_is_in_slacks_own_markup(text: str, shown: str) -> None:
    assert to_mrkdwn(text) == shown


async def test_a_call_is_shown_letter_by_letter_and_the_rest_to_its_person_alone(world: Slack, sqlite_url: str) -> None:
    room, ana = world.channel(), world.person("Ana")
    async with living(world, sqlite_url, more=[ASKS]):
        await ana.commands(room, "demand")
        await world.until(lambda: bool(answers(room)))
        (asked,) = answers(room)
        assert (asked.shown, asked.literal.replace("\u2060", "")) == ("Shall I?", TRICKS)
        seen = len(room.whispers)
        await ana.presses(asked, "whole:")
        await world.until(lambda: bool(room.whispers[seen:]) and "whole" in buttons(room.whispers[-1]))
        told = room.whispers[seen:]
        assert "".join(whisper.literal for whisper in told) == WHOLE
        assert {whisper.whispered_to for whisper in told} == {ana.id}
        assert len(answers(room)) == 1
