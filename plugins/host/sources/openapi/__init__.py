"""The source for web services: an OpenAPI 3 description, or an `ai-plugin.json` that names one, becomes a plugin.

https://spec.openapis.org/oas/v3.1.1.html; the older manifest is the one once written for ChatGPT's plugins.

Nothing is imported here: a process that reads one description needs only a part of this.
"""
