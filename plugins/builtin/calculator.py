# /// script
# dependencies = ["pint>=0.25", "simpleeval>=1.0"]
# [tool.parley]
# name = "calculator"
# version = "1.0.0"
# description = "Calculates, also with units: 3 ft in cm, sqrt(2) * 5, 60 km/h to m/s."
# [tool.parley.examples]
# calculate = [
#     "calculate {expression}", "calculate", "square root", "{number} % of", "% of", "{number} + {number}",
#     "{number} - {number}", "{number} * {number}", "{number} / {number}", "{number} x {number}",
#     "{number} × {number}", "{number} * (", "{number} times", "{number} plus", "{number} minus",
#     "{number} divided by", "{number} km", "{number} miles", "{number} ft", "{number} kg", "{number} pounds in",
#     "percent of", "{number} mal", "{number} geteilt", "rechne", "berechne", "viel prozent", "{number} meilen",
#     "{number} fois", "calcule", "racine carrée", "% de", "{number} por", "calcula", "raíz cuadrada", "计算", "乘以",
#     "除以", "平方根", "{number} per", "arrel quadrada", "kalkulatu",
# ]
# ///
"""Arithmetic and units, by libraries that execute no code."""

import ast
import asyncio
import math
import re
from tokenize import TokenError
from typing import Annotated, Any

from parley import PluginError, command, tool

LONGEST = 200
MOST_BITS = 4096
"""The most binary digits of a power of whole numbers. A larger one would keep everything else waiting."""

QUOTES = re.compile("[\"']")
THOUSANDS, DECIMAL = re.compile(r"(?<=\d),(?=\d{3}(?!\d))"), re.compile(r"(?<=\d),(?=\d)")
UNKNOWN = re.compile(r"[<>&|~!=;:?@#$€\\`\[\]{},]")
"""Signs that pint passes over, as if there were nothing: it makes 15 of “5 > 3”."""

PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%\s*of\b")
FUNCTIONS = {
    name: getattr(math, name) for name in ("sqrt", "sin", "cos", "tan", "log", "log10", "exp", "floor", "ceil")
}
NAMES = {"pi": math.pi, "e": math.e}


@tool(shown="calculated {expression}")
@command(name="calc")
async def calculate(expression: Annotated[str, "what to calculate, with units if you like"]) -> str:
    """Calculate an expression, or convert units."""
    return await asyncio.to_thread(result, expression)


def result(expression: str) -> str:
    """Return the value of an expression. Raises PluginError if it cannot be calculated."""
    text = PERCENT.sub(r"\1 / 100 *", expression.strip().rstrip("=?")).replace("^", "**")
    if not text:
        raise PluginError("write what to calculate")
    if len(text) > LONGEST:
        raise PluginError("that is too long to calculate")
    # Formatting a text can make it as long as one likes, and nothing that has a value needs one.
    if QUOTES.search(text):
        raise _refusal(expression)
    try:
        return f"{expression.strip()} = {_shown(_plain(text))}"
    except ZeroDivisionError:
        raise PluginError("that divides by zero") from None
    except (ArithmeticError, ValueError):
        raise PluginError(f"“{expression[:80]}” has no value") from None
    except NotArithmeticError:
        return f"{expression.strip()} = {_with_units(text, expression)}"


def _refusal(expression: str) -> PluginError:
    return PluginError(f"“{expression[:80]}” cannot be calculated")


class NotArithmeticError(Exception):
    """A text is no arithmetic of plain numbers; it may have units."""


def _plain(text: str) -> Any:
    from simpleeval import DEFAULT_OPERATORS, InvalidExpression, SimpleEval

    operators = {**DEFAULT_OPERATORS, ast.Pow: _power}
    try:
        return SimpleEval(operators=operators, functions=FUNCTIONS, names=NAMES).eval(text)
    except (InvalidExpression, SyntaxError, TypeError, LookupError) as error:
        raise NotArithmeticError(text) from error


def _power(base: Any, exponent: Any) -> Any:
    """Raise a number to a power. Raises PluginError if the result would be too large."""
    whole = isinstance(base, int) and isinstance(exponent, int)
    if whole and base.bit_length() * exponent > MOST_BITS:
        raise PluginError("that is too large to calculate")
    return base**exponent


def _with_units(text: str, expression: str) -> str:
    import pint

    units, text = _registry(), DECIMAL.sub(".", THOUSANDS.sub("", text))
    if UNKNOWN.search(text):
        raise _refusal(expression)
    left, _, right = re.sub(r"\s(?:in|to|into)\s", " → ", text, count=1).partition(" → ")
    try:
        found = units.parse_expression(left)
        return f"{(found.to(right) if right else found):.6g~P}"
    except pint.DimensionalityError as error:
        raise PluginError(f"{error.units1} cannot be converted to {error.units2}") from None
    except (pint.PintError, TypeError, ValueError, *MALFORMED):
        raise _refusal(expression) from None


MALFORMED = (
    AssertionError,
    SyntaxError,
    TokenError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""The errors that pint raises, beside its own, for texts that are not quantities."""


class UnitNumber(float):
    """A number in an expression with units: never a whole one, whose powers could grow without end."""


_REGISTRIES: list[Any] = []


def _registry() -> Any:
    """Return pint's units, which take a good part of a second to load."""
    import pint

    if not _REGISTRIES:
        _REGISTRIES.append(pint.UnitRegistry(autoconvert_offset_to_baseunit=True, non_int_type=UnitNumber))
    return _REGISTRIES[0]


def _shown(value: Any) -> str:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise NotArithmeticError(str(value))
    return f"{value:.12g}" if isinstance(value, float) else str(value)
