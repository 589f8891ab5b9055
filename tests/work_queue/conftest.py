"""People who talk to a process that accepts events, for others to work on."""

from collections.abc import AsyncIterator

import pytest

from tests.dialogue import Dialogue
from tests.paper import PaperChat
from tests.work_queue.process import SharingProcess, sharing


@pytest.fixture
def chat() -> PaperChat:
    return PaperChat()


@pytest.fixture
async def ingress(postgres_url: str, chat: PaperChat) -> AsyncIterator[SharingProcess]:
    """A process that only accepts events."""
    async with sharing(postgres_url, chat, platforms=()) as process:
        yield process


@pytest.fixture
def ana(ingress: SharingProcess, chat: PaperChat) -> Dialogue:
    return Dialogue(ingress.core, chat)
