"""plugins.host.sources.openapi.security: which operations the one key opens."""

import json

from tests.plugin_host.openapi.service import Service, tools, weather


async def test_only_what_the_one_key_opens_is_offered() -> None:
    document = json.loads(weather({"type": "http", "scheme": "bearer"}))
    document["components"]["securitySchemes"]["login"] = {"type": "oauth2", "flows": {}}
    document["paths"] |= {
        "/mine": {"get": {"security": [{"login": []}]}},
        "/both": {"get": {"security": [{"login": [], "key": []}]}},
        "/open": {"get": {"security": []}},
        "/either": {"get": {"security": [{}, {"key": []}]}},
    }
    found = tools(json.dumps(document), "weather")
    assert list(found) == ["weather_now", "weather_get_open", "weather_get_either"]
    service = Service()
    await service.call(found["weather_get_open"], {}, "K")
    await service.call(found["weather_get_either"], {}, "K")
    await service.call(found["weather_get_either"], {})
    assert ["authorization" in sent.headers for sent in service.sent] == [False, True, False]
