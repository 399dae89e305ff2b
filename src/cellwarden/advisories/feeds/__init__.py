"""Feeds: advisory documents of every format, from anywhere, as rows."""
