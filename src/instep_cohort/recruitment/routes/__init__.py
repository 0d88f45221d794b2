"""The ways by which people come to be considered: nominations, coming appointments, their yield."""
