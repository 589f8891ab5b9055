"""What all sections of the settings have in common."""

from pydantic import BaseModel, ConfigDict


class SettingsSection(BaseModel):
    """A part of the settings. It is immutable, refuses names that it does not know, and takes no kind for another.

    Values from variables are turned into the kind of their setting before (config/setting_kinds.py).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)
