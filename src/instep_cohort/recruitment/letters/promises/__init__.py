"""What a letter has to say: the wordings, and where it says so."""
