"""Telegram as a part of the running program: poll for updates, or receive them by webhook, until it is time to stop."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import structlog
import telegram
from starlette.applications import Starlette
from telegram.error import InvalidToken, TelegramError

from bots.shared.attempts import FIRST_PAUSE, AttemptPauses
from bots.shared.command_changes import follow
from bots.shared.turns import InTurn, at_once, done_in_turn
from bots.telegram.adapter import TelegramChat
from bots.telegram.commands import CommandLists
from bots.telegram.intake import WANTED, UpdateIntake
from bots.telegram.options import TelegramOptions, create
from bots.telegram.polling import UpdatePolling
from bots.telegram.webhook import UpdateWebhook
from core.errors import OperatorError
from core.ports.chat import Handle
from core.ports.surface import SurfaceRecords, SurfaceStorage

log = structlog.get_logger()

TURN = "telegram"
"""The name of what one process does for all: Telegram has only one at a time ask for the updates of a bot."""

WRONG_TOKEN = "telegram.token: Telegram does not know it; ask @BotFather for it again"


class TelegramSurface:
    """A bot that stays for as long as the program runs."""

    def __init__(
        self,
        options: TelegramOptions,
        handle: Handle,
        records: SurfaceRecords,
        keep: SurfaceStorage,
        first_pause: float = FIRST_PAUSE,
        alone: InTurn = at_once,
    ) -> None:
        self.options = options
        self.bot = create(options)
        self.chat = TelegramChat(self.bot)
        self._handle = handle
        self._records = records
        self._keep = keep
        self._first_pause = first_pause
        self._alone = alone
        self._intake: UpdateIntake | None = None
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

    async def only_answer(self, began: Callable[[str], None]) -> None:
        """Send and change messages until `close` is called, and take no updates: another process takes them.

        `began` is called with our name. Raises OperatorError if the token is wrong.
        """
        try:
            if me := await self._log_in():
                began(me.full_name)
                await self._leaving.wait()
        finally:
            await self.bot.shutdown()

    async def close(self) -> None:
        """Stop. Messages being sent should have finished by then."""
        self._leaving.set()

    def app(self) -> Starlette:
        """Return the webhook as an app for any server."""
        return UpdateWebhook(self.bot, self.options.secret, lambda: self._intake).app()

    async def _log_in(self) -> telegram.User | None:
        """Return our own account as soon as Telegram can be reached; None if we were told to stop before."""
        try:
            return self.bot.bot if await self._until_reached(self.bot.initialize) else None
        except InvalidToken:
            raise OperatorError(WRONG_TOKEN) from None

    async def _until_reached(self, work: Callable[[], Awaitable[object]]) -> bool:
        """Do something as soon as Telegram can be reached. Returns whether it was done before we were told to stop.

        Raises InvalidToken.
        """
        pauses = AttemptPauses(self._leaving, self._first_pause)
        while not self._leaving.is_set():
            try:
                await work()
                return True
            except InvalidToken:
                raise
            except TelegramError as error:
                self._keep.unusable("start")
                log.warning("telegram_unreachable", error=error, again_in=pauses.seconds)
            await pauses.rest()
        return False

    async def _stay(self, me: telegram.User, begin: Callable[[str], Awaitable[None]]) -> None:
        lists = CommandLists(self.bot, self._records, self._keep, self._first_pause)
        await begin(me.full_name)
        self._intake = UpdateIntake(self.bot, me, self._handle, self._records, self._keep, self.chat, lists)
        try:
            await done_in_turn(self._alone, TURN, partial(self._lead, self._intake, lists), self._leaving)
        finally:
            self._intake.cancel()

    async def _lead(self, intake: UpdateIntake, lists: CommandLists) -> None:
        """Do what one process does for all: keep the lists of commands, and have updates come, until it is time to
        leave. What comes by webhook is taken by each process that Telegram calls.
        """
        changes = self._records.changes()
        await lists.begin()
        keeping = asyncio.create_task(follow(changes, lists.changed))
        try:
            await self._have_updates_come(intake)
        finally:
            keeping.cancel()
            lists.cancel()

    async def _have_updates_come(self, intake: UpdateIntake) -> None:
        options = self.options
        if options.webhook_url:
            address, secret = options.webhook_url, options.secret
            hook = partial(self.bot.set_webhook, address, allowed_updates=WANTED, secret_token=secret)
            if await self._until_reached(hook):
                await self._leaving.wait()
        elif await self._until_reached(self.bot.delete_webhook):
            await UpdatePolling(self.bot, intake, self._keep, self._leaving, self._first_pause).run()
