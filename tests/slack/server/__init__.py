"""A Slack on loopback, written from Slack's published documentation, for the unmodified client libraries."""
