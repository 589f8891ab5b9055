"""Requests of a plugin's process to Parley, carried out within its manifest. `parley.wire` describes the protocol."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx
import structlog

from core.foreign_code import ForeignFault, guarded
from parley import Context, Failure, Manifest, PluginError, wire
from plugins.host.sandbox.secrets import fetched

log = structlog.get_logger()

LONGEST_WHY = 500
"""The most characters of a message about a failure."""

PARTS: Mapping[str, frozenset[str]] = {
    "storage": frozenset({"get", "set", "delete", "keys"}),
    "texts": frozenset({"put", "remove", "titles", "search"}),
    "schedule": frozenset({"at", "cancel", "due"}),
    "chat": frozenset({"post", "log", "history"}),
}
"""The parts and methods of its context that a plugin may use, besides fetching."""

REFUSED = (PluginError, httpx.HTTPError, httpx.InvalidURL)
MALFORMED = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)
EXPECTED = (*REFUSED, *MALFORMED)
"""How a request fails that is not allowed or did not work (REFUSED), or that makes no sense (MALFORMED)."""


async def answered(
    message: Mapping[str, Any], contexts: Mapping[str, Context], manifest: Manifest
) -> dict[str, Mapping[str, Any]]:
    """The answer to a request: a `result` or an `error`. `contexts` belong to the calls that are under way."""
    params = message.get("params") or {}
    try:
        context = contexts.get(str(params.get("call")))
        if context is None:
            raise PluginError("this is possible only during a call of the plugin; finish it before you return")
        with guarded(*EXPECTED):
            match message["method"]:
                case "parley/use":
                    return {"result": await used(context, params)}
                case "parley/fetch":
                    return {"result": await fetched(context, manifest, params)}
                case method:
                    return _error(f"there is no method {method}", code=wire.METHOD_NOT_FOUND)
    except REFUSED as error:
        kind = "refused" if isinstance(error, PluginError) and not isinstance(error, Failure) else "failure"
        return _error(str(error) if isinstance(error, PluginError) else type(error).__name__, kind)
    except MALFORMED as error:
        return _error(f"the arguments of this request are wrong: {error}"[:300])
    except ForeignFault as fault:
        # The store may be down, for example. The plugin is waiting for an answer, but must learn no internals.
        log.warning("plugin_request_failed", plugin=manifest.name, error=fault.cause)
        return _error("this failed in Parley, not in the plugin; see Parley's log", "failure")


def _error(words: str, kind: str = "refused", code: int = wire.REFUSED) -> dict[str, Mapping[str, Any]]:
    return {"error": {"code": code, "message": words, "data": kind}}


async def used(context: Context, params: Mapping[str, Any]) -> Any:
    """Use a part of the context for the plugin. Raises PluginError for what its manifest does not allow."""
    part, method = str(params["part"]), str(params["method"])
    if method not in PARTS.get(part, ()):
        raise PluginError(f"a context has no {part[:40]}.{method[:40]}")
    given = list(params.get("given", ()))
    if (part, method) == ("schedule", "at"):
        given[0] = datetime.fromisoformat(given[0])
    found = await getattr(getattr(context, part), method)(*given, **params.get("named", {}))
    known = wire.ANSWERS.get(f"{part}.{method}")
    return known.dump_python(found, mode="json") if known else found
