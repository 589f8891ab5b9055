"""/arena: compare two answers to one question without knowing whose they are; admins choose what meets."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

from sqlmodel import Session

from core.actions import Verb
from core.arena import sides
from core.arena.pairs import VOTES
from core.arena.rounds import ArenaRounds
from core.arena.sequential_test import StoppingRule
from core.arena.summary import summary, summary_lines
from core.commands.admin_channel import tell_admins
from core.commands.registry import Command, CommandGroup, CommandOption
from core.community_settings import kept
from core.dataset.export.held_out import HeldOut
from core.delivery.call import CommandCall
from core.errors import NotAllowed, UserError
from core.outside_text import quoted_line
from core.rights import may_steer, require_admin
from core.store import arena, hot_path, plugins, visibility
from core.store.arena_tables import ArenaChoice, ArenaRoundRow, ArenaTrialRow, ArenaVoteRow
from core.store.identities import EventScene
from core.store.private_conversations import is_private
from core.store.tables import ConversationRow, MessageRow, now
from core.store.training_people import training_key

MOST_A_DAY = 50
"""The most votes that a person may cast in 24 hours: whoever reads two answers each time does not need more."""

LONGEST_NAME = 40
BEGIN = re.compile(r"on\s+(\S+)(?:\s+against\s+(\S+))?", re.IGNORECASE)
BEGIN_TWO = re.compile(r"on\s+(\S+)\s+(?:(?:and|or|vs\.?|versus)\s+)?(\S+)", re.IGNORECASE)
"""Two sides without the word between them. A question may look like that, too: “on Monday morning”."""


@dataclass(frozen=True, slots=True)
class Revealed:
    """What A and B were."""

    a: str
    b: str


@dataclass(frozen=True, slots=True)
class ArenaCommands:
    """/arena with a question, with `on`, `off` and `results` for admins, and the buttons under two answers.

    `rule` is the one that new trials get.
    """

    rounds: ArenaRounds
    rule: StoppingRule = field(default_factory=StoppingRule)

    def feature(self) -> CommandGroup:
        """Return the command, the votes, and the end of a comparison."""
        return CommandGroup(
            commands=(Command("arena", "talk", self.command, (CommandOption("question"),), asks=True),),
            presses={Verb.ARENA_VOTE: self.vote, Verb.ARENA_END: self.end},
            ordered=frozenset({"arena"}),
        )

    async def command(self, call: CommandCall) -> None:
        """Hold a round, or do what an admin asks for."""
        text = call.arguments.get("question", "").strip()
        word = text.casefold()
        if begins := BEGIN.fullmatch(text) or await self._names_two(call, text):
            require_admin(call.event.user, "arena on")
            await self._begin(call, begins[1], begins[2] or sides.OWN)
        elif word == "off":
            require_admin(call.event.user, "arena off")
            await self._finish(call)
        elif word == "results":
            require_admin(call.event.user, "arena results")
            await self._results(call)
        elif not text or word == "on":
            await self._explain(call)
        else:
            await self.rounds.ask(call, text)

    async def _names_two(self, call: CommandCall, text: str) -> "re.Match[str] | None":
        """Two sides of which both are there, said without “against”."""
        if not (begins := BEGIN_TWO.fullmatch(text)):
            return None
        choices = await call.store.read(lambda session: kept(session, call.event.place))
        try:
            for side in begins.groups():
                sides.read(self.rounds.assistant.options, choices, side)
        except UserError:
            return None
        return begins

    async def _begin(self, call: CommandCall, candidate_text: str, baseline_text: str) -> None:
        options = self.rounds.assistant.options
        choices = await call.store.read(lambda session: kept(session, call.event.place))
        candidate = sides.read(options, choices, candidate_text)
        own = baseline_text.casefold() == sides.OWN
        baseline = {} if own else sides.read(options, choices, baseline_text)
        if not own and candidate == baseline:
            raise UserError("arena-same")
        scene = await call.scene()
        said = f"{sides.written(candidate)} / {sides.written(baseline)}"

        def unit(session: Session) -> None:
            arena.begin(session, scene.community_id, candidate, baseline, self.rule.record())
            plugins.audit(session, scene.community_id, scene.person_id, "arena", said, "on")

        await call.store.write(unit)
        text = call.text("arena-on", candidate=sides.written(candidate), baseline=sides.written(baseline))
        await self._told(call, text)

    async def _finish(self, call: CommandCall) -> None:
        scene = await call.scene()

        def unit(session: Session) -> bool:
            ended = arena.end(session, scene.community_id)
            if ended:
                plugins.audit(session, scene.community_id, scene.person_id, "arena", "", "off")
            return ended

        if not await call.store.write(unit):
            raise UserError("arena-nothing")
        await self._told(call, call.text("arena-off"))

    async def _told(self, call: CommandCall, text: str) -> None:
        who = quoted_line(call.event.user.name, LONGEST_NAME)
        await tell_admins(call, self.rounds.assistant.communities, f"{who}: {text}", "log-arena")
        await call.tell(text)

    async def _explain(self, call: CommandCall) -> None:
        scene = await call.scene()
        trial = await call.store.read(lambda session: arena.current(session, scene.community_id))
        if trial is None:
            raise UserError("arena-nothing")
        # What meets is told to nobody who may vote: they would look for it in the answers.
        await call.tell(call.text("arena-how"))

    async def _results(self, call: CommandCall) -> None:
        scene = await call.scene()

        def unit(session: Session) -> tuple[ArenaTrialRow, Sequence[arena.CastVote]] | None:
            trial = arena.newest(session, scene.community_id)
            return (trial, arena.votes(session, [trial.id])) if trial else None

        found = await call.store.read(unit)
        if found is None:
            raise UserError("arena-nothing")
        trial, votes = found
        told = await asyncio.to_thread(summary, trial, votes)
        await call.tell("\n".join(summary_lines(told, call.text)))

    async def vote(self, call: CommandCall) -> None:
        """Count a vote. Whoever learns by it which answer was which cannot change it any more."""
        if call.rest not in VOTES:
            raise UserError("button-outdated")
        choice, scene = cast(ArenaChoice, call.rest), await call.scene()
        done = await call.store.write(lambda session: _count(session, call, scene, choice))
        if isinstance(done, UserError):
            raise done
        if not call.confidential:
            await call.tell(call.text("arena-counted"))
            return
        text = call.text("arena-reveal", choice=call.text(f"arena-vote-{choice}"), a=done.a, b=done.b)
        await call.tell(text, in_place=call.event.place.private)
        await call.chat.refresh(call.event.place)

    async def end(self, call: CommandCall) -> None:
        """Tell everybody which answer was which, where votes are not revealed to each person alone."""
        scene = await call.scene()

        def unit(session: Session) -> Revealed | UserError:
            asked = _votable(session, call, scene)
            if isinstance(asked, UserError):
                return asked
            question = session.get(MessageRow, asked.question_id or "")
            if not may_steer(scene, call.event.user, question.person_id if question else None):
                return NotAllowed("answer-not-yours")
            asked.state = "over"
            return _revealed(asked)

        done = await call.store.write(unit)
        if isinstance(done, UserError):
            raise done
        await call.tell(call.text("arena-ended", a=done.a, b=done.b), in_place=True)


def _count(session: Session, call: CommandCall, scene: EventScene, choice: ArenaChoice) -> Revealed | UserError:
    asked = _votable(session, call, scene)
    if isinstance(asked, UserError):
        return asked
    if arena.votes_since(session, scene.person_id, timedelta(days=1)) >= MOST_A_DAY:
        return UserError("arena-enough", most=MOST_A_DAY)
    given = ArenaVoteRow(
        person_id=scene.person_id,
        round_id=asked.id,
        choice=choice,
        held_out=HeldOut(training_key(session)).person(scene.person_id),
        revealed=call.confidential,
        source="form",
    )
    if not arena.vote(session, given):
        return UserError("arena-revealed")
    question = session.get(MessageRow, asked.question_id or "")
    if question and question.person_id == scene.person_id:
        _go_on(session, asked, choice)
    if call.event.place.private:
        asked.state = "over"
    return _revealed(asked)


def _go_on(session: Session, asked: ArenaRoundRow, choice: ArenaChoice) -> None:
    """Go on from the better answer, from A if both are alike; unless the conversation has gone on already."""
    talk = session.get(ConversationRow, asked.conversation_id)
    better = asked.b_id if choice == "b" else asked.a_id
    if talk and better and talk.tail_id in (asked.a_id, asked.b_id):
        hot_path.follow(session, talk.id, better)


def _revealed(asked: ArenaRoundRow) -> Revealed:
    return Revealed(sides.written(asked.side_a), sides.written(asked.side_b))


def _votable(session: Session, call: CommandCall, scene: EventScene) -> ArenaRoundRow | UserError:
    """The round of a button, if people may still vote about it, and this person sees its answers."""
    asked = session.get(ArenaRoundRow, call.target)
    if asked is None or not asked.a_id or not asked.b_id:
        return UserError("answer-gone")
    both = [visibility.answer(session, call.event, scene, id) for id in (asked.a_id, asked.b_id)]
    if not all(both):
        return UserError("answer-gone")
    if asked.state != "open" or now() - asked.at > arena.LASTS:
        return UserError("arena-over")
    return UserError("arena-private") if is_private(session, scene.person_id, asked.conversation_id) else asked
