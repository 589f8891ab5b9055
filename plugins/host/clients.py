"""The HTTP clients of plugins: each reaches the hosts of a manifest, with tokens if the service wants some."""

from collections.abc import Collection

import httpx

from core.ports.store import Store
from plugins.host.egress.guarded_http import FetchLimits, client
from plugins.host.oauth.bearer import BearerAuth, TokenSource, token_source
from plugins.host.oauth.flow import SignsIn, client_of
from plugins.host.plugin import HostedPlugin
from plugins.host.policy import OwnerPolicy


class PluginClients:
    """The HTTP client of each plugin, and the source of its tokens. Both are made when they are first needed."""

    def __init__(self, policy: OwnerPolicy, store: Store) -> None:
        self._policy = policy
        self._store = store
        self._clients: dict[str, httpx.AsyncClient] = {}
        self._tokens: dict[str, TokenSource] = {}

    def http(self, plugin: HostedPlugin) -> httpx.AsyncClient:
        """The client for the hosts in a plugin's manifest. If its service wants tokens, requests can ask for one."""
        if plugin.name not in self._clients:
            oauth = plugin.oauth if isinstance(plugin, SignsIn) else None
            hosts = (*plugin.manifest.hosts, *(oauth.hosts if oauth else ()))
            secrets = self._policy.secrets_of(plugin)
            http = client(FetchLimits(hosts, self._policy.exempt_for(plugin)), secrets=secrets.values())
            self._clients[plugin.name] = http
            if oauth:
                tokens = token_source(oauth, client_of(plugin.name, secrets), http, self._store)
                self._tokens[plugin.name], http.auth = tokens, BearerAuth(tokens)
        return self._clients[plugin.name]

    def tokens(self, plugin: HostedPlugin) -> TokenSource:
        """The source of tokens for a plugin's service. Raises KeyError if the service wants none."""
        self.http(plugin)
        return self._tokens[plugin.name]

    def keep(self, names: Collection[str]) -> None:
        """Forget the clients of all plugins but these, because the others may be different ones now."""
        self._clients = {name: http for name, http in self._clients.items() if name in names}
        self._tokens = {name: tokens for name, tokens in self._tokens.items() if name in names}

    async def aclose(self) -> None:
        """Close all connections."""
        for http in self._clients.values():
            await http.aclose()
