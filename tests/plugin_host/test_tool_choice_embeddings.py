"""plugins.host.tool_choice_embeddings: the router by meaning, against a server of the OpenAI-compatible protocol."""

import json

import httpx

from core.models.scripted import ScriptedModel
from plugins.host.tool_choice_embeddings import EmbeddingRouter
from tests.plugin_host.stage import Build
from tests.plugin_host.test_approval_flow import sky

ASKED: list[list[str]] = []
KINDS = {"weather": (1.0, 0.0, 0.1), "umbrella": (2.0, 0.1, 0.0), "outside": (1.0, 0.1, 0.0), "moon": (0.0, 3.0, 0.0)}


def embedded(request: httpx.Request) -> httpx.Response:
    """Answers as https://platform.openai.com/docs/api-reference/embeddings has it, in another order than asked."""
    assert request.url.path == "/v1/embeddings"
    assert request.headers["authorization"] == "Bearer k"
    texts = json.loads(request.content)["input"]
    ASKED.append(texts)
    rows = []
    for number, text in enumerate(texts):
        kind = next((vector for word, vector in KINDS.items() if word in text.lower()), (0.0, 0.0, 1.0))
        rows.append({"object": "embedding", "index": number, "embedding": kind})
    return httpx.Response(200, json={"object": "list", "data": rows[::-1], "model": "m", "usage": {"prompt_tokens": 1}})


def meanings(answer: object = embedded) -> EmbeddingRouter:
    return EmbeddingRouter("http://embeddings.lan/v1", key="k", transport=httpx.MockTransport(answer))  # type: ignore[arg-type]


async def test_a_paraphrase_finds_its_tool_and_the_tools_are_asked_for_once(build: Build) -> None:
    ASKED.clear()
    stage = build(ScriptedModel(["Hm."]), found=[sky()], router=meanings())
    dialogue = stage.dialogue()
    said = await dialogue.says("Do I need my umbrella?")
    assert [button.label for button in said.reply.buttons if button.action.startswith("tool:")] == ["weather"]
    said = await dialogue.says("Tell me a joke")
    assert "tool" not in said.buttons()
    assert [texts[0] for texts in ASKED] == ["Do I need my umbrella?", "Tell me a joke"]
    assert len(ASKED[1]) == 1


async def test_where_the_server_fails_words_count(build: Build) -> None:
    for broken in (
        lambda request: httpx.Response(503),
        lambda request: httpx.Response(200, json={"data": []}),
        lambda request: httpx.Response(200, text="no json"),
    ):
        stage = build(ScriptedModel(["Hm."]), found=[sky()], router=meanings(broken))
        said = await stage.dialogue().says("phase of the moon")
        assert [button.label for button in said.reply.buttons if button.action.startswith("tool:")] == ["moon"]
