"""How often tools are offered under words that need none, and under words that ask for them.

`plain.tsv` has small talk and questions that a model answers by itself, `tools.tsv` requests with the tool that each
asks for. The built-in plugins' keywords were chosen with every other line at hand, from the first on; the rest is held
out and tells how they do with words that nobody looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cli.wiring.plugin_names import bundled
from plugins.host.approval.suggestions import MOST_SUGGESTED
from plugins.host.tool_choice import ToolRouter, WordRouter

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class OfferRates:
    """What went wrong in a part of the lists: offered under plain words, and not offered where it was asked for."""

    plain: int
    offered_wrongly: Sequence[str]
    asked: int
    missed: Sequence[str]


async def rates(*, held_out: bool, router: ToolRouter | None = None) -> OfferRates:
    """Try each line of one half of both lists with the built-in plugins."""
    router = router or WordRouter()
    pairs = [(plugin, tool) for plugin in bundled().values() for tool in plugin.tools if tool.tool and not tool.confirm]

    async def offered(text: str) -> list[str]:
        return [tool.tool for _, tool in (await router.fitting(text, pairs))[:MOST_SUGGESTED]]

    plain = [line.split("\t") for line in _lines("plain.tsv", held_out)]
    asked = [line.split("\t") for line in _lines("tools.tsv", held_out)]
    wrongly = [text for _, text in plain if await offered(text)]
    missed = [text for tool, _, text in asked if tool not in await offered(text)]
    return OfferRates(len(plain), wrongly, len(asked), missed)


def _lines(name: str, held_out: bool) -> Sequence[str]:
    return (HERE / name).read_text(encoding="utf-8").splitlines()[int(held_out) :: 2]
