"""A Discord on loopback for tests: its REST API v10 and its gateway, written from the published protocol."""
