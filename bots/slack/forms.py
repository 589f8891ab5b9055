"""Forms: Slack opens one only after a press, so without a press we first offer a button."""

import secrets
from dataclasses import dataclass, field

from cachetools import LRUCache
from slack_sdk.errors import SlackApiError

from bots.slack.calls import WorkspaceCalls
from bots.slack.notices import PersonalNotices
from bots.slack.receive import InteractionTicket
from bots.slack.refusals import LATE, code_of, translated
from bots.slack.render import modal
from core.actions import Action, Verb, button_action
from core.errors import UserError
from core.messages import AnyEvent, Button, Form, Place, Press, Reply

REMEMBERED = 2000


@dataclass(slots=True)
class OfferedForms:
    """Opens forms, and remembers those that a button offers."""

    calls: WorkspaceCalls
    notices: PersonalNotices
    _offered: LRUCache[str, tuple[Place, Form]] = field(default_factory=lambda: LRUCache(REMEMBERED))

    async def show(self, place: Place, form: Form, cause: AnyEvent) -> None:
        """Open a form, or offer it if it was asked for in a written message.

        Raises UserError if the interaction is too old for a form.
        """
        if InteractionTicket.parse(cause.ticket).trigger:
            await self._open(place, form, cause)
        else:
            await self._offer(place, form, cause)

    def is_offer(self, press: Press) -> bool:
        """Return whether a press is on a button that offers a form; such a press is not passed to the core."""
        return Action.parse(press.action).verb == Verb.OPEN_FORM

    async def open(self, press: Press) -> None:
        """Open the form that a button offered, if we still know it."""
        known = self._offered.get(press.action)
        if known and known[0].community == press.place.community:
            async with translated():
                await self._open(*known, press)

    async def _open(self, place: Place, form: Form, cause: AnyEvent) -> None:
        trigger, view = InteractionTicket.parse(cause.ticket).trigger, modal(form, place, cause)
        try:
            await self.calls.client(place).views_open(trigger_id=trigger, view=view)
        except SlackApiError as error:
            if code_of(error) not in LATE:
                raise
            raise UserError("form-late") from error

    async def _offer(self, place: Place, form: Form, cause: AnyEvent) -> None:
        action = button_action(Verb.OPEN_FORM, secrets.token_hex(8))
        self._offered[action] = (place, form)
        reply = Reply("", status=form.title, buttons=(Button(action, form.title, "📝"),), personal=True)
        if place.private:
            await self.notices.tell(place, place.channel, reply)
        else:
            await self.notices.whisper(place, reply, cause)
