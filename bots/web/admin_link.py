"""The page on which a link of `parley web admin` makes a browser an admin.

The link's secret follows a #, which browsers keep to themselves: it is in no request line, log or Referer. The page's
script takes it out of the address and sends it in a form; without scripts, a person pastes the link there.
"""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bots.web import visitor_cookie
from bots.web.forms import read
from bots.web.receive import first
from bots.web.site import WebSite
from bots.web.visitors import address_of, refuse_for
from core.ports.surface import AdminLinkOutcome, NewBrowser

REFUSALS: Mapping[AdminLinkOutcome, str] = {
    "unknown": "web-admin-unknown",
    "used": "web-admin-used",
    "expired": "web-admin-expired",
}


async def ask(site: WebSite, request: Request) -> Response:
    """Show the form for a link, or say that this browser is an admin already. Nothing is changed."""
    token = await site.visitors.token(request)
    known = token is not None and await site.admins.includes(visitor_cookie.account(token))
    return await site.html("admin.html", request, said="web-admin-already" if known else "", known=known)


async def take(site: WebSite, request: Request) -> Response:
    """Make the browser that sends a good link an admin, under a new cookie, and go to a conversation."""
    where, quotas = address_of(request), site.visitors.quotas
    refuse_for(quotas.links.take(where) if where else quotas.links_from_nowhere.take(""))
    secret = first(await read(request), "link").strip().rpartition("#")[2]
    before, token = await site.visitors.token(request), visitor_cookie.new_token()
    browser = NewBrowser(visitor_cookie.account(token), visitor_cookie.account(before) if before else "")
    outcome = await site.admins.redeem(secret, browser)
    if outcome != "opened":
        return await site.html("admin.html", request, 403, said=REFUSALS[outcome], known=False)
    site.rooms.hand_over(browser.before, browser.account)
    response = RedirectResponse("/", 303)
    site.visitors.issue(request, response, token)
    return response
