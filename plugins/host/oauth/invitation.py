"""The invitation to sign in: the link to a service, given to one person where nobody else sees it."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.delivery.outbox import post
from core.errors import UserError
from core.messages import AnyEvent, Invocation, Press, Reply, Submission
from core.ports.chat import Chat
from parley import PluginError
from plugins.host.call_origin import CallOrigin
from plugins.host.oauth.signing_in import SigningIn
from plugins.host.plugin import HostedPlugin


@dataclass(frozen=True, slots=True)
class SignInInvitation:
    """Invites people to connect an account. `chats` are the platforms by name, once they are connected."""

    signing_in: SigningIn
    chats: Mapping[str, Chat]

    async def invite(self, asker: CallOrigin, plugin: HostedPlugin) -> UserError:
        """Send a person the link that their call needs, where only they see it. Returns what to tell them here."""
        cause, chat = asker.cause, self.chats.get(asker.place.platform)
        words = f"{plugin.name}: the person has to sign in first, and was told how"
        if cause is None or chat is None or not private(cause, chat):
            return UserError("connect-privately", name=plugin.name, words=words)
        try:
            text = await self.text(plugin, asker)
        except UserError as error:
            return error
        await post(self.signing_in.store, chat, cause, Reply(text, personal=True), f"{asker.key}#connect")
        return UserError("connect-first", name=plugin.name, words=words)

    async def text(self, plugin: HostedPlugin, asker: CallOrigin) -> str:
        """Return the text with a link. Raises UserError."""
        texts, language = self.signing_in.texts, asker.user.language
        try:
            link = await self.signing_in.link(plugin, asker)
        except PluginError as error:
            raise UserError("plugin-says", name=plugin.name, words=str(error)[:500]) from None
        # Parentheses would end a link in Markdown.
        address = link.replace("(", "%28").replace(")", "%29")
        lines = [
            texts(language, "connect-link", name=plugin.name),
            f"[{texts(language, 'connect-sign-in', name=plugin.name)}]({address})",
        ]
        if self.signing_in.only_here:
            lines.append(texts(language, "connect-only-here"))
        return "\n\n".join(lines)


def private(event: AnyEvent, chat: Chat) -> bool:
    """Whether an answer to an event is seen only by its person."""
    asked = isinstance(event, Invocation | Press | Submission)
    return event.place.private or (asked and chat.capabilities.personal)
