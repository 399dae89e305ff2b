"""Engines that keep the ledger, the objects and the facts on disk."""
