"""The files of a format while they are written: streaming, whole or in numbered parts."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import zipfile
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path
    from types import TracebackType

    from instep_cohort.synthetic.formats.layout import Dialect, Format, Sheet

_STYLES = {"all": "all_valid", "texts": "needed", "none": "none"}


@dataclass(frozen=True)
class FileFaults:
    """How the files of one sheet differ from what they should be, all of it legible.

    Attributes:
        header: other words for the columns.
        more_columns: columns that nobody knows, at the end; their cells hold their own name.
        byte_order_mark: whether the file begins with one.
        pack: how the file is packed: ``gz`` or, alone in an archive, ``zip``.
        in_parts: whether it comes in numbered parts, however small.
    """

    header: Mapping[str, str] = field(default_factory=dict)
    more_columns: tuple[str, ...] = ()
    byte_order_mark: bool = False
    pack: Literal["", "gz", "zip"] = ""
    in_parts: bool = False

    @property
    def kinds(self) -> list[str]:
        """What is odd, in words."""
        said = {
            "header in other words": any(name != other for name, other in self.header.items()),
            "unknown column": bool(self.more_columns),
            "byte-order mark": self.byte_order_mark,
            f"packed as {self.pack}": bool(self.pack),
        }
        return [kind for kind, holds in said.items() if holds]


class Place(NamedTuple):
    """Where a line stands: the file's path in the extract, and the line from 1."""

    file: str
    line: int


class SheetFile:
    """The file or the parts of one sheet; takes tables and single lines one after another."""

    def __init__(
        self,
        folder: Path,
        sheet: Sheet,
        dialect: Dialect,
        tables_per_part: int | None,
        faults: FileFaults,
        on: date,
    ) -> None:
        self._on = on
        self._folder = folder
        self._sheet = sheet
        self._dialect = dialect
        self._tables_per_part = tables_per_part if sheet.part else None
        self._faults = faults
        self._tables = 0
        self._lines = 0
        self._sink: Any = None
        self.paths: list[str] = []
        self.rows = 0

    def write(self, table: Any) -> None:
        """Adds the rows of a table, in a new part when the last one is full."""
        per_part = self._tables_per_part
        if self._sink is None or (per_part is not None and self._tables % per_part == 0):
            self._open()
        self._tables += 1
        self._put(table)

    def add(self, table: Any) -> None:
        """Adds the rows of a table to the part that is open, if one is."""
        if self._sink is None:
            self._open()
        self._put(table)

    def add_line(
        self, cells: Sequence[str | None], damage: Callable[[bytes], bytes] | None = None
    ) -> Place:
        """Adds one row of texts; ``damage`` makes other bytes of it, the line end among them.

        Returns:
            where the row stands.
        """
        if self._sink is None:
            self._open()
        place = Place(self.paths[-1], self._lines + 1)
        line = self._line([*cells, *self._faults.more_columns])
        line = damage(line) if damage else line
        self._sink.write(line)
        self._lines += line.count(b"\n")
        self.rows += 1
        return place

    def begin(self) -> None:
        """Opens the first file, which then has a header at least."""
        if not self.paths:
            self._open()

    def close(self) -> None:
        """Closes the part that is open."""
        if self._sink is not None:
            self._sink.close()
            self._sink = None

    def _open(self) -> None:
        self.close()
        in_parts = self._tables_per_part or (self._faults.in_parts and self._sheet.part)
        form = self._sheet.part if in_parts else self._sheet.file
        name = form.replace("{on}", f"{self._on:%Y%m%d}").replace("{on-}", f"{self._on:%Y-%m-%d}")
        name = name.format(len(self.paths) + 1) if in_parts else name
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self._sink, name = _opened(path, name, self._faults.pack)
        self.paths.append(name)
        self._lines = 0
        if self._faults.byte_order_mark:
            self._sink.write(codecs.BOM_UTF8)
        for line in self._dialect.lead:
            self._sink.write((line + self._dialect.line_end).encode(self._dialect.encoding))
            self._lines += 1
        if self._dialect.header:
            names = [self._faults.header.get(name, name) for name in self._sheet.columns]
            self._sink.write(self._line([*names, *self._faults.more_columns]))
            self._lines += 1

    def _put(self, table: Any) -> None:
        whole = _whole(table, self._sheet.columns, quotes_all=self._dialect.quoting == "all")
        for name in self._faults.more_columns:
            whole = whole.append_column(name, pa.repeat(name, len(whole)))
        options = pa_csv.WriteOptions(
            include_header=False,
            delimiter=self._dialect.delimiter,
            quoting_style=_STYLES[self._dialect.quoting],
            eol=self._dialect.line_end,
        )
        if self._dialect.encoding == "utf-8":
            pa_csv.write_csv(whole, self._sink, options)
        else:
            text = io.BytesIO()
            pa_csv.write_csv(whole, text, options)
            self._sink.write(text.getvalue().decode().encode(self._dialect.encoding))
        self._lines += len(whole)
        self.rows += len(whole)

    def _line(self, cells: Iterable[str | None]) -> bytes:
        """The row as bytes: with quotes about every text that is there, as pyarrow has them."""
        quoting = self._dialect.quoting
        shown = []
        for cell in cells:
            if quoting == "none" or (cell is None and quoting == "texts"):
                shown.append(cell or "")
            else:
                shown.append('"{}"'.format((cell or "").replace('"', '""')))
        text = self._dialect.delimiter.join(shown) + self._dialect.line_end
        return text.encode(self._dialect.encoding)


class SheetFiles:
    """All files of one extract, each made when its first row comes."""

    def __init__(
        self,
        folder: Path,
        layout: Format,
        tables_per_part: Mapping[str, int],
        faults: Mapping[str, FileFaults],
        on: date,
    ) -> None:
        self._files = {
            sheet.name: SheetFile(
                folder,
                sheet,
                layout.dialect,
                tables_per_part.get(sheet.name, 1 if sheet.name in faults and sheet.rows else None),
                faults.get(sheet.name, FileFaults(in_parts=layout.many_parts)),
                on,
            )
            for sheet in layout.sheets
        }

        self._later = {
            sheet.name: SheetFile(
                folder,
                replace(sheet, file=sheet.later, part=""),
                layout.dialect,
                None,
                FileFaults(),
                on,
            )
            for sheet in layout.sheets
            if sheet.later
        }

    def __getitem__(self, name: str) -> SheetFile:
        """The file of the sheet of that name."""
        return self._files[name]

    def later(self, name: str) -> SheetFile:
        """The file of that sheet in a later delivery; those of all other sheets are begun too."""
        for file in self._later.values():
            file.begin()
        return self._later[name]

    def write(self, written: Iterable[tuple[str, Any]]) -> None:
        """Adds tables to their sheets."""
        for name, table in written:
            self._files[name].write(table)

    def add(self, written: Iterable[tuple[str, Any]]) -> None:
        """Adds tables to the parts that are open."""
        for name, table in written:
            self._files[name].add(table)

    def __enter__(self) -> SheetFiles:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for file in (*self._files.values(), *self._later.values()):
            file.close()


def _opened(path: Path, name: str, pack: str) -> tuple[Any, str]:
    """A file to write to, and what the reader of an extract calls it.

    No moment is written into an archive, so that the same practice has the same bytes.
    """
    if pack == "gz":
        raw = path.with_name(f"{path.name}.gz").open("wb")
        return _Packed(gzip.GzipFile("", "wb", 1, raw, 0), raw), f"{name}.gz"
    if pack == "zip":
        archive = zipfile.ZipFile(path.with_name(f"{path.name}.zip"), "w", compresslevel=1)
        member = zipfile.ZipInfo(path.name)
        member.compress_type = zipfile.ZIP_DEFLATED
        inner = archive.open(member, "w", force_zip64=True)
        return _Packed(inner, archive), f"{name}.zip/{path.name}"
    return path.open("wb"), name


class _Packed:
    """A file within another one, which is closed after it."""

    def __init__(self, inner: Any, outer: Any) -> None:
        self._inner, self._outer = inner, outer
        self.closed = False

    def write(self, data: Any) -> int:
        return int(self._inner.write(data))

    def flush(self) -> None:
        """Leaves it to the closing."""

    def close(self) -> None:
        self._inner.close()
        self._outer.close()
        self.closed = True


def cells_of(table: Any, columns: Sequence[str]) -> list[str | None]:
    """The first row of a table as texts, a cell for each of the columns."""
    row = _whole(table.slice(0, 1), columns, quotes_all=False)
    texts = [pc.cast(column, pa.string())[0].as_py() for column in row.columns]
    return list(texts)


def write_lines(path: Path, header: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """Writes a small CSV of text."""
    with path.open("w", encoding="utf-8", newline="") as sink:
        writer = csv.writer(sink, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)


def _whole(table: Any, columns: Sequence[str], *, quotes_all: bool) -> Any:
    """The table with every column of the sheet, in order; empty where it has none."""
    empty = pa.repeat("", len(table)) if quotes_all else pa.nulls(len(table), pa.string())
    held = set(table.column_names)
    arrays = []
    for name in columns:
        array = table[name] if name in held else empty
        if quotes_all and array.null_count:
            array = pc.fill_null(pc.cast(array, pa.string()), "")
        arrays.append(array)
    return pa.table(arrays, names=list(columns))
