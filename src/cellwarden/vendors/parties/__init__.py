"""Legal entities and how they hang together: roles, tiers, owners, and what they share."""
