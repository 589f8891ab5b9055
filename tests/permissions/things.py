"""The rows about tasks, about messages of trees that moderators look after, and about reminders."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlmodel import Session, select

from core.labeling.chat.moderation_cards import ACTIONS
from core.labeling.rules.defaults import TreeLimits
from core.store import identities
from core.store.labeling_tables import FlagRow, TaskRow, TreeMessageRow, TreeRow, WorkItemRow
from core.store.tables import new_id, now
from tests.permissions.deeds import Deed, Do
from tests.permissions.own import submission
from tests.permissions.world import World

TASK = "Ana’s task"
CONVERSATION = "Ana’s private conversation"
TEXTS = (
    "Why is the sky blue at noon, and red at night?",
    "How do crows count, and how far?",
    "What does a ferry cost?",
)


async def held(world: World) -> str:
    """A task that Ana has, by its id."""
    ana = world.someone("member")
    await world.done(ana, ana.command("/tasks initial_prompt"))
    person_id = await world.person("member")
    found = select(TaskRow.id).where(TaskRow.person_id == person_id, TaskRow.state == "leased")
    return await world.store.read(lambda session: session.exec(found).all()[-1])


async def tap(world: World, role: str) -> bool:
    """Every button of Ana's card; hers are refused if she has not come so far, so one represents them all."""
    task_id, actor = await held(world), world.someone(role)
    labeling = world.stage.core.labeling
    assert labeling
    verbs = ("show",) if role == "member" else labeling.acts
    return any([await world.presses(actor, f"t:{task_id}:{verb}") for verb in verbs])


async def fill(world: World, role: str) -> bool:
    task_id, actor = await held(world), world.someone(role)
    asked = ("text", "labels", "report") if role != "member" else ("text",)
    text = TEXTS[0] if role == "member" else TEXTS[1]
    return any([await world.done(*submission(world, actor, f"t:{task_id}:{what}", {"text": text})) for what in asked])


async def undo(world: World, role: str) -> bool:
    """Take back what Ana has written; she does so in the end, whoever has tried."""
    task_id, ana = await held(world), world.someone("member")
    text = f"{TEXTS[2]} ({next(world.numbers)})"
    await world.done(*submission(world, ana, f"t:{task_id}:text", {"text": text}))
    done = await world.presses(world.someone(role), f"t:{task_id}:undo")
    if role != "member":
        await world.presses(ana, f"t:{task_id}:undo")
    await world.presses(ana, f"t:{task_id}:skip")
    return done


async def planted(world: World, pool: str, *, author: str | None = None) -> str:
    """The id of a prompt that people are to judge, and that somebody has reported. `author` is a person's id."""
    community_id = await world.community()
    labeling = world.stage.core.labeling
    assert labeling
    reporter, tree_id, at = await world.person("member"), new_id(), now()

    def unit(session: Session) -> None:
        limits = asdict(TreeLimits())
        tree = TreeRow(
            id=tree_id, community_id=community_id, pool=pool, lang="en", state="initial_prompt_review", limits=limits
        )
        text = f"{TEXTS[1]} {tree_id}"
        root = TreeMessageRow(
            id=tree_id, tree_id=tree_id, person_id=author, role="prompter", text=text, lang="en", platform="paper"
        )
        session.add(tree)
        session.flush()
        session.add(root)
        session.flush()
        session.add(FlagRow(person_id=reporter, message_id=tree_id, community_id=community_id, source="form"))
        labeling.desk.answers.keeper.settle(session, tree_id, at)

    await world.store.write(unit)
    return tree_id


async def pool_of(world: World, *, shared: bool) -> str:
    return "" if shared else await world.community()


def vote(*, shared: bool) -> Do:
    async def do(world: World, role: str) -> bool:
        message_id = await planted(world, await pool_of(world, shared=shared))
        found = select(WorkItemRow.id).where(WorkItemRow.message_id == message_id)
        item_id = await world.store.read(lambda session: session.exec(found).one())
        return await world.presses(world.in_square(role), f"v:{item_id}:good")

    return do


def label(*, shared: bool) -> Do:
    async def do(world: World, role: str) -> bool:
        message_id = await planted(world, await pool_of(world, shared=shared))
        return await world.presses(world.in_square(role), f"f:{message_id}:thumb:1")

    return do


def label_by_form(*, shared: bool) -> Do:
    async def do(world: World, role: str) -> bool:
        message_id = await planted(world, await pool_of(world, shared=shared))
        values = {"quality": "4"}
        return await world.done(*submission(world, world.in_square(role), f"f:{message_id}:whole", values))

    return do


def label_by_line(*, shared: bool) -> Do:
    async def do(world: World, role: str) -> bool:
        message_id = await planted(world, await pool_of(world, shared=shared))
        actor = world.in_square(role)
        return await world.done(actor, actor.command(f"/label {message_id} pii"))

    return do


def moderate(*, shared: bool) -> Do:
    """Every button of a moderator's card; one represents them if they are allowed."""

    async def do(world: World, role: str) -> bool:
        message_id = await planted(world, await pool_of(world, shared=shared))
        actor = world.in_square(role)
        verbs = [*(verb for verb in ACTIONS if "ban" not in verb), "edit"]
        return any([await world.presses(actor, f"mod:{verb}:{message_id}") for verb in verbs])

    return do


def rewrite(*, shared: bool) -> Do:
    async def do(world: World, role: str) -> bool:
        message_id = await planted(world, await pool_of(world, shared=shared))
        text = {"text": f"Mended {next(world.numbers)}"}
        return await world.done(*submission(world, world.in_square(role), f"modedit:{message_id}", text))

    return do


def note(*, shared: bool) -> Do:
    async def do(world: World, role: str) -> bool:
        member = await world.person("member")
        message_id = await planted(world, await pool_of(world, shared=shared), author=member)
        return await world.done(*submission(world, world.in_square(role), f"modnote:{message_id}", {"text": "Kind."}))

    return do


def practise(*, shared: bool) -> Do:
    """The buttons of /gold; one represents them if they are allowed."""

    async def do(world: World, role: str) -> bool:
        message_id = await planted(world, await pool_of(world, shared=shared))
        return await world.presses(world.in_square(role), f"gold:add:{message_id}")

    return do


def practise_by_form(*, shared: bool) -> Do:
    async def do(world: World, role: str) -> bool:
        message_id = await planted(world, await pool_of(world, shared=shared))
        values = {"verdict": "fine", "why": "It asks for something."}
        return await world.done(*submission(world, world.in_square(role), f"goldform:{message_id}", values))

    return do


async def next_report(world: World, role: str) -> bool:
    return await world.presses(world.someone(role), "mod:next+:")


async def together(world: World, role: str) -> bool:
    await planted(world, "")
    actor = world.in_square(role)
    return await world.done(actor, actor.command("/together label_initial_prompt"))


async def close_report(world: World, role: str) -> bool:
    """Close a report of Ana's answer, which is in a shared channel."""
    ana = world.in_square("member")
    answer = await world.untouched_answer(ana)
    await world.done(ana, ana.command("/report rude"))
    return await world.presses(world.in_square(role), f"report-close:{answer.reply.answer}")


async def conversation_of(world: World) -> str:
    """Ana's private conversation, by its id, with something said in it."""
    ana = world.someone("member")
    await world.answer(ana)
    place, user = ana.place, ana.user
    return (await world.store.write(lambda session: identities.scene(session, place, user))).conversation_id


async def manage(world: World, role: str) -> bool:
    """The buttons of Ana's conversation but the last; one represents them if they are allowed."""
    conversation_id = await conversation_of(world)
    actor = world.someone(role)
    return any([await world.presses(actor, f"talk:{conversation_id}:{what}") for what in ("hide", "show", "delete")])


async def erase(world: World, role: str) -> bool:
    return await world.presses(world.someone(role), f"talk:{await conversation_of(world)}:yes")


async def entitle(world: World, role: str) -> bool:
    conversation_id = await conversation_of(world)
    return await world.done(
        *submission(world, world.someone(role), f"talk:{conversation_id}:title", {"title": "Garden"})
    )


async def pick(world: World, role: str) -> bool:
    return await world.presses(world.someone(role), "talks:one", (await conversation_of(world),))


async def remind_others(world: World, role: str) -> bool:
    """Cancel Ana's reminder by its number."""
    ana = world.someone("member")
    await world.done(ana, ana.command("/remind in 3 hours bread"))
    actor = world.someone(role)
    return await world.done(actor, actor.command("/reminders cancel 1"))


def deeds() -> Sequence[Deed]:
    """All of them."""
    pools = (("that all communities work on", True), ("of the community’s own", False))
    found = [
        Deed("button", "t", TASK, tap),
        Deed("button", "t … undo", "Ana’s answer to a task", undo),
        Deed("form", "t", TASK, fill),
        Deed("command", "together", "for oneself", together),
        Deed("button", "mod … next", "what was reported", next_report),
        Deed("button", "report-close", "what was reported", close_report),
        Deed("button", "talk", CONVERSATION, manage),
        Deed("button", "talk … yes", CONVERSATION, erase),
        Deed("form", "talk", CONVERSATION, entitle),
        Deed("button", "talks", CONVERSATION, pick),
        Deed("command", "reminders", "Ana’s reminder, by its number", remind_others),
    ]
    for about, shared in pools:
        found.append(Deed("button", "v", f"a prompt {about}", vote(shared=shared)))
        found.append(Deed("button", "f", f"a prompt {about}", label(shared=shared)))
        found.append(Deed("form", "f", f"a prompt {about}", label_by_form(shared=shared)))
        found.append(Deed("command", "label", f"a prompt {about}, by its id", label_by_line(shared=shared)))
        found.append(Deed("button", "mod", f"a reported prompt {about}", moderate(shared=shared)))
        found.append(Deed("form", "modedit", f"a reported prompt {about}", rewrite(shared=shared)))
        found.append(Deed("form", "modnote", f"a reported prompt {about}", note(shared=shared)))
        found.append(Deed("button", "gold", f"a prompt {about}", practise(shared=shared)))
        found.append(Deed("form", "goldform", f"a prompt {about}", practise_by_form(shared=shared)))
    return found
