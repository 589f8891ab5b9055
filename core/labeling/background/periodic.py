"""Timed work on tasks: expired leases, warnings, prompts that may grow, calls for labelers, the nightly estimate."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import select
from sqlmodel import Session, col

from core.actions import Verb, button_action
from core.community_settings import chosen_channels
from core.delivery.outbox import announce
from core.errors import UnreachableError, UserError
from core.labeling.background.clock import repeat
from core.labeling.rules.vocabulary import WRITES, TreeState
from core.labeling.service.reliability import recompute
from core.labeling.service.stuck_work import StuckLanguage, stuck
from core.labeling.service.tree_lifecycle import TreeLifecycle
from core.messages import Button, Place, Reply
from core.ports.chat import Chat
from core.ports.store import Store
from core.store import identities
from core.store import labeling_queue as queue
from core.store.labeling_tables import TaskRow, TreeRow, WorkItemRow
from core.store.tables import KeptRow, now
from core.texts import LocalizedTexts

log = structlog.get_logger()

INTERVAL = 60.0
"""Seconds between two rounds."""

SOON = timedelta(minutes=15)
NIGHT = 3
"""The hour (UTC) from which on a day's nightly work is done."""

WAITING = 3
"""How many tasks must be open before a channel is told about them."""


@dataclass(frozen=True, slots=True)
class LabelingClock:
    """Does the timed work on tasks.

    `chats` maps each platform's name to its chat. A platform that is not up is skipped.
    """

    store: Store
    keeper: TreeLifecycle
    texts: LocalizedTexts
    chats: Mapping[str, Chat]
    language: str = "en"
    now: Callable[[], datetime] = now

    async def run(self) -> None:
        """Run a round every minute, until cancelled."""
        await repeat(self.tick, INTERVAL, "tasks_not_kept")

    async def tick(self) -> None:
        """Do everything that is due now."""
        at = self.now()
        await self.store.write(lambda session: self._free(session, at))
        await self.store.write(lambda session: self.keeper.settle_stale(session, at))
        await self.store.write(lambda session: self._draw(session, at))
        for task in await self.store.write(lambda session: self._ending(session, at)):
            await self._warn(task, at)
        if at.hour >= NIGHT and await self.store.write(lambda session: _is_due(session, "tasks:night", at)):
            await self._settle_waiting(at)
            doubtful = await recompute(self.store, at)
            log.debug("labelers_estimated", doubtful=len(doubtful))
            await self._tell_of_stuck_work(at)
        await self._call_for_labelers(at)

    async def _settle_waiting(self, at: datetime) -> None:
        """Settle what has waited, a few trees in each transaction, so that nobody else waits for long."""
        settled = ""
        while settled := await self.store.write(partial(self.keeper.settle_waiting, now=at, after=settled)):
            pass

    def _free(self, session: Session, at: datetime) -> None:
        """Free the slots of expired tasks, and bring back tasks that were put off."""
        for task in queue.expired(session, at):
            item = session.get(WorkItemRow, task.item_id) if task.item_id else None
            if item and item.tree_id:
                self.keeper.settle(session, item.tree_id, at)
        queue.come_back(session, at, at - self.keeper.rules.late)

    def _draw(self, session: Session, at: datetime) -> None:
        """Let waiting prompts grow, for instance after a limit was raised, and imported trees be ranked."""
        for pool, lang in _with_trees(session, "prompt_lottery_waiting"):
            self.keeper.draw(session, pool, lang, at)
        for pool, lang in _with_trees(session, "backlog_ranking"):
            self.keeper.fill_rankings(session, pool, lang, at)

    def _ending(self, session: Session, at: datetime) -> list[TaskRow]:
        """Return private tasks with a text to write, or one begun, whose lease ends soon. Each is returned once."""
        soon = select(TaskRow).where(
            col(TaskRow.state) == "leased", col(TaskRow.expires_at) < at + SOON, col(TaskRow.warned).is_(False)
        )
        found = [
            task
            for task in session.scalars(soon.limit(100)).all()
            if (task.kind in WRITES or task.draft) and task.place.private
        ]
        for task in found:
            task.warned = True
        return found

    async def _warn(self, task: TaskRow, at: datetime) -> None:
        chat, place = self.chats.get(task.platform), task.place.place
        if chat is None or place is None or task.expires_at is None:
            return
        language = task.place.language or self.language
        minutes = max(int((task.expires_at - at) / timedelta(minutes=1)), 1)
        text = self.texts(
            language, "task-expires", task=self.texts(language, f"task-title-{task.kind}"), minutes=minutes
        )
        reply = Reply(
            text,
            personal=True,
            buttons=(Button(button_action(Verb.TASK, task.id, "show"), self.texts(language, "task-continue")),),
        )
        await self._announce(chat, place, reply, f"task:{task.id}:{task.expires_at.isoformat()}")

    async def _tell_of_stuck_work(self, at: datetime) -> None:
        """Tell admins in their log channel why nobody can go on in their language: once a week at most."""
        found = await self.store.read(lambda session: stuck(session, self.keeper.activity, at))
        if not found:
            return
        for place, chosen in await self.store.read(partial(chosen_channels, setting="log_channel")):
            chat, said = self.chats.get(place.platform), chosen or self.language
            community_id = await self.store.read(partial(identities.known_community, place=place))
            for one in found:
                if chat is None or not _concerns(one, community_id, said):
                    continue
                name = f"tasks:stuck:{place.platform}:{place.community}:{one.lang}"
                if await self.store.write(partial(_is_due, name=name, at=at, days=7)):
                    text = self.texts(
                        said, f"task-stuck-{one.reason}", language=one.lang, trees=one.trees, people=one.barred
                    )
                    await self._announce(chat, place, Reply(text), f"{name}:{at.date()}")

    async def _call_for_labelers(self, at: datetime) -> None:
        """Tell a channel that tasks are open, if its admins want that: once a day at most."""
        for place, language in await self.store.read(partial(chosen_channels, setting="task_channel")):
            chat = self.chats.get(place.platform)
            if chat is None:
                continue
            name = f"tasks:call:{place.platform}:{place.community}:{place.channel}"

            def due(session: Session, name: str = name, language: str = language) -> int:
                waiting = _waiting(session, language or self.language)
                return waiting if waiting >= WAITING and _is_due(session, name, at) else 0

            if waiting := await self.store.write(due):
                said = language or self.language
                button = Button(button_action(Verb.GIVE, "random"), self.texts(said, "task-random"), "🎲")
                text = self.texts(said, "task-call", tasks=waiting)
                await self._announce(chat, place, Reply(text, buttons=(button,)), f"{name}:{at.date()}")

    async def _announce(self, chat: Chat, place: Place, reply: Reply, key: str) -> None:
        try:
            await announce(self.store, chat, place, reply, key)
        except (UserError, UnreachableError) as error:
            # Whatever a platform says about one place, the others hear of theirs.
            log.warning("labeling_untold", error=error, platform=place.platform)


def _concerns(one: StuckLanguage, community_id: str | None, language: str) -> bool:
    """Return whether a community's admins are told: of its own pool, and of its language in the pool of all."""
    return one.pool == community_id if one.pool else one.lang == language.partition("-")[0]


def _waiting(session: Session, language: str) -> int:
    """Return how many items are open in a language, up to 100."""
    some = select(col(WorkItemRow.id)).where(
        col(WorkItemRow.open),
        col(WorkItemRow.pool) == "",
        col(WorkItemRow.lang).in_((language, language.partition("-")[0])),
    )
    return len(session.scalars(some.limit(100)).all())


def _with_trees(session: Session, state: TreeState) -> list[tuple[str, str]]:
    """Return the pools and languages with trees in a state."""
    found = select(col(TreeRow.pool), col(TreeRow.lang)).where(col(TreeRow.state) == state).distinct()
    return [(pool, lang) for pool, lang in session.execute(found)]


def _is_due(session: Session, name: str, at: datetime, days: int = 1) -> bool:
    """Return whether something was last done at least `days` days ago, or never, and mark it as done today.

    What was done on a day that is still to come was done today: the clock has been put back since.
    """
    kept = session.get(KeptRow, name)
    last = datetime.fromisoformat(kept.value).date() if kept else None
    due = last is None or at.date() - last >= timedelta(days=days)
    if due or (last and last > at.date()):
        session.merge(KeptRow(name=name, value=at.date().isoformat()))
        session.flush()
    return due
