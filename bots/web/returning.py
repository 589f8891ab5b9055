"""Where browsers come back to after people have signed in elsewhere, and what they read there.

This address is for everybody, also where the rest of the web chat is not: a proxy in front of us may let it through
alone. It takes no cookie, and changes something only by a state that nobody guesses.
"""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bots.web.site import Site, language_of
from core.ports.surface import Returned

CALLBACK = "/oauth/callback"


async def callback(site: Site, returned: Returned, request: Request) -> Response:
    """The end of a sign-in. A browser that only looks ahead would use up its state."""
    if request.method == "HEAD" or "prefetch" in request.headers.get("sec-purpose", ""):
        raise HTTPException(404)
    notice = await returned(dict(request.query_params), language_of(request))
    return await site.html("returned.html", request, notice=notice)
