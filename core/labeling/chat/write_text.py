"""Writing in a task: in a form, or as messages to the card; looked at before it is submitted, and kept until then."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from core.delivery.call import Call
from core.errors import UserError
from core.labeling.chat import card_view as cards
from core.labeling.chat.label_and_rank import Act
from core.labeling.chat.task_card import Showing, remember_card
from core.labeling.chat.task_session import Desk, where_of
from core.labeling.rules.limits import WRITES
from core.labeling.rules.text_checks import Finding
from core.labeling.service.assignment import BOTH
from core.labeling.service.submissions import UNANSWERED, Done
from core.labeling.service.text_intake import Checked, check
from core.messages import Message, Place
from core.store import conversations, identities
from core.store import labeling_queue as queue
from core.store.labeling_queue import Taker
from core.store.labeling_tables import Task
from core.store.tables import Post

Tell = Callable[[Call, str, str], Awaitable[None]]
"""Shows a message of a tree, by its id, to the moderators, with why."""


@dataclass(frozen=True, slots=True)
class Drafting:
    """Takes the desk, what shows cards, and how moderators hear of a text that was held back."""

    desk: Desk
    showing: Showing
    tell_moderators: Tell

    def acts(self) -> Mapping[str, Act]:
        """What the buttons of texts do, by their verbs."""
        return {
            "write": self._write,
            "send": self._send,
            "hold": self._hold,
            "fresh": self._fresh,
            "end": self._end,
        }

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
                earlier = "" if kept.answer.get("anew") else kept.draft
                kept.answer = {**kept.answer, "heard": [*heard, message.key], "source": message.source, "anew": False}
                kept.draft = "\n\n".join(filter(None, (earlier, message.text.strip())))
                if kept.kind == BOTH and "prompt" not in kept.answer:
                    kept.answer, kept.draft = {**kept.answer, "prompt": kept.draft}, ""
            return kept

        kept = await call.store.write(unit)
        if kept.kind == BOTH and not kept.draft:
            await self._ask_text(call, kept, "task-write-reply")
            return True
        checked = await self._check(call, kept, kept.draft)
        await self.showing.card(call, kept.id, findings=checked.findings)
        return True

    async def take_text(self, call: Call, task: Task, text: str, reply: str | None) -> None:
        """A text from a form: kept at once where nothing is odd about it, else shown with what is."""

        def keep(session: Session) -> None:
            kept = session.get_one(Task, task.id)
            # The form has both halves: a prompt that was sent as a message before is given up.
            earlier = {name: value for name, value in kept.answer.items() if name != "prompt"}
            kept.draft, kept.answer = text, {**earlier, **({"reply": reply} if reply else {})}

        # Before anything can be wrong with it: what somebody has written is not lost.
        await call.store.write(keep)
        checked = await self._check(call, task, text)
        second = await self._check(call, task, reply, prompt=text) if reply else None
        findings = (*checked.findings, *(second.findings if second else ()))
        if findings:
            await self.showing.card(call, task.id, findings=findings)
            return
        await self._keep_text(call, task, checked, second)

    async def _write(self, call: Call, task: Task, argument: str) -> None:
        """Open the form for a text; without forms, wait for the person's next message or a reply to this one.

        What was written before stays until then: the new text takes its place.
        """
        if call.chat.capabilities.forms:
            view = await self.showing.view_of(call, task.id)
            limit = self.desk.answers.keeper.rules.message_size_limit
            await call.chat.show(call.event.place, cards.text_form(view, call.text, limit), call.event)
            return
        begun = "task-write-reply" if "prompt" in task.answer else "task-write-both"
        await self._ask_text(call, task, begun if task.kind == BOTH else "task-write-here", anew=True)

    async def _send(self, call: Call, task: Task, argument: str) -> None:
        """Submit what was written, although something is odd about it; what must be held goes to a moderator."""
        checked, reply = await self._drafted(call, task)
        if any(one.severity == "hold" for one in checked.findings):
            await self.showing.card(call, task.id, findings=checked.findings)
            return
        await self._keep_text(call, task, checked, reply)

    async def _hold(self, call: Call, task: Task, argument: str) -> None:
        """Keep a text out of its tree until a moderator has looked: nothing that somebody wrote is lost."""
        checked, reply = await self._drafted(call, task)
        kinds = [one.kind for one in checked.findings]
        held: list[str] = []

        def say(session: Session, mine: Task, by: Taker, now: datetime) -> Done:
            second = reply.text if reply else None
            done = self.desk.answers.write(session, mine, checked.text, self._written(mine, by), now, second)
            self.desk.answers.hold(session, done, kinds, now)
            held[:] = [done.message_id or ""]
            return done

        await self.showing.answer(call, task, say)
        await self.tell_held(call, held[0])

    async def tell_held(self, call: Call, message_id: str) -> None:
        """Tell the moderators of a text that was held back; of one event once."""
        await self.tell_moderators(call, message_id, call.text("task-held-back"))

    async def _fresh(self, call: Call, task: Task, argument: str) -> None:
        def unit(session: Session) -> None:
            kept = session.get_one(Task, task.id)
            kept.draft, kept.answer = "", {}

        await call.store.write(unit)
        await self.showing.card(call, task.id)

    async def _end(self, call: Call, task: Task, argument: str) -> None:
        await self.showing.answer(call, task, lambda s, t, by, now: self.desk.answers.end(s, t, by, now))

    async def _ask_text(self, call: Call, task: Task, key: str, *, anew: bool = False) -> None:
        asked = f"{call.event.key}#ask"

        def unit(session: Session) -> None:
            kept = session.get_one(Task, task.id)
            if asked in kept.card.split():
                # Before a crash; what was said since then stays.
                return
            _put_down(session, kept)
            kept.writing, kept.answer = True, {**kept.answer, "anew": anew}
            remember_card(session, task.id, asked)

        await call.store.write(unit)
        await call.tell(call.text(key), about="ask", asks=call.text("task-placeholder"))

    async def _keep_text(self, call: Call, task: Task, checked: Checked, reply: Checked | None) -> None:
        second = reply.text if reply else None

        def say(session: Session, mine: Task, by: Taker, now: datetime) -> Done:
            return self.desk.answers.write(session, mine, checked.text, self._written(mine, by), now, second)

        await self.showing.answer(call, task, say)

    def _written(self, task: Task, by: Taker) -> Taker:
        """Who wrote a text: as a message or in a form, whatever button was pressed at the end."""
        return replace(by, source=str(task.answer.get("source", by.source)))

    async def _drafted(self, call: Call, task: Task) -> tuple[Checked, Checked | None]:
        first, second = task.draft, task.answer.get("reply")
        if task.kind == BOTH and "prompt" in task.answer:
            first, second = str(task.answer["prompt"]), task.draft
        checked = await self._check(call, task, first)
        return checked, await self._check(call, task, str(second), prompt=first) if second else None

    async def _check(self, call: Call, task: Task, text: str, prompt: str = "") -> Checked:
        view = await self.showing.view_of(call, task.id)
        asked = prompt or (view.turns[-1].text if view.turns else "")
        scene = await call.scene()
        langs = await call.store.read(lambda session: self.desk.person(session, call, scene).langs)
        begins = task.kind in ("initial_prompt", BOTH) and not prompt
        known = tuple(self.desk.languages)
        checked = await check(call.store, text, task.lang, langs, known=known, prompt=asked, begins=begins)
        digest = checked.text.digest
        now = self.desk.now()
        answers = self.desk.answers
        wrong = await call.store.read(
            lambda session: _refused(lambda: answers.check_text(session, task, checked.text.text, digest, now))
        )
        if wrong:
            raise wrong
        named = [replace(one, values=self._named(one)) for one in checked.findings]
        return replace(checked, findings=tuple(named))

    def _named(self, finding: Finding) -> Mapping[str, str | int]:
        if finding.kind != "language":
            return finding.values
        tag = str(finding.values["language"])
        return {"language": self.desk.languages.get(tag, tag)}

    def _meant(self, session: Session, message: Message, *, alone: bool) -> Task | None:
        person_id = identities.known_person(session, message.place.platform, message.user)
        if person_id is None:
            return None
        writing = select(Task).where(Task.person_id == person_id, col(Task.writing))
        found = {task.id: task for task in (*session.exec(writing).all(), *queue.leased(session, person_id))}
        here = where_of(message.place)
        keys = _keys(session, message.place, message.reply_to) if message.reply_to else None
        for task in found.values():
            if task.state not in UNANSWERED or not here.items() <= task.place.items():
                continue
            cards_of = set(task.card.split())
            # A reply may come before we have noted which message the card became: then it is to nothing that we know.
            replied = bool(cards_of and keys is not None and (cards_of & keys or not keys))
            if replied or (alone and task.writing):
                return task
        return None


def _put_down(session: Session, task: Task) -> None:
    """Of the tasks at one place, the one that was asked for last is written in."""
    here = ("channel", "thread")
    writing = select(Task).where(Task.person_id == task.person_id, col(Task.writing), Task.id != task.id)
    for other in session.exec(writing).all():
        if all(other.place.get(name) == task.place.get(name) for name in here):
            other.writing = False


def _refused(check: Callable[[], None]) -> UserError | None:
    try:
        check()
    except UserError as error:
        return error
    return None


def _keys(session: Session, place: Place, platform_id: str) -> set[str] | None:
    """The keys under which we have shown a message; empty for one that we know nothing of, None for a person's."""
    if conversations.known_message(session, place, platform_id):
        return None
    posted = select(Post.key).where(
        Post.platform == place.platform, Post.channel == place.channel, Post.platform_id == platform_id
    )
    return set(session.exec(posted).all())
