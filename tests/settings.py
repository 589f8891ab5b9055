"""Settings for tests of commands: the fields that they read, and nothing from this machine."""

from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from tests.dataset.people import TERMS


@dataclass
class Database:
    url: str
    encryption_key: SecretStr | None = None


@dataclass
class Terms:
    version: str = TERMS


@dataclass
class Export:
    license: str = "apache-2.0"


@dataclass
class Persona:
    text: str


@dataclass
class Train:
    environment: Path | None = None
    torch_index: str = ""


@dataclass
class StandInSettings:
    """A home in a folder of the test, with a database that is not there yet."""

    home: Path
    terms: Terms = field(default_factory=Terms)
    export: Export = field(default_factory=Export)
    train: Train = field(default_factory=Train)
    personas: dict[str, Persona] = field(default_factory=lambda: {"parley": Persona("You are Parley.")})

    def __post_init__(self) -> None:
        self.database = Database(f"sqlite:///{self.home / 'home.sqlite3'}")
