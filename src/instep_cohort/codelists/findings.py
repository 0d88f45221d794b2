"""What can be wrong with a codelist: every kind of finding, how grave it is, and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from instep_cohort.errors import Fault


class Severity(StrEnum):
    """Whether a list with this finding is refused, read with a frown, or only remarked on."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Rule(NamedTuple):
    """One kind of finding: its severity and what it means."""

    severity: Severity
    meaning: str


class Action(StrEnum):
    """What a repaired copy does about a finding."""

    WRITE = "write"  # another text into the cell
    DROP = "drop"  # the row is left out
    REWRITE = "rewrite"  # the file is written in its one form: UTF-8, LF, commas, sorted


class Mend(NamedTuple):
    """A repair that leaves no doubt: what is done, and the new text of a cell."""

    action: Action
    text: str = ""


DROP = Mend(Action.DROP)
REWRITE = Mend(Action.REWRITE)


class Finding(NamedTuple):
    """One thing found in a codelist's files.

    Attributes:
        file: the file, relative to the folder of the codelists.
        line: its line, counted from 1; ``None`` where there is no single one.
        code: the kind of finding, a key of ``RULES``.
        severity: error or warning.
        text: what was found, one sentence.
        repair: what would be right; may be empty.
        where: the column or YAML path; may be empty.
        row_code: the code of the row that it is about, as it stands in the file; may be empty.
        mend: the repair, where it leaves no doubt; ``None`` where a person has to decide.
    """

    file: str
    line: int | None
    code: str
    severity: Severity
    text: str
    repair: str = ""
    where: str = ""
    row_code: str = ""
    mend: Mend | None = None

    def as_fault(self) -> Fault:
        """The same as a fault of a `DefinitionError`."""
        return Fault(self.where, self.text, self.repair, self.file, self.line)

    def as_dict(self) -> dict[str, str | int | bool | None]:
        """The same for JSON; ``rule`` is the kind of finding, ``code`` the code of the row."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.where,
            "code": self.row_code,
            "rule": self.code,
            "severity": str(self.severity),
            "message": self.text,
            "repair": self.repair,
            "fixable": self.mend is not None,
        }

    def __str__(self) -> str:
        return f"{self.severity}: {self.as_fault()} [{self.code}]"


def finding(
    code: str,
    text: str,
    repair: str = "",
    *,
    file: str,
    line: int | None = None,
    where: str = "",
    row_code: str = "",
    mend: Mend | None = None,
) -> Finding:
    """The finding of that kind, with the severity that ``RULES`` gives it."""
    return Finding(file, line, code, RULES[code].severity, text, repair, where, row_code, mend)


def write(text: str) -> Mend:
    """The repair that writes this text into the cell."""
    return Mend(Action.WRITE, text)


def rules(severity: Severity, **meanings: str) -> dict[str, Rule]:
    """Kinds of findings of one severity by name, ``takes_in_more`` as ``takes-in-more``."""
    return {name.replace("_", "-"): Rule(severity, meaning) for name, meaning in meanings.items()}


RULES: Mapping[str, Rule] = {
    # the file
    **rules(
        Severity.ERROR,
        encoding="the file is not UTF-8",
        csv="the file cannot be read as CSV",
        delimiter="the cells are not set apart by commas",
        column_missing="a column is not there",
        column_unknown="a column that no codelist has",
        column_twice="a column stands twice",
        width="a row has more or fewer cells than the header",
        no_code_column="a file of which no column holds codes",
        system_untold="a file that does not say which system its codes are of",
    ),
    **rules(
        Severity.NOTE,
        column_ignored="a column of a downloaded file that is not looked at",
    ),
    **rules(
        Severity.WARNING,
        bom="the file begins with a byte-order mark, which other tools read as part of a name",
        line_ends="lines end with CR LF, so the file's hash depends on who saved it",
        column_order="the columns stand in another order",
        blank_line="a line is empty",
        file_name="a CSV file is not named after a version and is never read",
    ),
    # a row
    **rules(
        Severity.ERROR,
        spaces="a system, match or category has a space around it",
        system_unknown="there is no such system",
        match_unknown="there is no such match",
        category_unknown="the yaml declares no such category",
        category_missing="a row that takes codes in has no category",
        category_on_exclusion="a row that excludes has a category",
        descendants_term_code="a Read v2 term code on descendants",
        descendants_never="descendants in a system where nothing stands below anything",
        descendants_need_table="descendants in a system that needs a hierarchy table",
        code_empty="the code is empty",
        code_identifying="a code whose value identifies a person: no list finds it in a record",
        code_invisible="the code holds a character that is not seen",
        code_spaces="the code has a space around or within it",
        code_spreadsheet_number="a spreadsheet made a number of the code",
        code_stray_sign="the code begins with a sign that belongs to none",
        code_local_code="a code that one system made for itself",
        code_ctv3_code="a CTV3 code among Read v2 codes",
        code_missing_dots="the code has lost its dots",
        code_lost_zero="the code has lost the zeros in front",
        code_term_code="a term code where the system has none",
        code_wrong_case="the code is in the wrong case",
        code_rounded_id="the id was rounded to 15 digits",
        code_check_digit="the id's check digit is wrong",
        code_id_kind="an id of another kind: description for concept, or the reverse",
        code_bnf_signs="signs between the digits of a BNF code",
        code_several_ingredients="one row names several ingredients",
        code_shape="the code has not the shape of its system",
    ),
    **rules(
        Severity.WARNING,
        text_spaces="a term or note has a space around it",
        text_garbled="UTF-8 that was read as Windows-1252: SjÃ¶gren",
        text_lost="a character was lost for good",
        formula="a cell that a spreadsheet would run",
        lower_cased="the whole list is in small letters",
        term_missing="a code without its term cannot be reviewed",
        system_kind="a medicine's system in a clinical list: nothing can match",
        chapter_kind="a Read drug code in a clinical list, or the reverse: wrong case?",
        bnf_exact="part of a BNF code with exact meets only a field that holds just this part",
    ),
    # the list
    **rules(
        Severity.ERROR,
        empty="the list has no rows",
        only_exclusions="the list takes nothing in",
        duplicate="the same code twice in one category",
        duplicate_term="the same code twice with two terms",
        two_categories="one selector in two categories",
    ),
    **rules(
        Severity.WARNING,
        category_overlap="a code stands in one category and below a code of another",
        covered="a code stands below another of its category and adds nothing",
        no_effect="a code is taken in and excluded by the same list",
        category_unused="a category that no row has",
        order="the rows are not sorted",
    ),
    # against a dictionary
    **rules(
        Severity.ERROR,
        code_other_system="a Read v2 code among CTV3 codes, or the reverse",
    ),
    **rules(
        Severity.WARNING,
        code_unknown="the dictionary does not have the code",
        code_look_alike="the term is that of a code which differs by letters that look alike",
        term_differs="the dictionary gives the code other terms",
        reaches_odd="what a prefix takes in has terms that share no word with it or the list",
    ),
    **rules(Severity.NOTE, reaches_far="a prefix takes in many codes"),
    # codelist.yaml
    **rules(
        Severity.ERROR,
        yaml_missing="a folder of codelist versions without codelist.yaml",
        yaml_syntax="codelist.yaml cannot be read as YAML",
        yaml_twice="a key stands twice, and only the last would be read",
        yaml_key="a key that no codelist has",
        yaml_lacks="a key is not there",
        yaml_value="a value is not what it should be",
        id_folder="the id is not the folder's name",
        review_unsigned="reviewed or published without a named reviewer and a day",
        history_order="the history is not newest first",
        history_twice="a version stands twice in the history",
        crosswalk_decision="a decision of the crosswalk that names no code, or a wrong one",
        crosswalk_stale="a decision of the crosswalk which settles nothing that the map shows",
        history_no_file="the history names a version that has no file",
        file_no_history="a version's file is not in the history",
        no_versions="there is no released version",
        no_lists="the folder holds no codelist",
    ),
    **rules(Severity.WARNING, review_passed="the day by which to read it again has passed"),
    # the lock
    **rules(
        Severity.ERROR,
        lock_line="a line of the lock cannot be read",
        lock_twice="a file stands twice in the lock",
        lock_changed="a released file was changed",
        lock_gone="a released file is gone",
        lock_lacks="a version's file is not in the lock",
    ),
    **rules(Severity.WARNING, lock_missing="there is no lock, so a changed file goes unseen"),
}
