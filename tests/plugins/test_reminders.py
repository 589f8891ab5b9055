"""plugins/builtin/reminders.py: times in the words of people, and the reminders that come of them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from parley import PluginError
from parley.testing import Asks, Bench
from plugins.builtin import reminders
from plugins.builtin.reminders import read, zone_name

LISBON = ZoneInfo("Europe/Lisbon")
NOW = datetime(2026, 11, 21, 10, 3, 7, tzinfo=LISBON)
"""A Saturday."""

SAID = [
    ("in 20 minutes take the bread out", "en", "21 10:23", "take the bread out"),
    ("take 2 pills in 3 hours", "en", "21 13:03", "take 2 pills"),
    ("in half an hour stretch", "en", "21 10:33", "stretch"),
    ("in 1 hour and 30 minutes eat", "en", "21 11:33", "eat"),
    ("tomorrow at 9 call Ana", "en", "22 09:00", "call Ana"),
    ("tomorrow at 9: get milk", "en", "22 09:00", "get milk"),
    ("remind me to call Ana tomorrow at noon", "en", "22 12:00", "call Ana"),
    ("tonight at 8 watch it", "en", "21 20:00", "watch it"),
    ("at 9 call Ana", "en", "22 09:00", "call Ana"),
    ("call Ana at 9am on Monday", "en", "23 09:00", "call Ana"),
    ("monday water plants", "en", "23 09:00", "water plants"),
    ("read chapter 9 tomorrow", "en", "22 10:03", "read chapter 9"),
    ("2026-11-24 14:30 dentist", "en", "24 14:30", "dentist"),
    ("tomorrow at 9 UTC call", "en", "22 09:00", "call"),
    ("24/11 pay", "en-GB", "24 09:00", "pay"),
    ("mañana a las 9 llamar a Ana", "es", "22 09:00", "llamar a Ana"),
    ("mañana a las 9 llamar a Ana", "en", "22 09:00", "llamar a Ana"),
    ("regar el lunes a las 9 de la noche", "es", "23 21:00", "regar"),
    ("mañana por la noche a las 9 salir", "es", "22 21:00", "salir"),
    ("pasado mañana a las 10 salir", "es", "23 10:00", "salir"),
    ("en dos horas comer", "es", "21 12:03", "comer"),
    ("amanhã às 9h ligar para a Ana", "pt-BR", "22 09:00", "ligar para a Ana"),
    ("demain à 9h30 appeler Ana", "fr", "22 09:30", "appeler Ana"),
    ("am Montag um 9 Uhr laufen", "de", "23 09:00", "laufen"),
    ("om 20 minuter ringa", "sv", "21 10:23", "ringa"),
    ("завтра в 9 позвонить", "ru", "22 09:00", "позвонить"),
    ("yarın saat 9 ara", "tr", "22 09:00", "ara"),
    ("明天9点打电话", "zh", "22 09:00", "打电话"),
    ("明天下午3点半打电话", "zh", "22 15:30", "打电话"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("text", "language", "when", "what"), SAID)
def test_a_time_is_read_at_the_beginning_or_the_end(text: str, language: str, when: str, what: str) -> None:
    found = read(text, language, NOW)
    assert (f"{found.when:%d %H:%M}", found.what) == (when, what)


UNCLEAR = [
    ("buy 3 apples", "no time"),
    ("May I go", "no time"),
    ("on the 3rd pay", "no time"),
    ("", "no time"),
    ("in 9999999999999999 days fly", "no time"),
    ("in 99 years fly", "too far"),
    ("yesterday call Ana", "is past"),
    ("today at 9 call Ana", "is past"),
    ("tomorrow " + "x" * 1000, "too long"),
]


@pytest.mark.parametrize(("text", "words"), UNCLEAR)
def test_what_is_no_time_to_come_is_refused(text: str, words: str) -> None:
    with pytest.raises(PluginError, match=words):
        read(text, "en", NOW)


CHANGES = [
    # The clocks go forward at 01:00 on 28 March 2027, and back at 02:00 on 31 October.
    (datetime(2027, 3, 28, 0, 30, tzinfo=LISBON), "in 2 hours", "28 03:30"),
    (datetime(2027, 3, 28, 0, 50, tzinfo=LISBON), "in 20 minutes", "28 02:10"),
    (datetime(2027, 3, 27, 12, 0, tzinfo=LISBON), "tomorrow at 1:30", "28 02:30"),
    (datetime(2027, 3, 27, 12, 0, tzinfo=LISBON), "tomorrow at 9", "28 09:00"),
    (datetime(2027, 3, 27, 12, 0, tzinfo=LISBON), "in 2 days", "29 12:00"),
    (datetime(2027, 10, 31, 0, 30, tzinfo=LISBON), "in 3 hours", "31 02:30"),
    (datetime(2027, 10, 31, 1, 50, tzinfo=LISBON), "in 20 minutes", "31 01:10"),
    (datetime(2027, 10, 31, 1, 50, tzinfo=LISBON, fold=1), "in 20 minutes", "31 02:10"),
]


@pytest.mark.parametrize(("now", "text", "when"), CHANGES)
def test_changes_of_the_clocks(now: datetime, text: str, when: str) -> None:
    assert f"{read(text, 'en', now).when:%d %H:%M}" == when


async def test_a_reminder_is_set_listed_and_rings() -> None:
    bench = Bench.of(reminders)
    told = await bench.call("remind", text="in 20 minutes take the bread out")
    assert told.private
    assert "take the bread out" in told.text
    assert "UTC" in told.text
    (due,) = await bench.calendar.due()
    assert abs(due.when - datetime.now(UTC) - timedelta(minutes=20)) < timedelta(minutes=5)
    assert "1. " in (await bench.call("reminders")).text
    await bench.run(due)
    assert bench.voice.notified == ["⏰ take the bread out"]
    assert (await bench.call("reminders")).text == "You have no reminders."


async def test_the_model_sets_one_after_a_question() -> None:
    bench = Bench.of(reminders)
    assert next(one for one in bench.declared.tools if one.tool == "remind").confirm
    await bench.asks(Asks("remind", {"when": "in 2 hours", "what": "call Ana"}))
    assert [one.values["what"] for one in await bench.calendar.due()] == ["call Ana"]
    for wrong in ({"when": "soon or so", "what": "x"}, {"when": "in 2 hours now then", "what": "x"}):
        with pytest.raises(PluginError, match="no time|is not a time"):
            await bench.asks(Asks("remind", wrong))
    with pytest.raises(PluginError, match="what to be reminded of"):
        await bench.asks(Asks("remind", {"when": "in 2 hours", "what": " "}))
    with pytest.raises(PluginError, match="what it is about"):
        await bench.call("remind", text="in 2 hours")


async def test_numbers_stay_and_everybody_sees_their_own() -> None:
    ana = Bench.of(reminders)
    ben = ana.at(user_id="ben", user_name="Ben")
    await ana.call("remind", text="in 3 hours bread")
    await ana.call("remind", text="in 2 hours soup")
    await ben.call("remind", text="in 1 hour his")
    assert [line[0] for line in (await ana.call("reminders")).text.splitlines()] == ["2", "1"]
    with pytest.raises(PluginError, match="no reminder 2"):
        await ben.call("reminders", action="cancel", number=2)
    assert (await ana.call("reminders", action="cancel", number=2)).text == "Cancelled: soup"
    assert "soup" not in (await ana.call("reminders")).text
    assert "his" in (await ben.call("reminders")).text


async def test_nobody_has_more_than_fifty() -> None:
    bench = Bench.of(reminders)
    for _ in range(reminders.MOST):
        await bench.call("remind", text="in 2 hours x")
    with pytest.raises(PluginError, match="50 reminders already"):
        await bench.call("remind", text="in 2 hours x")
    await bench.at(user_id="ben").call("remind", text="in 2 hours x")


async def test_times_are_of_the_persons_zone() -> None:
    bench = Bench.of(reminders)
    assert "not set" in (await bench.call("timezone")).text
    assert "Asia/Tokyo" in (await bench.call("timezone", zone="asia/tokyo")).text
    told = await bench.call("remind", text="tomorrow at 9 call Ana")
    assert "09:00 (Asia/Tokyo)" in told.text
    assert "UTC" not in told.text
    (due,) = await bench.calendar.due()
    assert due.when.astimezone(ZoneInfo("Asia/Tokyo")).hour == 9
    assert "not set" in (await bench.at(user_id="ben").call("timezone")).text


@pytest.mark.parametrize(
    ("given", "name"), [("europe/lisbon", "Europe/Lisbon"), ("Lima", "America/Lima"), ("new york", "America/New_York")]
)
def test_zones_are_found_by_their_towns(given: str, name: str) -> None:
    assert zone_name(given) == name


@pytest.mark.parametrize(
    ("given", "near"), [("Europe/Lisboa", "Europe/Lisbon"), ("Berlni", "Europe/Berlin"), ("?", "UTC")]
)
def test_an_unknown_zone_is_told_with_near_ones(given: str, near: str) -> None:
    with pytest.raises(PluginError, match=near):
        zone_name(given)
