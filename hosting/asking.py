"""A person's yes: before a tool changes something, and where a model that calls no tools could have used one."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from core.commands import Call, Feature, announce
from core.errors import NotAllowed, UserError
from core.messages import AnyEvent, Button, Field, Form, Reply
from core.ports import Suggestion
from core.store import conversations, identities, plugins
from core.store.tables import PluginCall, now
from core.texts import Texts
from hosting.contexts import USER, Asker
from hosting.host import Host, cited, offers, shown
from hosting.hosted import Hosted, Offer
from hosting.routing import arguments, sole_text

WAITS = timedelta(hours=1)
"""How long a question to a person stands."""

MOST_SUGGESTED = 2
LONGEST_ACTION = 64


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks, and takes what people press. What waits for a yes stands in the database."""

    host: Host
    texts: Texts

    def feature(self) -> Feature:
        """The buttons, and the form of a suggested tool."""
        return Feature(
            presses={"tool-yes": self.yes, "tool-no": self.no, "tool": self.take},
            forms={"tool": self.fill},
        )

    async def confirm(self, asker: Asker, plugin: Hosted, tool: Offer, given: Mapping[str, Any]) -> None:
        """Put a question before the person for whom a tool is to run. Raises UserError where they cannot be asked."""
        chat = self.host.chats.get(asker.place.platform)
        if chat is None:
            raise UserError("plugin-cannot-ask", name=plugin.name)

        def unit(session: Session) -> str:
            plugins.forget_asked(session, now() - WAITS)
            call = PluginCall(
                community_id=identities.community(session, asker.place),
                person_id=asker.person_id,
                plugin=plugin.name,
                function=tool.tool,
                values=dict(given),
                place=asdict(asker.place),
                asker=USER.dump_python(asker.user, mode="json"),
            )
            plugins.call_later(session, call)
            return call.id

        call_id = await self.host.store.write(unit)
        language = asker.user.language
        what = json.dumps(given, ensure_ascii=False, indent=1) if given else ""
        text = self.texts(language, "plugin-confirm", name=asker.user.name, what=shown(tool, given), tool=tool.tool)
        buttons = (
            Button(f"tool-yes:{call_id}", self.texts(language, "plugin-confirm-yes"), "✅"),
            Button(f"tool-no:{call_id}", self.texts(language, "plugin-confirm-no"), "✖"),
        )
        words = f"{text}\n```json\n{what[:1500]}\n```" if what else text
        await announce(self.host.store, chat, asker.place, Reply(words, buttons=buttons), f"{asker.key}#confirm")

    async def yes(self, call: Call) -> None:
        """The person wants it: it runs, once."""
        asked = await self._taken(call)
        found = self.host.tool(asked.function)
        if found is None:
            raise UserError("button-outdated")
        plugin, tool = found
        event = call.event
        result = await self.host.run(
            plugin, tool, await self.host.asker(event.place, event.user, event.key, event), asked.values
        )
        await call.tell(f"✅ {shown(tool, asked.values)}\n\n{cited(result)}", in_place=True)

    async def no(self, call: Call) -> None:
        """The person does not want it."""
        asked = await self._taken(call)
        await self.host.note(call.event.place, call.event.user, "declined", f"{asked.plugin}:{asked.function}")
        await call.tell(call.text("plugin-declined"), in_place=True)

    async def suggested(self, event: AnyEvent, answer_id: str, text: str) -> Sequence[Suggestion]:
        """The tools that fit a question best, and of which a person can give the arguments."""
        found = [
            (plugin, tool)
            for plugin in await self.host.enabled(event.place)
            for tool in offers(plugin)
            if tool.tool and not tool.confirm and len(f"tool:{tool.tool}:{answer_id}") <= LONGEST_ACTION
        ]
        scores = await self.host.router.scores(text, found)
        best = sorted(zip(scores, found, strict=True), key=lambda one: (-one[0], one[1][1].tool))[:MOST_SUGGESTED]
        return [
            Suggestion(f"tool:{tool.tool}:{answer_id}", tool.tool.replace("_", " "))
            for score, (_, tool) in best
            if score >= self.host.router.offered
        ]

    async def take(self, call: Call) -> None:
        """A suggested tool was chosen: it runs with what the question says, or asks for what it needs."""
        name, _, answer_id = call.target.partition(":")
        found = self.host.tool(name)
        scene = await call.scene()
        text = await call.store.read(
            lambda session: conversations.question_of(session, scene.conversation_id, answer_id)
        )
        if found is None or text is None:
            raise UserError("button-outdated")
        plugin, tool = found
        given = arguments(text, plugin, tool)
        if given is None and not tool.options:
            given = {}
        if given is None and not call.chat.capabilities.forms and (sole := sole_text(tool)):
            given = {sole: text}
        if given is not None:
            await self._run(call, plugin, tool, given)
            return
        if not call.chat.capabilities.forms:
            usage = " ".join(f"<{one.name}>" if one.required else f"[{one.name}]" for one in tool.options)
            raise UserError("command-usage", usage=f"/{tool.command} {usage}" if tool.command else usage)
        sole = sole_text(tool)
        fields = tuple(
            Field(
                one.name,
                one.description[:45],
                "choice" if one.values else "text",
                tuple((value, value) for value in one.values),
                text[:400] if one.name == sole else "",
                400,
                one.required,
            )
            for one in tool.options[:5]
        )
        title = tool.tool.replace("_", " ")[:45]
        form = Form(f"tool:{name}", title, fields, call.text("plugin-confirm-yes"))
        await call.chat.show(call.event.place, form, call.event)

    async def fill(self, call: Call) -> None:
        """The filled-in arguments of a suggested tool."""
        found = self.host.tool(call.target)
        if found is None:
            raise UserError("button-outdated")
        await self._run(call, *found, {name: value for name, value in call.arguments.items() if value})

    async def _run(self, call: Call, plugin: Hosted, tool: Offer, given: Mapping[str, Any]) -> None:
        event = call.event
        asker = await self.host.asker(event.place, event.user, event.key, event)
        if await self.host.asks(plugin, tool, event.place):
            await self.confirm(asker, plugin, tool, given)
            return
        await call.tell(cited(await self.host.run(plugin, tool, asker, given)))

    async def _taken(self, call: Call) -> PluginCall:
        """What was asked, taken away. Raises NotAllowed to anybody but the person who was asked."""
        scene = await call.scene()

        def unit(session: Session) -> PluginCall | str:
            asked = plugins.take_call(session, call.target)
            if asked is None or asked.created_at < now() - WAITS:
                return "button-outdated"
            if asked.person_id != scene.person_id:
                return "button-not-yours"
            copy = PluginCall(**asked.model_dump())
            plugins.drop_call(session, asked.id)
            return copy

        taken = await call.store.write(unit)
        if taken == "button-not-yours":
            raise NotAllowed(taken)
        if isinstance(taken, str):
            raise UserError(taken)
        return taken
