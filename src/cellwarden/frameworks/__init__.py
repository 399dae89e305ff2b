"""Control catalogues and the mapping from requirements to controls, as data."""
