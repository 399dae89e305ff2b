"""The life of an asset: its history, its retirement, its incidents, and the rules that apply."""
