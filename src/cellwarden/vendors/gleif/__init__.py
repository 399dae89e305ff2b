"""Files of the Global LEI System: who an entity is, who consolidates it, who did not say."""
