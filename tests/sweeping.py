"""Large tables: `make test` tries some rows of each kind, and `make faults` all."""

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def mostly_swept(rows: Iterable[Any], now: Collection[Any]) -> list[Any]:
    """The rows of a table. All but those that `make test` tries `now` are for `make faults`."""
    return [row if row in now else pytest.param(*_values(row), marks=pytest.mark.sweep) for row in rows]


def _values(row: Any) -> tuple[Any, ...]:
    return row if isinstance(row, tuple) else (row,)
