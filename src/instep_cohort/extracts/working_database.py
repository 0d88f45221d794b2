"""The DuckDB in which tables of a store are made: bounded in memory, and alone on its machine."""

from __future__ import annotations

import os
from pathlib import Path

import duckdb

# What DuckDB may hold, beside some 300 MB of Python and buffers; the rest waits on the disk. Each
# thread has buffers of its own, so that many cores must not mean many threads.
MEMORY = "500MB"
THREADS = 4


def connect(scratch: Path) -> duckdb.DuckDBPyConnection:
    """An empty DuckDB that puts what is too much for the memory below ``scratch``."""
    return duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "threads": min(THREADS, os.cpu_count() or 1),
            "temp_directory": str(scratch / "spilled"),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
