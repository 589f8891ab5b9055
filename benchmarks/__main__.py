"""`make bench`: every figure with its bar, each group in a process of its own."""

import subprocess
import sys
import tempfile

GROUPS = (
    ("benchmarks.startup",),
    ("benchmarks.weight",),
    ("benchmarks.streaming",),
    ("benchmarks.splitting",),
    ("benchmarks.load", "throughput"),
    ("benchmarks.load", "latency"),
    ("benchmarks.load", "commands"),
    ("benchmarks.load", "stored"),
    ("benchmarks.plugins",),
    ("benchmarks.data",),
    ("benchmarks.on_discord",),
    ("benchmarks.on_telegram",),
    ("benchmarks.on_slack",),
)


def main() -> int:
    """Run all groups. Returns 1 if one of them broke; a figure that falls short is only printed as such."""
    sys.stdout.write(f"{'figure':<58} {'value':>10} {'unit':<10} {'bar':<10} \n")
    sys.stdout.flush()
    broken = 0
    for module, *arguments in GROUPS:
        with tempfile.TemporaryDirectory(prefix="bench") as folder:
            command = [sys.executable, "-m", module, *arguments, folder]
            broken |= subprocess.run(command, check=False).returncode != 0
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
