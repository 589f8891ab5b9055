"""plugins.host.sources.openapi.worker: one description in, what is kept of it out, by frames."""

import json
import subprocess
import sys
from typing import Any

import pytest

from core.reading_process import ROOT
from plugins.host.sources.openapi.fetch import PROGRAM
from tests.plugin_host.openapi.service import PETS, weather

pytestmark = pytest.mark.slow


def frame(content: bytes) -> bytes:
    return len(content).to_bytes(4) + content


def said(text: str, *answers: bytes, **options: Any) -> list[Any]:
    """All that the process says about a text, with its fetches answered in turn."""
    given = {"name": "pets", "address": "https://pets.example/x.json", "choice": "", "fetches": True, **options}
    sent = b"".join(frame(content) for content in (json.dumps(given).encode(), text.encode(), *answers))
    ran = subprocess.run([sys.executable, "-I", "-c", PROGRAM, ROOT], input=sent, capture_output=True, check=True)
    found, rest = [], ran.stdout
    while rest:
        size = int.from_bytes(rest[:4])
        found.append(json.loads(rest[4 : 4 + size]))
        rest = rest[4 + size :]
    return found


def test_a_description_is_read() -> None:
    (answer,) = said(PETS, choice="id:listPets")
    assert answer["read"]["manifest"]["name"] == "pets"
    assert list(answer["read"]["kept"]["document"]["paths"]) == ["/pets"]
    assert answer["read"]["kept"]["coverage"]["choice"] == "id:listPets"


def test_what_is_missing_is_asked_for() -> None:
    document = weather({"type": "http", "scheme": "bearer"}).replace(
        '"paths": {', '"paths": {"/x": {"$ref": "item.json"}, '
    )
    item = json.dumps({"get": {"operationId": "more"}}).encode()
    asked, answer = said(document, b"+" + item)
    assert asked["fetch"] == "https://pets.example/item.json"
    assert answer["read"]["kept"]["coverage"]["usable"] == 2
    _, answer = said(document, b"-it is gone")
    assert answer["read"]["kept"]["coverage"]["left_out"][0]["detail"] == "it is gone"
    (answer,) = said(document, fetches=False)
    assert "not fetched here" in answer["read"]["kept"]["coverage"]["left_out"][0]["detail"]


def test_what_cannot_be_used_is_refused_in_words() -> None:
    assert said("just words") == [{"refused": "pets: this is not an OpenAPI description"}]


def test_it_starts_without_the_store_and_the_log() -> None:
    program = "import sys, plugins.host.sources.openapi.worker; print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"sqlalchemy", "structlog", "core.store", "asyncio.runners"} & set(told.stdout.split())
