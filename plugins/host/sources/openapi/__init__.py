"""The source for web services: an OpenAPI 3 description, or an `ai-plugin.json` that names one, becomes a plugin.

https://spec.openapis.org/oas/v3.1.1.html; the older manifest is the one once written for ChatGPT's plugins.
"""

from plugins.host.sources.openapi.api import Api, ApiTool
from plugins.host.sources.openapi.auth import Auth
from plugins.host.sources.openapi.choice import OperationChoice, split_choice, with_choice
from plugins.host.sources.openapi.coverage import Coverage, LeftOut, by_reason, coverage_of
from plugins.host.sources.openapi.description import Description, description_of, read
from plugins.host.sources.openapi.document import LARGEST
from plugins.host.sources.openapi.fetching import described, read_file

__all__ = [
    "LARGEST",
    "Api",
    "ApiTool",
    "Auth",
    "Coverage",
    "Description",
    "LeftOut",
    "OperationChoice",
    "by_reason",
    "coverage_of",
    "described",
    "description_of",
    "read",
    "read_file",
    "split_choice",
    "with_choice",
]
