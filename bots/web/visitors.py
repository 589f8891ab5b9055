"""Identifies the sender of a request, and enforces quotas."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cachetools import LRUCache
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bots.shared.addresses import counted
from bots.web import visitor_cookie
from bots.web.page_state import PLATFORM, PageLook
from bots.web.quotas import REMEMBERED, VisitorQuotas
from bots.web.visitor_cookie import COOKIE, CookieKey
from core.messages import User
from core.ports.surface import SurfaceRecords


@dataclass(frozen=True, slots=True)
class VisitorRegister:
    """Tells visitors apart by their cookies, and counts what they send."""

    records: SurfaceRecords
    key: CookieKey
    quotas: VisitorQuotas
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _known: LRUCache[str, bool] = field(default_factory=lambda: LRUCache(REMEMBERED))

    async def token(self, request: Request) -> str | None:
        """The token in a request's cookie; None if we issued none.

        For a while, people who were here before our key was made keep their old cookie. Raises NotAllowed if there are
        two cookies.
        """
        headers = request.headers.getlist("cookie")
        value = visitor_cookie.cookie(headers, visitor_cookie.cookie_name(request.url.scheme))
        if token := self.key.verified(value):
            return token
        old = visitor_cookie.unsigned(value or visitor_cookie.cookie(headers, COOKIE))
        if old is None or not self.key.accepts_unsigned(self.now()):
            return None
        first_seen = await self.records.first_seen(PLATFORM, User(visitor_cookie.account(old), ""))
        return old if first_seen and first_seen < self.key.made else None

    def issue(self, request: Request, response: Response, token: str) -> None:
        """Give a visitor their cookie, in place of an older one."""
        secure = request.url.scheme == "https"
        response.set_cookie(
            visitor_cookie.cookie_name(request.url.scheme),
            self.key.signed(token),
            max_age=visitor_cookie.LIFETIME,
            secure=secure,
            httponly=True,
            samesite="strict",
        )
        if secure and COOKIE in request.cookies:
            response.delete_cookie(COOKIE, httponly=True, samesite="strict")

    async def admit(self, request: Request, look: PageLook) -> None:
        """Count what a visitor sends. Raises HTTPException 429 if it is too much.

        A visitor who sends something for the first time becomes a person, and such newcomers are counted by address.
        Sending something to a place where nothing has happened yet begins a conversation, which is counted too.
        """
        user = look.user
        refuse_for(self.quotas.sent.take(user.id))
        if look.room.unused and not await self.records.begun(look.place):
            refuse_for(self.quotas.conversations.take(user.id))
        if self._known.get(user.id):
            return
        if await self.records.first_seen(PLATFORM, user) is None:
            where = address_of(request)
            refuse_for(self.quotas.newcomers.take(where) if where else self.quotas.strangers.take(""))
        self._known[user.id] = True


def refuse_for(seconds: int) -> None:
    """Raise HTTPException 429 if there are seconds to wait."""
    if seconds:
        raise HTTPException(429, headers={"retry-after": str(seconds)})


def address_of(request: Request) -> str:
    """The address that a request counts under; empty if it is unknown."""
    return counted(request.client.host) if request.client else ""
