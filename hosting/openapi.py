"""The door to services on the web: an OpenAPI 3 description, or an `ai-plugin.json` that names one, becomes a plugin.

https://spec.openapis.org/oas/v3.1.1.html; of the older manifest, what was once written for ChatGPT's plugins.
"""

import asyncio
import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal
from urllib.parse import quote, unquote

import httpx
from pydantic import ValidationError

from hosting.naming import free, plain
from hosting.oauth.bearer import token_in, wants_token
from hosting.oauth.discovery import Described
from hosting.oauth.flow import OAuthSource
from hosting.oauth.schemes import hosts_of, oauth_scheme, resolved
from parley import Context, Failure, Manifest, ManifestError, PluginError, Result
from parley.declared import Option
from parley.manifest import HOST

LARGEST = 1024 * 1024
"""Bytes of a description."""

DEEPEST_TEXT, DEEPEST_SCHEMA = 100, 8
MOST_PARTS, MOST_TOOLS = 1000, 200
"""Parts of one tool's schema, and tools of one description: what refers to itself many times would grow without end."""

LONGEST_ANSWER, LONGEST_COMPLAINT = 4000, 300
METHODS = ("get", "post", "put", "patch", "delete")
WITH_BODY = frozenset({"post", "put", "patch"})
JSON_TYPE = re.compile(r"application/(?:[\w.+-]+\+)?json\s*(?:;.*)?$", re.IGNORECASE)
WORDS = re.compile(r"text/|[/+](?:json|xml|yaml|javascript)|x-www-form-urlencoded", re.IGNORECASE)
HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
VARIABLE = re.compile(r"\{([^{}]+)\}")

OURS = frozenset(
    {"accept", "authorization", "connection", "content-length", "content-type", "cookie", "host"}
    | {"proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade", "user-agent"}
)
"""Headers that no model may set."""

KEPT = (
    *("type", "description", "enum", "const", "format", "default", "minimum", "maximum", "exclusiveMinimum"),
    *("exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems", "uniqueItems"),
)
"""What of a schema is shown to a model as it stands."""

WAYS = ("oneOf", "anyOf", "allOf")
DELIMITERS = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}
SWAGGER = (
    "this is version 2 (Swagger), and version 3 is needed; convert it with `npx swagger2openapi FILE`, or in the editor"
    " at https://editor.swagger.io"
)
OAUTH = (
    "it asks for OAuth in a way that is not supported: with an OpenAPI description, people sign in by the"
    " authorization code or the operator by client credentials"
)
ANY = "*"

Pair = tuple[str, str | int | float | bool | None]
"""A name and a value of the query, as httpx types them."""


@dataclass(frozen=True, slots=True)
class Auth:
    """How the key is sent: in the header or the query parameter `field`, or as Authorization.

    `scheme` is its name in the description, "*" where every operation takes it.
    """

    kind: Literal["none", "header", "query", "bearer", "basic", "oauth"] = "none"
    field: str = ""
    scheme: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """A service: the manifest that it comes to, the whole document, how it takes its key, and where it was found."""

    manifest: Manifest
    document: Mapping[str, Any]
    auth: Auth
    address: str = ""


async def described(http: httpx.AsyncClient, address: str, name: str = "") -> Description:
    """Fetch a description, or an `ai-plugin.json` with the description that it points to.

    `name` is what the plugin is called here, in place of its own name. Raises ManifestError, and what the client
    raises.
    """
    text = await _fetched(http, address)
    found = await asyncio.to_thread(_parsed, text, address)
    if "api" not in found or "openapi" in found:
        return await asyncio.to_thread(_description, await resolved(http, found), name, address)
    api, about = _table(found["api"]), str(found.get("description_for_human") or found.get("description_for_model"))
    if api.get("type") != "openapi" or not api.get("url"):
        raise ManifestError(f"{address}: its `api` names no OpenAPI description")
    auth = _legacy_auth(_table(found.get("auth")), address)
    try:
        where = str(httpx.URL(address).join(str(api["url"])))
    except httpx.InvalidURL as error:
        raise ManifestError(f"{address}: its `api` has no right url: {error}") from None
    document = await resolved(http, await asyncio.to_thread(_parsed, await _fetched(http, where), where))
    name = name or _slug(str(found.get("name_for_model")))
    return await asyncio.to_thread(_description, document, name, where, about, auth)


def read(text: str, name: str, address: str = "") -> Description:
    """The description in a text, JSON or YAML; relative addresses begin at `address`. Raises ManifestError."""
    found = _parsed(text, name)
    if "api" in found and "openapi" not in found:
        raise ManifestError(f"{name}: this is an ai-plugin.json; give its address, or the description it points to")
    return _description(found, name, address)


class Api:
    """A service as a plugin. Raises ManifestError where none of its operations can be called."""

    def __init__(self, description: Description) -> None:
        self.manifest = description.manifest
        self.oauth: OAuthSource | None = _oauth(description)
        self.tools: Sequence[ApiTool] = tuple(_tools(description))
        if not self.tools:
            raise ManifestError(f"{self.name}: it describes no operation that can be called")

    @property
    def name(self) -> str:
        return self.manifest.name


@dataclass(frozen=True, slots=True)
class Argument:
    """Where an argument goes: its place in the request and its name there; `whole` is the body itself.

    `style` and `explode` say how a list or an object is written, `style` "json" that it is written as JSON.
    """

    place: Literal["path", "query", "header", "body", "whole"]
    name: str
    style: str = "form"
    explode: bool = True


@dataclass(frozen=True, slots=True)
class ApiTool:
    """An operation of a service, as the host calls any tool."""

    tool: str
    description: str
    schema: Mapping[str, Any]
    confirm: bool
    _plugin: str
    _method: str
    _url: str
    _arguments: Mapping[str, Argument]
    _auth: Auth
    _key: Literal["no", "may", "must"]
    _body: bool
    command: str = ""
    options: tuple[Option, ...] = ()
    shown: str = ""
    admin: bool = False

    async def call(self, context: Context, given: Mapping[str, Any]) -> Result:
        """Call it. Raises PluginError for arguments that do not fit and for a missing key, Failure for its errors."""
        key = self._secret(context)
        request = self._request(context.http, self._fitting(given), key)
        if self._auth.kind == "oauth":
            request = wants_token(request, context.user_id, self._key)
        # A redirect to another host would take a key in a header or in the query along.
        follows = not key and self._method == "get" and self._auth.kind != "oauth"
        response = await context.http.send(request, follow_redirects=follows)
        return Result(self._answer(response, key or token_in(response)))

    def _fitting(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        """The arguments that are there; a model's null means that one is not."""
        found = {name: value for name, value in given.items() if value is not None}
        if missing := [name for name in self.schema.get("required", ()) if name not in found]:
            raise PluginError(f"{', '.join(missing)}: missing")
        if unknown := [str(name)[:40] for name in found if name not in self._arguments]:
            known = ", ".join(self._arguments) or "none"
            raise PluginError(f"{', '.join(unknown)}: there is no such argument; there are: {known}")
        return found

    def _secret(self, context: Context) -> str:
        if self._auth.kind == "oauth":
            return ""
        key = context.secrets.get("key", "").strip() if self._key != "no" else ""
        if self._key == "must" and not key:
            raise PluginError(f"the service needs a key: the operator sets it as plugins.secrets.{self._plugin}.key")
        return key

    def _request(self, http: httpx.AsyncClient, given: Mapping[str, Any], key: str) -> httpx.Request:
        path: dict[str, str] = {}
        query: list[Pair] = []
        headers, body = {"Accept": "application/json, */*;q=0.5"}, {}
        content: Any = None
        for name, value in given.items():
            argument = self._arguments[name]
            match argument.place:
                case "path":
                    path[argument.name] = _segment(name, value)
                case "query":
                    query += _pairs(argument, value)
                case "header":
                    headers[argument.name] = _header(name, _listed(value))
                case "body":
                    body[argument.name] = value
                case "whole":
                    content = value
        if key:
            _sign(self._auth, key, headers, query, f"plugins.secrets.{self._plugin}.key")
        if content is None and (body or self._body):
            content = body
        url = VARIABLE.sub(lambda found: path.get(found[1], ""), self._url)
        if any(segment in (".", "..") for segment in url.split("/")):
            raise PluginError("a part of the path may not be . or ..")
        return http.build_request(self._method.upper(), url, params=query or None, headers=headers, json=content)

    def _answer(self, response: httpx.Response, key: str) -> str:
        text = _readable(response)
        if key:
            # Some services say in an error what was sent to them.
            for secret in (key, quote(key, safe=""), base64.b64encode(key.encode()).decode()):
                text = text.replace(secret, "***")
        status = response.status_code
        if status in (401, 403) and key and self._auth.kind != "oauth":
            text = f"{text} (is plugins.secrets.{self._plugin}.key right?)"
        if response.is_redirect:
            raise Failure(f"{response.url.host} leads to another address, which was not followed")
        if status >= 400:
            raise Failure(f"{response.url.host} answers {status}: {_cut(text, LONGEST_COMPLAINT)}")
        return _cut(text, LONGEST_ANSWER) or f"It worked ({status})."


# ---------------------------------------------------------------------------------------------- the whole description


def _description(
    document: Mapping[str, Any], name: str, address: str, about: str = "", auth: Auth | None = None
) -> Description:
    info = _table(document.get("info"))
    where = name or address or "the description"
    _check_version(document, where)
    title = str(info.get("title") or "")
    auth = auth or _auth(document)
    calls = list(_operations(document, auth))
    if not calls:
        raise ManifestError(f"{where}: {OAUTH if _asks_for_oauth(document) else 'it has no operation to call'}")
    hosts = dict.fromkeys(_server(document, call, address, where).raw_host.decode() for call in calls)
    scheme = oauth_scheme(document) if auth.kind == "oauth" else None
    hosts |= dict.fromkeys(hosts_of(scheme[1]) if scheme else ())
    version = re.sub(r"^[^0-9]+|[^0-9A-Za-z.+!-]", "", str(info.get("version") or ""))[:40]
    try:
        manifest = Manifest(
            name=name or _slug(title),
            version=version or "0",
            description=_cut(" ".join((about or str(info.get("description") or title)).split()), 200) or "A service.",
            # A name without a dot is of the operator's own network, which only they can exempt.
            hosts=tuple(host for host in hosts if HOST.match(host)),
            secrets={"none": (), "oauth": ("client_id", "client_secret")}.get(auth.kind, ("key",)),
        )
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        raise ManifestError(f"{where}: {'.'.join(map(str, fault['loc']))}: {fault['msg']}") from None
    return Description(manifest, document, auth, address)


def _check_version(document: Mapping[str, Any], where: str) -> None:
    version = str(document.get("openapi") or "")
    if "swagger" in document:
        raise ManifestError(f"{where}: {SWAGGER}")
    if not version:
        raise ManifestError(f"{where}: this is no OpenAPI description: it has no field `openapi`")
    if not re.match(r"3\.[01](\.|$)", version):
        raise ManifestError(f"{where}: OpenAPI {version[:20]} is not known; 3.0 and 3.1 are")


async def _fetched(http: httpx.AsyncClient, address: str) -> str:
    body = b""
    async with http.stream("GET", address) as response:
        if response.status_code != 200:
            raise ManifestError(f"{address} answers {response.status_code}")
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > LARGEST:
                raise ManifestError(f"{address}: larger than {LARGEST // 1024} KiB")
    return body.decode("utf-8", "replace")


def _parsed(text: str, where: str) -> Mapping[str, Any]:
    """A document as JSON would have it. Raises ManifestError."""
    text = text.removeprefix("\ufeff").lstrip()
    if len(text.encode("utf-8", "replace")) > LARGEST:
        raise ManifestError(f"{where}: larger than {LARGEST // 1024} KiB")
    try:
        found = json.loads(text) if text.startswith("{") else _yaml(text, where)
    except (ValueError, RecursionError) as error:
        raise ManifestError(f"{where}: it cannot be read: {_cut(str(error), 200)}") from None
    if not isinstance(found, Mapping):
        raise ManifestError(f"{where}: this is no OpenAPI description")
    return found


def _yaml(text: str, where: str) -> Any:
    """The document in YAML. Raises ManifestError, ValueError."""
    try:
        import yaml
    except ImportError:
        raise ManifestError(
            f"{where}: a description in YAML needs PyYAML: install the extra `plugins`, or convert it to JSON"
        ) from None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    depth = 0
    try:
        # A few lines of anchors can mean gigabytes, and endless nesting ends the interpreter: look before loading.
        for event in yaml.parse(text, Loader=loader):
            if getattr(event, "anchor", None):
                raise ManifestError(f"{where}: anchors and aliases (& and *) are not read; write it out")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST_TEXT:
                raise ManifestError(f"{where}: nested too deeply")
        # Dates become text, and the numbers of responses names.
        return json.loads(json.dumps(yaml.load(text, Loader=loader), default=str))
    except (yaml.YAMLError, TypeError) as error:
        raise ValueError(" ".join(str(error).split())) from None


# ------------------------------------------------------------------------------------------------- keys and operations


def _legacy_auth(told: Mapping[str, Any], where: str) -> Auth | None:
    """The auth of an ai-plugin.json, None where it leaves that to the description."""
    kind, way = told.get("type", "none"), told.get("authorization_type", "bearer")
    if kind == "none":
        return None
    if kind == "oauth":
        raise ManifestError(f"{where}: {OAUTH}")
    if kind not in ("service_http", "user_http") or way not in ("bearer", "basic"):
        raise ManifestError(f"{where}: its auth {str(kind)[:40]!r}, {str(way)[:40]!r} is not known")
    return Auth(way, scheme=ANY)


def _auth(document: Mapping[str, Any]) -> Auth:
    """The first way that the description asks for and that we know."""
    schemes = _table(_table(document.get("components")).get("securitySchemes"))
    for name in dict.fromkeys(name for needs in _needs(document) for name in needs if len(needs) == 1):
        told = _followed(document, schemes.get(name))
        kind, place, title = told.get("type"), told.get("in"), str(told.get("name") or "")
        if kind == "apiKey" and place in ("header", "query") and HEADER_NAME.fullmatch(title):
            return Auth(place, title, name)
        if kind == "http" and (way := str(told.get("scheme")).lower()) in ("bearer", "basic"):
            return Auth("bearer" if way == "bearer" else "basic", scheme=name)
    scheme = oauth_scheme(document)
    return Auth("oauth", scheme=scheme[0]) if scheme else Auth()


def _oauth(description: Description) -> OAuthSource | None:
    scheme = oauth_scheme(description.document) if description.auth.kind == "oauth" else None
    return Described(replace(scheme[1], hosts=description.manifest.hosts)) if scheme else None


def _needs(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What the whole and each operation asks for: names of schemes that are needed together."""
    yield from _tables(document.get("security"))
    for call in _calls(document):
        yield from _tables(call.operation.get("security"))


def _asks_for_oauth(document: Mapping[str, Any]) -> bool:
    schemes = _table(_table(document.get("components")).get("securitySchemes"))
    asked = {name for needs in _needs(document) for name in needs}
    return any(_followed(document, schemes.get(name)).get("type") in ("oauth2", "openIdConnect") for name in asked)


@dataclass(frozen=True, slots=True)
class Called:
    """An operation as it is described."""

    path: str
    method: str
    item: Mapping[str, Any]
    operation: Mapping[str, Any]
    key: Literal["no", "may", "must"] = "no"


def _calls(document: Mapping[str, Any]) -> Iterator[Called]:
    for path, told in _table(document.get("paths")).items():
        item = _followed(document, told)
        for method in METHODS:
            if isinstance(operation := item.get(method), Mapping) and path.startswith("/"):
                yield Called(path, method, item, operation)


def _operations(document: Mapping[str, Any], auth: Auth) -> Iterator[Called]:
    """The operations that can be called with no key, or with the one key that there is."""
    usual = document.get("security")
    for call in _calls(document):
        asked = call.operation.get("security", usual)
        ways = [set(needs) for needs in _tables(asked)]
        if auth.scheme == ANY or {auth.scheme} in ways:
            yield replace(call, key="may" if set() in ways and auth.scheme != ANY else "must")
        elif not ways or set() in ways:
            yield call


def _server(document: Mapping[str, Any], call: Called, address: str, where: str) -> httpx.URL:
    """The address that an operation's path begins at: its own server, or its path's, or the whole's."""
    told = next(filter(None, (_tables(one.get("servers")) for one in (call.operation, call.item, document))), [])
    if not told and not address:
        raise ManifestError(f"{where}: it names no server; write its address under `servers`")
    first = told[0] if told else {"url": "/"}
    values = {name: str(_table(one).get("default", "")) for name, one in _table(first.get("variables")).items()}
    text = VARIABLE.sub(lambda found: values.get(found[1], ""), str(first.get("url") or "/"))
    try:
        url = (httpx.URL(address).join(text) if address else httpx.URL(text)).copy_with(query=None, fragment=None)
    except httpx.InvalidURL:
        raise ManifestError(f"{where}: its server {text[:80]!r} is no address") from None
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or "*" in url.host:
        raise ManifestError(f"{where}: its server {text[:80]!r} is no plain http or https address")
    return url


# --------------------------------------------------------------------------------------------------- tools and schemas


def _tools(description: Description) -> Iterator[ApiTool]:
    document, plugin = description.document, description.manifest.name
    taken: set[str] = set()
    for call in _operations(document, description.auth):
        if len(taken) >= MOST_TOOLS:
            return
        form = _Form(document, call, description.auth)
        if not form.possible:
            continue
        name = free(plain(f"{plugin}_{_title(call)}"), taken)
        taken.add(name)
        server = str(_server(document, call, description.address, plugin)).rstrip("/")
        words = [str(call.operation.get(field) or "").strip() for field in ("summary", "description")]
        yield ApiTool(
            name,
            _cut(" ".join(". ".join(dict.fromkeys(filter(None, words))).split()), 1000) or _title(call),
            form.schema(),
            call.method != "get" or call.operation.get("x-openai-isConsequential") is True,
            plugin,
            call.method,
            server + call.path,
            form.arguments,
            description.auth,
            call.key,
            form.body,
        )


@dataclass(slots=True)
class _Form:
    """The arguments of an operation, as they are gathered. Not `possible`: something is needed that cannot be given."""

    document: Mapping[str, Any]
    call: Called
    auth: Auth
    arguments: dict[str, Argument] = field(default_factory=dict)
    possible: bool = True
    body: bool = False
    _properties: dict[str, Any] = field(default_factory=dict)
    _required: list[str] = field(default_factory=list)
    _schema: "_Schemas" = field(init=False)

    def __post_init__(self) -> None:
        self._schema = _Schemas(self.document)
        told = [*_sequence(self.call.item.get("parameters")), *_sequence(self.call.operation.get("parameters"))]
        parameters = [_followed(self.document, one) for one in told]
        # An operation's own parameter stands in for its path's.
        for one in {(one.get("in"), one.get("name")): one for one in parameters}.values():
            self._parameter(one)
        named = {argument.name for argument in self.arguments.values() if argument.place == "path"}
        self.possible = self.possible and named == set(VARIABLE.findall(self.call.path))
        if self.call.method in WITH_BODY:
            self._takes_body(_followed(self.document, self.call.operation.get("requestBody")))

    def schema(self) -> Mapping[str, Any]:
        found: dict[str, Any] = {"type": "object", "properties": self._properties, "additionalProperties": False}
        return found | {"required": self._required} if self._required else found

    def _parameter(self, told: Mapping[str, Any]) -> None:
        place, name = told.get("in"), str(told.get("name") or "")
        required = told.get("required") is True or place == "path"
        style = str(told.get("style") or "")
        if place not in ("path", "query", "header") or style in ("label", "matrix"):
            self.possible = self.possible and not required
            return
        if place == "header" and (name.lower() in OURS or not HEADER_NAME.fullmatch(name)):
            return
        if self.auth.kind == place and self.auth.field.lower() == name.lower():
            return
        media = next(iter(_table(told.get("content")).values()), None)
        schema = self._schema(_table(media).get("schema") if media is not None else told.get("schema"))
        if told.get("description"):
            schema = {**schema, "description": _cut(str(told["description"]), 300)}
        style = "json" if media is not None else style or "form"
        self._add(name, Argument(place, name, style, bool(told.get("explode", style == "form"))), schema, required)

    def _takes_body(self, told: Mapping[str, Any]) -> None:
        media = next((one for kind, one in _table(told.get("content")).items() if JSON_TYPE.match(kind)), None)
        required = told.get("required") is True
        if media is None:
            self.possible = self.possible and not required
            return
        self.body = required
        described = _followed(self.document, _table(media).get("schema"))
        schema = self._schema(_table(media).get("schema"))
        inside = _table(schema.get("properties"))
        readable = _table(described.get("properties"))
        if not inside or inside.keys() & self.arguments.keys() or schema.keys() & set(WAYS):
            self._add("body", Argument("whole", "body"), schema, required)
            return
        for name, one in inside.items():
            if _followed(self.document, readable.get(name)).get("readOnly") is not True:
                needed = required and name in schema.get("required", ())
                self._add(name, Argument("body", name), one, needed)

    def _add(self, name: str, argument: Argument, schema: Mapping[str, Any], required: bool) -> None:
        mine = free(plain(name) or "_", self.arguments)
        self.arguments[mine] = argument
        self._properties[mine] = schema
        if required:
            self._required.append(mine)


@dataclass(slots=True)
class _Schemas:
    """Schemas with what they refer to in its place, for one tool; where that has no end, anything is allowed."""

    document: Mapping[str, Any]
    left: int = MOST_PARTS

    def __call__(self, told: Any, seen: tuple[str, ...] = (), depth: int = 0) -> dict[str, Any]:
        self.left -= 1
        if not isinstance(told, Mapping) or depth > DEEPEST_SCHEMA or self.left < 0:
            return {}
        if isinstance(to := told.get("$ref"), str):
            beside = {name: value for name, value in told.items() if name != "$ref"}
            return {} if to in seen else self({**_pointed(self.document, to), **beside}, (*seen, to), depth + 1)

        def inner(one: Any) -> dict[str, Any]:
            return self(one, seen, depth + 1)

        found = _plain(told)
        if "items" in told:
            found["items"] = inner(told["items"])
        if isinstance(more := told.get("additionalProperties"), Mapping | bool):
            found["additionalProperties"] = more if isinstance(more, bool) else inner(more)
        found |= {name: [inner(one) for one in told[name]] for name in WAYS if _sequence(told.get(name))}
        if inside := _table(told.get("properties")):
            found["properties"] = {str(name): inner(one) for name, one in inside.items()}
            needed = [name for name in _sequence(told.get("required")) if name in inside]
            found |= {"required": needed} if needed else {}
        return found


def _plain(told: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a schema that hold no other schemas."""
    found: dict[str, Any] = {name: told[name] for name in KEPT if name in told}
    # In 3.0 these two are true or false, which JSON schema has no longer.
    for name in ("exclusiveMinimum", "exclusiveMaximum"):
        if isinstance(found.get(name), bool):
            del found[name]
    if "description" in found:
        found["description"] = _cut(str(found["description"]), 300)
    if told.get("nullable") is True and isinstance(found.get("type"), str):
        found["type"] = [found["type"], "null"]
    return found


def _title(call: Called) -> str:
    return str(call.operation.get("operationId") or f"{call.method}_{call.path.strip('/')}")


def _pointed(document: Mapping[str, Any], to: str) -> Mapping[str, Any]:
    """What a reference inside the document leads to; nothing where it leads outside or nowhere."""
    if not to.startswith("#/"):
        return {}
    found: Any = document
    for step in to[2:].split("/"):
        found = _table(found).get(unquote(step).replace("~1", "/").replace("~0", "~"))
    return _table(found)


def _followed(document: Mapping[str, Any], told: Any) -> Mapping[str, Any]:
    """A part of the document, or what it refers to."""
    found = _table(told)
    for _ in range(DEEPEST_SCHEMA):
        if not isinstance(to := found.get("$ref"), str):
            return found
        found = _pointed(document, to)
    return {}


def _table(told: Any) -> Mapping[str, Any]:
    return told if isinstance(told, Mapping) else {}


def _sequence(told: Any) -> Sequence[Any]:
    return told if isinstance(told, list) else []


def _tables(told: Any) -> list[Mapping[str, Any]]:
    return [one for one in _sequence(told) if isinstance(one, Mapping)]


def _slug(text: str) -> str:
    found = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return (found if found[:1].isalpha() else f"api-{found}".strip("-"))[:40]


# -------------------------------------------------------------------------------------------------- the request's parts


def _segment(name: str, value: Any) -> str:
    """A value inside the path, where a slash is no slash."""
    flat = [part for pair in value.items() for part in pair] if isinstance(value, Mapping) else value
    found = ",".join(quote(_text(one), safe="") for one in (flat if isinstance(flat, list) else [flat]))
    if not found:
        raise PluginError(f"{name}: it may not be empty")
    return found


def _pairs(argument: Argument, value: Any) -> list[Pair]:
    """A value as the query has it."""
    name, style, explode = argument.name, argument.style, argument.explode
    if style == "json":
        return [(name, json.dumps(value, ensure_ascii=False))]
    if isinstance(value, Mapping):
        if style == "deepObject":
            return [(f"{name}[{key}]", _text(one)) for key, one in value.items()]
        return [(str(key), _text(one)) for key, one in value.items()] if explode else [(name, _listed(value))]
    if isinstance(value, list) and explode:
        return [(name, _text(one)) for one in value]
    return [(name, _listed(value, DELIMITERS.get(style, ",")))]


def _listed(value: Any, delimiter: str = ",") -> str:
    flat = [part for pair in value.items() for part in pair] if isinstance(value, Mapping) else value
    return delimiter.join(map(_text, flat)) if isinstance(flat, list) else _text(flat)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _header(name: str, text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise PluginError(f"{name}: only printable ASCII characters can be sent there")
    return text


def _sign(auth: Auth, key: str, headers: dict[str, str], query: list[Pair], setting: str) -> None:
    """Put the key where the service wants it. A basic key is "user:password", or that in base64 already."""
    match auth.kind:
        case "query":
            query.append((auth.field, key))
        case "header":
            headers[auth.field] = _header(setting, key)
        case "bearer":
            headers["Authorization"] = _header(setting, f"Bearer {key}")
        case "basic":
            coded = base64.b64encode(key.encode()).decode() if ":" in key else key
            headers["Authorization"] = _header(setting, f"Basic {coded}")


def _readable(response: httpx.Response) -> str:
    """A body as text: JSON without its spaces, and of what is no text only what it is."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip()
    if not response.content:
        return ""
    try:
        return json.dumps(json.loads(response.content), ensure_ascii=False, separators=(",", ":"))
    except (ValueError, RecursionError):
        if kind and not WORDS.search(kind):
            return f"{len(response.content)} bytes of {kind}"
        return response.text.strip()


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
