"""Errors as Discord words them, and the ones that a test asks for."""

import json
from dataclasses import dataclass, field
from math import ceil
from time import monotonic
from typing import Any

from aiohttp import web

VIA = "1.1 google"
ON_THE_WAY = 0.05
"""Seconds for which requests still come that were sent before the 429 could be read."""


class Refused(Exception):
    """A request that Discord answers with an error."""

    def __init__(self, status: int, code: int, message: str, errors: Any = None) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message, **({"errors": errors} if errors else {})}


def invalid(message: str) -> Refused:
    """50035, as for every malformed body."""
    wrong = {"_errors": [{"code": "BASE_TYPE_BAD", "message": message}]}
    return Refused(400, 50035, "Invalid Form Body", wrong)


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON as Discord sends it: the content type has no charset, which discord.py insists on."""
    data = json.dumps(body).encode()
    return web.Response(body=data, status=status, headers=headers, content_type="application/json")


@dataclass(slots=True)
class Limited:
    """A 429 that is to come for a route."""

    method: str
    template: str
    seconds: float
    times: int
    scope: str


@dataclass(slots=True)
class Limits:
    """429s to come, and the requests that came before their time was over."""

    coming: list[Limited] = field(default_factory=list)
    closed: dict[str, float] = field(default_factory=dict)
    since: dict[str, float] = field(default_factory=dict)
    impatient: list[str] = field(default_factory=list)
    refused: int = 0

    def refusal(self, method: str, template: str, path: str, major: str) -> web.Response | None:
        """The 429 for a request, None if it may pass."""
        now = monotonic()
        exempt = path.startswith("/interactions/")
        for bucket in ("*", f"{method} {template} {major}"):
            if now < self.closed.get(bucket, 0.0) and not (bucket == "*" and exempt):
                if now > self.since[bucket] + ON_THE_WAY:
                    self.impatient.append(f"{method} {path}")
                scope = "global" if bucket == "*" else "user"
                return self._answer(self.closed[bucket] - now, scope)
        for limited in self.coming:
            if limited.method == method and limited.template == template:
                limited.times -= 1
                if not limited.times:
                    self.coming.remove(limited)
                bucket = "*" if limited.scope == "global" else f"{method} {template} {major}"
                self.closed[bucket], self.since[bucket] = now + limited.seconds, now
                return self._answer(limited.seconds, limited.scope)
        return None

    def _answer(self, seconds: float, scope: str) -> web.Response:
        self.refused += 1
        everywhere = scope == "global"
        body = {"message": "You are being rate limited.", "retry_after": round(seconds, 3), "global": everywhere}
        headers = {"Via": VIA, "Retry-After": str(ceil(seconds)), "X-RateLimit-Scope": scope}
        headers |= {"X-RateLimit-Global": "true"} if everywhere else {"X-RateLimit-Reset-After": f"{seconds:.3f}"}
        return answer(body, 429, headers)
