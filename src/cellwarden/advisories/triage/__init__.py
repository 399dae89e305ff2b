"""How bad it is, for this part at this site, and until when: scores, decisions, clocks, acts."""
