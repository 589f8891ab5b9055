"""The sources of advisories: the list that comes with Parley, the operator's own list, and a source that is queried."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from core.outside_json import read_json
from parley import Failure
from plugins.host.install.advisories import (
    ECOSYSTEM,
    LARGEST,
    AdvisoryHit,
    LibraryAdvisory,
    Pin,
    advisories_of,
    hits,
    pins_of,
    read,
)
from plugins.host.install.plugin_problem import PluginProblem

AT_ONCE = 8
"""The most queries to a source at the same time."""

MEND = "nothing was installed. Take other versions, or accept an advisory by its id under plugins.advisories_accepted"


@dataclass(frozen=True, slots=True)
class AdvisoryLists:
    """Two lists, and the `address` of a source; `accepted` are ids of advisories that the operator accepts.

    An address with {name} and {version}, or one that ends in /query, is queried for each library; any other is a list.
    """

    shipped: Path | None = None
    own: Path | None = None
    address: str = ""
    accepted: frozenset[str] = frozenset()

    @property
    def asks(self) -> bool:
        """Whether the source is queried for each library."""
        return self.address.endswith("/query") or ("{name}" in self.address and "{version}" in self.address)

    async def check(self, requirements: str, http: httpx.AsyncClient) -> None:
        """Compare pinned libraries with all advisories. Raises PluginProblem for a hit, or if the source is silent."""
        pins = pins_of(requirements)
        if not pins:
            return
        found = await self.hits(pins)
        if self.asks:
            found += await self._asked(pins, http)
        if found := [one for one in found if one.advisory.id not in self.accepted]:
            told = "; ".join(dict.fromkeys(map(str, found[:10])))
            raise PluginProblem(f"there are advisories about what it brings: {told}. {MEND}")

    async def hits(self, pins: Sequence[Pin]) -> list[AdvisoryHit]:
        """The pins that the lists name, except accepted advisories. Raises PluginProblem for a damaged list."""
        return await asyncio.to_thread(lambda: hits(self.listed(), pins))

    def listed(self) -> list[LibraryAdvisory]:
        """The advisories of both lists, except accepted ones. Raises PluginProblem."""
        found: list[LibraryAdvisory] = []
        for file in (self.shipped, self.own):
            if file is None or not file.exists():
                continue
            try:
                found += read(file.read_bytes())
            except (OSError, ValueError) as error:
                raise PluginProblem(
                    f"{file.name} cannot be used: {error}; `parley plugin advisories` mends it"
                ) from None
        return [one for one in found if one.id not in self.accepted]

    async def refreshed(self, source: str, http: httpx.AsyncClient) -> int:
        """Replace the operator's list by one from a file or an address. Returns its length. Raises PluginProblem."""
        content = await self._content(source, http)
        try:
            found = await asyncio.to_thread(read, content)
        except ValueError as error:
            raise PluginProblem(f"{source}: {error}") from None
        await asyncio.to_thread(self._keep, found)
        return len(found)

    async def _content(self, source: str, http: httpx.AsyncClient) -> bytes:
        if source.startswith(("http://", "https://")):
            try:
                answer = await http.get(source)
                answer.raise_for_status()
            except (Failure, httpx.HTTPError, httpx.InvalidURL) as error:
                raise PluginProblem(f"the advisories cannot be fetched: {error}") from None
            return answer.content
        return await asyncio.to_thread(_content_of, source)

    def _keep(self, found: Sequence[LibraryAdvisory]) -> None:
        if self.own is None:
            raise PluginProblem("there is no folder in which advisories are kept")
        new = self.own.with_suffix(".new")
        new.parent.mkdir(parents=True, exist_ok=True)
        kept = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "advisories": [one.osv() for one in found]}
        new.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        new.replace(self.own)

    async def _asked(self, pins: Sequence[Pin], http: httpx.AsyncClient) -> list[AdvisoryHit]:
        turn = asyncio.Semaphore(AT_ONCE)

        async def one(pin: Pin) -> list[AdvisoryHit]:
            async with turn:
                return hits(await self._answer(*pin, http), [pin])

        return [hit for found in await asyncio.gather(*map(one, pins)) for hit in found]

    async def _answer(self, name: str, version: str, http: httpx.AsyncClient) -> list[LibraryAdvisory]:
        """The source's advisories about a release. Raises PluginProblem without an answer: the check was asked for."""
        try:
            if self.address.endswith("/query"):
                package = {"name": name, "ecosystem": ECOSYSTEM}
                answer = await http.post(self.address, json={"package": package, "version": version})
            else:
                answer = await http.get(self.address.replace("{name}", name).replace("{version}", version))
                if answer.status_code == httpx.codes.NOT_FOUND and read_json(answer.content):
                    # The source does not know this release. It says so in JSON; a wrong address would not.
                    return []
            answer.raise_for_status()
            return advisories_of(read_json(answer.content))
        except (Failure, httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise PluginProblem(f"plugins.advisories does not say what is known of {name}: {error}") from None


def _content_of(source: str) -> bytes:
    try:
        file = Path(source).expanduser()
        if file.stat().st_size > LARGEST:
            raise PluginProblem(f"{source} has more than {LARGEST >> 20} MiB")
        return file.read_bytes()
    except OSError as error:
        raise PluginProblem(f"{source} cannot be read: {error.strerror}") from None
