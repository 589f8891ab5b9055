"""When a route is open again."""

import pytest

from bots.discord.pace import RoutePace, route


def test_a_refusal_closes_its_route_in_its_channel() -> None:
    pace = RoutePace()
    pace.refused("POST", "/api/v10/channels/100000000000000001/messages", 60, everywhere=False)
    assert 59 < pace.wait("POST", "/channels/100000000000000001/messages") <= 61
    assert pace.wait("POST", "/channels/100000000000000002/messages") == 0
    assert pace.wait("PATCH", "/channels/100000000000000001/messages/100000000000000003") == 0


def test_a_global_refusal_closes_all_but_interactions() -> None:
    pace = RoutePace()
    pace.refused("GET", "/api/v10/users/@me", 60, everywhere=True)
    assert pace.wait("POST", "/channels/100000000000000002/messages") > 59
    assert pace.wait("POST", "/interactions/100000000000000002/token/callback") == 0


def test_an_earlier_end_does_not_open_a_route_sooner() -> None:
    pace = RoutePace()
    for seconds in (60, 5):
        pace.refused("GET", "/users/@me", seconds, everywhere=False)
    assert pace.wait("GET", "/users/@me") > 59


@pytest.mark.parametrize("base", ["", "/api/v10", "/proxy/api/v10", "/api"])
def test_messages_of_one_channel_share_a_route(base: str) -> None:
    one = route("PATCH", f"{base}/channels/100000000000000001/messages/100000000000000003")
    assert one == route("PATCH", "/channels/100000000000000001/messages/100000000000000004")
    assert one != route("PATCH", "/channels/100000000000000002/messages/100000000000000004")
