"""plugins.host.sources.openapi_coverage_texts: the left-out operations, in short and in full."""

from functools import partial

from core.texts import LocalizedTexts
from plugins.host.sources.openapi.coverage import LeftOut, OperationCoverage
from plugins.host.sources.openapi_coverage_texts import (
    coverage_of_plugin,
    coverage_text,
    is_shortened,
    whole_coverage_text,
)
from tests.core.test_texts import LOCALES
from tests.plugin_host.test_host import counting

LEFT = [LeftOut(f"look{number}", "method", "HEAD") for number in range(5)]


def test_a_line_for_each_reason() -> None:
    text = partial(LocalizedTexts(LOCALES), "en")
    coverage = OperationCoverage(
        50, 20, 10, [LeftOut("up", "body", "multipart/mixed"), *LEFT, LeftOut("x", "key")], "tag:a"
    )
    assert coverage_text(text, coverage).splitlines() == [
        "20 of 50 operations are chosen (tag:a).",
        "10 of 20 operations can be used.",
        "Left out:",
        "- methods that are not called: `look0` (HEAD), `look1` (HEAD), `look2` (HEAD), and 2 more",
        "- its body is of a type that cannot be sent: `up` (multipart/mixed)",
        "- it needs another way to sign in: `x`",
        "- and 3 more",
    ]
    assert is_shortened(coverage)
    assert "`look3` (HEAD), `look4` (HEAD)" in whole_coverage_text(text, coverage)


def test_nothing_is_left_out() -> None:
    coverage = OperationCoverage(2, 2, 2)
    assert coverage_text(partial(LocalizedTexts(LOCALES), "de"), coverage) == "2 von 2 Operationen sind nutzbar."
    assert not is_shortened(coverage)
    assert coverage_of_plugin(counting()) is None
