"""Limits an import to the first trees of a file."""

from core.dataset.importing.records import MessageRecord


class FirstTrees:
    """Chooses the records of the first trees, in whatever order their messages come. Without a limit, all of them."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._trees: set[str] = set()
        self._messages: set[str] = set()

    def takes(self, record: MessageRecord) -> bool:
        """Whether a record is in one of the first trees."""
        if self._most is None:
            return True
        first = record.messages[0]
        tree_id = str(record.tree_id or (first["id"] if record.begins else ""))
        # A message that does not say which tree it is in goes with its parent.
        taken = tree_id in self._trees or (not tree_id and first["parent_id"] in self._messages)
        if not taken and tree_id and len(self._trees) < self._most:
            self._trees.add(tree_id)
            taken = True
        if taken:
            self._messages.update(row["id"] for row in record.messages)
        return taken
