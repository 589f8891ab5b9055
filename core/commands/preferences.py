"""/model, /preset and /instructions: choices of a person, a channel or a community. The nearest one wins."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from core.actions import Verb, form_action
from core.answering.answer_options import models_offered
from core.commands.registry import Command, CommandGroup, CommandOption
from core.delivery.call import CommandCall
from core.errors import NotAllowed
from core.messages import Field, Form
from core.models.registry import ModelRegistry
from core.rights import Role, refusal, role_of
from core.store import choices
from core.store.choices import Scope
from core.store.identities import EventScene

SCOPES: Mapping[str, Scope] = {"me": "person", "channel": "channel", "community": "community"}
DEFAULT = "default"
"""The value that undoes a choice."""

LONGEST_INSTRUCTION = 256
"""Maximum length of each custom instruction, in characters (docs/reference/open-assistant.md 3.3)."""

FIELDS = ("about", "style")


@dataclass(frozen=True, slots=True)
class PreferenceCommands:
    """The commands for choosing a model, a preset and instructions, and how something is chosen.

    Holds what may be chosen; the first preset is the default.
    """

    models: ModelRegistry
    presets: Sequence[str]

    def feature(self) -> CommandGroup:
        """Return the three commands, and the form for instructions."""
        return CommandGroup(
            commands=(
                self._choice("model", lambda: self.models.names),
                self._choice("preset", lambda: self.presets),
                Command(
                    "instructions",
                    "settings",
                    self.instructions,
                    (CommandOption("field", values=lambda: (*FIELDS, "clear")), CommandOption("text")),
                    portable=True,
                ),
            ),
            forms={Verb.INSTRUCTIONS: self.instructions_form},
        )

    def _choice(self, name: str, values: Callable[[], Sequence[str]]) -> Command:
        async def run(call: CommandCall) -> None:
            await self.choose(call, name, values())

        options = (
            CommandOption("name", values=lambda: (*values(), DEFAULT), live=True),
            CommandOption("scope", values=lambda: tuple(SCOPES)),
        )
        return Command(name, "settings", run, options, portable=True)

    async def choose(self, call: CommandCall, name: str, values: Sequence[str]) -> None:
        """Store a choice of model, persona or preset; without a value, show the current one and those available.

        Raises NotAllowed if somebody who is not an admin chooses for a channel or a community.
        """
        scene = await call.scene()
        value = call.arguments.get("name", "")
        if not value:
            kept = await self._kept(call, scene)
            values = models_offered(self.models, kept) if name == "model" else values
            # What was chosen may have been removed since.
            current = kept[name] if kept.get(name) in values else values[0]
            await call.tell(call.text("choice-list", what=name, current=current, values=", ".join(values)))
            return
        where = call.arguments.get("scope", "") or "me"
        # A private place is the person's own channel, in a community that they may share with others.
        own = where == "me" or (where == "channel" and call.event.place.private)
        if not own and role_of(call.event.user) < Role.ADMIN:
            raise refusal(call.event.user, NotAllowed("choice-admin-only"))
        await self._keep(call, scene, SCOPES[where], {name: "" if value == DEFAULT else value})
        # Where others talk, too, a channel is more than this conversation.
        whom = "here" if where == "channel" and not call.event.place.private else where
        await call.tell(call.text("choice-made", what=name, value=value, where=call.text(f"scope-{whom}")))

    async def instructions(self, call: CommandCall) -> None:
        """/instructions opens the form; with a field and a text it sets that field; `clear` removes both."""
        scene = await call.scene()
        field, text = call.arguments.get("field", ""), call.arguments.get("text", "")
        if field == "clear":
            await self._keep(call, scene, "person", dict.fromkeys(FIELDS, ""))
            await call.tell(call.text("instructions-cleared"))
        elif field:
            await self._keep(call, scene, "person", {field: text[:LONGEST_INSTRUCTION]})
            await call.tell(call.text("instructions-kept"))
        else:
            await self._ask(call, scene)

    async def instructions_form(self, call: CommandCall) -> None:
        """Take the filled-in form; an empty field removes that instruction."""
        scene = await call.scene()
        given = {name: call.arguments.get(name, "")[:LONGEST_INSTRUCTION] for name in FIELDS}
        await self._keep(call, scene, "person", given)
        await call.tell(call.text("instructions-kept"))

    async def _ask(self, call: CommandCall, scene: EventScene) -> None:
        chosen = await self._kept(call, scene)
        kept = {name: chosen.get(name, "") for name in FIELDS}
        if not call.chat.capabilities.forms:
            nothing = call.text("instructions-none")
            await call.tell(
                call.text("instructions-show", about=kept["about"] or nothing, style=kept["style"] or nothing)
            )
            return
        fields = tuple(
            Field(name, call.text(f"instructions-{name}"), value=kept[name], limit=LONGEST_INSTRUCTION)
            for name in FIELDS
        )
        form = Form(
            form_action(Verb.INSTRUCTIONS, "me"),
            call.text("instructions-title"),
            fields,
            call.text("instructions-send"),
        )
        await call.chat.show(call.event.place, form, call.event)

    async def _kept(self, call: CommandCall, scene: EventScene) -> Mapping[str, str]:
        return await call.store.read(
            lambda session: choices.choices(session, scene.community_id, scene.conversation_id, scene.person_id)
        )

    async def _keep(self, call: CommandCall, scene: EventScene, scope: Scope, values: Mapping[str, str]) -> None:
        ids = {"person": scene.person_id, "channel": scene.conversation_id, "community": scene.community_id}

        def unit(session: Session) -> None:
            for name, value in values.items():
                if call.event.place.private:
                    # An earlier choice for this conversation alone would win over the new one.
                    choices.choose(session, scene.community_id, "conversation", scene.conversation_id, name, "")
                choices.choose(session, scene.community_id, scope, ids[scope], name, value)

        await call.store.write(unit)
