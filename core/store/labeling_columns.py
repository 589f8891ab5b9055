"""The columns of labeling that hold values of ours as JSON."""

from typing import Any

from sqlalchemy import JSON, Dialect
from sqlalchemy.types import TypeDecorator

from core.labeling.rules.task_answer import TaskAnswer, TaskPlace
from core.store.damaged_values import readable


class TaskAnswerJson(TypeDecorator[TaskAnswer]):
    """A column with what a person has said about a task. A new value replaces the old one as a whole."""

    impl = JSON
    cache_ok = True
    hashable = False

    def process_bind_param(self, value: TaskAnswer | None, dialect: Dialect) -> dict[str, Any] | None:
        return value.to_json() if value else None

    @readable
    def process_result_value(self, value: dict[str, Any] | None, dialect: Dialect) -> TaskAnswer | None:
        return None if value is None else TaskAnswer.from_json(value)


class TaskPlaceJson(TypeDecorator[TaskPlace]):
    """A column with the place where a task was handed out. A new value replaces the old one as a whole."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: TaskPlace | None, dialect: Dialect) -> dict[str, Any] | None:
        return value.to_json() if value else None

    @readable
    def process_result_value(self, value: dict[str, Any] | None, dialect: Dialect) -> TaskPlace | None:
        return None if value is None else TaskPlace.from_json(value)
