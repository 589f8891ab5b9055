"""The clients of Telegram and Slack, in the table of odd replies."""

import io
from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import aiohttp
import telegram
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient
from telegram.error import TelegramError

from bots.shared.attached_files import download
from bots.slack.application import installations
from bots.slack.refusals import FAILURES
from bots.slack.uploads import upload
from bots.slack.workspaces import WorkspaceDirectory, web_client
from bots.telegram import attachments
from bots.telegram.options import TelegramBot, TelegramOptions, create
from core.errors import ParleyError
from core.messages import Attachment, File
from tests.faults.clients import Call, OddClient
from tests.faults.odd import js

FILE = Attachment("notes.txt", "text/plain", 0, "file-1")
MEMBER = {"status": "member", "user": {"id": 5, "is_bot": False, "first_name": "Ana"}}


def telegram_client(work: Callable[[TelegramBot], Awaitable[object]]) -> Call:
    async def call(url: str, patience: float) -> object:
        bot = create(TelegramOptions("1:x", f"{url}/bot", f"{url}/file/bot", longest=patience))
        for request in bot._request:
            await request.initialize()
        try:
            return await work(bot)
        finally:
            for request in bot._request:
                await request.shutdown()

    return call


TELEGRAM: Mapping[str, Callable[[TelegramBot], Awaitable[object]]] = {
    "getUpdates": lambda bot: bot.raw_updates(None, 0, ()),
    "getMe": lambda bot: bot.get_me(),
    "getChat": lambda bot: bot.get_chat(1),
    "getChatMember": lambda bot: bot.get_chat_member(1, 2),
    "createForumTopic": lambda bot: bot.create_forum_topic(1, "Tea"),
    "sendMessage": lambda bot: bot.send_message(1, "Hello"),
    "sendDocument": lambda bot: bot.send_document(1, telegram.InputFile(io.BytesIO(b"x"), filename="x.txt")),
    "editMessageText": lambda bot: bot.edit_message_text("Hello", 1, 2),
    "deleteMessage": lambda bot: bot.delete_message(1, 2),
    "sendChatAction": lambda bot: bot.send_chat_action(1, "typing"),
    "answerCallbackQuery": lambda bot: bot.answer_callback_query("9"),
    "setMyCommands": lambda bot: bot.set_my_commands([]),
    "setWebhook": lambda bot: bot.set_webhook("https://bot.example.org/telegram"),
    "deleteWebhook": lambda bot: bot.delete_webhook(),
}
"""Every call of the Bot API that we make."""


async def telegram_download(url: str, patience: float) -> object:
    async def work(bot: TelegramBot) -> object:
        return await attachments.read(bot, FILE, patience)

    return await telegram_client(work)(url, patience)


def telegram_file(path: str) -> tuple[bytes, ...]:
    return (js({"ok": True, "result": {"file_id": "f", "file_unique_id": "u", "file_path": path}}),)


SLACK_CALLS = (
    *("auth.test", "apps.connections.open", "users.info", "usergroups.list", "users.conversations"),
    *("conversations.open", "conversations.info", "conversations.history", "conversations.replies", "reactions.get"),
    *("chat.postMessage", "chat.postEphemeral", "chat.update", "chat.delete", "views.open"),
    *("chat.startStream", "chat.appendStream", "chat.stopStream", "oauth.v2.access"),
    *("assistant.threads.setStatus", "assistant.threads.setTitle", "assistant.threads.setSuggestedPrompts"),
    *("files.getUploadURLExternal", "files.completeUploadExternal"),
)
"""Every method of Slack's that we call."""


def slack_client(work: Callable[[AsyncWebClient], Awaitable[object]]) -> Call:
    async def call(url: str, patience: float) -> object:
        return await work(web_client("xoxb-1", f"{url}/", longest=patience))

    return call


def slack_method(method: str) -> Call:
    return slack_client(lambda client: client.api_call(method))


async def slack_upload(url: str, patience: float) -> None:
    client = web_client("xoxb-1", f"{url}/", longest=patience)
    await upload(client, [File("x.txt", "text/plain", b"x")], "C1")


async def slack_installation(url: str, patience: float) -> object:
    """Exchange the code of somebody who has agreed to an installation."""
    keep: Any = SimpleNamespace()
    workspaces = WorkspaceDirectory(f"{url}/", keep, patience)
    flow = installations(workspaces, "1", "secret", "https://bot.example.org", "")
    state = await flow.settings.state_store.async_issue()
    headers: dict[str, str | Sequence[str]] = {"cookie": [f"slack-app-oauth-state={state}"]}
    request = AsyncBoltRequest(body="", query={"code": "c", "state": state}, headers=headers)
    answer = await flow.handle_callback(request)
    assert 400 <= answer.status < 500
    return answer


async def attachment(url: str, patience: float) -> object:
    """Download a file that came with a message, as Discord and Slack give its address."""
    async with aiohttp.ClientSession() as session:
        return await download(session, FILE, f"{url}/notes.txt", longest=patience)


CLIENTS: Mapping[str, OddClient] = {
    **{f"telegram {name}": OddClient(telegram_client(work), (TelegramError,)) for name, work in TELEGRAM.items()},
    "telegram getFile": OddClient(telegram_download, (ParleyError,)),
    "telegram file": OddClient(telegram_download, (ParleyError,), telegram_file("documents/x.txt")),
    **{f"slack {method}": OddClient(slack_method(method), FAILURES) for method in SLACK_CALLS},
    "slack upload": OddClient(slack_upload, FAILURES),
    "slack installation": OddClient(slack_installation, FAILURES),
    "attachment": OddClient(attachment, (ParleyError,)),
}
"""Every call of these two with the errors that its callers catch."""
