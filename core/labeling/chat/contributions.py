"""From chats into trees: contributed conversations, answers that were rated down, and choices between two answers.

Nothing by a person who has not agreed to the terms leaves a conversation (docs/reference/labeling.md 0): their turns
are left out, together with the answers to them.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from core.actions import Verb, button_action
from core.answering.turns import answer_key
from core.commands.privacy import DataTerms
from core.commands.registry import Command, CommandGroup
from core.delivery.call import CommandCall
from core.errors import UserError
from core.labeling.rules import similarity, text_checks
from core.labeling.service.tree_lifecycle import TreeLifecycle
from core.messages import Button
from core.store import conversations, identities, outbox, tables, visibility
from core.store.identities import EventScene
from core.store.labeling_tables import PreferenceRow, TreeMessageRow, TreeRow
from core.store.private_conversations import is_private
from core.store.tables import MessageRow, PersonRow

LOW_RATED_A_DAY = 20
"""How many trees ratings may begin in a community per day, so that people do not drown in them."""

FINISHED = ("manual", "complete")


@dataclass(frozen=True, slots=True)
class SharedTurns:
    """The turns of a conversation that may be taken: questions with their answers; the last may lack its answer.

    `others` counts the turns left out because their authors have not agreed, and `held` those left out because they
    contain personal data.
    """

    messages: tuple[MessageRow, ...] = ()
    others: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class ChatContributions:
    """Turns conversations, low ratings and choices between answers into trees and preferences.

    `language_of` finds a data language by its tag; `low_rated` says whether ratings may begin trees.
    """

    keeper: TreeLifecycle
    terms: DataTerms
    language_of: Callable[[str], str | None]
    low_rated: bool = True

    def feature(self) -> CommandGroup:
        """Return /contribute, also as a command on a message, its confirmation, and the choice between two answers."""
        return CommandGroup(
            commands=(Command("contribute", "tasks", self.offer, on_message=True, rank=8),),
            presses={Verb.CONTRIBUTE: self.contribute, Verb.PREFER: self.prefer},
        )

    async def offer(self, call: CommandCall) -> None:
        """Say what of this conversation would become a task, and ask for confirmation."""
        scene = await call.scene()
        tail_id = await call.store.read(lambda session: self._tail(session, call, scene))
        turns = await self._turns(call, tail_id)
        agreed = await call.store.read(lambda session: self._agrees(session, scene.person_id))
        if not agreed:
            raise UserError("contribute-terms")
        if await call.store.read(lambda session: is_private(session, scene.person_id, scene.conversation_id)):
            raise UserError("contribute-private")
        if not turns.messages:
            raise UserError("contribute-nothing", others=turns.others)
        text = call.text("contribute-ask", turns=len(turns.messages), others=turns.others, held=turns.held)
        await call.tell(
            text, buttons=[Button(button_action(Verb.CONTRIBUTE, tail_id), call.text("button-contribute"), "✅")]
        )

    async def contribute(self, call: CommandCall) -> None:
        """Make a tree of the conversation, once."""
        scene = await call.scene()
        if await call.store.read(lambda session: visibility.message_here(session, scene, call.target)) is None:
            raise UserError("answer-gone")
        turns = await self._turns(call, call.target)
        if not turns.messages:
            raise UserError("contribute-nothing", others=turns.others)

        def unit(session: Session) -> str | None:
            if not self._agrees(session, scene.person_id):
                raise UserError("contribute-terms")
            if turns.messages[0].conversation_id != scene.conversation_id or not self._still_given(session, turns):
                raise UserError("answer-gone")
            if is_private(session, scene.person_id, scene.conversation_id):
                raise UserError("contribute-private")
            pool = "" if call.event.place.private else scene.community_id
            return self._plant(session, turns.messages, pool, "contributed", tables.now(), scene.person_id)

        planted = await call.store.write(unit)
        await call.tell(call.text("contribute-thanks" if planted else "contribute-again"), in_place=True)

    async def rated(self, call: CommandCall, answer_id: str, value: int) -> None:
        """After a bad rating, begin a task to write a better answer, if everybody involved has agreed to the terms."""
        if value >= 0 or not self.low_rated:
            return
        turns = await self._turns(call, answer_id)
        if not turns.messages or turns.messages[-1].id != answer_id or turns.others or turns.held:
            return

        def unit(session: Session) -> None:
            scene = identities.scene(session, call.event.place, call.event.user)
            at = tables.now()
            begun = select(func.count()).where(
                TreeRow.community_id == scene.community_id,
                TreeRow.origin == "low_rated",
                TreeRow.created_at >= at - timedelta(days=1),
            )
            given = self._takes_part(session, scene) and self._still_given(session, turns)
            if given and session.exec(begun).one() < LOW_RATED_A_DAY:
                self._plant(session, turns.messages, scene.community_id, "low_rated", at)

        await call.store.write(unit)

    async def compare(self, call: CommandCall) -> None:
        """After a retry, ask which of the two answers is better: a preference for a single tap."""
        scene = await call.scene()

        def unit(session: Session) -> str | None:
            post = outbox.find(session, answer_key(call.event))
            answer = session.get(MessageRow, post.message_id) if post and post.message_id else None
            if answer is None or not self._takes_part(session, scene):
                return None
            return answer.id if _before(session, answer) else None

        answer_id = await call.store.read(unit)
        if answer_id is None:
            return
        buttons = [
            Button(button_action(Verb.PREFER, answer_id, which), call.text(f"prefer-{which}"))
            for which in ("new", "old", "same")
        ]
        await call.tell(call.text("prefer-which"), buttons=buttons, about="prefer")

    async def prefer(self, call: CommandCall) -> None:
        """Keep which of two answers a person prefers. For a tie, nothing is kept."""
        answer_id, which = call.target, call.rest
        scene = await call.scene()

        def unit(session: Session) -> bool:
            answer = visibility.message_here(session, scene, answer_id)
            before = _before(session, answer) if answer else None
            if answer is None or before is None:
                return False
            pair = (answer.id, before.id) if which == "new" else (before.id, answer.id)
            for chosen, rejected in (pair, pair[::-1]):
                if earlier := session.get(PreferenceRow, (scene.person_id, chosen, rejected)):
                    session.delete(earlier)
            session.flush()
            if which in ("new", "old"):
                row = PreferenceRow(person_id=scene.person_id, chosen_id=pair[0], rejected_id=pair[1], source="form")
                session.add(row)
            return True

        if not await call.store.write(unit):
            raise UserError("answer-gone")
        await call.tell(call.text("prefer-thanks"), in_place=True)

    def _tail(self, session: Session, call: CommandCall, scene: EventScene) -> str:
        named = getattr(call.event, "message", None)
        if named:
            return conversations.place_message(session, call.event.place, scene, named) or ""
        return session.get_one(tables.ConversationRow, scene.conversation_id).tail_id or ""

    async def _turns(self, call: CommandCall, tail_id: str) -> SharedTurns:
        """Return the turns up to a message that may be taken. The search for personal data runs in a thread."""
        path, agreed = await call.store.read(lambda session: self._path(session, tail_id))
        return await asyncio.to_thread(allowed, path, agreed)

    def _path(self, session: Session, tail_id: str) -> tuple[list[MessageRow], frozenset[str]]:
        path = list(conversations.path(session, tail_id)) if tail_id else []
        people = {message.person_id for message in path if message.person_id}
        agreed = select(PersonRow.id).where(col(PersonRow.id).in_(people), PersonRow.terms == self.terms.version)
        open_here = (one for one in session.exec(agreed) if not is_private(session, one, path[0].conversation_id))
        return path, frozenset(open_here)

    def _still_given(self, session: Session, turns: SharedTurns) -> bool:
        """Whether no turn was deleted or made private, and nobody has left, since the search for personal data."""
        path, agreed = self._path(session, turns.messages[-1].id)
        left = {one.id for one in path if not one.deleted and (one.role == "assistant" or one.person_id in agreed)}
        return all(one.id in left for one in turns.messages)

    def _agrees(self, session: Session, person_id: str) -> bool:
        return session.get_one(PersonRow, person_id).terms == self.terms.version

    def _takes_part(self, session: Session, scene: EventScene) -> bool:
        """Whether somebody has agreed to the terms and does not keep this conversation out of training."""
        return self._agrees(session, scene.person_id) and not is_private(
            session, scene.person_id, scene.conversation_id
        )

    def _plant(
        self,
        session: Session,
        turns: Sequence[MessageRow],
        pool: str,
        origin: str,
        now: datetime,
        giver: str | None = None,
    ) -> str | None:
        """Make a tree of turns, keeping their ids. Returns None if they are in a tree already.

        What `giver` said counts as given on purpose, however it reached us at first.
        """
        first, last = turns[0], turns[-1]
        if session.get(TreeMessageRow, first.id) or session.get(TreeMessageRow, last.id):
            return None
        lang = self.language_of(first.lang) or "en"
        low = origin == "low_rated"
        limits = replace(
            self.keeper.rules.limits,
            max_tree_depth=max(self.keeper.rules.limits.max_tree_depth, len(turns)),
            goal_tree_size=sum(turn.role == "prompter" for turn in turns) + (1 if low else 2),
        )
        platform = session.get_one(tables.CommunityRow, first.community_id).platform
        tree = TreeRow(
            id=first.id,
            community_id=first.community_id,
            pool=pool,
            lang=lang,
            state="growing" if low else "initial_prompt_review",
            origin=origin,
            limits=asdict(limits),
            won_at=now if low else None,
            created_at=now,
            changed_at=now,
        )
        session.add(tree)
        session.flush()
        above: str | None = None
        for depth, turn in enumerate(turns):
            asks = turn.role == "prompter"
            row = TreeMessageRow(
                id=turn.id,
                tree_id=first.id,
                parent_id=above,
                person_id=turn.person_id if asks else None,
                community_id=turn.community_id,
                platform=platform,
                source="command" if giver and turn.person_id == giver else turn.source,
                role="prompter" if asks else "assistant",
                text=turn.text,
                lang=lang,
                depth=depth,
                # A question from a real chat needs no review before it can be answered better; the bad answer itself
                # gets one.
                review_result=True if low and turn is not last else None,
                ended=low and asks and depth < len(turns) - 2,
                synthetic=not asks,
                model=turn.model,
                digest=similarity.digest(turn.text),
                created_at=turn.created_at,
            )
            session.add(row)
            session.flush()
            above = turn.id
        self.keeper.settle(session, first.id, now)
        return first.id


def allowed(path: Sequence[MessageRow], agreed: frozenset[str]) -> SharedTurns:
    """Return the questions of people who have agreed, each with its answer, unless they contain personal data.

    A question with words of others, such as a file or a forwarded message, is not theirs to give.

    Whatever is cut off or left out, a question comes first, and the two sides take turns.
    """
    kept: list[MessageRow] = []
    others = held = 0
    for number, question in enumerate(path):
        if question.role != "prompter":
            continue
        answer = path[number + 1] if number + 1 < len(path) and path[number + 1].role == "assistant" else None
        both = [one for one in (question, answer) if one is not None]
        if question.person_id not in agreed or question.outside:
            others += len(both)
        elif any(one.deleted or one.state not in FINISHED or not one.text.strip() for one in both):
            continue
        elif any(_is_personal(one) for one in both):
            held += len(both)
        else:
            kept += both
    # Only the last question may lack an answer.
    whole = [one for number, one in enumerate(kept) if one.role == "assistant" or _answered(kept, number)]
    return SharedTurns(tuple(whole), others, held)


PERSONAL = frozenset({"email", "phone", "iban", "card", "ip", "secret"})


def _is_personal(one: MessageRow) -> bool:
    found = text_checks.findings(one.text, languages=(one.lang,) if one.lang else ())
    return any(finding.kind in PERSONAL for finding in found)


def _answered(kept: Sequence[MessageRow], number: int) -> bool:
    return number == len(kept) - 1 or kept[number + 1].role == "assistant"


def _before(session: Session, answer: MessageRow) -> MessageRow | None:
    """Return the earlier answer to the same question, or None if either of the two is not finished."""
    found = select(MessageRow).where(
        MessageRow.parent_id == answer.parent_id,
        MessageRow.role == "assistant",
        col(MessageRow.id) < answer.id,
        col(MessageRow.deleted).is_(False),
        MessageRow.state == "complete",
        MessageRow.text != "",
    )
    earlier = session.exec(found.order_by(col(MessageRow.id).desc()).limit(1)).first()
    return earlier if answer.state == "complete" and answer.text and not answer.deleted else None
