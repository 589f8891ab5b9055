"""What happens behind a task's card: who asks, what they are given, and how it is shown. Units of the store."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from core.commands.privacy import DataTerms
from core.delivery.call import CommandCall
from core.errors import UserError
from core.labeling.chat import card_view as cards
from core.labeling.chat.card_view import CardView
from core.labeling.rules.limits import RANKS
from core.labeling.service import assignment
from core.labeling.service.assignment import RANDOM, NoTask, TaskAssigner, TaskPerson
from core.labeling.service.submissions import SubmittedTask, TaskSubmissions
from core.messages import AnyEvent, Message, Place, Press, Submission
from core.store import identities, tables
from core.store import labeling_queue as queue
from core.store.identities import EventScene
from core.store.labeling_queue import TaskTaker
from core.store.labeling_tables import LabelerRow, TaskRow, WorkItemRow
from core.store.tables import ChoiceRow, PersonRow


@dataclass(frozen=True, slots=True)
class GivenTask:
    """The outcome of asking for a task: the task as it is shown, or why there is none.

    `consent` says that the person must agree to the terms first. `done` is the task they have just answered, if any.
    """

    view: CardView | None = None
    nothing: NoTask | None = None
    consent: bool = False
    done: SubmittedTask | None = None
    error: UserError | None = None
    kind: str = RANDOM


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
        self, session: Session, call: CommandCall, kind: str, topic: str = "", done: SubmittedTask | None = None
    ) -> GivenTask:
        """Hand out a task, or return the one that the person has here; `done` is the task they have just answered."""
        scene = identities.scene(session, call.event.place, call.event.user)
        if session.get_one(PersonRow, scene.person_id).terms != self.terms.version:
            return GivenTask(consent=True, kind=kind)
        person = self.person(session, call, scene)
        self.answers.admit(session, scene.person_id)
        now = self.now()
        if here := self.here(session, call, scene, kind):
            here.place = {**here.place, **where_of(call.event.place)}
            return GivenTask(self.view(session, call, here, now), done=done, kind=kind)
        try:
            found = self.assigner.assign(session, person, kind, now, topic)
        except UserError as error:
            if done is None:
                raise
            # The answer stays kept, even if there is no next task.
            return GivenTask(done=done, error=error, kind=kind)
        if isinstance(found, NoTask):
            return GivenTask(nothing=found, done=done, kind=kind)
        found.place = {**found.place, "asked": kind}
        session.flush()
        return GivenTask(self.view(session, call, found, now), done=done, kind=kind)

    def here(self, session: Session, call: CommandCall, scene: EventScene, kind: str) -> TaskRow | None:
        """Return the task of the requested kind that the person has at this place.

        In a private place, a task from another of their private conversations on the platform counts too: each visit
        may be a new conversation.
        """
        place = call.event.place
        held = [task for task in queue.leased(session, scene.person_id) if kind in (RANDOM, task.kind)]
        alone = {"platform": place.platform, "private": True}
        for where in (where_of(place), alone) if place.private else (where_of(place),):
            if task := next((task for task in held if where.items() <= task.place.items()), None):
                return task
        return None

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
        """Return who takes or answers a task, and where."""
        place = {**asdict(call.event.place), "language": call.event.user.language, "user": call.event.user.id}
        return TaskTaker(scene.person_id, scene.community_id, call.event.place.platform, source_of(call.event), place)

    def view(self, session: Session, call: CommandCall, task: TaskRow, now: datetime) -> CardView:
        """Return a task as its person sees it."""
        item = session.get(WorkItemRow, task.item_id) if task.item_id else None
        gold = item.gold if item else None
        turns = tuple(cards.CardTurn(one.role, one.text) for one in assignment.conversation(session, task))
        if gold:
            turns = tuple(cards.CardTurn(one["role"], one["text"]) for one in gold["conversation"])
        answers = assignment.answers_of(session, task) if task.kind in RANKS else ()
        done, need = assignment.progress(session, task)
        left = (task.expires_at - now) if task.expires_at else timedelta()
        return CardView(
            id=task.id,
            kind=task.kind,
            language=self.languages.get(task.lang, task.lang),
            minutes=max(round(left / timedelta(minutes=1)), 1),
            turns=turns,
            answers=tuple(answer.text for answer in answers),
            shown=tuple(answer.id for answer in answers),
            answer=task.answer,
            draft=task.draft,
            done=done,
            need=need,
            guideline=first_line(self.guidelines_for(call).get(task.kind, "")),
            topic=task.topic,
            limit=call.chat.capabilities.text_limit,
            forms=call.chat.capabilities.forms,
            writing=task.writing,
        )

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


def where_of(place: Place) -> dict[str, str]:
    """Return the part of a task's place that identifies the conversation."""
    return {"channel": place.channel, "thread": place.thread}


def place_of(task: TaskRow) -> Place:
    """Return the place where a task was handed out."""
    kept = task.place
    return Place(
        kept["platform"], kept["community"], kept["channel"], kept.get("thread", ""), bool(kept.get("private"))
    )


def first_line(text: str) -> str:
    return text.partition("\n")[0].strip()
