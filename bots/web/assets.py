"""The page's own scripts, styles and icons: read once, served from memory."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

MEDIA = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class StaticAsset:
    """A file, plain and compressed, with the version that appears in its address."""

    media: str
    plain: bytes
    packed: bytes
    version: str


def load(folder: Path) -> Mapping[str, StaticAsset]:
    """Load the assets below a folder, by their path in it."""
    return {
        path.relative_to(folder).as_posix(): asset(path) for path in sorted(folder.rglob("*")) if path.suffix in MEDIA
    }


def asset(path: Path) -> StaticAsset:
    plain = path.read_bytes()
    version = hashlib.sha256(plain).hexdigest()[:10]
    return StaticAsset(MEDIA[path.suffix], plain, gzip.compress(plain, 9, mtime=0), version)


def address(assets: Mapping[str, StaticAsset], name: str) -> str:
    """The URL of an asset. It changes with the content, so browsers may cache it forever."""
    return f"/static/{name}?v={assets[name].version}"


def serve(assets: Mapping[str, StaticAsset], name: str, request: Request) -> Response | None:
    """Serve an asset; None if there is none with this name."""
    found = assets.get(name)
    if found is None:
        return None
    current = request.query_params.get("v") == found.version
    headers = {"cache-control": FOREVER if current else "no-cache", "vary": "accept-encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.packed, headers=headers | {"content-encoding": "gzip"}, media_type=found.media)
    return Response(found.plain, headers=headers, media_type=found.media)
