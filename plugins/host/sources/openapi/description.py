"""A service's description after reading: its manifest, its chosen operations, and what is left out."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import httpx
from pydantic import ValidationError

from parley import Manifest, ManifestError
from parley.manifest import HOST
from plugins.host.oauth.schemes import hosts_of, oauth_scheme, with_openid
from plugins.host.sources.openapi.auth import OAUTH, KeyPlacement, legacy_auth
from plugins.host.sources.openapi.choice import OperationChoice
from plugins.host.sources.openapi.coverage import MOST_NAMED, LeftOut, OperationCoverage, coverage_of, listed
from plugins.host.sources.openapi.document import LARGEST, check_version, parsed
from plugins.host.sources.openapi.operations import server_of
from plugins.host.sources.openapi.references import FetchDocument
from plugins.host.sources.openapi.security import asks_for_oauth, auth_of
from plugins.host.sources.openapi.selection import narrowed, selected
from plugins.host.sources.openapi.usable import sorted_operations
from plugins.host.sources.openapi.values import cut, slug, table

EVERYTHING = OperationChoice()


@dataclass(frozen=True, slots=True)
class ServiceDescription:
    """A service: its manifest, what is kept of the document, how it takes its key, and its address.

    `coverage` is None for a description that an earlier version kept.
    """

    manifest: Manifest
    document: Mapping[str, Any]
    auth: KeyPlacement
    address: str = ""
    coverage: OperationCoverage | None = None

    def kept(self) -> dict[str, Any]:
        """Return everything except the manifest, as JSON."""
        found = {"document": self.document, "auth": asdict(self.auth), "address": self.address}
        return found | ({"coverage": asdict(self.coverage)} if self.coverage else {})


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """How to read a description.

    `name` is what the plugin is called here, in place of its own name. Relative addresses start from `address`. `fetch`
    gets other documents.
    """

    name: str = ""
    address: str = ""
    choice: OperationChoice = EVERYTHING
    fetch: FetchDocument | None = None

    @property
    def where(self) -> str:
        """The description's name in error messages."""
        return self.name or self.address or "the description"


def description_of(manifest: Manifest, kept: Mapping[str, Any]) -> ServiceDescription:
    """Rebuild a description from what was kept of it. Raises KeyError, TypeError if that is something else."""
    return ServiceDescription(
        manifest, kept["document"], KeyPlacement(**kept["auth"]), kept["address"], coverage_of(kept)
    )


def read(
    text: str,
    name: str,
    address: str = "",
    choice: OperationChoice = EVERYTHING,
    fetch: FetchDocument | None = None,
) -> ServiceDescription:
    """Read the description in a text, JSON or YAML, or in the document that an ai-plugin.json names.

    Raises ManifestError. For the other arguments, see ReadingOptions.
    """
    options = ReadingOptions(name, address, choice, fetch)
    found = parsed(text, options.where)
    if "api" not in found or "openapi" in found:
        return _description(found, options)
    if options.fetch is None:
        raise ManifestError(
            f"{options.where}: this is an ai-plugin.json; give its address, or the description it points to"
        )
    return _legacy(found, options, options.fetch)


def _legacy(found: Mapping[str, Any], options: ReadingOptions, fetch: FetchDocument) -> ServiceDescription:
    """Read the description that an ai-plugin.json points to."""
    address = options.address
    api, about = table(found["api"]), str(found.get("description_for_human") or found.get("description_for_model"))
    if api.get("type") != "openapi" or not api.get("url"):
        raise ManifestError(f"{address}: its `api` names no OpenAPI description")
    auth = legacy_auth(table(found.get("auth")), address)
    try:
        place = str(httpx.URL(address).join(str(api["url"])))
    except httpx.InvalidURL as error:
        raise ManifestError(f"{address}: its `api` has no right url: {error}") from None
    name = options.name or slug(str(found.get("name_for_model")))
    document = parsed(fetch(place, LARGEST), place)
    return _description(document, replace(options, name=name, address=place), about, auth)


def _description(
    document: Mapping[str, Any], options: ReadingOptions, about: str = "", auth: KeyPlacement | None = None
) -> ServiceDescription:
    check_version(document, options.where)
    if options.fetch:
        document = with_openid(document, options.fetch)
    selection = selected(document, options.address, options.choice, options.fetch, options.where)
    auth = auth or auth_of(selection.document)
    found = sorted_operations(selection.document, auth)
    left = [*selection.left_out, *found.left_out]
    if not found.usable:
        raise ManifestError(f"{options.where}: {_useless(selection.document, left)}")
    usable = [operation for operation, _ in found.usable]
    hosts = [server_of(document, one, options.address, options.where).raw_host.decode() for one in usable]
    if auth.kind == "oauth" and (scheme := oauth_scheme(selection.document)):
        hosts += hosts_of(scheme[1])
    manifest = _manifest(table(document.get("info")), options, about, dict.fromkeys(hosts), auth)
    count = len(usable)
    coverage = OperationCoverage(selection.described, count + len(left), count, left[:MOST_NAMED], str(options.choice))
    kept = narrowed(selection.document, usable, options.where)
    return ServiceDescription(manifest, kept, auth, options.address, coverage)


def _useless(document: Mapping[str, Any], left: Sequence[LeftOut]) -> str:
    """Return why none of the operations can be used."""
    if not left:
        return "it has no operation to call"
    if asks_for_oauth(document) and all(one.reason == "key" for one in left):
        return OAUTH
    return f"no operation of it can be called: {listed(left)}"


def _manifest(
    info: Mapping[str, Any], options: ReadingOptions, about: str, hosts: Iterable[str], auth: KeyPlacement
) -> Manifest:
    title = str(info.get("title") or "")
    version = re.sub(r"^[^0-9]+|[^0-9A-Za-z.+!-]", "", str(info.get("version") or ""))[:40]
    words = " ".join((about or str(info.get("description") or title)).split())
    try:
        return Manifest(
            name=options.name or slug(title),
            version=version or "0",
            description=cut(words, 200) or "A service.",
            # A name without a dot belongs to the operator's own network, and only the operator can exempt it.
            hosts=tuple(host for host in hosts if HOST.match(host)),
            secrets=auth.secrets,
        )
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise ManifestError(f"{options.where}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}") from None
