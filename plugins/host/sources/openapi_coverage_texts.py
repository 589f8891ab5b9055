"""Texts for people about how much of a service's description can be used, and what is left out."""

from collections.abc import Callable, Sequence

from plugins.host.plugin import HostedPlugin
from plugins.host.sources.openapi.api import OpenApiPlugin
from plugins.host.sources.openapi.coverage import LeftOut, OperationCoverage, by_reason

MOST_NAMES = 3
"""How many operations are named for each reason, if not all of them are."""

Texts = Callable[..., str]
"""Gives the texts of a person's language, by key and values."""


def coverage_of_plugin(plugin: HostedPlugin) -> OperationCoverage | None:
    """Return the coverage of a plugin that is a service's description, None for any other plugin."""
    return plugin.coverage if isinstance(plugin, OpenApiPlugin) else None


def coverage_text(text: Texts, coverage: OperationCoverage, most: int = MOST_NAMES) -> str:
    """Say how many operations can be used, with a line for each reason why others cannot; each names at most `most`."""
    lines = [text("plugin-operations", usable=str(coverage.usable), chosen=str(coverage.chosen))]
    if coverage.choice:
        numbers = {"chosen": str(coverage.chosen), "described": str(coverage.described)}
        lines.insert(0, text("plugin-operations-chosen", choice=coverage.choice, **numbers))
    if coverage.left_out_count:
        lines.append(text("plugin-left-out"))
    for reason, left in by_reason(coverage.left_out).items():
        lines.append(f"- {text(f'plugin-left-{reason}')}: {_names(text, left, most)}")
    if (unnamed := coverage.left_out_count - len(coverage.left_out)) > 0:
        lines.append(f"- {_more(text, unnamed)}")
    return "\n".join(lines)


def whole_coverage_text(text: Texts, coverage: OperationCoverage) -> str:
    """Return the same text with all names."""
    return coverage_text(text, coverage, len(coverage.left_out))


def is_shortened(coverage: OperationCoverage) -> bool:
    """Whether some of the names are missing in the short text."""
    return any(len(left) > MOST_NAMES for left in by_reason(coverage.left_out).values())


def _names(text: Texts, left: Sequence[LeftOut], most: int) -> str:
    named = [f"`{one.operation}`" + (f" ({one.detail})" if one.detail else "") for one in left[:most]]
    return ", ".join([*named, *([_more(text, len(left) - most)] if len(left) > most else [])])


def _more(text: Texts, count: int) -> str:
    return text("plugin-left-more", count=str(count))
