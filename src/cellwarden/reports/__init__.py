"""A report in every form that somebody reads: terminal, HTML, JSON, SARIF, CSV and more."""
