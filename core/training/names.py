"""Names for runs and for the models that they make. Votes and promotions know a model by its name alone, so a name that
stood for one never stands for another.
"""

import re
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from core.errors import OperatorError
from core.models.library import installed as library
from core.models.library.installed import BUNDLED, TRAINED
from core.ports.store import Store
from core.store.model_names import noted
from core.store.promotions import all_promotions
from core.training.runs import runs_folder

NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,60}")


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The names of models: of those that are `there`, and of those that the database tells of, `told`."""

    home: Path
    there: Set[str]
    told: Set[str]

    def check(self, name: str) -> None:
        """Raise OperatorError if a name is none for a run, or if something has or had that name."""
        if not NAME.fullmatch(name):
            raise OperatorError(f"{name!r} is not a name for a run: use small letters, digits, dots and hyphens")
        if self._is_there(name):
            raise OperatorError(f"there is a run or a model {name!r} already; choose another --name")
        if self._was_there(name):
            raise OperatorError(
                f"{name!r} was the name of another model, whose votes and promotions would count for this one; choose"
                " another --name"
            )

    def free(self, base: str, method: str) -> str:
        """The first name for a run of this kind that nothing has or had."""
        stem = re.sub(r"[^a-z0-9.-]+", "-", base.lower()).strip("-.")[:40] or "model"
        number = 1
        while self._is_there(name := f"{stem}-{method}-{number}") or self._was_there(name):
            number += 1
        return name

    def _is_there(self, name: str) -> bool:
        return name in self.there or (runs_folder(self.home) / name).exists()

    def _was_there(self, name: str) -> bool:
        return name in self.told or library.pinned(self.home, trained_source(name)) is not None


def trained_source(name: str) -> str:
    """The source of the model that a run of this name makes. The library pins it, and keeps the pin for good."""
    return f"{TRAINED}{name}"


async def known_names(store: Store, home: Path) -> KnownNames:
    """All names of models that are known here."""
    return KnownNames(home, {BUNDLED, *library.installed(home)}, await store.read(_told))


def _told(session: Session) -> Set[str]:
    """The names in promotions, and those that models had at a start of Parley."""
    promoted = {name for one in all_promotions(session) for name in (one.candidate, one.replaced)}
    return promoted.union(*(names for _, names in noted(session).since))
