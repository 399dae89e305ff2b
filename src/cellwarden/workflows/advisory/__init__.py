"""Advisory data, and what of it touches this fleet."""
