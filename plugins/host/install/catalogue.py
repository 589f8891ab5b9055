"""The catalogue: plugins that can be installed by name, in a JSON file that comes with Parley or is on the web.

`{"plugins": [{"name": …, "description": …, "source": …, "digest": …}]}`; a source is a package or an https address, as
`plugins.host.install.plugin_source` reads it; in our own catalogue also "bundled:FILE", a file beside it. With a
digest, only files with exactly that digest are accepted.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from core.outside_json import read_json
from core.outside_text import cleaned_value
from parley import Failure
from plugins.host.install.plugin_problem import PluginProblem
from plugins.host.install.plugin_source import PluginSource, at_path, from_catalogue
from plugins.host.sources.openapi.choice import split_choice

BUNDLED = "bundled:"


@dataclass(frozen=True, slots=True)
class CataloguePlugin:
    """A plugin of the catalogue."""

    name: str
    description: str
    source: PluginSource
    digest: str = ""


class _WrittenEntry(BaseModel):
    """An entry as it is written in the file."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    description: str
    source: str
    digest: str = ""


class _CatalogueFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    plugins: tuple[_WrittenEntry, ...]


@dataclass(frozen=True, slots=True)
class PluginCatalogue:
    """Parley's own catalogue file, or the one at an `address` that is used in its place."""

    shipped: Path
    address: str = ""

    async def entries(self, http: httpx.AsyncClient) -> Sequence[CataloguePlugin]:
        """All entries of the catalogue. Raises PluginProblem if it cannot be read."""
        if not self.address:
            return self._ours()
        try:
            answer = await http.get(self.address)
            answer.raise_for_status()
            found = _CatalogueFile.model_validate(cleaned_value(read_json(answer.content)))
        except (Failure, httpx.HTTPError, httpx.InvalidURL) as error:
            raise PluginProblem(f"the catalogue cannot be fetched: {error}") from None
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            raise PluginProblem(
                f"the catalogue at {self.address} is not right: {fault['loc']} {fault['msg']}"
            ) from None
        except ValueError as error:
            raise PluginProblem(f"the catalogue at {self.address} is not right: {error}") from None
        return [
            CataloguePlugin(one.name, one.description, from_catalogue(one.source), one.digest) for one in found.plugins
        ]

    async def search(self, words: str, http: httpx.AsyncClient) -> Sequence[CataloguePlugin]:
        """The plugins whose name or description has all of the words; every plugin if there are no words."""
        wanted = words.casefold().split()
        entries = await self.entries(http)
        return [one for one in entries if all(word in f"{one.name} {one.description}".casefold() for word in wanted)]

    async def find(self, name: str, http: httpx.AsyncClient) -> CataloguePlugin | None:
        """The plugin with this name, if there is one."""
        return next((one for one in await self.entries(http) if one.name == name), None)

    async def origin(self, name: str, source: str, http: httpx.AsyncClient) -> CataloguePlugin | None:
        """The entry from which a plugin was installed, if the catalogue still has it with the same source."""
        entry = await self.find(name, http)
        if entry is None or not source.startswith(entry.source.text):
            return None
        address, choice = split_choice(source)
        if entry.source.text == source:
            return entry
        return replace(entry, source=entry.source.choosing(choice)) if entry.source.text == address else None

    def _ours(self) -> Sequence[CataloguePlugin]:
        found = _CatalogueFile.model_validate(json.loads(self.shipped.read_text(encoding="utf-8"))).plugins
        return [CataloguePlugin(one.name, one.description, self._source(one.source), one.digest) for one in found]

    def _source(self, text: str) -> PluginSource:
        if text.startswith(BUNDLED):
            return at_path(self.shipped.parent / text.removeprefix(BUNDLED), "catalogue")
        return from_catalogue(text)
