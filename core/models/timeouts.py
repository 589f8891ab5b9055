"""The time limits for a model, and the functions that wait within them."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from core.errors import ModelTimeout

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ModelTimeouts:
    """Time limits in seconds: for connecting, the first token, each further token, a whole answer, a short question.

    `before_retry` is the pause before another try.
    """

    connect: float = 2.0
    first_token: float = 60.0
    next_token: float = 10.0
    whole: float = 180.0
    question: float = 10.0
    before_retry: float = 0.1


class AnswerDeadline:
    """The time limits of one answer: for the first token, each next one, and the whole. Made as the waiting begins."""

    def __init__(self, patience: ModelTimeouts) -> None:
        self._patience = patience
        self._now = asyncio.get_running_loop().time
        self._end = self._now() + patience.whole
        self._next = self._now() + patience.first_token
        self._what = f"no first token within {patience.first_token:g} s"

    def moved(self) -> None:
        """Note that a token has come, and start the time limit of the next one."""
        self._next = self._now() + self._patience.next_token
        self._what = f"no further token within {self._patience.next_token:g} s"

    async def wait(self, work: Awaitable[T]) -> T:
        """Wait for work within the limits. Raises ModelTimeout."""
        if self._end < self._next:
            return await by(self._end, work, f"the whole answer took longer than {self._patience.whole:g} s")
        return await by(self._next, work, self._what)


async def by(moment: float, work: Awaitable[T], cause: str) -> T:
    """Wait for work until a moment on the loop's clock. Raises ModelTimeout with the cause."""
    try:
        async with asyncio.timeout_at(moment):
            return await work
    except TimeoutError:
        raise ModelTimeout("model-timeout", cause) from None
