"""Evidence packs as an auditor meets them: the page, and the verifier that needs nothing of us."""
