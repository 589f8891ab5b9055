"""People who talk and rate, for tests of the export."""

from collections.abc import Callable

from sqlmodel import Session

from core.dataset.export.consent import ExportSwitches
from core.dataset.export.options import ExportOptions
from core.messages import Place, User
from core.store import people
from core.store.tables import MessageRow
from tests.store.ana_and_ben import Talk

TERMS = "2"
OPEN = ExportOptions(terms=TERMS, switches=ExportSwitches({"paper": True}))
ROOM = Place("paper", "server", "room")


def talker(session: Session, name: str, *, agreed: bool = True, place: Place = ROOM) -> Talk:
    """A person in a room; most agree to the current terms."""
    talk = Talk(session, place, User(name, name.title()))
    people.agree(session, talk.scene.person_id, TERMS, agreed)
    return talk


def changed(message_id: str, **values: object) -> Callable[[Session], None]:
    """A unit that changes a message."""

    def unit(session: Session) -> None:
        message = session.get_one(MessageRow, message_id)
        for name, value in values.items():
            setattr(message, name, value)

    return unit
