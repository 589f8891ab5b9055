"""A description of a service, fetched and read: the manifest that it comes to, and what its operations need."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import ValidationError

from hosting.openapi.auth import OAUTH, Auth, legacy_auth
from hosting.openapi.document import LARGEST, check_version, parsed
from hosting.openapi.operations import server_of
from hosting.openapi.security import asks_for_oauth, auth_of, opened_operations
from hosting.openapi.values import cut, slug, table
from parley import Manifest, ManifestError
from parley.manifest import HOST


@dataclass(frozen=True, slots=True)
class Description:
    """A service: the manifest that it comes to, the whole document, how it takes its key, and where it was found."""

    manifest: Manifest
    document: Mapping[str, Any]
    auth: Auth
    address: str = ""


async def described(http: httpx.AsyncClient, address: str, name: str = "") -> Description:
    """Fetch a description, or an `ai-plugin.json` with the description that it points to.

    `name` is what the plugin is called here, in place of its own name. Raises ManifestError, and what the client
    raises.
    """
    text = await _fetched(http, address)
    found = await asyncio.to_thread(parsed, text, address)
    if "api" not in found or "openapi" in found:
        return await asyncio.to_thread(_description, found, name, address)
    api, about = table(found["api"]), str(found.get("description_for_human") or found.get("description_for_model"))
    if api.get("type") != "openapi" or not api.get("url"):
        raise ManifestError(f"{address}: its `api` names no OpenAPI description")
    auth = legacy_auth(table(found.get("auth")), address)
    try:
        where = str(httpx.URL(address).join(str(api["url"])))
    except httpx.InvalidURL as error:
        raise ManifestError(f"{address}: its `api` has no right url: {error}") from None
    document = await asyncio.to_thread(parsed, await _fetched(http, where), where)
    name = name or slug(str(found.get("name_for_model")))
    return await asyncio.to_thread(_description, document, name, where, about, auth)


def read(text: str, name: str, address: str = "") -> Description:
    """The description in a text, JSON or YAML; relative addresses begin at `address`. Raises ManifestError."""
    found = parsed(text, name)
    if "api" in found and "openapi" not in found:
        raise ManifestError(f"{name}: this is an ai-plugin.json; give its address, or the description it points to")
    return _description(found, name, address)


def _description(
    document: Mapping[str, Any], name: str, address: str, about: str = "", auth: Auth | None = None
) -> Description:
    info = table(document.get("info"))
    where = name or address or "the description"
    check_version(document, where)
    title = str(info.get("title") or "")
    auth = auth or auth_of(document)
    operations = list(opened_operations(document, auth))
    if not operations:
        raise ManifestError(f"{where}: {OAUTH if asks_for_oauth(document) else 'it has no operation to call'}")
    hosts = dict.fromkeys(server_of(document, one, address, where).raw_host.decode() for one in operations)
    version = re.sub(r"^[^0-9]+|[^0-9A-Za-z.+!-]", "", str(info.get("version") or ""))[:40]
    try:
        manifest = Manifest(
            name=name or slug(title),
            version=version or "0",
            description=cut(" ".join((about or str(info.get("description") or title)).split()), 200) or "A service.",
            # A name without a dot is of the operator's own network, which only they can exempt.
            hosts=tuple(host for host in hosts if HOST.match(host)),
            secrets=() if auth.kind == "none" else ("key",),
        )
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise ManifestError(f"{where}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}") from None
    return Description(manifest, document, auth, address)


async def _fetched(http: httpx.AsyncClient, address: str) -> str:
    body = b""
    async with http.stream("GET", address) as response:
        if response.status_code != 200:
            raise ManifestError(f"{address} answers {response.status_code}")
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > LARGEST:
                raise ManifestError(f"{address}: larger than {LARGEST // 1024} KiB")
    return body.decode("utf-8", "replace")
