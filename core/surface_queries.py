"""The queries of surfaces: the lists, transcripts and texts that they need to draw themselves."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlmodel import Session, select

from core.answering.answer_buttons import answer_buttons
from core.answering.answer_options import AnswerOptions
from core.answering.written_answer import ending_remark
from core.arena.pairs import ComparedAnswers, undecided, vote_buttons
from core.commands.news import CommandNews
from core.commands.registry import CommandRegistry
from core.community_settings import CommunitySettingsStore, within
from core.errors import NotAllowed
from core.messages import Button, CommandHelp, Place, Reply, Summary, Turn, User
from core.metrics import Metrics
from core.outside_text import unmarked
from core.ports.chat import Chat
from core.ports.store import Store
from core.ports.surface import (
    AdminLinkOutcome,
    ChosenValue,
    NewBrowser,
    ShownAnswer,
    ShownNotice,
    UnreadableItem,
    WatchedAnswer,
)
from core.store import (
    admin_links,
    choices,
    conversations,
    identities,
    inbox,
    put_aside,
    recent_answers,
    transcripts,
    visibility,
)
from core.store.engine.database import insert_once
from core.store.stored_secrets import encrypted, opened
from core.store.tables import ConversationRow, KeptRow, MessageRow, now
from core.texts import LocalizedTexts

log = structlog.get_logger()

STATUS = {"cancelled": "answer-stopped", "timeout": "model-timeout", "aborted_by_worker": "answer-interrupted"}


@dataclass(frozen=True, slots=True)
class ConnectedSurfaces:
    """What surfaces share with all parts: their chats by platform, and the news that the commands have changed.

    It is made before the parts that post to chats or change commands, and filled as surfaces connect.
    """

    chats: dict[str, Chat] = field(default_factory=dict)
    news: CommandNews = field(default_factory=CommandNews)


@dataclass(frozen=True, slots=True)
class StoredRecords:
    """The `SurfaceRecords` port over the store. `options` are what people may choose, `greeting` makes the welcome, and
    `news` must be told when the commands change.
    """

    store: Store
    texts: LocalizedTexts
    menu: CommandRegistry
    communities: CommunitySettingsStore
    options: AnswerOptions
    greeting: Callable[[Place, User], Awaitable[Reply]]
    news: CommandNews = field(default_factory=CommandNews)

    async def conversations(self, platform: str, user: User, limit: int = 50) -> Sequence[Summary]:
        """The person's own conversations on this platform, newest first."""
        return await self.store.read(lambda session: summaries(session, platform, user, limit))

    async def first_seen(self, platform: str, user: User) -> datetime | None:
        """The time at which somebody was first seen on this platform; None if they never were."""
        return await self.store.read(lambda session: identities.first_seen(session, platform, user))

    async def transcript(self, place: Place, user: User) -> Sequence[Turn]:
        """The active branch of a place, oldest first. Raises NotAllowed for another person's private place."""
        settings = await self.communities.settings(place)

        def buttons(answer: MessageRow, rating: int) -> tuple[Button, ...]:
            return answer_buttons(self.texts, user.language, answer, rating, rateable=settings.ratings)

        def unit(session: Session) -> Sequence[Turn]:
            conversation = identities.known_conversation(session, place)
            person_id = identities.known_person(session, place.platform, user)
            if not visibility.open_to(session, place, user):
                raise NotAllowed("conversation-not-yours")
            if conversation is None or conversation.tail_id is None:
                return []
            return self._drawn(session, conversation, user, person_id or "", buttons)

        return await self.store.read(unit)

    async def notices(self, place: Place, user: User, limit: int = 100) -> Sequence[ShownNotice]:
        """Our newest messages at a place that show no answer, oldest first. Raises NotAllowed as `transcript` does."""

        def unit(session: Session) -> Sequence[ShownNotice]:
            if not visibility.open_to(session, place, user):
                raise NotAllowed("conversation-not-yours")
            return [ShownNotice(id, at) for id, at in transcripts.notices(session, place, limit).items()]

        return await self.store.read(unit)

    async def owns(self, place: Place, user: User) -> bool:
        """Whether a place belongs to a person, through any of their accounts."""
        return await self.store.read(lambda session: visibility.owns(session, place, user))

    def commands(self, user: User) -> Sequence[CommandHelp]:
        """The commands that this person may use, in their language."""
        return self.menu.help(user, self.texts)

    async def commands_in(self, place: Place, user: User) -> Sequence[CommandHelp]:
        """The same without those that are switched off in a place."""
        return await self.menu.help_in(place, user, self.texts)

    async def welcome(self, place: Place, user: User) -> Reply:
        """What somebody is shown first: what to try here and, to an admin, what to settle first."""
        return await self.greeting(place, user)

    async def chosen(self, place: Place, user: User) -> Mapping[str, ChosenValue]:
        """The model, persona and preset that answer this person here; the first that is offered if none was chosen."""
        kept = await self.store.read(lambda session: _choices(session, place, user))
        taken, offered = self.options.settle(kept), self.options.offered(kept)
        return {name: ChosenValue(taken[name], tuple(values)) for name, values in offered.items()}

    def complete(self, command: str, option: str, typed: str) -> Sequence[str]:
        """The values of a command's option that match what somebody has typed so far, best first."""
        return self.menu.complete(command, option, typed)

    async def switched_off(self, place: Place) -> frozenset[str]:
        """The names of the commands that are switched off in a place."""
        return await self.menu.switched_off(place)

    def changes(self) -> AsyncIterator[Place | None]:
        """The changes of the commands from now on."""
        return self.news.changes()

    @property
    def languages(self) -> Sequence[str]:
        """The languages that have texts, as BCP 47 tags."""
        return self.texts.languages

    async def listens(self, place: Place) -> bool:
        """Whether the assistant answers there without being called."""
        return within(place, (await self.communities.settings(place)).always)

    async def begun(self, place: Place) -> bool:
        """Whether there is a conversation at a place, or something said waits there for another process."""
        return await self.store.read(lambda session: begun(session, place))

    async def shown(self, place: Place, message_id: str) -> ShownAnswer | None:
        """The answer that a message shows in a place or one of its threads."""
        return await self.store.read(lambda session: recent_answers.shown(session, place, message_id))

    async def language(self, place: Place) -> str:
        """The language of whoever said something last in a conversation; empty if it is not known."""
        return await self.store.read(lambda session: identities.spoken_language(session, place))

    async def watched(self, platform: str, limit: int = 200) -> Sequence[WatchedAnswer]:
        """Our newest answers on a platform, with their ratings that came from reactions."""
        return await self.store.read(lambda session: recent_answers.watched(session, platform, limit))

    def text(self, language: str, key: str, **values: str | int) -> str:
        """A text of config/locales in the nearest language that has it."""
        return self.texts(language, key, **values)

    def _drawn(
        self,
        session: Session,
        conversation: ConversationRow,
        user: User,
        person_id: str,
        buttons: Callable[[MessageRow, int], tuple[Button, ...]],
    ) -> Sequence[Turn]:
        pairs = undecided(session, conversation.id)
        branch = _with_rivals(session, conversations.path(session, conversation.tail_id or ""), pairs)
        path = [m for m in branch if not m.deleted]
        ids = [message.id for message in path]
        versions = transcripts.versions(session, conversation.id, path)
        ratings = transcripts.ratings_of(session, person_id, ids)
        shown, thoughts = transcripts.shown_as(session, ids), transcripts.reasoning_of(session, ids)
        names = transcripts.names(session, conversation.platform, {m.person_id for m in path if m.person_id})

        def turn(message: MessageRow) -> Turn:
            branches = tuple(versions.get(message.parent_id, [message.id]))
            rating = ratings.get(message.id, 0)
            answer, thought = message.role == "assistant", thoughts.get(message.id, "")
            remark = STATUS.get(message.state) or (
                ending_remark(message.text, message.state, message.finish, thought) if answer else ""
            )
            text, quoted = (message.text, ()) if answer else unmarked(message.text)
            pair = pairs.get(message.id)
            choice: tuple[Button, ...] = ()
            if pair:
                # Which is whose is told to nobody who may still choose.
                branches, rating = (message.id,), 0
                asks = pair.open and message.id == pair.b
                choice = vote_buttons(self.texts, user.language, pair.round_id) if asks else ()
            return Turn(
                id=message.id,
                role="assistant" if answer else "prompter",
                text=text,
                author="" if answer else names.get(message.person_id or "", ""),
                at=message.created_at,
                state=message.state,
                platform_id=shown.get(message.id) if answer else message.platform_id,
                model="" if pair else message.model,
                status=self.texts(user.language, remark) if remark else "",
                branch=branches.index(message.id) + 1,
                branches=branches,
                rating=rating,
                buttons=choice if pair else buttons(message, rating) if answer else (),
                reasoning=thought,
                quoted=quoted,
                letter=pair.lettered[message.id] if pair else "",
            )

        return [turn(message) for message in path]


def _with_rivals(
    session: Session, path: Sequence[MessageRow], pairs: Mapping[str, ComparedAnswers]
) -> Sequence[MessageRow]:
    """A branch with both answers of each pair of which it has one."""
    shown: list[MessageRow] = []
    for message in path:
        pair = pairs.get(message.id)
        both = (session.get(MessageRow, id) for id in pair.lettered) if pair else (message,)
        shown += [one for one in both if one]
    return shown


def _choices(session: Session, place: Place, user: User) -> Mapping[str, str]:
    community_id = identities.known_community(session, place)
    person_id = identities.known_person(session, place.platform, user)
    conversation = identities.known_conversation(session, place)
    if community_id is None:
        return {}
    return choices.choices(session, community_id, conversation.id if conversation else "", person_id or "")


def begun(session: Session, place: Place) -> bool:
    """Whether there is a conversation at a place, or something said waits there."""
    return identities.known_conversation(session, place) is not None or inbox.said_at(session, place)


def summaries(session: Session, platform: str, user: User, limit: int) -> Sequence[Summary]:
    """A person's own conversations on a platform, last used first."""
    person_id = identities.known_person(session, platform, user)
    if person_id is None:
        return []
    found = conversations.mine(session, platform, person_id, limit)
    tenants = identities.communities(session, {conversation.community_id for conversation in found})
    return [
        Summary(
            conversation.id,
            Place(platform, tenants[conversation.community_id], conversation.channel, conversation.thread, True),
            conversation.title,
            conversation.used_at,
        )
        for conversation in found
    ]


@dataclass(frozen=True, slots=True)
class StoredKeep:
    """The `SurfaceStorage` port of one surface over the store."""

    store: Store
    surface: str
    metrics: Metrics | None = None

    async def recall(self, name: str) -> str:
        """The value; empty if there is none."""
        found = await self.store.read(lambda session: session.get(KeptRow, f"{self.surface}:{name}"))
        return found.value if found else ""

    async def remember(self, name: str, value: str) -> None:
        """Store a value in place of the earlier one. Raises StoreError if that fails."""
        await self.store.write(lambda session: session.merge(KeptRow(name=f"{self.surface}:{name}", value=value)))

    async def change(self, name: str, change: Callable[[str], str]) -> str:
        """Change a value in one step. Returns the new value. Raises StoreError if that fails."""
        key = f"{self.surface}:{name}"

        def unit(session: Session) -> str:
            # The row is there before it is locked, so that two who make it wait for each other, too.
            insert_once(session, KeptRow, name=key, value="")
            row = session.exec(select(KeptRow).where(KeptRow.name == key).with_for_update()).one()
            row.value = change(row.value)
            return row.value

        return await self.store.write(unit)

    async def recall_secret(self, name: str) -> str:
        """The secret; empty if there is none. Raises SecretUnreadable if its key is missing."""

        def unit(session: Session) -> str:
            row = session.get(KeptRow, f"{self.surface}:{name}")
            return opened(session, row).value if row else ""

        return await self.store.read(unit)

    async def remember_secret(self, name: str, value: str) -> None:
        """Store a secret, encrypted, in place of the earlier one. Raises StoreError if that fails."""
        row = KeptRow(name=f"{self.surface}:{name}", value=value)
        await self.store.write(lambda session: session.merge(encrypted(session, row)))

    async def put_aside(self, item: UnreadableItem) -> None:
        """Keep an item for the operator. Raises StoreError if that fails."""
        fresh = await self.store.write(lambda session: put_aside.put(session, self.surface, item))
        if not fresh:
            return
        log.error("put_aside", platform=self.surface, kind=item.kind, key=item.key, reason=item.reason)
        if self.metrics:
            self.metrics.put_aside(self.surface)

    def unusable(self, call: str) -> None:
        """Count an answer of the platform, to one of our calls, that we could not use."""
        if self.metrics:
            self.metrics.unusable_reply(self.surface, call)


@dataclass(frozen=True, slots=True)
class StoredPageAdmins:
    """The `PageAdmins` port over the store. Each question reads it, so what another process changes counts at once."""

    store: Store
    now: Callable[[], datetime] = now

    async def includes(self, account: str) -> bool:
        """Whether a browser is an admin."""
        return await self.store.read(lambda session: admin_links.includes(session, account))

    async def redeem(self, secret: str, browser: NewBrowser) -> AdminLinkOutcome:
        """Make a browser an admin if the secret is that of a good link."""
        return await self.store.write(lambda session: admin_links.redeem(session, secret, browser, self.now()))
