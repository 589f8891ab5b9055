"""Groups what is imported into transactions."""

from collections.abc import Iterable, Iterator, Sequence

from core.dataset.importing.bounds import ImportBounds
from core.dataset.importing.records import MessageRecord


def batches(records: Iterable[MessageRecord], bounds: ImportBounds) -> Iterator[Sequence[MessageRecord]]:
    """Yield the records in batches that end with a tree once they are large enough, and in any case soon after."""
    batch: list[MessageRecord] = []
    size = 0
    for one in records:
        # A tree with one line per message is stored in one go if possible, so that the keeper sees it whole.
        if (size >= bounds.batch and one.begins) or size >= bounds.most:
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += len(one.messages)
    if batch:
        yield batch
