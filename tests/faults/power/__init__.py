"""Power cuts: what SQLite has written but not synced may be lost, in whole, in part, and in any order."""
