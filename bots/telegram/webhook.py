"""The webhook: Telegram sends us each update, and again until we answer that it is committed."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass

import structlog
import telegram
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bots.shared.bodies import body_of
from bots.telegram.intake import UpdateIntake
from bots.telegram.updates import ReadUpdate, number_of, read_update
from core.errors import StoreError
from core.outside_json import read_json

log = structlog.get_logger()

HEADER = "x-telegram-bot-api-secret-token"


@dataclass(frozen=True, slots=True)
class UpdateWebhook:
    """Takes updates from requests that carry `secret`. `intake` returns None until we have logged in."""

    bot: telegram.Bot
    secret: str
    intake: Callable[[], UpdateIntake | None]

    def app(self) -> Starlette:
        """Return the webhook as an app for any server."""
        return Starlette(routes=[Route("/telegram", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        """Answer 200 only once the update is committed, or put aside; otherwise Telegram sends it again."""
        given, intake = request.headers.get(HEADER, ""), self.intake()
        if not hmac.compare_digest(given.encode(), self.secret.encode()):
            return Response(status_code=401)
        if intake is None:
            return Response(status_code=503)
        try:
            item = read_json(await body_of(request))
        except ValueError as error:
            return PlainTextResponse(str(error), 400)
        if number_of(item) is None:
            return PlainTextResponse("not an update: a JSON object with an update_id is expected", 400)
        read = read_update(item, self.bot)
        try:
            await (intake.take(read) if isinstance(read, ReadUpdate) else intake.keep.put_aside(read))
        except StoreError as error:
            log.error("not_committed", error=error)
            return Response(status_code=503)
        return Response(status_code=200)
