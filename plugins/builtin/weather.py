# /// script
# [tool.parley]
# name = "weather"
# version = "1.0.0"
# description = "The weather now and in the next days, from Open-Meteo."
# hosts = ["api.open-meteo.com", "geocoding-api.open-meteo.com"]
# [tool.parley.config.units]
# choices = ["metric", "imperial"]
# default = "metric"
# description = "degrees Celsius and km/h, or Fahrenheit and mph"
# [tool.parley.examples]
# weather = [
#     "what is the weather in {place}", "will it rain in {place} tomorrow", "weather", "forecast", "the temperature",
#     "will rain", "it rain", "it snowing", "snow in", "umbrella in", "how warm", "how cold", "how hot", "wetter",
#     "regnet es", "wird regnen", "wettervorhersage", "wie warm", "wie kalt", "quel temps", "la météo", "météo",
#     "va pleuvoir", "pleut-il", "qué tiempo", "a llover", "pronóstico", "llueve en", "el clima", "天气",
#     "下雨", "下雪", "气温", "quin temps", "plourà", "plou a", "pronòstic", "eguraldi", "eguraldia", "euria",
# ]
# ///
"""Weather from Open-Meteo (https://open-meteo.com/en/docs), which asks for no key."""

from typing import Annotated, Any

from parley import Context, Failure, PluginError, Result, Source, command, tool

PLACES = "https://geocoding-api.open-meteo.com/v1/search"
FORECAST = "https://api.open-meteo.com/v1/forecast"
IMPERIAL = {"temperature_unit": "fahrenheit", "wind_speed_unit": "mph"}
SKY = {
    0: "clear sky",
    1: "mainly clear",
    2: "partly cloudy",
    3: "overcast",
    45: "fog",
    48: "rime fog",
    51: "light drizzle",
    53: "drizzle",
    55: "dense drizzle",
    56: "freezing drizzle",
    57: "freezing drizzle",
    61: "light rain",
    63: "rain",
    65: "heavy rain",
    66: "freezing rain",
    67: "freezing rain",
    71: "light snow",
    73: "snow",
    75: "heavy snow",
    77: "snow grains",
    80: "light showers",
    81: "showers",
    82: "violent showers",
    85: "snow showers",
    86: "snow showers",
    95: "thunderstorm",
    96: "thunderstorm with hail",
    99: "thunderstorm with hail",
}
"""The World Meteorological Organization's codes, as Open-Meteo lists them."""


@tool(shown="looked up the weather in {place}")
@command
async def weather(ctx: Context, place: Annotated[str, "a town, with its country if there are several"]) -> Result:
    """Tell the weather in a place, now and in the next two days."""
    town, _, rest = (part.strip() for part in place.partition(","))
    found = await _asked(ctx, PLACES, {"name": town, "count": 10, "language": ctx.language.split("-")[0]})
    here = next((one for one in found.get("results", ()) if rest.lower() in str(one.get("country", "")).lower()), None)
    if here is None:
        raise PluginError(f"no place called “{place[:60]}” is known")
    units = IMPERIAL if ctx.config.get("units") == "imperial" else {}
    told = await _asked(ctx, FORECAST, {
        "latitude": here["latitude"], "longitude": here["longitude"], "timezone": "auto", "forecast_days": 3,
        "current": "temperature_2m,weather_code,wind_speed_10m",
        "daily": "weather_code,temperature_2m_max,temperature_2m_min,precipitation_probability_max", **units,
    })  # fmt: skip
    return Result(_words(here, told), (Source("Open-Meteo", "https://open-meteo.com"),))


def _words(here: dict[str, Any], told: dict[str, Any]) -> str:
    now, of_now, days, of_day = told["current"], told["current_units"], told["daily"], told["daily_units"]
    where = ", ".join(filter(None, (here["name"], here.get("country", ""))))
    lines = [
        f"{where}: {SKY.get(now['weather_code'], '?')}, {now['temperature_2m']} {of_now['temperature_2m']},"
        f" wind {now['wind_speed_10m']} {of_now['wind_speed_10m']}"
    ]
    for number, day in enumerate(days["time"]):
        low, high = days["temperature_2m_min"][number], days["temperature_2m_max"][number]
        rain = days["precipitation_probability_max"][number]
        sky = SKY.get(days["weather_code"][number], "?")
        lines.append(f"{day}: {sky}, {low} to {high} {of_day['temperature_2m_max']}, rain {rain} %")
    return "\n".join(lines)


async def _asked(ctx: Context, url: str, params: dict[str, Any]) -> dict[str, Any]:
    answer = await ctx.http.get(url, params=params)
    if answer.status_code != 200:
        raise Failure(f"Open-Meteo answers with {answer.status_code}; try again later")
    return dict(answer.json())
