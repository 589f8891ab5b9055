"""SQLite without waiting for the disk, which tests do not need: the power does not fail."""

from sqlalchemy import Connection


def relax(connection: Connection) -> None:
    """Let a connection to SQLite not wait at each commit until it is on the disk."""
    if connection.dialect.name == "sqlite" and not connection.info.get("relaxed"):
        connection.connection.cursor().execute("PRAGMA synchronous=OFF").close()
        connection.info["relaxed"] = True
