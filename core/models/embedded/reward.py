"""A reward model in a child process of its own: it reads a conversation with an answer, and says how good that is.

llama.cpp gives the embedding of the conversation's last token; the head of the reward model, stored under a
key of the GGUF, turns it into one number (docs/decisions.md).
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import isfinite

from core.errors import ModelFileError, ModelTimeout, ModelUnavailable, PromptTooLong
from core.models.embedded.gguf import GgufHeader
from core.models.embedded.supervised import SupervisedModel
from core.models.embedded.supervisor import EmbeddedSettings, RestartPolicy
from core.models.remote.circuit_breaker import CircuitBreaker
from core.models.remote.connection import ModelEndpoint, ServerConnection
from core.models.remote.dialects import prompt_fields
from core.models.remote.token_escaping import TokenEscaping
from core.models.timeouts import ModelTimeouts
from core.ports.model import PromptLine


class RewardClient:
    """Gets rewards from a llama.cpp server that makes embeddings, with the head from the GGUF's header.

    Raises ModelFileError if there is no head.
    """

    def __init__(self, endpoint: ModelEndpoint, header: GgufHeader, patience: ModelTimeouts) -> None:
        if not header.head:
            raise ModelFileError(f"{header.name!r} is no reward model: `parley train --method reward` makes one")
        # Reading a long answer takes as long as another model takes for its first word.
        self._connection = ServerConnection(endpoint, replace(patience, question=patience.first_token))
        self._head = header.head
        self._window = endpoint.window
        self._neutral = TokenEscaping(header.markers)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._connection.aclose()

    async def scores(self, lines: Sequence[PromptLine], answers: Sequence[str]) -> Sequence[float]:
        """The reward of each answer. Of a conversation that is too long for the model, the beginning is left out.

        Raises ModelUnavailable, ModelTimeout, and PromptTooLong if an answer alone is longer than the window.
        """
        said = [PromptLine(line.role, self._neutral(line.text)) for line in lines if line.role in ("user", "assistant")]
        ends = [PromptLine("assistant", self._neutral(answer)) for answer in answers]
        for rest in _ever_shorter([line for line in said if line.text.strip()]):
            tokens = [await self._tokens([*rest, end]) for end in ends]
            longest = max(map(len, tokens))
            if longest <= self._window:
                return [await self._reward(one) for one in tokens]
        cause = f"an answer of {longest} tokens is longer than the window of {self._window}"
        raise PromptTooLong("prompt-too-long", cause, tokens=longest, window=self._window)

    async def _tokens(self, lines: Sequence[PromptLine]) -> Sequence[int]:
        ask, root = self._connection.ask, self._connection.root
        fields = {**prompt_fields(lines, "llama.cpp"), "continue_final_message": False}
        prompt = (await ask(f"{root}/apply-template", fields)).get("prompt")
        # The template has already added the BOS token, if the model wants one.
        given = {"content": prompt, "add_special": False, "parse_special": True}
        tokens = (await ask(f"{root}/tokenize", given)).get("tokens")
        if not isinstance(prompt, str) or not isinstance(tokens, list) or not tokens:
            raise ModelUnavailable("model-unavailable", "the server of the reward model does not tokenise")
        return tokens

    async def _reward(self, tokens: Sequence[int]) -> float:
        told = await self._connection.ask(f"{self._connection.url}/embeddings", {"input": tokens, "embd_normalize": -1})
        try:
            embedding = told["data"][0]["embedding"]
            reward = float(sum(weight * number for weight, number in zip(self._head, embedding, strict=True)))
        except (LookupError, TypeError, ValueError) as error:
            raise ModelUnavailable("model-unavailable", f"the server gives no fitting embedding: {error!r}") from error
        if not isfinite(reward):
            raise ModelUnavailable("model-unavailable", "the reward is no number")
        return reward


class RewardModel(SupervisedModel[RewardClient]):
    """The `AnswerScorer` port on a reward model. Raises SettingsError for impossible settings."""

    def __init__(
        self,
        settings: EmbeddedSettings,
        recovery: RestartPolicy | None = None,
        patience: ModelTimeouts | None = None,
        breaker: CircuitBreaker | None = None,
    ) -> None:
        super().__init__(replace(settings, ranks=True, slots=1, cache_mib=0), recovery, patience, breaker)

    def _client(self, endpoint: ModelEndpoint, header: GgufHeader) -> RewardClient:
        return RewardClient(endpoint, header, self._patience)

    async def scores(self, lines: Sequence[PromptLine], answers: Sequence[str]) -> Sequence[float]:
        """The reward of each answer; it is asked for again if the child dies meanwhile."""

        async def asked(client: RewardClient) -> Sequence[float]:
            try:
                return await client.scores(lines, answers)
            except ModelTimeout as error:
                self._supervisor.late(client, error)
                raise

        found = await self._asked(asked)
        self._supervisor.answered()
        return found


def _ever_shorter(lines: Sequence[PromptLine]) -> Iterator[Sequence[PromptLine]]:
    """A conversation, then its later half and so on, down to the last question. Each begins with a question."""
    rest = list(lines)
    while True:
        while rest and rest[0].role != "user":
            rest.pop(0)
        yield rest
        if len(rest) <= 1:
            return
        rest = rest[len(rest) // 2 :]
