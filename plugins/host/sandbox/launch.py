"""The only code of ours that a plugin's process runs unconfined: it confines the process, then loads the plugin.

Started as `python -I -S -B -c <bootstrap> <orders>` (see `plugins.host.sandbox.program`), so that only Python's own
library and these modules can be imported. Neither the plugin nor the libraries that it shares with us are on the path
before every wall stands. The plugin's folders then come last, so that nothing in them can replace another module.
"""

import json
import os
import platform
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from plugins.host.sandbox.landlock import allow_files, landlock_version
from plugins.host.sandbox.limits import (
    close_inherited,
    drop_capabilities,
    end_with_parent,
    forbid_dumps,
    limit_process,
    offer_first_to_the_kernel,
)
from plugins.host.sandbox.syscalls import allow_listed_calls

CANNOT_CONFINE = 77
"""The exit code of a process that could not be confined, and has loaded nothing."""


def main(root: str) -> None:
    """Confine this process as the last argument says, and serve the plugin. `root` is the folder of our own modules."""
    orders: Mapping[str, Any] = json.loads(sys.argv.pop())
    try:
        close_box(orders)
    except OSError as error:
        # Only os._exit and a plain line, because anything else might still import something.
        os.write(2, f"the process could not be confined: {error}\n".encode())
        os._exit(CANNOT_CONFINE)
    forget_ourselves(root)
    sys.path += orders["paths"]
    import_module(orders["entry"]).main(orders)


def close_box(orders: Mapping[str, Any]) -> None:
    """Put up every wall that the orders name. Raises OSError."""
    close_inherited()
    end_with_parent(orders["parent"])
    offer_first_to_the_kernel()
    writable = orders["writable"]
    limit_process(orders["memory"], orders["seconds"], own_users=orders["own_users"], writes=bool(writable))
    if orders["readable"] is None:
        return
    forbid_dumps()
    drop_capabilities(platform.machine())
    allow_files(orders["readable"], writable, min(orders["landlock"], landlock_version()))
    allow_listed_calls(writes=bool(writable))


def forget_ourselves(root: str) -> None:
    """Leave Python as it was before our modules were imported: only its own library is on the path."""
    sys.path.remove(root)
    for name in [name for name in sys.modules if name.partition(".")[0] == "plugins"]:
        del sys.modules[name]
