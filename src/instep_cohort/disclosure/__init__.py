"""What may leave a practice, and in which form."""
