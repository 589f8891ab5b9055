import pytest

from bots.shared.button_rows import asked, fewer, rows
from core.messages import Button


def shape(found: list[int] | tuple[int, ...]) -> tuple[Button, ...]:
    """Buttons that ask for rows of these widths."""
    return tuple(Button(f"{row}:{at}", "x", row=row) for row, width in enumerate(found) for at in range(width))


@pytest.mark.parametrize(
    ("wanted", "width", "found"),
    [
        ((), 4, []),
        ((5,), 4, [4, 1]),
        ((5, 1), 4, [3, 2, 1]),
        ((5, 2, 3), 5, [5, 2, 3]),
        ((7, 4), 5, [4, 3, 4]),
        ((26,), 25, [25, 1]),
    ],
)
def test_a_row_that_is_too_wide_is_shared_out(wanted: tuple[int, ...], width: int, found: list[int]) -> None:
    buttons = shape(wanted)
    shown = rows(buttons, width)
    assert [len(row) for row in shown] == found
    assert [button for row in shown for button in row] == list(buttons)


def test_a_new_row_begins_with_another_number() -> None:
    numbers = [3, 3, 1, 3]
    assert [len(row) for row in asked([Button("a", "x", row=row) for row in numbers])] == [2, 1, 1]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ([5, 5, 5, 5, 5], [5, 5, 5, 5, 5]),
        ([5, 1, 5, 2, 1, 5], [5, 1, 5, 3, 5]),
        ([4, 4, 4, 4, 4, 4, 1], [5, 5, 5, 5, 5]),
        ([1] * 25, [5, 5, 5, 5, 5]),
        ([5] * 6, [5, 5, 5, 5, 5]),
    ],
)
def test_rows_that_are_too_many_stand_together(wanted: list[int], found: list[int]) -> None:
    buttons = shape(wanted)
    shown = fewer(asked(buttons), 5, 5)
    assert sorted(len(row) for row in shown) == sorted(found)
    assert [button for row in shown for button in row] == list(buttons[:25])
