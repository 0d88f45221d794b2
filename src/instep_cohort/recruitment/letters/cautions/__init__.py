"""What a letter had better not say: the wordings, what others may read, how hard it is to read."""
