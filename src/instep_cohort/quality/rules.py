"""Every rule by which an extract is judged: which problem it is about, and what would mend it.

The problems Q1 to Q21 are those of the project's list of known faults of practice extracts. Where a
share decides about the severity, the limit is this project's own choice: no published one is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from instep_cohort.quality.values import Finding, Severity, Unit

_NOTE, _WARNING, _ERROR = Severity.NOTE, Severity.WARNING, Severity.ERROR


class Rule(NamedTuple):
    """One rule.

    Attributes:
        problem: the number of the problem, such as Q8; empty for one that has none.
        meaning: what a finding of it means.
        severity: how grave a finding is.
        mend: what would mend it; may be empty.
        warning_from: the share from which a note is a warning.
        error_from: the share from which it is an error.
    """

    problem: str
    meaning: str
    severity: Severity
    mend: str = ""
    warning_from: float | None = None
    error_from: float | None = None

    def severity_of(self, count: int, of: int | None) -> Severity:
        """How grave it is that ``count`` of so many are concerned."""
        share = count / of if of else 0.0
        if self.error_from is not None and of and share >= self.error_from:
            return _ERROR
        if self.warning_from is not None and of and share >= self.warning_from:
            return max(_WARNING, self.severity, key=lambda one: one.rank)
        return self.severity


PROBLEMS: Mapping[str, str] = {
    "Q1": "long ids damaged",
    "Q2": "Read codes in other forms than five or seven characters",
    "Q3": "the case of codes lost",
    "Q4": "no code system declared",
    "Q5": "codes under a system that is not theirs",
    "Q6": "marker dates",
    "Q7": "dates missing or not known to the day",
    "Q8": "dates in the future",
    "Q9": "events before birth, before registration, after death",
    "Q10": "births, sexes and deaths that cannot be",
    "Q11": "test, confidential and temporary patients",
    "Q12": "registrations that overlap, or are none",
    "Q13": "deletions and replaced rows",
    "Q14": "duplicates",
    "Q15": "opt-outs",
    "Q16": "a list that is far too small",
    "Q17": "encoding, stray returns, NULs, words for missing",
    "Q18": "medicines known by name only",
    "Q19": "codes of identity among events",
    "Q20": "files and columns that are not as expected",
    "Q21": "products and codes that map to nothing",
}

_AGAIN_AS_TEXT = (
    "export ids and codes as text, and never save the extract from a spreadsheet; "
    "`ingest --repair FILE.csv` shows what can be told of them"
)
_ASK = "ask whoever made the extract"

RULES: Mapping[str, Rule] = {
    # what became of the rows
    "not-accounted-for": Rule(
        "", "rows of a file are neither stored nor set apart", _ERROR, "ingest the extract again"
    ),
    "quarantined": Rule(
        "",
        "rows that could not be read, or are of nobody in the extract, are set apart",
        _WARNING,
        "see `store quarantine STORE`: file, line, column and reason of each",
        error_from=0.01,
    ),
    "left-out": Rule("Q13", "rows are left out on purpose", _NOTE),
    "copied-patients": Rule(
        "Q14",
        "rows of patients that another file has too",
        _NOTE,
        "two extracts of one practice may be in the folder, so that records count twice: keep the "
        "newer one, and ingest again",
        warning_from=0.5,
    ),
    "unused-file": Rule("Q20", "files of the extract are not read", _NOTE),
    "unused-table": Rule(
        "Q20",
        "files are not read, though their names speak of a table that is",
        _WARNING,
        "a part that was renamed is missing from the store: give it the name that `profiles show` "
        "tells of, or take it out of the folder if it is a copy",
    ),
    "opt-out-set-apart": Rule(
        "Q15",
        "rows that were set apart and hold a code of an opt-out: somebody's refusal may be lost",
        _ERROR,
        "see `store quarantine STORE`: mend these rows, or put the people on the opt-out list",
    ),
    # ids and codes
    "damaged-code": Rule(
        "Q1", "codes that a spreadsheet has damaged", _WARNING, _AGAIN_AS_TEXT, error_from=0.01
    ),
    "damaged-id": Rule("Q1", "patient ids that a spreadsheet has damaged", _ERROR, _AGAIN_AS_TEXT),
    "check-digit": Rule("Q1", "ids whose check digit is wrong", _WARNING, _ASK, error_from=0.01),
    "read-form": Rule("Q2", "Read codes of another form", _NOTE, warning_from=0.01),
    "case-folded": Rule(
        "Q3",
        "codes of a system that tells capitals from small letters have no small letter",
        _ERROR,
        "take an extract in which the case of codes is kept: N05.. and n05.. are two codes",
    ),
    "unknown-system": Rule(
        "Q4",
        "rows whose code system is not known are set apart",
        _ERROR,
        "name the system of each code, or declare it in the profile",
    ),
    "wrong-system": Rule(
        "Q5",
        "codes that cannot be of the system that they stand under",
        _NOTE,
        _ASK,
        warning_from=0.01,
    ),
    "dictionary": Rule("Q5", "the extract's dictionary says several things of one code", _NOTE),
    "identifying-code": Rule(
        "Q19",
        "rows whose value or text identifies a person",
        _WARNING,
        "no list finds them and no output shows them; ask for an extract without them",
    ),
    # dates of rows
    "marker-date": Rule("Q6", "dates that stand for something else", _NOTE),
    "date-missing": Rule("Q7", "rows without a date", _NOTE, _ASK, warning_from=0.01),
    "date-unreadable": Rule(
        "Q7",
        "dates that cannot be read: the rows are undated",
        _WARNING,
        "`ingest --repair FILE.csv` shows what a spreadsheet has changed; ask whoever made the "
        "extract for one with dates as the system writes them",
        error_from=0.05,
    ),
    "date-partial": Rule("Q7", "dates known to the month or year only", _NOTE, warning_from=0.05),
    "date-future": Rule(
        "Q8",
        "rows dated after the extract",
        _NOTE,
        "check the --extract-date that was given to ingest",
        warning_from=0.001,
        error_from=0.1,
    ),
    "before-birth": Rule("Q9", "rows dated before birth", _NOTE, _ASK, warning_from=0.001),
    "after-death": Rule("Q9", "rows dated after death", _NOTE, _ASK, warning_from=0.01),
    "before-registration": Rule("Q9", "rows dated before the first registration", _NOTE),
    # people
    "birth-missing": Rule("Q10", "no date of birth that can be", _NOTE, _ASK, warning_from=0.005),
    "birth-imprecise": Rule(
        "Q10",
        "births known to the year or month only: ages are ranges",
        _NOTE,
        "candidates carry birth_precision, so that the practice checks their age",
    ),
    "age-unlikely": Rule(
        "Q10", "registered and older than 110", _NOTE, "the practice may not know of a death"
    ),
    "sex-unknown": Rule("Q10", "sex missing or of unknown meaning", _NOTE, warning_from=0.05),
    "death-before-birth": Rule("Q10", "death before birth", _WARNING, _ASK),
    "death-date": Rule("Q10", "dates of death that are partial, unreadable or differ", _NOTE),
    "not-acceptable": Rule("Q10", "patients whom the source marks as not acceptable", _NOTE),
    "test-patient": Rule("Q11", "test and dummy patients: never a candidate", _NOTE),
    "confidential": Rule("Q11", "confidential patients: no candidate unless asked for", _NOTE),
    "practice-missing": Rule(
        "Q12",
        "patients without a practice, or of one that the extract does not list",
        _WARNING,
        "nobody without a practice can be registered: take the extract again with it",
    ),
    # registrations
    "not-regular": Rule("Q11", "registrations of another kind than regular", _NOTE),
    "registration-kind": Rule("Q12", "registrations of a kind that is not known", _WARNING, _ASK),
    "registration-date": Rule(
        "Q12", "registrations without a whole date", _NOTE, warning_from=0.01
    ),
    "registration-overlap": Rule("Q12", "registrations of one kind that overlap", _NOTE),
    "registration-backwards": Rule(
        "Q12", "registrations that end before they start: they are none", _WARNING, _ASK
    ),
    "registration-future": Rule("Q12", "registrations that start after the extract", _NOTE),
    "registration-several": Rule(
        "Q12",
        "registered at several practices of the extract on its day",
        _WARNING,
        "the same person may be written to twice",
    ),
    "registration-after-death": Rule("Q12", "dead, with a registration that is still open", _NOTE),
    "registration-none": Rule("Q12", "patients without any registration", _NOTE, warning_from=0.05),
    "registered-nobody": Rule(
        "Q12",
        "nobody is registered on the day of the extract",
        _ERROR,
        "check the dates of registration, their kind and the extract date",
    ),
    # what is there twice
    "duplicate-event": Rule(
        "Q14",
        "events with the patient, date and code of another: dates are counted, not rows",
        _NOTE,
        warning_from=0.2,
    ),
    "duplicate-issue": Rule(
        "Q14", "issues with the patient, date and product of another: may be intended", _NOTE
    ),
    "same-file": Rule(
        "Q14", "files with the same content", _WARNING, "leave one of them out and ingest again"
    ),
    # opt-outs
    "opt-out-none": Rule(
        "Q15",
        "no row has a code of the shipped opt-out list",
        _WARNING,
        "ask the practice whether its opt-outs are coded, and take the extract with its dictionary",
    ),
    "opt-out-coded": Rule("Q15", "rows with a code of the shipped opt-out list", _NOTE),
    # the list
    "list-empty": Rule(
        "Q16",
        "far fewer patients than the practice has",
        _ERROR,
        "the sharing set-up of the practice is likely to be wrong: ask its supplier",
    ),
    "list-differs": Rule(
        "Q16", "more or fewer patients than the practice has", _WARNING, "ask the practice"
    ),
    "list-as-expected": Rule("Q16", "as many patients as the practice has", _NOTE),
    "list-not-compared": Rule(
        "Q16",
        "the list was not compared with what the practice has",
        _NOTE,
        "give --expected-list-size N, or PRACTICE=N for each",
    ),
    # recording over time
    "gap": Rule(
        "",
        "months without a row while the months around them have many",
        _WARNING,
        "ask whether data of these months were left out of the extract",
    ),
    "drop": Rule(
        "",
        "months with far fewer rows than those before",
        _WARNING,
        "ask whether data of these months were left out of the extract",
    ),
    "stops": Rule(
        "",
        "no row in the last whole months before the extract",
        _ERROR,
        "check the extract date, and whether the extract is complete",
    ),
    "extract-date-doubtful": Rule(
        "Q8",
        "the names of the files speak of another day than the extract date",
        _WARNING,
        "ingest again with the day on which it was taken as --extract-date: how old the extract "
        "is, and who is registered, is reckoned from it",
    ),
    "extract-old": Rule(
        "",
        "older than identify accepts",
        _ERROR,
        "take a new extract",
    ),
    # files
    "encoding": Rule("Q17", "text in another encoding, or with stray signs", _NOTE),
    "missing-word": Rule("Q17", "words that stand for missing", _NOTE),
    "unreadable-row": Rule(
        "Q17",
        "lines that are no rows are set apart",
        _WARNING,
        "see `store quarantine STORE`: file, line and reason of each; then ask whoever made the "
        "extract",
        error_from=0.01,
    ),
    "cut-off": Rule(
        "Q17",
        "files that end in the middle of a row",
        _ERROR,
        "the rest of the file is missing, opt-outs among it: copy it again, or take the extract "
        "again",
    ),
    "columns-unknown": Rule("Q20", "columns that nobody knows are not read", _NOTE),
    "file-missing": Rule("Q20", "a file is not there", _WARNING, "take the extract with it"),
    # medicines and dictionaries
    "name-only": Rule(
        "Q18", "issues known by the product's name only: matched by name, flagged", _NOTE
    ),
    "no-dmd": Rule("Q21", "issues of products without a dm+d id", _NOTE),
    "no-bnf": Rule("Q21", "issues of products without a BNF code", _NOTE),
    "product-unmapped": Rule(
        "Q21",
        "issues of products that no code list can find but by name",
        _NOTE,
        "take the extract with its product dictionary",
        warning_from=0.05,
    ),
    "code-unmapped": Rule(
        "Q21",
        "events whose code is in no national system, nor does a dictionary say it in one",
        _NOTE,
        "take the extract with its code dictionary",
        warning_from=0.05,
        error_from=0.5,
    ),
    "not-in-dictionary": Rule("Q21", "codes that the dictionary does not have", _WARNING, _ASK),
    "not-a-number": Rule("", "values that are no numbers are left empty", _NOTE),
    "said-by-ingest": Rule("", "noticed while reading", _NOTE),
}


def finding(
    rule: str,
    count: int,
    *,
    of: int | None = None,
    what: str = "",
    unit: Unit = Unit.ROWS,
    practice: str = "",
    table: str = "",
    place: str = "",
) -> Finding:
    """A finding of a rule, as grave as the rule says for its share.

    ``what`` is the rule's own words unless told otherwise.
    """
    one = RULES[rule]
    return Finding(
        rule,
        one.severity_of(count, of),
        what or one.meaning,
        count,
        unit,
        of,
        practice,
        table,
        place,
        one.mend,
    )
