"""The models that this installation offers, by name. Each is made when it is first used, and has its own queue."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from core.models.fair_queue import FairQueue, ModelQueue
from core.ports.model import LanguageModel, ReachableModel


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model with the queue in front of it."""

    model: LanguageModel
    queue: ModelQueue


MakeModels = Mapping[str, Callable[[], LanguageModel]]
"""How to make each model that is offered, by its name."""

MakeQueue = Callable[[str, int, int], ModelQueue]
"""Makes the queue of the model of a name, with its slots and how many may wait."""

FAILED = "open"
"""The state of a model that failed too often or cannot start (core.models.embedded.supervisor)."""


def own_queue(name: str, slots: int, waiting: int) -> ModelQueue:
    """A queue of this process alone."""
    return FairQueue(slots, waiting)


def unchanged() -> MakeModels | None:
    """The same models are offered for as long as the program runs."""
    return None


class ModelRegistry:
    """Makes models on first use and puts a queue in front of each.

    It is made from a function for each model, the name of the default one, how many may wait per slot of a model, the
    function that makes the queues, and `renewed`, which returns the functions anew once others are offered. It is
    called with every look at the names, so it must be quick.
    """

    def __init__(
        self,
        makers: MakeModels,
        default: str,
        waiting_per_slot: int = 4,
        queue: MakeQueue = own_queue,
        renewed: Callable[[], MakeModels | None] = unchanged,
    ) -> None:
        self._makers = makers
        self._served: dict[str, ServedModel] = {}
        self._open = AsyncExitStack()
        self._waiting_per_slot = waiting_per_slot
        self._queue = queue
        self._renewed = renewed
        self._names: Sequence[str] = ()
        self._refused: set[str] = set()
        self.default = default

    @property
    def names(self) -> Sequence[str]:
        """The names of all models that may be chosen, the default first."""
        makers = self._offered()
        if not self._names:
            self._names = sorted(makers, key=lambda name: (name != self.default, name))
        return self._names

    def able(self, name: str) -> bool:
        """Whether a model may answer in place of the default one: it is offered, and it has not failed to serve."""
        served = self._served.get(name)
        failed = name in self._refused or (served and getattr(served.model, "state", "") == FAILED)
        return name in self._offered() and not failed

    def refuse(self, name: str) -> None:
        """Do not let a model answer in place of the default one, since it is known that it cannot."""
        self._refused.add(name)

    def get(self, name: str = "") -> ServedModel:
        """The model of that name; the default one if the name is empty or no longer offered."""
        makers = self._offered()
        known = name if name in makers else self.default
        if known not in self._served:
            model = makers[known]()
            queue = self._queue(known, model.slots, model.slots * self._waiting_per_slot)
            self._served[known] = ServedModel(model, queue)
            if close := getattr(model, "aclose", None):
                self._open.push_async_callback(close)
        return self._served[known]

    def states(self) -> Mapping[str, str]:
        """The states of the models that were used, by name; "ready" for a model that has no `state`."""
        return {name: getattr(served.model, "state", "ready") for name, served in self._served.items()}

    async def reach(self) -> None:
        """Ask the default model whether it is there, if it can be asked. Raises ModelError if it is not."""
        model = self.get().model
        if isinstance(model, ReachableModel):
            await model.reach()

    async def aclose(self) -> None:
        """Close every model that was used."""
        await self._open.aclose()
        self._served.clear()

    def _offered(self) -> MakeModels:
        # The default model stays, even if its files are gone: without it, nothing could say so.
        if renewed := self._renewed():
            self._makers, self._names = {self.default: self._makers[self.default], **renewed}, ()
        return self._makers
