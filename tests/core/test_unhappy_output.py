"""What a model says that is no good answer: each kind has its words or its repair, through a server on loopback."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from sqlmodel import select

from core.messages import AnyEvent, Turn
from core.models.remote.client import OpenAIModel
from core.models.remote.connection import ModelEndpoint
from core.ports.chat import ChatCapabilities
from core.ports.model import ToolCall, ToolSpec
from core.ports.plugins import ToolOutcome
from core.store import conversations, people
from core.store.engine.database import Database
from core.store.tables import MessageRow
from tests.core.building import core_over
from tests.dialogue import ANA, Dialogue
from tests.models.standin import Asked, Out, StandIn, stand_in
from tests.paper import PaperChat

pytestmark = pytest.mark.above_the_store

FOLDS = ChatCapabilities(edit_interval=0, forms=True, idempotent_send=True, reasoning=True)
WEATHER = ToolSpec("weather", "The weather.", {"type": "object", "properties": {"place": {"type": "string"}}})

Chunk = str | dict[str, Any]


@dataclass
class Script:
    """What the server says to each request, in turn; the last is repeated. A text is content, else it is a delta."""

    answers: Sequence[Sequence[Chunk]]
    finish: str = "stop"
    asked: list[dict[str, Any]] = field(default_factory=list)

    async def __call__(self, asked: Asked, out: Out) -> None:
        said = self.answers[min(len(self.asked), len(self.answers) - 1)]
        self.asked.append(asked.body)
        await out.head()
        for chunk in said:
            delta = {"content": chunk} if isinstance(chunk, str) else chunk
            # Half surrogate pairs come as escapes: no server can write them otherwise.
            await out.raw(f"data: {json.dumps({'choices': [{'delta': delta}]})}\n\n".encode())
        await out.end(self.finish)

    @property
    def prompts(self) -> list[str]:
        return [json.dumps(body["messages"]) for body in self.asked]


@dataclass
class Weather:
    """A tool that remembers its calls."""

    calls: list[ToolCall] = field(default_factory=list)

    async def offered(self, event: AnyEvent, text: str, room: int, *, alone: bool = False) -> Sequence[ToolSpec]:
        return [WEATHER]

    async def use(self, event: AnyEvent, call: ToolCall, *, outside: bool, alone: bool = False) -> ToolOutcome:
        self.calls.append(call)
        return ToolOutcome("It rains.", "weather")


@dataclass
class Scene:
    """A dialogue over the scripted server."""

    dialogue: Dialogue
    server: StandIn
    weather: Weather

    async def turns(self) -> Sequence[Turn]:
        return await self.dialogue.core.records.transcript(self.dialogue.place, self.dialogue.user)


@asynccontextmanager
async def talking(
    store: Database, script: Script, able: ChatCapabilities | None = None, chat: PaperChat | None = None
) -> AsyncIterator[Scene]:
    async with stand_in(script) as server:
        model, weather = OpenAIModel(ModelEndpoint(server.url, tools=True)), Weather()
        server.clients.push_async_callback(model.aclose)
        core, chat = core_over(store, model, toolbox=weather), chat or PaperChat()
        chat.capabilities = able or chat.capabilities
        core.router.attach("paper", chat)
        yield Scene(Dialogue(core, chat), server, weather)
        await core.router.drain(20)


@pytest.mark.parametrize("said", [[], [""], ["  ", "\n\n"], ["\u200b", "\ufeff\u2060"], ["\u3164 \u00ad"]])
async def test_nothing_to_see_has_its_words(store: Database, said: list[Chunk]) -> None:
    async with talking(store, Script([said])) as scene:
        heard = await scene.dialogue.says("Hello")
        assert heard.reply.text == ""
        heard.expect("The model gave no answer.")
        assert heard.buttons() == ["retry", "delete"]
        (_, turn) = await scene.turns()
        assert (turn.text, turn.status) == ("", heard.reply.status)


@pytest.mark.parametrize("language", ["ca", "de", "es", "eu", "fr", "zh-CN"])
async def test_the_words_are_in_the_persons_language(store: Database, language: str) -> None:
    async with talking(store, Script([[" "]])) as scene:
        speaker = replace(scene.dialogue, user=replace(ANA, language=language))
        status = (await speaker.says("Hello")).reply.status
        assert status
        assert "The model" not in status


async def test_an_answer_after_nothing_is_one(store: Database) -> None:
    async with talking(store, Script([[" "], ["Hello Ana"]])) as scene:
        heard = await scene.dialogue.says("Hello")
        again = await scene.dialogue.presses(heard, "retry", "#answer")
        assert (again.reply.text, again.reply.status) == ("Hello Ana", "")


async def test_a_cut_in_mid_word_is_told_and_goes_on(store: Database) -> None:
    script = Script([["The capi"], ["tal is Paris."]], "length")
    async with talking(store, script) as scene:
        heard = await scene.dialogue.says("France?")
        heard.expect("The capi", "cut off", "Continue")
        assert (await scene.turns())[-1].status == heard.reply.status
        script.finish = "stop"
        await scene.dialogue.send(scene.dialogue.press_of(heard, "continue"))
        await scene.dialogue.settled()
        shown = scene.dialogue.chat.shown[heard.id]
        assert (shown.text, shown.status) == ("The capital is Paris.", "")


THOUGHTS: dict[str, list[Chunk]] = {
    "reasoning_content": [{"reasoning_content": "Lyon? "}, {"reasoning_content": "No."}, "Paris."],
    "reasoning": [{"reasoning": "Lyon? No."}, "Paris."],
    "both": [{"reasoning": "Lyon? No.", "reasoning_content": "Lyon? No."}, "Paris."],
    "tags": ["<thi", "nk>Lyon? ", "No.</th", "ink>\n\nPar", "is."],
    "nested": ["<think>Lyon", "?<think> N", "o</think>.</think>Paris."],
    "in the middle": ["Par", "<thinking>Lyon? No.</thinking>", "is."],
    "harmony": [
        "<|channel|>analysis<|message|>Lyon? No.<|end|><|start|>assistant<|channel|>final<|message|>",
        "Paris.",
    ],
    "mistral": ["[THINK]Lyon? No.[/THINK]Paris."],
    "opened by the template": ["Lyon? ", "No.</think>", "\n\nParis."],
}


@pytest.mark.parametrize("said", THOUGHTS.values(), ids=THOUGHTS)
async def test_reasoning_is_kept_apart(store: Database, said: list[Chunk]) -> None:
    script = Script([said])
    async with talking(store, script, FOLDS) as scene:
        heard = await scene.dialogue.says("France?")
        assert (heard.reply.text, heard.reply.reasoning, heard.reply.status) == ("Paris.", "Lyon? No.", "")
        # The page shows it after a reload, and no prompt ever has it.
        turn = (await scene.turns())[-1]
        assert (turn.text, turn.reasoning) == ("Paris.", "Lyon? No.")
        await scene.dialogue.says("And Spain?")
        assert "Lyon" not in script.prompts[-1]
        assert "Paris." in script.prompts[-1]


async def test_where_it_cannot_be_folded_people_see_only_that_it_thinks(store: Database) -> None:
    seen = []

    class Watched(PaperChat):
        async def _show(self, message_id: str, reply: Any) -> None:
            seen.append(reply)
            await PaperChat._show(self, message_id, reply)

    async with stand_in(Script([THOUGHTS["reasoning_content"]])) as server:
        model, chat = OpenAIModel(ModelEndpoint(server.url)), Watched()
        core = core_over(store, model)
        core.router.attach("paper", chat)
        await Dialogue(core, chat).says("France?")
        await core.router.drain(20)
        await model.aclose()
    assert all("Lyon" not in f"{reply.text}{reply.status}{reply.reasoning}" for reply in seen)
    assert seen[0].status in ("Thinking…", "")
    assert seen[-1].text == "Paris."


@pytest.mark.parametrize("said", [["<think>Lyon? N"], [{"reasoning_content": "Lyon? N"}]])
@pytest.mark.parametrize("finish", ["stop", "length"])
async def test_a_model_that_only_thinks_is_told(store: Database, said: list[Chunk], finish: str) -> None:
    async with talking(store, Script([said], finish), FOLDS) as scene:
        heard = await scene.dialogue.says("France?")
        heard.expect("did not come to an answer")
        assert (heard.reply.text, heard.reply.reasoning) == ("", "Lyon? N")
        assert heard.buttons() == ["retry", "delete"]
        assert (await scene.turns())[-1].status == heard.reply.status


async def test_reasoning_goes_when_its_answer_goes(store: Database) -> None:
    async with talking(store, Script([THOUGHTS["tags"]]), FOLDS) as scene:
        await scene.dialogue.says("France?")
        await scene.dialogue.settled()

        async def kept() -> list[str]:
            rows = await store.read(lambda session: session.exec(select(MessageRow)).all())
            return [row.reasoning for row in rows if row.reasoning]

        assert await kept() == ["Lyon? No."]
        answer = (await scene.turns())[-1].id
        await store.write(lambda session: conversations.delete(session, answer))
        assert await kept() == []


async def test_reasoning_goes_with_the_person(store: Database) -> None:
    async with talking(store, Script([THOUGHTS["tags"]]), FOLDS) as scene:
        room = scene.dialogue.elsewhere("room", private=False)
        await room.says("France?")
        await room.settled()
        rows = await store.read(lambda session: session.exec(select(MessageRow)).all())
        person = next(row.person_id for row in rows if row.person_id)
        assert any(row.reasoning for row in rows)
        await store.write(lambda session: people.forget(session, person))
        rows = await store.read(lambda session: session.exec(select(MessageRow)).all())
        assert [row.reasoning for row in rows if row.reasoning] == []


def calling(arguments: str) -> list[Chunk]:
    function = {"name": "weather", "arguments": arguments}
    return [{"tool_calls": [{"index": 0, "id": "c1", "function": function}]}]


async def test_arguments_that_are_nearly_json_are_repaired(store: Database) -> None:
    script = Script([calling("```json\n{'place': 'Ulm',}\n```"), ["It rains in Ulm."]])
    async with talking(store, script) as scene:
        heard = await scene.dialogue.says("Weather in Ulm?")
        assert heard.reply.text == "It rains in Ulm."
        assert [json.loads(call.arguments) for call in scene.weather.calls] == [{"place": "Ulm"}]
        assert valid_prompts(script)


async def test_arguments_that_nobody_can_read_are_asked_for_once_again(store: Database) -> None:
    script = Script([calling("Ulm, please"), calling('{"place": "Ulm"}'), ["It rains in Ulm."]])
    async with talking(store, script) as scene:
        heard = await scene.dialogue.says("Weather in Ulm?")
        assert heard.reply.text == "It rains in Ulm."
        assert "no JSON object" in script.prompts[1]
        assert len(scene.weather.calls) == 1
        assert valid_prompts(script)


async def test_a_model_that_cannot_say_how_has_to_do_without(store: Database) -> None:
    script = Script([calling("Ulm"), calling("Ulm!"), ["I do not know."]])
    async with talking(store, script) as scene:
        heard = await scene.dialogue.says("Weather in Ulm?")
        heard.expect("I do not know.", "wanted to use a tool")
        assert (await scene.turns())[-1].status in heard.reply.status
        assert (await scene.turns())[-1].status
        assert scene.weather.calls == []
        assert "tools" not in script.asked[-1]


@pytest.mark.parametrize("id", [None, "c1", "c\ud800", "c" * 5000])
async def test_each_call_has_an_id_of_its_own(store: Database, id: str | None) -> None:
    # What a call plans, posts or asks for is done once for its id.
    call = {"id": id, "function": {"name": "weather", "arguments": "{}"}}
    both: list[Chunk] = [{"tool_calls": [{**call, "index": 0}, {**call, "index": 1}]}]
    script = Script([both, both, ["It rains."]])
    async with talking(store, script) as scene:
        heard = await scene.dialogue.says("Weather?")
        assert (heard.reply.text, heard.reply.status) == ("It rains.", "weather")
        ids = [call.id for call in scene.weather.calls]
        assert len(set(ids)) == 4
        assert max(map(len, ids)) <= 210
        told = [line["tool_call_id"] for line in script.asked[-1]["messages"] if line["role"] == "tool"]
        assert told == ids


@pytest.mark.parametrize(
    "said",
    [
        calling("{'place': 'U\\ud800'}"),
        calling('{"place": "U\\ud800"}'),
        ['<tool_call>{"name": "weather", "arguments": {"place": "U\\ud800"}}</tool_call>'],
        ['<|python_tag|>weather(place="U\\ud800\\x00")'],
    ],
)
async def test_half_characters_in_arguments_end_no_answer(store: Database, said: list[Chunk]) -> None:
    script = Script([said, ["It rains."]])
    async with talking(store, script) as scene:
        assert (await scene.dialogue.says("Weather?")).reply.text == "It rains."
        assert [json.loads(call.arguments) for call in scene.weather.calls] == [{"place": "U?"}]


def valid_prompts(script: Script) -> bool:
    """Whether every call in the prompts has JSON arguments: servers refuse a prompt with others."""
    calls = [call for body in script.asked for line in body["messages"] for call in line.get("tool_calls", ())]
    return all(isinstance(json.loads(call["function"]["arguments"]), dict) for call in calls)


WRITTEN: dict[str, list[Chunk]] = {
    "Hermes and Qwen": ["<tool_c", 'all>\n{"name": "weather", "argu', 'ments": {"place": "Ulm"}}\n</tool', "_call>"],
    "without an end": ['<tool_call>{"name": "weather", "arguments": {"place": "Ulm"}}'],
    "Llama": ["<|python_tag|>", '{"name": "weather", "parameters": {"place": "Ulm"}}'],
    "Mistral": ["[TOOL_CALLS]", ' [{"name": "weather", "arguments": {"place": "Ulm"}}]'],
    "Gemma": ["```tool_code\n", 'print(weather(place="Ulm"))\n```'],
    "after words": ["Let me see.\n\n", '<tool_call>{"name": "weather", "arguments": {"place": "Ulm"}}</tool_call>'],
    "after thoughts": [
        "<think>Hm.</think>",
        '<tool_call>{"name": "weather", "arguments": {"place": "Ulm"}}</tool_call>',
    ],
}


@pytest.mark.parametrize("said", WRITTEN.values(), ids=WRITTEN)
async def test_a_call_that_is_written_as_text_is_one(store: Database, said: list[Chunk]) -> None:
    script = Script([said, ["It rains in Ulm."]])
    async with watching(store, script) as (scene, frames):
        heard = await scene.dialogue.says("Weather in Ulm?")
        assert heard.reply.text.removeprefix("Let me see.\n\n") == "It rains in Ulm."
        assert [json.loads(call.arguments) for call in scene.weather.calls] == [{"place": "Ulm"}]
        assert all(not set(frame) & set("<[`{") for frame in frames)
        assert valid_prompts(script)
        assert "It rains." in script.prompts[-1]


async def test_a_written_call_that_nobody_can_make_has_its_words(store: Database) -> None:
    script = Script([['<tool_call>{"name": "launch", ', '"arguments": {}}</tool_call>']])
    async with watching(store, script) as (scene, frames):
        heard = await scene.dialogue.says("Launch it")
        heard.expect("wanted to use a tool, which is not possible here")
        assert (heard.reply.text, scene.weather.calls) == ("", [])
        assert heard.buttons() == ["retry", "delete"]
        assert "".join(frames) == ""
        # A page reads it again after a reload.
        assert (await scene.turns())[-1].status == heard.reply.status


async def test_a_call_that_could_not_be_made_is_still_told_of_after_a_reload(store: Database) -> None:
    script = Script([['Well.\n\n<tool_call>{"name": "launch", "arguments": {}}</tool_call>']])
    async with talking(store, script) as scene:
        heard = await scene.dialogue.says("Launch it")
        heard.expect("Well.", "wanted to use a tool, which is not possible here")
        assert (await scene.turns())[-1].status == heard.reply.status


async def test_who_asks_what_such_a_mark_means_reads_it(store: Database) -> None:
    said = ['Qwen writes:\n\n```\n<tool_call>{"name": ', '"weather"}</tool_call>\n```\n\nThat is `<tool_call>`.']
    async with watching(store, Script([said])) as (scene, _):
        heard = await scene.dialogue.says("What does <tool_call> mean?")
        assert (heard.reply.text, heard.reply.status, scene.weather.calls) == ("".join(said), "", [])


@asynccontextmanager
async def watching(store: Database, script: Script) -> AsyncIterator[tuple[Scene, list[str]]]:
    """A scene, and the texts of all frames that are shown in it."""
    chat = Watched()
    async with talking(store, script, chat=chat) as scene:
        yield scene, chat.frames


@dataclass(slots=True)
class Watched(PaperChat):
    """A chat that remembers what it has shown."""

    frames: list[str] = field(default_factory=list)

    async def _show(self, message_id: str, reply: Any) -> None:
        self.frames.append(reply.text)
        await PaperChat._show(self, message_id, reply)
