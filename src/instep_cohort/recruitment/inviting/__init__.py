"""From decisions to letters: who is written to now, the files for it, and what comes back."""
