"""Turns a call of an operation into a request."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from parley import PluginError
from plugins.host.sources.openapi.auth import KeyPlacement, Pair, header_value, sign
from plugins.host.sources.openapi.body import BodyFormat, WrittenBody, written_body
from plugins.host.sources.openapi.operations import VARIABLE
from plugins.host.sources.openapi.parameters import RequestArgument, joined, pairs, path_segment


@dataclass(frozen=True, slots=True)
class RequestPlan:
    """How an operation is called: its method and address, where arguments go, and how body and key are sent.

    `setting` is where the operator sets the key, empty if there is none to set.
    """

    method: str
    url: str
    arguments: Mapping[str, RequestArgument]
    body: BodyFormat | None
    auth: KeyPlacement
    setting: str

    @property
    def by_oauth(self) -> bool:
        """Whether the operation takes a token by OAuth."""
        return self.auth.kind == "oauth"

    @property
    def host(self) -> str:
        """The host of the server, which no argument can change."""
        return httpx.URL(VARIABLE.sub("", self.url)).host

    def request(self, http: httpx.AsyncClient, given: Mapping[str, Any], key: str) -> httpx.Request:
        """Build the request with the given arguments. Raises PluginError for what cannot be sent."""
        filled = _FilledRequest()
        for name, value in given.items():
            filled.take(name, self.arguments[name], value)
        if key:
            sign(self.auth, key, filled.headers, filled.query, self.setting)
        url = VARIABLE.sub(lambda found: filled.path.get(found[1], ""), self.url)
        if any(segment in (".", "..") for segment in re.split("[/?#]", url)):
            raise PluginError("a part of the path may not be . or ..")
        body = self._body(filled)
        if body.media_type:
            filled.headers["Content-Type"] = body.media_type
        return http.build_request(
            self.method.upper(),
            url,
            params=filled.query or None,
            headers=filled.headers,
            content=body.content,
            files=list(body.files) or None,
        )

    def _body(self, filled: "_FilledRequest") -> WrittenBody:
        wanted = filled.whole is not None or filled.fields or (self.body and self.body.required)
        return written_body(self.body, filled.fields, filled.whole) if self.body and wanted else WrittenBody()


@dataclass(slots=True)
class _FilledRequest:
    """The parts of a request, filled in argument by argument."""

    path: dict[str, str] = field(default_factory=dict)
    query: list[Pair] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=lambda: {"Accept": "application/json, */*;q=0.5"})
    fields: dict[str, Any] = field(default_factory=dict)
    whole: Any = None

    def take(self, name: str, argument: RequestArgument, value: Any) -> None:
        """Put an argument where it belongs. Raises PluginError if the value cannot go there."""
        match argument.place:
            case "path":
                self.path[argument.name] = path_segment(name, value)
            case "query":
                self.query += pairs(argument, value)
            case "header":
                self.headers[argument.name] = header_value(name, joined(value))
            case "body":
                self.fields[argument.name] = value
            case "whole":
                self.whole = value
