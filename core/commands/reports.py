"""/report and /label: flag an answer for review, or say what kind of answer it is."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from core.actions import Verb, button_action, form_action
from core.commands.admin_channel import require_unread, tell_admins
from core.commands.registry import Command, CommandGroup, CommandOption
from core.community_settings import CommunitySettingsStore
from core.delivery.call import CommandCall
from core.errors import UserError
from core.messages import Button, Field, Form, Reaction, Source
from core.outside_text import quoted_line
from core.reactions import REPORT
from core.rights import Role, require_moderator
from core.store import conversations, outbox, reports, transcripts, visibility
from core.store.reports import ReportedAnswer
from core.store.tables import MessageRow, ReportRow

LONGEST_COMMENT = 1000
LONGEST_NAME = 40
QUOTED = 300
"""Characters of a reported answer that are quoted to the admins."""

MOST_SHOWN = 5
"""The most reports of one answer that are shown; the latest ones are."""


@dataclass(frozen=True, slots=True)
class ReportCommands:
    """The report and label commands, with the labels that each may use (docs/reference/open-assistant.md 1.10).

    `of_tree` runs /label if it is about a message of a tree, and returns whether it is. `elsewhere` takes a 🚩 on a
    message that shows no answer, and returns whether it is on a message of a tree.
    """

    communities: CommunitySettingsStore
    reasons: Sequence[str]
    labels: Sequence[str]
    of_tree: Callable[[CommandCall], Awaitable[bool]] | None = None
    elsewhere: Callable[[CommandCall, Reaction], Awaitable[bool]] | None = None

    def feature(self) -> CommandGroup:
        """Return /report and /label, which are also offered on a message, and their forms."""
        return CommandGroup(
            commands=(
                Command("report", "rate", self.report, (CommandOption("reason"),), on_message=True, rank=4),
                Command("label", "rate", self.label, (CommandOption("labels"),), on_message=True, rank=6),
            ),
            presses={Verb.REPORT_CLOSE: self.close},
            forms={Verb.REPORT: self.take_report, Verb.LABEL: self.take_labels},
        )

    def queue(self) -> CommandGroup:
        """Return /moderate for an installation without tasks, where reports of answers are all there is."""
        return CommandGroup(commands=(Command("moderate", "community", self.moderate, needs=Role.MODERATOR),))

    async def moderate(self, call: CommandCall) -> None:
        """/moderate shows the answer that was reported first. Raises UserError if others could read it here."""
        await require_unread(call, self.communities)
        if not await self.show_waiting(call):
            await call.tell(call.text("mod-none"))

    async def close(self, call: CommandCall) -> None:
        """Close the reports of an answer and show the next one. Raises NotAllowed if the person is no moderator."""
        require_moderator(call.event.user, "moderate")
        scene = await call.scene()
        await call.store.write(lambda session: reports.close(session, call.target, scene.community_id))
        if not await self.show_waiting(call):
            await call.tell(call.text("mod-none"), in_place=True)

    async def show_waiting(self, call: CommandCall) -> bool:
        """Show the answer of this community that was reported first. Returns False if none is waiting."""
        scene = await call.scene()

        def unit(session: Session) -> tuple[ReportedAnswer, Mapping[str, str]] | None:
            for found in reports.waiting(session, scene.community_id, 1):
                people = {report.person_id for report in found.reports}
                return found, transcripts.names(session, call.event.place.platform, people)
            return None

        waiting = await call.store.read(unit)
        if waiting is None:
            return False
        found, names = waiting
        quote = " ".join(found.answer.text.split())[:QUOTED]
        lines = [
            call.text(
                "mod-says",
                who=_name(names.get(report.person_id, "")) or call.text("mod-somebody"),
                why=_reason(call, report),
            )
            for report in found.reports[-MOST_SHOWN:]
        ]
        text = "\n".join(
            [f"{REPORT} **{call.text('mod-answer')}**", "", f"> {quote}", "", *(f"- {one}" for one in lines)]
        )
        done = Button(button_action(Verb.REPORT_CLOSE, found.answer.id), call.text("mod-dismiss"), "✔️")
        await call.tell(text, buttons=[done], in_place=True)
        return True

    async def report(self, call: CommandCall) -> None:
        """/report [reason] reports an answer; without a reason it opens the form."""
        answer = await answer_meant(call)
        reason = call.arguments.get("reason", "")
        if reason or not call.chat.capabilities.forms:
            await self._report(call, answer.id, (), reason, "command")
            await call.tell(call.text("report-thanks"))
            return
        fields = (
            Field("labels", call.text("report-labels"), "choices", self._options(call, self.reasons)),
            Field("comment", call.text("rate-why-comment"), limit=LONGEST_COMMENT),
        )
        form = Form(form_action(Verb.REPORT, answer.id), call.text("report-title"), fields, call.text("report-send"))
        await call.chat.show(call.event.place, form, call.event)

    async def take_report(self, call: CommandCall) -> None:
        """Take the filled-in report."""
        labels = [name for name in call.arguments.get("labels", "").split(",") if name in self.reasons]
        await self._report(call, call.target, labels, call.arguments.get("comment", ""), "form")
        await call.tell(call.text("report-thanks"))

    async def label(self, call: CommandCall) -> None:
        """/label [names] says what an answer is; without names it opens the form."""
        if self.of_tree and await self.of_tree(call):
            return
        answer = await answer_meant(call, "label-nothing")
        given = call.arguments.get("labels", "")
        if given or not call.chat.capabilities.forms:
            names = [name for name in given.replace(",", " ").split() if name]
            if not names or any(name not in self.labels for name in names):
                raise UserError("label-names", labels=", ".join(self.labels))
            await self._label(call, answer.id, names, "command")
            return
        scene = await call.scene()
        before = await call.store.read(lambda session: reports.labels_by(session, scene.person_id, answer.id))
        options = self._options(call, self.labels)
        fields = (Field("labels", call.text("label-which"), "choices", options, value=",".join(before)),)
        form = Form(form_action(Verb.LABEL, answer.id), call.text("label-title"), fields, call.text("rate-why-send"))
        await call.chat.show(call.event.place, form, call.event)

    async def take_labels(self, call: CommandCall) -> None:
        """Take the filled-in labels; choosing none removes them."""
        names = [name for name in call.arguments.get("labels", "").split(",") if name in self.labels]
        await self._label(call, call.target, names, "form")

    async def react(self, call: CommandCall, reaction: Reaction) -> bool:
        """Handle a 🚩 put on an answer or taken off. Returns False if the message is not (yet) one of ours."""
        if reaction.emoji != REPORT:
            return True
        answer_id = await call.store.read(lambda session: outbox.shown_by(session, reaction.place, reaction.id))
        if answer_id is None:
            return self.elsewhere is not None and await self.elsewhere(call, reaction)
        if reaction.added:
            await self._report(call, answer_id, (), "", "reaction")
            return True
        scene = await call.scene()
        await call.store.write(lambda session: reports.withdraw(session, scene.person_id, answer_id))
        return True

    async def _report(
        self, call: CommandCall, answer_id: str, labels: Sequence[str], comment: str, source: Source
    ) -> None:
        scene = await call.scene()
        words = comment[:LONGEST_COMMENT]

        def unit(session: Session) -> tuple[MessageRow, str] | None:
            answer = visibility.answer(session, call.event, scene, answer_id)
            if answer is None:
                return None
            reports.report(session, scene.person_id, answer_id, labels, words, source)
            shown = outbox.of_answer(session, answer_id)
            return answer, (shown[0].platform_id if shown else None) or ""

        found = await call.store.write(unit)
        if found is None:
            raise UserError("answer-gone")
        answer, shown = found
        said = quoted_line(words, LONGEST_COMMENT)
        why = ", ".join([*(call.text(f"label-{name}") for name in labels), *filter(None, [said])])
        text = call.text(
            "log-report",
            who=_name(call.event.user.name),
            why=why or call.text("report-no-reason"),
            link=call.chat.mention("message", shown, call.event.place) if shown else "",
            quote=" ".join(answer.text.split())[:QUOTED],
        )
        await tell_admins(call, self.communities, text, "report")

    async def _label(self, call: CommandCall, answer_id: str, names: Sequence[str], source: Source) -> None:
        scene = await call.scene()

        def unit(session: Session) -> bool:
            if visibility.answer(session, call.event, scene, answer_id) is None:
                return False
            reports.label(session, scene.person_id, answer_id, dict.fromkeys(names, 1.0), source)
            return True

        if not await call.store.write(unit):
            raise UserError("answer-gone")
        await call.tell(call.text("label-thanks" if names else "label-taken-back"))

    def _options(self, call: CommandCall, names: Sequence[str]) -> tuple[tuple[str, str], ...]:
        return tuple((name, call.text(f"label-{name}")) for name in names)


def _name(name: str) -> str:
    return quoted_line(name, LONGEST_NAME)


def _reason(call: CommandCall, report: ReportRow) -> str:
    words = [*(call.text(f"label-{name}") for name in report.labels), quoted_line(report.comment, LONGEST_COMMENT)]
    return ", ".join(filter(None, words)) or call.text("report-no-reason")


async def answer_meant(call: CommandCall, none: str = "answer-none") -> MessageRow:
    """Find the answer that a command was called on; if none was named, the newest one of the conversation.

    Raises UserError if that is not an answer of ours, or with the text `none` if there is no answer.
    """
    scene = await call.scene()
    named = getattr(call.event, "message", None)

    def unit(session: Session) -> MessageRow | None:
        if named:
            answer_id = outbox.shown_by(session, call.event.place, named)
        else:
            answer_id = conversations.newest_answer(session, scene.conversation_id)
        return visibility.answer(session, call.event, scene, answer_id) if answer_id else None

    answer = await call.store.read(unit)
    if answer is None:
        raise UserError("answer-not-mine" if named else none)
    return answer
