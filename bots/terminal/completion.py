"""Completes commands and their arguments at the prompt."""

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from dataclasses import dataclass

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from core.messages import CommandHelp, Place, User
from core.ports.surface import SurfaceRecords


@dataclass(frozen=True, slots=True)
class CommandCompleter(Completer):
    """Offers the commands that a person may use in their conversation, and for each argument its values."""

    records: SurfaceRecords
    user: User
    where: Callable[[], Place]

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """None: which commands are on is known only after a look into the database."""
        return ()

    async def get_completions_async(
        self, document: Document, complete_event: CompleteEvent
    ) -> AsyncGenerator[Completion, None]:
        """The completions of what stands before the cursor."""
        text = document.text_before_cursor
        if text.startswith("/") and "\n" not in text:
            for one in self._completions(text, await self.records.commands_in(self.where(), self.user)):
                yield one

    def _completions(self, text: str, commands: Sequence[CommandHelp]) -> Iterable[Completion]:
        name, space, rest = text[1:].partition(" ")
        if not space:
            for one in commands:
                if one.name.startswith(name):
                    yield Completion(f"/{one.name}", -len(text), display_meta=one.description)
            return
        for command in commands:
            if command.name == name:
                typed, values = self._values(command, rest)
                yield from (Completion(value, -len(typed)) for value in values)

    def _values(self, command: CommandHelp, rest: str) -> tuple[str, Sequence[str]]:
        """The argument that is being typed, and the values that it may have. The last one takes the rest of a line."""
        if not command.options:
            return "", ()
        words = rest.split(" ")
        at = min(len(words), len(command.options)) - 1
        option, typed = command.options[at], " ".join(words[at:])
        if option.live:
            found = self.records.complete(command.name, option.name, typed)
            # What only contains the letters is for whoever knows no beginning: Tab would not know which one is meant.
            begun = [value for value in found if value.casefold().startswith(typed.casefold())]
            return typed, begun or found
        return typed, [value for value in option.values if value.startswith(typed)]
