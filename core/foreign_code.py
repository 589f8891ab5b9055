"""The guard around code that is not ours: plugins in this process, other people's libraries, and whatever they read."""


class ForeignFault(Exception):
    """Code that is not ours has failed in a way that nobody has foreseen. `cause` is what it raised."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(repr(cause))
        self.cause = cause


class ForeignGuard:
    """A guard around a block of foreign code, which lets only the `expected` errors out of it as they are.

    It is entered several times for every message, and a generator would take three times as long.
    """

    __slots__ = ("_expected",)

    def __init__(self, expected: tuple[type[Exception], ...]) -> None:
        self._expected: tuple[type[Exception], ...] = (ForeignFault, *expected)

    def __enter__(self) -> None:
        """Enter the block."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        # A plugin, a library or a server's SDK may raise anything, and no fault of theirs may stop what is ours.
        if isinstance(error, Exception) and not isinstance(error, self._expected):
            raise self.fault(ForeignFault(first_of(error))) from error

    def fault(self, fault: ForeignFault) -> Exception:
        """What is raised in place of an error that nobody has foreseen."""
        return fault


def guarded(*expected: type[Exception]) -> ForeignGuard:
    """Run foreign code in the block. Raises ForeignFault in place of every error but those that are `expected`."""
    return ForeignGuard(expected)


def first_of(error: BaseException) -> BaseException:
    """The first error of a group, however deeply nested, which says more than the group; any other as it is."""
    return first_of(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error
