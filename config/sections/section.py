"""The base class of all sections of the settings."""

from pydantic import BaseModel, ConfigDict


class SettingsSection(BaseModel):
    """A part of the settings. It is immutable, and refuses unknown names and values of the wrong type. Values from
    variables are converted first (config/setting_kinds.py).
    """

    # A section is checked as a part of all settings: a validator of its own would be built in vain at each start.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True)
