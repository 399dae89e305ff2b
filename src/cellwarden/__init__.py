"""Cellwarden: can we trust the batteries that keep a data center up, and everyone near them?"""

__version__ = "0.1.0"
