"""Hiding small counts so that nobody can work them out, whatever left the practice before."""
