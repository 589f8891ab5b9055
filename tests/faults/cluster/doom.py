"""Deaths at named steps: just before, within and just after what outlives a process."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy.engine import URL
from sqlmodel import Session

from core.store.engine.database import Database

T = TypeVar("T")

STEPS = {
    "ingress": ("accept before", "accept within", "accept after", "acknowledge after"),
    "worker": (
        *("lease before", "lease within", "lease after"),
        *("write before", "write within", "write after"),
        *("send before", "send after", "edit before", "edit after"),
    ),
}
"""The steps at which a process of a role can die: around a commit, a request to the platform, or an acknowledgement."""


@dataclass(slots=True)
class Doom:
    """Ends this process without warning when it comes to a step for the `left`th time; never without a step."""

    step: str = ""
    left: int = 1

    def tick(self, step: str) -> None:
        if step != self.step:
            return
        self.left -= 1
        if self.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True, slots=True)
class DoomedStore:
    """A database whose commits, and the moments around them, are steps of a name."""

    store: Database
    doom: Doom
    name: str

    @property
    def url(self) -> URL:
        return self.store.url

    async def write(self, unit: Callable[[Session], T]) -> T:
        def within(session: Session) -> T:
            result = unit(session)
            self.doom.tick(f"{self.name} within")
            return result

        self.doom.tick(f"{self.name} before")
        result: T = await self.store.write(within)
        self.doom.tick(f"{self.name} after")
        return result

    async def read(self, unit: Callable[[Session], T]) -> T:
        found: T = await self.store.read(unit)
        return found

    async def close(self) -> None:
        await self.store.close()
