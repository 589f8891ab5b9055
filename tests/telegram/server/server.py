"""The server as a test has it: the Bot API, and the people, groups and topics behind it."""

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from time import monotonic, time
from typing import Any

import httpx
from aiohttp import web

from tests.shared.platform_server import PATIENCE, LoopbackPlatform, next_failure, on_loopback
from tests.telegram.server.entities import CannotParse, entities, plain
from tests.telegram.server.specification import Specification

Payload = dict[str, Any]
ENTITIES = 100
TEXT, CALLBACK_TEXT, CALLBACK_DATA, PLACEHOLDER = 4096, 200, 64, 64
BY_DEFAULT = frozenset({"message", "edited_message", "callback_query", "my_chat_member"})
"""Of the updates that we make, those that come without being asked for."""


class Refused(Exception):
    """A request that Telegram answers with an error."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.body = {"ok": False, "error_code": code, "description": description}
        if parameters:
            self.body["parameters"] = parameters


@dataclass(slots=True, eq=False)
class Account:
    """A user."""

    id: int
    name: str
    bot: bool = False
    language: str = "en"

    @property
    def username(self) -> str:
        return f"{self.name.lower()}_bot" if self.bot else self.name.lower()

    def payload(self) -> Payload:
        found: Payload = {"id": self.id, "is_bot": self.bot, "first_name": self.name, "username": self.username}
        return found if self.bot else found | {"language_code": self.language}


@dataclass(slots=True, eq=False)
class Message:
    """A message as people see it: `text` without its markup.

    `written_as` is the chat in whose name it was written, and `copied` says that Telegram copied it from the linked
    channel. `more` is what else it has: an album, a forward, a selected quote, a service message. `edits` are
    its earlier texts, `asks` the markup that opens the field for a reply.
    """

    id: int
    chat: "Chat"
    author: Account
    text: str
    date: int
    thread: int | None = None
    reply_to: "Message | None" = None
    keyboard: list[list[Payload]] = field(default_factory=list)
    asks: Payload | None = None
    html: str = ""
    document: Payload | None = None
    preview: bool = True
    begins_topic: bool = False
    written_as: "Chat | None" = None
    copied: bool = False
    more: Payload = field(default_factory=dict)
    edits: list[str] = field(default_factory=list)
    reactions: dict[int, list[str]] = field(default_factory=dict)

    @property
    def asked(self) -> set[int]:
        """The people for whom the field for a reply opens: those named in the message, and the one it replies to."""
        if not self.asks:
            return set()
        if self.chat.kind == "private":
            return {self.chat.id}
        named = {int(id) for id in re.findall(r'href="tg://user\?id=(\d+)"', self.html)}
        return named | ({self.reply_to.author.id} if self.reply_to else set())

    def payload(self, *, deep: bool = True) -> Payload:
        found: Payload = {
            "message_id": self.id,
            "date": self.date,
            "chat": self.chat.payload(),
            "from": self.author.payload(),
        }
        found |= {"document": self.document, "caption": self.text} if self.document else {"text": self.text}
        if self.thread:
            found |= {"message_thread_id": self.thread, "is_topic_message": True}
        if self.written_as:
            found["sender_chat"] = self.written_as.payload()
        if self.copied:
            found["is_automatic_forward"] = True
        if self.begins_topic:
            del found["text"]
            found["forum_topic_created"] = {"name": self.text, "icon_color": 7322096}
        # In a topic, what replies to nothing else replies to its beginning.
        above = self.reply_to or self.chat.topics.get(self.thread or 0)
        if above and deep:
            found["reply_to_message"] = above.payload(deep=False)
        found |= self.more
        if not self.text:
            found.pop("text", None)
            found.pop("caption", None)
        if self.keyboard:
            found["reply_markup"] = {"inline_keyboard": self.keyboard}
        entities = [*self._mentions(), *self._command()]
        if entities:
            found["caption_entities" if self.document else "entities"] = entities
        return found

    def _mentions(self) -> list[Payload]:
        found = []
        for word in self.text.split():
            if word.startswith("@"):
                at = len(self.text[: self.text.index(word)].encode("utf-16-le")) // 2
                name = word.rstrip(",.:;!?")
                found.append({"type": "mention", "offset": at, "length": len(name)})
        return found

    def _command(self) -> list[Payload]:
        # Telegram marks no path as a command, and nothing that goes on after the name.
        found = re.match(r"/[A-Za-z0-9_]{1,64}(@[A-Za-z0-9_]{3,32})?(?![\w/<>@])", self.text)
        return [{"type": "bot_command", "offset": 0, "length": found.end()}] if found else []


@dataclass(slots=True, eq=False)
class Chat:
    """A private chat or a group. `bot_is_admin` decides whether reactions are told."""

    id: int
    kind: str
    name: str
    forum: bool = False
    bot_is_admin: bool = False
    admins: set[int] = field(default_factory=set)
    messages: list[Message] = field(default_factory=list)
    topics: dict[int, Message] = field(default_factory=dict)

    def payload(self) -> Payload:
        if self.kind == "private":
            return {"id": self.id, "type": "private", "first_name": self.name}
        found: Payload = {"id": self.id, "type": self.kind, "title": self.name}
        return found | {"is_forum": True} if self.forum else found


@dataclass(frozen=True, slots=True)
class Request:
    """A request of the bot."""

    method: str
    parameters: Mapping[str, Any]


@dataclass(slots=True)
class Pressed:
    """A button that somebody pressed; `answer` is what they saw of it, None until there is one."""

    id: str
    answer: Payload | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a telephone."""

    world: "Telegram"
    account: Account

    written_as: Chat | None = None
    copied: bool = False

    @property
    def id(self) -> int:
        return self.account.id

    async def says(
        self,
        chat: Chat,
        text: str,
        *,
        reply_to: Message | None = None,
        thread: int | None = None,
        mention: bool = False,
        file: tuple[str, bytes, str] | None = None,
        more: Payload | None = None,
    ) -> Message:
        """Write a message, or a command; `mention` puts the bot's name before it."""
        world = self.world
        words = f"@{world.me.username} {text}" if mention else text
        sent = world.written(chat, self.account, words, thread=thread, reply_to=reply_to)
        sent.written_as, sent.copied = self.written_as, self.copied
        sent.more = more or {}
        if file:
            sent.document = world.kept_file(*file)
        world.update("message", sent.payload())
        return sent

    async def sends_album(
        self, chat: Chat, caption: str, *files: tuple[str, bytes, str], captioned: int = 0
    ) -> list[Message]:
        """Send files together: Telegram makes a message of each, of which one has the caption."""
        album = str(next(self.world.numbers))
        return [
            await self.says(chat, caption if number == captioned else "", file=file, more={"media_group_id": album})
            for number, file in enumerate(files)
        ]

    async def forwards(self, chat: Chat, message: Message) -> Message:
        """Forward somebody's message. Its files come along."""
        author = message.written_as
        origin: Payload = {"type": "user", "date": message.date, "sender_user": message.author.payload()}
        if author and author.kind == "channel":
            channel = author.payload()
            origin = {"type": "channel", "date": message.date, "chat": channel, "message_id": message.id}
        sent = self.world.written(chat, self.account, message.text)
        sent.document, sent.more = message.document, {"forward_origin": origin}
        self.world.update("message", sent.payload())
        return sent

    def dm(self) -> Chat:
        """The private chat with the bot."""
        return self.world.private(self.account)

    async def edits(self, message: Message, text: str) -> None:
        """Change a message."""
        message.text = text
        self.world.update("edited_message", {**message.payload(), "edit_date": int(time())})

    async def reacts(self, message: Message, *emoji: str) -> None:
        """Have exactly these reactions on a message."""
        old = message.reactions.get(self.id, [])
        message.reactions[self.id] = list(emoji)
        if not message.chat.bot_is_admin and message.chat.kind != "private":
            return
        told = {
            "chat": message.chat.payload(),
            "message_id": message.id,
            "user": self.account.payload(),
            "date": int(time()),
            "old_reaction": [{"type": "emoji", "emoji": one} for one in old],
            "new_reaction": [{"type": "emoji", "emoji": one} for one in emoji],
        }
        self.world.update("message_reaction", told)

    async def adds(self, chat: Chat, *, again: bool = False) -> None:
        """Add the bot to a group; `again` only makes it an admin of a group that it is in."""
        bot = self.world.me.payload()
        told = {
            "chat": chat.payload(),
            "from": self.account.payload(),
            "date": int(time()),
            "old_chat_member": {"status": "member" if again else "left", "user": bot},
            "new_chat_member": {"status": "member", "user": bot},
        }
        self.world.update("my_chat_member", told)

    async def presses(self, message: Message, data: str) -> Pressed:
        """Press a button, by what its data begins with."""
        buttons = [button for row in message.keyboard for button in row]
        found = next((button["callback_data"] for button in buttons if button["callback_data"].startswith(data)), None)
        assert found, f"there is no {data} under {message.text!r}, but {[b['callback_data'] for b in buttons]}"
        pressed = Pressed(str(next(self.world.numbers)))
        self.world.pressed[pressed.id] = pressed
        told = {"from": self.account.payload(), "message": message.payload(), "chat_instance": "1", "data": found}
        self.world.update("callback_query", {"id": pressed.id, **told})
        return pressed


class Telegram(LoopbackPlatform):
    """A server on loopback. `base_url` and `base_file_url` are what the library takes; `token` is the one it knows."""

    def __init__(self, specification: Specification | None = None) -> None:
        super().__init__()
        self.specification = specification
        self.token = "123456:test-token"
        self.numbers = count(1000)
        self.closed_chats: dict[int, str] = {}
        self.upgrades: dict[int, int] = {}
        self.me = Account(next(self.numbers), "Parley", bot=True)
        self.accounts: dict[int, Account] = {self.me.id: self.me}
        self.chats: dict[int, Chat] = {}
        self.updates: list[Payload] = []
        self.allowed: frozenset[str] = BY_DEFAULT
        self.confirmed = self.polls = 0
        self.requests: list[Request] = []
        self.commands: dict[str, list[Payload]] = {}
        self.group_commands: dict[int, dict[str, dict[str, list[Payload]]]] = defaultdict(lambda: defaultdict(dict))
        self.pressed: dict[str, Pressed] = {}
        self.actions: list[int] = []
        self.has_drafts = True
        self.drafts: list[tuple[int, str]] = []
        self.files: dict[str, bytes] = {}
        self.hook: Payload = {}
        self.failures: list[tuple[str, int]] = []
        self.misread: list[str] = []
        self.limits: dict[str, list[int]] = {}
        self.closed: dict[str, float] = {}
        self.impatient: list[str] = []
        self.odd: dict[str, list[tuple[int, Any]]] = {}
        self.lost: list[str] = []
        self.slow: dict[str, asyncio.Event] = {}
        self.base_url = self.base_file_url = ""
        self.ending = False

    # People and places

    def person(self, name: str, *, language: str = "en") -> Person:
        """Somebody new."""
        made = Account(next(self.numbers), name, language=language)
        self.accounts[made.id] = made
        return Person(self, made)

    def anonymous(self, group: Chat) -> Person:
        """An admin who writes anonymously, in the name of the group."""
        return self._in_the_name_of(group, Account(1087968824, "Group", bot=True))

    def channel(self, name: str = "News", *, copied: bool = False) -> Person:
        """Somebody who writes in the name of a channel; `copied` is what Telegram copies from the linked channel."""
        made = Chat(-1000000000000 - next(self.numbers), "channel", name)
        author = Account(777000, "Telegram") if copied else Account(136817688, "Channel", bot=True)
        return self._in_the_name_of(made, author, copied=copied)

    def _in_the_name_of(self, chat: Chat, author: Account, *, copied: bool = False) -> Person:
        # Nobody can ask Telegram who its own accounts are in a group, so they are no `accounts`.
        return Person(self, author, chat, copied)

    def private(self, account: Account) -> Chat:
        """The private chat of somebody with the bot."""
        return self.chats.setdefault(account.id, Chat(account.id, "private", account.name))

    def group(
        self,
        name: str = "Garden",
        *,
        admins: Sequence[Person] = (),
        admin: bool = True,
        forum: bool = False,
        basic: bool = False,
    ) -> Chat:
        """A group with the bot in it; `admin` says whether it is one of its admins. Large ones are not `basic`."""
        number = next(self.numbers)
        id, kind = (-number, "group") if basic else (-1000000000000 - number, "supergroup")
        made = Chat(id, kind, name, forum, admin, {one.id for one in admins})
        self.chats[made.id] = made
        return made

    def upgraded(self, group: Chat, by: Person) -> Chat:
        """Make a supergroup of a basic group: it gets a new id, and a notice in each of the two says so."""
        made = self.group(group.name, admin=group.bot_is_admin)
        made.admins = group.admins
        self.upgrades[group.id] = made.id
        for chat, name, other in ((group, "migrate_to_chat_id", made), (made, "migrate_from_chat_id", group)):
            notice = self.written(chat, by.account, "")
            notice.more = {name: other.id}
            self.update("message", notice.payload())
        return made

    def written(
        self,
        chat: Chat,
        author: Account,
        text: str,
        *,
        thread: int | None = None,
        reply_to: Message | None = None,
    ) -> Message:
        """A message appears in a chat."""
        sent = Message(next(self.numbers), chat, author, text, int(time()), thread, reply_to)
        chat.messages.append(sent)
        self.note()
        return sent

    def kept_file(self, name: str, data: bytes, media_type: str) -> Payload:
        """A document that the bot can fetch."""
        id = f"file-{next(self.numbers)}"
        self.files[id] = data
        return {
            "file_id": id,
            "file_unique_id": id,
            "file_name": name,
            "mime_type": media_type,
            "file_size": len(data),
        }

    # Faults

    def limit(self, method: str, seconds: int, times: int = 1) -> None:
        """The next calls of a method are told to wait for that many seconds."""
        self.limits.setdefault(method, []).extend([seconds] * times)

    def fail(self, method: str, code: int, times: int = 1) -> None:
        """The next calls of a method fail, before anything is done."""
        self.failures += [(method, code)] * times

    def forget(self, pressed: Pressed) -> None:
        """A press is too old to be answered."""
        del self.pressed[pressed.id]

    def misreads(self, text: str, times: int = 1) -> None:
        """The next texts with markup are refused with these words, whatever they are."""
        self.misread += [text] * times

    # Updates

    def update(self, kind: str, thing: Payload) -> None:
        """Send the bot an update, if it asked for such updates."""
        if kind not in self.allowed:
            return
        self.updates.append({"update_id": next(self.numbers), kind: thing})
        self.note()

    async def deliver(self, client: httpx.AsyncClient) -> None:
        """The webhook's side: each update in its order, again and again until it is taken."""
        while True:
            await self.until(lambda: bool(self.hook.get("url") and self.updates))
            headers = {"X-Telegram-Bot-Api-Secret-Token": self.hook.get("secret_token", "")}
            answer = await client.post(self.hook["url"], json=self.updates[0], headers=headers)
            if answer.status_code == 200:
                self.confirmed = self.updates.pop(0)["update_id"]
                self.note()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One call of a method."""
        method = request.match_info["method"]
        try:
            if request.match_info["token"] != self.token:
                raise Refused(401, "Unauthorized")
            parameters = await self._parameters(request, method)
            self.requests.append(Request(method, parameters))
            if self.odd.get(method):
                return odd_answer(*self.odd[method].pop(0))
            self._hold(method)
            found = await self._do(method, parameters)
        except Refused as error:
            return web.json_response(error.body, status=error.code)
        finally:
            # A test may wait for a refusal, too.
            self.note()
        if method in self.slow:
            # It is done, and nobody hears of it yet.
            await self.slow[method].wait()
        if method in self.lost:
            # It was done, and the answer is lost on the way.
            self.lost.remove(method)
            if request.transport:
                request.transport.abort()
        return web.json_response({"ok": True, "result": found})

    async def _parameters(self, request: web.Request, method: str) -> Payload:
        specification = self.specification
        if specification and not specification.knows(method):
            self.refused.append(f"{method}: there is no such method")
            raise Refused(404, "Not Found")
        found: Payload = dict(request.query)
        if request.content_type == "application/json" and request.body_exists:
            found |= await request.json()
        elif request.body_exists:
            for name, value in (await request.post()).items():
                found[name] = value
        parsed = {name: self._value(method, name, value) for name, value in found.items()}
        if specification and (fault := specification.refuses(method, parsed)):
            self.refused.append(fault)
            raise Refused(400, f"Bad Request: {fault}")
        return parsed

    def _value(self, method: str, name: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if self.specification and self.specification.structured(method, name):
            return json.loads(value)
        if value.lstrip("-").isdecimal() and name not in ("text", "callback_query_id", "caption", "language_code"):
            return int(value)
        if value in ("true", "false", "True", "False"):
            return value.lower() == "true"
        return json.loads(value) if value[:1] in "[{" and name not in ("text", "caption") else value

    def _hold(self, method: str) -> None:
        if monotonic() < self.closed.get(method, 0.0):
            self.impatient.append(method)
        if self.limits.get(method):
            seconds = self.limits[method].pop(0)
            self.closed[method] = monotonic() + seconds
            raise Refused(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        if code := next_failure(self.failures, method):
            raise Refused(code, "Internal Server Error")

    async def _do(self, method: str, given: Payload) -> Any:
        work = METHODS.get(method)
        if work is None:
            self.refused.append(f"{method}: this server does not know it")
            raise Refused(501, "Not Implemented")
        found = work(self, given)
        return await found if isinstance(found, Awaitable) else found

    # Methods

    async def get_updates(self, given: Payload) -> list[Payload]:
        if self.hook.get("url"):
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        if "allowed_updates" in given:
            self.allowed = frozenset(given["allowed_updates"]) or BY_DEFAULT
        offset = given.get("offset", 0)
        self.confirmed = max(self.confirmed, offset - 1)
        self.updates = [update for update in self.updates if update["update_id"] >= offset]
        # Of two who ask, the one who asked first is told so.
        self.polls += 1
        poll = self.polls
        self.note()
        if not self.updates and given.get("timeout"):

            def over() -> bool:
                return bool(self.updates) or self.ending or self.polls != poll

            try:
                await self.until(over, min(given["timeout"], PATIENCE))
            except TimeoutError:
                return []
        if self.polls != poll:
            words = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
            raise Refused(409, words)
        return self.updates[: given.get("limit", 100)]

    def set_webhook(self, given: Payload) -> bool:
        self.hook = given if given.get("url") else {}
        if "allowed_updates" in given:
            self.allowed = frozenset(given["allowed_updates"]) or BY_DEFAULT
        return True

    def delete_webhook(self, given: Payload) -> bool:
        self.hook = {}
        if given.get("drop_pending_updates"):
            self.updates.clear()
        return True

    def send_message(self, given: Payload) -> Payload:
        chat = self._chat(given)
        if words := self.closed_chats.get(chat.id):
            raise Refused(400, f"Bad Request: {words}")
        text, html = self._text(given)
        reply = (given.get("reply_parameters") or {}).get("message_id")
        above = next((message for message in chat.messages if message.id == reply), None)
        if reply and above is None and not given["reply_parameters"].get("allow_sending_without_reply"):
            raise Refused(400, "Bad Request: message to be replied not found")
        sent = self.written(chat, self.me, text, thread=given.get("message_thread_id"), reply_to=above)
        sent.html, sent.keyboard, sent.asks = html, self._keyboard(given), self._asks(given)
        sent.preview = not (given.get("link_preview_options") or {}).get("is_disabled")
        return sent.payload()

    def send_document(self, given: Payload) -> Payload:
        chat, file = self._chat(given), given["document"]
        sent = self.written(chat, self.me, given.get("caption", ""), thread=given.get("message_thread_id"))
        sent.document = self.kept_file(file.filename, file.file.read(), file.content_type)
        return sent.payload()

    def edit_text(self, given: Payload) -> Payload:
        message = self._message(given)
        text, html = self._text(given)
        keyboard = self._keyboard(given)
        if (html, keyboard) == (message.html, message.keyboard):
            raise Refused(400, "Bad Request: message is not modified")
        message.edits.append(message.text)
        message.text, message.html, message.keyboard = text, html, keyboard
        return message.payload()

    def delete_message(self, given: Payload) -> bool:
        message = self._message(given)
        message.chat.messages.remove(message)
        return True

    def answer_callback(self, given: Payload) -> bool:
        pressed = self.pressed.get(str(given["callback_query_id"]))
        if pressed is None or pressed.answer is not None:
            raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        if len(given.get("text") or "") > CALLBACK_TEXT:
            raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
        pressed.answer = given
        return True

    def member(self, given: Payload) -> Payload:
        chat, account = self._chat(given), self.accounts.get(given["user_id"])
        if account is None:
            raise Refused(400, "Bad Request: invalid user_id specified")
        if account.id not in chat.admins:
            spoke = any(message.author.id == account.id for message in chat.messages)
            return {"status": "member" if spoke else "left", "user": account.payload()}
        rights = (
            "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats"
            " can_restrict_members can_promote_members can_change_info can_invite_users can_post_stories"
            " can_edit_stories can_delete_stories"
        )
        return {"status": "administrator", "user": account.payload(), **dict.fromkeys(rights.split(), False)}

    def _chat(self, given: Payload) -> Chat:
        chat = self.chats.get(given["chat_id"])
        if chat is None:
            raise Refused(400, "Bad Request: chat not found")
        if chat.id in self.upgrades:
            words = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refused(400, words, migrate_to_chat_id=self.upgrades[chat.id])
        return chat

    def _message(self, given: Payload) -> Message:
        found = next((one for one in self._chat(given).messages if one.id == given["message_id"]), None)
        if found is None:
            raise Refused(400, "Bad Request: message to edit not found")
        if found.author is not self.me or found.asks:
            # Nor can one that opened the field for a reply: only inline keyboards may be edited.
            raise Refused(400, "Bad Request: message can't be edited")
        return found

    def _text(self, given: Payload) -> tuple[str, str]:
        html = given["text"]
        if given.get("parse_mode") and self.misread:
            self.note()
            raise Refused(400, f"Bad Request: {self.misread.pop(0)}")
        try:
            text = plain(html) if given.get("parse_mode") == "HTML" else html
        except CannotParse as error:
            raise Refused(400, f"Bad Request: can't parse entities: {error}") from None
        if not text.strip():
            raise Refused(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > TEXT:
            raise Refused(400, "Bad Request: message is too long")
        if given.get("parse_mode") == "HTML" and entities(html) > ENTITIES:
            # Telegram says nothing, and shows the others without their form.
            self.refused.append(f"{entities(html)} entities")
        return text, html

    def _keyboard(self, given: Payload) -> list[list[Payload]]:
        rows: list[list[Payload]] = (given.get("reply_markup") or {}).get("inline_keyboard", [])
        for button in (button for row in rows for button in row):
            if not 1 <= len(button["callback_data"].encode()) <= CALLBACK_DATA:
                self.refused.append(f"callback_data {button['callback_data']!r}")
                raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
        return rows

    def _asks(self, given: Payload) -> Payload | None:
        markup: Payload = given.get("reply_markup") or {}
        if not markup.get("force_reply"):
            return None
        if len(markup.get("input_field_placeholder") or "x") > PLACEHOLDER:
            raise Refused(400, "Bad Request: input field placeholder is too long")
        return markup

    async def file(self, request: web.Request) -> web.Response:
        """A file that the bot was sent."""
        found = self.files.get(request.match_info["path"])
        return web.Response(body=found) if found is not None else web.Response(status=404)


Work = Callable[[Telegram, Payload], Any]


def _set_commands(world: Telegram, given: Payload) -> bool:
    scope = given.get("scope") or {"type": "default"}
    lists = world.commands if "chat_id" not in scope else world.group_commands[scope["chat_id"]][scope["type"]]
    lists[given.get("language_code", "")] = given["commands"]
    return True


def _delete_commands(world: Telegram, given: Payload) -> bool:
    scope = given["scope"]
    world.group_commands[scope["chat_id"]][scope["type"]].pop(given.get("language_code", ""), None)
    return True


def _action(world: Telegram, given: Payload) -> bool:
    topic = given.get("message_thread_id")
    if topic and topic not in world._chat(given).topics:
        raise Refused(400, "Bad Request: message thread not found")
    world.actions.append(given["chat_id"])
    return True


def _draft(world: Telegram, given: Payload) -> bool:
    if not world.has_drafts:
        raise Refused(404, "Not Found")
    if world._chat(given).kind != "private":
        raise Refused(400, "Bad Request: drafts are for private chats")
    if not given["draft_id"]:
        raise Refused(400, "Bad Request: draft_id must be non-zero")
    if world.misread:
        world.note()
        raise Refused(400, f"Bad Request: {world.misread.pop(0)}")
    world.drafts.append((given["chat_id"], plain(given.get("text", ""))))
    world.note()
    return True


def _topic(world: Telegram, given: Payload) -> Payload:
    chat = world._chat(given)
    if not chat.forum:
        raise Refused(400, "Bad Request: the chat is not a forum")
    if not chat.bot_is_admin:
        raise Refused(400, "Bad Request: not enough rights to create a topic")
    root = world.written(chat, world.me, given["name"])
    root.begins_topic, root.thread = True, root.id
    chat.topics[root.id] = root
    return {"message_thread_id": root.id, "name": given["name"], "icon_color": 7322096}


def _file(world: Telegram, given: Payload) -> Payload:
    id = given["file_id"]
    if id not in world.files:
        raise Refused(400, "Bad Request: invalid file_id")
    return {"file_id": id, "file_unique_id": id, "file_size": len(world.files[id]), "file_path": id}


def _full(world: Telegram, given: Payload) -> Payload:
    gifts = "unlimited_gifts limited_gifts unique_gifts premium_subscription gifts_from_channels"
    more: Payload = {"accent_color_id": 0, "max_reaction_count": 11}
    more["accepted_gift_types"] = dict.fromkeys(gifts.split(), False)
    return world._chat(given).payload() | more


def _me(world: Telegram, given: Payload) -> Payload:
    more = dict.fromkeys(("can_join_groups", "can_read_all_group_messages", "supports_inline_queries"), True)
    return world.me.payload() | more


METHODS: Mapping[str, Work] = {
    "getMe": _me,
    "getUpdates": Telegram.get_updates,
    "setWebhook": Telegram.set_webhook,
    "deleteWebhook": Telegram.delete_webhook,
    "getWebhookInfo": lambda world, given: {
        "url": world.hook.get("url", ""),
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates),
    },
    "sendMessage": Telegram.send_message,
    "sendDocument": Telegram.send_document,
    "sendMessageDraft": _draft,
    "createForumTopic": _topic,
    "sendChatAction": _action,
    "editMessageText": Telegram.edit_text,
    "deleteMessage": Telegram.delete_message,
    "answerCallbackQuery": Telegram.answer_callback,
    "setMyCommands": _set_commands,
    "deleteMyCommands": _delete_commands,
    "getChat": _full,
    "getChatMember": Telegram.member,
    "getFile": _file,
}


def odd_answer(status: int, content: Any) -> web.Response:
    """An answer that the real one would never give: bytes as they are, or anything as JSON."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return web.Response(status=status, body=body)


@asynccontextmanager
async def telegram_server(specification: Specification | None = None) -> AsyncIterator[Telegram]:
    """A running server. Raises AssertionError at the end if the real Telegram would have refused something."""
    world = Telegram(specification)
    app = web.Application(client_max_size=60 * 1024 * 1024, middlewares=[world.breaking.middleware()])
    app.router.add_route("*", "/bot{token}/{method}", world.serve)
    app.router.add_get("/file/bot{token}/{path}", world.file)
    async with on_loopback(app) as address:
        world.base_url, world.base_file_url = f"http://{address}/bot", f"http://{address}/file/bot"
        try:
            yield world
        finally:
            world.ending = True
            world.note()
    world.check()
