"""Commands, one file for each group of words that belong together."""
