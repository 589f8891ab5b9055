"""The buttons under an answer."""

from collections.abc import Sequence
from typing import Protocol

from core.actions import Action, Verb, button_action
from core.messages import UNDERWAY, Button, MessageState
from core.ports.model import Finish
from core.ports.plugins import ToolSuggestion
from core.reactions import RATINGS, THUMB_DOWN, THUMB_UP
from core.store.tool_records import ToolCallRecord
from core.texts import LocalizedTexts


class ButtonFacts(Protocol):
    """The fields of an answer that its buttons depend on; a row of the store has them, and so has `WrittenAnswer`."""

    @property
    def id(self) -> str: ...

    @property
    def state(self) -> MessageState: ...

    @property
    def finish(self) -> Finish: ...

    @property
    def text(self) -> str: ...

    @property
    def calls(self) -> Sequence[ToolCallRecord]: ...

    @property
    def suggestions(self) -> Sequence[ToolSuggestion]: ...


def answer_buttons(
    texts: LocalizedTexts, language: str, answer: ButtonFacts, rating: int = 0, *, rateable: bool = True
) -> tuple[Button, ...]:
    """The buttons under an answer: thumbs if there is something to rate, retry, continue if it was cut, delete.

    `rating` is the viewer's own rating; its thumb is marked.
    """

    def button(verb: Verb, emoji: str, *, chosen: bool = False) -> Button:
        return Button(button_action(verb, answer.id), texts(language, f"button-{verb}"), emoji, chosen)

    if answer.state in UNDERWAY:
        return (button(Verb.STOP, "⏹"),)
    thumbs = (button(Verb.UP, THUMB_UP, chosen=rating > 0), button(Verb.DOWN, THUMB_DOWN, chosen=rating < 0))
    cut = answer.text and (answer.finish == "length" or answer.state != "complete")
    return (
        *(thumbs if answer.text and rateable else ()),
        *((button(Verb.WHY, "💬"),) if rating else ()),
        button(Verb.RETRY, "🔁"),
        *((button(Verb.CONTINUE, "▶"),) if cut else ()),
        *((button(Verb.CALLS, "🔍"),) if answer.calls else ()),
        *(Button(one.action, one.label, "🔧") for one in answer.suggestions),
        button(Verb.DELETE, "🗑"),
    )


def aside_buttons(
    texts: LocalizedTexts, language: str, answer_id: str, buttons: Sequence[Button], *, asks: bool
) -> tuple[Button, ...]:
    """Those under an answer that one person alone sees: none of them is about the conversation that others have.

    With `asks`, one opens a form for a further question.
    """
    kept = (button for button in buttons if button.emoji in RATINGS or Action.parse(button.action).verb == Verb.CALLS)
    more = Button(button_action(Verb.FOLLOW, answer_id), texts(language, "button-follow"), "💬")
    return (*kept, more) if asks else tuple(kept)
