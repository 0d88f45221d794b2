"""Letters of invitation: a template with merge fields, and what a letter must and must not say."""

from __future__ import annotations

from instep_cohort.recruitment.letters.checking import check_letter
from instep_cohort.recruitment.letters.findings import Finding, LetterCheck, Severity
from instep_cohort.recruitment.letters.template.template import template_text

__all__ = ["Finding", "LetterCheck", "Severity", "check_letter", "template_text"]
