"""plugins.host.oauth.discovery and plugins.host.oauth.schemes: which authorisation server is asked, and which is
not."""

import json
from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from parley import ManifestError
from plugins.host.oauth.discovery import DescribedFlow, DiscoveredFlow, covers, well_known
from plugins.host.oauth.endpoint import name_in
from plugins.host.oauth.flow import OAuthError, OAuthFlow, challenge, checked
from plugins.host.sources.openapi.api import OpenApiPlugin
from plugins.host.sources.openapi.description import read
from plugins.host.sources.openapi.fetch import described
from tests.plugin_host.authorization import by_operator, by_person, calendar

MCP, LOGIN = "https://diary.example/mcp", "https://login.example/tenant"
SERVER: dict[str, Any] = {
    "issuer": LOGIN,
    "authorization_endpoint": f"{LOGIN}/authorize",
    "token_endpoint": f"{LOGIN}/token",
    "code_challenge_methods_supported": ["S256"],
}
RESOURCE = {"resource": MCP, "authorization_servers": [LOGIN], "scopes_supported": ["read"]}
PRM = "https://diary.example/.well-known/oauth-protected-resource"
ASM = "https://login.example/.well-known/oauth-authorization-server/tenant"


def web(pages: Mapping[str, Any], told: str = "") -> httpx.AsyncClient:
    """The web, which has these documents and nothing else; the MCP server refuses us and may say where to look."""

    def answer(request: httpx.Request) -> httpx.Response:
        if str(request.url) == MCP:
            return httpx.Response(401, headers={"www-authenticate": f"Bearer {told}"})
        found = pages.get(str(request.url))
        return found if isinstance(found, httpx.Response) else httpx.Response(200 if found else 404, json=found)

    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


async def test_a_server_is_found_by_its_resource() -> None:
    async with web({f"{PRM}/mcp": RESOURCE, ASM: SERVER}) as http:
        flow = await DiscoveredFlow(MCP, "person").flow(http)
    assert (flow.token, flow.authorization, flow.issuer) == (f"{LOGIN}/token", f"{LOGIN}/authorize", LOGIN)
    assert (flow.resource, flow.scopes) == (MCP, ("read",))


@pytest.mark.parametrize(
    ("pages", "told"),
    [
        ({PRM: {**RESOURCE, "resource": "https://diary.example"}, ASM: SERVER}, ""),
        ({"https://diary.example/there": RESOURCE, ASM: SERVER}, 'resource_metadata="https://diary.example/there"'),
        ({PRM: RESOURCE, "https://login.example/.well-known/openid-configuration/tenant": SERVER}, ""),
        ({PRM: RESOURCE, f"{LOGIN}/.well-known/openid-configuration": SERVER}, ""),
    ],
)
async def test_its_metadata_may_stand_at_any_of_the_usual_addresses(pages: Mapping[str, Any], told: str) -> None:
    async with web(pages, told) as http:
        assert (await DiscoveredFlow(MCP, "person").flow(http)).token == f"{LOGIN}/token"


async def test_the_scopes_that_a_refusal_asks_for_come_before_those_of_the_metadata() -> None:
    async with web({PRM: RESOURCE, ASM: SERVER}, 'error="invalid_token", scope="diary.read diary.write"') as http:
        assert (await DiscoveredFlow(MCP, "person").flow(http)).scopes == ("diary.read", "diary.write")
        assert (await DiscoveredFlow(MCP, "person", scopes=("mine",)).flow(http)).scopes == ("mine",)


async def test_a_resource_that_names_none_is_its_own_server() -> None:
    own = {**SERVER, "issuer": "https://diary.example"}
    async with web({"https://diary.example/.well-known/oauth-authorization-server": own}) as http:
        assert (await DiscoveredFlow(MCP, "client", scopes=("mine",)).flow(http)).scopes == ("mine",)


@pytest.mark.parametrize(
    ("pages", "told", "issuer", "words"),
    [
        ({PRM: {**RESOURCE, "resource": "https://other.example/mcp"}, ASM: SERVER}, "", "", "another resource"),
        ({PRM: {**RESOURCE, "resource": "https://diary.example/m"}, ASM: SERVER}, "", "", "another resource"),
        ({PRM: RESOURCE, ASM: {**SERVER, "issuer": "https://evil.example"}}, "", "", "another authorisation server"),
        ({PRM: RESOURCE, ASM: {**SERVER, "code_challenge_methods_supported": ["plain"]}}, "", "", "PKCE"),
        ({PRM: RESOURCE, ASM: {**SERVER, "token_endpoint": "http://login.example/token"}}, "", "", "https"),
        ({PRM: RESOURCE, ASM: {**SERVER, "authorization_endpoint": "javascript:alert(1)"}}, "", "", "https"),
        ({PRM: RESOURCE, ASM: {**SERVER, "token_endpoint": None}}, "", "", "https"),
        ({PRM: RESOURCE}, "", "", "no metadata"),
        ({PRM: httpx.Response(503)}, "", "", "503"),
        ({PRM: RESOURCE, ASM: SERVER}, "", "https://login.example/other", "other authorisation servers"),
        ({PRM: {**RESOURCE, "authorization_servers": ["http://login.example"]}}, "", "", "https"),
        ({}, 'resource_metadata="http://10.0.0.1/x"', "", "https"),
        ({PRM: httpx.Response(302, headers={"location": "https://evil.example"})}, "", "", "no metadata"),
    ],
)
async def test_what_may_not_be_trusted_is_refused(pages: Mapping[str, Any], told: str, issuer: str, words: str) -> None:
    async with web(pages, told) as http:
        with pytest.raises(OAuthError, match=words):
            await DiscoveredFlow(MCP, "person", issuer).flow(http)


async def test_a_described_flow_takes_only_metadata_of_itself() -> None:
    known = OAuthFlow("person", "https://login.example/token", "https://login.example/authorize")
    told = {"issuer": "https://login.example", "revocation_endpoint": "https://login.example/revoke"}
    where = "https://login.example/.well-known/oauth-authorization-server"
    async with web({where: {**told, "token_endpoint": "https://login.example/other"}}) as http:
        assert await DescribedFlow(known).flow(http) == known
    async with web({where: {**told, "token_endpoint": known.token}}) as http:
        assert (await DescribedFlow(known).flow(http)).revocation == "https://login.example/revoke"
    async with web({where: httpx.Response(500)}) as http:
        assert await DescribedFlow(known).flow(http) == known


def test_the_challenge_is_that_of_the_standard() -> None:
    # RFC 7636, appendix B.
    assert challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


@pytest.mark.parametrize(
    "address",
    [
        *("http://login.example/token", "https://user:pass@login.example/token", "https:///token", "token", ""),
        *("https://login.example/token#part", "ftp://login.example/", "http://127.0.0.1.evil.example/", "https://[bad"),
        *("https://login.example\\@evil.example/", "https://a.example:port/", "https://login.example\n.evil.example/"),
    ],
)
def test_an_endpoint_is_https(address: str) -> None:
    with pytest.raises(OAuthError, match="https"):
        checked(address, "token address")


def test_an_endpoint_may_be_on_this_machine() -> None:
    for address in ("http://127.0.0.1:9/token", "http://localhost/token", "http://[::1]/token", "https://a.example/t"):
        assert checked(address, "token address") == address


def test_a_resource_speaks_for_what_is_below_it() -> None:
    assert covers("https://a.example", "https://a.example/mcp")
    assert covers("https://a.example/mcp/", "https://a.example/mcp")
    assert not covers("https://a.example/mcp", "https://a.example/mcp2")
    assert not covers("https://a.example.evil.example", "https://a.example/mcp")
    assert not covers("", "https://a.example/mcp")


def test_metadata_stands_where_the_standards_say() -> None:
    assert well_known("https://a.example") == [
        "https://a.example/.well-known/oauth-authorization-server",
        "https://a.example/.well-known/openid-configuration",
    ]


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({"email": "ana@example.org", "name": "Ana"}, "ana@example.org"),
        ({"name": "**Ana** [x](http://evil.example)\n\u202e<@everyone>"}, "Ana xhttpevil.example everyone"),
        ({"name": "A" * 500}, "A" * 80),
        ({"email": ["no"], "name": 5}, ""),
        (None, ""),
    ],
)
def test_a_name_is_only_a_name(told: Any, name: str) -> None:
    assert name_in(told) == name


# ------------------------------------------------------------------------------------------------------- descriptions

HERE = "https://calendar.example"


def document(flows: Mapping[str, Any], **scheme: Any) -> dict[str, Any]:
    found = calendar("https://api.calendar.example", flows)
    found["components"]["securitySchemes"]["login"].update(scheme)
    return found


def test_the_hosts_and_secrets_of_a_sign_in_are_shown_before_it_is_installed() -> None:
    api = OpenApiPlugin(read(json.dumps(document(by_person("https://login.example"))), "calendar"))
    asked = {"host:api.calendar.example", "host:login.example", "secret:client_id", "secret:client_secret"}
    assert asked == api.manifest.permissions
    assert api.oauth
    assert api.oauth.grant == "person"


def test_where_both_are_possible_people_sign_in_for_themselves() -> None:
    flows = {**by_operator("https://login.example"), **by_person("https://login.example")}
    one, other = (
        OpenApiPlugin(read(json.dumps(document(found)), "calendar")).oauth for found in (flows, by_operator(HERE))
    )
    assert one
    assert other
    assert (one.grant, other.grant) == ("person", "client")


@pytest.mark.parametrize(
    ("flows", "words"),
    [
        ({"implicit": {"authorizationUrl": "https://login.example/a", "scopes": {}}}, "OAuth"),
        ({"password": {"tokenUrl": "https://login.example/t", "scopes": {}}}, "OAuth"),
        ({"clientCredentials": {"tokenUrl": "http://login.example/t"}}, "https"),
        ({"clientCredentials": {"tokenUrl": "/token"}}, "https"),
        ({"authorizationCode": {"authorizationUrl": "javascript:x", "tokenUrl": "https://login.example/t"}}, "https"),
        ({"authorizationCode": "nothing"}, "OAuth"),
    ],
)
def test_a_sign_in_that_is_none_is_refused_in_words(flows: Mapping[str, Any], words: str) -> None:
    one = document(flows)
    del one["paths"]["/open"]
    with pytest.raises(ManifestError, match=words):
        OpenApiPlugin(read(json.dumps(one), "calendar"))


async def test_an_openid_provider_is_looked_up_at_the_installation() -> None:
    provider = "https://accounts.example/.well-known/openid-configuration"
    told = {
        "issuer": "https://accounts.example",
        "authorization_endpoint": "https://accounts.example/auth",
        "token_endpoint": "https://tokens.example/token",
        "revocation_endpoint": "https://tokens.example/revoke",
    }
    one = document({}, type="openIdConnect", openIdConnectUrl=provider)
    async with web({f"{HERE}/openapi.json": one, provider: told}) as http:
        found = await described(http, f"{HERE}/openapi.json", "calendar")
    assert set(found.manifest.hosts) == {"api.calendar.example", "tokens.example"}
    # What is kept of it is enough to be read again.
    again = OpenApiPlugin(read(json.dumps(found.document), "calendar"))
    assert again.oauth
    async with web({}) as http:
        flow = await again.oauth.flow(http)
    assert (flow.token, flow.issuer, flow.revocation) == (
        told["token_endpoint"],
        told["issuer"],
        told["revocation_endpoint"],
    )


@pytest.mark.slow
async def test_an_openid_provider_that_is_not_there_is_said() -> None:
    one = document({}, type="openIdConnect", openIdConnectUrl="https://accounts.example/x")
    async with web({f"{HERE}/openapi.json": one}) as http:
        with pytest.raises(ManifestError, match="no OpenID provider"):
            await described(http, f"{HERE}/openapi.json", "calendar")
