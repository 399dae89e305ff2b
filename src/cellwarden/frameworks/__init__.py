"""Frameworks: which numbered demands of which catalogues each of our requirements serves."""

from cellwarden.frameworks.controls import Control, controls, controls_for

__all__ = ["Control", "controls", "controls_for"]
