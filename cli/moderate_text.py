"""The lines that moderators read in the terminal."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from cli.plural import several

# The store takes a quarter of a second to import, and `parley --help` must not wait for it.
if TYPE_CHECKING:
    from core.labeling.service.moderation_cases import ModerationCase, WholeTree
    from core.labeling.service.purge import PurgeResult
    from core.labeling.service.suspicious_work import SplitVotes, TrollSuspect
    from core.store.labeling_tables import ReviewRow, TreeMessageRow, TreeRow

QUOTED = 200
INDENT = "  "


def unnamed(message: "TreeMessageRow") -> str:
    """The name of a message's author who is not a person on this installation."""
    return message.model or ("a model" if message.synthetic else "nobody known")


def going(tree: "TreeRow") -> list[str]:
    return [f"Tree {tree.id} is in the state {tree.state}."]


def one_line(text: str) -> str:
    """What others wrote, as one line of a terminal: a name can neither pretend to be the next line nor turn this one
    around."""
    from bots.terminal.render import printable
    from core.outside_text import cleaned

    return cleaned(printable(text)).replace("\n", " ")


def cut(text: str) -> str:
    """A text on one line, cut to a readable length."""
    line = " ".join(text.split())
    return line if len(line) <= QUOTED else f"{line[:QUOTED]} …"


def indented(lines: Iterable[str], depth: int) -> Iterator[str]:
    return (f"{INDENT * depth}{line}".rstrip() for line in lines)


def reported(case: "ModerationCase") -> Iterator[str]:
    """A message with its open reports."""
    message = case.message
    author = case.names.get(message.person_id or "") or unnamed(message)
    hidden = ", hidden" if message.deleted else ""
    yield f"{message.id}  {message.role} ({message.lang}) by {author}, tree {case.tree.state}{hidden}"
    yield f"  {cut(message.text)}"
    for flag in case.flags:
        if not flag.handled:
            why = ", ".join(filter(None, [*flag.labels, cut(flag.comment)])) or "no reason given"
            yield f"  - {case.names.get(flag.person_id, 'somebody')}, {flag.at:%Y-%m-%d %H:%M}: {why}"
    yield ""


def head(tree: "TreeRow") -> Iterator[str]:
    """The summary of a tree as a whole."""
    pool = f"community {tree.pool}" if tree.pool else "everybody"
    origin = f", from {tree.origin}" if tree.origin else ""
    yield f"Tree {tree.id}: {tree.state}, {tree.lang}, for {pool}{origin}"
    yield ""


def spoken(whole: "WholeTree", message: "TreeMessageRow", *, meant: bool) -> Iterator[str]:
    """A message of a tree, with its reviews and its history."""
    names = whole.names
    author = names.get(message.person_id or "") or unnamed(message)
    person = f" [{message.person_id}]" if message.person_id else ""
    marked = "> " if meant else ""
    yield f"{marked}{message.id}  {message.role} by {author}{person}: {', '.join(states(message))}"
    yield from (f"  {line}" for line in message.text.splitlines())
    for review in whole.reviews.get(message.id, ()):
        yield f"  * {names.get(review.person_id, 'somebody')} ({review.mode}): {labels(review)}"
    for revision in whole.history.get(message.id, ()):
        editor = names.get(revision.person_id or "", "the terminal")
        yield f"  ~ until {revision.at:%Y-%m-%d %H:%M}, changed by {editor}: {revision.before}"
    yield ""


def states(message: "TreeMessageRow") -> Iterator[str]:
    """The states of a message."""
    decided = {None: "undecided", True: "accepted", False: "rejected"}
    yield f"{decided[message.review_result]}, reviews: {message.review_count}"
    if message.rank is not None:
        yield f"rank {message.rank}"
    yield from (name for name in ("deleted", "edited", "synthetic", "ended") if getattr(message, name))


def labels(review: "ReviewRow") -> str:
    """The labels of a review, the strongest first."""
    said = sorted(review.labels.items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{name} {value:g}" for name, value in said)


def marks(troll: "TrollSuspect", names: Mapping[str, str]) -> Iterator[str]:
    """An author, with what others said about their texts."""
    yield f"{troll.score:>4}  {names[troll.person_id]}{', banned' if troll.banned else ''}"
    counted = {"reports": troll.red_flags, "prompts given up": troll.spam_prompts, **troll.votes}
    yield f"      {', '.join(f'{name} {number}' for name, number in counted.items() if number)}"
    if troll.means:
        yield f"      on average: {', '.join(f'{name} {mean:.2f}' for name, mean in troll.means.items())}"


def votes(split: "SplitVotes") -> Iterator[str]:
    """A message on which votes are split."""
    decided = {None: "stuck" if split.stuck else "undecided", True: "accepted", False: "rejected"}
    message = split.message
    came = f"{split.accept} for, {split.reject} against, {split.score:.2f} where {split.threshold:g} is to be exceeded"
    yield f"{message.id}  {message.role} ({message.lang}), {decided[message.review_result]}: {came}"
    yield f"  {cut(message.text)}"
    yield ""


def touched(purged: "PurgeResult", *, done: bool) -> Iterator[str]:
    """Describe what a purge will do, or has done, to the affected trees."""
    would = "" if done else "would be "
    kept = (
        f", and {several(purged.emptied, 'message')} {would}emptied for the replies of others" if purged.emptied else ""
    )
    yield f"{several(purged.removed, 'message')} {would}erased{kept}."
    width = max(map(len, (*purged.before, *purged.after)), default=0)
    for name in dict.fromkeys((*purged.before, *purged.after)):
        yield f"  {name:<{width}}  {purged.before.get(name, 0):>6} -> {purged.after.get(name, 0):>6}"
