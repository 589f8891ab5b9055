"""How often a candidate would win if both answers were as long, and had as many lists.

It is the logistic regression of W. Chiang et al., "Chatbot Arena", 2024, with covariates of style as LMArena uses them:
the difference of both answers divided by their sum. A tie is half a win. Its standard error is clustered by person.
"""

from collections.abc import Mapping, Sequence
from math import exp, sqrt

from core.arena.ballots import POINTS, Ballot, preferences, weights
from core.arena.win_rate import FEWEST_PEOPLE, EstimatedRate

STEPS = 50
CLOSE = 1e-8
RIDGE = 1e-3
"""A slight pull towards no effect: without it, votes that agree entirely would have no finite answer."""

NORMAL = 1.96

Vector = list[float]
Matrix = list[Vector]


def style_controlled(ballots: Sequence[Ballot], correlation: float) -> EstimatedRate | None:
    """The candidate's win rate at the same style; None if there are too few people to know, or only ties."""
    people = {one.person for one in ballots}
    if len(people) < FEWEST_PEOPLE or len(ballots) < 20 or not preferences(ballots):
        return None
    each = weights((one.person for one in ballots), correlation)
    rows = [[1.0, one.words, one.items] for one in ballots]
    points = [POINTS[one.outcome] for one in ballots]
    heavy = [each[one.person] for one in ballots]
    found = _fitted(rows, points, heavy)
    error = _error(rows, points, heavy, [one.person for one in ballots], found)
    return EstimatedRate(*(_logistic(found[0] + factor * NORMAL * error) for factor in (0, -1, 1)))


def _fitted(rows: Matrix, points: Vector, heavy: Vector) -> Vector:
    """The most likely coefficients, by Newton's method."""
    found = [0.0] * len(rows[0])
    for _ in range(STEPS):
        slope = [-RIDGE * value for value in found]
        for row, point, weight in zip(rows, points, heavy, strict=True):
            rest = weight * (point - _logistic(_dot(row, found)))
            slope = [value + rest * one for value, one in zip(slope, row, strict=True)]
        step = solved(_information(rows, heavy, found), slope)
        found = [value + one for value, one in zip(found, step, strict=True)]
        if max(map(abs, step)) < CLOSE:
            break
    return found


def _information(rows: Matrix, heavy: Vector, found: Vector) -> Matrix:
    size = len(found)
    sums = [[RIDGE * (row == column) for column in range(size)] for row in range(size)]
    for row, weight in zip(rows, heavy, strict=True):
        likely = _logistic(_dot(row, found))
        spread = weight * likely * (1 - likely)
        for i in range(size):
            for j in range(size):
                sums[i][j] += spread * row[i] * row[j]
    return sums


def _error(rows: Matrix, points: Vector, heavy: Vector, people: Sequence[str], found: Vector) -> float:
    """The standard error of the first coefficient, by the sandwich of K.-Y. Liang and S. Zeger, Biometrika 73, 1986."""
    toward = solved(_information(rows, heavy, found), [1.0] + [0.0] * (len(found) - 1))
    scores: dict[str, float] = {}
    for row, point, weight, person in zip(rows, points, heavy, people, strict=True):
        rest = weight * (point - _logistic(_dot(row, found)))
        scores[person] = scores.get(person, 0.0) + rest * _dot(row, toward)
    number = len(scores)
    return sqrt(sum(score * score for score in scores.values()) * number / (number - 1))


def solved(matrix: Matrix, right: Vector) -> Vector:
    """The solution of a small system of equations, by Gauss's elimination."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for column in range(size):
        pivot = max(range(column, size), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for row in range(size):
            if row != column:
                factor = rows[row][column] / rows[column][column]
                rows[row] = [value - factor * above for value, above in zip(rows[row], rows[column], strict=True)]
    return [rows[number][size] / rows[number][number] for number in range(size)]


def mean_styles(ballots: Sequence[Ballot]) -> Mapping[str, float]:
    """By how much the candidate's answers have more words and list items, on average, as a share of both together."""
    number = len(ballots) or 1
    return {"words": sum(one.words for one in ballots) / number, "items": sum(one.items for one in ballots) / number}


def _logistic(value: float) -> float:
    return 1 / (1 + exp(-value)) if value > -700 else 0.0


def _dot(first: Sequence[float], second: Sequence[float]) -> float:
    return sum(one * other for one, other in zip(first, second, strict=True))
