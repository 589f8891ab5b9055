"""Types of text that settings hold, each with its check: names, hosts, addresses, files."""

import re
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

LONGEST = 2000
LONGEST_LISTED = 75
HOST = re.compile(r"(?=.{1,253}$)\w([\w-]{0,61}\w)?(\.\w([\w-]{0,61}\w)?)*\.?", re.ASCII)


def filled(text: str) -> str:
    """Refuse a text without a visible character."""
    if not text.strip():
        raise ValueError("it is empty; give it a value, or leave the line out")
    return text


def host(text: str) -> str:
    """Refuse anything that is neither an IP address nor a host name."""
    try:
        ip_address(text.strip("[]"))
    except ValueError:
        if not HOST.fullmatch(text):
            raise ValueError(
                f"{text[:80]!r} is neither an address nor a name of a host, such as 127.0.0.1 or chat.example"
            ) from None
    return text


def host_and_port(text: str) -> str:
    """Refuse anything that is not a host, with or without a port."""
    name, colon, port = text.rpartition(":")
    try:
        if not colon or text.endswith("]") or text.count(":") > 1 and not text.startswith("["):
            return host(text)
        host(name)
        if port.isdecimal() and 0 < int(port) <= 65535:
            return text
    except ValueError:
        pass
    raise ValueError(f"{text[:80]!r} is not a host with or without a port, such as search.lan:8888")


def address(*schemes: str) -> Callable[[str], str]:
    """Make a check that refuses anything but an address of one of these schemes; an empty text passes."""
    example = f"{schemes[0]}://chat.example"

    def check(text: str) -> str:
        try:
            parts = urlsplit(text)
            fits = parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
        except ValueError:
            fits = False
        if text and (not fits or re.search(r"\s", text)):
            # It may hold a password, so it is not shown.
            raise ValueError(f"it is no {' or '.join(schemes)} address, such as {example}")
        return text

    return check


def file(given: object) -> object:
    """Turn a text into a path; other types are left to pydantic's own check."""
    if not isinstance(given, str):
        return given
    try:
        return Path(filled(given)).expanduser()
    except RuntimeError:
        raise ValueError(f"nobody here has the home that {given[:80]!r} begins with") from None


def carried(*rooms: int) -> Callable[[str], str]:
    """Make a check that refuses names too long for the buttons that carry them; `rooms` are the bytes free in each."""
    most = min(rooms)

    def check(text: str) -> str:
        if len(text.encode()) > most:
            raise ValueError(f"it is too long: buttons carry it, so it may have at most {most} bytes")
        return text

    return check


def listed(text: str) -> str:
    """Refuse a name that is too long for the menus of the platforms."""
    if len(text) > LONGEST_LISTED:
        raise ValueError(f"it is too long: menus show this name, so it may have at most {LONGEST_LISTED} characters")
    return text


def database(text: str) -> str:
    """Refuse anything but the URL of a database that we know; an empty text passes."""
    if text and not re.match(r"sqlite(\+\w+)?:///?.|postgres(ql)?(\+\w+)?://.", text):
        raise ValueError(
            "it is neither sqlite:///path nor postgresql://user@host/name; other databases are not supported"
        )
    # Whatever stands before the last @ is no host, and may be a part of a password.
    if text.startswith("postgres") and text.split("?")[0].split("://", 1)[1].count("@") > 1:
        raise ValueError("an @ in its user or password is written as %40 (and : as %3A, / as %2F)")
    return text


Name = Annotated[str, StringConstraints(max_length=LONGEST), AfterValidator(filled)]
ListedName = Annotated[Name, AfterValidator(listed)]
"""A name that people choose from a menu."""

Host = Annotated[Name, AfterValidator(host)]
HostAndPort = Annotated[Name, AfterValidator(host_and_port)]
HttpAddress = Annotated[str, StringConstraints(max_length=LONGEST), AfterValidator(address("http", "https"))]
HttpsAddress = Annotated[str, StringConstraints(max_length=LONGEST), AfterValidator(address("https"))]
SocketAddress = Annotated[str, StringConstraints(max_length=LONGEST), AfterValidator(address("wss", "ws"))]
WebService = Annotated[HttpAddress, AfterValidator(filled)]
"""An address that must be given."""

DatabaseUrl = Annotated[str, StringConstraints(max_length=LONGEST), AfterValidator(database)]
FilePath = Annotated[Path, BeforeValidator(file)]
Port = Annotated[int, Field(ge=0, le=65535)]
Seconds = Annotated[float, Field(gt=0, le=86_400)]
