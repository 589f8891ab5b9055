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
            await out.event({"choices": [{"delta": delta}]})
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
async def talking(store: Database, script: Script, able: ChatCapabilities | None = None) -> AsyncIterator[Scene]:
    async with stand_in(script) as server:
        model, weather = OpenAIModel(ModelEndpoint(server.url, tools=True)), Weather()
        server.clients.push_async_callback(model.aclose)
        core, chat = core_over(store, model, toolbox=weather), PaperChat()
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
        assert scene.weather.calls == []
        assert "tools" not in script.asked[-1]


def valid_prompts(script: Script) -> bool:
    """Whether every call in the prompts has JSON arguments: servers refuse a prompt with others."""
    calls = [call for body in script.asked for line in body["messages"] for call in line.get("tool_calls", ())]
    return all(isinstance(json.loads(call["function"]["arguments"]), dict) for call in calls)
