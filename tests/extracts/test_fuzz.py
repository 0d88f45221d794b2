"""Damaged extracts of every profile: an answer or a refusal, never a lost row or a half store.

`make fuzz` reads 20,000 of them (INSTEP_FUZZ); the suite a few hundred, always the same.
"""

import os

import pytest
from fuzz_checks import Fuzzed
from fuzz_damage import archives, damaged, damaged_anywhere, other_rows, packed
from fuzz_extracts import EXTRACTS, as_parquet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from instep_cohort.extracts import working_database
from instep_cohort.extracts.profiles import PROFILES

INPUTS = int(os.environ.get("INSTEP_FUZZ", "300"))
LONG = "INSTEP_FUZZ" in os.environ  # then others each time

_ENOUGH = 50  # inputs, some of which must be readable

# what is done to the extracts, and how many of the inputs it gets, in parts
PARTS = {"bytes": 4, "rows": 4, "gzip": 1, "archive": 3}
OF_STANDARD = {"parquet": 4}
WHOLE = sum(PARTS.values()) * len(EXTRACTS) + sum(OF_STANDARD.values())
CASES = [(name, kind) for kind in PARTS for name in EXTRACTS] + [("standard", "parquet")]


def share(kind: str) -> int:
    return -(-INPUTS * (PARTS | OF_STANDARD)[kind] // WHOLE)


def some(kind: str):
    """As many examples as a kind of damage gets; the same ones each time, unless there are many."""
    return settings(
        max_examples=share(kind),
        deadline=None,
        database=None,
        derandomize=not LONG,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )


def test_every_profile_has_an_extract():
    assert set(EXTRACTS) >= set(PROFILES), "give it an extract in fuzz_extracts.py"


def test_the_inputs_are_as_many_as_was_asked():
    assert sum(share(kind) for _, kind in CASES) >= INPUTS


@pytest.mark.parametrize(("name", "kind"), CASES, ids=lambda part: part)
def test_whatever_is_there(tmp_path, monkeypatch, name, kind):
    if LONG:  # as many processes as there are cores
        monkeypatch.setattr(working_database, "THREADS", 1)
    fuzzed = Fuzzed(tmp_path, name)

    @some(kind)
    @given(st.data())
    def read(data):
        KINDS[kind](fuzzed, data.draw)

    read()
    assert fuzzed.number >= share(kind)
    assert fuzzed.stored or fuzzed.number < _ENOUGH, (
        "nothing could be read at all: the damage is too great to show anything"
    )


def _whole(fuzzed):
    return {path: file.bytes() for path, file in fuzzed.files.items()}


def _one(fuzzed, draw):
    return draw(st.sampled_from(sorted(fuzzed.files)))


def _options(draw):
    return {"auto": draw(st.integers(0, 9)) == 0, "repair": draw(st.integers(0, 7)) == 0}


def _changed(fuzzed, draw, path):
    """A file with other rows; those of patients are not repeated, for then nothing is read."""
    file = fuzzed.files[path]
    once = "patient" in path.lower() and draw(st.integers(0, 9)) > 0
    return file.bytes(draw(other_rows(file.rows, once=once)))


def _bytes(fuzzed, draw):
    contents = _whole(fuzzed)
    for _ in range(draw(st.integers(1, 2))):
        path = _one(fuzzed, draw)
        data = _changed(fuzzed, draw, path) if draw(st.booleans()) else contents[path]
        contents[path] = draw(damaged(data))
    fuzzed.put(contents)
    fuzzed.check(fuzzed.extract, contents, **_options(draw))


def _rows(fuzzed, draw):
    contents = _whole(fuzzed)
    for _ in range(draw(st.integers(1, 2))):
        path = _one(fuzzed, draw)
        contents[path] = _changed(fuzzed, draw, path)
    fuzzed.put(contents)
    fuzzed.check(fuzzed.extract, contents, **_options(draw))


def _gzip(fuzzed, draw):
    contents = _whole(fuzzed)
    path = _one(fuzzed, draw)
    contents[f"{path}.gz"] = draw(packed(contents.pop(path)))
    fuzzed.put(contents)
    fuzzed.check(fuzzed.extract, contents, **_options(draw))


def _archive(fuzzed, draw):
    data = draw(archives(_whole(fuzzed)))
    if draw(st.integers(0, 3)):
        path = fuzzed.folder / "extract.zip"
        path.write_bytes(data)
        fuzzed.check(path, None, **_options(draw))
    else:
        fuzzed.put({"inner.zip": data})
        fuzzed.check(fuzzed.extract, None, **_options(draw))


def _parquet(fuzzed, draw):
    contents = _whole(fuzzed)
    path = _one(fuzzed, draw)
    del contents[path]
    changed = as_parquet(fuzzed.files[path])
    if draw(st.integers(0, 3)):
        changed = draw(damaged_anywhere(changed))
    contents[path.replace(".csv", ".parquet")] = changed
    fuzzed.put(contents)
    fuzzed.check(fuzzed.extract, contents, **_options(draw))


KINDS = {
    "bytes": _bytes,
    "rows": _rows,
    "gzip": _gzip,
    "archive": _archive,
    "parquet": _parquet,
}
