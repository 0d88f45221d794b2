"""What must hold whatever is read: an answer or a refusal, no lost row, no half store, no secret."""

import gzip
import shutil
from pathlib import Path

import pyarrow.parquet as pq
from extract_files import ON
from fuzz_extracts import EXTRACTS, File, profile_of

from instep_cohort.errors import ExtractError, UsageError
from instep_cohort.extracts import Store, ingest

LONGEST = 1_000_000  # bytes of a line
MOST_LINES = 1_000  # of one record


class Fuzzed:
    """A folder in which one extract after the other is read into one store."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name, self.folder = name, folder
        self.files = EXTRACTS[name]
        self.profile = profile_of(name, folder)
        self.extract, self.work = folder / "extract", folder / "work"
        self.work.mkdir()
        self.out = self.work / "store"
        self.put({path: file.bytes() for path, file in self.files.items()})
        ingest(self.extract, profile=self.profile, extract_date=ON, out=self.out)
        self.earlier = self._store()
        self.secrets = sorted(_secrets(self.files.values()))
        self.number = self.stored = 0

    def put(self, contents: dict[str, bytes]) -> None:
        """Writes an extract of these files, and nothing else."""
        shutil.rmtree(self.extract, ignore_errors=True)
        for name, data in contents.items():
            path = self.extract / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

    def check(self, extract: Path, contents: dict[str, bytes] | None, *, auto=False, repair=False):
        """Reads an extract and checks all of it.

        Args:
            extract: the extract.
            contents: its files, to count their rows; ``None`` where that is not to be done.
            auto: whether the profile is to be recognised.
            repair: whether suggestions are to be written.
        """
        self.number += 1
        self._put_back(has_store=self.number % 2 == 0)
        before = self._store()
        suggestions = self.work / "repair.csv"
        said = []
        try:
            store = ingest(
                extract,
                profile="auto" if auto and self.profile.automatic else self.profile,
                extract_date=ON,
                out=self.out,
                progress=said.append,
                repair=suggestions if repair else None,
            )
        except (ExtractError, UsageError) as refusal:
            said.append(str(refusal))
            assert self._store() == before, "a failure changed the store"
            assert {path.name for path in self.work.iterdir()} == ({"store"} if before else set())
        else:
            self.stored += 1
            left = {"store", "repair.csv"} if repair else {"store"}
            assert {path.name for path in self.work.iterdir()} == left
            self._check_store(store, contents)
            said.append((self.out / "store.json").read_text(encoding="utf-8"))
        suggestions.unlink(missing_ok=True)
        self._check_silence("\n".join(map(str, said)))

    def _check_store(self, store: Store, contents: dict[str, bytes] | None) -> None:
        manifest = store.manifest
        assert all(file.is_closed for file in manifest.files)
        for name, counts in manifest.tables.items():
            assert pq.read_metadata(store.table_path(name)).num_rows == counts.rows
        apart = sum(sum(file.quarantined.values()) for file in manifest.files)
        assert apart == manifest.tables["quarantine"].rows
        for file in manifest.files:
            if contents is not None:
                table = self.profile.table(file.table)
                lead = 0 if table.layouts else table.skip_rows + 1
                said = table.delimiter or self.profile.delimiter
                assert file.read == count_rows(file.file, contents[file.file], said, lead)

    def _check_silence(self, said: str) -> None:
        for secret in self.secrets:
            assert secret not in said, "something of a record was said"

    def _put_back(self, *, has_store: bool) -> None:
        shutil.rmtree(self.out, ignore_errors=True)
        if has_store:
            self.out.mkdir()
            for name, data in self.earlier.items():
                (self.out / name).write_bytes(data)

    def _store(self) -> dict[str, bytes]:
        if not self.out.exists():
            return {}
        return {path.name: path.read_bytes() for path in sorted(self.out.iterdir())}


def _secrets(files: list[File]) -> set[str]:
    """Cells that nothing may say: those that no table, column or finding has in its own words."""
    cells = {cell for file in files for row in file.rows for cell in row.values()}
    common = {"9999-12-31", "read_v2"}  # a marker and a system, which findings name
    return {cell for cell in cells if len(cell) > 6 and not cell.isalpha()} - common


def count_rows(name: str, data: bytes, delimiter: str, lead: int) -> int:
    """How many records a file has behind its lead, counted by a reading of its own.

    A line is a record, unless a quoted cell that closes properly reaches over several.
    """
    if name.endswith(".parquet"):
        import io

        return pq.read_metadata(io.BytesIO(data)).num_rows
    if name.endswith(".gz"):
        data = gzip.decompress(data)
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if not lines[-1]:
        lines.pop()
    if delimiter == "auto":
        delimiter = "\t" if lead and b"\t" in lines[lead - 1] else ","
    lines = lines[lead:]
    if delimiter == "\t":
        return len(lines)
    rows = place = 0
    while place < len(lines):
        place += _lines_of_record(lines, place, delimiter.encode())
        rows += 1
    return rows


def _lines_of_record(lines: list[bytes], place: int, delimiter: bytes) -> int:
    state, used, size = "start", 0, 0
    while place + used < len(lines):
        line = lines[place + used]
        if len(line) > LONGEST or used > MOST_LINES or (used and size >= LONGEST):
            return 1
        used += 1
        size += len(line) + 1
        state = _after(state, line.removesuffix(b"\r") if state != "in" else line, delimiter)
        if state == "stray":
            return 1
        if state != "in":
            return used
    return 1  # a quote that never closes


def _after(state: str, line: bytes, delimiter: bytes) -> str:
    """Where a reader stands at the end of a line: in a quoted cell, behind a stray quote, or done."""
    place, end = 0, len(line)
    while True:
        if state == "start":
            while line[place : place + 1] == b" ":
                place += 1
            if line[place : place + 1] == b'"':
                state, place = "in", place + 1
            else:
                following = line.find(delimiter, place)
                if following < 0:
                    return "done"
                place = following + 1
        if state == "in":
            closing = line.find(b'"', place)
            if closing < 0:
                return "in"
            if line[closing + 1 : closing + 2] == b'"':
                place = closing + 2
                continue
            place = closing + 1
            while line[place : place + 1] == b" ":
                place += 1
            rest = line[place:]
            if rest in (b"", b"\r"):
                return "done"
            if rest.startswith(delimiter):
                state, place = "start", place + 1
            elif rest.startswith(b'"'):
                place += 1
            else:
                return "stray"
        if place > end:
            return "done"
