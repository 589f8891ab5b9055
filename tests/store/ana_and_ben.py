"""A small community for tests of people's data: Ana, who will be forgotten, and Ben, who stays.

What is Ana's, and nothing else, has the word CANARY in it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlmodel import Session, select

from core.messages import Message as MessageEvent
from core.messages import Place, User
from core.store import choices, hot_path, identities, inbox, linking, people, plugins, ratings, reports
from core.store import outbox as posts
from core.store.arena_tables import ArenaRoundRow, ArenaTrialRow, ArenaVoteRow
from core.store.hot_path import AnswerChoices, AnswerEnding, NewQuestion, PathMessage
from core.store.identities import EventScene
from core.store.labeling_tables import (
    FlagRow,
    LabelerRow,
    PreferenceRow,
    RankingRow,
    ReviewRow,
    RevisionRow,
    TallyRow,
    TaskRow,
    TextBandRow,
    TreeMessageRow,
    TreeRow,
    TreeVoteRow,
    WorkItemRow,
)
from core.store.moderation_tables import PersonNoteRow
from core.store.plugin_tables import ConnectionRow, PluginCallRow, SignInRow
from core.store.private_conversations import keep_out
from core.store.ratings import AnswerOpinion
from core.store.tables import AccountRow, ConversationRow, MessageRow

ANA = User("CANARY-ana", "Ana CANARY")
BEN = User("ben", "Ben")
ROOM = Place("paper", "server", "room")
DESK = Place("paper", "server", "CANARY-desk", private=True)
LETTERS = Place("paper", ANA.id, ANA.id, private=True)
BENS = Place("paper", "server", "ben's desk", private=True)


@dataclass(frozen=True, slots=True)
class AnaAndBen:
    """The ids of the two people."""

    ana: str
    ben: str


@dataclass(slots=True)
class Talk:
    """A conversation as one person has it."""

    session: Session
    place: Place
    user: User
    spoken: int = 0

    @property
    def scene(self) -> EventScene:
        return identities.scene(self.session, self.place, self.user)

    def says(self, text: str, parent_id: str | None = None) -> str:
        """Ask; returns the question's id."""
        self.spoken += 1
        platform_id = f"{self.user.id}:{self.place.channel}:{self.spoken}"
        return hot_path.ask(self.session, self.scene, NewQuestion(text, "en", "direct", platform_id, parent_id))

    def hears(self, question_id: str, text: str) -> str:
        """Get an answer to a question; returns its id."""
        question = self.session.get_one(MessageRow, question_id)
        asked = PathMessage(question.id, question.role, question.text, question.depth)
        made = AnswerChoices("tiny", "helpful", "default")
        _, answer = hot_path.begin(self.session, self.scene, asked, question.lang, made)
        hot_path.finish(self.session, answer, AnswerEnding(text, "complete", "stop", 10, 5))
        posts.plan(self.session, f"post of {answer}", self.scene.community_id, self.place, answer)
        posts.sent(self.session, f"post of {answer}", f"shown {answer}")
        return answer

    def asks(self, text: str, answer: str, parent_id: str | None = None) -> str:
        """A question and its answer; returns the answer's id."""
        return self.hears(self.says(text, parent_id), answer)

    def rates(self, answer_id: str, value: int, comment: str = "", labels: tuple[str, ...] = ()) -> None:
        key = f"rated {answer_id} {self.scene.person_id}"
        ratings.rate(self.session, self.scene.person_id, answer_id, AnswerOpinion(value, labels, comment), "form", key)

    def reports(self, answer_id: str, comment: str) -> None:
        reports.report(self.session, self.scene.person_id, answer_id, ("spam",), comment, "form")
        reports.label(self.session, self.scene.person_id, answer_id, {"quality": 1.0}, "form")

    def sends(self, text: str) -> None:
        """An event that is accepted and not done."""
        at = datetime.now(UTC)
        number = f"{self.place.channel}:{self.spoken}"
        inbox.accept(
            self.session,
            MessageEvent(key=f"paper:{text[:3]}", place=self.place, user=self.user, at=at, id=number, text=text),
        )


def populate(session: Session) -> AnaAndBen:
    """Fill the store with what Ana and Ben have said and done."""
    ana, ben = Talk(session, ROOM, ANA), Talk(session, ROOM, BEN)
    ids = AnaAndBen(ana.scene.person_id, ben.scene.person_id)
    session.add(AccountRow(person_id=ids.ana, platform="other", platform_id="CANARY-elsewhere", name="CANARY-name"))
    people.agree(session, ids.ana, "1", True)
    people.agree(session, ids.ben, "1", True)
    linking.new_code(session, ids.ana)
    _share(session, ana, ben)
    _plugged(session, ana)
    _alone(session)
    _label(session, ana, ben)
    for about, author, words in (
        (ids.ana, ids.ben, "CANARY repeats herself."),
        (ids.ben, ids.ana, "Writes well."),
    ):
        here = ana.scene.community_id
        session.add(PersonNoteRow(person_id=about, author_id=author, community_id=here, text=words))
    ana.sends("one CANARY")
    ben.sends("two words of Ben")
    return ids


def _share(session: Session, ana: Talk, ben: Talk) -> None:
    first = ben.asks("How are you?", "Fine, Ben.")
    question = ana.says("My CANARY is ill.", first)
    second = ana.hears(question, "What has your CANARY?")
    third = ben.hears(question, "Tell me about this CANARY.")
    ben.asks("Do birds fly?", "Most do.", second)
    ana.rates(first, 1, "CANARY likes it")
    ana.reports(first, "CANARY reports it")
    ben.rates(third, -1, "I did not ask")
    ben.reports(second, "Ben reports it")
    ben.rates(first, 1)
    conversation = session.get_one(ConversationRow, ana.scene.conversation_id)
    conversation.title = "My CANARY is ill."
    choices.choose(session, ana.scene.community_id, "person", ana.scene.person_id, "about", "a CANARY breeder")
    choices.choose(session, ana.scene.community_id, "person", ben.scene.person_id, "about", "a postman")
    choices.choose(session, ana.scene.community_id, "channel", ana.scene.conversation_id, "model", "tiny")


def _plugged(session: Session, ana: Talk) -> None:
    scene = ana.scene
    call = PluginCallRow(
        community_id=scene.community_id,
        person_id=scene.person_id,
        plugin="reminders",
        function="ring",
        values={"what": "feed the CANARY"},
        place={"channel": "room"},
        asker={"id": ANA.id},
        due=datetime.now(UTC),
    )
    plugins.call_later(session, call)
    session.add(
        ConnectionRow(person_id=scene.person_id, plugin="calendar", account=ANA.id, access="CANARY token", flow={})
    )
    signing_in = SignInRow(
        person_id=scene.person_id,
        plugin="calendar",
        platform="paper",
        name=ANA.name,
        account=ANA.id,
        verifier="CANARY verifier",
        redirect="https://parley.example",
        flow={},
    )
    session.add(signing_in)
    plugins.keep(session, scene.community_id, "reminders", f"zone:{scene.person_id}", "CANARY/Islands")
    plugins.allow_hosts(session, scene.person_id, "pages", ["CANARY.example"])


def _label(session: Session, ana: Talk, ben: Talk) -> None:
    """A tree that Ana begins and Ben replies to, with what each says of the other's words."""
    here: dict[str, Any] = {"lang": "en", "community_id": ana.scene.community_id}
    limits: dict[str, int] = {}
    tree = TreeRow(id="tree", lang="en", state="growing", limits=limits, community_id=ana.scene.community_id)
    mine, others = (one.scene.person_id for one in (ana, ben))
    root = TreeMessageRow(
        id="tree", tree_id="tree", person_id=mine, role="prompter", text="CANARY prompt", digest="CANARY", **here
    )
    reply = TreeMessageRow(
        id="reply", tree_id="tree", parent_id="tree", person_id=others, role="assistant", text="Ben replies", **here
    )
    item = WorkItemRow(
        id="item", tree_id="tree", message_id="reply", kind="label_assistant_reply", lang="en", need=2, rnd=0
    )
    for row in (tree, root, reply, item):
        session.add(row)
        session.flush()
    session.add(TextBandRow(band="CANARY", message_id="tree"))
    for person in (mine, others):
        session.add(
            task := TaskRow(person_id=person, item_id="item", kind="label_assistant_reply", state="done", **here)
        )
        session.flush()
        about = "reply" if person == mine else "tree"
        session.add(ReviewRow(person_id=person, message_id=about, task_id=task.id, labels={"spam": 0.0}, mode="full"))
        session.add(RankingRow(person_id=person, parent_id="tree", groups=[["reply"]], shown=["reply"]))
        session.add(TreeVoteRow(person_id=person, message_id=about, value=1))
        session.add(FlagRow(person_id=person, message_id=about))
        own, before = ("tree", "CANARY before") if person == mine else ("reply", "Ben before")
        session.add(RevisionRow(person_id=person, message_id=own, before=before))
        session.add(LabelerRow(person_id=person, langs=["en"]))
        session.add(TallyRow(person_id=person, day=date(2026, 1, 1), name="prompts", value=1.0, **here))
    for talk in (ana, ben):
        keep_out(session, talk.scene.person_id, talk.scene.conversation_id, ["tree"])
        found = select(MessageRow.id).where(MessageRow.conversation_id == talk.scene.conversation_id)
        first, second = session.exec(found.limit(2)).all()
        session.add(PreferenceRow(person_id=talk.scene.person_id, chosen_id=first, rejected_id=second))
        trial = ArenaTrialRow(community_id=talk.scene.community_id)
        session.add(trial)
        session.flush()
        asked = ArenaRoundRow(
            trial_id=trial.id,
            community_id=talk.scene.community_id,
            conversation_id=talk.scene.conversation_id,
            event_key=f"event of {trial.id}",
            candidate_first=True,
            state="open",
        )
        session.add(asked)
        session.flush()
        session.add(ArenaVoteRow(person_id=talk.scene.person_id, round_id=asked.id, choice="a"))


def _alone(session: Session) -> None:
    for place in (DESK, LETTERS):
        desk = Talk(session, place, ANA)
        answer = desk.asks("Secret CANARY", "I keep your CANARY secret.")
        desk.asks("Again, CANARY", "Again, CANARY.", answer)
        desk.rates(answer, 1, "CANARY")
        plugins.audit(session, desk.scene.community_id, desk.scene.person_id, "call", "dice:roll")
        posts.plan(session, f"notice in {place.channel}", desk.scene.community_id, place)
        choices.choose(session, desk.scene.community_id, "channel", desk.scene.conversation_id, "model", "CANARY")
        choices.choose(session, desk.scene.community_id, "conversation", desk.scene.conversation_id, "system", "CANARY")
    bens = Talk(session, BENS, BEN)
    bens.rates(bens.asks("What is a stamp?", "A small paper."), 1, "good", ("helpfulness",))
    posts.plan(session, "notice for Ben", bens.scene.community_id, BENS)
