"""The ledger itself: trusted, signed, moved, stamped, redacted."""
