"""Parley in Slack: events come by Socket Mode or over HTTP, replies go by the Web API."""
