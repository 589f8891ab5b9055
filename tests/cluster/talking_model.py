"""A model server for processes of a cluster, which answers as the question asks it to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from tests.models.standin import Asked, Out, StandIn, stand_in

COUNT, WAIT = "Count", "Wait"
"""Questions whose answers go on until they are stopped, and until the test lets them end."""


@dataclass(slots=True, eq=False)
class TalkingModel:
    """What it was asked, and whether answers that wait may end."""

    server: StandIn
    go: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def questions(self) -> list[str]:
        return [question(asked) for asked in self.server.asked if asked.path.endswith("/completions")]


def question(asked: Asked) -> str:
    """The last words of a prompt."""
    return str(asked.body["messages"][-1]["content"])


@asynccontextmanager
async def talking_model() -> AsyncIterator[TalkingModel]:
    """A running server."""

    async def answer(asked: Asked, out: Out) -> None:
        await out.head()
        said = question(asked)
        if COUNT in said:
            await out.words("One, ", "two, ", "three, ")
            await out.forever()
        await out.words("You ", "said: ")
        if WAIT in said:
            await model.go.wait()
        await out.words(said)
        await out.end()

    async with stand_in(answer, window=4096) as server:
        model = TalkingModel(server)
        yield model
