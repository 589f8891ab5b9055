"""A bot with python-telegram-bot alone: `python -m benchmarks.peers.plain_telegram BASE_URL TOKEN MODEL`."""

import sys
from typing import Any

import aiohttp
from telegram import Update
from telegram.ext import Application, ApplicationBuilder, ContextTypes, MessageHandler, filters

from benchmarks.figures import on_first_core, ready
from benchmarks.plain_model import asked


async def answer(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    message = update.effective_message
    assert message
    assert message.text
    shown = await message.reply_text("...", do_quote=True)
    bot_data: dict[str, Any] = context.bot_data
    await shown.edit_text(await asked(bot_data["http"], bot_data["model"], [("user", message.text)]))


def main(base_url: str, token: str, model: str) -> None:
    async def begin(application: "Application[Any, Any, Any, Any, Any, Any]") -> None:
        application.bot_data.update(http=aiohttp.ClientSession(), model=model)
        await ready("Telegram")

    async def end(application: "Application[Any, Any, Any, Any, Any, Any]") -> None:
        await application.bot_data["http"].close()

    building = ApplicationBuilder().token(token).base_url(base_url).concurrent_updates(256).connection_pool_size(256)
    application = building.pool_timeout(60).post_init(begin).post_shutdown(end).build()
    application.add_handler(MessageHandler(filters.TEXT, answer))
    application.run_polling()


if __name__ == "__main__":
    on_first_core()
    main(*sys.argv[1:])
