"""Everything that can be seen at one place, gathered but not yet rendered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bots.web import cards
from bots.web.rooms import ChatRoom, LiveAnswer, RoomNote
from core.messages import Place, Summary, Turn, User
from core.ports.surface import ShownNotice, SurfaceRecords

PLATFORM = "web"
COMMUNITY = "local"


@dataclass(frozen=True, slots=True)
class ComposerPicker:
    """A list beside the composer in which one chooses what answers: the command that it gives, and its values."""

    command: str
    chosen: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageState:
    """What a person sees at a place."""

    place: Place
    language: str
    turns: tuple[Turn, ...] = ()
    notes: tuple[RoomNote, ...] = ()
    live: Mapping[str, LiveAnswer] = field(default_factory=dict)
    summaries: tuple[Summary, ...] = ()
    pickers: tuple[ComposerPicker, ...] = ()


def place_of(channel: str) -> Place:
    """The place of a web chat channel."""
    return Place(PLATFORM, COMMUNITY, channel, private=True)


def flow(turns: Sequence[Turn], notes: Sequence[RoomNote]) -> list[Turn | RoomNote]:
    """Merge the notes into the turns by time; the turns keep their order."""
    waiting = sorted(notes, key=lambda note: note.at)
    shown: list[Turn | RoomNote] = []
    for turn in turns:
        while waiting and waiting[0].at < turn.at:
            shown.append(waiting.pop(0))
        shown.append(turn)
    return shown + list(waiting)


@dataclass(slots=True)
class PageLook:
    """One page's view of a place. It remembers what it last read from the store."""

    records: SurfaceRecords
    room: ChatRoom
    place: Place
    user: User
    turns: tuple[Turn, ...] = ()
    notices: tuple[ShownNotice, ...] = ()
    summaries: tuple[Summary, ...] = ()
    pickers: tuple[ComposerPicker, ...] = ()

    async def state(self, *, fresh: bool) -> PageState:
        """Gather what is to be shown now; `fresh` reads the store again.

        Raises NotAllowed if the place is another person's, StoreError if the store cannot be read.
        """
        if fresh:
            self.turns = tuple(await self.records.transcript(self.place, self.user))
            self.notices = tuple(await self.records.notices(self.place, self.user))
            self.summaries = tuple(await self.records.conversations(PLATFORM, self.user))
            self.pickers = await self._pickers()
            self._placed()
        room = self.room
        which = self.records.text(self.user.language, "arena-which")
        asked = cards.choices(self.turns, room.notes.values(), which)
        gone = cards.gone(self.notices, room.notes, self.records.commands(self.user)) if self.notices else ()
        return PageState(
            self.place,
            self.user.language,
            self.turns,
            (*gone, *asked, *room.notes.values()),
            dict(room.live),
            self.summaries,
            self.pickers,
        )

    async def _pickers(self) -> tuple[ComposerPicker, ...]:
        """The lists in which there is something to choose."""
        chosen = await self.records.chosen(self.place, self.user)
        return tuple(
            ComposerPicker(command, one.value, one.values) for command, one in chosen.items() if len(one.values) > 1
        )

    def _placed(self) -> None:
        """Remove the notes for messages that are now part of the conversation."""
        for turn in self.turns:
            if turn.role == "prompter" and turn.platform_id:
                self.room.notes.pop(turn.platform_id, None)
