"""A service as a plugin: each of its operations is a tool."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from parley import Context, ManifestError, PluginError, Result
from plugins.host.oauth.bearer import token_in, wants_token
from plugins.host.oauth.discovery import DescribedFlow
from plugins.host.oauth.flow import OAuthSource
from plugins.host.oauth.schemes import oauth_scheme
from plugins.host.plugin import OfferWords
from plugins.host.sources.openapi.coverage import OperationCoverage, listed
from plugins.host.sources.openapi.description import ServiceDescription
from plugins.host.sources.openapi.operations import ApiOperation, server_of
from plugins.host.sources.openapi.request import RequestPlan
from plugins.host.sources.openapi.response import answer_text
from plugins.host.sources.openapi.usable import SortedOperations, sorted_operations
from plugins.host.sources.openapi.values import cut
from plugins.host.sources.tool_names import free, plain

LONGEST_ABOUT = 1000


class OpenApiPlugin:
    """A service as a plugin. Raises ManifestError if none of its operations can be called."""

    def __init__(self, description: ServiceDescription) -> None:
        self.manifest = description.manifest
        self.digest = ""
        """The SHA-256 of its description, if it is installed."""
        self.origin: str | None = None
        """The person who named its source."""
        self.oauth: OAuthSource | None = _oauth(description)
        found = sorted_operations(description.document, description.auth)
        self.tools: Sequence[ApiTool] = _tools(description, found)
        if not self.tools:
            raise ManifestError(f"{self.name}: no operation of it can be called: {listed(found.left_out)}")
        # A description that an earlier version installed was kept whole.
        total, usable = len(found.usable) + len(found.left_out), len(found.usable)
        self.coverage = description.coverage or OperationCoverage(total, total, usable, found.left_out)

    @property
    def name(self) -> str:
        return self.manifest.name


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiTool(OfferWords):
    """An operation of a service, in the form in which the host calls any tool."""

    plan: RequestPlan
    key: Literal["no", "may", "must"]

    async def call(self, context: Context, given: Mapping[str, Any]) -> Result:
        """Call it.

        Raises PluginError for arguments that do not fit or a missing key, Failure for the service's errors.
        """
        key = self._secret(context)
        request = self.plan.request(context.http, self._fitting(given), key)
        if self.plan.by_oauth:
            request = wants_token(request, context.user_id, self.key)
        # A redirect to another host would carry a key in a header or in the query along.
        follows = not key and self.plan.method == "get" and not self.plan.by_oauth
        response = await context.http.send(request, follow_redirects=follows)
        return Result(answer_text(response, key or token_in(response), self.plan.setting))

    def _fitting(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the arguments that have a value. A model's null means that an argument is not given."""
        found = {name: value for name, value in given.items() if value is not None}
        if missing := [name for name in self.schema.get("required", ()) if name not in found]:
            raise PluginError(f"{', '.join(missing)}: missing")
        if unknown := [str(name)[:40] for name in found if name not in self.plan.arguments]:
            known = ", ".join(self.plan.arguments) or "none"
            raise PluginError(f"{', '.join(unknown)}: there is no such argument; there are: {known}")
        return found

    def _secret(self, context: Context) -> str:
        if self.plan.by_oauth:
            return ""
        key = context.secrets.get("key", "").strip() if self.key != "no" else ""
        if self.key == "must" and not key:
            raise PluginError(f"the service needs a key: the operator sets it as {self.plan.setting}")
        return key


def _oauth(description: ServiceDescription) -> OAuthSource | None:
    scheme = oauth_scheme(description.document) if description.auth.kind == "oauth" else None
    return DescribedFlow(replace(scheme[1], hosts=description.manifest.hosts)) if scheme else None


def _tools(description: ServiceDescription, found: SortedOperations) -> Sequence[ApiTool]:
    document, plugin = description.document, description.manifest.name
    tools: dict[str, ApiTool] = {}
    for operation, inputs in found.usable:
        name = free(plain(f"{plugin}_{operation.title}"), tools)
        server = str(server_of(document, operation, description.address, plugin)).rstrip("/")
        plan = RequestPlan(
            operation.method,
            server + operation.path,
            inputs.arguments,
            inputs.body,
            description.auth,
            f"plugins.secrets.{plugin}.key" if description.auth.kind != "oauth" else "",
        )
        consequential = operation.described.get("x-openai-isConsequential") is True
        changes = operation.method != "get" or consequential
        tools[name] = ApiTool(
            tool=name,
            description=_about(operation),
            schema=inputs.schema(),
            confirm=changes,
            reaches=plan.host,
            plan=plan,
            key=operation.key,
        )
    return tuple(tools.values())


def _about(operation: ApiOperation) -> str:
    """Return what an operation does, in its description's words."""
    words = [str(operation.described.get(field) or "").strip() for field in ("summary", "description")]
    return cut(" ".join(". ".join(dict.fromkeys(filter(None, words))).split()), LONGEST_ABOUT) or operation.title
