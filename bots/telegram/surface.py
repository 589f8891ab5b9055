"""Telegram as a part of the running program: poll for updates, or receive them by webhook, until it is time to stop."""

import asyncio
import hmac
import os
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog
import telegram
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError

from bots.shared.bodies import body_of
from bots.telegram.adapter import TelegramChat
from bots.telegram.commands import sync
from bots.telegram.receiver import WANTED, TelegramReceiver
from bots.telegram.request import AiohttpRequest
from core.errors import OperatorError, StoreError
from core.outside_json import read_json
from core.ports.chat import Handle
from core.ports.surface import SurfaceRecords, SurfaceStorage

log = structlog.get_logger()

POLL = 50
"""Seconds for which Telegram may hold a poll open while it waits for an update."""

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
WRONG_TOKEN = "telegram.token: Telegram does not know it; ask @BotFather for it again"
HEADER = "x-telegram-bot-api-secret-token"


@dataclass(frozen=True, slots=True)
class TelegramOptions:
    """How to connect.

    With `webhook_url`, Telegram calls us there and sends `secret` in a header; otherwise we poll.
    """

    token: str
    base_url: str = ""
    base_file_url: str = ""
    webhook_url: str = ""
    secret: str = ""


def create(options: TelegramOptions) -> telegram.Bot:
    """Create a bot that is not started yet.

    The library is told, for the whole process, to represent times as its next version will; otherwise it warns.
    """
    os.environ.setdefault("PTB_TIMEDELTA", "true")
    addresses: dict[str, str] = {}
    if options.base_url:
        addresses["base_url"] = options.base_url
    if options.base_file_url:
        addresses["base_file_url"] = options.base_file_url
    return telegram.Bot(
        options.token,
        request=AiohttpRequest(),
        get_updates_request=AiohttpRequest(read_timeout=POLL + 15.0),
        **addresses,  # type: ignore[arg-type] # only the two addresses
    )


class TelegramSurface:
    """A bot that stays for as long as the program runs."""

    def __init__(self, options: TelegramOptions, handle: Handle, records: SurfaceRecords, keep: SurfaceStorage) -> None:
        self.options = options
        self.bot = create(options)
        self.chat = TelegramChat(self.bot)
        self._handle = handle
        self._records = records
        self._keep = keep
        self._receiver: TelegramReceiver | None = None
        self._leaving = asyncio.Event()

    async def run(self, begin: Callable[[str], Awaitable[None]]) -> None:
        """Take updates until `close` is called. `begin` is called with our name before the first one.

        Raises OperatorError if the token is wrong.
        """
        try:
            me = await self._log_in()
            if me:
                await self._stay(me, begin)
        finally:
            await self.bot.shutdown()

    async def _stay(self, me: telegram.User, begin: Callable[[str], Awaitable[None]]) -> None:
        await sync(self.bot, self._records, self._keep)
        keeping = asyncio.create_task(self._keep_commands())
        try:
            await self._serve(me, begin)
        finally:
            keeping.cancel()

    async def _keep_commands(self) -> None:
        """Register the commands again whenever a plugin adds or removes some."""
        while True:
            await self._records.changed()
            await sync(self.bot, self._records, self._keep)

    async def _serve(self, me: telegram.User, begin: Callable[[str], Awaitable[None]]) -> None:
        await begin(me.full_name)
        self._receiver = TelegramReceiver(self.bot, me, self._handle, self._records, self.chat)
        if not self.options.webhook_url:
            await self.bot.delete_webhook()
            await self._poll(self._receiver)
            return
        await self.bot.set_webhook(self.options.webhook_url, allowed_updates=WANTED, secret_token=self.options.secret)
        await self._leaving.wait()

    async def close(self) -> None:
        """Stop. Messages being sent should have finished by then."""
        self._leaving.set()

    def app(self) -> Starlette:
        """Return the webhook as an app for any server.

        It answers 200 only once the update is committed; otherwise Telegram sends the update again.
        """

        async def hook(request: Request) -> Response:
            given = request.headers.get(HEADER, "")
            if not hmac.compare_digest(given.encode(), self.options.secret.encode()):
                return Response(status_code=401)
            if self._receiver is None:
                return Response(status_code=503)
            try:
                update = telegram.Update.de_json(read_json(await body_of(request)), self.bot)
            except (AttributeError, ValueError, KeyError, TypeError):
                return Response(status_code=400)
            try:
                await self._receiver.take(update)
            except StoreError as error:
                log.error("not_committed", error=error)
                return Response(status_code=503)
            return Response(status_code=200)

        return Starlette(routes=[Route("/telegram", hook, methods=["POST"])])

    async def _log_in(self) -> telegram.User | None:
        pause = FIRST_PAUSE
        while not self._leaving.is_set():
            try:
                await self.bot.initialize()
                return self.bot.bot
            except InvalidToken:
                raise OperatorError(WRONG_TOKEN) from None
            except TelegramError as error:
                log.warning("telegram_unreachable", error=error, again_in=pause)
            await self._rest(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        return None

    async def _poll(self, receiver: TelegramReceiver) -> None:
        """Poll for updates, commit them, and only then poll for the next ones: that confirms them to Telegram."""
        offset: int | None = None
        pause = FIRST_PAUSE
        while not self._leaving.is_set():
            try:
                updates = await self._updates(offset)
                await receiver.take_all(updates)
                if updates:
                    offset = updates[-1].update_id + 1
                pause = FIRST_PAUSE
                continue
            except StoreError as error:
                log.error("not_committed", error=error, again_in=pause)
            except Conflict:
                log.error("telegram_conflict", mend="another program asks for this bot's updates; stop one of them")
            except RetryAfter as error:
                log.warning("telegram_limit", error=error)
            except NetworkError as error:
                log.warning("telegram_unreachable", error=error, again_in=pause)
            await self._rest(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        if offset is not None:
            # Committed updates are confirmed before we stop; it would do no harm if they came again.
            with suppress(TelegramError):
                await self.bot.get_updates(offset=offset, timeout=0, allowed_updates=WANTED)

    async def _updates(self, offset: int | None) -> tuple[telegram.Update, ...]:
        asking = asyncio.ensure_future(self.bot.get_updates(offset=offset, timeout=POLL, allowed_updates=WANTED))
        leaving = asyncio.ensure_future(self._leaving.wait())
        await asyncio.wait({asking, leaving}, return_when=asyncio.FIRST_COMPLETED)
        leaving.cancel()
        if asking.done():
            return asking.result()
        asking.cancel()
        return ()

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._leaving.wait()
