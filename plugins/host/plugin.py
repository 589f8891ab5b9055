"""The interfaces through which the host sees a plugin, wherever it comes from and however it runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from parley import Context, Manifest, Result
from parley.declared import OfferOption


@dataclass(frozen=True, slots=True)
class OfferWords:
    """The description of a function that a plugin offers, wherever the plugin comes from; see `parley.Tool`.

    With `asks`, its result is a question for the assistant, asked in the person's name. `reaches` is the server to
    which all arguments go, as people know it: its host, or its name in the settings; empty if there is none.
    """

    tool: str = ""
    command: str = ""
    description: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict)
    options: tuple[OfferOption, ...] = ()
    shown: str = ""
    confirm: bool = False
    admin: bool = False
    asks: bool = False
    reaches: str = ""


class PluginOffer(Protocol):
    """A function that a plugin offers, to a model as `tool` and to people as `command`; see `parley.Tool`."""

    @property
    def tool(self) -> str: ...

    @property
    def command(self) -> str: ...

    @property
    def description(self) -> str: ...

    @property
    def schema(self) -> Mapping[str, Any]: ...

    @property
    def options(self) -> tuple[OfferOption, ...]: ...

    @property
    def shown(self) -> str: ...

    @property
    def confirm(self) -> bool: ...

    @property
    def admin(self) -> bool: ...

    async def call(self, context: Context, given: Mapping[str, Any]) -> Result: ...


class HostedPlugin(Protocol):
    """A plugin of any origin."""

    @property
    def name(self) -> str: ...

    @property
    def manifest(self) -> Manifest: ...

    @property
    def tools(self) -> Sequence[PluginOffer]: ...


@runtime_checkable
class HookedPlugin(Protocol):
    """A plugin that can also run hooks at the moments in its manifest, and functions on a schedule."""

    async def hook(self, moment: str, value: Any, context: Context) -> Any:
        """Call its hook for a moment. Raises what the plugin raises."""
        ...

    async def run(self, function: str, values: Mapping[str, Any], context: Context) -> None:
        """Call a scheduled function. Raises LookupError if there is no such function."""
        ...


@runtime_checkable
class VersionedPlugin(Protocol):
    """A plugin that knows exactly which version of it runs."""

    @property
    def digest(self) -> str:
        """A digest that differs between any two versions."""
        ...


@runtime_checkable
class TroubledPlugin(Protocol):
    """A plugin that can be in trouble: it runs in a process of its own, or on another machine."""

    @property
    def trouble(self) -> str:
        """What is wrong with it, for admins; empty while nothing is."""
        ...


@runtime_checkable
class ConfinedPlugin(Protocol):
    """A plugin that runs in a process of its own, behind walls."""

    def confinement(self) -> str:
        """The level of its confinement and the walls behind it. This may take milliseconds: call it in a thread.

        Raises ProcessCrashed if they are too low for it to run.
        """
        ...


@runtime_checkable
class NamedSource(Protocol):
    """A plugin that knows who named its source: the "terminal", a "catalogue" or a "chat"."""

    @property
    def origin(self) -> str | None: ...
