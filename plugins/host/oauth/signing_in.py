"""A person connects one of their accounts: a link, the way back, a code for the chat, and their yes.

A link can be forwarded. Whoever opens it signs in with their own account, and the person who asked for the link must
not be able to use that account. So the page at the end says for whom the account is meant, and shows a code that nobody
else sees. Nothing is connected until the person who asked writes that code in the chat. The chat then names the account
and asks once more, so that nobody is given somebody else's account either.
"""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlsplit

import structlog

from core.errors import NotAllowed, UserError
from core.ports.store import Store
from core.ports.surface import WebNotice
from core.store import connections
from core.store.plugin_tables import ConnectionRow, SignInRow
from core.store.typed_codes import typed_code
from core.texts import LocalizedTexts
from parley import Failure, PluginError
from plugins.host.call_origin import CallOrigin
from plugins.host.clients import PluginClients
from plugins.host.oauth import endpoint
from plugins.host.oauth.flow import (
    FLOW,
    TOKENS,
    OAuthFlow,
    OAuthSource,
    OAuthTokens,
    SignsIn,
    authorization_url,
    client_of,
    hashed,
    is_loopback,
    new_verifier,
)
from plugins.host.plugin import HostedPlugin
from plugins.host.registry import PluginRegistry

log = structlog.get_logger()

CALLBACK = "/oauth/callback"
STATE = re.compile(r"[A-Za-z0-9_-]{43}")
LETTERS_OF_CODE = 8
"""Letters in a code: forty bits, and five tries are allowed."""

REVOKING = 20.0
"""Seconds allowed for telling services about all tokens that are given up at once."""

Connected = Callable[[str, str], Awaitable[None]]
"""Called when a person has connected an account, with the plugin's name and the person's id."""


async def nobody(plugin: str, person_id: str) -> None:
    """Do nothing: the default for `connected`."""


@dataclass(slots=True)
class SigningIn:
    """Connects accounts. `address` is where browsers reach our web server, empty if they cannot."""

    registry: PluginRegistry
    clients: PluginClients
    store: Store
    texts: LocalizedTexts
    address: str = ""
    connected: Connected = field(default=nobody)

    def personal(self, plugin: HostedPlugin | None) -> OAuthSource | None:
        """Return how people sign in to a plugin's service, None if they need not."""
        source = plugin.oauth if isinstance(plugin, SignsIn) else None
        return source if source and source.grant == "person" else None

    @property
    def only_here(self) -> bool:
        """Whether the way back is a loopback address. It then works only in a browser on our own machine."""
        return is_loopback(urlsplit(self.address).hostname or "")

    async def link(self, plugin: HostedPlugin, asker: CallOrigin) -> str:
        """Return a link for a person, good once and for ten minutes. Raises UserError, PluginError."""
        source = self.personal(plugin)
        if source is None:
            raise UserError("connect-none", name=plugin.name)
        if not self.address:
            raise UserError("connect-no-address")
        client = client_of(plugin.name, self.registry.policy.secrets_of(plugin)).known()
        flow = await source.flow(self.clients.http(plugin))
        state, verifier, redirect = secrets.token_urlsafe(32), new_verifier(), f"{self.address}{CALLBACK}"
        row = SignInRow(
            person_id=asker.person_id,
            plugin=plugin.name,
            platform=asker.place.platform,
            name=asker.user.name,
            state_hash=hashed(state),
            verifier=verifier,
            redirect=redirect,
            flow=FLOW.dump_python(flow, mode="json"),
        )
        ended = await self.store.write(lambda session: connections.begin(session, row))
        await self._revoke_unused(ended)
        return authorization_url(flow, client, redirect, state, verifier)

    async def returned(self, query: Mapping[str, str], language: str) -> WebNotice:
        """Return the page for somebody who comes back from an authorisation server. Raises StoreError."""

        def page(key: str, **values: str) -> WebNotice:
            return WebNotice(self.texts(language, "connect-page"), (self.texts(language, key, **values),))

        state = query.get("state", "")
        row = None
        if STATE.fullmatch(state):
            row = await self.store.write(lambda session: connections.come_back(session, hashed(state)))
        if row is None:
            return page("connect-page-stale")
        fault = refused(FLOW.validate_python(row.flow), query)
        if fault:
            await self.store.write(lambda session: connections.drop(session, row.id))
            return page(fault, name=row.plugin)
        return await self._exchanged(row, query["code"], language) or page("connect-page-failed", name=row.plugin)

    async def prove(self, person_id: str, plugin: str, code: str) -> SignInRow:
        """Check the code that the person has copied from their page. Raises UserError if it is wrong."""
        plain = hashed(code.upper().replace("-", "").replace(" ", ""))
        row = await self.store.write(lambda session: connections.prove(session, person_id, plugin, plain))
        if row is None:
            raise UserError("connect-wrong-code", name=plugin)
        return row

    async def confirm(self, id: str, person_id: str) -> SignInRow:
        """Connect the account after the person's last yes. Raises UserError, NotAllowed."""
        row = await self._taken(id, person_id)
        tokens = tokens_of(row)
        connection = ConnectionRow(
            person_id=person_id,
            plugin=row.plugin,
            account=row.account,
            access=tokens.access,
            refresh=tokens.refresh,
            expires_at=tokens.expires_at,
            flow=row.flow,
        )
        await self.store.write(lambda session: connections.connect(session, connection))
        await self.connected(row.plugin, person_id)
        return row

    async def decline(self, id: str, person_id: str) -> SignInRow:
        """Drop the account that the person does not want. Raises UserError, NotAllowed."""
        row = await self._taken(id, person_id)
        await self._revoke_unused([row])
        return row

    async def disconnect(self, person_id: str, plugin: str) -> bool:
        """Take a person's account away from a plugin, and tell the service. Returns whether there was one."""
        row = await self.store.write(lambda session: connections.disconnect(session, person_id, plugin))
        if row:
            await self._revoke(row.plugin, FLOW.validate_python(row.flow), OAuthTokens(row.access, row.refresh))
        return row is not None

    async def leaving(self, person_id: str) -> None:
        """Tell the services that a person who is about to be forgotten no longer uses their tokens."""
        await self._revoke_unused(await self.store.read(lambda session: connections.waiting(session, person_id)))
        await self._revoke_all(await self.store.read(lambda session: connections.connected(session, person_id)))

    async def removing(self, plugin: str) -> None:
        """Do the same for everybody who has connected an account with a plugin that is about to be removed."""
        await self._revoke_all(await self.store.read(lambda session: connections.of_plugin(session, plugin)))

    async def _exchanged(self, row: SignInRow, code: str, language: str) -> WebNotice | None:
        plugin = self.registry.plugins.get(row.plugin)
        source = self.personal(plugin)
        flow = FLOW.validate_python(row.flow)
        try:
            if plugin is None or source is None or not source.accepts(flow):
                raise Failure("the plugin has changed")
            client = client_of(plugin.name, self.registry.policy.secrets_of(plugin))
            tokens = await endpoint.exchanged(self.clients.http(plugin), flow, client, code, row.redirect, row.verifier)
        except PluginError as error:
            log.warning("sign_in_failed", plugin=row.plugin, error=error)
            await self.store.write(lambda session: connections.drop(session, row.id))
            return None
        word = typed_code(LETTERS_OF_CODE)
        kept = TOKENS.dump_python(tokens, mode="json")
        if not await self.store.write(
            lambda session: connections.signed_in(session, row.id, kept, tokens.account, hashed(word))
        ):
            # The person was forgotten, or began anew, while the server was being asked.
            await self._revoke(row.plugin, flow, tokens)
            return None
        return self._to_the_chat(row, tokens.account, word, language)

    def _to_the_chat(self, row: SignInRow, account: str, word: str, language: str) -> WebNotice:
        def text(key: str, **values: str) -> str:
            return self.texts(language, key, **values)

        whom = {"name": row.name or "?", "platform": row.platform.capitalize(), "plugin": row.plugin}
        half = LETTERS_OF_CODE // 2
        return WebNotice(
            text("connect-page"),
            (
                text("connect-page-account", account=account) if account else text("connect-page-unnamed"),
                text("connect-page-for", **whom),
                text("connect-page-next"),
                text("connect-page-not-you", **whom),
            ),
            f"/connect {row.plugin} {word[:half]}-{word[half:]}",
        )

    async def _taken(self, id: str, person_id: str) -> SignInRow:
        row = await self.store.write(lambda session: connections.take(session, id, person_id))
        if row == "button-not-yours":
            raise NotAllowed(row)
        if isinstance(row, str):
            raise UserError(row)
        return row

    async def _revoke_unused(self, rows: Sequence[SignInRow]) -> None:
        """Give back the tokens of sign-ins that were never completed.

        This is skipped if the person has an account connected: many servers treat one revocation as a revocation of
        every token they ever gave.
        """
        for row in rows:
            find = partial(connections.find, person_id=row.person_id, plugin=row.plugin)
            if row.tokens and not await self.store.read(find):
                await self._revoke(row.plugin, FLOW.validate_python(row.flow), tokens_of(row))

    async def _revoke_all(self, rows: Sequence[ConnectionRow]) -> None:
        try:
            async with asyncio.timeout(REVOKING):
                for row in rows:
                    await self._revoke(row.plugin, FLOW.validate_python(row.flow), OAuthTokens(row.access, row.refresh))
        except TimeoutError:
            log.warning("revocations_left", most=len(rows))

    async def _revoke(self, name: str, flow: OAuthFlow, tokens: OAuthTokens) -> None:
        """Tell a service that tokens are no longer used. Its answer changes nothing here."""
        plugin = self.registry.plugins.get(name)
        source = self.personal(plugin)
        # Without their key, tokens cannot be given back.
        if plugin is None or source is None or not tokens.access or not source.accepts(flow):
            return
        try:
            client = client_of(plugin.name, self.registry.policy.secrets_of(plugin))
            await endpoint.revoked(self.clients.http(plugin), flow, client, tokens)
        except PluginError as error:
            log.warning("revocation_failed", plugin=name, error=error)


def refused(flow: OAuthFlow, query: Mapping[str, str]) -> str:
    """Return the key of the text that says why an answer is no use; empty if it has a code that may be used."""
    issuer = query.get("iss")
    # An answer from another server would make us send its code, or ours, to the wrong one (RFC 9207, 2.4).
    if flow.issuer and (issuer != flow.issuer if issuer is not None else flow.names_issuer):
        return "connect-page-mixed"
    if "error" in query:
        return "connect-page-denied" if query["error"] == "access_denied" else "connect-page-failed"
    return "" if query.get("code") else "connect-page-failed"


def tokens_of(row: SignInRow) -> OAuthTokens:
    """Return the tokens that a sign-in has got."""
    return TOKENS.validate_python(row.tokens)
