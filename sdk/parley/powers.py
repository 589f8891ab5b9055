"""Limits a context to what the manifest names; anything else is refused, with a hint on what to add."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from parley.api import Chat, Context, PluginError, Said
from parley.manifest import Manifest

NEEDED = {"storage": ("storage", "texts"), "schedule": ("schedule",)}
"""The parts of a context that need a power as a whole."""


def restricted(context: Context, manifest: Manifest) -> Context:
    """Return the context with only what the manifest asks for. Using anything else raises PluginError."""
    withheld: dict[str, Any] = {
        part: WithheldPower(manifest.name, power)
        for power, parts in NEEDED.items()
        if power not in manifest.powers
        for part in parts
    }
    return replace(context, chat=GrantedChat(context.chat, manifest), **withheld)


@dataclass(frozen=True, slots=True)
class WithheldPower:
    """A stand-in for a part of the context that the manifest does not ask for."""

    plugin: str
    power: str

    def __getattr__(self, name: str) -> Any:
        refuse(self.plugin, self.power)


@dataclass(frozen=True, slots=True)
class GrantedChat:
    """A Chat that allows only what the manifest asks for."""

    chat: Chat
    manifest: Manifest

    async def post(self, text: str, *, notify: bool = False) -> None:
        self._check("post")
        await self.chat.post(text, notify=notify)

    async def log(self, text: str) -> None:
        self._check("log")
        await self.chat.log(text)

    async def history(self, limit: int = 1) -> Sequence[Said]:
        self._check("history")
        return await self.chat.history(limit)

    def _check(self, power: str) -> None:
        if power not in self.manifest.powers:
            refuse(self.manifest.name, power)


def refuse(plugin: str, power: str) -> NoReturn:
    """Raise a PluginError that says what the manifest lacks."""
    raise PluginError(f'{plugin} may not do that: its manifest does not name "{power}" under powers')
