"""Best of n: several answers are written, a reward model ranks them, and the best one is shown.

Tools are called once: only the first answer may call any, and if it does, it is the one that is shown.
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

import structlog

from core.answering.tool_rounds import ToolRounds
from core.answering.written_answer import WrittenAnswer
from core.errors import ModelError
from core.ports.model import PromptLine, SamplingSettings
from core.ports.reward import AnswerScorer

log = structlog.get_logger()

COLDEST = 0.7
"""The temperature at which further answers are sampled if the first one was colder: they would all be the same."""


@dataclass(frozen=True, slots=True)
class BestOf:
    """Writes several answers to one question, and keeps the one to which the reward model gives most."""

    scorer: AnswerScorer

    async def write(
        self, rounds: ToolRounds, answer: WrittenAnswer, number: int
    ) -> AsyncGenerator[WrittenAnswer, None]:
        """The first answer as it grows, then the best of `number` answers. It counts the tokens of all of them.

        They are written one after another, in one turn at the model, so that others wait no more than for as many
        questions. If one of the further ones fails, or the ranking, the best of those that are there is shown, or the
        first.
        """
        first = answer
        async with aclosing(rounds.write(answer)) as growing:
            async for first in growing:
                yield first
        if first.calls or not first.text.strip():
            return
        drafts = [first, *[draft async for draft in _others(rounds, answer, number)]]
        best = await self._best(rounds.request.lines, drafts)
        ends = [draft.last for draft in drafts]
        last = replace(
            best.last,
            prompt_tokens=sum(end.prompt_tokens for end in ends),
            completion_tokens=sum(end.completion_tokens for end in ends),
        )
        yield replace(best, last=last, drafts=len(drafts))

    async def _best(self, lines: Sequence[PromptLine], drafts: Sequence[WrittenAnswer]) -> WrittenAnswer:
        if len({draft.text for draft in drafts}) == 1:
            return drafts[0]
        try:
            rewards = await self.scorer.scores(lines, [draft.text for draft in drafts])
        except ModelError as error:
            log.warning("answers_not_ranked", key=error.key, cause=error.cause)
            return drafts[0]
        return max(zip(rewards, drafts, strict=True), key=lambda one: one[0])[1]


async def _others(rounds: ToolRounds, answer: WrittenAnswer, number: int) -> AsyncGenerator[WrittenAnswer, None]:
    """The further answers, each whole. Those that stay empty are left out."""
    for nth in range(1, number):
        request = replace(rounds.request, sampling=varied(rounds.request.sampling, nth), tools=())
        draft = answer
        try:
            async with aclosing(replace(rounds, request=request, toolbox=None).write(answer)) as growing:
                async for so_far in growing:
                    draft = so_far
        except ModelError as error:
            log.warning("answer_not_varied", key=error.key, cause=error.cause, nth=nth)
            return
        if draft.text.strip():
            yield draft


def varied(sampling: SamplingSettings, nth: int) -> SamplingSettings:
    """The sampling settings for a further answer, which should differ from the first one."""
    temperature = sampling.temperature
    return replace(
        sampling,
        seed=None if sampling.seed is None else sampling.seed + nth,
        temperature=None if temperature is None else max(COLDEST, temperature),
    )
