"""The menu of tasks: what there is to do, the consent that comes first, languages, and guidelines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from core.actions import Verb, button_action
from core.commands.registry import Command, CommandGroup, CommandOption
from core.delivery.call import CommandCall
from core.errors import UserError
from core.labeling.chat.task_session import TaskSession, first_line
from core.labeling.rules.vocabulary import BOTH, KINDS, PROMPTS, RANDOM, TaskKind, TaskRequest
from core.labeling.service.assignment import OpenWork
from core.messages import Button, Select
from core.store import identities, people
from core.store.labeling_tables import LabelerRow, TaskRow
from core.store.tables import PersonRow

MOST_LANGUAGES = 25
"""How many languages one select offers: as many as the smallest platform can show."""


@dataclass(frozen=True, slots=True)
class TaskMenu:
    """Shows the menu of tasks, asks for consent, and keeps the languages that a person does tasks in."""

    desk: TaskSession

    def feature(self) -> CommandGroup:
        """Return /guide and /languages, and the select of languages."""
        return CommandGroup(
            commands=(
                Command("guide", "tasks", self.guide, (CommandOption("kind", values=lambda: KINDS[1:]),)),
                Command("languages", "tasks", self.choose_languages, (CommandOption("languages"),)),
            ),
            presses={Verb.LANGS: self.take_languages},
        )

    async def show(self, call: CommandCall, *, in_place: bool = False) -> None:
        """Show what there is to do in the person's languages, or why there is nothing."""

        def unit(session: Session) -> tuple[Mapping[TaskKind, OpenWork], Sequence[str], TaskRow | None] | None:
            scene = identities.scene(session, call.event.place, call.event.user)
            if session.get_one(PersonRow, scene.person_id).terms != self.desk.terms.version:
                return None
            person = self.desk.person(session, call, scene)
            return (
                self.desk.assigner.available(session, person),
                person.langs,
                self.desk.here(session, call, scene, RANDOM),
            )

        found = await call.store.write(unit)
        if found is None:
            await self.ask_consent(call, in_place=in_place)
            return
        there, langs, held = found
        lines = [call.text("tasks-title", languages=self.desk.names(langs))]
        lines += [
            f"- {call.text(f'task-title-{kind}')}{self._amount(call, kind, one)}"
            for kind, one in there.items()
            if one.open
        ]
        if not any(one.theirs for one in there.values()):
            lines.append(
                call.text(
                    "task-nothing-yours" if any(one.open for one in there.values()) else "task-nothing-none",
                    others=sum(one.open for one in there.values()),
                    languages=self.desk.names(langs),
                )
            )
        kinds = [kind for kind, one in there.items() if one.theirs]
        both: list[TaskKind] = [BOTH] if "initial_prompt" in kinds else []
        buttons = [
            Button(button_action(Verb.TASKS, RANDOM), call.text("task-continue" if held else "task-random"), "🎲")
        ]
        buttons += [
            Button(button_action(Verb.TASKS, kind), call.text(f"task-title-{kind}"), row=1) for kind in (*kinds, *both)
        ]
        buttons.append(Button(button_action(Verb.LANGS, "menu"), call.text("task-languages"), "🌐", row=4))
        await call.tell("\n".join(lines), buttons=buttons, in_place=in_place)

    async def ask_consent(self, call: CommandCall, *, in_place: bool, kind: TaskRequest | None = None) -> None:
        """Show the terms for tasks, with a button to agree to them and go on with a kind of task."""
        text = "\n\n".join(filter(None, (call.text("task-consent"), self.desk.terms.text, self.desk.terms.link)))
        button = Button(
            button_action(Verb.CONSENT, self.desk.terms.version, kind or ""), call.text("button-agree"), "✅"
        )
        await call.tell(text, buttons=[button], in_place=in_place)

    async def agreed(self, call: CommandCall, version: str) -> bool:
        """Keep the person's consent to the terms that they were shown. Returns whether it was kept.

        If those terms are outdated, the new ones are shown instead.
        """
        if version != self.desk.terms.version:
            await self.ask_consent(call, in_place=True)
            return False
        scene = await call.scene()

        def unit(session: Session) -> None:
            if session.get_one(PersonRow, scene.person_id).terms != version:
                people.agree(session, scene.person_id, version, True)

        await call.store.write(unit)
        return True

    async def guide(self, call: CommandCall) -> None:
        """Show the guideline of a kind of task, or without a kind one line for each."""
        kind = call.arguments.get("kind", "")
        known = self.desk.guidelines_for(call)
        if kind:
            await call.tell(known[kind])
            return
        lines = [
            f"- **{call.text(f'task-title-{name}')}** (`/guide {name}`): {first_line(text)}"
            for name, text in sorted(known.items())
        ]
        await call.tell("\n".join(lines))

    async def choose_languages(self, call: CommandCall) -> None:
        """/languages [tags] sets the languages that somebody does tasks in, or shows them.

        The language of the bot's own messages is another setting.
        """
        given = call.arguments.get("languages", "").replace(",", " ").split()
        if not given:
            await self._show_languages(call)
            return
        wanted = [self.desk.language_of(tag) for tag in given]
        if None in wanted:
            strange = next(tag for tag, found in zip(given, wanted, strict=True) if found is None)
            raise UserError("task-language-unknown", language=strange[:20], languages=", ".join(self.desk.languages))
        await self._keep_languages(call, [tag for tag in wanted if tag])
        await call.tell(call.text("task-languages-kept", languages=self.desk.names([tag for tag in wanted if tag])))

    async def take_languages(self, call: CommandCall) -> None:
        """Keep the languages chosen from the select; an empty choice leaves them as they were."""
        chosen = [tag for tag in getattr(call.event, "values", ()) if tag in self.desk.languages]
        if not chosen:
            await self._show_languages(call, in_place=True)
            return
        await self._keep_languages(call, chosen)
        await self.show(call, in_place=True)

    def _amount(self, call: CommandCall, kind: TaskKind, one: OpenWork) -> str:
        """Say how much there is to do. Prompts have no queue, only room for new ones, so they get no number."""
        return "" if kind in PROMPTS else f": {call.text('tasks-amount', theirs=one.theirs, open=one.open)}"

    async def _show_languages(self, call: CommandCall, *, in_place: bool = False) -> None:
        scene = await call.scene()
        langs = await call.store.read(lambda session: self.desk.person(session, call, scene).langs)
        text = call.text("task-languages-now", languages=self.desk.names(langs), all=", ".join(self.desk.languages))
        selects: list[Select] = []
        if "option" in call.chat.capabilities.selects:
            offered = list(dict.fromkeys([*langs, self.desk.own_language(call), *self.desk.languages]))[:MOST_LANGUAGES]
            options = tuple((tag, self.desk.languages.get(tag, tag)) for tag in offered)
            selects = [
                Select(
                    button_action(Verb.LANGS, "take"),
                    call.text("task-languages"),
                    options=options,
                    chosen=langs,
                    most=len(options),
                )
            ]
        await call.tell(
            text,
            selects=selects,
            buttons=[Button(button_action(Verb.TASKS, "menu"), call.text("task-menu"), "📋")],
            in_place=in_place,
        )

    async def _keep_languages(self, call: CommandCall, langs: Sequence[str]) -> None:
        scene = await call.scene()

        def unit(session: Session) -> None:
            labeler = session.get(LabelerRow, scene.person_id) or LabelerRow(person_id=scene.person_id)
            labeler.langs = list(dict.fromkeys(langs))
            session.add(labeler)

        await call.store.write(unit)
