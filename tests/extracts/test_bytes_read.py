"""Progress by bytes: it rises, never passes the whole, and ends with it."""

import pytest
from extract_files import EVENT, MEDICINE, ON, PATIENT, csv_text, gz, put

from instep_cohort.extracts import ingest
from instep_cohort.extracts.bytes_read import BytesRead


@pytest.mark.parametrize("packed", [False, True])
def test_bytes_are_counted_up_to_all_of_them(tmp_path, packed):
    extract = put(tmp_path / "extract", patients_csv=csv_text([PATIENT]))
    for name, row in (("events", EVENT), ("medicines", MEDICINE)):
        text = csv_text([row] * 5_000)
        path = extract / (f"{name}.csv.gz" if packed else f"{name}.csv")
        path.write_bytes(gz(text) if packed else text.encode())
    told = []
    ingest(
        extract,
        profile="standard",
        extract_date=ON,
        out=tmp_path / "store",
        bytes_read=lambda done, total: told.append((done, total)),
    )
    size = sum(path.stat().st_size for path in extract.iterdir())
    assert {total for _, total in told} == {size}
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[0][0] < size
    assert told[-1] == (size, size)
    assert len({done for done, _ in told}) >= 5


def test_more_than_all_is_never_said():
    told = []
    gauge = BytesRead(lambda done, total: told.append((done, total)))
    gauge.expect(10)
    for number in (12, -3, 100):
        gauge.add(number)
    assert told == [(4, 10), (4, 10), (10, 10)]
