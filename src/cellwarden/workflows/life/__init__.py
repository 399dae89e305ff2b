"""The life of an asset: history, retirement, incidents, what was accepted."""
