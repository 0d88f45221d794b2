"""Extracts that no profile knows, read by a mapping file that says what each column is."""

from __future__ import annotations

from instep_cohort.extracts.custom.building import load_mapping

__all__ = ["load_mapping"]
