"""The sections of the settings: their names, types and bounds."""
