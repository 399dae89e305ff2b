"""Checks: one predicate in one file, judged over subjects that are SQL views."""
