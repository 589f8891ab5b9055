"""What is remembered about people, places and messages has a bound, or goes with what it is about."""

import dataclasses
import importlib
import inspect
import pkgutil
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import get_origin

import bots
import core

ENDS: Mapping[str, str] = {
    "core.albums": "goes when the album is whole, after some seconds",
    "core.commands.news.CommandChanges._places": "after MOST_PLACES, they count as everywhere",
    "core.delivery.streaming.PacedReply._shown": "one answer",
    "core.delivery.splitting.PartCuts": "one answer",
    "core.markdown.spans": "one paragraph",
    "core.metrics.BoundedLabel._known": "as many as it is made for",
    "core.event_dispatch.EventDispatch._late": "goes when the reaction has been taken",
    "core.labeling.rules.agreement.SharedItems.units": "one calculation",
    "core.labeling.service.figures": "one calculation",
    "core.work_lanes.WorkLane": "work that the store has, which is done in turn",
    "core.work_lanes.WorkLanes._lanes": "goes when its work is done",
    "core.surface_queries.ConnectedSurfaces.chats": "one for each platform",
    "core.models.embedded.checked_files.SeenFiles._seen": "the files of installed models",
    "core.shared_reads.SharedReads._known": "at most as many as it is made for",
    "core.models.remote.response": "one answer",
    "core.models.remote.server_knowledge.ServerKnowledge._refused": "the names of settings",
    "core.answering.running_answers.RunningAnswers._writing": "goes when the answer ends",
    "core.answering.reasoning.ReasoningSplit._inside": "one answer",
    "core.answering.written_calls.CallReading.calls": "one answer",
    "core.work_queue.held_leases.HeldLeases.held": "goes when the lease ends",
    "core.work_queue.leased_queue.LeasedQueue.subjects": "made with the program",
    "core.work_queue.shared_turns.SharedFairQueue._turns": "goes when the turn ends",
    "core.work_queue.shared_turns.ModelTurns._queues": "one for each model",
    "core.work_queue.sharing_processes.SharingProcesses._hearers": "made with the program",
    "core.work_queue.home_claims.HomeClaims._elsewhere": "goes after HELD seconds",
    "core.work_queue.home_claims.HomeClaims._wanted": "goes when it has been tried",
    "core.work_queue.leased_homes.LeasedHomes": "goes when the home is given back; at most MOST_HOMES",
    "core.delivery.typing.TypingSigns._sending": "goes when the sign has been sent",
    "core.answering.unseen_answers.UnseenAnswers._offering": "goes when the offer is made",
    "core.store.stored_secrets": "one report",
    "core.labeling.chat.channel_vote.ChannelVote._waiting": "goes after some seconds",
    "core.dataset": "one export or import",
    "core.training.rows.RowCounts": "one run in the making",
    "core.training.preparation.RowGate": "one run in the making",
    "core.answering.documents": "one file, in a process of its own",
    "core.work_queue.shared_turns": "a turn goes when it ends; one queue for each model",
    "core.work_queue.sharing_processes.SharingProcesses": "made with the program",
    "bots.shared.background.BackgroundTasks._running": "goes when the task ends",
    "bots.discord.channel_messages.ChannelMessages._sending": "goes when the message is sent",
    "bots.discord.open_interactions.OpenInteractions._open": "old ones go when a new one comes",
    "bots.terminal": "one person's session",
    "bots.web.rooms.ChatRoom.watchers": "goes when the page is closed",
    "bots.shared.missed_parts.MissedParts": "one catch-up",
    "bots.slack.catch_up.WorkspaceGap": "one catch-up",
    "bots.slack.streams.MessageStreams._without": "one for each workspace",
    "bots.slack.sent.SentMessages._sending": "goes when the message is sent",
    "bots.slack.pane.AssistantPane._without": "one for each workspace",
    "bots.slack.people.WorkspacePeople._groups": "one for each workspace",
}
"""What holds something in a plain collection, and why that does not grow for ever; a module stands for all in it."""

COLLECTIONS = (dict, set, list, Counter, defaultdict, deque)


def modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".migrations" not in found.name:
            yield importlib.import_module(found.name)


def growing() -> Iterator[str]:
    """Yield what can grow: the plain collections that objects of ours hold, each with its class."""
    for module in (*modules(core), *modules(bots)):
        for name, kind in inspect.getmembers(module, dataclasses.is_dataclass):
            if getattr(kind, "__module__", "") == module.__name__:
                yield from (
                    f"{module.__name__}.{name}.{field.name}" for field in dataclasses.fields(kind) if grows(field)
                )


def grows(field: "dataclasses.Field[object]") -> bool:
    """Whether an object makes a collection for a field that has no bound."""
    make = field.default_factory
    made = make() if get_origin(field.type) in COLLECTIONS and make is not dataclasses.MISSING else None
    return made is not None and getattr(made, "maxlen", None) is None


def test_nothing_grows_without_a_bound() -> None:
    found = list(growing())
    assert [one for one in found if not one.startswith(tuple(ENDS))] == []
    assert [known for known in ENDS if not any(one.startswith(known) for one in found)] == []
