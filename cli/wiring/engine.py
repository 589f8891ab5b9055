"""A running core with its surfaces; `cli.wiring.program` puts it together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry

from cli.wiring.model_watch import UNREACHABLE, ModelWatch
from cli.wiring.store_probe import StoreProbe
from core.labeling.background.clock import repeat
from core.messages import Place
from core.metrics import Metrics
from core.models.registry import ModelRegistry
from core.ports.chat import Chat, Handle
from core.ports.surface import SurfaceRecords, SurfaceStorage
from core.store import put_aside
from core.store.engine.database import Database
from core.wiring import WiredCore
from plugins.host.oauth.signing_in import SigningIn

if TYPE_CHECKING:
    from cli.wiring.shared_work import SharedWork

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class RunningEngine:
    """A running core with its surfaces. `first_run_line` is empty unless the small bundled model answers."""

    core: WiredCore
    models: ModelRegistry
    store: Database
    registry: CollectorRegistry
    first_run_line: str
    signing_in: SigningIn
    metrics: Metrics
    watch: ModelWatch
    probe: StoreProbe
    shared: "SharedWork | None" = None
    _recovered: set[str] = field(default_factory=set)

    @property
    def handle(self) -> Handle:
        """The function that a surface calls with every event."""
        return self.core.router.handle

    @property
    def records(self) -> SurfaceRecords:
        """The records that a surface reads to draw itself."""
        return self.core.records

    def attach(self, platform: str, chat: Chat) -> None:
        """Send replies to a platform through this surface."""
        self.core.router.attach(platform, self.shared.fenced(chat) if self.shared else chat)

    def keep(self, platform: str) -> SurfaceStorage:
        """The storage for what a surface remembers across restarts."""
        return self.core.keep(platform)

    async def forget_put_aside(self) -> None:
        """Delete unreadable items that are too old, every hour until cancelled."""

        async def sweep() -> None:
            await self.store.write(put_aside.sweep)

        await repeat(sweep, HOUR, "put_aside_not_swept")

    async def recover(self, platform: str, ours: Callable[[Place], bool] = lambda place: True) -> int:
        """Resume the events of a platform that an earlier process left unfinished at our places. Returns how many.

        Done once: when a surface is started again, what is unfinished is being worked on.
        """
        if platform in self._recovered:
            return 0
        found = await self.core.router.recover(platform, ours)
        self._recovered.add(platform)
        return found

    async def drain(self, seconds: float) -> None:
        """Give work in progress up to `seconds` to finish; the rest is resumed at the next start, or by others."""
        drain = partial(self.core.router.drain, seconds)
        await (self.shared.drain(drain) if self.shared else drain())

    async def health(self) -> Mapping[str, str]:
        """The state of the store ("ok" or what is wrong) and of the models in use, by name."""
        found = {"store": await self.probe.state()}
        models = {f"model:{name}": state for name, state in self.models.states().items()}
        if self.watch.reached is False:
            models[f"model:{self.models.default}"] = UNREACHABLE
        return {**found, **models}
