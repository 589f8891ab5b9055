"""A choice among a description's operations, as people write it after the address: `tag:issues path:/repos/*`."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase

from parley import ManifestError
from plugins.host.sources.openapi.operations import ApiOperation
from plugins.host.sources.openapi.values import visible

TERM = re.compile(r'(?P<kind>tag|path|id|search):(?:"(?P<quoted>[^"]*)"|“(?P<curly>[^”]*)”|(?P<bare>\S*))(?=\s|$)')
FIRST_TERM = re.compile(r"(?:^|\s)(?:tag|path|id|search):")
HOW = 'tag:NAME, path:/PREFIX (with * for anything), id:OPERATION or search:"SOME WORDS"'
MOST_GROUPS = 40
"""Most tags that are listed to choose from."""


@dataclass(frozen=True, slots=True)
class OperationChoice:
    """Which operations are wanted.

    Of each kind of term that is given, one must fit; without any terms, all are wanted.
    """

    tags: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.tags or self.paths or self.ids or self.searches)

    def __str__(self) -> str:
        kinds = (("tag", self.tags), ("path", self.paths), ("id", self.ids), ("search", self.searches))
        return " ".join(_written(kind, value) for kind, values in kinds for value in values)

    def takes_path(self, path: str) -> bool:
        """Whether operations of a path can be among those that are wanted."""
        return not self.paths or any(_fits_path(path, pattern) for pattern in self.paths)

    def takes(self, operation: ApiOperation) -> bool:
        """Whether an operation is wanted."""
        tags = {tag.casefold() for tag in operation.tags}
        words = operation.words.casefold()
        return (
            self.takes_path(operation.path)
            and (not self.tags or any(tag.casefold() in tags for tag in self.tags))
            and (not self.ids or str(operation.described.get("operationId")) in self.ids)
            and (not self.searches or any(_has_all(words, search) for search in self.searches))
        )


def split_choice(source: str) -> tuple[str, OperationChoice]:
    """Split a source into its address and the choice after it. Raises ManifestError if what follows is not a choice."""
    first = FIRST_TERM.search(source)
    if first is None:
        return source.strip(), OperationChoice()
    terms = source[first.start() :]
    if left := TERM.sub("", terms).strip():
        raise ManifestError(f"{left[:80]!r} is no choice of operations; those are {HOW}")
    return source[: first.start()].strip(), _choice(TERM.finditer(terms))


def with_choice(source: str, only: Iterable[str]) -> str:
    """Append the choice from a command line option to a source, so that "search:create issue" needs no quotes.

    Raises ManifestError.
    """
    terms = []
    for term in only:
        kind, _, value = term.partition(":")
        if kind not in ("tag", "path", "id", "search") or not value.strip() or '"' in value:
            raise ManifestError(f"{term[:80]!r} is no choice of operations; those are {HOW}")
        terms.append(_written(kind, value.strip()))
    return " ".join([source, *terms])


def too_many(operations: Iterable[ApiOperation], most: int, where: str) -> ManifestError:
    """Return the error for more operations than can be taken, with what there is to choose from."""
    found = list(operations)
    return ManifestError(
        f"{where}: {len(found)} operations, and a plugin has at most {most}. Choose some of them with {HOW} after the"
        f" address (in the terminal: --only). There are {groups(found)}"
    )


def groups(operations: Iterable[ApiOperation]) -> str:
    """List the tags of operations with their counts, the most frequent first; paths if there are no tags."""
    found = list(operations)
    tags = Counter(f"tag:{_quoted(visible(tag, 50))}" for one in found for tag in one.tags)
    untagged = Counter(f"path:/{visible(one.path.split('/')[1], 50)}" for one in found if not one.tags)
    counted = (tags + untagged).most_common()
    named = ", ".join(f"{name} ({count})" for name, count in counted[:MOST_GROUPS])
    return named + (f" and {len(counted) - MOST_GROUPS} more" if len(counted) > MOST_GROUPS else "")


def _choice(terms: Iterable[re.Match[str]]) -> OperationChoice:
    values: dict[str, list[str]] = {"tag": [], "path": [], "id": [], "search": []}
    for term in terms:
        value = next(filter(None, (term["quoted"], term["curly"], term["bare"])), "").strip()
        if not value:
            raise ManifestError(f"{term['kind']}: needs a value; a choice of operations is {HOW}")
        values[term["kind"]].append(value)
    return OperationChoice(*(tuple(dict.fromkeys(given)) for given in values.values()))


def _fits_path(path: str, pattern: str) -> bool:
    """Whether a path fits a pattern: with * for anything, or without it, as the first whole segments of the path."""
    if "*" in pattern:
        return fnmatchcase(path, pattern.replace("[", "[[]").replace("?", "[?]"))
    return path == pattern or path.startswith(pattern.rstrip("/") + "/")


def _has_all(words: str, search: str) -> bool:
    return all(word in words for word in search.casefold().split())


def _written(kind: str, value: str) -> str:
    return f"{kind}:{_quoted(value)}"


def _quoted(value: str) -> str:
    return f'"{value}"' if re.search(r"\s", value) or value.startswith("“") else value
