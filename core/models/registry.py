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


MakeQueue = Callable[[str, int, int], ModelQueue]
"""Makes the queue of the model of a name, with its slots and how many may wait."""


def own_queue(name: str, slots: int, waiting: int) -> ModelQueue:
    """A queue of this process alone."""
    return FairQueue(slots, waiting)


class ModelRegistry:
    """Makes models on first use and puts a queue in front of each.

    It is made from a function for each model, the name of the default one, how many may wait per slot of a model, and
    the function that makes the queues.
    """

    def __init__(
        self,
        makers: Mapping[str, Callable[[], LanguageModel]],
        default: str,
        waiting_per_slot: int = 4,
        queue: MakeQueue = own_queue,
    ) -> None:
        self._makers = makers
        self._served: dict[str, ServedModel] = {}
        self._open = AsyncExitStack()
        self._waiting_per_slot = waiting_per_slot
        self._queue = queue
        self.default = default

    @property
    def names(self) -> Sequence[str]:
        """The names of all models that may be chosen, the default first."""
        return sorted(self._makers, key=lambda name: (name != self.default, name))

    def get(self, name: str = "") -> ServedModel:
        """The model of that name; the default one if the name is empty or no longer offered."""
        known = name if name in self._makers else self.default
        if known not in self._served:
            model = self._makers[known]()
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
