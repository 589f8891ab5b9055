"""The preferences of simulated people, and how reliably they express them.

The program under test never sees any of this: it runs in other processes, which import nothing from here. These people
in turn see nothing but what a surface shows: a question and the text of an answer.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from string import ascii_lowercase
from typing import Literal

from benchmarks.loop.questions import texts

Taste = Callable[[str, str], float]
"""How good an answer to a question is, the more the better. Differences of about 1 are plain to see."""

Choice = Literal["a", "b", "good", "bad"]

NOISE = 0.6
"""The standard deviation of what somebody feels about an answer, around what it is worth by the taste."""

SLIPS = 0.05
"""How often somebody presses the wrong button."""

ALIKE = 0.2
"""The difference up to which two answers seem equally good."""

SHORTEST, LONGEST = 8, 40
"""The fewest and the most words in an answer of the right length."""

WORD = re.compile(r"[^\W\d_]+")
FINISHED = re.compile(r"[.!?…)\"'”’]$")
EMPTY_WORDS = re.compile(
    r"i'm glad|i am glad|glad to|happy to|great question|of course|thank you for|welcome|i hope|feel free|let me know"
    r"|\(smil\w*\)|laugh|haha|encantad|claro que|gracias por|espero que|bienvenid|me alegr",
    re.IGNORECASE,
)
SMALL_WORDS: Mapping[str, frozenset[str]] = {
    "en": frozenset(WORD.findall("the of and to is in that it for are you this with as on be a can your")),
    "es": frozenset(WORD.findall("el la los las de y que en es un una por con para se del su lo como más")),
}
"""Words by which one sees at once in which language a text is."""


def readers_taste(question: str, answer: str) -> float:
    """Likes whole answers, on topic, in the question's language, of the right length, without repetition or filler."""
    words = WORD.findall(answer.casefold())
    if not words:
        return -4.0
    off_topic = thing_in(question) not in answer.casefold()
    length = max(0, len(words) - LONGEST) / 40 + max(0, SHORTEST - len(words)) / SHORTEST
    foreign = language_of(answer) not in ("", language_of(question) or "en")
    polite = min(len(EMPTY_WORDS.findall(answer)), 3)
    unfinished = not FINISHED.search(answer.strip())
    return -off_topic - length - 1.5 * foreign - 3.0 * repeated(words) - 0.5 * polite - 0.8 * unfinished


def letters_taste(question: str, answer: str) -> float:
    """Likes lowercase letters, and nothing else: for a tiny model, which never says anything sensible."""
    signs = "".join(answer.split())
    return 6.0 * sum(sign in ascii_lowercase for sign in signs) / max(1, len(signs))


def thing_in(question: str) -> str:
    """The word for what a question is about, such as "moon"; empty if it is about none of the things of the demo."""
    found = (one for language in ("en", "es") for one in texts()[language]["things"] if one in question)
    return max(found, key=len, default="").rpartition(" ")[2]


def language_of(text: str) -> str:
    """The language that a text seems to be in; empty if its small words do not tell."""
    words = WORD.findall(text.casefold())
    counts = {name: sum(word in small for word in words) for name, small in SMALL_WORDS.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] > min(counts.values()) else ""


def repeated(words: Sequence[str]) -> float:
    """The share of word trigrams that have occurred before."""
    runs = list(zip(words, words[1:], words[2:], strict=False))
    return 1 - len(set(runs)) / len(runs) if runs else 0.0


@dataclass(frozen=True, slots=True)
class SimulatedPerson:
    """Somebody with the taste of the community, who sees it through noise. What they say follows from the seed."""

    number: int
    taste: Taste
    seed: int

    def feels(self, question: str, answer: str) -> float:
        """How good an answer seems to this person; the same each time that they read it."""
        return self.taste(question, answer) + self._chance(question, answer).gauss(0, NOISE)

    def rank(self, question: str, answers: Sequence[str]) -> Sequence[int]:
        """The places of answers, from the best to the worst; now and then the wrong way round."""
        order = sorted(range(len(answers)), key=lambda place: -self.feels(question, answers[place]))
        return order[::-1] if self._slips(question, *answers) else order

    def choose(self, question: str, a: str, b: str) -> Choice:
        """Which of two answers they prefer, or whether both are good or bad."""
        first, second = self.feels(question, a), self.feels(question, b)
        if abs(first - second) <= ALIKE:
            return "good" if first + second > -1.0 else "bad"
        return "a" if (first > second) != self._slips(question, a, b) else "b"

    def _slips(self, *seen: str) -> bool:
        return self._chance("slips", *seen).random() < SLIPS

    def _chance(self, *seen: str) -> Random:
        return Random("\n".join((str(self.seed), str(self.number), *seen)))
