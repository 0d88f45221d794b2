"""A letter as language: its merge fields and places to fill in, its sentences, what denies what."""
