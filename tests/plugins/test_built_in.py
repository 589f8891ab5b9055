"""The built-in plugins, each against the shapes of its real service's answers, also of its errors."""

from pathlib import Path
from typing import Any

import pytest

import plugins.builtin
from core.texts import LocalizedTexts
from parley import Failure, PluginError
from plugins.host.sources.builtin import BuiltinPlugin, built_in
from tests.core.test_texts import LOCALES
from tests.plugins.stand_in import Service, called, says

FOUND = built_in(Path(plugins.builtin.__file__).parent, "plugins.builtin")
NOBODY = Service({})


def test_each_has_a_manifest_and_offers_what_it_says() -> None:
    assert list(FOUND) == sorted(FOUND)
    for plugin in FOUND.values():
        assert plugin.tools
        names = {tool.tool for tool in plugin.tools}
        assert set(plugin.manifest.examples) <= names
        assert all(tool.shown for tool in plugin.tools if tool.tool)


def test_what_each_command_does_is_translated() -> None:
    texts = LocalizedTexts(LOCALES)
    for tool in (tool for plugin in FOUND.values() for tool in plugin.tools if tool.command):
        assert tool.description.rstrip(".") == texts("en", f"plugin-about-{tool.command}")


def plugin(name: str) -> BuiltinPlugin:
    return FOUND[name]


SUMS = [
    ("12 * (3 + 4)", "84"),
    ("2^10", "1024"),
    ("sqrt(2) * sqrt(2)", "2"),
    ("17 % of 340", "57.8"),
    ("3 ft in cm", "91.44 cm"),
    ("60 km/h to m/s", "16.6667 m/s"),
    ("100 degC to degF", "212 °F"),
    ("2 m + 30 cm", "2.3 m"),
    ("2^100", "1267650600228229401496703205376"),
    ("12345678901234567890 * 2", "24691357802469135780"),
    ("3 m² + 1 m²", "4 m²"),
    ("3,5 ft in cm", "106.68 cm"),
    ("1,500 m in km", "1.5 km"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("expression", "value"), SUMS)
async def test_calculator(expression: str, value: str) -> None:
    result = await called(plugin("calculator"), "calculate", NOBODY, {"expression": expression})
    assert result.text == f"{expression} = {value}"


IMPOSSIBLE = [
    "9**9**9",
    "9**9999",
    "(((3**99)**99)**50)**14",
    "3⁹⁹⁹⁹⁹⁹⁹⁹⁹⁹ m",
    "9⁹⁹⁹⁹⁹⁹⁹⁹⁹⁹",
    "'%0999999999d' % 1",
    "f'{1:>999999999}'",
    "1 / 0",
    "3 m in kg",
    "5!",
    "5 > 3",
    "[1, 2]",
    "1 << 9999 << 9999",
    "hello there",
    "__import__('os').system('true')",
    "(1).__class__",
    "open('/etc/passwd')",
    "'a' * 10",
    "x" * 500,
    "",
]


@pytest.mark.parametrize("expression", IMPOSSIBLE)
async def test_what_cannot_be_calculated_is_refused(expression: str) -> None:
    with pytest.raises(PluginError):
        await called(plugin("calculator"), "calculate", NOBODY, {"expression": expression})


RATES = {"amount": 1.0, "base": "USD", "date": "2026-11-20", "rates": {"EUR": 0.86}}
MONEY: dict[str, Any] = {"amount": 100, "source": "usd", "target": "eur"}


async def test_currency() -> None:
    service = Service({"api.frankfurter.dev/v1/latest": says(RATES)})
    result = await called(plugin("currency"), "convert", service, MONEY)
    assert result.text == "100 USD = 86.00 EUR (1 USD = 0.86 EUR, 2026-11-20)"
    assert dict(service.asked[0].url.params) == {"base": "USD", "symbols": "EUR"}


@pytest.mark.parametrize(("status", "kind"), [(404, PluginError), (422, PluginError), (503, Failure)])
async def test_currency_that_is_none(status: int, kind: type[Exception]) -> None:
    service = Service({"api.frankfurter.dev": says({"message": "not found"}, status)})
    with pytest.raises(kind):
        await called(plugin("currency"), "convert", service, MONEY)


PLACES = {
    "results": [
        {
            "id": 1,
            "name": "Paris",
            "latitude": 33.66,
            "longitude": -95.55,
            "country": "United States",
            "admin1": "Texas",
        },
        {"id": 2, "name": "Paris", "latitude": 48.85, "longitude": 2.35, "country": "France"},
    ],
    "generationtime_ms": 0.5,
}
FORECAST = {
    "latitude": 48.86,
    "timezone": "Europe/Paris",
    "current_units": {"time": "iso8601", "temperature_2m": "°C", "wind_speed_10m": "km/h", "weather_code": "wmo code"},
    "current": {"time": "2026-11-21T06:00", "temperature_2m": 7.1, "weather_code": 61, "wind_speed_10m": 12.0},
    "daily_units": {"temperature_2m_max": "°C", "temperature_2m_min": "°C", "precipitation_probability_max": "%"},
    "daily": {
        "time": ["2026-11-21", "2026-11-22"],
        "weather_code": [61, 3],
        "temperature_2m_max": [9.0, 8.4],
        "temperature_2m_min": [4.0, 3.2],
        "precipitation_probability_max": [80, None],
    },
}


async def test_weather() -> None:
    service = Service(
        {"geocoding-api.open-meteo.com/v1/search": says(PLACES), "api.open-meteo.com/v1/forecast": says(FORECAST)}
    )
    result = await called(plugin("weather"), "weather", service, {"place": "Paris, France"}, language="fr-FR")
    assert result.text.splitlines()[0] == "Paris, France: light rain, 7.1 °C, wind 12.0 km/h"
    assert "2026-11-21: light rain, 4.0 to 9.0 °C, rain 80 %" in result.text
    assert service.asked[0].url.params["language"] == "fr"
    assert service.asked[1].url.params["latitude"] == "48.85"


async def test_weather_of_nowhere_and_of_a_service_that_fails() -> None:
    with pytest.raises(PluginError, match="no place called"):
        await called(
            plugin("weather"),
            "weather",
            Service({"geocoding-api.open-meteo.com": says({"generationtime_ms": 0.4})}),
            {"place": "Nowhere"},
        )
    with pytest.raises(Failure, match="502"):
        await called(plugin("weather"), "weather", Service({"geocoding-api": says({}, 502)}), {"place": "Paris"})


PAGE = {
    "batchcomplete": True,
    "query": {
        "pages": [
            {
                "pageid": 1,
                "ns": 0,
                "title": "Ada Lovelace",
                "index": 1,
                "extract": "Ada Lovelace was a mathematician. " + "She wrote. " * 300,
                "fullurl": "https://en.wikipedia.org/wiki/Ada_Lovelace",
            }
        ]
    },
}


async def test_wikipedia() -> None:
    service = Service({"de.wikipedia.org/w/api.php": says(PAGE)})
    result = await called(plugin("wikipedia"), "wikipedia", service, {"subject": "Ada"}, language="de-DE")
    assert result.text.startswith("Ada Lovelace was a mathematician.")
    assert len(result.text) <= 1501
    assert result.sources[0].url == "https://en.wikipedia.org/wiki/Ada_Lovelace"


async def test_wikipedia_that_has_nothing_or_fails() -> None:
    service = Service({"en.wikipedia.org": says({"batchcomplete": True})})
    with pytest.raises(PluginError, match="nothing about"):
        await called(plugin("wikipedia"), "wikipedia", service, {"subject": "xyzzy"}, config={"language": "../evil"})
    with pytest.raises(Failure, match="429"):
        await called(plugin("wikipedia"), "wikipedia", Service({"en.": says({}, 429)}), {"subject": "Ada"})
