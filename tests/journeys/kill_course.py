"""A task as it must be after what its person did: a second opinion on what each tap, form and message comes to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core.labeling.chat.label_pages import POINTS, label_page, labels_from, verdict_labels
from core.labeling.rules import review_modes
from core.labeling.rules.vocabulary import BOTH, LABELS
from core.messages import Message, Press, Submission
from tests.journeys.kill_journal import Handed
from tests.journeys.kill_people import CARD, EMAIL


@dataclass(slots=True)
class Course:
    """The history of somebody's work on a task: `said` is their answer, given by the event `key`.

    `answers` counts what was answered, including answers that were taken back. `anew` says that the next message
    replaces the draft. For a prompt with its reply, `first` is the prompt once the reply is being written, and `second`
    a form's reply.
    """

    kind: str
    shown: Sequence[str]
    forms: bool
    state: str = "leased"
    key: str = ""
    said: Any = None
    order: list[list[int]] = field(default_factory=list)
    tie: bool = False
    labels: dict[str, float] = field(default_factory=dict)
    verdict: str = ""
    draft: str = ""
    anew: bool = False
    first: str | None = None
    second: str | None = None
    answers: int = 0

    def take(self, handed: Handed) -> None:
        """Let the person do something."""
        verb, event = handed.verb, handed.event
        if verb == "undo":
            self.state, self.key, self.said = "leased", "", None
            self._clear()
        elif isinstance(event, Press) and event.action.startswith("v:") and self.state != "done":
            self._vote(handed)
        elif isinstance(event, Message):
            self._write(event.text)
        elif self.state != "leased":
            self.state = f"{self.state}, then {verb}"
        elif isinstance(event, Submission):
            self._submit(handed, event)
        elif isinstance(event, Press):
            self._press(handed)

    def _done(self, handed: Handed, said: Any) -> None:
        self.state, self.key, self.said = "done", handed.event.key, said
        self.answers += 1

    def _press(self, handed: Handed) -> None:
        verb = handed.verb
        if verb in review_modes.QUICK:
            self._done(handed, (review_modes.quick(verb, self.kind), "quick"))
        elif verb in ("l", "p", "save"):
            self._full(handed)
        elif verb in ("r", "tie", "back", "same", "none"):
            self._rank(handed)
        elif verb in ("skip", "later"):
            self.state = {"skip": "skipped"}.get(verb, verb)
        else:
            self._draft(handed)

    def _full(self, handed: Handed) -> None:
        if handed.verb != "save":
            self._mark(handed.argument)
            return
        self._done(handed, ({**verdict_labels(self.verdict, self.kind, "whole"), **self.labels}, "whole"))

    def _draft(self, handed: Handed) -> None:
        verb = handed.verb
        if verb == "write":
            self.anew = not self.forms
        elif verb == "fresh":
            self._clear()
        elif verb == "hold" or (verb == "send" and CARD not in self.texts()[0]):
            self._done(handed, self.texts())
        elif verb == "end":
            self._done(handed, None)

    def _clear(self) -> None:
        self.draft, self.first, self.second, self.anew = "", None, None, False
        self.order, self.tie, self.labels, self.verdict = [], False, {}, ""

    def _vote(self, handed: Handed) -> None:
        verb = handed.verb
        if self.kind in LABELS:
            self._done(handed, (review_modes.quick(verb, self.kind), "quick"))
        elif verb in ("same", "none"):
            self._done(handed, [list(range(len(self.shown)))] if verb == "same" else [])
        else:
            rest = [number for number in range(len(self.shown)) if number != int(verb)]
            self._done(handed, [[int(verb)], rest])

    def _submit(self, handed: Handed, event: Submission) -> None:
        if handed.verb in ("form-whole", "form-tone"):
            page = label_page(handed.verb.removeprefix("form-"), self.kind)
            self.verdict = event.values.get("verdict", self.verdict)
            kept = {name: value for name, value in self.labels.items() if name not in (*page.scales, *page.flags)}
            self.labels = {**kept, **labels_from(event.values, page)}
            if not page.following:
                self._done(handed, ({**verdict_labels(self.verdict, self.kind, "whole"), **self.labels}, "whole"))
        elif handed.verb == "form-text":
            self.first, self.draft, self.second = None, event.values["text"], event.values.get("reply", self.second)
            if not any(mark in f"{self.draft} {event.values.get('reply')}" for mark in (EMAIL, CARD)):
                self._done(handed, self.texts())

    def _write(self, text: str) -> None:
        if self.state != "leased":
            # A reply to an old card is for the assistant.
            return
        self.draft = "\n\n".join(filter(None, ("" if self.anew else self.draft, text)))
        self.anew = False
        if self.kind == BOTH and self.first is None:
            self.first, self.draft = self.draft, ""

    def texts(self) -> list[str]:
        """The text so far: one text, or a prompt and its reply."""
        if self.kind != BOTH:
            return [self.draft]
        both = (self.draft, self.second) if self.first is None else (self.first, self.draft)
        return [text for text in both if text]

    def _mark(self, argument: str) -> None:
        name, _, value = argument.partition(":")
        if name == "verdict":
            self.verdict = value
            return
        new = 1.0 if name in review_modes.ALL_FLAGS else (int(value) - 1) / (POINTS - 1)
        if self.labels.get(name) == new:
            del self.labels[name]
        else:
            self.labels[name] = new

    def _rank(self, handed: Handed) -> None:
        verb, whole = handed.verb, range(len(self.shown))
        if verb in ("same", "none"):
            self._done(handed, [list(whole)] if verb == "same" else [])
        elif verb == "tie":
            self.tie = not self.tie
        elif verb == "back":
            self.order, self.tie = self.order[:-1], False
        else:
            self._tap(handed, int(handed.argument), whole)

    def _tap(self, handed: Handed, number: int, whole: range) -> None:
        if not any(number in group for group in self.order):
            if self.tie and self.order:
                self.order[-1].append(number)
            else:
                self.order.append([number])
        self.tie = False
        left = [one for one in whole if not any(one in group for group in self.order)]
        if len(left) < 2:
            self._done(handed, [*self.order, *([left] if left else [])])
