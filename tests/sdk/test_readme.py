"""sdk/README.md: the plugin with every power, and its tests, work as they are written there."""

import asyncio
import inspect
import re
from pathlib import Path

import pytest

README = (Path(__file__).parents[2] / "sdk" / "README.md").read_text(encoding="utf-8")
PLUGIN, TESTS = re.findall(r"```python\n(.*?)```", README.partition("### Every power on the bench")[2], re.DOTALL)
NAMES = re.findall(r"async def (test_\w+)", TESTS)


def test_every_power_has_an_example() -> None:
    used = ("ctx.http", "ctx.secrets", "ctx.config", "ctx.storage", "ctx.texts", "ctx.schedule", "ctx.chat.post")
    for power in (*used, "ctx.chat.log", "ctx.chat.history", "before_answer", "on_rating"):
        assert power in PLUGIN, power
    assert len(NAMES) >= 5


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_work(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "garden.py").write_text(PLUGIN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    there: dict[str, object] = {}
    exec(compile(TESTS, "README.md", "exec"), there)
    test = there[name]
    assert inspect.iscoroutinefunction(test)
    asyncio.run(test())
