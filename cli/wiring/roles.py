"""The roles of a process: everything at once, or a part of the work that several processes share."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ProcessRole:
    """The role of a process: which parts of the work it does.

    It `receives` what people do on platforms and on the web page, and `answers` on platforms. What is `shared` goes
    through the database: others do the rest.
    """

    name: Literal["run", "ingress", "worker"]
    receives: bool = True
    answers: bool = True
    shared: bool = True


RUN = ProcessRole("run", shared=False)
INGRESS = ProcessRole("ingress", answers=False)
WORKER = ProcessRole("worker", receives=False)

NEEDS_POSTGRESQL = (
    "`parley {role}` shares its work with other processes, which needs PostgreSQL: set database.url to"
    " postgresql://user@host/name, or use `parley run`, which does everything in one process"
)
