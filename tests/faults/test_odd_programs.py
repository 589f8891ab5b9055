"""MCP servers that we start: garbage, an end and silence leave a plugin that says that it is not there."""

import asyncio
import sys

import pytest

from parley import PluginError
from plugins.host.sources.mcp import McpPlugin, McpServer

PROGRAMS = {
    "ends at once": "",
    "fails": "raise SystemExit(3)",
    "never says anything": "import sys\nsys.stdin.read()",
    "ignores us": "import time\ntime.sleep(60)",
    "prints words": "print('Welcome to the server!', flush=True)\nimport sys\nsys.stdin.read()",
    "prints odd json": "import sys\nfor line in sys.stdin:\n    print('[]', 5, flush=True)",
    "prints bytes": "import os, sys\nos.write(1, bytes(range(256)) * 100)\nsys.stdin.read()",
    "prints without an end": "import sys\nwhile True:\n    sys.stdout.write('x' * 65536)",
    "answers another question": (
        'import sys\nfor line in sys.stdin:\n    print(\'{"jsonrpc": "2.0", "id": 99, "result": {}}\', flush=True)'
    ),
    "answers with another shape": (
        'import json, sys\nfor line in sys.stdin:\n    id = json.loads(line).get("id")\n'
        '    print(json.dumps({"jsonrpc": "2.0", "id": id, "result": [5]}), flush=True)'
    ),
}


async def tried(program: str) -> None:
    """Keep a server open until it has been given up, and call it."""
    plugin = McpPlugin(McpServer("tea", (sys.executable, "-c", program)), first_pause=0, patience=0.5)
    running = asyncio.create_task(plugin.run())
    try:
        async with asyncio.timeout(60):
            await plugin.ready()
            assert plugin.trouble
            with pytest.raises(PluginError):
                await plugin.call("tea", {})
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.mark.sweep
@pytest.mark.parametrize("name", PROGRAMS)
async def test_an_odd_program_is_given_up(name: str) -> None:
    await tried(PROGRAMS[name])
