"""Discord's published OpenAPI description as the judge of requests and of the server's own replies."""

import json
import os
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

HERE = "urn:discord"
FILE = "discord-openapi.json"
DEFAULT = Path(__file__).parents[3] / "shared" / "api-specs"


@dataclass(slots=True)
class Specification:
    """The description. A validator is made when it is first needed, and kept: making one is slow."""

    description: dict[str, Any]
    registry: Registry[Any] = field(init=False)
    validators: dict[str, Draft202012Validator] = field(default_factory=dict)

    def __post_init__(self) -> None:
        resource = Resource.from_contents(self.description, default_specification=DRAFT202012)
        self.registry = Registry().with_resource(HERE, resource)

    def knows(self, method: str, template: str) -> bool:
        """Whether Discord has such a route."""
        return method.lower() in self.description["paths"].get(template, {})

    def request_fault(self, method: str, template: str, body: Any) -> str:
        """What is wrong with a request's body; empty where nothing is."""
        request = self._operation(method, template).get("requestBody") or {}
        if "application/json" not in request.get("content", {}):
            return ""
        path = self._path(method, template, "requestBody", "content", "application/json", "schema")
        return self._fault(path, with_ids_as_text(body))

    def reply_fault(self, method: str, template: str, status: int, body: Any) -> str:
        """What is wrong with a reply of ours; empty where nothing is."""
        responses = self._operation(method, template)["responses"]
        if str(status) not in responses:
            return f"the description knows no {status} here"
        content = responses[str(status)].get("content", {})
        if "application/json" not in content:
            return "" if body is None else "the description knows no body here"
        path = self._path(method, template, "responses", str(status), "content", "application/json", "schema")
        return self._fault(path, body)

    def object_fault(self, schema: str, thing: Any) -> str:
        """What is wrong with an object, by the name of its schema; empty where nothing is."""
        return self._fault(f"/components/schemas/{schema}", thing)

    def _operation(self, method: str, template: str) -> dict[str, Any]:
        found: dict[str, Any] = self.description["paths"][template][method.lower()]
        return found

    def _path(self, method: str, template: str, *rest: str) -> str:
        return "/" + "/".join(map(_escaped, ("paths", template, method.lower(), *rest)))

    def _fault(self, path: str, thing: Any) -> str:
        validator = self.validators.get(path)
        if validator is None:
            validator = Draft202012Validator({"$ref": f"{HERE}#{path}"}, registry=self.registry)
            self.validators[path] = validator
        if validator.is_valid(thing):
            return ""
        fault = best_match(validator.iter_errors(thing))
        return f"{fault.json_path}: {fault.message[:300]}" if fault else "does not conform"


def with_ids_as_text(body: Any, name: str = "") -> Any:
    """The body with its ids as text: Discord takes them as numbers too, which the description does not say.

    A component's `id` is a number and stays one; that of an attachment is not.
    """
    if isinstance(body, dict):
        return {
            key: str(value) if key == "id" and name == "attachments" else with_ids_as_text(value, key)
            for key, value in body.items()
        }
    if isinstance(body, list):
        return [with_ids_as_text(value, name) for value in body]
    return str(body) if type(body) is int and (body > 1 << 53 or name.endswith("_id")) else body


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


def folder() -> Path:
    """The folder of published descriptions: that in PARLEY_API_SPECS, else the one beside the repository."""
    return Path(os.environ.get("PARLEY_API_SPECS") or DEFAULT)


@cache
def published() -> Specification | None:
    """Discord's description, None where it is not there."""
    file = folder() / FILE
    return Specification(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None
