"""A fleet from its first register to a judged and published report."""
