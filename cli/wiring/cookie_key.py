"""The key that signs the web chat's cookies, in a file of its own."""

import re
from datetime import datetime
from pathlib import Path

from bots.web.visitor_cookie import CookieKey, new_key
from core.errors import OperatorError
from core.private_files import write_private

NAME = "web.key"
CONTENT = re.compile(r"([0-9a-f]{64}) (\S+)\n?")


def cookie_key(home: Path) -> CookieKey:
    """Read this home's key, or create it, readable only by its owner. Raises OperatorError if it is unusable."""
    path = home / NAME
    try:
        path.chmod(0o600)
        return parsed(path.read_text(encoding="utf-8"), path)
    except FileNotFoundError:
        return made(path)
    except (OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{path} cannot be read: {error}") from None


def parsed(content: str, path: Path) -> CookieKey:
    """Parse a key file: the secret, and when it was made. Raises OperatorError if the content is not a key."""
    found = CONTENT.fullmatch(content)
    try:
        if found and (at := datetime.fromisoformat(found[2])).tzinfo:
            return CookieKey(bytes.fromhex(found[1]), at)
    except ValueError:
        found = None
    raise OperatorError(
        f"{path} is not a key; restore it from a copy, or delete it: Parley then makes another, and for 90 days"
        " accepts the cookies that people have"
    )


def made(path: Path) -> CookieKey:
    """Make a new key and save it at a path. Raises OperatorError if it cannot be saved."""
    key = new_key()
    try:
        write_private(path, f"{key.secret.hex()} {key.made.isoformat()}\n")
    except OSError as error:
        raise OperatorError(f"{path} cannot be written: {error}") from None
    return key
