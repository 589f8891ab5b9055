"""The source for web services: an OpenAPI 3 description, or an `ai-plugin.json` that names one, becomes a plugin.

https://spec.openapis.org/oas/v3.1.1.html; the older manifest is the one once written for ChatGPT's plugins.
"""

from plugins.host.sources.openapi.api import ApiTool, OpenApiPlugin
from plugins.host.sources.openapi.auth import KeyPlacement
from plugins.host.sources.openapi.choice import OperationChoice, split_choice, with_choice
from plugins.host.sources.openapi.coverage import LeftOut, OperationCoverage, by_reason, coverage_of
from plugins.host.sources.openapi.description import ServiceDescription, description_of, read
from plugins.host.sources.openapi.document import LARGEST
from plugins.host.sources.openapi.fetch import described, read_file

__all__ = [
    "LARGEST",
    "OpenApiPlugin",
    "ApiTool",
    "KeyPlacement",
    "OperationCoverage",
    "ServiceDescription",
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
