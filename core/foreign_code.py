"""The guard around code that is not ours: plugins in this process, other people's libraries, and whatever they read."""

from collections.abc import Iterator
from contextlib import contextmanager


class ForeignFault(Exception):
    """Code that is not ours has failed in a way that nobody has foreseen. `cause` is what it raised."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(repr(cause))
        self.cause = cause


@contextmanager
def guarded(*expected: type[Exception]) -> Iterator[None]:
    """Run foreign code in the block. Raises ForeignFault in place of every error but those that are `expected`."""
    try:
        yield
    except ForeignFault:
        raise
    except expected:
        raise
    except Exception as error:
        # A plugin, a library or a server's SDK may raise anything, and no fault of theirs may stop what is ours.
        raise ForeignFault(first_of(error)) from error


def first_of(error: BaseException) -> BaseException:
    """The first error of a group, however deeply nested, which says more than the group; any other as it is."""
    return first_of(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error
