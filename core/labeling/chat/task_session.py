"""The work behind a task's card: who asks, which task they are given, and how it is shown. Units of the store."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zlib import crc32

from sqlmodel import Session

from core.commands.privacy import DataTerms
from core.delivery.call import CommandCall
from core.errors import UserError
from core.labeling.chat.card_view import CardTurn, CardView
from core.labeling.rules import review_modes
from core.labeling.rules.task_answer import TaskPlace
from core.labeling.rules.vocabulary import LABELS, RANDOM, RANKS, LabelMode, TaskRequest
from core.labeling.service import gold_items, task_contents
from core.labeling.service.assignment import NoTask, TaskAssigner, TaskPerson
from core.labeling.service.held_task import SubmittedTask, admit
from core.labeling.service.submissions import TaskSubmissions
from core.messages import AnyEvent, Message, Press, Submission
from core.store import identities, tables
from core.store import labeling_queue as queue
from core.store.identities import EventScene
from core.store.labeling_queue import TaskTaker
from core.store.labeling_tables import LabelerRow, TaskRow, WorkItemRow
from core.store.tables import ChoiceRow, PersonRow


@dataclass(frozen=True, slots=True)
class GivenTask:
    """The outcome of asking for a task: the task as it is shown, or why there is none.

    `consent` says that the person must agree to the terms first. `done` is the task they have just answered, if any,
    and `skipped` the id of the one they have just skipped.
    """

    view: CardView | None = None
    nothing: NoTask | None = None
    consent: bool = False
    done: SubmittedTask | None = None
    error: UserError | None = None
    kind: TaskRequest = RANDOM
    skipped: str = ""


@dataclass(frozen=True, slots=True)
class TaskSession:
    """Hands out tasks to people in chats and prepares what their cards show.

    `languages` maps the tags of data languages to their names, `guidelines` languages to their guidelines.
    `language_of` finds the data language of a BCP 47 tag; `now` tells the time.
    """

    assigner: TaskAssigner
    answers: TaskSubmissions
    terms: DataTerms
    languages: Mapping[str, str]
    language_of: Callable[[str], str | None]
    guidelines: Mapping[str, Mapping[str, str]]
    now: Callable[[], datetime] = tables.now

    def given(
        self,
        session: Session,
        call: CommandCall,
        kind: TaskRequest,
        topic: str = "",
        done: SubmittedTask | None = None,
    ) -> GivenTask:
        """Hand out a task, or return the one that the person has here; `done` is the task they have just answered."""
        scene = identities.scene(session, call.event.place, call.event.user)
        if session.get_one(PersonRow, scene.person_id).terms != self.terms.version:
            return GivenTask(consent=True, kind=kind)
        person = self.person(session, call, scene)
        admit(session, scene.person_id)
        if here := self.here(session, call, scene, kind):
            here.place = here.place.moved_to(call.event.place)
            return GivenTask(self.view(session, call, here), done=done, kind=kind)
        try:
            found = self.assigner.assign(session, person, kind, topic)
        except UserError as error:
            if done is None:
                raise
            # The answer stays kept, even if there is no next task.
            return GivenTask(done=done, error=error, kind=kind)
        if isinstance(found, NoTask):
            return GivenTask(nothing=found, done=done, kind=kind)
        found.place = replace(found.place, asked=kind)
        session.flush()
        return GivenTask(self.view(session, call, found), done=done, kind=kind)

    def here(self, session: Session, call: CommandCall, scene: EventScene, kind: TaskRequest) -> TaskRow | None:
        """Return the task of the requested kind that the person has at this place.

        In a private place, a task from another of their private conversations on the platform counts too: each visit
        may be a new conversation.
        """
        place = call.event.place
        held = [task for task in queue.leased(session, scene.person_id) if kind in (RANDOM, task.kind)]
        if task := next((task for task in held if task.place.is_at(place)), None):
            return task
        alone = (task for task in held if task.place.private and task.platform == place.platform)
        return next(alone, None) if place.private else None

    def person(self, session: Session, call: CommandCall, scene: EventScene) -> TaskPerson:
        """Return who asks, with the languages that they do tasks in, or else their own language.

        Raises UserError if their community has switched tasks off.
        """
        labeler = session.get(LabelerRow, scene.person_id)
        langs = tuple(labeler.langs) if labeler and labeler.langs else (self.own_language(call),)
        setting = session.get(ChoiceRow, (scene.community_id, "community", scene.community_id, "tasks"))
        chosen = setting.value if setting else "on"
        if chosen == "off":
            raise UserError("tasks-off")
        pools = (scene.community_id,) if chosen == "own" else ("", scene.community_id)
        return TaskPerson(self.taker(call, scene), langs, pools)

    def taker(self, call: CommandCall, scene: EventScene) -> TaskTaker:
        """Return who takes or answers a task, where and when."""
        event = call.event
        place = TaskPlace(event.place, event.user.language, event.user.id)
        source, platform = source_of(event), event.place.platform
        return TaskTaker(scene.person_id, scene.community_id, platform, self.now(), source, place)

    def view(self, session: Session, call: CommandCall, task: TaskRow) -> CardView:
        """Return a task as its person sees it."""
        item = session.get(WorkItemRow, task.item_id) if task.item_id else None
        turns = tuple(CardTurn(one.role, one.text) for one in task_contents.conversation(session, task))
        if item is not None and item.gold is not None:
            turns = tuple(CardTurn(one["role"], one["text"]) for one in gold_items.turns(session, item))
        answers = task_contents.answers_of(session, task) if task.kind in RANKS else ()
        done, need = task_contents.progress(session, task)
        left = (task.expires_at - self.now()) if task.expires_at else timedelta()
        return CardView(
            id=task.id,
            kind=task.kind,
            language=self.languages.get(task.lang, task.lang),
            minutes=max(round(left / timedelta(minutes=1)), 1),
            turns=turns,
            answers=tuple(answer.text for answer in answers),
            shown=tuple(answer.id for answer in answers),
            places=tuple(task.shown.index(answer.id) for answer in answers),
            answer=task.answer,
            draft=task.draft,
            done=done,
            need=need,
            guideline=first_line(self.guidelines_for(call).get(task.kind, "")),
            topic=task.topic,
            limit=call.chat.capabilities.text_limit,
            forms=call.chat.capabilities.forms,
            writing=task.writing,
            about_message=(item.message_id or "") if item is not None and task.kind not in RANKS else "",
            drawn=self._drawn(task),
        )

    def _drawn(self, task: TaskRow) -> LabelMode | None:
        """Return the form that a task is to be judged in: by its id, so that it stays the same for each card."""
        if task.kind not in LABELS:
            return None
        chance = crc32(task.id.encode()) / (1 << 32)
        return review_modes.drawn(self.answers.keeper.rules, task.kind, task.place.asked, chance)

    def own_language(self, call: CommandCall) -> str:
        """Return the data language that is nearest to the person's own."""
        return self.language_of(call.event.user.language) or "en"

    def guidelines_for(self, call: CommandCall) -> Mapping[str, str]:
        """Return the guidelines in the person's language, by the kind of task."""
        language = call.event.user.language
        for name in (language, language.partition("-")[0], "en"):
            if name in self.guidelines:
                return self.guidelines[name]
        return {}

    def names(self, langs: Sequence[str]) -> str:
        """Return the languages' own names, separated by commas."""
        return ", ".join(self.languages.get(tag, tag) for tag in langs)


def source_of(event: AnyEvent) -> str:
    """Return how a contribution reached us: by a form (a button counts as one), a command, or a message."""
    match event:
        case Message():
            return event.source
        case Submission() | Press():
            return "form"
    return "command"


def first_line(text: str) -> str:
    return text.partition("\n")[0].strip()
