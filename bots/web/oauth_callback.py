"""The page to which browsers return after people have signed in elsewhere.

This address is open to everybody, even if the rest of the web chat is not: a proxy in front of us may let only this one
through. It uses no cookie, and changes something only with a `state` that nobody can guess.
"""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bots.web.site import WebSite, language_of
from core.ports.surface import Returned

CALLBACK = "/oauth/callback"


async def callback(site: WebSite, returned: Returned, request: Request) -> Response:
    """Finish a sign-in. HEAD and prefetch requests are refused, since they would use up its `state`."""
    if request.method == "HEAD" or "prefetch" in request.headers.get("sec-purpose", ""):
        raise HTTPException(404)
    notice = await returned(dict(request.query_params), language_of(request))
    return await site.html("returned.html", request, notice=notice)
