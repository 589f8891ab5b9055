"""The sources of plugins. One parser reads them and decides who may name what (docs/reference/operations.md C3).

A chat and a catalogue on the web may name packages and https addresses. Only the owner, in the terminal, may name this
machine's files, use its keys or use plain http. Nothing is looked up on the disk for anybody else.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import httpx

from parley import ManifestError
from plugins.host.install.plugin_problem import PluginProblem
from plugins.host.sources.openapi.choice import OperationChoice, split_choice

Kind = Literal["folder", "git", "index", "openapi"]
Origin = Literal["terminal", "catalogue", "chat"]
"""Who named a source: the owner in the terminal, a catalogue, or somebody in a chat."""

LONGEST = 500
DESCRIPTIONS = (".json", ".yaml", ".yml")
PACKAGE = re.compile(r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)==(?P<version>[A-Za-z0-9.!+_-]+)")
REF = r"(?:@(?P<ref>[A-Za-z0-9][A-Za-z0-9._/+-]*))?"
HTTPS = re.compile(rf"git\+(?P<address>https://[A-Za-z0-9.-]+(?::[0-9]{{1,5}})?/[A-Za-z0-9._~/+-]+){REF}")
SSH = re.compile(rf"git\+(?P<address>ssh://(?:[A-Za-z0-9_.-]+@)?[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]+)?/[^@:\\]+){REF}")
FILE = re.compile(rf"git\+(?P<address>file:///[^@]+){REF}")

WAYS = (
    "a name from the catalogue (`parley plugin search`), a file or a folder, git+https://…/name.git@v1 (or git+ssh, or"
    " git+file), the address of an OpenAPI description or an ai-plugin.json, or a package with its version, as"
    " name==1.2.3"
)
WAYS_FROM_OUTSIDE = (
    "a package with its version, as name==1.2.3, git+https://…/name.git@v1, or the https address of an OpenAPI"
    " description; files of this machine are installed by its owner, in the terminal"
)


@dataclass(frozen=True, slots=True)
class PluginSource:
    """A source that its origin is allowed to use; `text` is how it is written and stored.

    A repository has an `address` and perhaps a `ref`, a description an `address` or a `path` and perhaps a `choice` of
    operations, a folder or file a `path`, and a package only its text.
    """

    text: str
    kind: Kind
    origin: Origin
    address: str = ""
    ref: str = ""
    path: Path | None = None
    choice: OperationChoice = OperationChoice()

    def choosing(self, choice: OperationChoice) -> "PluginSource":
        """The same source with a choice of operations. Raises PluginProblem if there is nothing to choose from."""
        if not choice:
            return self
        if self.kind != "openapi":
            raise PluginProblem(f"{_shown(self.text)} is not an OpenAPI description, so it has no operations to choose")
        # The choice is stored with the source, so that an update chooses the same.
        return replace(self, text=f"{self.text} {choice}", choice=choice)

    @property
    def trusted(self) -> bool:
        """Whether the owner of the machine vouches for it, so that it may lie in their own network."""
        return self.origin != "chat"


def from_terminal(given: str) -> PluginSource:
    """A source that the owner of the machine has named, which may be a file. Raises PluginProblem."""
    text, choice = _split(given)
    if found := _remote(text, "terminal") or _repository(text, "terminal", SSH, FILE) or _address(text, "http"):
        return found.choosing(choice)
    if _plain(text) and not text.startswith("git+") and "://" not in text:
        try:
            path = Path(text).expanduser().absolute()
        except RuntimeError:
            raise PluginProblem(f"{text}: there is no such user") from None
        if path.exists():
            return at_path(path, "terminal").choosing(choice)
    raise PluginProblem(
        f"{_shown(text)!r} is not a plugin: it is not in the catalogue, and no file or folder here has this name;"
        f" give {WAYS}"
    )


def from_chat(given: str) -> PluginSource:
    """A source that an admin has named in a chat. Raises PluginProblem."""
    text, choice = _split(given)
    if found := _remote(text, "chat"):
        return found.choosing(choice)
    raise PluginProblem(f"{_shown(text)} is not in the catalogue; from a chat, give {WAYS_FROM_OUTSIDE}")


def from_catalogue(given: str) -> PluginSource:
    """A source that a catalogue on the web names. Raises PluginProblem."""
    text, choice = _split(given)
    if found := _remote(text, "catalogue"):
        return found.choosing(choice)
    raise PluginProblem(f"a catalogue on the web may not name {_shown(text)}, but only {WAYS_FROM_OUTSIDE}")


def at_path(path: Path, origin: Origin) -> PluginSource:
    """A source that is a file or folder of this machine; the caller must make sure that `origin` may name it."""
    kind: Kind = "openapi" if path.suffix in DESCRIPTIONS else "folder"
    return PluginSource(str(path), kind, origin, path=path)


def _split(given: str) -> tuple[str, OperationChoice]:
    """A source, and the choice of operations behind it."""
    try:
        text, choice = split_choice(given)
    except ManifestError as error:
        raise PluginProblem(str(error)) from None
    # Without a choice the text is kept exactly: an extra character at the end makes it another text.
    return (text if choice else given), choice


def _remote(text: str, origin: Origin) -> PluginSource | None:
    """A source that anybody may name, because it is nothing of this machine; None if the text is no such source."""
    if PACKAGE.fullmatch(text) and len(text) <= LONGEST:
        return PluginSource(text, "index", origin)
    return _repository(text, origin, HTTPS) or _address(text, "https", origin)


def _repository(text: str, origin: Origin, *patterns: re.Pattern[str]) -> PluginSource | None:
    found = next(filter(None, (pattern.fullmatch(text) for pattern in patterns)), None)
    if found is None or not _plain(text) or ".." in text:
        return None
    return PluginSource(text, "git", origin, found["address"], found["ref"] or "HEAD")


def _address(text: str, scheme: str, origin: Origin = "terminal") -> PluginSource | None:
    if not text.startswith(f"{scheme}://") or not _plain(text):
        return None
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        return None
    if not url.host or url.userinfo:
        return None
    return PluginSource(text, "openapi", origin, text)


def _plain(text: str) -> bool:
    """Whether a text is short enough and has no invisible characters."""
    return bool(text) and len(text) <= LONGEST and text.isprintable()


def _shown(text: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in text[:80])
