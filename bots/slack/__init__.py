"""Parley in Slack: events arrive by Socket Mode or over HTTP, and replies go out over the Web API."""
