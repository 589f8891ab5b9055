"""/conversations: a person's own conversations in a list; give one a title, hide it, or delete it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from core.actions import Verb, button_action, form_action
from core.commands.registry import Command, CommandGroup, CommandOption
from core.delivery.call import CommandCall
from core.errors import NotAllowed, UserError
from core.messages import Button, Field, Form, Select
from core.outside_text import quoted_line
from core.rights import is_own
from core.store import conversations, people
from core.store.identities import EventScene
from core.store.private_conversations import is_private
from core.store.tables import ConversationRow, now

DEEDS = ("title", "hide", "show", "delete")
MOST = 25
"""How many conversations are listed; lists of platforms take no more."""

LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True)
class OwnConversation:
    """A conversation as its owner sees it in a list."""

    id: str
    title: str
    hidden: bool
    private: bool


@dataclass(frozen=True, slots=True)
class OwnConversations:
    """Runs /conversations and the buttons of a conversation. `stop` stops an answer that is being written."""

    stop: Callable[[str], Awaitable[bool]]

    def feature(self) -> CommandGroup:
        """Return the command, its list, and the buttons and the form for one conversation."""
        options = (CommandOption("what", values=lambda: DEEDS), CommandOption("text"))
        return CommandGroup(
            commands=(Command("conversations", "talk", self.command, options),),
            presses={Verb.TALKS: self.choose, Verb.TALK: self.press},
            forms={Verb.TALK: self.take},
        )

    async def command(self, call: CommandCall) -> None:
        """List the person's conversations; with a deed, do that to the one that it is called in."""
        what = call.arguments.get("what", "")
        if not what:
            await self._list(call)
            return
        here = (await call.scene()).conversation_id
        if what == "title" and call.arguments.get("text"):
            await self._name(call, here, call.arguments["text"])
        else:
            await self._do(call, here, what)

    async def choose(self, call: CommandCall) -> None:
        """Show the conversation that was chosen from the list."""
        chosen = getattr(call.event, "values", ())
        if not chosen:
            await self._list(call)
            return
        await self._card(call, chosen[0])

    async def press(self, call: CommandCall) -> None:
        """Handle a button of a conversation."""
        await self._do(call, call.target, call.rest)

    async def take(self, call: CommandCall) -> None:
        """Take the form with a new title."""
        await self._name(call, call.target, call.arguments.get("title", ""))

    async def _do(self, call: CommandCall, conversation_id: str, what: str) -> None:
        if what == "title":
            await self._ask_title(call, conversation_id)
        elif what in ("hide", "show"):
            await self._hide(call, conversation_id, hidden=what == "hide")
        elif what == "delete":
            await self._confirm(call, conversation_id)
        elif what == "yes":
            await self._delete(call, conversation_id)
        elif what == "card":
            await self._card(call, conversation_id)
        else:
            raise UserError("button-outdated")

    async def _list(self, call: CommandCall) -> None:
        """List the conversations, if nobody else can read their titles."""
        if not call.confidential:
            raise UserError("conversations-privately")
        scene = await call.scene()
        platform = call.event.place.platform

        def unit(session: Session) -> Sequence[OwnConversation]:
            found = [
                *conversations.mine(session, platform, scene.person_id, MOST),
                *conversations.mine(session, platform, scene.person_id, MOST, hidden=True),
            ]
            return [_seen(session, scene, one) for one in found[:MOST]]

        found = await call.store.read(unit)
        if not found:
            await call.tell(call.text("conversations-none"))
            return
        lines = [f"{number}. {_line(call, one)}" for number, one in enumerate(found, 1)]
        options = tuple((one.id, f"{number}. {one.title}") for number, one in enumerate(found, 1))
        able = "option" in call.chat.capabilities.selects
        select = Select(button_action(Verb.TALKS, "one"), call.text("conversations-choose"), options=options)
        text = f"{call.text('conversations-yours')}\n\n" + "\n".join(lines)
        await call.tell(text, selects=[select] if able else ())

    async def _card(self, call: CommandCall, conversation_id: str, lead: str = "") -> None:
        scene = await call.scene()
        one = await call.store.read(
            lambda session: _seen(session, scene, owned(session, scene.person_id, conversation_id))
        )
        hide = "show" if one.hidden else "hide"
        buttons = [
            Button(button_action(Verb.TALK, one.id, what), call.text(f"button-conversation-{what}"))
            for what in ("title", hide, "delete")
        ]
        await call.tell("\n\n".join(filter(None, (lead, _line(call, one)))), buttons=buttons, in_place=True)

    async def _ask_title(self, call: CommandCall, conversation_id: str) -> None:
        scene = await call.scene()
        title = await call.store.read(lambda session: owned(session, scene.person_id, conversation_id).title)
        if not call.chat.capabilities.forms:
            raise UserError("conversation-title-how")
        field = Field("title", call.text("conversation-title"), value=title, limit=LONGEST_TITLE, required=True)
        form = Form(
            form_action(Verb.TALK, conversation_id, "title"),
            call.text("button-conversation-title"),
            (field,),
            call.text("settings-save"),
        )
        await call.chat.show(call.event.place, form, call.event)

    async def _name(self, call: CommandCall, conversation_id: str, title: str) -> None:
        scene, words = await call.scene(), " ".join(title.split())[:LONGEST_TITLE]
        if not words:
            raise UserError("conversation-title-empty")

        def unit(session: Session) -> None:
            owned(session, scene.person_id, conversation_id).title = words

        await call.store.write(unit)
        await call.chat.refresh(call.event.place)
        await self._card(call, conversation_id, call.text("conversation-titled"))

    async def _hide(self, call: CommandCall, conversation_id: str, *, hidden: bool) -> None:
        scene = await call.scene()

        def unit(session: Session) -> None:
            owned(session, scene.person_id, conversation_id).hidden_at = now() if hidden else None

        await call.store.write(unit)
        await call.chat.refresh(call.event.place)
        lead = call.text("conversation-hidden" if hidden else "conversation-shown")
        await self._card(call, conversation_id, lead)

    async def _confirm(self, call: CommandCall, conversation_id: str) -> None:
        """Ask before anything is deleted, since it cannot be undone."""
        scene = await call.scene()
        mine = await call.store.read(lambda session: _may_delete(session, scene, conversation_id))
        buttons = [
            Button(button_action(Verb.TALK, conversation_id, "yes"), call.text("button-conversation-yes")),
            Button(button_action(Verb.KEEP, "me"), call.text("button-conversation-keep")),
        ]
        text = call.text("conversation-delete" if mine else "conversation-delete-shared")
        await call.tell(text, buttons=buttons, in_place=True)

    async def _delete(self, call: CommandCall, conversation_id: str) -> None:
        scene = await call.scene()

        def unit(session: Session) -> people.ErasureCounts:
            _may_delete(session, scene, conversation_id)
            return people.forget_conversation(session, scene.person_id, conversation_id)

        erased = await call.store.write(unit)
        for answer_id in erased.underway:
            await self.stop(answer_id)
        await call.chat.refresh(call.event.place)
        await call.tell(call.text("conversation-deleted", messages=erased.messages), in_place=True)


def owned(session: Session, person_id: str, conversation_id: str) -> ConversationRow:
    """Return a person's own conversation. Raises NotAllowed if it is shared, somebody else's, or gone."""
    found = session.get(ConversationRow, conversation_id)
    if found is None or not is_own(person_id, found.owner_id):
        raise NotAllowed("conversation-not-own")
    return found


def _may_delete(session: Session, scene: EventScene, conversation_id: str) -> bool:
    """Return whether a conversation is the person's own. In a shared one they delete their part, if they are there."""
    if conversation_id == scene.conversation_id and session.get_one(ConversationRow, conversation_id).owner_id is None:
        return False
    owned(session, scene.person_id, conversation_id)
    return True


def _seen(session: Session, scene: EventScene, one: ConversationRow) -> OwnConversation:
    private = is_private(session, scene.person_id, one.id)
    return OwnConversation(one.id, one.title, one.hidden_at is not None, private)


def _line(call: CommandCall, one: OwnConversation) -> str:
    marks = [("conversation-is-hidden", one.hidden), ("conversation-is-private", one.private)]
    said = ", ".join(call.text(key) for key, is_so in marks if is_so)
    title = quoted_line(one.title, LONGEST_TITLE) or call.text("conversation-untitled")
    return f"**{title}** ({said})" if said else f"**{title}**"
