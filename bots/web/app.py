"""The web chat's routes, and its error pages."""

from collections.abc import Awaitable, Callable, Collection
from functools import partial

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, ExceptionHandler, Receive, Scope, Send

from bots.shared.bodies import BodyLimit
from bots.web import admin_link, forms, pages
from bots.web.addresses import ADMIN_LINK
from bots.web.guard import PageGuard
from bots.web.oauth_callback import CALLBACK, callback
from bots.web.site import CHANNEL, WebSite, by_htmx, language_of
from core.errors import BusyError, NotAllowed, StoreError, UserError
from core.ports.surface import Returned

log = structlog.get_logger()

Endpoint = Callable[[WebSite, Request], Awaitable[Response]]

STATIC = "/static/{name:path}"
READ: dict[str, Endpoint] = {
    "/": pages.begin,
    "/c/{channel}": pages.conversation,
    "/c/{channel}/events": pages.events,
    "/c/{channel}/files/{token}": pages.file,
    ADMIN_LINK: admin_link.ask,
    STATIC: pages.static,
}
SENT: dict[str, Endpoint] = {
    "/c/{channel}/messages": forms.message,
    "/c/{channel}/presses": forms.press,
    "/c/{channel}/forms": forms.form,
    ADMIN_LINK: admin_link.take,
}

STATUSES = {NotAllowed: 403, BusyError: 429}
"""HTTP statuses for errors whose text is shown to people; others get 400."""

STATUS_TEXTS = {
    404: "web-error-missing",
    405: "web-error-missing",
    413: "web-error-large",
    429: "web-error-often",
    503: "web-error-busy",
}
"""The text shown to people for each HTTP status."""


def build(site: WebSite, hosts: Collection[str], returned: Returned | None = None, public: str = "") -> ASGIApp:
    """Build the ASGI application, which answers only under the given host names.

    `returned` answers people who come back from signing in elsewhere, also under the `public` name.
    """
    read = [Route(path, partial(endpoint, site)) for path, endpoint in READ.items()]
    sent = [Route(path, partial(endpoint, site), methods=["POST"]) for path, endpoint in SENT.items()]
    handlers: dict[type[Exception] | int, ExceptionHandler] = {
        UserError: partial(refused, site),
        StoreError: partial(unkept, site),
        HTTPException: partial(failed, site),
        Exception: partial(broken, site),
    }
    chat = PageGuard(BodyLimit(Starlette(routes=[*read, *sent], exception_handlers=handlers)), hosts)
    if returned is None:
        return chat
    back = [Route(CALLBACK, partial(callback, site, returned)), Route(STATIC, partial(pages.static, site))]
    open_to_all = PageGuard(BodyLimit(Starlette(routes=back, exception_handlers=handlers)), {*hosts, public} - {""})

    async def either(scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope.get("path", ""))
        found = open_to_all if path == CALLBACK or path.startswith("/static/") else chat
        await found(scope, receive, send)

    return either


async def refused(site: WebSite, request: Request, error: Exception) -> Response:
    """Answer a UserError: the person may not do this, or their form is not one of ours."""
    if not isinstance(error, UserError):
        raise error
    text = site.records.text(language_of(request), error.key, **error.values)
    status = next((status for kind, status in STATUSES.items() if isinstance(error, kind)), 400)
    return await problem(site, request, status, text)


async def unkept(site: WebSite, request: Request, error: Exception) -> Response:
    """Answer a StoreError: the store could not save it. Nothing is lost: the composer still has the text."""
    log.error("store_failed", error=error)
    return await problem(site, request, 503, site.records.text(language_of(request), "web-error-store"))


async def failed(site: WebSite, request: Request, error: Exception) -> Response:
    """Answer an HTTPException, such as a missing page or a request that is too large."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    text = site.records.text(language_of(request), STATUS_TEXTS.get(status, "web-error-form"))
    answer = await problem(site, request, status, text)
    answer.headers.update((error.headers or {}) if isinstance(error, HTTPException) else {})
    return answer


async def broken(site: WebSite, request: Request, error: Exception) -> Response:
    """Answer any other exception: a bug of ours, which is in the server's log."""
    return await problem(site, request, 500, site.records.text(language_of(request), "web-error-internal"))


async def problem(site: WebSite, request: Request, status: int, text: str) -> Response:
    if by_htmx(request):
        return await site.html("problem.html", request, status, text=text)
    channel = str(request.path_params.get("channel", ""))
    back = f"/c/{channel}" if CHANNEL.fullmatch(channel) and status != 403 else "/"
    return await site.html("error.html", request, status, text=text, back=back)
