"""``python -m cellwarden`` is the command ``cellwarden``."""

from cellwarden.entry.main import main

main()
