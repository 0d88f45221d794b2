"""What goes wrong in a hurry: a command of last month, an older ledger, ids that Excel has damaged.

Each looks well to every other check, and writes to people who should get no letter.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from instep_cohort.cohort.safety import OptOutAnswers
from instep_cohort.errors import SafetyRefusal
from instep_cohort.recruitment.key_file import Key
from instep_cohort.recruitment.ledger import Ledger, Standing

# it is tomorrow already somewhere: times are in UTC, extracts and lists in the practice's days
_SLACK = timedelta(days=1)
_IN_POWERS = re.compile(r"\d([.,]\d+)?E\+?\d+", re.ASCII | re.IGNORECASE)


def refuse_impossible_days(
    *, mailing_on: date, extract_date: date, answers: OptOutAnswers, today: date, past: bool
) -> None:
    """Nothing, where letters are still to go out and what they are checked by is there.

    A command of last month, run again as it stands, would measure everything against a day that
    is gone: who has turned 65 since would be young enough, and an old extract new enough.

    Args:
        mailing_on: the mailing date.
        extract_date: the day of the extract.
        answers: with the day of the practice's opt-out list.
        today: in UTC.
        past: whether a mailing date that is past is accepted.

    Raises:
        SafetyRefusal: the mailing date is past, or a day is still to come.
    """
    if mailing_on < today and not past:
        raise SafetyRefusal(
            f"The mailing date {mailing_on} is past. Give the day on which the letters do go out; "
            "everybody is checked for that day. To practise on made-up data: --mailing-is-past."
        )
    if extract_date > today + _SLACK:
        raise SafetyRefusal(f"The extract is of {extract_date}, which is still to come.")
    if answers.drawn_up and answers.drawn_up > today + _SLACK:
        raise SafetyRefusal(
            f"The opt-out list is said to be of {answers.drawn_up}, which is still to come."
        )


def refuse_forgetful(ledger: Ledger, key: Key, answered_by: str | None) -> None:
    """Nothing, where the ledger holds the letters that were last recorded with this key.

    An older copy of a ledger, or a second one, verifies as well as any; those whom it has
    forgotten would be invited again, and their refusals with them.

    Raises:
        SafetyRefusal: it lacks them, and nobody answers for that.
    """
    latest = key.remembered()
    if (
        latest is None
        or ledger.has_had(latest.ledger_head)
        or (answered_by and answered_by.strip())
    ):
        return
    raise SafetyRefusal(
        f"Letters were recorded with this key that the ledger {ledger.path} does not hold: it is "
        "an older copy, or another ledger, and does not know who was written to or has refused. "
        f"Go on with the ledger whose head was {latest.ledger_head}. If that is lost for good, "
        "name the people of those letters in --other-invitations, with this study, and say once "
        'who answers for it: --lost-letters-by "name, role".'
    )


def refuse_foreign_run(run_sha256: str, standing: Standing) -> None:
    """Nothing, where the run is one by which people of the ledger were found, or none is known.

    Another run may have other parameters, such as an age, or be of a study with fewer exclusions.

    Raises:
        SafetyRefusal: they were all found by other runs.
    """
    known = {found.run for several in standing.routes.values() for found in several if found.run}
    if known and run_sha256 not in known:
        raise SafetyRefusal(
            "The run given with --run is none of those whose candidates were screened into this "
            "ledger: its study or parameters may be others, or its manifest was changed. Give the "
            "run that was screened, or screen this one first."
        )


def refuse_older_extract(extract_date: date, key: Key) -> None:
    """Nothing, where the extract is as new as every one by which letters were made before.

    Raises:
        SafetyRefusal: it is older.
    """
    latest = key.remembered()
    if latest is not None and extract_date < latest.extract_date:
        raise SafetyRefusal(
            f"The extract is of {extract_date}, and letters were made by one of "
            f"{latest.extract_date}: it does not know who has died, left or opted out since. Give "
            "the newest one with --store."
        )


def refuse_damaged_ids(files: Mapping[str, Iterable[str]], everybody: pa.ChunkedArray) -> None:
    """Nothing, where no file has patient ids that a spreadsheet has damaged.

    An id that is not in the extract is nobody's any more, or it is somebody's whose zeros at the
    front are lost: then their opt-out, or their invitation to another study, would not count.

    Args:
        files: what each file is of, and its patient ids.
        everybody: the ids of all patients of the extract.

    Raises:
        SafetyRefusal: an id is that of a patient but for zeros at the front or ``.0`` at the end,
            or is written as a power of ten.
    """
    known = set(everybody.to_pylist())
    unknown = {what: [one for one in ids if one not in known] for what, ids in files.items()}
    if not any(unknown.values()):
        return
    bare = {_bare(one) for one in known}
    for what, ids in unknown.items():
        damaged = sum(_bare(one) in bare or bool(_IN_POWERS.fullmatch(one)) for one in ids)
        if damaged:
            rows = "1 row" if damaged == 1 else f"{damaged} rows"
            raise SafetyRefusal(
                f"In {rows} of the file of {what} the patient id has lost the zeros at its front, "
                "or is written as a power of ten, as a spreadsheet does it: whoever is meant would "
                "be passed by. Export the file again, and open it in no spreadsheet."
            )


def refuse_unknown_people(
    files: Mapping[str, Collection[str]], everybody: pa.ChunkedArray, acknowledged: Collection[str]
) -> None:
    """Nothing, where each file names somebody of the extract, or has no rows.

    Args:
        files: what each file is called among those that are acknowledged, and its patient ids.
        everybody: the ids of all patients of the extract.
        acknowledged: the files that may name nobody.

    Raises:
        SafetyRefusal: a file names nobody.
    """
    for what, ids in files.items():
        known = pc.any(pc.is_in(everybody, value_set=pa.array(list(ids), pa.string()))).as_py()
        if ids and not known and what not in acknowledged:
            raise SafetyRefusal(
                f"Of the {len(ids)} people in the file of {what} nobody is in this extract: it is "
                "that of another practice, or has other ids. Look into it; if it is right so, say "
                f"so by name: --acknowledge-unmatched {what}"
            )


def _bare(patient_id: str) -> str:
    return patient_id.removesuffix(".0").lstrip("0")
