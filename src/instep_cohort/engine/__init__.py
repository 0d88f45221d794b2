"""The engine: one rule, run as narwhals expressions on any engine that reads Parquet."""
