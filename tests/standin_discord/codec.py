"""JSON, by orjson where it is installed: benchmarks push hundreds of messages a second through this server."""

import json
from collections.abc import Callable
from typing import Any


def _codec() -> tuple[Callable[[Any], bytes], Callable[[bytes | bytearray | str], Any]]:
    try:
        import orjson
    except ImportError:
        return (lambda value: json.dumps(value, separators=(",", ":")).encode(), json.loads)
    return orjson.dumps, orjson.loads


dumps, loads = _codec()
