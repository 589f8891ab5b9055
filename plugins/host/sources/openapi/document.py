"""A description's text, JSON or YAML, parsed into a document; a text that would take too much to read is refused."""

import json
import re
from collections.abc import Mapping
from itertools import accumulate
from typing import Any

from parley import ManifestError
from plugins.host.sources.openapi.values import cut

MIB = 1024 * 1024
LARGEST, LARGEST_YAML = 32 * MIB, 8 * MIB
"""The largest description, in bytes. YAML takes about thirty times as long to read as JSON."""

DEEPEST = 100
"""Most levels of objects and lists inside each other."""

STRINGS = re.compile(r'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
"""Strings in JSON, including one without an end, so that each text is scanned only once."""

NO_BRACKETS = re.compile(r"[^\[\]{}]+")
STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}
SWAGGER = (
    "this is version 2 (Swagger), and version 3 is needed; convert it with `npx swagger2openapi FILE`, or in the editor"
    " at https://editor.swagger.io"
)


def parsed(text: str, where: str) -> Mapping[str, Any]:
    """Parse a document into what JSON can hold. Raises ManifestError."""
    text = text.removeprefix("\ufeff").lstrip()
    is_json = text.startswith("{")
    most = LARGEST if is_json else LARGEST_YAML
    if len(text) > most or len(text.encode("utf-8", "replace")) > most:
        kind = "" if is_json else ", which is the most for YAML; give it as JSON"
        raise ManifestError(f"{where}: larger than {most // MIB} MiB{kind}")
    try:
        found = _json(text, where) if is_json else _yaml(text, where)
    except (ValueError, RecursionError) as error:
        raise ManifestError(f"{where}: it cannot be read: {cut(str(error), 200)}") from None
    if not isinstance(found, Mapping):
        raise ManifestError(f"{where}: this is not an OpenAPI description")
    return found


def check_version(document: Mapping[str, Any], where: str) -> None:
    """Raise ManifestError unless this is OpenAPI in a version that we know."""
    version = str(document.get("openapi") or "")
    if "swagger" in document:
        raise ManifestError(f"{where}: {SWAGGER}")
    if not version:
        raise ManifestError(f"{where}: this is not an OpenAPI description: it has no field `openapi`")
    if not re.match(r"3\.[01](\.|$)", version):
        raise ManifestError(f"{where}: OpenAPI {version[:20]} is not known; 3.0 and 3.1 are")


def depth_of(text: str) -> int:
    """Return how deep objects and lists are nested in a JSON text, before it is parsed."""
    brackets = NO_BRACKETS.sub("", STRINGS.sub("", text))
    return max(accumulate(map(STEPS.__getitem__, brackets)), default=0)


def _json(text: str, where: str) -> Any:
    if depth_of(text) > DEEPEST:
        raise ManifestError(f"{where}: nested too deeply")
    return json.loads(text)


def _yaml(text: str, where: str) -> Any:
    """Parse a YAML document. Raises ManifestError, ValueError."""
    try:
        import yaml
    except ImportError:
        raise ManifestError(
            f"{where}: a description in YAML needs PyYAML: install the extra `plugins`, or convert it to JSON"
        ) from None
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    depth = 0
    try:
        # A few lines of anchors can expand to gigabytes, and endless nesting ends the interpreter: look before loading.
        for event in yaml.parse(text, Loader=loader):
            if getattr(event, "anchor", None):
                raise ManifestError(f"{where}: anchors and aliases (& and *) are not read; write it out")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                raise ManifestError(f"{where}: nested too deeply")
        # Dates become text, and the numbers of responses become names.
        return json.loads(json.dumps(yaml.load(text, Loader=loader), default=str))
    except (yaml.YAMLError, TypeError) as error:
        raise ValueError(" ".join(str(error).split())) from None
