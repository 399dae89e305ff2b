"""Readers, one file for each kind of source: what a document says becomes rows of facts."""
