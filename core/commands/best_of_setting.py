"""The setting `best_of`: from how many answers the best is shown, with what that costs."""

from core.delivery.call import CommandCall
from core.errors import UserError

NAME = "best_of"
MOST = 4
"""More answers cost more than they are worth: the gain grows with the logarithm of their number."""

OFF = "1"


def meant(value: str, *, ranks: bool) -> str:
    """The stored form of a value that somebody typed; empty for one answer. `ranks` says that there is a reward model.

    Raises UserError for a number that is not possible, or where nothing ranks answers.
    """
    if value.casefold() in (OFF, "off", "0"):
        return ""
    if value not in {str(number) for number in range(2, MOST + 1)}:
        raise UserError("settings-best-of-most", value=value[:20], most=MOST)
    if not ranks:
        raise UserError("settings-best-of-cannot")
    return value


def shown(call: CommandCall, value: str) -> str:
    """A stored value, with its cost."""
    return call.text("settings-best-of-cost", number=value)
