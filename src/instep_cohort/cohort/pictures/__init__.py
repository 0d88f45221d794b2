"""Pictures as SVG: a person's timeline, and a practice's fit notes beside a published rate."""

from instep_cohort.cohort.pictures.drawing import Picture
from instep_cohort.cohort.pictures.timeline import timeline

__all__ = ["Picture", "timeline"]
