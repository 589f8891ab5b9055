"""A plugin that is switched on and is not there is found before anything is served."""

from pathlib import Path

import pytest

from cli.wiring.program import start
from config.settings import load
from core.errors import SettingsError


async def test_a_plugin_that_is_not_there_is_named_with_its_source(tmp_path: Path) -> None:
    settings = load(environment={"PARLEY_HOME": str(tmp_path), "PARLEY_PLUGINS__ON": "calculator, wether"})
    with pytest.raises(SettingsError, match=r"PARLEY_PLUGINS__ON: plugins\.on: there is no plugin 'wether'.*weather"):
        async with start(settings):
            raise AssertionError("it has started")
