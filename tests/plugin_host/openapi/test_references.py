"""plugins.host.sources.openapi.references: the targets of references, and the targets that are forbidden."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from parley import ManifestError
from plugins.host.sources.openapi.api import OpenApiPlugin
from plugins.host.sources.openapi.choice import OperationChoice, split_choice
from plugins.host.sources.openapi.description import ServiceDescription, read
from plugins.host.sources.openapi.references import FARTHEST, MOST_BYTES, MOST_DOCUMENTS

HOME = "https://api.pets.example/v1/openapi.json"
BASE: dict[str, Any] = {"openapi": "3.1.0", "info": {"title": "Pets", "version": "1"}}


@dataclass(slots=True)
class Pages:
    """Other documents, and which of them were fetched."""

    texts: Mapping[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def fetch(self, address: str, most: int) -> str:
        self.asked.append(address)
        if address not in self.texts:
            raise ManifestError(f"{address} answers 404")
        found = self.texts[address]
        text = found if isinstance(found, str) else json.dumps(found)
        if len(text) > most:
            raise ManifestError(f"{address}: larger than {most // 1024} KiB")
        return text


def taking(*schemas: Any, **more: Any) -> dict[str, Any]:
    """A description with an operation for each schema, and one that refers to nothing."""
    paths: dict[str, Any] = {"/fine": {"get": {"operationId": "fine"}}}
    for number, schema in enumerate(schemas):
        body = {"required": True, "content": {"application/json": {"schema": schema}}}
        paths[f"/{number}"] = {"post": {"operationId": f"take{number}", "requestBody": body}}
    return {**BASE, "servers": [{"url": "/v1"}], "paths": paths, **more}


def reading(document: Any, pages: Pages | None = None, address: str = HOME, choice: str = "") -> ServiceDescription:
    wanted: OperationChoice = split_choice(f"x {choice}")[1]
    return read(json.dumps(document), "pets", address, wanted, pages.fetch if pages else None)


def properties(description: ServiceDescription, tool: str = "pets_take0") -> Any:
    return next(one.schema for one in OpenApiPlugin(description).tools if one.tool == tool)["properties"]


def left(description: ServiceDescription) -> dict[str, str]:
    assert description.coverage
    return {one.operation: f"{one.reason}: {one.detail}" for one in description.coverage.left_out}


def test_another_document_of_the_host_is_fetched_once() -> None:
    pages = Pages(
        {
            "https://api.pets.example/v1/schemas/pet.yaml": "Pet:\n  properties:\n    name: {type: string}\n"
            "    owner: {$ref: 'people.json#/Person'}\n    parent: {$ref: '#/Pet'}\n"
            "    home: {$ref: '../openapi.json#/components/schemas/Home'}\n",
            "https://api.pets.example/v1/schemas/people.json": {"Person": {"type": "string", "maxLength": 9}},
        }
    )
    pet = {"$ref": "schemas/pet.yaml#/Pet"}
    document = taking(pet, {"properties": {"pet": pet}}, components={"schemas": {"Home": {"type": "integer"}}})
    found = reading(document, pages)
    assert properties(found) == {
        "name": {"type": "string"},
        "owner": {"type": "string", "maxLength": 9},
        "parent": {},
        "home": {"type": "integer"},
    }
    assert len(pages.asked) == 2
    # What is kept refers to nothing outside, and is read without any fetching.
    assert "pet.yaml" not in json.dumps(found.document)
    assert properties(found, "pets_take1")["pet"]["properties"]["owner"] == {"type": "string", "maxLength": 9}


def test_paths_and_parameters_of_other_documents() -> None:
    item = {
        "parameters": [{"$ref": "#/id"}],
        "get": {"operationId": "show", "parameters": [{"$ref": "/common.json"}]},
    }
    identity = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    pages = Pages(
        {
            "https://api.pets.example/v1/pet.json": {"item": item, "id": identity},
            "https://api.pets.example/common.json": {"name": "page", "in": "query", "schema": {"type": "integer"}},
        }
    )
    document = taking() | {"paths": {"/pets/{id}": {"$ref": "pet.json#/item"}, "/far": {"$ref": "far.json"}}}
    assert list(properties(reading(document, pages), "pets_show")) == ["id", "page"]
    assert left(reading(document, pages)) == {"/far": "reference: https://api.pets.example/v1/far.json answers 404"}
    # A path that is not chosen is not fetched.
    pages.asked.clear()
    reading(document, pages, choice="path:/pets")
    assert "https://api.pets.example/v1/far.json" not in pages.asked


REFUSED = [
    ("other.json#/Pet", HOME, "other.json answers 404"),
    ("https://evil.example/x.json", HOME, "leads away from api.pets.example"),
    ("http://api.pets.example/x.json", HOME, "leads away from api.pets.example"),
    ("https://api.pets.example:8443/x.json", HOME, "leads away from api.pets.example"),
    ("//evil.example/x.json", HOME, "leads away"),
    ("https://a:b@api.pets.example/x.json", HOME, "leads away"),
    ("file:///etc/passwd", HOME, "leads away"),
    ("other.json#/Pet", "", "leads to another file"),
    ("/etc/passwd", "", "leads to another file"),
    ("https://api.pets.example/x.json", "", "leads to another file"),
    ("#/components/schemas/None", HOME, "leads nowhere"),
    ("#Pet", HOME, "names an anchor"),
    ("http://a:b", HOME, "is not an address"),
]


@pytest.mark.parametrize(("reference", "address", "words"), REFUSED)
def test_an_operation_that_refers_to_what_cannot_be_had_is_named(reference: str, address: str, words: str) -> None:
    document = taking({"properties": {"deep": {"items": {"$ref": reference}}}}) | {
        "servers": [{"url": "https://api.pets.example"}]
    }
    found = reading(document, Pages(), address)
    assert [tool.tool for tool in OpenApiPlugin(found).tools] == ["pets_fine"]
    assert list(left(found)) == ["take0"]
    assert words in left(found)["take0"]


def test_nothing_is_fetched_where_nobody_fetches() -> None:
    assert "not fetched here" in left(reading(taking({"$ref": "other.json"})))["take0"]


def test_an_answer_may_refer_to_anything() -> None:
    answers = {"200": {"content": {"application/json": {"schema": {"$ref": "https://evil.example/x.json"}}}}}
    document = taking()
    document["paths"]["/fine"]["get"]["responses"] = answers
    pages = Pages()
    assert left(reading(document, pages)) == {}
    assert pages.asked == []


def test_documents_are_bounded_in_number() -> None:
    schemas = [{"$ref": f"s{number}.json"} for number in range(MOST_DOCUMENTS + 3)]
    pages = Pages({f"https://api.pets.example/v1/s{number}.json": {"type": "object"} for number in range(99)})
    found = reading(taking(*schemas), pages)
    assert len(pages.asked) == MOST_DOCUMENTS
    assert len(left(found)) == 3
    assert all("more than 20 other documents" in words for words in left(found).values())


def test_documents_are_bounded_in_bytes() -> None:
    half = {"example": "x" * (MOST_BYTES // 2 + 10)}
    pages = Pages({f"https://api.pets.example/v1/s{number}.json": half for number in range(2)})
    found = reading(taking({"$ref": "s0.json"}, {"$ref": "s1.json"}), pages)
    assert len(left(found)) == 1
    assert "larger than 4095 KiB" in next(iter(left(found).values()))


def test_documents_are_bounded_in_distance() -> None:
    def page(number: int) -> Any:
        return {"properties": {"next": {"$ref": f"s{number + 1}.json"}}}

    pages = Pages({f"https://api.pets.example/v1/s{number}.json": page(number) for number in range(50)})
    found = reading(taking({"$ref": "s0.json"}), pages)
    assert len(pages.asked) == FARTHEST
    assert f"more than {FARTHEST} documents away" in left(found)["take0"]


def test_circles_come_to_an_end() -> None:
    pages = Pages(
        {
            "https://api.pets.example/v1/a.json": {"properties": {"b": {"$ref": "b.json"}}},
            "https://api.pets.example/v1/b.json": {"properties": {"a": {"$ref": "a.json"}, "self": {"$ref": "#"}}},
        }
    )
    found = reading(taking({"$ref": "a.json"}), pages)
    assert properties(found)["b"]["properties"] == {"a": {}, "self": {}}
    chain = {f"S{number}": {"$ref": f"#/components/schemas/S{(number + 1) % 3}"} for number in range(3)}
    circle = taking({"$ref": "#/components/schemas/S0"}, components={"schemas": chain})
    assert properties(reading(circle)) == {"body": {}}
    paths = taking() | {"paths": {"/fine": {"get": {}}, "/x": {"$ref": "#/paths/~1x"}}}
    assert left(reading(paths)) == {"/x": "reference: /x refers to others without end"}


def test_a_reference_may_lead_through_a_list() -> None:
    document = taking({"$ref": "#/components/x/1/schema"}, components={"x": [0, {"schema": {"properties": {"a": {}}}}]})
    assert list(properties(reading(document))) == ["a"]
    for wrong in ("2/schema", "x/schema", "1000000000000000000000"):
        assert (
            "leads nowhere"
            in left(reading(taking({"$ref": f"#/components/x/{wrong}"}, components={"x": [0]})))["take0"]
        )
