"""What a disk may hold after the power was cut: all that was synced, and any part of what was only written."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Literal

HEAD = struct.Struct("=cIQQ")
SECTOR = 512
"""Bytes that a disk writes whole or not at all."""

INDEX = "-shm"
"""The end of the name of SQLite's index to its log of writes, which is shared memory and made anew at each start."""

Kind = Literal["write", "sync", "truncate", "say"]
KINDS: Mapping[bytes, Kind] = {b"w": "write", b"s": "sync", b"t": "truncate"}


@dataclass(frozen=True, slots=True)
class DiskStep:
    """A step of a program: it wrote to a file, synced it, cut it to a length (`offset`), or said something."""

    kind: Kind
    name: str
    offset: int
    content: bytes

    def done_to(self, file: bytearray, share: float = 1.0) -> None:
        """Do it to a file's content: a write only up to a share of its sectors."""
        if self.kind == "truncate":
            del file[self.offset :]
            return
        length = len(self.content) if share >= 1 else int(share * len(self.content) / SECTOR) * SECTOR
        file.extend(bytes(max(0, self.offset + length - len(file))))
        file[self.offset : self.offset + length] = self.content[:length]


def recorded(log: Path) -> Sequence[DiskStep]:
    """The steps that the recorder has written down."""
    found, content, at = [], log.read_bytes(), 0
    while at < len(content):
        kind, letters, offset, length = HEAD.unpack_from(content, at)
        at += HEAD.size
        name = content[at : at + letters].decode()
        at += letters
        step: Kind = KINDS[kind] if name else "say"
        if not name.endswith(INDEX):
            found.append(DiskStep(step, name, offset, content[at : at + length]))
        at += length
    return found


def said(steps: Sequence[DiskStep]) -> Sequence[str]:
    """The lines that the program has said."""
    return b"".join(step.content for step in steps if step.kind == "say").decode().splitlines()


def cut(base: Mapping[str, bytes], steps: Sequence[DiskStep], random: Random) -> Mapping[str, bytes]:
    """The files after a cut that follows on the last of the steps. `base` has them before the first one.

    What was written since a file was last synced is there, or is not, or in part, each piece by itself.
    """
    files = {name: bytearray(content) for name, content in base.items()}
    synced = {step.name: number for number, step in enumerate(steps) if step.kind == "sync"}
    for number, step in enumerate(steps):
        if step.kind not in ("write", "truncate"):
            continue
        share = 1.0
        if number > synced.get(step.name, -1):
            fate = random.choice(("there", "lost", "torn"))
            if fate == "lost":
                continue
            share = 1.0 if fate == "there" else random.random()
        step.done_to(files.setdefault(step.name, bytearray()), share)
    return {name: bytes(content) for name, content in files.items()}
