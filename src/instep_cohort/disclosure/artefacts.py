"""What each file may be shown to: stamped into manifests, checked by writers."""

from __future__ import annotations

from enum import StrEnum


class ArtefactClass(StrEnum):
    """How far a file may travel."""

    PRACTICE_ONLY = "PRACTICE-ONLY"
    PROCESSOR_MAIL = "PROCESSOR-MAIL"
    RELEASABLE_COUNTS = "RELEASABLE-COUNTS"
