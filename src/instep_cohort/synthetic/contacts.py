"""Made-up names and addresses for a made-up practice: nobody's, and plainly so.

- Names are those of plants and stones, joined to "Example"; places are called invented.
- Mobile numbers are those that Ofcom keeps free for drama, 07700 900000 to 900999 (BBC News
  magazine monitor, 20 April 2015, "The 20,000 fake phone numbers"); several people share one.
- E-mail addresses are at example.org (RFC 2606, section 3).
- NHS numbers begin with 999, which is never issued: `REGION_SYNTHETIC` of the library nhs-number,
  "Not to be issued (Synthetic/test patients PDS)".
- Postcodes are left empty: no range of them was found that is documented as nobody's.
"""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from instep_cohort.errors import UsageError

if TYPE_CHECKING:
    from instep_cohort.extracts import Store

COLUMNS = (
    *("patient_id", "nhs_number", "title", "first_name", "surname"),
    *("address_1", "address_2", "address_3", "postcode", "mobile", "email"),
    *("usual_gp", "post_ok", "text_message_ok", "email_ok"),
)
_FIRST = (
    *("Alder", "Amaranth", "Aster", "Basil", "Briar", "Bryony", "Cedar", "Clover", "Fern"),
    *("Hazel", "Heather", "Ivy", "Juniper", "Linden", "Maple", "Myrtle", "Rowan", "Sorrel"),
)
_LAST = (
    *("Basalt", "Beryl", "Chalk", "Dolomite", "Feldspar", "Flint", "Gneiss", "Granite", "Gypsum"),
    *("Jasper", "Marble", "Obsidian", "Opal", "Pumice", "Quartz", "Slate", "Topaz", "Tuff"),
)
_STREETS = ("Invented Lane", "Fictional Road", "Imaginary Close", "Nowhere Street", "Made-up Way")
_GPS = ("Dr A. Example", "Dr B. Example", "Dr C. Example")
# the rest of 999 and six digits, in which no two patients meet; the step shares no factor with it
_MOST_NUMBERS, _STEP = 1_000_000, 618_033
_NO_CHECK_DIGIT = 10
_REACHED_BY = (0.97, 0.5, 1 / 3)  # by post, mobile, e-mail


def make_contacts(patients: Path | Store, out: Path, *, seed: int = 1) -> Path:
    r"""The file of names and addresses that was written for the patients of a made-up practice.

    Of a hundred people about three have no address, two refuse post, half have a mobile number and
    four in five of those agree to text messages, and a third have an e-mail address. The same
    patients and seed give the same bytes.

    Args:
        patients: a ``patients.csv`` with a patient_id, or a store.
        out: the CSV file to write, with the columns of `COLUMNS`; one that is there is replaced.
        seed: another one gives other people.

    Raises:
        UsageError: the patients cannot be read, or the file cannot be written.

    Example:
        >>> import tempfile
        >>> folder = Path(tempfile.mkdtemp())
        >>> _ = (folder / "patients.csv").write_text("patient_id\n17\n")
        >>> made = make_contacts(folder / "patients.csv", folder / "contacts.csv", seed=7)
        >>> made.read_text().splitlines()[0][:35]
        'patient_id,nhs_number,title,first_n'
    """
    ids = _patient_ids(patients)
    numbers = _nhs_numbers(seed)
    rows = ((who, *_contact(who, next(numbers, ""), seed)) for who in ids)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{out.name}-", dir=out.absolute().parent)
    except OSError as error:
        raise UsageError(f"{out} cannot be written ({error.strerror}).") from None
    making = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as sink:
            writer = csv.writer(sink, lineterminator="\n")
            writer.writerow(COLUMNS)
            writer.writerows(rows)
        making.replace(out)
    finally:
        making.unlink(missing_ok=True)
    return out


def _patient_ids(patients: Path | Store) -> Sequence[str]:
    """The ids in their own order, so that the order of the rows decides nothing."""
    if isinstance(patients, Path):
        try:
            with patients.open(encoding="utf-8-sig", newline="") as lines:
                ids = sorted(row.get("patient_id") or "" for row in csv.DictReader(lines))
        except (OSError, UnicodeDecodeError):
            ids = []
        if not all(ids) or not ids:
            raise UsageError(f"{patients} has no patients: name a patients.csv.")
        return ids
    import pyarrow.parquet as pq

    table = pq.read_table(patients.table_path("patients"), columns=["patient_id"])
    return sorted(str(one) for one in table["patient_id"].to_pylist())


def _contact(who: str, nhs_number: str, seed: int) -> Sequence[str]:
    chance = Random(f"{seed} {who}")  # noqa: S311 (nothing here is a secret)
    first, last = chance.choice(_FIRST), f"{chance.choice(_LAST)}-Example"
    has_address, has_mobile, has_email = (chance.random() < share for share in _REACHED_BY)
    address = (
        f"{chance.randint(1, 199)} {chance.choice(_STREETS)}",
        "Invented Town",
        "Nowhereshire",
    )
    return (
        *(nhs_number, chance.choice(("Mx", "Ms", "Mr", "")), first, last),
        *(address if has_address else ("", "", "")),
        "",
        f"07700 900{chance.randint(0, 999):03d}" if has_mobile else "",
        f"{first}.{last}.{chance.randint(1, 9999)}@example.org".lower() if has_email else "",
        chance.choice(_GPS),
        chance.choices(("", "yes", "no"), (88, 10, 2))[0],
        chance.choices(("yes", "no", ""), (80, 10, 10))[0] if has_mobile else "",
        chance.choices(("yes", "no", ""), (60, 20, 20))[0] if has_email else "",
    )


def _nhs_numbers(seed: int) -> Iterator[str]:
    """Distinct NHS numbers from 999 000 000x on, as many as there are; a tenth have no check."""
    from nhs_number.validate import calculate_checksum

    start = Random(seed).randrange(_MOST_NUMBERS)  # noqa: S311
    for place in range(_MOST_NUMBERS):
        digits = f"999{(start + place * _STEP) % _MOST_NUMBERS:06d}"
        check = calculate_checksum(digits)
        if check is not None and check != _NO_CHECK_DIGIT:
            yield f"{digits}{check}"
