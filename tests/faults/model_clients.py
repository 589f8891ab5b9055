"""The clients of model servers, of the model hub and of embeddings, in the table of odd replies."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import httpx

from core.errors import ParleyError
from core.models.library import hub
from core.models.library.hub_file import HubFile, HubFileId
from core.models.remote.client import OpenAIModel
from core.models.remote.connection import ModelEndpoint
from core.models.remote.dialects import Dialect
from core.models.timeouts import ModelTimeouts
from core.ports.model import PromptLine, SamplingSettings
from parley import Context, tool
from plugins.host.tool_choice_embeddings import EmbeddingRouter
from tests.faults.clients import Call, OddClient
from tests.faults.odd import reply
from tests.plugin_host.stage import made

ASK = [PromptLine("user", "Hello")]
MODEL = HubFileId("owner/model", "model.gguf")
DESCRIBED = reply(200, b"", more=f'ETag: "{"0" * 64}"\r\nX-Linked-Size: 1000\r\nX-Repo-Commit: {"1" * 40}\r\n')
"""What a hub says of a file of a thousand bytes."""


def remote(dialect: Dialect | None = None, window: int = 0) -> "Call":
    async def call(url: str, patience: float) -> object:
        limits = ModelTimeouts(patience, patience, patience, 2 * patience, patience, before_retry=0)
        model = OpenAIModel(ModelEndpoint(f"{url}/v1", window=window, dialect=dialect), patience=limits, retries=0)
        try:
            if not dialect:
                await model.reach()
                return None
            return [piece async for piece in model.stream(ASK, SamplingSettings())]
        finally:
            await model.aclose()

    return call


async def count(url: str, patience: float) -> object:
    limits = ModelTimeouts(patience, patience, patience, 2 * patience, patience, before_retry=0)
    model = OpenAIModel(ModelEndpoint(f"{url}/v1"), patience=limits, retries=0)
    try:
        return await model.count(ASK)
    finally:
        await model.aclose()


async def pulled(url: str, patience: float) -> object:
    """Download a model into a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        async with httpx.AsyncClient(timeout=patience) as http:
            source = HubFile(http, url, MODEL, reach=patience)
            return await hub.pull(source, Path(folder), first_pause=0, tries=1, stalls=patience)


@tool
async def tea(ctx: Context) -> str:
    """Make tea."""
    return "tea"


async def chosen(url: str, patience: float) -> object:
    """Choose a tool; without embeddings, words are compared."""
    plugin = made({"name": "tea"}, tea)
    router = EmbeddingRouter(url, patience=patience)
    return await router.scores("a cup of tea", [(plugin, tool) for tool in plugin.tools])


CLIENTS: Mapping[str, OddClient] = {
    "model list": OddClient(remote(), (ParleyError,)),
    "model stream": OddClient(remote("openai", 100), (ParleyError,)),
    "model stream of llama.cpp": OddClient(remote("llama.cpp", 100), (ParleyError,)),
    "model tokens": OddClient(count, (ParleyError,)),
    "hub": OddClient(pulled, (ParleyError,)),
    "hub file": OddClient(pulled, (ParleyError,), (DESCRIBED,)),
    "embeddings": OddClient(chosen, ()),
}
"""Every client with the errors that its callers catch."""
