"""`make bench`: a table of all figures with their bars. `python -m benchmarks NAME ...` measures some of the groups.

Each figure is taken in one run and is a ratio, or says what it is of; none is the best of several. A line before each
group tells how it was measured.
"""

import subprocess
import sys
import tempfile

from benchmarks.figures import HEADING, MISSED

GROUPS = {
    "core": ("benchmarks.core_cost",),
    "startup": ("benchmarks.startup",),
    "weight": ("benchmarks.weight",),
    "streaming": ("benchmarks.streaming",),
    "splitting": ("benchmarks.splitting",),
    "latency": ("benchmarks.load", "latency"),
    "duplicates": ("benchmarks.load", "duplicates"),
    "commands": ("benchmarks.load", "commands"),
    "stored": ("benchmarks.load", "stored"),
    "plugins": ("benchmarks.plugins",),
    "data": ("benchmarks.data",),
    "discord": ("benchmarks.on_discord",),
    "telegram": ("benchmarks.on_telegram",),
    "slack": ("benchmarks.on_slack",),
}


def main(names: list[str]) -> int:
    """Measure these groups, or all. Returns 1 if a figure misses its bar or a group breaks, and says which."""
    if unknown := [name for name in names if name not in GROUPS]:
        sys.stderr.write(f"there is no {', '.join(unknown)}; there are {', '.join(GROUPS)}\n")
        return 2
    sys.stdout.write(f"{HEADING}\n")
    sys.stdout.flush()
    codes = {name: run(*GROUPS[name]) for name in names or GROUPS}
    short = [name for name, code in codes.items() if code == MISSED]
    broken = [name for name, code in codes.items() if code not in (0, MISSED)]
    sys.stdout.write(f"\nbelow a bar: {', '.join(short) or 'none'}; broken: {', '.join(broken) or 'none'}\n")
    return int(bool(short or broken))


def run(module: str, *arguments: str) -> int:
    """Measure a group in a process and a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        return subprocess.run([sys.executable, "-m", module, *arguments, folder], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
