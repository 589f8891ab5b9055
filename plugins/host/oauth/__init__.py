"""Signing in to services: OAuth 2.0, in the operator's name (client credentials) or in a person's (by a link)."""
