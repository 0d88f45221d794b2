"""One module for each source system: its tables and columns as data, and nothing else."""
