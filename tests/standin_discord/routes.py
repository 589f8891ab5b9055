"""Routes about users, applications and guilds."""

from typing import TYPE_CHECKING, Any

from tests.standin_discord import payloads, rules
from tests.standin_discord.permissions import in_guild
from tests.standin_discord.refusal import Refusal, unknown
from tests.standin_discord.rest import Request, Route
from tests.standin_discord.world import Guild, Payload

if TYPE_CHECKING:
    from tests.standin_discord.server import Discord


def me(server: "Discord", asked: Request) -> Payload:
    pii = {"mfa_enabled": False, "locale": "en-US", "verified": True, "email": None, "premium_type": 0}
    return payloads.user(server.me) | pii


def user(server: "Discord", asked: Request) -> Payload:
    found = server.accounts.get(asked.names["user_id"])
    if found is None:
        raise unknown("User")
    return payloads.user(found)


def my_guilds(server: "Discord", asked: Request) -> list[Payload]:
    kept = ("id", "name", "icon", "banner", "features")
    every = sorted(server.guilds.values(), key=lambda guild: int(guild.id))
    after = int(asked.query.get("after", 0))
    found = [guild for guild in every if int(guild.id) > after][: int(asked.query.get("limit", 200))]
    return [
        {name: payload[name] for name in kept} | {"owner": False, "permissions": str(in_guild(guild, server.me))}
        for guild in found
        for payload in (payloads.guild(guild),)
    ]


def application(server: "Discord", asked: Request) -> Payload:
    owner = payloads.user(server.owner)
    return {
        "id": server.me.id,
        "name": server.me.name,
        "icon": None,
        "description": "",
        "type": None,
        "verify_key": "0" * 64,
        "flags": server.application_flags,
        "flags_new": str(server.application_flags),
        "bot": payloads.user(server.me),
        "bot_public": True,
        "bot_require_code_grant": False,
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": owner,
        "approximate_guild_count": len(server.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": ["bot", "applications.commands"],
        "integration_types_config": {"0": {}},
        "tags": [],
    }


def gateway(server: "Discord", asked: Request) -> Payload:
    return {"url": server.gateway}


def gateway_bot(server: "Discord", asked: Request) -> Payload:
    limit = {
        "total": 1000,
        "remaining": max(server.session_starts, 0),
        "reset_after": 86_400_000,
        "max_concurrency": server.max_concurrency,
    }
    return {"url": server.gateway, "shards": server.shards, "session_start_limit": limit}


def guild_of(server: "Discord", asked: Request) -> Guild:
    """The guild of a request. Raises Refusal where the bot is not in it."""
    found = server.guilds.get(asked.names["guild_id"])
    if found is None:
        raise unknown("Guild")
    return found


def one_guild(server: "Discord", asked: Request) -> Payload:
    found = guild_of(server, asked)
    counts = {"approximate_member_count": len(found.members), "approximate_presence_count": 1}
    return payloads.guild(found) | (counts if asked.query.get("with_counts") in ("1", "true", "True") else {})


def member(server: "Discord", asked: Request) -> Payload:
    found = guild_of(server, asked).members.get(asked.names["user_id"])
    if found is None:
        raise unknown("Member")
    return payloads.member(found)


def channels(server: "Discord", asked: Request) -> list[Payload]:
    return [payloads.channel(channel) for channel in guild_of(server, asked).channels.values()]


def guild_roles(server: "Discord", asked: Request) -> list[Payload]:
    return [payloads.role(role, position) for position, role in enumerate(guild_of(server, asked).roles)]


def active_threads(server: "Discord", asked: Request) -> Payload:
    threads = [found for found in guild_of(server, asked).threads.values() if not found.archived]
    mine = [payloads.thread_member(found, server.me.id) for found in threads if server.me.id in found.members]
    return {"threads": [payloads.channel(found) for found in threads], "members": mine, "has_more": False}


def commands(server: "Discord", asked: Request) -> list[Payload]:
    _mine(server, asked)
    return server.commands.get(asked.names.get("guild_id", ""), [])


def register(server: "Discord", asked: Request) -> list[Payload]:
    """Replaces all commands; one that stays keeps its id (docs, "Bulk Overwrite Global Application Commands")."""
    _mine(server, asked)
    body, scope = asked.body or [], asked.names.get("guild_id", "")
    rules.commands(body)
    known = {(one["type"], one["name"]): one["id"] for one in server.commands.get(scope, [])}
    server.commands[scope] = [_command(server, one, known, scope) for one in body]
    server.syncs += 1
    return server.commands[scope]


def _command(server: "Discord", one: Payload, known: dict[tuple[int, str], str], scope: str) -> Payload:
    kind = one.get("type") or 1
    permissions = one.get("default_member_permissions")
    return {
        "name_localizations": None,
        "description_localizations": None,
        "nsfw": False,
        "integration_types": [0],
        "contexts": None,
        "dm_permission": True,
        **{name: value for name, value in one.items() if value is not None},
        "id": known.get((kind, one["name"])) or server.ids.next(),
        "application_id": server.me.id,
        "version": server.ids.next(),
        "default_member_permissions": None if permissions is None else str(permissions),
        "type": kind,
        "description": one.get("description") or "",
        **({"guild_id": scope} if scope else {}),
    }


def _mine(server: "Discord", asked: Request) -> None:
    if asked.names["application_id"] != server.me.id:
        raise Refusal(403, 20012, "You are not authorized to perform this action on this application")


def dm(server: "Discord", asked: Request) -> Any:
    body = asked.body or {}
    account = server.accounts.get(str(body.get("recipient_id")))
    if account is None or account is server.me:
        raise Refusal(400, 50033, "Invalid Recipient(s)")
    return payloads.channel(server.direct(account))


ROUTES = [
    Route("GET", "/users/@me", me),
    Route("GET", "/users/@me/guilds", my_guilds),
    Route("GET", "/users/{user_id}", user),
    Route("POST", "/users/@me/channels", dm),
    Route("GET", "/oauth2/applications/@me", application),
    Route("GET", "/applications/@me", application),
    Route("GET", "/gateway", gateway, open=True),
    Route("GET", "/gateway/bot", gateway_bot),
    Route("GET", "/guilds/{guild_id}", one_guild),
    Route("GET", "/guilds/{guild_id}/members/{user_id}", member),
    Route("GET", "/guilds/{guild_id}/channels", channels),
    Route("GET", "/guilds/{guild_id}/roles", guild_roles),
    Route("GET", "/guilds/{guild_id}/threads/active", active_threads),
    Route("GET", "/applications/{application_id}/commands", commands),
    Route("PUT", "/applications/{application_id}/commands", register),
    Route("GET", "/applications/{application_id}/guilds/{guild_id}/commands", commands),
    Route("PUT", "/applications/{application_id}/guilds/{guild_id}/commands", register),
]
