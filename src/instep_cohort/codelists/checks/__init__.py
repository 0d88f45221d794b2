"""Checks of codelists that need more than the list: a dictionary, a downloaded file, a repair."""
