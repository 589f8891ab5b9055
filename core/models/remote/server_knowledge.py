"""Facts that were found out about a server: its dialect, its window, and the settings that it refuses."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.models.remote.connection import ModelEndpoint, ServerConnection
from core.models.remote.dialects import RENAMED, ServerFacts, facts


@dataclass(slots=True)
class ServerKnowledge:
    """What is known about a server. It is asked once, and only for what the settings leave open."""

    endpoint: ModelEndpoint
    connection: ServerConnection
    _facts: ServerFacts | None = None
    _refused: set[str] = field(default_factory=set)

    @property
    def window(self) -> int:
        """The smaller window of the settings' and the server's; 0 if neither is known."""
        told = (self.endpoint.window, self._facts.window if self._facts else 0)
        return min(filter(None, told), default=0)

    async def facts(self) -> ServerFacts:
        """The server's dialect and window."""
        endpoint = self.endpoint
        if self._facts is None and endpoint.dialect and endpoint.window:
            self._facts = ServerFacts(endpoint.dialect, endpoint.window)
        if self._facts is None:
            told = facts(await self.connection.ask(f"{self.connection.url}/models"), endpoint.model)
            self._facts = replace(told, dialect=endpoint.dialect or told.dialect)
        return self._facts

    def refuses(self, setting: str) -> bool:
        """Note that the server has refused a setting. Returns False if that was known."""
        known = setting in self._refused
        self._refused.add(setting)
        return not known

    def accepted(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """The settings without those that the server has refused; if a refused one has a newer name, that is used."""
        names = {name: RENAMED.get(name, "") if name in self._refused else name for name in settings}
        return {name: settings[old] for old, name in names.items() if name and name not in self._refused}
