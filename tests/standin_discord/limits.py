"""Rate limits: the headers of every answer, and the 429s that a test orders (docs, "Rate Limits")."""

import zlib
from dataclasses import dataclass, field
from typing import Any

from tests.standin_discord.clock import Clock

VIA = "1.1 google"
"""Without this header the client takes a 429 for a ban by Cloudflare (discord.py, http.py)."""

ON_THE_WAY = 0.1
"""Seconds within which a request after a 429 may have been sent before the client could know."""

GENEROUS = 1000


@dataclass(slots=True)
class Ordered:
    """429s to come on a route."""

    method: str
    template: str
    seconds: float
    times: int
    scope: str


@dataclass(slots=True)
class Closed:
    """A bucket that takes nothing until then; both are times of the clock."""

    since: float
    until: float
    scope: str


@dataclass(slots=True)
class Window:
    """A bucket that takes `most` requests within `seconds`."""

    most: int
    seconds: float
    used: int = 0
    ends: float = 0.0


@dataclass(frozen=True, slots=True)
class TooMany:
    """A 429: its JSON and headers."""

    body: dict[str, Any]
    headers: dict[str, str]


@dataclass(slots=True)
class Limits:
    """Which requests may pass. `impatient` are those that came before they were allowed to; `refused` counts 429s."""

    clock: Clock
    ordered: list[Ordered] = field(default_factory=list)
    closed: dict[str, Closed] = field(default_factory=dict)
    rates: dict[tuple[str, str], tuple[int, float]] = field(default_factory=dict)
    windows: dict[str, Window] = field(default_factory=dict)
    impatient: list[str] = field(default_factory=list)
    refused: int = 0

    def asks(self, method: str, template: str, path: str, major: str) -> TooMany | None:
        """One request comes: the 429 for it, None where it may pass."""
        if not (self.ordered or self.closed or self.rates):
            return None
        now = self.clock.now()
        bucket = f"{method} {template} {major}"
        everywhere = () if template.startswith("/interactions/") else ("*",)
        for name in (bucket, *everywhere):
            if (found := self.closed.get(name)) and now < found.until:
                if now > found.since + ON_THE_WAY:
                    self.impatient.append(f"{method} {path}")
                return self._answer(found.until - now, found.scope, bucket)
        if order := self._order(method, template):
            self.closed["*" if order.scope == "global" else bucket] = Closed(now, now + order.seconds, order.scope)
            return self._answer(order.seconds, order.scope, bucket)
        return self._spend(method, template, bucket, now)

    def _order(self, method: str, template: str) -> Ordered | None:
        for order in self.ordered:
            if order.method == method and order.template == template:
                order.times -= 1
                if not order.times:
                    self.ordered.remove(order)
                return order
        return None

    def _spend(self, method: str, template: str, bucket: str, now: float) -> TooMany | None:
        rate = self.rates.get((method, template))
        if rate is None:
            return None
        window = self.windows.setdefault(bucket, Window(*rate))
        if now >= window.ends:
            window.used, window.ends = 0, now + window.seconds
        if window.used >= window.most:
            self.impatient.append(f"{method} {bucket}: more than {window.most} in {window.seconds} s")
            return self._answer(window.ends - now, "user", bucket)
        window.used += 1
        return None

    def headers(self, method: str, template: str, major: str) -> dict[str, str]:
        """What every answer says of its bucket: of plenty, where the test has set no rate."""
        now = self.clock.now()
        window = self.windows.get(f"{method} {template} {major}") if self.windows else None
        most, left, after = GENEROUS, GENEROUS - 1, 1.0
        if window:
            most, left, after = window.most, window.most - window.used, max(window.ends - now, 0.0)
        return {
            "X-RateLimit-Bucket": f"{zlib.crc32(f'{method} {template}'.encode()):08x}",
            "X-RateLimit-Limit": str(most),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": f"{now + after:.3f}",
            "X-RateLimit-Reset-After": f"{after:.3f}",
        }

    def _answer(self, seconds: float, scope: str, bucket: str) -> TooMany:
        self.refused += 1
        everywhere = scope == "global"
        body = {"message": "You are being rate limited.", "retry_after": round(seconds, 3), "global": everywhere}
        headers = {"Via": VIA, "Retry-After": str(max(int(seconds + 0.999), 1)), "X-RateLimit-Scope": scope}
        if everywhere:
            return TooMany(body, {**headers, "X-RateLimit-Global": "true"})
        reset = {"X-RateLimit-Reset-After": f"{seconds:.3f}", "X-RateLimit-Reset": f"{self.clock.now() + seconds:.3f}"}
        named = {"X-RateLimit-Bucket": f"{zlib.crc32(bucket.rpartition(' ')[0].encode()):08x}"}
        return TooMany(body, {**headers, **reset, **named, "X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "0"})
