"""The nouns: identifiers, facts, advisories, verdicts, findings, errors. No I/O."""
