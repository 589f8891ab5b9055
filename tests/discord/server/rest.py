"""The REST API: which request does what."""

import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from aiohttp import web

from tests.discord.server import rules
from tests.discord.server.faults import Refused, answer, invalid
from tests.discord.server.world import TEXT, THREAD, Channel, Guild, Message, Payload, snowflake
from tests.shared.platform_server import next_failure

if TYPE_CHECKING:
    from tests.discord.server.server import Discord

GENEROUS = "1000"


@dataclass(frozen=True, slots=True)
class Request:
    """One request: the values in its path by the template's names, its query and its body."""

    method: str
    template: str
    path: str
    names: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    files: list[Payload]
    at: float


Work = Callable[["Rest", Request], Any]
ROUTES: list[tuple[str, str, "re.Pattern[str]", Work]] = []


def route(method: str, template: str) -> Callable[[Work], Work]:
    """A function that answers a method of a path."""

    def declare(work: Work) -> Work:
        pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template))
        ROUTES.append((method, template, pattern, work))
        return work

    return declare


class Rest:
    """Answers requests, and tells the server of those that Discord would have refused."""

    def __init__(self, world: "Discord") -> None:
        self.world = world
        self.requests: list[Request] = []
        self.closed: dict[str, int] = {}
        self.failures: list[tuple[tuple[str, str], tuple[int, int]]] = []

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """One request, from its path to its answer."""
        path = request.raw_path.partition("?")[0].removeprefix("/api/v10")
        found = next(
            (
                (template, match, work)
                for method, template, pattern, work in ROUTES
                if method == request.method and (match := pattern.fullmatch(path))
            ),
            None,
        )
        if found is None:
            self.world.refused.append(f"{request.method} {path}: there is no such route")
            return answer({"message": "501: not on this server", "code": 0}, 501)
        template, match, work = found
        names = {name: unquote(value) for name, value in match.groupdict().items()}
        body, files = await self._body(request)
        asked = Request(request.method, template, path, names, dict(request.query), body, files, monotonic())
        self.requests.append(asked)
        if request.headers.get("Authorization") != f"Bot {self.world.token}" and not _by_token(template):
            return answer({"message": "401: Unauthorized", "code": 0}, 401)
        major = next((names[name] for name in ("channel_id", "guild_id", "webhook_id") if name in names), "")
        if refusal := self.world.limits.refusal(request.method, template, path, major):
            return refusal
        if failure := next_failure(self.failures, (asked.method, asked.template)):
            return answer({"message": "upstream", "code": failure[1]}, failure[0])
        return await self._answer(asked, work)

    async def _answer(self, asked: Request, work: Work) -> web.Response:
        headers = {
            "X-RateLimit-Limit": GENEROUS,
            "X-RateLimit-Remaining": str(int(GENEROUS) - 1),
            "X-RateLimit-Reset-After": "1.000",
            "X-RateLimit-Reset": "4102444800.000",
            "X-RateLimit-Bucket": f"{hash((asked.method, asked.template)) & 0xFFFFFFFF:08x}",
        }
        try:
            if fault := self._fault(asked):
                self.world.refused.append(f"{asked.method} {asked.path}: {fault}")
                raise invalid(fault)
            await self.world.before(asked)
            found = work(self, asked)
        except Refused as error:
            return answer(error.body, error.status, headers)
        if isinstance(found, Awaitable):
            found = await found
        await self.world.after(asked)
        self.world.note()
        return answer(found, 200, headers) if found is not None else web.Response(status=204, headers=headers)

    def _fault(self, asked: Request) -> str:
        specification = self.world.specification
        if specification is None:
            return ""
        if not specification.knows(asked.method, asked.template):
            return "the published description has no such route"
        if asked.body is None:
            return ""
        return specification.refuses(asked.method, asked.template, asked.body)

    async def _body(self, request: web.Request) -> tuple[Any, list[Payload]]:
        if request.content_type.startswith("multipart/"):
            return await self._parts(request)
        raw = await request.read()
        return (json.loads(raw) if raw else None), []

    async def _parts(self, request: web.Request) -> tuple[Any, list[Payload]]:
        body: Any = None
        files: list[Payload] = []
        form = await request.post()
        for name, value in form.items():
            if name == "payload_json":
                body = json.loads(str(value))
            elif isinstance(value, web.FileField):
                files.append(self.world.kept_file(value.filename, value.file.read(), value.content_type))
        return body, files

    def channel(self, asked: Request, *needs: str) -> Channel:
        """The channel of a request. Raises Refused if it is not there, or the bot may not do this in it."""
        channel = self.world.channels.get(asked.names["channel_id"])
        if channel is None:
            raise Refused(404, 10003, "Unknown Channel")
        denied = channel.denied | (channel.parent.denied if channel.parent else set())
        if "VIEW_CHANNEL" in denied:
            raise Refused(403, 50001, "Missing Access")
        if denied & set(needs):
            raise Refused(403, 50013, "Missing Permissions")
        return channel

    def message(self, asked: Request, channel: Channel) -> Message:
        """The message of a request."""
        found = channel.kept.get(asked.names["message_id"])
        if found is None:
            raise Refused(404, 10008, "Unknown Message")
        return found


def _by_token(template: str) -> bool:
    return "_token}" in template


@route("GET", "/users/@me")
def me(rest: Rest, asked: Request) -> Any:
    return rest.world.me.payload() | {"verified": True, "mfa_enabled": False, "locale": "en-US", "email": None}


@route("GET", "/users/{user_id}")
def user(rest: Rest, asked: Request) -> Any:
    found = rest.world.accounts.get(asked.names["user_id"])
    if found is None:
        raise Refused(404, 10013, "Unknown User")
    return found.payload()


@route("GET", "/oauth2/applications/@me")
@route("GET", "/applications/@me")
def application(rest: Rest, asked: Request) -> Any:
    return rest.world.application()


@route("GET", "/gateway/bot")
def gateway(rest: Rest, asked: Request) -> Any:
    world = rest.world
    limit = {"total": 1000, "remaining": world.sessions_left, "reset_after": int(1000 * world.sessions_last)}
    limit["max_concurrency"] = world.identifies_at_once
    return {"url": world.gateway_url, "shards": world.shards, "session_start_limit": limit}


@route("PUT", "/applications/{application_id}/commands")
def register(rest: Rest, asked: Request) -> Any:
    world = rest.world
    world.syncs += 1
    world.commands = _registered(world, asked.body)
    return _whole(world.commands)


@route("PUT", "/applications/{application_id}/guilds/{guild_id}/commands")
def register_in_guild(rest: Rest, asked: Request) -> Any:
    world, guild_id = rest.world, asked.names["guild_id"]
    world.guild_syncs[guild_id] += 1
    if any({"contexts", "integration_types"} & set(command) for command in asked.body):
        raise invalid("a command of a guild has no contexts")
    world.guild_commands[guild_id] = _registered(world, asked.body)
    return _whole(world.guild_commands[guild_id])


def _registered(world: "Discord", given: Sequence[Payload]) -> list[Payload]:
    names = [(command.get("type", 1), command["name"]) for command in given]
    if len(names) != len(set(names)):
        raise invalid("two commands have one name")
    slash = [command for command in given if command.get("type", 1) == 1]
    faults = [fault for command in slash if (fault := rules.command_fault(command))]
    if len(slash) > 100 or faults:
        raise invalid("; ".join(faults) or "Maximum number of application commands reached (100).")
    return [{**command, "id": snowflake(), "application_id": world.me.id, "version": snowflake()} for command in given]


def _whole(commands: Sequence[Payload]) -> list[Payload]:
    return [
        {"default_permission": True, "nsfw": False, "description": "", "dm_permission": True, **command}
        for command in commands
    ]


@route("GET", "/applications/{application_id}/commands")
def registered(rest: Rest, asked: Request) -> Any:
    return rest.world.commands


@route("GET", "/users/@me/guilds")
def my_guilds(rest: Rest, asked: Request) -> Any:
    kept = ("id", "name", "icon", "banner", "features")
    return [
        {name: guild.partial()[name] for name in kept}
        | {"owner": False, "permissions": str(guild.permissions(rest.world.me))}
        for guild in rest.world.guilds.values()
    ]


def _guild(rest: Rest, asked: Request) -> Guild:
    if asked.names["guild_id"] not in rest.world.guilds:
        raise Refused(404, 10004, "Unknown Guild")
    return rest.world.guilds[asked.names["guild_id"]]


@route("GET", "/guilds/{guild_id}")
def one_guild(rest: Rest, asked: Request) -> Any:
    return _guild(rest, asked).partial()


@route("GET", "/guilds/{guild_id}/channels")
def channels(rest: Rest, asked: Request) -> Any:
    return [channel.payload() for channel in _guild(rest, asked).channels.values()]


@route("GET", "/guilds/{guild_id}/members/{user_id}")
def member(rest: Rest, asked: Request) -> Any:
    guild = rest.world.guilds.get(asked.names["guild_id"])
    if guild is None or asked.names["user_id"] not in guild.members:
        raise Refused(404, 10007, "Unknown Member")
    return guild.members[asked.names["user_id"]].payload()


@route("GET", "/channels/{channel_id}")
def one_channel(rest: Rest, asked: Request) -> Any:
    return rest.channel(asked).payload()


@route("GET", "/channels/{channel_id}/messages")
def history(rest: Rest, asked: Request) -> Any:
    channel = rest.channel(asked, "READ_MESSAGE_HISTORY")
    most = int(asked.query.get("limit", 50))
    found = channel.messages
    if after := asked.query.get("after"):
        found = [message for message in found if int(message.id) > int(after)][:most]
    elif before := asked.query.get("before"):
        found = [message for message in found if int(message.id) < int(before)][-most:]
    else:
        found = found[-most:]
    return [rest.world.seen(message) for message in reversed(found)]


@route("GET", "/channels/{channel_id}/messages/{message_id}")
def one_message(rest: Rest, asked: Request) -> Any:
    return rest.world.seen(rest.message(asked, rest.channel(asked, "READ_MESSAGE_HISTORY")))


@route("POST", "/channels/{channel_id}/messages")
def create(rest: Rest, asked: Request) -> Any:
    world, body = rest.world, asked.body
    channel = rest.channel(asked, "SEND_MESSAGES")
    if code := rest.closed.get(channel.id):
        raise Refused(403, code, "refused")
    if channel.recipient and channel.recipient.closed:
        raise Refused(403, channel.recipient.closed, "Cannot send messages to this user")
    if fault := rules.content_fault(body, new=True, files=bool(asked.files)):
        world.refused.append(f"POST {asked.path}: {fault}")
        raise invalid(fault)
    nonce = body.get("nonce")
    if nonce is not None and body.get("enforce_nonce"):
        for earlier in reversed(channel.messages[-100:]):
            if earlier.author is world.me and earlier.nonce == str(nonce) and world.now() < world.nonces[earlier.id]:
                return earlier.payload()
    reference = (body.get("message_reference") or {}).get("message_id")
    if reference and str(reference) not in channel.kept:
        if body["message_reference"].get("fail_if_not_exists", True):
            raise invalid("message_reference: Unknown message")
        body = {**body, "message_reference": None}
    sent = world.written(channel, world.me, body, asked.files)
    world.nonces[sent.id] = world.now() + 180
    return sent.payload()


@route("PATCH", "/channels/{channel_id}/messages/{message_id}")
def change(rest: Rest, asked: Request) -> Any:
    message = rest.message(asked, rest.channel(asked))
    if message.author is not rest.world.me:
        raise Refused(403, 50005, "Cannot edit a message authored by another user")
    if fault := rules.content_fault(asked.body, new=False):
        rest.world.refused.append(f"PATCH {asked.path}: {fault}")
        raise invalid(fault)
    return rest.world.change(message, asked.body, asked.files).payload()


@route("DELETE", "/channels/{channel_id}/messages/{message_id}")
def remove(rest: Rest, asked: Request) -> None:
    channel = rest.channel(asked)
    rest.world.remove(rest.message(asked, channel))


@route("GET", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji_name}")
def reactors(rest: Rest, asked: Request) -> Any:
    message = rest.message(asked, rest.channel(asked))
    users = sorted(message.reactions.get(asked.names["emoji_name"], ()), key=int)
    after = int(asked.query.get("after", 0))
    found = [id for id in users if int(id) > after][: int(asked.query.get("limit", 25))]
    return [rest.world.accounts[id].payload() for id in found]


@route("POST", "/channels/{channel_id}/typing")
def typing(rest: Rest, asked: Request) -> None:
    rest.world.typing.append(rest.channel(asked).id)


@route("POST", "/channels/{channel_id}/threads")
def thread(rest: Rest, asked: Request) -> Any:
    parent = rest.channel(asked, "CREATE_PUBLIC_THREADS")
    if parent.kind != TEXT:
        raise Refused(400, 50024, "Cannot execute action on this channel type")
    made = rest.world.new_thread(parent, asked.body["name"], rest.world.me)
    return made.payload()


@route("POST", "/channels/{channel_id}/messages/{message_id}/threads")
def thread_under(rest: Rest, asked: Request) -> Any:
    parent = rest.channel(asked, "CREATE_PUBLIC_THREADS")
    question = rest.message(asked, parent)
    if question.id in rest.world.channels:
        raise Refused(400, 160004, "A thread has already been created for this message")
    return rest.world.new_thread(parent, asked.body["name"], rest.world.me, question).payload()


@route("PUT", "/channels/{channel_id}/thread-members/{user_id}")
def join(rest: Rest, asked: Request) -> None:
    channel = rest.channel(asked)
    if channel.kind != THREAD:
        raise Refused(400, 50024, "Cannot execute action on this channel type")
    channel.members.add(asked.names["user_id"])


@route("POST", "/users/@me/channels")
def direct(rest: Rest, asked: Request) -> Any:
    account = rest.world.accounts.get(str(asked.body["recipient_id"]))
    if account is None:
        raise Refused(400, 50033, "Invalid Recipient(s)")
    return rest.world.direct(account).payload()


@route("POST", "/interactions/{interaction_id}/{interaction_token}/callback")
def callback(rest: Rest, asked: Request) -> Any:
    names = asked.names
    return rest.world.interactions.callback(
        names["interaction_id"], names["interaction_token"], asked.body, asked.files
    )


@route("POST", "/webhooks/{webhook_id}/{webhook_token}")
def follow(rest: Rest, asked: Request) -> Any:
    return rest.world.interactions.follow(asked.names["webhook_token"], asked.body, asked.files).payload()


@route("GET", "/webhooks/{webhook_id}/{webhook_token}/messages/@original")
def original(rest: Rest, asked: Request) -> Any:
    return rest.world.interactions.see_original(asked.names["webhook_token"])


@route("PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/@original")
def edit_original(rest: Rest, asked: Request) -> Any:
    return rest.world.interactions.edit_original(asked.names["webhook_token"], asked.body, asked.files).payload()


@route("PATCH", "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}")
def edit_followup(rest: Rest, asked: Request) -> Any:
    token, message_id = asked.names["webhook_token"], asked.names["message_id"]
    return rest.world.interactions.edit(token, message_id, asked.body, asked.files).payload()


@route("DELETE", "/webhooks/{webhook_id}/{webhook_token}/messages/@original")
def delete_original(rest: Rest, asked: Request) -> None:
    rest.world.interactions.delete_original(asked.names["webhook_token"])


@route("DELETE", "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}")
def delete_followup(rest: Rest, asked: Request) -> None:
    rest.world.interactions.delete(asked.names["webhook_token"], asked.names["message_id"])
