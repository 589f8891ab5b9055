"""What all sections of the settings have in common."""

from pydantic import BaseModel, ConfigDict


class SettingsSection(BaseModel):
    """A part of the settings. It is immutable, and refuses names that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
