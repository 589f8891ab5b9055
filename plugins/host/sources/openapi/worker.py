"""The process that reads one description: one that is too large or too deep ends this process, and nothing else.

Messages in both directions are frames: four bytes with the length, then that many bytes. The options and the text come
in. `{"fetch": address, "most": bytes}` goes out, and is answered by a frame that begins with + (the text) or - (why
there is none). The last message out is `{"read": …}` or `{"refused": …}`.
"""

import json
import sys
import traceback
from collections.abc import Mapping
from typing import Any, BinaryIO

from core.process_limits import limit
from parley import ManifestError
from plugins.host.sources.openapi.choice import split_choice
from plugins.host.sources.openapi.description import read

MEMORY = 768 * 1024 * 1024
"""Most bytes of memory: a description of 12 MB in JSON takes about 130 MB, one of 5 MB in YAML about 200 MB."""

SECONDS = 30
"""Most seconds of processor time."""

PREFIX = 4


def main() -> None:
    """Read one description."""
    limit(MEMORY, SECONDS)
    source, target = sys.stdin.buffer, sys.stdout.buffer
    options = json.loads(_received(source))
    text = _received(source).decode("utf-8", "replace")

    def fetch(address: str, most: int) -> str:
        _send(target, {"fetch": address, "most": most})
        answer = _received(source)
        words = answer[1:].decode("utf-8", "replace")
        if answer[:1] != b"+":
            raise ManifestError(words)
        return words

    _, choice = split_choice(options["choice"])
    fetches = fetch if options["fetches"] else None
    answer: Mapping[str, Any]
    try:
        found = read(text, options["name"], options["address"], choice, fetches)
        answer = {"read": {"manifest": found.manifest.model_dump(mode="json"), "kept": found.kept()}}
    except ManifestError as error:
        answer = {"refused": str(error)}
    except MemoryError:
        answer = {"refused": f"it takes more than {MEMORY // 1024 // 1024} MiB of memory to read"}
    except Exception as error:
        # Whatever the document contains, the person who installs it gets one sentence, and the log gets the rest.
        traceback.print_exc()
        answer = {"refused": f"it cannot be read ({type(error).__name__})"}
    _send(target, answer)


def _received(source: BinaryIO) -> bytes:
    size = int.from_bytes(source.read(PREFIX))
    return source.read(size)


def _send(target: BinaryIO, message: Mapping[str, Any]) -> None:
    content = json.dumps(message).encode()
    target.write(len(content).to_bytes(PREFIX) + content)
    target.flush()
