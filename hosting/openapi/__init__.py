"""The door to services on the web: an OpenAPI 3 description, or an `ai-plugin.json` that names one, becomes a plugin.

https://spec.openapis.org/oas/v3.1.1.html; of the older manifest, what was once written for ChatGPT's plugins.
"""

from hosting.openapi.api import Api, ApiTool
from hosting.openapi.auth import Auth
from hosting.openapi.description import Description, described, read

__all__ = ["Api", "ApiTool", "Auth", "Description", "described", "read"]
