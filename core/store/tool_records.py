"""The records of an answer's tool calls, stored in a column as JSON."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import JSON, Dialect
from sqlalchemy.types import TypeDecorator

from core.store.damaged_values import readable


@dataclass(frozen=True, slots=True)
class ToolCallRecord:
    """A tool call as it is kept with its answer: `line` is what people saw of it, `result` may be cut."""

    name: str
    arguments: str
    line: str
    result: str = ""


class JsonRecords(TypeDecorator[Any]):
    """A column of frozen dataclasses of one type, kept as a JSON list of objects; NULL if there are none."""

    impl = JSON
    cache_ok = True

    def __init__(self, record: type[Any]) -> None:
        super().__init__(none_as_null=True)
        self.record = record

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> list[dict[str, Any]] | None:
        return [asdict(one) for one in value] if value else None

    @readable
    def process_result_value(self, value: Sequence[dict[str, Any]] | None, dialect: Dialect) -> tuple[Any, ...]:
        return tuple(self.record(**one) for one in value or ())
