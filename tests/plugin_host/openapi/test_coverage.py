"""plugins.host.sources.openapi.coverage: the list of left-out operations is kept with the description."""

import json
from typing import Any

from plugins.host.sources.openapi.api import OpenApiPlugin
from plugins.host.sources.openapi.coverage import MOST_NAMED, coverage_of
from plugins.host.sources.openapi.description import description_of, read
from tests.plugin_host.openapi.service import MIXED, things


def test_it_is_kept_and_read_again() -> None:
    found = read(json.dumps(things({"/a": {"put": {"requestBody": MIXED}, "head": {}}})), "things")
    kept = json.loads(json.dumps(found.kept()))
    assert coverage_of(kept) == found.coverage
    assert OpenApiPlugin(description_of(found.manifest, kept)).coverage == found.coverage
    assert coverage_of({}) is None


def test_names_have_a_bound_and_numbers_have_none() -> None:
    heads: dict[str, Any] = {f"/h{number}": {"head": {}} for number in range(MOST_NAMED + 20)}
    found = read(json.dumps(things(heads)), "things")
    assert found.coverage
    assert (len(found.coverage.left_out), found.coverage.left_out_count) == (MOST_NAMED, MOST_NAMED + 20)
