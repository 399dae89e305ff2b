"""What is handed to auditors: documents, coverage, packs."""
