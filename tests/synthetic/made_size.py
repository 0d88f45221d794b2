"""The size and the day of the practice that these tests share."""

from datetime import date

EXTRACTED = date(2026, 11, 1)
PATIENTS = 3_000
