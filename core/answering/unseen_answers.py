"""Answers that may not have arrived: the person is told, and can have them shown."""

from dataclasses import dataclass, field

from core.actions import Verb, button_action
from core.delivery.outbox import announce, answered
from core.messages import AnyEvent, Button, Reply
from core.ports.chat import Chat
from core.ports.store import Store
from core.store import outbox
from core.texts import LocalizedTexts


@dataclass(frozen=True, slots=True)
class UnseenAnswers:
    """Offers answers that may not have arrived. Raises UnreachableError if the offer could not be sent.

    It is then made when the event is taken up again, or before the next answer in this conversation.
    """

    store: Store
    texts: LocalizedTexts
    _offering: set[str] = field(default_factory=set)

    async def offer(self, answer_id: str, event: AnyEvent, chat: Chat, *, personal: bool = False) -> None:
        """Say that an answer may not have arrived, with a button that shows it.

        Of a `personal` one only its person hears, and what the button shows would be there for everybody to read.
        """
        language = event.user.language
        show = Button(button_action(Verb.SHOW, answer_id), self.texts(language, "button-show"), "📨")
        buttons = () if personal else (show,)
        notice = Reply(
            self.texts(language, "answer-unseen"), buttons=buttons, reply_to=answered(event), personal=personal
        )
        await announce(self.store, chat, event.place, notice, f"{event.key}#unseen:{answer_id}", event, until_sent=True)
        await self.store.write(lambda session: outbox.offered(session, answer_id))

    async def offer_before(self, answer_id: str, event: AnyEvent, chat: Chat, *, personal: bool) -> None:
        """Offer an earlier answer before the next one, unless that is happening before the answer to somebody else."""
        if answer_id in self._offering:
            return
        self._offering.add(answer_id)
        try:
            await self.offer(answer_id, event, chat, personal=personal)
        finally:
            self._offering.remove(answer_id)
