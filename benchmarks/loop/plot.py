"""Draws a report: `python plot.py report.json report.png`, in the environment for training, which has matplotlib."""

import json
import sys
from pathlib import Path

import matplotlib


def draw(report: Path, path: Path) -> None:
    """Draw the win rates of the generations with their intervals, over the line of a candidate that is no better."""
    matplotlib.use("agg")
    from matplotlib import pyplot

    told = [one for one in json.loads(report.read_text(encoding="utf-8"))["generations"] if one["rate"] is not None]
    figure, axis = pyplot.subplots(figsize=(2.5 + 1.5 * len(told), 4))
    middle = [100 * one["rate"] for one in told]
    spread = [[100 * (one["rate"] - one["low"]) for one in told], [100 * (one["high"] - one["rate"]) for one in told]]
    axis.errorbar(range(len(told)), middle, yerr=spread, fmt="o", capsize=5)
    axis.axhline(50, color="grey", linestyle="--", linewidth=1)
    axis.set_xticks(range(len(told)), [f"{one['model']}\nagainst {one['base']}" for one in told])
    axis.set_xlim(-0.6, len(told) - 0.4)
    axis.set_ylabel("blind choices won, %")
    axis.grid(axis="y", alpha=0.3)
    figure.tight_layout()
    figure.savefig(path, format="png", dpi=100)


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
