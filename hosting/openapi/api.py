"""A service as a plugin: each of its operations is a tool."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import httpx

from hosting.naming import free, plain
from hosting.openapi.arguments import Argument, OperationInputs
from hosting.openapi.auth import Auth, Pair, header_value, sign
from hosting.openapi.description import Description
from hosting.openapi.operations import VARIABLE, Operation, server_of
from hosting.openapi.request import joined, path_segment, query_pairs
from hosting.openapi.response import answer_text
from hosting.openapi.security import opened_operations
from hosting.openapi.values import cut
from parley import Context, ManifestError, PluginError, Result
from parley.declared import Option

MOST_TOOLS = 200
LONGEST_ABOUT = 1000


class Api:
    """A service as a plugin. Raises ManifestError where none of its operations can be called."""

    def __init__(self, description: Description) -> None:
        self.manifest = description.manifest
        self.tools: Sequence[ApiTool] = tuple(_tools(description))
        if not self.tools:
            raise ManifestError(f"{self.name}: it describes no operation that can be called")

    @property
    def name(self) -> str:
        return self.manifest.name


@dataclass(frozen=True, slots=True)
class ApiTool:
    """An operation of a service, as the host calls any tool."""

    tool: str
    description: str
    schema: Mapping[str, Any]
    confirm: bool
    _plugin: str
    _method: str
    _url: str
    _arguments: Mapping[str, Argument]
    _auth: Auth
    _key: Literal["no", "may", "must"]
    _body: bool
    command: str = ""
    options: tuple[Option, ...] = ()
    shown: str = ""
    admin: bool = False

    async def call(self, context: Context, given: Mapping[str, Any]) -> Result:
        """Call it. Raises PluginError for arguments that do not fit and for a missing key, Failure for its errors."""
        key = self._secret(context)
        request = self._request(context.http, self._fitting(given), key)
        # A redirect to another host would take a key in a header or in the query along.
        follows = not key and self._method == "get"
        response = await context.http.send(request, follow_redirects=follows)
        return Result(answer_text(response, key, self._setting))

    @property
    def _setting(self) -> str:
        """Where the operator sets the key."""
        return f"plugins.secrets.{self._plugin}.key"

    def _fitting(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """The arguments that are there; a model's null means that one is not."""
        found = {name: value for name, value in given.items() if value is not None}
        if missing := [name for name in self.schema.get("required", ()) if name not in found]:
            raise PluginError(f"{', '.join(missing)}: missing")
        if unknown := [str(name)[:40] for name in found if name not in self._arguments]:
            known = ", ".join(self._arguments) or "none"
            raise PluginError(f"{', '.join(unknown)}: there is no such argument; there are: {known}")
        return found

    def _secret(self, context: Context) -> str:
        key = context.secrets.get("key", "").strip() if self._key != "no" else ""
        if self._key == "must" and not key:
            raise PluginError(f"the service needs a key: the operator sets it as {self._setting}")
        return key

    def _request(self, http: httpx.AsyncClient, given: Mapping[str, Any], key: str) -> httpx.Request:
        path: dict[str, str] = {}
        query: list[Pair] = []
        headers, body = {"Accept": "application/json, */*;q=0.5"}, {}
        content: Any = None
        for name, value in given.items():
            argument = self._arguments[name]
            match argument.place:
                case "path":
                    path[argument.name] = path_segment(name, value)
                case "query":
                    query += query_pairs(argument, value)
                case "header":
                    headers[argument.name] = header_value(name, joined(value))
                case "body":
                    body[argument.name] = value
                case "whole":
                    content = value
        if key:
            sign(self._auth, key, headers, query, self._setting)
        if content is None and (body or self._body):
            content = body
        url = VARIABLE.sub(lambda found: path.get(found[1], ""), self._url)
        if any(segment in (".", "..") for segment in url.split("/")):
            raise PluginError("a part of the path may not be . or ..")
        return http.build_request(self._method.upper(), url, params=query or None, headers=headers, json=content)


def _tools(description: Description) -> Iterator[ApiTool]:
    document, plugin = description.document, description.manifest.name
    taken: set[str] = set()
    for operation in opened_operations(document, description.auth):
        if len(taken) >= MOST_TOOLS:
            return
        inputs = OperationInputs(document, operation, description.auth)
        if not inputs.possible:
            continue
        name = free(plain(f"{plugin}_{operation.title}"), taken)
        taken.add(name)
        server = str(server_of(document, operation, description.address, plugin)).rstrip("/")
        yield ApiTool(
            name,
            _about(operation),
            inputs.schema(),
            operation.method != "get" or operation.described.get("x-openai-isConsequential") is True,
            plugin,
            operation.method,
            server + operation.path,
            inputs.arguments,
            description.auth,
            operation.key,
            inputs.body,
        )


def _about(operation: Operation) -> str:
    """What an operation does, in its description's words."""
    words = [str(operation.described.get(field) or "").strip() for field in ("summary", "description")]
    return cut(" ".join(". ".join(dict.fromkeys(filter(None, words))).split()), LONGEST_ABOUT) or operation.title
