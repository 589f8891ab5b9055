"""People's points: /score with the formula in force, and /leaderboard for those who are shown on it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from core.actions import Verb, button_action, cut
from core.commands.registry import Command, CommandGroup, CommandOption
from core.delivery.call import CommandCall
from core.errors import UserError
from core.labeling.rules.score import PRESETS, level, missing
from core.messages import Button
from core.outside_text import quoted_line
from core.store import points
from core.store.identities import EventScene
from core.store.points import COLUMNS, CountedFrame, PersonScore, PointsFormula

FRAMES: Mapping[str, int] = {"day": 1, "week": 7, "month": 30, "total": 0}
"""The number of days (UTC) in each frame, up to today; 0 for all days."""

SCOPES = ("here", "platform", "everywhere")
USUAL = "week"
TOP = 10

PARTS: Mapping[str, Mapping[str, float]] = {"open-assistant": {"prompts": 0.1, "prompts_accepted": 0.1}}
"""Weights that a preset has besides its whole ones: work that counts for part of a point.

Each is rounded down (core.labeling.rules.score.points).
"""

LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class BoardView:
    """The options of a board, in the words of its command. An empty `lang` stands for all languages."""

    frame: str
    scope: str
    lang: str

    @property
    def action(self) -> str:
        """The action of the button that shows this board."""
        return button_action(Verb.BOARD, self.frame, self.scope, self.lang)


@dataclass(frozen=True, slots=True)
class BoardRows:
    """The people on a board, best first, with their names and what they did, by `core.store.points.COLUMNS`."""

    scores: Sequence[PersonScore]
    names: Mapping[str, str]
    work: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class LeaderboardCommands:
    """Answers /score and /leaderboard by the formula `preset`.

    `daily_cap` is the most points of a day that count, 0 for no limit. `languages` maps the tags of task
    languages to their own names.
    """

    preset: str
    languages: Mapping[str, str]
    daily_cap: int = 60
    today: Callable[[], date] = points.today

    def feature(self) -> CommandGroup:
        """Return /score, /leaderboard, and the buttons of a board. Raises KeyError for an unknown formula."""
        if self.preset not in PRESETS:
            raise KeyError(self.preset)
        options = (
            CommandOption("frame", values=lambda: tuple(FRAMES)),
            CommandOption("scope", values=lambda: SCOPES),
            # There may be more languages than a platform's menu holds.
            CommandOption("language", values=lambda: tuple(self.languages), live=True),
        )
        return CommandGroup(
            commands=(
                Command("score", "tasks", self.score, (CommandOption("board", values=lambda: ("show", "hide")),)),
                Command("leaderboard", "tasks", self.leaderboard, options),
            ),
            presses={Verb.BOARD: self.switch},
        )

    @property
    def formula(self) -> PointsFormula:
        """The weights of what is counted, with the daily cap."""
        return PointsFormula({**PRESETS[self.preset], **PARTS.get(self.preset, {})}, self.daily_cap)

    async def score(self, call: CommandCall) -> None:
        """/score tells people how many points they have; with an option, it hides or shows them on the boards."""
        scene = await call.scene()
        wish = call.arguments.get("board", "")
        if wish:
            await call.store.write(lambda session: points.hide(session, scene.person_id, wish == "hide"))
            await call.tell(call.text("score-now-hidden" if wish == "hide" else "score-now-shown"))
            return
        own = await call.store.read(lambda session: self._own(call, session, scene))
        await call.tell("\n\n".join([own, self._explained(call)]))

    async def leaderboard(self, call: CommandCall) -> None:
        """/leaderboard [frame] [scope] [language] shows who has most points, by default this week and here.

        Beside the points it shows what everybody did.
        """
        given = call.arguments
        view = BoardView(given.get("frame") or USUAL, given.get("scope") or SCOPES[0], given.get("language", ""))
        await self._show(call, view)

    async def switch(self, call: CommandCall) -> None:
        """Show the same board in another frame. Raises UserError for a button that this version does not know."""
        frame = call.target
        scope, lang = cut(call.rest)
        if frame not in FRAMES or scope not in SCOPES or lang not in ("", *self.languages):
            raise UserError("button-outdated")
        await self._show(call, BoardView(frame, scope, lang))

    async def _show(self, call: CommandCall, view: BoardView) -> None:
        scene = await call.scene()
        frame = self._frame(call, scene, view)

        def unit(session: Session) -> BoardRows:
            found = points.board(session, self.formula, frame, TOP, scene.person_id)
            ids = {one.person_id for one in found}
            names = points.names(session, call.event.place.platform, ids)
            return BoardRows(found, names, points.columns(session, frame, ids))

        rows = await call.store.read(unit)
        found = rows.scores
        called = {
            one.person_id: plain(rows.names.get(one.person_id, "")) or call.text("score-nameless") for one in found
        }
        heads = [call.text(f"score-frame-{view.frame}"), call.text(f"leaderboard-{view.scope}")]
        heads.append(self.languages.get(view.lang, ""))
        parts = [" · ".join([f"**{call.text('leaderboard-title')}**", *filter(None, heads)])]
        lines = {one.person_id: _line(call, one, called, scene) for one in found if one.place <= TOP}
        parts.append("\n".join(f"{line} · {_columns(call, rows, id)}" for id, line in lines.items()))
        parts += [
            f"{call.text('leaderboard-own', name=called[one.person_id], place=one.place, points=one.points)}"
            f" {_columns(call, rows, one.person_id)}"
            for one in found
            if one.place > TOP
        ]
        if not found:
            parts.append(call.text("leaderboard-none"))
        parts.append(call.text("score-days"))
        await call.tell("\n\n".join(filter(None, parts)), buttons=_frames(call, view), in_place=True)

    def _since(self, frame: str) -> date | None:
        days = FRAMES[frame]
        return self.today() - timedelta(days=days - 1) if days else None

    def _frame(self, call: CommandCall, scene: EventScene, view: BoardView) -> CountedFrame:
        return CountedFrame(
            self._since(view.frame),
            community_id=scene.community_id if view.scope == "here" else None,
            platform=call.event.place.platform if view.scope == "platform" else None,
            lang=view.lang or None,
        )

    def _own(self, call: CommandCall, session: Session, scene: EventScene) -> str:
        """Say how many points a person has, wherever they earned them, and their level, streak and place."""
        who = scene.person_id
        earned = {
            frame: points.points_of(session, self.formula, CountedFrame(self._since(frame)), who) for frame in FRAMES
        }
        here = self._frame(call, scene, BoardView(USUAL, "here", ""))
        place = points.place(session, self.formula, here, who).place
        hidden = points.is_hidden(session, who)
        lines = [
            call.text("score-line", what=call.text(f"score-frame-{frame}"), points=earned[frame]) for frame in FRAMES
        ]
        reached, more = level(earned["total"]), missing(earned["total"])
        lines.append(call.text("score-level" if more else "score-level-highest", level=reached, missing=more))
        lines.append(call.text("score-streak", days=points.streak(session, who, self.today())))
        if place:
            lines.append(call.text("score-place", place=place))
        lines.append(call.text("score-hidden" if hidden else "score-shown"))
        return _listed(call.text("score-title"), lines)

    def _explained(self, call: CommandCall) -> str:
        """Explain the formula in words."""
        lines = [_worth(call, name, weight) for name, weight in self.formula.weights.items()]
        notes = [call.text("score-cap", points=self.daily_cap)] if self.daily_cap else []
        return "\n\n".join([_listed(call.text("score-formula"), lines), " ".join([*notes, call.text("score-days")])])


def plain(name: str) -> str:
    """Escape a person's name for Markdown, as one line of at most `LONGEST_NAME` characters."""
    return quoted_line(name, LONGEST_NAME)


def _listed(title: str, lines: Sequence[str]) -> str:
    return "\n".join([f"**{title}**", "", *(f"- {line}" for line in lines)])


def _line(call: CommandCall, one: PersonScore, called: Mapping[str, str], scene: EventScene) -> str:
    name = called[one.person_id]
    shown = f"**{call.text('leaderboard-you', name=name)}**" if one.person_id == scene.person_id else name
    return f"{one.place}. {call.text('score-line', what=shown, points=one.points)}"


def _columns(call: CommandCall, rows: BoardRows, person_id: str) -> str:
    done = rows.work.get(person_id, {})
    return call.text("leaderboard-columns", **{name: done.get(name, 0) for name in COLUMNS})


def _frames(call: CommandCall, view: BoardView) -> list[Button]:
    """Return the buttons to the same board in each frame."""
    return [
        Button(
            BoardView(name, view.scope, view.lang).action, call.text(f"score-frame-{name}"), chosen=name == view.frame
        )
        for name in FRAMES
    ]


def _worth(call: CommandCall, name: str, weight: float) -> str:
    what = call.text(f"score-{name.replace('_', '-')}")
    if 0 < weight < 1:
        return call.text("score-part", what=what, number=round(1 / weight))
    return call.text("score-line", what=what, points=f"{weight:g}")
