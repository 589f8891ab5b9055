"""Discord's published OpenAPI description, as a judge of requests and replies."""

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from tests.shared.platform_server import published_description
from tests.shared.platform_server import specs_folder as folder

HERE = "urn:discord"


class Specification:
    """Takes the description. Validators are made when they are first needed, since each is slow to make."""

    def __init__(self, description: dict[str, Any]) -> None:
        resource = Resource.from_contents(description, default_specification=DRAFT202012)
        self._registry = Registry().with_resource(HERE, resource)
        self._paths: dict[str, Any] = description["paths"]
        self._validators: dict[str, Draft202012Validator] = {}
        self._faults: dict[tuple[str, str], str] = {}

    def knows(self, method: str, template: str) -> bool:
        """Whether there is such a route."""
        return method.lower() in self._paths.get(template, {})

    def refuses(self, method: str, template: str, body: Any) -> str:
        """Why Discord would refuse a request with this JSON body; empty if it would not."""
        content = self._paths[template][method.lower()].get("requestBody", {}).get("content", {})
        if "application/json" not in content:
            return ""
        path = f"/paths/{_escaped(template)}/{method.lower()}/requestBody/content/application~1json/schema"
        return self._fault(path, _as_text(body))

    def mistakes(self, schema: str, thing: Any) -> str:
        """The fault in something that we send ourselves, by the name of its schema; empty if there is none."""
        return self._fault(f"/components/schemas/{schema}", thing)

    def _fault(self, path: str, thing: Any) -> str:
        """The fault of a thing. It is judged once: every bot of the tests registers the same commands in all languages,
        which take a tenth of a second to judge."""
        asked = path, json.dumps(thing)
        if asked not in self._faults:
            self._faults[asked] = self._judged(path, thing)
        return self._faults[asked]

    def _judged(self, path: str, thing: Any) -> str:
        if path not in self._validators:
            self._validators[path] = Draft202012Validator({"$ref": f"{HERE}#{path}"}, registry=self._registry)
        validator = self._validators[path]
        if validator.is_valid(thing):
            return ""
        fault = best_match(validator.iter_errors(thing))
        return f"{fault.json_path}: {fault.message[:300]}" if fault else "does not conform"


def _as_text(body: Any) -> Any:
    """The body with its ids as texts: Discord takes them as numbers too, which the description does not say."""
    match body:
        case dict():
            return {
                name: _attached(value) if name == "attachments" else _as_text(value) for name, value in body.items()
            }
        case list():
            return [_as_text(value) for value in body]
        case int() if body > 1 << 53:
            return str(body)
    return body


def _attached(files: Any) -> Any:
    return [{**file, "id": str(file["id"])} for file in files or []]


def _escaped(template: str) -> str:
    return template.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


@cache
def published() -> Specification | None:
    """Discord's description, None if it is not there."""
    found = published_description("discord-openapi.json")
    return Specification(found) if found else None


__all__ = ["Specification", "folder", "published"]
