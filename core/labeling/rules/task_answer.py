"""A person's answer to a task so far, and the place where they were given the task: typed, with their JSON.

Nothing else reads or writes that JSON. Empty fields are left out.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from core.labeling.rules.vocabulary import LabelMode, TaskRequest
from core.messages import Place

RankedGroups = tuple[tuple[str, ...], ...]
"""The ids of answers in groups, best first; answers in one group are tied."""


@dataclass(frozen=True, slots=True)
class WrittenText:
    """A text that a person is writing, or has submitted, for a task.

    `prompt` is the first half of a prompt with its reply that was sent as a message of its own; `reply` is the second
    half that was entered in a form. `source` says how the text reached us, `heard` are the keys of the messages that it
    is made of, and `anew` says that the next message replaces it. Once it is submitted, `submitted` is set, or `ended`
    if the person found no further question natural.
    """

    prompt: str | None = None
    reply: str = ""
    source: str = ""
    heard: tuple[str, ...] = ()
    anew: bool = False
    submitted: bool = False
    ended: bool = False


@dataclass(frozen=True, slots=True)
class GivenLabels:
    """The labels given so far, without those left open.

    `verdict` is chosen on a card and becomes labels when it is saved. `mode` says how they were submitted; `right`
    whether they are those of a gold item, None for any other. `item` is that gold item if it was given to the person
    again since. `before` are the labels that the person had given the message without a task.
    """

    labels: Mapping[str, float] = field(default_factory=dict)
    verdict: str = ""
    mode: LabelMode | None = None
    right: bool | None = None
    item: str = ""
    before: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GivenRanking:
    """The answers tapped so far (`order`), and the `groups` that were submitted.

    `tie` says that the next answer tapped joins the last group.
    """

    order: RankedGroups = ()
    tie: bool = False
    groups: RankedGroups = ()
    not_rankable: bool = False


@dataclass(frozen=True, slots=True)
class TaskAnswer:
    """All that a person has said about a task, by what the task asks for.

    `counted` is what was counted for the answer, so that it can be taken back. `reason` says why the task was skipped.
    `event`, `undone` and `turned` are the keys of the events that answered the task, took the answer back, or changed
    the card: the same event, sent again after a crash, then does nothing twice.
    """

    writing: WrittenText = field(default_factory=WrittenText)
    labeling: GivenLabels = field(default_factory=GivenLabels)
    ranking: GivenRanking = field(default_factory=GivenRanking)
    counted: Mapping[str, float] = field(default_factory=dict)
    reason: str = ""
    event: str = ""
    undone: str = ""
    turned: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored: one flat object without empty fields."""
        text, labels, ranking = self.writing, self.labeling, self.ranking
        whole = {
            "prompt": text.prompt,
            "reply": text.reply,
            "source": text.source,
            "heard": list(text.heard),
            "anew": text.anew,
            "text": text.submitted,
            "ended": text.ended,
            "labels": dict(labels.labels),
            "verdict": labels.verdict,
            "mode": labels.mode,
            "right": labels.right,
            "item": labels.item,
            "before": dict(labels.before),
            "order": _lists(ranking.order),
            "tie": ranking.tie,
            "groups": _lists(ranking.groups),
            "not_rankable": ranking.not_rankable,
            "counted": dict(self.counted),
            "reason": self.reason,
            "event": self.event,
            "undone": self.undone,
            "turned": self.turned,
        }
        # An empty prompt that was sent, and a wrong answer, mean something, so these are kept.
        said = ("prompt", "right")
        return {name: value for name, value in whole.items() if value or (name in said and value is not None)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "TaskAnswer":
        """Read what `to_json` has written, in this version or an earlier one."""
        return cls(
            WrittenText(
                prompt=stored.get("prompt"),
                reply=stored.get("reply", ""),
                source=stored.get("source", ""),
                heard=tuple(stored.get("heard", ())),
                anew=bool(stored.get("anew")),
                submitted=bool(stored.get("text")),
                ended=bool(stored.get("ended")),
            ),
            GivenLabels(
                stored.get("labels", {}),
                stored.get("verdict", ""),
                stored.get("mode"),
                right=stored.get("right"),
                item=stored.get("item", ""),
                before=stored.get("before", {}),
            ),
            GivenRanking(
                _tuples(stored.get("order", ())),
                bool(stored.get("tie")),
                _tuples(stored.get("groups", ())),
                bool(stored.get("not_rankable")),
            ),
            counted=stored.get("counted", {}),
            reason=stored.get("reason", ""),
            event=stored.get("event", ""),
            undone=stored.get("undone", ""),
            turned=stored.get("turned", ""),
        )


@dataclass(frozen=True, slots=True)
class TaskPlace:
    """Where and to whom a task was handed out: the person's id on the platform and their language.

    `asked` is what they had asked for, so that they are given the same kind next.
    """

    place: Place | None = None
    language: str = ""
    user: str = ""
    asked: TaskRequest | None = None

    @property
    def private(self) -> bool:
        """Whether only its person sees the place."""
        return self.place is not None and self.place.private

    @property
    def conversation(self) -> tuple[str, str] | None:
        """The channel and the thread, which identify the conversation."""
        return (self.place.channel, self.place.thread) if self.place else None

    def is_at(self, place: Place) -> bool:
        """Whether it is the same conversation as another place."""
        return self.conversation == (place.channel, place.thread)

    def moved_to(self, place: Place) -> "TaskPlace":
        """Return the place after its person was shown the task in another conversation."""
        return replace(self, place=replace(self.place or place, channel=place.channel, thread=place.thread))

    def to_json(self) -> dict[str, Any]:
        """Return it as it is stored: the place's own fields, and ours beside them."""
        ours = {"language": self.language, "user": self.user} if self.place else {}
        asked = {"asked": self.asked} if self.asked else {}
        return {**(asdict(self.place) if self.place else {}), **ours, **asked}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "TaskPlace":
        """Read what `to_json` has written."""
        place = Place(
            stored.get("platform", ""),
            stored.get("community", ""),
            stored.get("channel", ""),
            stored.get("thread", ""),
            bool(stored.get("private")),
        )
        known = place if "channel" in stored else None
        return cls(known, stored.get("language", ""), stored.get("user", ""), stored.get("asked"))


def _lists(groups: RankedGroups) -> list[list[str]]:
    return [list(group) for group in groups]


def _tuples(groups: Any) -> RankedGroups:
    return tuple(tuple(group) for group in groups)
