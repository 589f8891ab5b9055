"""The catalogue: plugins that can be installed by their names, in a JSON file that comes with us or stands on the web.

`{"plugins": [{"name": …, "description": …, "source": …, "digest": …}]}`; a source is what `parley plugin install`
takes, or "bundled:FILE" for a file beside our own catalogue; with a digest only those very files are taken.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from core.outside_json import read_json
from core.outside_text import cleaned_value
from hosting.sources import PluginProblem
from parley import Failure

BUNDLED = "bundled:"


class Entry(BaseModel):
    """A plugin of the catalogue."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    description: str
    source: str
    digest: str = ""


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    plugins: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Our own file, and the `address` of another one that is used in its place."""

    shipped: Path
    address: str = ""

    async def entries(self, http: httpx.AsyncClient) -> Sequence[Entry]:
        """Everything in it. Raises PluginProblem where it cannot be read."""
        if not self.address:
            return self._ours()
        try:
            answer = await http.get(self.address)
            answer.raise_for_status()
            found = _File.model_validate(cleaned_value(read_json(answer.content)))
        except (Failure, httpx.HTTPError, httpx.InvalidURL) as error:
            raise PluginProblem(f"the catalogue cannot be fetched: {error}") from None
        except ValidationError as error:
            fault = error.errors(include_url=False)[0]
            raise PluginProblem(
                f"the catalogue at {self.address} is not right: {fault['loc']} {fault['msg']}"
            ) from None
        except ValueError as error:
            raise PluginProblem(f"the catalogue at {self.address} is not right: {error}") from None
        if any(one.source.startswith((BUNDLED, "/", ".", "~")) for one in found.plugins):
            raise PluginProblem(f"the catalogue at {self.address} names files of this machine, which it may not")
        return found.plugins

    async def search(self, words: str, http: httpx.AsyncClient) -> Sequence[Entry]:
        """The plugins that have all of the words in name or description; all of them without any."""
        wanted = words.casefold().split()
        entries = await self.entries(http)
        return [one for one in entries if all(word in f"{one.name} {one.description}".casefold() for word in wanted)]

    async def find(self, name: str, http: httpx.AsyncClient) -> Entry | None:
        """The plugin of a name."""
        return next((one for one in await self.entries(http) if one.name == name), None)

    def _ours(self) -> Sequence[Entry]:
        found = _File.model_validate(json.loads(self.shipped.read_text(encoding="utf-8"))).plugins
        beside = self.shipped.parent
        return [
            one.model_copy(update={"source": str(beside / one.source.removeprefix(BUNDLED))})
            if one.source.startswith(BUNDLED)
            else one
            for one in found
        ]
