"""A row of the matrix, and the rows about answers: every button, form and command that names one."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, select

from core.messages import Edit, Invocation, Message, Submission
from core.store.arena_tables import ArenaRoundRow, ArenaTrialRow
from core.store.tables import MessageRow as Stored
from core.store.tables import RatingRow, ReportRow
from tests.dialogue import Dialogue, Heard
from tests.permissions.world import HOMES, SQUARE, World

Do = Callable[[World, str], Awaitable[bool]]
"""Lets somebody of a role do something that nobody has done yet. Returns whether they could."""


@dataclass(frozen=True, slots=True)
class Deed:
    """A row: `kind` is its table, `name` what is declared in the code, `about` what it is done to."""

    kind: str
    name: str
    about: str
    do: Do

    @property
    def private(self) -> bool:
        """Whether it is about something that belongs to one person alone."""
        return self.about.startswith("Ana’s")


@dataclass(frozen=True, slots=True)
class Where:
    """The place of Ana's answer, and the place from which the others reach for it."""

    about: str
    at: str
    reach: Callable[[World, str], Dialogue]


def from_home(world: World, role: str) -> Dialogue:
    return world.someone(role)


def from_square(world: World, role: str) -> Dialogue:
    return world.in_square(role)


PRIVATE = "Ana’s, in a private place"
PLACES = (
    Where(PRIVATE, "home", from_home),
    Where("in a shared channel, from there", "square", from_square),
    Where("in a shared channel, from somewhere else", "square", from_home),
)


def ana_at(world: World, where: Where) -> Dialogue:
    return world.someone("member", HOMES["member"] if where.at == "home" else SQUARE)


Make = Callable[[World, Dialogue, Dialogue], Awaitable[str]]
"""Makes a new thing, for Ana and for the person who reaches for it. Returns the whole action."""


def of_answer(verb: str) -> Make:
    async def make(world: World, ana: Dialogue, actor: Dialogue) -> str:
        return f"{verb}:{(await world.untouched_answer(ana)).reply.answer}"

    return make


async def why(world: World, ana: Dialogue, actor: Dialogue) -> str:
    answer = await world.untouched_answer(ana)
    await world.presses(actor, f"up:{answer.reply.answer}")
    return f"why:{answer.reply.answer}"


async def by_menu(world: World, ana: Dialogue, actor: Dialogue) -> str:
    return f"more:label:{(await world.untouched_answer(ana)).id}"


async def cut(world: World, ana: Dialogue, actor: Dialogue) -> str:
    """An answer that the limit has cut."""
    answer_id = (await world.untouched_answer(ana)).reply.answer

    def unit(session: Session) -> None:
        session.get_one(Stored, answer_id).finish = "length"

    await world.store.write(unit)
    return f"continue:{answer_id}"


async def edited(world: World, ana: Dialogue, actor: Dialogue) -> str:
    """A question that was edited."""
    answer = await world.answer(ana)
    number = next(world.numbers)
    edit = Edit(**ana._event(f"edit{number}"), id=ana.said[-1], text=f"Mended {number}", offer=True, source="direct")
    await world.done(ana, edit)
    return Heard(answer.id, world.stage.chat.shown[answer.id]).action("again")


async def written(world: World, ana: Dialogue, actor: Dialogue) -> str:
    """An answer that is being written."""
    question = ana.message("Go on for ever")
    await ana.send(question)
    key = f"{question.key}#answer"
    await world.stage.chat.until(lambda: key in world.stage.chat.shown)
    return f"stop:{world.stage.chat.shown[key].answer}"


async def compared(world: World, ana: Dialogue, actor: Dialogue) -> str:
    """The newer one of two answers to a question."""
    answer = await world.answer(ana)
    again = await ana.presses(answer, "retry", "#answer")
    return f"prefer:{again.reply.answer}:new"


def blind(press: str, *rest: str) -> Make:
    """A question with two answers, about which people vote without knowing whose they are."""

    async def make(world: World, ana: Dialogue, actor: Dialogue) -> str:
        first = await world.answer(ana)
        second = await ana.presses(first, "retry", "#answer")

        def unit(session: Session) -> str:
            answer = session.get_one(Stored, first.reply.answer)
            trial = ArenaTrialRow(community_id=answer.community_id)
            session.add(trial)
            session.flush()
            asked = ArenaRoundRow(
                trial_id=trial.id,
                community_id=answer.community_id,
                conversation_id=answer.conversation_id,
                event_key=answer.id,
                candidate_first=True,
                question_id=answer.parent_id,
                a_id=answer.id,
                b_id=second.reply.answer,
                state="open",
            )
            session.add(asked)
            return asked.id

        return ":".join((press, await world.store.write(unit), *rest))

    return make


def pressing(verb: str, make: Make, where: Where) -> Deed:
    async def do(world: World, role: str) -> bool:
        ana, actor = ana_at(world, where), where.reach(world, role)
        action = await make(world, ana, actor)
        done = await world.presses(actor, action)
        if verb == "stop":
            await world.presses(ana, action)
            await ana.settled()
        return done

    return Deed("button", verb, where.about, do)


def submitting(form: str, where: Where, **values: str) -> Deed:
    async def do(world: World, role: str) -> bool:
        actor = where.reach(world, role)
        make = why if form == "why" else of_answer(form)
        action = await make(world, ana_at(world, where), actor)
        event = Submission(**actor._event(f"form{next(world.numbers)}"), form=action, values=values)
        return await world.done(actor, event)

    return Deed("form", form, where.about, do)


def calling(name: str, where: Where) -> Deed:
    """A command from the menu of the message that shows an answer."""

    async def do(world: World, role: str) -> bool:
        answer, actor = await world.untouched_answer(ana_at(world, where)), where.reach(world, role)
        event = Invocation(**actor._event(f"menu{next(world.numbers)}"), command=name, message=answer.id)
        return await world.done(actor, event)

    return Deed("command", name, f"{where.about}, by the menu of the message", do)


def reacting(emoji: str, where: Where) -> Deed:
    async def do(world: World, role: str) -> bool:
        answer, actor = await world.untouched_answer(ana_at(world, where)), where.reach(world, role)
        before = await world.store.read(opinions)
        await world.done(actor, actor.reaction(answer.id, emoji, added=True))
        await actor.settled()
        return before < await world.store.read(opinions)

    return Deed("message", f"reaction {emoji}", where.about, do)


def opinions(session: Session) -> int:
    """The number of ratings and reports."""
    return len([*session.exec(select(RatingRow)).all(), *session.exec(select(ReportRow)).all()])


def replying(where: Where) -> Deed:
    """A reply, by the id of what it replies to, which the model reads."""

    async def do(world: World, role: str) -> bool:
        ana, actor = ana_at(world, where), where.reach(world, role)
        secret = f"secret{next(world.numbers)}"
        answer = await world.answer(ana, secret)
        await world.done(actor, replace(actor.message("Go on", answer.id), fresh=True))
        return any(secret in line.text for line in world.model.requests[-1].lines)

    return Deed("message", "reply", where.about, do)


def editing(where: Where) -> Deed:
    async def do(world: World, role: str) -> bool:
        ana, actor = ana_at(world, where), where.reach(world, role)
        await world.answer(ana)
        edit = Edit(**actor._event(f"edit{next(world.numbers)}"), id=ana.said[-1], text="Mine now", source="direct")
        return await world.done(actor, edit)

    return Deed("message", "edit", where.about, do)


async def speaking(world: World, role: str) -> bool:
    said: Message = world.someone(role).message("Hello")
    return await world.done(world.someone(role), said)


async def intruding(world: World, role: str) -> bool:
    """Speak in Ana's own private place."""
    await world.answer(world.someone("member"))
    before = len(world.model.requests)
    actor = world.someone(role, HOMES["member"])
    await world.done(actor, actor.message("What did she say?"))
    return len(world.model.requests) > before


async def alone(world: World) -> str:
    """An answer in the square that Ana alone sees."""
    ana, core = world.in_square("member"), world.stage.core
    asked = replace(ana.message("My secret"), aside=True, fresh=True)
    await core.assistant.answer(asked, world.stage.chat)
    return world.stage.chat.shown[f"{asked.key}#answer"].answer


async def opening_further(world: World, role: str) -> bool:
    return await world.presses(world.in_square(role), f"follow:{await alone(world)}")


async def asking_further(world: World, role: str) -> bool:
    actor, form = world.in_square(role), f"follow-up:{await alone(world)}"
    event = Submission(**actor._event(f"form{next(world.numbers)}"), form=form, values={"question": "And what else?"})
    # On paper nobody is shown anything that others do not see; whoever is let in is told so.
    return (await world.refusal(actor, event)).startswith("Everybody here would read")


PRESSES = {
    **{
        verb: of_answer(verb)
        for verb in ("calls", "up", "down", "retry", "show", "branch", "contribute", "tool:calculate", "delete")
    },
    "more": by_menu,
    "why": why,
    "continue": cut,
    "again": edited,
    "stop": written,
    "prefer": compared,
    "arena-vote": blind("arena-vote", "a"),
    "arena-end": blind("arena-end"),
}
FORMS = {
    "rate": {"thumb": "up"},
    "why": {"comment": "so"},
    "report": {"comment": "so"},
    "label": {"labels": "spam"},
}


def deeds() -> Sequence[Deed]:
    """The rows about answers and messages."""
    found = [Deed("message", "message", "in a place of one’s own", speaking)]
    found.append(Deed("message", "message", "Ana’s private place", intruding))
    seen = "Ana’s, which she alone sees, in a shared channel"
    found += [Deed("button", "follow", seen, opening_further), Deed("form", "follow-up", seen, asking_further)]
    for where in PLACES:
        found += [pressing(verb, make, where) for verb, make in PRESSES.items()]
        found += [submitting(form, where, **values) for form, values in FORMS.items()]
        found += [calling(name, where) for name in ("rate", "report", "label", "contribute")]
        found += [reacting("👍", where), reacting("🚩", where), replying(where), editing(where)]
    return found
