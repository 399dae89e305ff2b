"""The doors: words become calls, errors become exit codes."""
