"""The program that runs llama.cpp's server: `python -m core.models.embedded.server`.

`core.models.embedded.child_process` starts it. It reads one line of JSON from standard input (the fields of
`ModelServerOptions`), answers with one line of JSON on standard output ({"address": ...} once the server listens,
{"error": ...} if it cannot), and ends when standard input ends. So it cannot outlive its parent, however the parent
dies. The key is passed on standard input because others can read arguments and the environment.
"""

import faulthandler
import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass, fields
from typing import Any, TextIO

MOST_SLOTS = 64
MOST_CONTEXT = 2**20
"""The most tokens over all slots. llama.cpp takes half a minute to refuse an absurd number, and hangs on a negative
one."""

FAULTS = (AttributeError, ImportError, LookupError, MemoryError, OSError, RuntimeError, TypeError, ValueError)
"""The errors that wrong options and llama.cpp's refusals raise. Our parent is told; any other error ends us."""

ERRORS = 1
"""The verbosity of llama.cpp on standard error: only errors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelServerOptions:
    """The options of the server.

    `socket` is the path of its Unix socket, empty for a free TCP port on loopback. `context` is in tokens for each
    slot, `batch` in tokens. `cache_mib` is the memory for the prompts of idle conversations. `seconds` is the time it
    may take to load the model. `thinking` lets models that can think before they answer do so. `adapter` is the path
    of a LoRA for the model, empty for none. A child serves one variant: with a scale for each request, llama.cpp would
    reuse what it computed under one adapter for another when the prompts begin alike. With `embedding` it writes
    nothing: it gives the embedding of the last token of a text, as it is.
    """

    model: str
    key: str
    socket: str
    slots: int
    context: int
    threads: int
    batch: int
    cache_mib: int
    thinking: bool
    seconds: float
    adapter: str = ""
    embedding: bool = False

    def __post_init__(self) -> None:
        """Raise ValueError for a number that would crash or hang native code."""
        limits = {
            "slots": (1, MOST_SLOTS),
            "context": (64, MOST_CONTEXT // max(1, self.slots)),
            "threads": (1, 512),
            "batch": (32, 8192),
            "cache_mib": (0, 2**20),
        }
        for name, (least, most) in limits.items():
            if not least <= getattr(self, name) <= most:
                raise ValueError(f"{name} is {getattr(self, name)}, and must be from {least} to {most}")


def parameters(options: ModelServerOptions) -> Any:
    """Translate the options into native parameters; everything that is not needed is off."""
    import xllamacpp  # here, so that the supervisor can read ModelServerOptions without loading it

    chosen = xllamacpp.CommonParams()
    chosen.model.path = options.model
    chosen.hostnames = [options.socket or "127.0.0.1"]
    chosen.api_keys = [options.key]
    chosen.n_parallel = options.slots
    chosen.n_ctx = options.context * options.slots
    # A batch cannot be interrupted, so its length bounds how long a cancelled request keeps its slot.
    chosen.n_batch = chosen.n_ubatch = options.batch
    # We choose the slot of each request. No two prompts are this similar, so what a slot held is always kept in memory.
    chosen.slot_prompt_similarity = 1.0
    chosen.cache_ram_mib = options.cache_mib
    chosen.cpuparams.n_threads = chosen.cpuparams_batch.n_threads = options.threads
    chosen.enable_reasoning = -1 if options.thinking else 0
    # Otherwise it would load the model twice, just to find out how much memory it takes.
    chosen.fit_params = False
    chosen.endpoint_slots = chosen.ui = False
    chosen.cors_origins = "http://localhost"
    chosen.verbosity = ERRORS
    if options.adapter:
        chosen.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(options.adapter, 1.0)]
    if options.embedding:
        chosen.embedding = True
        chosen.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_LAST
        # An answer that is judged has an end, which the template is to show.
        chosen.prefill_assistant = False
    return chosen


def main() -> None:
    """Serve until standard input ends."""
    answers = _own_output()
    _volunteer()
    try:
        given = json.loads(sys.stdin.readline())
        options = ModelServerOptions(**{field.name: given[field.name] for field in fields(ModelServerOptions)})
        # The watchdog runs outside Python, so it ends a load that hangs in native code.
        faulthandler.dump_traceback_later(options.seconds, exit=True)
        import xllamacpp

        server = xllamacpp.Server(parameters(options))
        faulthandler.cancel_dump_traceback_later()
    except FAULTS as error:
        _say(answers, error=f"{type(error).__name__}: {error}")
        sys.stdin.read()
        return
    _say(answers, address=server.listening_address)
    sys.stdin.read()
    _tidy(options.socket)
    # A normal exit would wait for running answers, and native threads abort when Python shuts down beneath them.
    os._exit(0)


def _own_output() -> TextIO:
    """Keep standard output for our answers: redirect what native code prints there to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return answers


def _volunteer() -> None:
    """Ask Linux to kill this process rather than the bot when memory runs out: this one is started again."""
    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("500")


def _say(answers: TextIO, **fields: str) -> None:
    answers.write(json.dumps(fields) + "\n")
    answers.flush()


def _tidy(socket: str) -> None:
    """Remove the socket and its directory: if our parent was killed, nobody else is left to do it."""
    if not socket:
        return
    with suppress(OSError):
        os.unlink(socket)
        os.rmdir(os.path.dirname(socket))


if __name__ == "__main__":
    main()
