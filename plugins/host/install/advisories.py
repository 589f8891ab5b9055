"""Known advisories about malicious or broken versions of libraries, read from the formats that sources use.

An advisory is read from OSV's schema (https://ossf.github.io/osv-schema/), from PyPI's data about a release, or from
pip-audit's output. `python -m plugins.host.install.advisories ADVISORIES LOCK` compares a uv.lock with a list, and
fails if the list names one of its libraries.
"""

import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from core.outside_json import read_json
from core.outside_text import cleaned_line

LARGEST, LARGEST_UNPACKED, LARGEST_ONE, MOST = 256 << 20, 2 << 30, 4 << 20, 500_000
"""The most bytes of a list, of an unpacked archive, and of one file in it; and the most files in it."""

LONGEST_SUMMARY, LONGEST_NAME = 200, 100
ECOSYSTEM = "PyPI"
UNKNOWN_FORM = "these are no advisories in OSV's, PyPI's or pip-audit's form"
PIN = re.compile(r"(?m)^(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==(?P<version>[^\s;\\]+)")

Pin = tuple[str, str]
"""The name of a library and its version."""


@dataclass(frozen=True, slots=True)
class LibraryAdvisory:
    """An advisory about one library. It affects `versions` and everything in `ranges`, each a list of OSV's events."""

    id: str
    package: str
    summary: str = ""
    versions: frozenset[str] = frozenset()
    ranges: tuple[tuple[Pin, ...], ...] = ()

    def affects(self, version: str) -> bool:
        """Whether the advisory affects a version. One that is no valid version by PEP 440 is compared as a text."""
        if version in self.versions:
            return True
        from packaging.version import InvalidVersion, Version

        try:
            wanted = Version(version)
            return any(_same(wanted, one) for one in self.versions) or any(_within(wanted, one) for one in self.ranges)
        except InvalidVersion:
            return False

    def osv(self) -> dict[str, Any]:
        """The advisory in OSV's schema, with the fields that we use."""
        ranges = [{"type": "ECOSYSTEM", "events": [{kind: at} for kind, at in one]} for one in self.ranges]
        affected = {
            "package": {"ecosystem": ECOSYSTEM, "name": self.package},
            "versions": sorted(self.versions),
            "ranges": ranges,
        }
        return {"id": self.id, "summary": self.summary, "affected": [affected]}


@dataclass(frozen=True, slots=True)
class AdvisoryHit:
    """A pinned library that an advisory is about."""

    name: str
    version: str
    advisory: LibraryAdvisory

    def __str__(self) -> str:
        return f"{self.name} {self.version}: {self.advisory.id} ({self.advisory.summary or 'no summary'})"


def hits(advisories: Iterable[LibraryAdvisory], pins: Iterable[Pin]) -> list[AdvisoryHit]:
    """The pins that advisories are about."""
    known: dict[str, list[LibraryAdvisory]] = {}
    for one in advisories:
        known.setdefault(one.package, []).append(one)
    return [
        AdvisoryHit(name, version, one)
        for name, version in pins
        for one in known.get(normal(name), ())
        if one.affects(version)
    ]


def normal(name: str) -> str:
    """A library's name in its normalized spelling (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins_of(requirements: str) -> list[Pin]:
    """The pinned libraries in the lines of a requirements file."""
    return [(found["name"], found["version"]) for found in PIN.finditer(requirements)]


def pins_of_lock(lock: str) -> list[Pin]:
    """The libraries in a uv.lock that come from an index."""
    packages = tomllib.loads(lock).get("package", ())
    return [(one["name"], one["version"]) for one in packages if "registry" in one.get("source", {})]


def read(content: bytes) -> list[LibraryAdvisory]:
    """The advisories in a JSON file, or in a ZIP archive of such files. Raises ValueError, which says what is wrong."""
    if not content.startswith(b"PK"):
        return advisories_of(read_json(content, LARGEST))
    found: list[LibraryAdvisory] = []
    try:
        with ZipFile(BytesIO(content)) as archive:
            files = [one for one in archive.infolist() if one.filename.endswith(".json")]
            sizes = [one.file_size for one in files]
            if len(files) > MOST or max(sizes, default=0) > LARGEST_ONE or sum(sizes) > LARGEST_UNPACKED:
                raise ValueError(f"the archive has more than {MOST} files, or one with more than {LARGEST_ONE} bytes")
            for one in files:
                found += advisories_of(read_json(archive.read(one), LARGEST_ONE))
    except (BadZipFile, NotImplementedError, RuntimeError) as error:
        raise ValueError(f"the archive cannot be read: {error}") from None
    return found


def advisories_of(document: Any) -> list[LibraryAdvisory]:
    """The advisories in a document of any known form. Raises ValueError if the form is unknown."""
    try:
        return list(_advisories(document))
    except KeyError as error:
        raise ValueError(f"{UNKNOWN_FORM}: there is no field {error}") from None
    except (AttributeError, TypeError):
        raise ValueError(f"{UNKNOWN_FORM}: a field holds something of another kind") from None


def _advisories(document: Any) -> Iterator[LibraryAdvisory]:
    if isinstance(document, list):
        for one in document:
            yield from _osv(one)
    elif document == {} or "vulns" in document:
        # OSV's answer to a query; an empty object if nothing is known.
        yield from _advisories(document.get("vulns", []))
    elif "advisories" in document:
        yield from _advisories(document["advisories"])
    elif "vulnerabilities" in document and "info" in document:
        yield from _release(document["info"]["name"], document["info"]["version"], document["vulnerabilities"])
    elif "dependencies" in document:
        for one in document["dependencies"]:
            yield from _release(one["name"], one.get("version", ""), one.get("vulns", ()))
    elif "affected" in document or "withdrawn" in document:
        yield from _osv(document)
    else:
        raise KeyError("affected")


def _osv(one: Mapping[str, Any]) -> Iterator[LibraryAdvisory]:
    """Read an advisory in OSV's schema: yields one for each library of the index that it is about."""
    if one.get("withdrawn"):
        return
    for affected in one.get("affected", ()):
        package = affected.get("package", {})
        if package.get("ecosystem", "").partition(":")[0] != ECOSYSTEM:
            continue
        yield LibraryAdvisory(
            cleaned_line(str(one["id"]), LONGEST_NAME),
            normal(package["name"]),
            cleaned_line(str(one.get("summary") or one.get("details") or ""), LONGEST_SUMMARY),
            frozenset(map(str, affected.get("versions") or ())),
            tuple(
                tuple((str(kind), str(at)) for event in span["events"] for kind, at in event.items())
                for span in affected.get("ranges") or ()
                if span.get("type") == "ECOSYSTEM"
            ),
        )


def _release(name: str, version: str, known: Iterable[Mapping[str, Any]]) -> Iterator[LibraryAdvisory]:
    """The advisories about one release, which is all that PyPI and pip-audit tell."""
    for one in known:
        if not one.get("withdrawn"):
            about = str(one.get("summary") or one.get("details") or one.get("description") or "")
            yield LibraryAdvisory(
                cleaned_line(str(one["id"]), LONGEST_NAME),
                normal(name),
                cleaned_line(about, LONGEST_SUMMARY),
                frozenset({version}),
            )


def _same(wanted: Any, version: str) -> bool:
    from packaging.version import InvalidVersion, Version

    try:
        return bool(wanted == Version(version))
    except InvalidVersion:
        return False


def _within(wanted: Any, events: Sequence[Pin]) -> bool:
    """Whether a version lies in a range, by OSV's own rule: the last event up to it counts."""
    from packaging.version import InvalidVersion, Version

    steps = []
    for kind, at in events:
        try:
            steps.append((Version("0.dev0" if at == "0" else at), kind))
        except InvalidVersion:
            continue
    inside = False
    for step, kind in sorted(steps):
        if kind == "introduced" and wanted >= step:
            inside = True
        elif (kind == "fixed" and wanted >= step) or (kind == "last_affected" and wanted > step):
            inside = False
    return inside


def main(advisories: str, lock: str) -> int:
    """Compare a uv.lock with a list of advisories. Returns the exit status."""
    found = hits(read(Path(advisories).read_bytes()), pins_of_lock(Path(lock).read_text(encoding="utf-8")))
    for one in found:
        sys.stderr.write(f"{one}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
