"""Draws how a run went as a picture: the loss, and what the method measures beside it."""

import json
from pathlib import Path
from typing import Any

import matplotlib

WANTED = {
    "loss": "loss",
    "rewards/accuracies": "share of pairs in the right order",
    "rewards/margins": "margin between better and worse",
    "accuracy": "share of pairs in the right order",
    "margin": "margin between better and worse",
    "learning_rate": "learning rate",
}
"""The figures that are drawn, and what they are called."""


def draw(log: Path, path: Path) -> None:
    """Draw the figures of a log over the steps, one under the other. It draws nothing if there are none."""
    matplotlib.use("agg")
    from matplotlib import pyplot

    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []
    drawn = {name: points for name in WANTED if (points := _points(lines, name))}
    if not drawn:
        return
    figure, axes = pyplot.subplots(len(drawn), 1, figsize=(8, 2.4 * len(drawn)), squeeze=False, sharex=True)
    for (name, points), axis in zip(drawn.items(), axes[:, 0], strict=True):
        axis.plot(*zip(*points, strict=True))
        axis.set_ylabel(WANTED[name], fontsize=8)
        axis.grid(alpha=0.3)
    axes[-1, 0].set_xlabel("step")
    figure.tight_layout()
    half = path.with_suffix(".part")
    figure.savefig(half, format="png", dpi=100)
    half.replace(path)
    pyplot.close(figure)


def _points(lines: list[dict[str, Any]], name: str) -> list[tuple[int, float]]:
    # A run that went on from a checkpoint has some steps twice; the later one counts.
    found = {line["step"]: line[name] for line in lines if name in line}
    return sorted(found.items())
