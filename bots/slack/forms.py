"""Forms: Slack opens one only after a press, so without a press we first offer a button."""

import json
from dataclasses import dataclass, replace

from slack_sdk.errors import SlackApiError

from bots.slack.calls import WorkspaceCalls
from bots.slack.notices import PersonalNotices
from bots.slack.receive import InteractionTicket
from bots.slack.refusals import LATE, code_of
from bots.slack.render import modal
from core.actions import Verb, cut, joined
from core.errors import UserError
from core.messages import AnyEvent, Button, Form, Invocation, Place, Press, Reply, origin_of
from core.outside_json import read_json

LONGEST = 2000
"""The most characters of a button's value."""


@dataclass(slots=True)
class OfferedForms:
    """Opens forms. A button that offers one carries the command that asked for it, so any process can open it."""

    calls: WorkspaceCalls
    notices: PersonalNotices

    async def show(self, place: Place, form: Form, cause: AnyEvent) -> None:
        """Open a form, or offer it if it was asked for in a written message.

        Raises UserError if the interaction is too old for a form.
        """
        if InteractionTicket.parse(cause.ticket).trigger:
            await self._open(place, form, cause)
        else:
            await self._offer(place, form, cause)

    async def _open(self, place: Place, form: Form, cause: AnyEvent) -> None:
        trigger, view = InteractionTicket.parse(cause.ticket).trigger, modal(form, place, cause)
        try:
            await self.calls.client(place).views_open(trigger_id=trigger, view=view)
        except SlackApiError as error:
            if code_of(error) not in LATE:
                raise
            raise UserError("form-late") from error

    async def _offer(self, place: Place, form: Form, cause: AnyEvent) -> None:
        action = offer(cause) if isinstance(cause, Invocation) else ""
        if not action or len(action) > LONGEST:
            raise UserError("form-late")
        reply = Reply("", status=form.title, buttons=(Button(action, form.title, "📝"),), personal=True)
        if place.private:
            await self.notices.tell(place, place.channel, reply)
        else:
            await self.notices.whisper(place, reply, cause)


def offer(asked: Invocation) -> str:
    """Return the action of a button that gives a command again."""
    place = asked.place
    command = [asked.command, dict(asked.arguments), asked.message, place.channel, place.thread, place.private]
    return joined(Verb.OPEN_FORM, json.dumps(command, ensure_ascii=False, separators=(",", ":")))


def taken_up(press: Press) -> Press | Invocation:
    """Return the command that a press on such a button gives, now with a ticket that opens forms; others as they are.

    Buttons of earlier versions carry no command: the core says that they are outdated.
    """
    verb, rest = cut(press.action)
    if verb != Verb.OPEN_FORM:
        return press
    try:
        command, arguments, message, channel, thread, private = read_json(rest)
    except (ValueError, TypeError):
        return press
    place = replace(press.place, channel=channel, thread=thread, private=private)
    here = replace(press, place=place)
    return Invocation(**origin_of(here), command=command, arguments=arguments, message=message)
