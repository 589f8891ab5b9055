"""Tasks in a chat: `/tasks` hands one out as a card, taps and texts answer it, and the next one takes its place.

One core flow of taps for every platform; forms are a shortcut where there are any (spec/labeling.md 5). What was said
is committed with the next task in one transaction: after a crash the same press finds both.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from core.commands import Call, Command, Feature, Option
from core.errors import UserError
from core.messages import AnyEvent, Button, Message, Place, Press, Select, Submission
from core.ports import Hooks
from core.privacy import Terms
from core.store import identities, people, tables
from core.store.identities import Scene
from core.store.queue import Taker
from core.store.tables import Person as PersonRow
from core.store.task_tables import Labeler, Task, WorkItem
from core.tasks import assignment, cards
from core.tasks.answers import Answers, Done, flag
from core.tasks.assignment import BOTH, KINDS, RANDOM, Assigner, Available, Nothing, Person
from core.tasks.cards import View
from core.tasks.filters import Finding
from core.tasks.rules import LABELS, RANKS, WRITES
from core.tasks.writing import Checked, check

Act = Callable[[Call, Task, str], Awaitable[None]]
Tell = Callable[[Call, str, str], Awaitable[None]]
"""Shows a message of a tree, by its id, to the moderators, with why."""

CARDS_KEPT = 3
"""Messages that showed a task and that a reply to it may answer."""

MOST_LANGUAGES = 25
"""Languages that one select offers: what the smallest platform shows."""


@dataclass(frozen=True, slots=True)
class Given:
    """What a unit found: a task as it is to be shown, or why there is none; `consent` that it must be asked for first.

    `done` is what was answered before, where something was.
    """

    view: View | None = None
    nothing: Nothing | None = None
    consent: bool = False
    done: Done | None = None
    error: UserError | None = None
    kind: str = RANDOM


@dataclass(frozen=True, slots=True)
class Labeling:
    """Takes what hands out and takes answers, and the words: names of data languages, and guidelines by language.

    `tell_moderators` is how moderators hear of what was reported or held back; `language_of` finds the data language of
    a BCP 47 tag. `now` tells the time.
    """

    assigner: Assigner
    answers: Answers
    tell_moderators: Tell
    terms: Terms
    languages: Mapping[str, str]
    language_of: Callable[[str], str | None]
    guidelines: Mapping[str, Mapping[str, str]]
    hooks: Hooks | None = None
    now: Callable[[], datetime] = tables.now
    _acts: dict[str, Act] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._acts.update(
            {
                **dict.fromkeys(cards.QUICK, self._quick),
                "more": self._more,
                "l": self._mark,
                "save": self._save,
                "show": self._show,
                "r": self._tap,
                "tie": self._tie,
                "back": self._untap,
                "same": self._same,
                "none": self._none_good,
                "write": self._write,
                "send": self._send,
                "hold": self._hold,
                "fresh": self._fresh,
                "end": self._end,
                "later": self._later,
                "skip": self._skip,
                "report": self._report,
                "because": self._because,
                "guide": self._guide,
                "all": self._all,
            }
        )

    def feature(self) -> Feature:
        """/tasks, /guide and /languages, the buttons of cards, and their forms."""
        kinds = Option("kind", values=lambda: KINDS)
        return Feature(
            commands=(
                Command("tasks", self.command, (kinds, Option("topic"))),
                Command("guide", self.guide, (Option("kind", values=lambda: KINDS[1:]),)),
                Command("languages", self.choose_languages, (Option("languages"),)),
            ),
            presses={
                "t": self.press,
                "tasks": self.start,
                "give": self.give,
                "langs": self.take_languages,
                "consent": self.consent,
            },
            forms={"t": self.submit},
        )

    async def command(self, call: Call) -> None:
        """/tasks shows what there is to do; /tasks <kind> [topic] gives a task."""
        kind = call.arguments.get("kind", "")
        if kind:
            await self._give(call, kind, call.arguments.get("topic", "").strip().casefold()[:40])
        else:
            await self._menu(call)

    async def start(self, call: Call) -> None:
        """A kind was chosen in the menu; "menu" shows it again."""
        kind, _, topic = call.target.partition(":")
        if kind not in KINDS:
            await self._menu(call, in_place=True)
        else:
            await self._give(call, kind, topic, in_place=True)

    async def give(self, call: Call) -> None:
        """The button under a call for labelers, which stays where it is for others to press."""
        await self._give(call, call.target if call.target in KINDS else RANDOM, "")

    async def guide(self, call: Call) -> None:
        """The guideline of a kind of task; without one, of all of them in a line each."""
        kind = call.arguments.get("kind", "")
        known = self._guidelines(call)
        if kind:
            await call.tell(known[kind])
            return
        lines = [f"- **{call.text(f'task-title-{name}')}**: {_first(text)}" for name, text in sorted(known.items())]
        await call.tell("\n".join(lines))

    async def consent(self, call: Call) -> None:
        """The person agrees to the terms that they were shown, and goes on to the tasks."""
        if call.target != self.terms.version:
            await self._ask_consent(call, in_place=True)
            return
        scene = await call.scene()
        await call.store.write(lambda session: people.agree(session, scene.person_id, self.terms.version, True))
        await self._menu(call, in_place=True)

    async def choose_languages(self, call: Call) -> None:
        """/languages [tags]: in which languages somebody does tasks. That of the texts is another matter."""
        given = call.arguments.get("languages", "").replace(",", " ").split()
        if not given:
            await self._show_languages(call)
            return
        wanted = [self.language_of(tag) for tag in given]
        if None in wanted:
            strange = next(tag for tag, found in zip(given, wanted, strict=True) if found is None)
            raise UserError("task-language-unknown", language=strange[:20], languages=", ".join(self.languages))
        await self._keep_languages(call, [tag for tag in wanted if tag])
        await call.tell(call.text("task-languages-kept", languages=self._names([tag for tag in wanted if tag])))

    async def take_languages(self, call: Call) -> None:
        """Languages were chosen from the select; none chosen leaves them as they were."""
        chosen = [tag for tag in getattr(call.event, "values", ()) if tag in self.languages]
        if not chosen:
            await self._show_languages(call, in_place=True)
            return
        await self._keep_languages(call, chosen)
        await self._menu(call, in_place=True)

    async def press(self, call: Call) -> None:
        """A button of a card. Raises NotAllowed for who is not addressed, and UserError where the task is over."""
        task_id, _, rest = call.target.partition(":")
        verb, _, argument = rest.partition(":")
        if verb == "undo":
            await self._undo(call, task_id)
            return
        act = self._acts.get(verb)
        if act is None:
            raise UserError("button-outdated")
        task = await self._held(call, task_id)
        if task.state == "done":
            # A crash came between the answer and its acknowledgement: what follows is shown now.
            await self._give(call, self._asked_for(task), "", in_place=True)
            return
        await act(call, task, argument)

    async def submit(self, call: Call) -> None:
        """A form of a card: a text, labels, or a report."""
        task_id, _, what = call.target.partition(":")
        task = await self._held(call, task_id)
        if task.state == "done":
            await self._give(call, self._asked_for(task), "", in_place=True)
        elif what == "text":
            await self._take_text(call, task, call.arguments.get("text", ""), call.arguments.get("reply"))
        elif what == "labels":
            labels = cards.labels_from(call.arguments, task.kind)
            await self._label(call, task, labels, "full")
        elif what == "report":
            reasons = [name for name in call.arguments.get("labels", "").split(",") if name in cards.REASONS]
            await self._flag(call, task, reasons, call.arguments.get("comment", "")[:1000])
        else:
            raise UserError("button-outdated")

    async def take(self, call: Call, message: Message) -> bool:
        """A message that is meant for a task: a reply to its card, or what is said after “Write”. False for others."""
        alone = message.place.private and not call.chat.capabilities.forms
        if not (message.reply_to or alone):
            return False
        task = await call.store.read(lambda session: self._meant(session, message, alone=alone))
        if task is None:
            return False
        if task.kind not in WRITES and task.kind != BOTH:
            raise UserError("task-tap")

        def unit(session: Session) -> Task:
            kept = session.get_one(Task, task.id)
            heard: list[str] = kept.answer.get("heard", [])
            if message.key not in heard:
                kept.answer = {**kept.answer, "heard": [*heard, message.key], "source": message.source}
                kept.draft = "\n\n".join(filter(None, (kept.draft, message.text.strip())))
            return kept

        kept = await call.store.write(unit)
        if kept.kind == BOTH and "prompt" not in kept.answer:
            await self._first_half(call, kept)
            return True
        checked = await self._check(call, kept, kept.draft)
        await self._card(call, kept.id, findings=checked.findings)
        return True

    async def _first_half(self, call: Call, task: Task) -> None:
        """Of a prompt with its reply, the prompt is there: ask for the reply."""

        def unit(session: Session) -> None:
            kept = session.get_one(Task, task.id)
            kept.answer, kept.draft = {**kept.answer, "prompt": kept.draft}, ""

        await call.store.write(unit)
        await self._ask_text(call, task, "task-write-reply")

    async def _give(self, call: Call, kind: str, topic: str, *, in_place: bool = False) -> None:
        """Hand out a task, or show the one that the person has at this place."""

        def unit(session: Session) -> Given:
            return self._given(session, call, kind, topic)

        await self._tell(call, await call.store.write(unit), in_place=in_place)

    def _given(self, session: Session, call: Call, kind: str, topic: str = "", done: Done | None = None) -> Given:
        scene = identities.scene(session, call.event.place, call.event.user)
        if session.get_one(PersonRow, scene.person_id).terms != self.terms.version:
            return Given(consent=True)
        person = self.person(session, call, scene)
        self.answers.admit(session, scene.person_id)
        now = self.now()
        if here := self._here(session, call, scene, kind):
            return Given(self.view(session, call, here, now), done=done, kind=kind)
        try:
            found = self.assigner.assign(session, person, kind, now, topic)
        except UserError as error:
            if done is None:
                raise
            # What was answered stays answered, whatever comes of the next task.
            return Given(done=done, error=error, kind=kind)
        if isinstance(found, Nothing):
            return Given(nothing=found, done=done, kind=kind)
        found.place = {**found.place, "asked": kind}
        session.flush()
        return Given(self.view(session, call, found, now), done=done, kind=kind)

    def _here(self, session: Session, call: Call, scene: Scene, kind: str) -> Task | None:
        """The task that the person has at this place, of the kind that they ask for."""
        held = select(Task).where(Task.person_id == scene.person_id, Task.state == "leased")
        here = {"channel": call.event.place.channel, "thread": call.event.place.thread}
        for task in session.exec(held.order_by(col(Task.given_at).desc())).all():
            if here.items() <= task.place.items() and kind in (RANDOM, task.kind):
                return task
        return None

    def person(self, session: Session, call: Call, scene: Scene) -> Person:
        """Who asks, with the languages that they do tasks in: their own where they have not chosen any."""
        labeler = session.get(Labeler, scene.person_id)
        langs = tuple(labeler.langs) if labeler and labeler.langs else (self._own_language(call),)
        return Person(self.taker(call, scene), langs, ("", scene.community_id))

    def _own_language(self, call: Call) -> str:
        return self.language_of(call.event.user.language) or "en"

    def taker(self, call: Call, scene: Scene) -> Taker:
        """Who takes or answers a task, and where."""
        place = {**asdict(call.event.place), "language": call.event.user.language, "user": call.event.user.id}
        return Taker(scene.person_id, scene.community_id, call.event.place.platform, source_of(call.event), place)

    def view(self, session: Session, call: Call, task: Task, now: datetime) -> View:
        """A task as its person sees it."""
        item = session.get(WorkItem, task.item_id) if task.item_id else None
        gold = item.gold if item else None
        turns = tuple(cards.Spoken(one.role, one.text) for one in assignment.conversation(session, task))
        if gold:
            turns = tuple(cards.Spoken(one["role"], one["text"]) for one in gold["conversation"])
        answers = assignment.answers_of(session, task) if task.kind in RANKS else ()
        done, need = assignment.progress(session, task)
        left = (task.expires_at - now) if task.expires_at else timedelta()
        return View(
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
            guideline=_first(self._guidelines(call).get(task.kind, "")),
            topic=task.topic,
            limit=call.chat.capabilities.text_limit,
            forms=call.chat.capabilities.forms,
            writing=task.writing,
        )

    async def _tell(self, call: Call, given: Given, *, in_place: bool = False) -> None:
        if given.consent:
            await self._ask_consent(call, in_place=in_place)
            return
        lead = self._lead(call, given.done) if given.done else ""
        undo = given.done.task.id if given.done else ""
        if given.view is None:
            await self._nothing(call, given, lead, undo, in_place=in_place)
            return
        await self._show_view(call, replace(given.view, lead=lead, undo=undo), in_place=in_place)

    async def _show_view(self, call: Call, view: View, *, in_place: bool) -> None:
        asks = call.text("task-placeholder") if view.writing and not view.draft else ""
        shown = await call.tell(
            cards.text_of(view, call.text), buttons=cards.buttons_of(view, call.text), in_place=in_place, asks=asks
        )
        if shown:
            await call.store.write(lambda session: _remember_card(session, view.id, shown))

    async def _nothing(self, call: Call, given: Given, lead: str, undo: str, *, in_place: bool) -> None:
        """Say why there is no task, and what else there is."""
        why = given.error
        text = call.text(why.key, **why.values) if why else ""
        if given.nothing:
            scene = await call.scene()
            langs = await call.store.read(lambda session: self.person(session, call, scene).langs)
            key = f"task-nothing-{given.nothing.why}"
            text = call.text(key, others=given.nothing.others, languages=self._names(langs))
        buttons = [Button("tasks:menu", call.text("task-menu"), "📋")]
        if undo:
            buttons.append(Button(f"t:{undo}:undo", call.text("task-undo"), "↩"))
        await call.tell("\n\n".join(filter(None, (lead, text))), buttons=buttons, in_place=in_place)

    def _lead(self, call: Call, done: Done) -> str:
        if done.right is not None:
            return call.text("task-gold-right" if done.right else "task-gold-wrong", why=done.why)
        return call.text("task-thanks")

    async def _menu(self, call: Call, *, in_place: bool = False) -> None:
        """What there is to do in the person's languages, and where there is nothing, why."""

        def unit(session: Session) -> tuple[Mapping[str, Available], Sequence[str], Task | None] | None:
            scene = identities.scene(session, call.event.place, call.event.user)
            if session.get_one(PersonRow, scene.person_id).terms != self.terms.version:
                return None
            person = self.person(session, call, scene)
            return self.assigner.available(session, person), person.langs, self._here(session, call, scene, RANDOM)

        found = await call.store.write(unit)
        if found is None:
            await self._ask_consent(call, in_place=in_place)
            return
        there, langs, held = found
        lines = [call.text("tasks-title", languages=self._names(langs))]
        lines += [
            f"- {call.text(f'task-title-{kind}')}: {self._amount(call, one)}" for kind, one in there.items() if one.open
        ]
        if not any(one.theirs for one in there.values()):
            lines.append(
                call.text(
                    "task-nothing-yours" if any(one.open for one in there.values()) else "task-nothing-none",
                    others=sum(one.open for one in there.values()),
                    languages=self._names(langs),
                )
            )
        kinds = [kind for kind, one in there.items() if one.theirs]
        both = [BOTH] if "initial_prompt" in kinds else []
        buttons = [Button(f"tasks:{RANDOM}", call.text("task-continue" if held else "task-random"), "🎲")]
        buttons += [Button(f"tasks:{kind}", call.text(f"task-title-{kind}"), row=1) for kind in (*kinds, *both)]
        buttons.append(Button("langs:menu", call.text("task-languages"), "🌐", row=4))
        await call.tell("\n".join(lines), buttons=buttons, in_place=in_place)

    def _amount(self, call: Call, one: Available) -> str:
        return call.text("tasks-amount", theirs=one.theirs, open=one.open)

    async def _ask_consent(self, call: Call, *, in_place: bool) -> None:
        text = "\n\n".join(filter(None, (call.text("task-consent"), self.terms.text, self.terms.link)))
        button = Button(f"consent:{self.terms.version}", call.text("button-agree"), "✅")
        await call.tell(text, buttons=[button], in_place=in_place)

    async def _show_languages(self, call: Call, *, in_place: bool = False) -> None:
        scene = await call.scene()
        langs = await call.store.read(lambda session: self.person(session, call, scene).langs)
        text = call.text("task-languages-now", languages=self._names(langs), all=", ".join(self.languages))
        selects: list[Select] = []
        if "option" in call.chat.capabilities.selects:
            offered = list(dict.fromkeys([*langs, self._own_language(call), *self.languages]))[:MOST_LANGUAGES]
            options = tuple((tag, self.languages.get(tag, tag)) for tag in offered)
            selects = [
                Select("langs:take", call.text("task-languages"), options=options, chosen=langs, most=len(options))
            ]
        await call.tell(
            text, selects=selects, buttons=[Button("tasks:menu", call.text("task-menu"), "📋")], in_place=in_place
        )

    async def _keep_languages(self, call: Call, langs: Sequence[str]) -> None:
        scene = await call.scene()

        def unit(session: Session) -> None:
            labeler = session.get(Labeler, scene.person_id) or Labeler(person_id=scene.person_id)
            labeler.langs = list(dict.fromkeys(langs))
            session.add(labeler)

        await call.store.write(unit)

    async def _held(self, call: Call, task_id: str) -> Task:
        """The caller's task; one that this very event has answered before a crash is given as it is."""
        scene = await call.scene()

        def unit(session: Session) -> Task | UserError:
            task = session.get(Task, task_id)
            if task and task.person_id == scene.person_id and task.answer.get("event") == call.event.key:
                return task
            try:
                return self.answers.held(session, task_id, scene.person_id)
            except UserError as error:
                return error

        found = await call.store.read(unit)
        if isinstance(found, UserError):
            raise found
        return found

    async def _answer(self, call: Call, task: Task, say: Callable[[Session, Task, Taker, datetime], Done]) -> None:
        """Keep an answer and hand out the next task, in one transaction; then show it in place of this one."""

        def unit(session: Session) -> Given:
            scene = identities.scene(session, call.event.place, call.event.user)
            held = self.answers.held(session, task.id, scene.person_id)
            done = say(session, held, self.taker(call, scene), self.now())
            held.answer = {**held.answer, "event": call.event.key}
            session.flush()
            return self._given(session, call, self._asked_for(task), task.topic, done)

        given = await call.store.write(unit)
        if self.hooks and given.done:
            await self.hooks.task_done(call.event, task.kind, task.id)
        await self._tell(call, given, in_place=True)

    def _asked_for(self, task: Task) -> str:
        return str(task.place.get("asked", RANDOM))

    async def _label(self, call: Call, task: Task, labels: Mapping[str, float], mode: Any) -> None:
        await self._answer(call, task, lambda s, t, by, now: self.answers.label(s, t, labels, mode, by, now))

    async def _quick(self, call: Call, task: Task, argument: str) -> None:
        verb = _verb(call.event)
        if task.kind not in LABELS:
            raise UserError("button-outdated")
        await self._label(call, task, cards.quick(verb, task.kind), "quick")

    async def _more(self, call: Call, task: Task, argument: str) -> None:
        """The full form; without forms, more buttons on the card."""
        if task.kind not in LABELS:
            raise UserError("button-outdated")
        if call.chat.capabilities.forms:
            view = await self._view_of(call, task.id)
            await call.chat.show(call.event.place, cards.label_form(view, call.text), call.event)
            return
        await self._card(call, task.id, page="full")

    async def _mark(self, call: Call, task: Task, argument: str) -> None:
        """One label of the full form by buttons: tapping it again takes it back."""
        name, _, value = argument.partition(":")

        def unit(session: Session) -> None:
            kept = session.get_one(Task, task.id)
            labels = dict(kept.answer.get("labels", {}))
            verdict = kept.answer.get("verdict", "")
            if name == "verdict":
                verdict = value if value in cards.VERDICTS else ""
            elif name in (*cards.FLAGS, *cards.TONES, "quality", "helpfulness", "creativity") and value.isdecimal():
                new = 1.0 if name in (*cards.FLAGS, *cards.TONES) else (int(value) - 1) / (cards.POINTS - 1)
                if labels.get(name) == new:
                    del labels[name]
                else:
                    labels[name] = min(new, 1.0)
            kept.answer = {**kept.answer, "labels": labels, "verdict": verdict}

        await call.store.write(unit)
        await self._card(call, task.id, page="full")

    async def _save(self, call: Call, task: Task, argument: str) -> None:
        chosen = cards.VERDICTS.get(str(task.answer.get("verdict", "")), {})
        verdict = {name: one for name, one in chosen.items() if name == "spam" or task.kind == "label_assistant_reply"}
        await self._label(call, task, {**verdict, **task.answer.get("labels", {})}, "full")

    async def _show(self, call: Call, task: Task, argument: str) -> None:
        await self._card(call, task.id)

    async def _tap(self, call: Call, task: Task, argument: str) -> None:
        """The next best answer. What is left at the end is last, and the ranking is done."""

        def unit(session: Session) -> tuple[list[list[str]], list[str]]:
            kept = session.get_one(Task, task.id)
            shown = [answer.id for answer in assignment.answers_of(session, kept)]
            order = [[id for id in group if id in shown] for group in kept.answer.get("order", [])]
            order = [group for group in order if group]
            placed = {id for group in order for id in group}
            if argument.isdecimal() and int(argument) < len(shown) and shown[int(argument)] not in placed:
                if kept.answer.get("tie") and order:
                    order[-1].append(shown[int(argument)])
                else:
                    order.append([shown[int(argument)]])
            kept.answer = {**kept.answer, "order": order, "tie": False}
            left = [id for id in shown if id not in {one for group in order for one in group}]
            return order, left

        order, left = await call.store.write(unit)
        if len(left) > 1 or (left and not order):
            await self._card(call, task.id)
            return
        await self._rank(call, task, [*order, *([left] if left else [])])

    async def _rank(
        self, call: Call, task: Task, groups: Sequence[Sequence[str]], *, not_rankable: bool = False
    ) -> None:
        def say(session: Session, held: Task, by: Taker, now: datetime) -> Done:
            # An answer that was deleted while it was being ranked is not asked about any more.
            held.shown = [answer.id for answer in assignment.answers_of(session, held)]
            return self.answers.rank(session, held, groups, by, now, not_rankable=not_rankable)

        if task.kind not in RANKS:
            raise UserError("button-outdated")
        await self._answer(call, task, say)

    async def _tie(self, call: Call, task: Task, argument: str) -> None:
        await self._reorder(call, task, lambda answer: {**answer, "tie": not answer.get("tie")})

    async def _untap(self, call: Call, task: Task, argument: str) -> None:
        await self._reorder(call, task, lambda answer: {**answer, "order": answer.get("order", [])[:-1], "tie": False})

    async def _reorder(self, call: Call, task: Task, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        def unit(session: Session) -> None:
            kept = session.get_one(Task, task.id)
            kept.answer = change(dict(kept.answer))

        await call.store.write(unit)
        await self._card(call, task.id)

    async def _same(self, call: Call, task: Task, argument: str) -> None:
        await self._rank(call, task, [list(task.shown)])

    async def _none_good(self, call: Call, task: Task, argument: str) -> None:
        await self._rank(call, task, [], not_rankable=True)

    async def _write(self, call: Call, task: Task, argument: str) -> None:
        """Open the form for a text; without forms, wait for the person's next message or a reply to this one."""
        if call.chat.capabilities.forms:
            view = await self._view_of(call, task.id)
            limit = self.answers.keeper.rules.message_size_limit
            await call.chat.show(call.event.place, cards.text_form(view, call.text, limit), call.event)
            return
        await self._ask_text(call, task, "task-write-both" if task.kind == BOTH else "task-write-here")

    async def _ask_text(self, call: Call, task: Task, key: str) -> None:
        def unit(session: Session) -> None:
            session.get_one(Task, task.id).writing = True

        await call.store.write(unit)
        shown = await call.tell(call.text(key), about="ask", asks=call.text("task-placeholder"))
        if shown:
            await call.store.write(lambda session: _remember_card(session, task.id, shown))

    async def _take_text(self, call: Call, task: Task, text: str, reply: str | None) -> None:
        """A text from a form: kept at once where nothing is odd about it, else shown with what is."""

        def keep(session: Session) -> None:
            kept = session.get_one(Task, task.id)
            kept.draft, kept.answer = text, {**kept.answer, **({"reply": reply} if reply else {})}

        # Before anything can be wrong with it: what somebody has written is not lost.
        await call.store.write(keep)
        checked = await self._check(call, task, text)
        second = await self._check(call, task, reply, prompt=text) if reply else None
        findings = (*checked.findings, *(second.findings if second else ()))
        if findings:
            await self._card(call, task.id, findings=findings)
            return
        await self._keep_text(call, task, checked, second)

    async def _keep_text(self, call: Call, task: Task, checked: Checked, reply: Checked | None) -> None:
        second = reply.text if reply else None
        await self._answer(
            call, task, lambda s, t, by, now: self.answers.write(s, t, checked.text, self._written(t, by), now, second)
        )

    def _written(self, task: Task, by: Taker) -> Taker:
        """Who wrote a text: as a message or in a form, whatever button was pressed at the end."""
        return replace(by, source=str(task.answer.get("source", by.source)))

    async def _drafted(self, call: Call, task: Task) -> tuple[Checked, Checked | None]:
        first, second = task.draft, task.answer.get("reply")
        if task.kind == BOTH and "prompt" in task.answer:
            first, second = str(task.answer["prompt"]), task.draft
        checked = await self._check(call, task, first)
        return checked, await self._check(call, task, str(second), prompt=first) if second else None

    async def _send(self, call: Call, task: Task, argument: str) -> None:
        """Submit what was written, although something is odd about it; what must be held goes to a moderator."""
        checked, reply = await self._drafted(call, task)
        if any(one.severity == "hold" for one in checked.findings):
            await self._card(call, task.id, findings=checked.findings)
            return
        await self._keep_text(call, task, checked, reply)

    async def _hold(self, call: Call, task: Task, argument: str) -> None:
        """Keep a text out of its tree until a moderator has looked: nothing that somebody wrote is lost."""
        checked, reply = await self._drafted(call, task)
        kinds = [one.kind for one in checked.findings]
        held: list[str] = []

        def say(session: Session, mine: Task, by: Taker, now: datetime) -> Done:
            second = reply.text if reply else None
            done = self.answers.write(session, mine, checked.text, self._written(mine, by), now, second)
            self.answers.hold(session, done, kinds, now)
            held[:] = [done.message_id or ""]
            return done

        await self._answer(call, task, say)
        await self.tell_moderators(call, held[0], call.text("task-held-back"))

    async def _fresh(self, call: Call, task: Task, argument: str) -> None:
        def unit(session: Session) -> None:
            kept = session.get_one(Task, task.id)
            kept.draft, kept.answer = "", {}

        await call.store.write(unit)
        await self._card(call, task.id)

    async def _end(self, call: Call, task: Task, argument: str) -> None:
        await self._answer(call, task, lambda s, t, by, now: self.answers.end(s, t, by, now))

    async def _later(self, call: Call, task: Task, argument: str) -> None:
        await self._leave(call, task, lambda s, t, now: self.answers.later(s, t, now))

    async def _skip(self, call: Call, task: Task, argument: str) -> None:
        await self._leave(call, task, lambda s, t, now: self.answers.skip(s, t, now, argument))

    async def _leave(self, call: Call, task: Task, leave: Callable[[Session, Task, datetime], None]) -> None:
        """Let a task go and show the next one in its place."""

        def unit(session: Session) -> Given:
            scene = identities.scene(session, call.event.place, call.event.user)
            held = self.answers.held(session, task.id, scene.person_id)
            leave(session, held, self.now())
            held.answer = {**held.answer, "event": call.event.key}
            session.flush()
            return self._given(session, call, self._asked_for(task), task.topic)

        await self._tell(call, await call.store.write(unit), in_place=True)

    async def _report(self, call: Call, task: Task, argument: str) -> None:
        if call.chat.capabilities.forms:
            view = await self._view_of(call, task.id)
            await call.chat.show(call.event.place, cards.report_form(view, call.text), call.event)
            return
        await self._card(call, task.id, page="report")

    async def _because(self, call: Call, task: Task, argument: str) -> None:
        await self._flag(call, task, [argument] if argument in cards.REASONS else [], "")

    async def _flag(self, call: Call, task: Task, labels: Sequence[str], comment: str) -> None:
        """Tell moderators of the message that a task is about; the task itself goes on."""

        def unit(session: Session) -> str | None:
            item = session.get(WorkItem, task.item_id) if task.item_id else None
            if item is None or item.message_id is None:
                return None
            source = source_of(call.event)
            now = self.now()
            flag(session, task.person_id, item.message_id, task.community_id, labels, comment, source, now)
            self.answers.keeper.settle(session, item.tree_id or "", now)
            return item.message_id

        message_id = await call.store.write(unit)
        if message_id:
            why = ", ".join([*(call.text(f"label-{name}") for name in labels), *filter(None, [comment])])
            await self.tell_moderators(call, message_id, why or call.text("report-no-reason"))
        await self._card(call, task.id, lead=call.text("report-thanks"))

    async def _guide(self, call: Call, task: Task, argument: str) -> None:
        await call.tell(self._guidelines(call)[task.kind], about="guide")

    async def _all(self, call: Call, task: Task, argument: str) -> None:
        view = await self._view_of(call, task.id)
        await call.tell(cards.whole(view, call.text), about="whole")

    async def _undo(self, call: Call, task_id: str) -> None:
        scene = await call.scene()

        def unit(session: Session) -> View:
            task = session.get(Task, task_id)
            if task is None or not (task.state == "leased" and task.answer.get("undone") == call.event.key):
                task = self.answers.undo(session, task_id, scene.person_id, self.now())
                task.answer = {"undone": call.event.key}
                session.flush()
            return self.view(session, call, task, self.now())

        view = await call.store.write(unit)
        await self._show_view(call, replace(view, lead=call.text("task-undone")), in_place=True)

    async def _check(self, call: Call, task: Task, text: str, prompt: str = "") -> Checked:
        view = await self._view_of(call, task.id)
        asked = prompt or (view.turns[-1].text if view.turns else "")
        scene = await call.scene()
        langs = await call.store.read(lambda session: self.person(session, call, scene).langs)
        begins = task.kind in ("initial_prompt", BOTH) and not prompt
        checked = await check(call.store, text, task.lang, langs, prompt=asked, begins=begins)
        digest = checked.text.digest
        now = self.now()
        wrong = await call.store.read(
            lambda session: _refused(lambda: self.answers.check_text(session, task, checked.text.text, digest, now))
        )
        if wrong:
            raise wrong
        named = [replace(one, values=self._named(one)) for one in checked.findings]
        return replace(checked, findings=tuple(named))

    def _named(self, finding: Finding) -> Mapping[str, str | int]:
        if finding.kind != "language":
            return finding.values
        tag = str(finding.values["language"])
        return {"language": self.languages.get(tag, tag)}

    async def _view_of(self, call: Call, task_id: str) -> View:
        return await call.store.read(
            lambda session: self.view(session, call, session.get_one(Task, task_id), self.now())
        )

    async def _card(
        self, call: Call, task_id: str, *, page: str = "", findings: tuple[Finding, ...] = (), lead: str = ""
    ) -> None:
        """Show a task's card again, in place."""
        view = replace(await self._view_of(call, task_id), page=page, findings=findings, lead=lead)
        await self._show_view(call, view, in_place=True)

    def _meant(self, session: Session, message: Message, *, alone: bool) -> Task | None:
        person_id = identities.known_person(session, message.place.platform, message.user)
        if person_id is None:
            return None
        writing = select(Task).where(Task.person_id == person_id, col(Task.writing))
        held = select(Task).where(Task.person_id == person_id, Task.state == "leased")
        found = {task.id: task for task in (*session.exec(writing).all(), *session.exec(held).all())}
        here = {"channel": message.place.channel, "thread": message.place.thread}
        for task in found.values():
            if task.state not in ("leased", "expired") or not here.items() <= task.place.items():
                continue
            replied = message.reply_to is not None and message.reply_to in task.card.split(",")
            if replied or (alone and task.writing):
                return task
        return None

    def _guidelines(self, call: Call) -> Mapping[str, str]:
        language = call.event.user.language
        for name in (language, language.partition("-")[0], "en"):
            if name in self.guidelines:
                return self.guidelines[name]
        return {}

    def _names(self, langs: Sequence[str]) -> str:
        return ", ".join(self.languages.get(tag, tag) for tag in langs)


def source_of(event: AnyEvent) -> str:
    """How a contribution reached us: by a form, a button (which is one too), a command, or a message."""
    match event:
        case Message():
            return event.source
        case Submission() | Press():
            return "form"
    return "command"


def place_of(task: Task) -> Place:
    """Where a task was handed out."""
    kept = task.place
    return Place(
        kept["platform"], kept["community"], kept["channel"], kept.get("thread", ""), bool(kept.get("private"))
    )


def _refused(check: Callable[[], None]) -> UserError | None:
    try:
        check()
    except UserError as error:
        return error
    return None


def _remember_card(session: Session, task_id: str, shown: str) -> None:
    task = session.get(Task, task_id)
    if task:
        kept = [id for id in task.card.split(",") if id and id != shown]
        task.card = ",".join([*kept, shown][-CARDS_KEPT:])


def _verb(event: AnyEvent) -> str:
    action = getattr(event, "action", "")
    return str(action).split(":")[2] if str(action).count(":") >= 2 else ""


def _first(text: str) -> str:
    return text.partition("\n")[0].strip()
