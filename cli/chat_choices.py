"""The request of `parley chat`: the conversation by its name, and the choices for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
from sqlmodel import Session

from bots.terminal.receive import PLATFORM, fresh_place
from cli.wiring.engine import RunningEngine
from cli.wiring.models import default_model, models_offered
from config.presets import presets
from config.settings import ParleySettings
from core.commands.own_conversations import LONGEST_TITLE
from core.commands.preferences import DEFAULT
from core.messages import Place, Summary, User
from core.store import choices, identities
from core.store.tables import ConversationRow

MOST = 1000
"""How many of somebody's conversations are looked through for a name."""

SHORT = 8
"""The last characters of a conversation's id, which distinguish it in a list."""


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """A call of `parley chat`.

    `words` are its arguments, `text` is what was piped in. `chosen` are the values by "model", "persona", "preset" and
    "system". `conversation` is a name, empty for a new conversation. With `reasoning`, what the model thinks is shown.
    """

    words: str = ""
    text: str = ""
    files: tuple[Path, ...] = ()
    chosen: Mapping[str, str] = field(default_factory=dict)
    conversation: str = ""
    resume: bool = False
    plain: bool = False
    reasoning: bool = False

    @property
    def question(self) -> str:
        """The words, and below them the text that was piped in."""
        return "\n\n".join(filter(None, (self.words, self.text)))

    @property
    def asks(self) -> bool:
        """Whether one thing is asked and the program then ends; otherwise a person talks at the terminal."""
        return bool(self.words or self.text or (self.files and self.plain))


def values(settings: ParleySettings) -> Mapping[str, Sequence[str]]:
    """The values that may be chosen, the default first. Nothing is started."""
    makers = models_offered(settings)
    default = default_model(settings, makers)
    models = sorted(makers, key=lambda name: (name != default, name))
    return {"model": models, "persona": list(settings.personas), "preset": list(presets())}


def check(settings: ParleySettings, chosen: Mapping[str, str]) -> None:
    """Raise UsageError if something was chosen that is not offered."""
    for name, known in values(settings).items():
        if chosen.get(name, DEFAULT) not in (*known, DEFAULT):
            raise click.UsageError(f"There is no {name} {chosen[name]!r}. There are: {', '.join(known)}.")


async def place(engine: RunningEngine, user: User, request: ChatRequest) -> Place:
    """The conversation that was asked for: a new one, the last one, or the one of a name, which is made if need be."""
    if request.resume:
        earlier = await engine.records.conversations(PLATFORM, user, 1)
        return earlier[0].place if earlier else fresh_place()
    if not request.conversation:
        return fresh_place()
    listed = await engine.records.conversations(PLATFORM, user, MOST)
    return named(listed, request.conversation) or await _begun(engine, user, request.conversation)


def named(listed: Sequence[Summary], name: str) -> Place | None:
    """The latest conversation whose title is `name`, or whose id ends with it."""
    for one in listed:
        if one.title.casefold() == name.casefold() or one.id[-SHORT:] == name:
            return one.place
    return None


async def _begun(engine: RunningEngine, user: User, name: str) -> Place:
    where = fresh_place()

    def unit(session: Session) -> None:
        scene = identities.scene(session, where, user)
        session.get_one(ConversationRow, scene.conversation_id).title = " ".join(name.split())[:LONGEST_TITLE]

    await engine.store.write(unit)
    return where


async def choose(engine: RunningEngine, user: User, where: Place, chosen: Mapping[str, str]) -> None:
    """Keep what was chosen for a conversation of one's own."""
    if not chosen:
        return

    def unit(session: Session) -> None:
        scene = identities.scene(session, where, user)
        for name, value in chosen.items():
            kept = "" if value == DEFAULT else value
            choices.choose(session, scene.community_id, "conversation", scene.conversation_id, name, kept)

    await engine.store.write(unit)


def line(one: Summary) -> str:
    """A conversation in a list: the end of its id, when it was last used, and its title."""
    return f"{one.id[-SHORT:]}  {one.at.astimezone():%Y-%m-%d %H:%M}  {one.title}"
