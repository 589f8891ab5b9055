# /// script
# [tool.parley]
# name = "dice"
# version = "1.0.0"
# description = "Rolls dice as players write them: 2d6+1."
# [tool.parley.examples]
# roll = ["roll {dice}", "throw {dice}"]
# ///
"""Dice. A small plugin that shows how one is written."""

import random
import re
from typing import Annotated

from parley import PluginError, command, tool

DICE = re.compile(r"^(\d{0,2})d(\d{1,4})([+-]\d{1,4})?$")


@tool(shown="rolled {dice}")
@command
async def roll(dice: Annotated[str, "as players write them: d20, 2d6+1"] = "d6") -> str:
    """Roll dice and tell each number and the sum."""
    found = DICE.match(dice.replace(" ", "").lower())
    if found is None or int(found[2]) == 0:
        raise PluginError("write the dice as d20, 2d6 or 3d8+2")
    rolled = [random.randint(1, int(found[2])) for _ in range(int(found[1] or 1))]
    more = int(found[3] or 0)
    shown = [*map(str, rolled), *([str(more)] if more else [])]
    return f"{dice}: {' + '.join(shown).replace('+ -', '- ')} = {sum(rolled) + more}"
