"""The error of all that finds, fetches and tries plugins."""

from core.errors import OperatorError
from core.outside_text import cleaned


class PluginProblem(OperatorError):
    """A plugin cannot be installed. The text says why and what to do; parts of it may come from outside."""

    def __init__(self, words: str) -> None:
        super().__init__(cleaned(words))
