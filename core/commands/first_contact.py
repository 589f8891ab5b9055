"""First contact: /start with what to try, and what somebody reads who has just added the assistant to a community."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog

from core.actions import Verb, button_action
from core.commands.registry import AskAssistant, Command, CommandGroup, CommandOption, Run
from core.community_settings import CommunitySettingsStore
from core.delivery.call import CommandCall
from core.delivery.outbox import announce
from core.errors import UserError
from core.messages import Arrival, Button, Place, Reply, User
from core.outside_text import quoted_line
from core.rights import Role, role_of
from core.store import outbox
from core.texts import LocalizedTexts

log = structlog.get_logger()

SUGGESTIONS = ("1", "2", "3")
"""The prompts to try; the text `suggestion-<number>` is the button's label, `suggestion-<number>-asks` the prompt."""

ADDED = "parley"
"""The word after /start with which a link that adds the assistant to a group comes back."""

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class FirstContact:
    """The /start command, and the welcome of a new community.

    `destinations` are what a deep link or a button may open, by the word that stands for it; `ask` puts a prompt to the
    assistant.
    """

    texts: LocalizedTexts
    communities: CommunitySettingsStore
    destinations: Mapping[str, Run]
    ask: AskAssistant

    def feature(self) -> CommandGroup:
        """Return /start and the buttons of the welcome. A prompt waits for earlier answers, as any question does."""
        about = CommandOption("about", values=lambda: tuple(self.destinations), free=True)
        return CommandGroup(
            commands=(Command("start", "talk", self.start, (about,)),),
            presses={Verb.START: self.open, Verb.TRY: self.attempt},
            ordered=frozenset({Verb.TRY}),
        )

    async def start(self, call: CommandCall) -> None:
        """Open what a deep link names. Links are written by anybody: a word that we do not know gives the welcome."""
        event, word = call.event, call.arguments.get("about", "").casefold()
        if word == ADDED and not event.place.private:
            # The platform also reports by itself that we were added; whichever comes first counts.
            await self.greet(call)
        elif word in self.destinations:
            await self._enter(call, word)
        else:
            reply = await self.welcome(event.place, event.user)
            await call.tell(reply.text, buttons=reply.buttons)

    async def open(self, call: CommandCall) -> None:
        """Handle a button of the welcome."""
        if call.target not in self.destinations:
            raise UserError("button-outdated")
        await self._enter(call, call.target)

    async def attempt(self, call: CommandCall) -> None:
        """Put one of the prompts to the assistant."""
        if call.target not in SUGGESTIONS:
            raise UserError("button-outdated")
        await self.ask(call, call.text(f"suggestion-{call.target}-asks"))

    async def greet(self, call: CommandCall) -> None:
        """Say what to do first, once for each community: to who added us, or else in the community itself."""
        event = call.event
        name = event.name if isinstance(event, Arrival) else ""
        reply = Reply(self._first_steps(event.user, name or call.chat.mention("channel", event.place.channel)))
        key = f"{event.place.platform}:welcome:{event.place.community}"
        direct = await call.chat.direct(event.place, event.user) if event.user.id else None
        for place in filter(None, (direct, event.place if event.place.channel else None)):
            try:
                await announce(call.store, call.chat, place, reply, key)
                return
            except UserError as refused:
                # They take no messages from us, or we may not write there; the next place may do.
                log.info("welcome_refused", platform=place.platform, private=place.private, key=refused.key)
                await call.store.write(lambda session: outbox.drop(session, key))

    async def welcome(self, place: Place, user: User) -> Reply:
        """The welcome: what to try first and, for admins, what to set up first."""

        def text(key: str) -> str:
            return self.texts(user.language, key)

        settings = await self.communities.settings(place)
        admin = role_of(user) >= Role.ADMIN
        parts = [text("welcome"), text("welcome-admin")] if admin else [text("welcome")]
        tries = [
            Button(button_action(Verb.TRY, number), text(f"suggestion-{number}"), "💬", row=0) for number in SUGGESTIONS
        ]
        words: Sequence[str] = [word for word in self.destinations if word != "tasks" or settings.tasks != "off"]
        destinations = [Button(button_action(Verb.START, word), text(f"start-{word}"), row=1) for word in words]
        return Reply("\n\n".join(parts), buttons=(*tries, *destinations))

    async def _enter(self, call: CommandCall, word: str) -> None:
        await self.destinations[word](call)

    def _first_steps(self, user: User, name: str) -> str:
        said = self.texts(user.language, "welcome-added", name=quoted_line(name, LONGEST_NAME))
        return f"{said}\n\n{self.texts(user.language, 'welcome-admin')}"
