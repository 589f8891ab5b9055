"""A plugin's secrets: its process gets placeholders, which become secrets in requests to the hosts of its manifest."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx

from parley import Context, Manifest, wire
from plugins.host.egress.disclosure import port_of
from plugins.host.egress.guarded_http import SECRETS

OURS = frozenset({"host", "content-length", "accept-encoding"})
"""Headers that a plugin cannot set."""


def placeholder(call: str, name: str) -> str:
    """The placeholder that a plugin gets for a secret. It works only in requests that belong to the same call."""
    return f"secret-{call}-{name}"


async def fetched(context: Context, manifest: Manifest, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Fetch for the plugin. Its secrets are put in here, and only for the hosts that its manifest names.

    The client takes them out of the answer and of redirects to other hosts.
    """
    url = httpx.URL(str(params["url"]))
    headers = [(str(name), str(value)) for name, value in params["headers"]]
    body = wire.decoded(params["body"])
    # A plugin that may fetch from anywhere must not take a secret there.
    if url.host in manifest.hosts or f"{url.host}:{port_of(url)}" in manifest.hosts:
        call = str(params["call"])
        # The longest name first: another secret's name may be the beginning of it.
        for name, secret in sorted(context.secrets.items(), key=lambda item: len(item[0]), reverse=True):
            mark = placeholder(call, name)
            # Quoted, so that a secret cannot spill out of the part of the address where it was put.
            url = httpx.URL(str(url).replace(mark, quote(secret, safe=":")))
            headers = [(key, value.replace(mark, secret)) for key, value in headers]
            body = body.replace(mark.encode(), secret.encode())
    kept = [(key, value) for key, value in headers if key.lower() not in OURS]
    known = {SECRETS: tuple(context.secrets.values())}
    answer = await context.http.request(str(params["method"]), url, headers=kept, content=body, extensions=known)
    shown = [(key, value) for key, value in answer.headers.multi_items() if key.lower() != "content-encoding"]
    return {"status": answer.status_code, "headers": shown, "body": wire.encoded(answer.content)}
