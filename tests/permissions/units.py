"""The rows about units of the store that take an id: those that decide, and what decides before the others."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

from sqlmodel import Session

import core.labeling
import core.store
from core.delivery.call import CommandCall
from core.errors import NotAllowed, UserError
from core.labeling.service.answer_undo import AnswerUndo
from core.labeling.service.free_labels import labelable
from core.labeling.service.held_task import held as held_by
from core.store import connections, conversations, identities, visibility
from core.store.identities import EventScene
from tests.permissions.deeds import PLACES, Deed, Do, Where, ana_at
from tests.permissions.plugged import SIGN_IN, returned
from tests.permissions.things import TASK, held, planted, pool_of
from tests.permissions.world import HOMES, World

ANSWER = "`visibility.answer`"
HERE = "`visibility.message_here`, `turns.answer_here`"
OWN_CONVERSATION = "`visibility.open_to`: the conversation is that of the event"
OURS = "nothing: the id never comes from outside, the row was just made or found"
HELD = "`held_task.held`"
SELF = "nothing: it is about the person’s own data alone"
NAMES = "nothing: the ids are those of rows that the person is shown"
STATE = "nothing: nobody can guess the state or code, which is good once and for ten minutes"
MODERATED = "`rights.require_moderator`, and the pools of the moderator’s community"
PLUGIN = "the plugin whose call it is; for the buttons under its question, `CallApproval` checks the person"

DECIDES = frozenset(
    {
        "store.visibility.answer",
        "store.visibility.message_here",
        "store.visibility.open_to",
        "store.visibility.owns",
        "store.conversations.question_of",
        "store.connections.take",
        "labeling.service.held_task.held",
        "labeling.service.free_labels.labelable",
        "labeling.service.answer_undo.AnswerUndo.undo",
    }
)

AFTER: Mapping[str, str] = {
    "store.choices.choose": "`PreferenceCommands.choose`, or `rights.require_admin`",
    **dict.fromkeys(
        [f"store.conversations.{name}" for name in ("path", "newest_answer", "underway", "answers_to")],
        OWN_CONVERSATION,
    ),
    "store.transcripts.versions": OWN_CONVERSATION,
    **dict.fromkeys([f"store.processes.{name}" for name in ("seen", "leave")], OURS),
    **dict.fromkeys([f"store.training_people.{name}" for name in ("contributors", "accounts_of")], OURS),
    "store.answer_samples.thumbs": OURS,
    **dict.fromkeys([f"store.private_conversations.{name}" for name in ("is_private", "keep_out", "take_back")], SELF),
    **dict.fromkeys([f"store.private_conversations.{name}" for name in ("keeps_out", "halted_by_others")], OURS),
    "store.private_conversations.leave_halted": MODERATED,
    "labeling.service.message_reports.withdraw": "`free_labels.labelable`",
    **dict.fromkeys([f"labeling.service.private_trees.PrivateTrees.{name}" for name in ("halt", "reopen")], SELF),
    **dict.fromkeys([f"store.arena_people.{name}" for name in ("forget_in",)], SELF),
    "store.arena.votes": OURS,
    "store.people.forget_conversation": "`own_conversations.owned`, or the conversation is that of the event",
    **dict.fromkeys(
        ["store.conversations.newest_below", "store.hot_path.path", "store.hot_path.depth", "store.hot_path.follow"],
        HERE,
    ),
    "store.outbox.owed": OWN_CONVERSATION,
    "store.lanes.recent_answers": OWN_CONVERSATION,
    "store.transcripts.ratings_of": SELF,
    **dict.fromkeys([f"store.put_aside.{name}" for name in ("naming", "forget")], SELF),
    **dict.fromkeys([f"store.transcripts.{name}" for name in ("names", "shown_as", "reasoning_of")], NAMES),
    **dict.fromkeys(["store.points.names", "store.points.columns", "store.identities.communities"], NAMES),
    **dict.fromkeys([f"store.connections.{name}" for name in ("come_back", "prove")], STATE),
    "store.linking.redeem": STATE,
    **dict.fromkeys([f"store.connections.{name}" for name in ("signed_in", "drop")], "`connections.come_back`"),
    **dict.fromkeys(["store.conversations.note_tools", "store.conversations.erased_in", "store.hot_path.finish"], OURS),
    "store.conversations.note_drafts": OURS,
    "store.conversations.delete": "the platform, which says that the message is gone",
    **dict.fromkeys([f"store.plugins.{name}" for name in ("take_call", "drop_call", "postpone")], PLUGIN),
    **dict.fromkeys([f"store.outbox.{name}" for name in ("abandon", "offered", "of_answer", "owed")], ANSWER),
    **dict.fromkeys([f"store.ratings.{name}" for name in ("rate", "opinion", "stand_alone")], ANSWER),
    **dict.fromkeys([f"store.reports.{name}" for name in ("report", "withdraw", "label", "labels_by")], ANSWER),
    **dict.fromkeys(
        [f"store.reports.{name}" for name in ("close", "of_answer")],
        "`rights.require_moderator`, and the moderator’s community",
    ),
    "store.labeling_queue.counted": OURS,
    "store.labeling_queue.take": "`ChannelVote.vote`: the pools of the person’s community",
    "labeling.chat.task_card.remember_card": HELD,
    **dict.fromkeys([f"labeling.service.tree_lifecycle.TreeLifecycle.{name}" for name in ("settle", "reopen")], OURS),
    "labeling.service.moderation_cases.messages_of": OURS,
    **dict.fromkeys([f"store.gold_queue.{name}" for name in ("make_way", "answered")], OURS),
    **dict.fromkeys(["labeling.service.gold_items.is_known", "labeling.service.loaded_tree.people_left"], OURS),
    "store.person_notes.erase": "nothing: only `parley moderate notes` calls it",
    "labeling.service.gold_items.remove": "`GoldCommand`, for moderators: the pool of their community’s own",
    **dict.fromkeys(
        [
            f"labeling.service.moderation.TreeModerator.{name}"
            for name in ("delete", "restore", "halt", "reopen", "edit", "dismiss")
        ],
        MODERATED,
    ),
    **dict.fromkeys(
        [f"labeling.service.moderation.TreeModerator.{name}_author" for name in ("ban", "unban")], MODERATED
    ),
    **dict.fromkeys(
        [f"labeling.service.moderation_cases.ModerationCases.{name}" for name in ("case", "whole", "found")], MODERATED
    ),
}

NO_THINGS = frozenset({"community_id", "person_id", "platform_id"})
"""Parameters that say who, not which thing."""

IDS = re.compile(r"(^|_)(ids?|code|hash)$")
"""Names of parameters that say which thing: its id, or what is as good as that."""


def walked() -> set[str]:
    """Every unit of the core that takes the id of a thing."""
    return {name for name, function in _functions() if _takes_id(function)}


def _functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    for package in (core.store, core.labeling):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if (
                found.ispkg
                or found.name.rpartition(".")[2] in ("tables", "labeling_tables", "arena_tables")
                or ".migrations" in found.name
            ):
                continue
            module = importlib.import_module(found.name)
            yield from _public(module, module.__name__.removeprefix("core."), module)


def _public(holder: ModuleType | type, path: str, module: ModuleType) -> Iterator[tuple[str, Callable[..., Any]]]:
    for name, found in vars(holder).items():
        if name.startswith("_") or getattr(found, "__module__", "") != module.__name__:
            continue
        if inspect.isfunction(found):
            yield f"{path}.{name}", found
        elif inspect.isclass(found):
            yield from _public(found, f"{path}.{name}", module)


def _takes_id(function: Callable[..., Any]) -> bool:
    parameters = inspect.signature(function).parameters
    return "session" in parameters and any(IDS.search(name) and name not in NO_THINGS for name in parameters)


def answered(where: Where, *, here: bool) -> Do:
    async def do(world: World, role: str) -> bool:
        ana, actor = ana_at(world, where), where.reach(world, role)
        answer_id = (await world.untouched_answer(ana)).reply.answer

        def unit(session: Session) -> bool:
            scene = identities.scene(session, actor.place, actor.user)
            if here:
                return visibility.message_here(session, scene, answer_id) is not None
            return visibility.answer(session, actor.command("/rate"), scene, answer_id) is not None

        return await world.store.write(unit)

    return do


def questioned(where: Where) -> Do:
    async def do(world: World, role: str) -> bool:
        ana, actor = ana_at(world, where), where.reach(world, role)
        answer_id = (await world.untouched_answer(ana)).reply.answer

        def unit(session: Session) -> bool:
            scene: EventScene = identities.scene(session, actor.place, actor.user)
            return conversations.question_of(session, scene.conversation_id, answer_id) is not None

        return await world.store.write(unit)

    return do


async def enters(world: World, role: str) -> bool:
    user = world.someone(role).user
    place = HOMES["member"]
    known = await world.store.read(lambda session: visibility.open_to(session, place, user))
    owned = await world.store.read(lambda session: visibility.owns(session, place, user))
    assert known == owned
    return known


async def reads(world: World, role: str) -> bool:
    user = world.someone(role).user
    try:
        await world.stage.core.records.transcript(HOMES["member"], user)
    except NotAllowed:
        return False
    return True


def tasked(*, undo: bool) -> Do:
    async def do(world: World, role: str) -> bool:
        task_id, person_id = await held(world), await world.person(role)
        labeling = world.stage.core.labeling
        assert labeling
        undoing, at = AnswerUndo(labeling.desk.answers.keeper), labeling.desk.now()

        def unit(session: Session) -> bool:
            try:
                undoing.undo(session, task_id, person_id, at) if undo else held_by(session, task_id, person_id)
            except NotAllowed:
                return False
            except UserError:
                # It is theirs, and cannot be taken back: nothing was answered.
                return undo
            return True

        return await world.store.write(unit)

    return do


async def takes(world: World, role: str) -> bool:
    """A sign-in that lacks only the yes."""
    question = await world.someone("member").types(await returned(world))
    sign_in_id, person_id = question.action("connect-yes").partition(":")[2], await world.person(role)
    taken = await world.store.write(lambda session: connections.take(session, sign_in_id, person_id))
    return not isinstance(taken, str)


def labels(*, shared: bool) -> Do:
    async def do(world: World, role: str) -> bool:
        message_id = await planted(world, await pool_of(world, shared=shared))
        actor, labeling = world.in_square(role), world.stage.core.labeling
        assert labeling
        call = CommandCall(actor.command("/label"), world.stage.chat, world.store, world.stage.core.assistant.texts)

        def unit(session: Session) -> bool:
            by = labeling.desk.person(session, call, identities.scene(session, actor.place, actor.user))
            try:
                labelable(session, message_id, by)
            except UserError:
                return False
            return True

        return await world.store.write(unit)

    return do


def deeds() -> Sequence[Deed]:
    """The units that decide, tried by everybody."""
    found = []
    for about, shared in (("that all communities work on", True), ("of the community’s own", False)):
        found.append(Deed("unit", "labeling.service.free_labels.labelable", f"a prompt {about}", labels(shared=shared)))
    for where in PLACES:
        found.append(Deed("unit", "store.visibility.answer", where.about, answered(where, here=False)))
        found.append(Deed("unit", "store.visibility.message_here", where.about, answered(where, here=True)))
        found.append(Deed("unit", "store.conversations.question_of", where.about, questioned(where)))
    place = "Ana’s private place"
    found += [Deed("unit", f"store.visibility.{name}", place, enters) for name in ("open_to", "owns")]
    found.append(Deed("unit", "records.StoredRecords.transcript", place, reads))
    found.append(Deed("unit", "store.connections.take", SIGN_IN, takes))
    found.append(Deed("unit", "labeling.service.held_task.held", TASK, tasked(undo=False)))
    found.append(Deed("unit", "labeling.service.answer_undo.AnswerUndo.undo", TASK, tasked(undo=True)))
    return found


def table() -> str:
    """The check that is made before the others run."""
    grouped: dict[str, list[str]] = {}
    for name, guard in AFTER.items():
        grouped.setdefault(guard, []).append(f"`{name}`")
    lines = [f"| {' '.join(names)} | {guard} |\n" for guard, names in grouped.items()]
    return f"| what | what has decided before |\n| --- | --- |\n{''.join(lines)}"
