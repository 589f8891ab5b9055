"""plugins.host.sandbox.reading_pace: what a plugin sends takes a share of our time, and no more."""

import pytest

from plugins.host.sandbox.reading_pace import ReadingPace


def test_a_little_is_done_at_once_and_much_is_spread() -> None:
    pace = ReadingPace(share=0.1, burst=0.05, _seen=0.0)
    assert pace.pause(0.05, 0.0) == 0
    assert pace.pause(0.01, 0.0) == pytest.approx(0.1)
    # Afterwards the debt is as it was, and after long it is gone.
    assert pace.pause(0.01, 0.1) == pytest.approx(0.1)
    assert pace.pause(0.05, 100.0) == 0
