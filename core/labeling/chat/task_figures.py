"""The part of /stats about tasks: messages, trees, work done, agreement, and stuck languages."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import get_args

from cachetools import TTLCache

from core.commands.privacy import DataTerms
from core.delivery.call import CommandCall
from core.labeling.rules.vocabulary import MessageRole
from core.labeling.service.figures import LabelingFigures, LanguageFigures, figures
from core.store import tables

FRESH = 60.0
"""Seconds for which figures are cached, so that nobody keeps the store busy by asking again and again."""

REMEMBERED = 200
MOST_LANGUAGES = 12
"""How many languages are shown, those with the most messages."""

SHOWN = ("spam", "quality")
"""The labels whose agreement is shown; `parley moderate agreement` shows all."""


@dataclass(frozen=True, slots=True)
class TaskFigures:
    """Tells a community the figures of the trees that it can work on: its own ones and those of everybody.

    `languages` maps the tags of data languages to their names; `now` tells the time.
    """

    terms: DataTerms
    languages: Mapping[str, str]
    now: Callable[[], datetime] = tables.now
    _known: TTLCache[str, LabelingFigures] = field(default_factory=lambda: TTLCache(REMEMBERED, FRESH))
    _counting: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def told(self, call: CommandCall) -> Sequence[str]:
        """Return the paragraphs of /stats about tasks."""
        found = await self._figures(call)
        lines = [f"**{call.text('stats-tasks')}**", "", *(f"- {line}" for line in self._whole(call, found))]
        most = sorted(found.languages.items(), key=lambda one: (-sum(one[1].messages.values()), one[0]))
        lines += [f"- {line}" for lang, one in most[:MOST_LANGUAGES] for line in self._language(call, lang, one)]
        if len(most) > MOST_LANGUAGES:
            lines.append(f"- {call.text('stats-more-languages', number=len(most) - MOST_LANGUAGES)}")
        parts = ["\n".join(lines)]
        agreement = [f"- {line}" for line in self._agreement(call, found)]
        if agreement:
            parts.append("\n".join([f"**{call.text('stats-agreement')}**", "", *agreement]))
        parts += [
            call.text(f"task-stuck-{one.reason}", language=self._name(one.lang), trees=one.trees, people=one.barred)
            for one in found.stuck
        ]
        return parts

    async def _figures(self, call: CommandCall) -> LabelingFigures:
        community_id = (await call.scene()).community_id
        # One count at a time, so that the store has a reader left for everybody else.
        async with self._counting:
            known = self._known.get(community_id)
            if known is None:
                at, pools = self.now(), ("", community_id)
                known = await call.store.read(lambda session: figures(session, self.terms.version, at, pools))
                self._known[community_id] = known
        return known

    def _whole(self, call: CommandCall, found: LabelingFigures) -> list[str]:
        lines = [call.text("stats-agreed", people=found.agreed)]
        lines.append(call.text("stats-actions", whole=sum(found.actions.values()), **found.actions))
        if found.actions_per_tree is not None:
            lines.append(call.text("stats-per-tree", trees=found.finished, actions=f"{found.actions_per_tree:.1f}"))
        return lines

    def _language(self, call: CommandCall, lang: str, one: LanguageFigures) -> list[str]:
        by = {
            role: sum(number for (its, _), number in one.messages.items() if its == role)
            for role in get_args(MessageRole)
        }
        models = sum(number for (_, synthetic), number in one.messages.items() if synthetic)
        trees = [
            call.text("score-line", what=call.text(f"stats-tree-{state}"), points=number)
            for state, number in sorted(one.trees.items(), key=lambda tree: (-tree[1], tree[0]))
        ]
        said = call.text("stats-messages", language=self._name(lang), models=models, **by)
        return [" · ".join([said, *trees])]

    def _agreement(self, call: CommandCall, found: LabelingFigures) -> list[str]:
        lines = [
            call.text(
                "stats-reviewers",
                language=self._name(lang),
                label=call.text(f"label-{name}"),
                equal=f"{one.raw:.0%}",
                alpha="–" if one.alpha is None else f"{one.alpha:.2f}",
                items=one.items,
            )
            for lang, name, one in found.reviewers
            if name in SHOWN
        ]
        return lines + [
            call.text("stats-rankers", language=self._name(lang), equal=f"{one.equal:.0%}", items=one.groups)
            for lang, one in found.rankers.items()
        ]

    def _name(self, lang: str) -> str:
        return self.languages.get(lang, lang)
