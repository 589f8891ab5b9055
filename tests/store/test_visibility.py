"""core.store.visibility: the stored things that a person may see, by the rows of people, places and messages."""

from datetime import UTC, datetime

from sqlmodel import Session

from core.messages import Place, Press, User
from core.store import conversations, hot_path, identities, linking, visibility
from core.store import outbox as posts
from core.store.engine.database import Database
from core.store.hot_path import AnswerChoices, NewQuestion
from core.store.identities import EventScene
from core.store.tables import MessageRow

HOME = Place("paper", "server", "home", private=True)
SQUARE = Place("paper", "server", "square")
ANA, BEN, ANA_AGAIN = User("ana", "Ana"), User("ben", "Ben"), User("ana-2", "Ana")


def answered(session: Session, place: Place, user: User = ANA) -> str:
    """An answer that somebody got in a place, shown there as message "1"."""
    scene = identities.scene(session, place, user)
    asked = NewQuestion("Why?", "en", "direct", "0", None)
    _, answer_id = hot_path.begin(session, scene, asked, "en", AnswerChoices("m", "p", "s"))
    posts.plan(session, place.channel + place.thread, scene.community_id, place, answer_id)
    posts.sent(session, place.channel + place.thread, "1")
    return answer_id


def seen(session: Session, answer_id: str, place: Place, user: User, on: str | None = None) -> bool:
    """Whether somebody may press a button about an answer, `on` a message of the place."""
    press = Press(key="p", place=place, user=user, at=datetime.now(UTC), action=f"up:{answer_id}", id=on)
    scene = identities.scene(session, place, user)
    return visibility.answer(session, press, scene, answer_id) is not None


async def test_a_private_answer_is_seen_by_all_accounts_of_its_person(store: Database) -> None:
    second = Place("paper", "server", "second home", private=True)

    def unit(session: Session) -> list[bool]:
        answer_id = answered(session, HOME)
        people = [identities.person(session, "paper", user) for user in (ANA, ANA_AGAIN)]
        before = seen(session, answer_id, second, ANA_AGAIN)
        linking.merge(session, *people)
        session.expire_all()
        after = seen(session, answer_id, second, ANA_AGAIN)
        return [before, after, seen(session, answer_id, Place("paper", "server", "desk", private=True), BEN)]

    assert await store.write(unit) == [False, True, False]


async def test_the_message_that_was_pressed_vouches_within_its_channel_alone(store: Database) -> None:
    def unit(session: Session) -> list[bool]:
        answer_id = answered(session, Place("paper", "server", "square", "thread"))
        garden = Place("paper", "server", "garden")
        return [seen(session, answer_id, place, BEN, on) for place in (SQUARE, garden) for on in ("1", "2", None)]

    assert await store.write(unit) == [True, False, False, False, False, False]


async def test_what_was_erased_and_what_is_no_answer_is_gone(store: Database) -> None:
    def unit(session: Session) -> list[bool]:
        answer_id = answered(session, SQUARE)
        scene = identities.scene(session, SQUARE, ANA)
        question_id = session.get_one(MessageRow, answer_id).parent_id or ""
        found = [seen(session, question_id, SQUARE, ANA), _here(session, scene, question_id)]
        conversations.delete(session, answer_id)
        return [*found, seen(session, answer_id, SQUARE, ANA), _here(session, scene, answer_id)]

    assert await store.write(unit) == [False, True, False, False]


async def test_a_place_is_open_until_it_is_somebodys(store: Database) -> None:
    def unit(session: Session) -> list[bool]:
        before = [visibility.open_to(session, HOME, user) for user in (ANA, BEN)]
        identities.scene(session, HOME, ANA)
        identities.scene(session, SQUARE, ANA)
        after = [visibility.open_to(session, HOME, user) for user in (ANA, BEN)]
        owned = [visibility.owns(session, place, ANA) for place in (HOME, SQUARE)]
        return [*before, *after, *owned, visibility.owns(session, HOME, BEN)]

    assert await store.write(unit) == [True, True, True, False, True, False, False]


def _here(session: Session, scene: EventScene, message_id: str) -> bool:
    return visibility.message_here(session, scene, message_id) is not None
