"""The buttons under an answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.messages import Button
from core.store.conversations import UNDERWAY
from core.texts import LocalizedTexts


class ButtonFacts(Protocol):
    """The fields of an answer that its buttons depend on; a row of the store has them, and so has `FinishedAnswer`."""

    @property
    def id(self) -> str: ...

    @property
    def state(self) -> str: ...

    @property
    def finish(self) -> str: ...

    @property
    def text(self) -> str: ...

    @property
    def calls(self) -> Sequence[Mapping[str, str]] | None: ...

    @property
    def suggestions(self) -> Sequence[Mapping[str, str]] | None: ...


@dataclass(frozen=True, slots=True)
class FinishedAnswer:
    """An answer as it has just been finished."""

    id: str
    state: str
    finish: str
    text: str
    calls: Sequence[Mapping[str, str]] | None = None
    suggestions: Sequence[Mapping[str, str]] | None = None


def answer_buttons(
    texts: LocalizedTexts, language: str, answer: ButtonFacts, rating: int = 0, *, rateable: bool = True
) -> tuple[Button, ...]:
    """The buttons under an answer: thumbs if there is something to rate, retry, and continue if it was cut.

    `rating` is the viewer's own rating; its thumb is marked.
    """

    def button(verb: str, emoji: str, *, chosen: bool = False) -> Button:
        return Button(f"{verb}:{answer.id}", texts(language, f"button-{verb}"), emoji, chosen)

    if answer.state in UNDERWAY:
        return (button("stop", "⏹"),)
    thumbs = (button("up", "👍", chosen=rating > 0), button("down", "👎", chosen=rating < 0))
    cut = answer.text and (answer.finish == "length" or answer.state != "complete")
    return (
        *(thumbs if answer.text and rateable else ()),
        *((button("why", "💬"),) if rating else ()),
        button("retry", "🔁"),
        *((button("continue", "▶"),) if cut else ()),
        *((button("calls", "🔍"),) if answer.calls else ()),
        *(Button(one["action"], one["label"], "🔧") for one in answer.suggestions or ()),
    )
