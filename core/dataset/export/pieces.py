"""How much of an export is in memory at a time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExportPieces:
    """The sizes of the pieces that an export goes in.

    Of chats, `chat_trees` are fetched at once, with `chat_levels` of their levels. Of labeled trees, at most `trees`
    with at most `messages` are; a labeled tree is always fetched whole. A Parquet file is written in groups of `rows`.
    `step` is the number of messages between two reports of progress.
    """

    chat_trees: int = 50
    chat_levels: int = 50
    trees: int = 100
    messages: int = 1000
    rows: int = 5000
    step: int = 500


USUAL_PIECES = ExportPieces()
