"""What meets in the arena: a candidate and a baseline, each some of model, persona and preset."""

from collections.abc import Mapping, Sequence

from core.answering.answer_options import AnswerOptions
from core.errors import UserError
from core.store.arena import Side

KINDS = ("model", "persona", "preset")
OWN = "own"
"""The word for what each person has chosen."""


def read(options: AnswerOptions, choices: Mapping[str, str], text: str) -> Side:
    """The side that somebody names: a name, `kind:name` where two kinds have that name, and several joined by `+`.

    `choices` are the community's, which may have personas of its own. Raises UserError if there is no such thing.
    """
    offered = options.offered(choices)
    side: dict[str, str] = {}
    for part in text.split("+"):
        kind, name = _found(offered, part.strip())
        if kind in side:
            raise UserError("arena-twice", kind=kind)
        side[kind] = name
    return side


def _found(offered: Mapping[str, Sequence[str]], part: str) -> tuple[str, str]:
    before, separator, after = part.partition(":")
    kinds, wanted = ((before,), after) if separator and before in KINDS else (KINDS, part)
    found = [(kind, name) for kind in kinds for name in offered[kind] if name.casefold() == wanted.casefold()]
    if not found:
        raise UserError("arena-unknown", name=part[:80])
    if len(found) > 1:
        raise UserError("arena-ambiguous", name=part[:80], names=", ".join(f"{kind}:{name}" for kind, name in found))
    return found[0]


def written(side: Side) -> str:
    """A side as people read it, and as `read` takes it."""
    return "+".join(f"{kind}:{side[kind]}" for kind in KINDS if kind in side) or OWN


def settled(options: AnswerOptions, choices: Mapping[str, str], side: Side) -> Side | None:
    """What answers somebody with these choices on a side; None if something of the side is no longer offered."""
    taken = options.settle({**choices, **side})
    if any(taken[kind] != name for kind, name in side.items()):
        return None
    return {kind: taken[kind] for kind in KINDS}


def differ(choices: Mapping[str, str], first: Side, second: Side) -> bool:
    """Whether two sides would be asked differently. Somebody's own instructions stand in place of any persona."""
    kinds = ("model", "preset") if choices.get("system") else KINDS
    return any(first[kind] != second[kind] for kind in kinds)
