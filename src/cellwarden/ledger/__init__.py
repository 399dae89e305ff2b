"""Hashing, encoding and verifying of what is recorded. No I/O; checkable without us."""
