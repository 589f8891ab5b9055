"""The settings of a community, and what they mean for an event."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cachetools import LRUCache
from sqlalchemy import select
from sqlmodel import Session, col

from core.actions import Action, Verb
from core.errors import NotAllowed, UserError
from core.limits import AnswerLimits
from core.messages import (
    EVENT,
    AnyEvent,
    Arrival,
    Edit,
    Invocation,
    Message,
    Place,
    Press,
    Reaction,
    Relocation,
    Submission,
    User,
    at_new_place,
)
from core.ports.processes import NO_OTHERS, OtherProcesses
from core.ports.store import Store
from core.rights import Role, refusal, role_of
from core.shared_reads import SharedReads
from core.store import choices, identities
from core.store.tables import ChoiceRow, CommunityRow

FRESH = 30.0
"""Seconds for which settings are cached; a program that does not tell of it may have changed them since."""

REMEMBERED = 4096

RATES = frozenset({Verb.UP, Verb.DOWN, Verb.WHY, Verb.RATE, Verb.ARENA_VOTE})
"""The verbs and commands that rate an answer."""

OWN_DATA = frozenset(
    {
        "help",
        "start",
        "privacy",
        "private",
        "mydata",
        "forgetme",
        "conversations",
        "stop",
        Verb.START,
        Verb.PRIVATE,
        Verb.TALK,
        Verb.TALKS,
        Verb.STOP,
        Verb.DELETE,
        Verb.AGREE,
        Verb.WITHDRAW,
        Verb.ASK_AGAIN,
        Verb.FORGET,
        Verb.KEEP,
    }
)
"""The verbs and commands for a person's own data, for finding them, and for stopping one's own answer: no setting takes
these from anybody."""

SPEAKS = frozenset({Verb.RETRY, Verb.CONTINUE, Verb.AGAIN, Verb.TRY, "arena"})
"""The verbs and commands that make the assistant speak where everybody can read it."""


@dataclass(frozen=True, slots=True)
class CommunitySettings:
    """The settings that an admin has made; all others are the installation's.

    `channels` are where the assistant answers, empty for everywhere; `always` where it answers without being called.
    `users` and `raters` are the roles whose members may use it and may rate, empty for everybody; `moderators` are the
    roles, or the people, that moderate beside the admins. `answers` and `community_answers` replace those of
    `AnswerLimits`; whoever is in a role of `role_answers` has its number, the largest if there are several. `recent`
    lets the assistant read the last messages of a channel with a question. `log_channel` gets reports and changes of
    settings; `log_lost` is set while it cannot be written to, and `content_hidden` once the platform has kept the
    content of a message from us. `tasks` says where labeling tasks come from, "off" for nowhere. With `threads`, each
    question gets a thread. One in `arena` questions gets two answers, for people to compare; 0 for none. Of `best_of`
    answers to a question, the best is shown, if there is a reward model.
    A channel is the platform's id, or `channel/thread` for one thread of it.
    """

    channels: frozenset[str] = frozenset()
    always: frozenset[str] = frozenset()
    language: str = ""
    answers: int | None = None
    community_answers: int | None = None
    role_answers: Mapping[str, int] = field(default_factory=dict)
    users: frozenset[str] = frozenset()
    raters: frozenset[str] = frozenset()
    moderators: frozenset[str] = frozenset()
    ratings: bool = True
    recent: bool = False
    log_channel: str = ""
    log_lost: str = ""
    content_hidden: str = ""
    tasks: str = ""
    threads: bool = False
    arena: int = 0
    best_of: int = 1

    def limits(self, limits: AnswerLimits, user: User) -> AnswerLimits:
        """The installation's limits with this community's own, for one person."""
        if self.answers is None and self.community_answers is None and not self.role_answers and self.best_of == 1:
            return limits
        mine = {role: number for role, number in self.role_answers.items() if role in user.roles}
        # 0 is no limit, and so the largest.
        role = max(mine, key=lambda one: mine[one] or float("inf"), default="")
        everybodys = limits.answers if self.answers is None else self.answers
        return replace(
            limits,
            answers=mine.get(role, everybodys),
            role=role,
            drafts=self.best_of,
            community_answers=limits.community_answers if self.community_answers is None else self.community_answers,
        )

    def together(self, place: Place) -> bool:
        """Whether all that is said in a place is one conversation; elsewhere, each message may begin one of its own."""
        return place.private or bool(place.thread) or within(place, self.always)

    def known_here(self, user: User) -> User:
        """The person with their role in this community. Where a platform has no roles, moderators are people."""
        moderator = bool(self.moderators and self.moderators & {user.id, *user.roles})
        return user if user.moderator == moderator else replace(user, moderator=moderator)

    def admit(self, event: AnyEvent) -> bool:
        """Whether the event is to be handled; False if it is best ignored in silence.

        If somebody has asked for something, raises NotAllowed, or UserError if ratings are off. Admins may do
        everything, even where the assistant does not answer others, except make it speak in the wrong channel.
        """
        if isinstance(event, Arrival):
            return True
        name = verb(event)
        here = event.place.private or not self.channels or within(event.place, self.channels)
        if isinstance(event, Message | Edit) and not here:
            return False
        if name in SPEAKS and not here:
            raise UserError("channel-not-here")
        rates = isinstance(event, Reaction) or name in RATES
        if rates and not self.ratings:
            return self._refused(event, UserError("ratings-off"))
        if name in OWN_DATA or role_of(event.user) >= Role.ADMIN:
            return True
        if role_of(event.user, self.users) < Role.MEMBER and not withdraws(event):
            return self._refused(event, refusal(event.user, NotAllowed("community-not-you")))
        if rates and self.raters and not self.raters & event.user.roles and not withdraws(event):
            return self._refused(event, refusal(event.user, NotAllowed("ratings-not-you")))
        return True

    def _refused(self, event: AnyEvent, error: UserError) -> bool:
        # A reaction asks for nothing, so nobody is told.
        if isinstance(event, Reaction):
            return False
        raise error


def verb(event: AnyEvent) -> str:
    """The verb of a press or a form, or the name of a command, also of one from "More…"; empty for other events."""
    match event:
        case Press():
            action = Action.parse(event.action)
            return action.target if action.verb == Verb.MORE else action.verb
        case Submission():
            return Action.parse(event.form).verb
        case Invocation():
            return event.command
    return ""


def within(place: Place, channels: frozenset[str]) -> bool:
    """Whether a place is in one of these channels, or is one of these threads."""
    return place.channel in channels or f"{place.channel}/{place.thread}" in channels


def spot(place: Place, channel: str) -> Place:
    """The place of a channel that a setting names, in the same community as `place`."""
    channel, _, thread = channel.partition("/")
    return replace(place, channel=channel, thread=thread, private=False)


def withdraws(event: AnyEvent) -> bool:
    """Whether an event takes a reaction back. That is always allowed: platforms do not tell that person's roles."""
    return isinstance(event, Reaction) and not event.added


def role_numbers(text: str) -> Mapping[str, int]:
    """Parse what is stored for each role: its id and its number, as in `5=50,6=0`."""
    pairs = (part.partition("=") for part in text.split(",") if part)
    return {role: int(number) for role, _, number in pairs if number.isdecimal()}


def parsed(kept: Mapping[str, str]) -> CommunitySettings:
    """Parse the stored settings; lists are stored joined by commas."""

    def ids(name: str) -> frozenset[str]:
        return frozenset(filter(None, kept.get(name, "").split(",")))

    def number(name: str) -> int | None:
        return int(kept[name]) if kept.get(name, "").isdecimal() else None

    return CommunitySettings(
        channels=ids("channels"),
        always=ids("always"),
        language=kept.get("language", ""),
        answers=number("answers"),
        community_answers=number("community_answers"),
        role_answers=role_numbers(kept.get("role_answers", "")),
        users=ids("users"),
        raters=ids("raters"),
        moderators=ids("moderators"),
        ratings=kept.get("ratings") != "off",
        recent=kept.get("recent") == "on",
        log_channel=kept.get("log_channel", ""),
        log_lost=kept.get("log_lost", ""),
        content_hidden=kept.get("content_hidden", ""),
        tasks=kept.get("tasks", ""),
        threads=kept.get("threads") == "on",
        arena=number("arena") or 0,
        best_of=number("best_of") or 1,
    )


CommunityKey = tuple[str, str]
"""A community by its platform and its id there."""


@dataclass(slots=True, eq=False)
class CommunitySettingsStore:
    """The settings of all communities. Those in use are cached for a while, unless another process changes them."""

    store: Store
    others: OtherProcesses = NO_OTHERS
    _known: SharedReads[CommunityKey, CommunitySettings] = field(init=False)

    def __post_init__(self) -> None:
        self._known = SharedReads(self._read, FRESH, REMEMBERED)

    async def settings(self, place: Place) -> CommunitySettings:
        """The settings of the place's community."""
        return await self._known.get((place.platform, place.community))

    async def together(self, place: Place) -> bool:
        """Whether all that is said in a place is one conversation."""
        return place.private or (await self.settings(place)).together(place)

    async def change(self, place: Place, name: str, value: str) -> None:
        """Set one of the community's settings; an empty value removes it."""
        await self._changed(place, name, None, value)

    async def change_if(self, place: Place, name: str, before: str, value: str) -> bool:
        """Set one of the community's settings if it still is what it was before; two at once cannot both do that.
        An empty text stands for one that is not set. Returns whether it was set.
        """
        return await self._changed(place, name, before, value)

    def forget(self, *places: Place) -> None:
        """Read the settings of these places' communities anew the next time."""
        for place in places:
            self.changed(place.platform, place.community)

    def changed(self, platform: str = "", community: str = "", name: str = "") -> None:
        """Read the settings of a community anew the next time; those of all communities if none is named."""
        if platform:
            self._known.forget((platform, community))
        else:
            self._known.forget_all()

    async def _read(self, key: CommunityKey) -> CommunitySettings:
        return parsed(await self.store.read(lambda session: kept(session, Place(*key, ""))))

    async def _changed(self, place: Place, name: str, before: str | None, value: str) -> bool:
        def unit(session: Session) -> bool:
            community_id = identities.community(session, place)
            if before is not None and kept(session, place).get(name, "") != before:
                return False
            choices.choose(session, community_id, "community", community_id, name, value)
            self.others.tell(session, "settings", place.platform, place.community, name)
            return True

        changed = await self.store.write(unit)
        self.forget(place)
        return changed


@dataclass(frozen=True, slots=True)
class Relocations:
    """The communities that have a new id, for the events that came in under the former one."""

    communities: CommunitySettingsStore
    _moved: LRUCache[tuple[str, str], Relocation] = field(default_factory=lambda: LRUCache(REMEMBERED))

    def note(self, moved: Relocation) -> None:
        """Note that a community has moved."""
        former, place = moved.former, moved.place
        self._moved.pop((place.platform, place.community), None)
        self._moved[former.platform, former.community] = moved
        self.communities.forget(former, place)

    def heard(self, moved: str = "") -> None:
        """Note what another process has noted, as JSON."""
        event = EVENT.validate_json(moved) if moved else None
        if isinstance(event, Relocation):
            self.note(event)

    def present(self, place: Place) -> Place:
        """A place where it is now."""
        while moved := self._moved.get((place.platform, place.community)):
            place = at_new_place(place, moved.former, moved.place)
        return place


def kept(session: Session, place: Place) -> Mapping[str, str]:
    """Everything that is set for the place's community as a whole."""
    community_id = identities.known_community(session, place)
    return choices.choices(session, community_id, community_id, community_id) if community_id else {}


def chosen_channels(session: Session, setting: str) -> list[tuple[Place, str]]:
    """The channels that admins chose in a setting, in all communities, each with its community's language."""
    found = select(
        col(CommunityRow.platform), col(CommunityRow.platform_id), col(ChoiceRow.value), col(CommunityRow.id)
    ).join(ChoiceRow, col(ChoiceRow.community_id) == col(CommunityRow.id))
    places: list[tuple[Place, str]] = []
    for platform, community, channel, community_id in session.execute(
        found.where(col(ChoiceRow.scope) == "community", col(ChoiceRow.name) == setting)
    ).all():
        language = session.get(ChoiceRow, (community_id, "community", community_id, "language"))
        places.append((spot(Place(platform, community, ""), channel), language.value if language else ""))
    return places
