"""Files as systems write them: encodings, headers, layouts without headers, lines before them."""

from dataclasses import replace

import pytest
from extract_files import column, findings, quarantined, table
from toy_profile import NOTE, NOTES, TOY, fates, read, with_tables

from instep_cohort.errors import ExtractError
from instep_cohort.extracts.source_tables import Layout

TERMS = replace(TOY, records=(replace(NOTES, columns={**NOTES.columns, "term": "other"}),))
CP1252 = replace(TERMS, encoding="cp1252")
HEAD = "pid,day,code,other\n"


def terms(store):
    return {code["code"]: code["term"] for code in table(store, "codes")}


def test_declared_windows_1252(tmp_path):
    text = HEAD + "1,,a,Ménière’s €5\n9,,b,naïve\n1,,c,x\n"
    store = read(tmp_path, CP1252, notes=text.encode("cp1252"))
    assert terms(store) == {"a": "Ménière’s €5", "c": "x"}
    assert findings(store, "events") == {"date missing: undated": 2}
    assert quarantined(store) == [("notes.csv", 3, "unknown patient", "9,,b,naïve")]


def test_bytes_that_windows_1252_lacks(tmp_path):
    rows = b"1,,a,\x92\x81\n1,,b,\x8d\n1,,c,x\n"
    store = read(tmp_path, CP1252, notes=HEAD.encode() + rows)
    assert terms(store) == {"a": "’\x81", "b": "\x8d", "c": "x"}
    finding = "byte that Windows-1252 does not have: kept as a control character"
    assert findings(store, "events")[finding] == 2


def test_windows_1252_record_by_record(tmp_path):
    text = HEAD + '1,,a,"é\né"\n1,,b\n9,,c,”\n'
    store = read(tmp_path, CP1252, notes=text.encode("cp1252"))
    assert terms(store) == {"a": "é\né"}
    assert quarantined(store) == [
        ("notes.csv", 4, "too few columns", "1,,b"),
        ("notes.csv", 5, "unknown patient", "9,,c,”"),
    ]
    assert "file is not UTF-8: read as Windows-1252" not in findings(store, "events")


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_utf8_where_windows_1252_is_declared(tmp_path, mark):
    store = read(tmp_path, CP1252, notes=(mark + HEAD + "1,,a,é\n1,,b,x\n").encode())
    assert terms(store) == {"a": "é", "b": "x"}
    said = findings(store, "events").get("file is UTF-8, not Windows-1252: read as UTF-8", 0)
    assert said == (0 if mark else 2)


def test_aliases_and_the_proper_name_wins(tmp_path):
    profile = with_tables(TERMS, notes={"aliases": {"cod": "code", "dya": "day"}})
    store = read(tmp_path, profile, notes="pid,DYA,Cod,other,\n1,2026-05-01,a,x,\n")
    assert terms(store) == {"a": "x"}
    store = read(tmp_path / "both", profile, notes="pid,day,code,cod\n1,2026-05-01,a,b\n")
    assert set(terms(store)) == {"a"}


def test_unknown_columns_are_named_once(tmp_path):
    profile = with_tables(TOY, notes={"unread": ("known",)})
    rows = [{"known": "1", "new one": "2", "id": "3", "x" * 50: ""}, {}]
    store = read(tmp_path, profile, notes=rows)
    finding = f"unknown columns, not read: new one, {'x' * 40}"
    assert findings(store, "events") == {finding: 2}
    assert findings(read(tmp_path / "b", TOY, notes=rows), "events") == {}


@pytest.mark.parametrize(
    "rows", ["1,2026-05-01,a,\n", "1,2026-05-01,a\n", '1,"2026-05-01",a\n', "1,2026-05-01,a,,,\n"]
)
def test_a_blank_header_cell_at_the_end(tmp_path, rows):
    store = read(tmp_path, TOY, notes="pid,day,code,\n" + rows + "1,2026-05-01\n")
    assert column(store, "codes", "code") == ["a"]
    assert [row[1:3] for row in quarantined(store)] == [(3, "too few columns")]


def test_lines_before_the_header(tmp_path):
    preamble = '"Search results, with ""quotes""\nRun on 01/05/2026\n\n'
    profile = with_tables(TOY, notes={"skip_rows": 3})
    rows = "pid,day,code\r\n1,2026-05-01,a\r\n9,2026-05-01,b\r\n"
    store = read(tmp_path, profile, notes=preamble + rows)
    assert column(store, "codes", "code") == ["a"]
    assert quarantined(store) == [("notes.csv", 6, "unknown patient", "9,2026-05-01,b")]
    assert fates(store, "notes.csv")[0] == 2
    with pytest.raises(ExtractError, match=r"notes\.csv: no header on line 4, behind the 3 lines"):
        read(tmp_path / "short", profile, notes=preamble[:40])
    with pytest.raises(ExtractError, match="first line is not the header"):
        read(tmp_path / "none", profile, notes="pid,day,code\n" + "1,,a\n" * 5)


@pytest.mark.parametrize("delimiter", [";", "|", "\t"])
def test_declared_delimiters(tmp_path, delimiter):
    rows = "".join(
        delimiter.join(cells) + "\n"
        for cells in (("pid", "day", "code", "other"), ("1", "", "a", "x, y"), ("9", "", "b", "z"))
    )
    if delimiter != "\t":
        rows += f'1{delimiter}{delimiter}c{delimiter}"p{delimiter}\n""q"""\n1{delimiter}"'
    store = read(tmp_path, with_tables(TERMS, notes={"delimiter": delimiter}), notes=rows)
    expected = {"a": "x, y"} | ({"c": f'p{delimiter}\n"q"'} if delimiter != "\t" else {})
    assert terms(store) == expected
    assert quarantined(store)[0][2:] == ("unknown patient", delimiter.join(("9", "", "b", "z")))


LONG = Layout(("pid", "day", "code", "x", "y"))
SHORT = Layout(("pid", "code", "day"), shapes={"day": r"\d{4}-\d\d-\d\d", "pid": r"\d+"})
OTHER = Layout(("day", "pid", "code"), shapes={"day": r"\d{4}-\d\d-\d\d"})
HEADERLESS = with_tables(TOY, notes={"layouts": (LONG, SHORT)})


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_file_without_a_header(tmp_path, mark, end):
    lines = ["1,2026-05-01,a,tab\there,", "9,2026-05-01,b,,", '1,2026-05-02,c,"x,y",z']
    text = mark + "".join(line + end for line in lines)
    for name, notes in (("plain", text), ("mended", text + "1,bad" + end)):
        store = read(tmp_path / name, HEADERLESS, notes=notes)
        assert column(store, "codes", "code") == ["a", "c"]
        assert quarantined(store)[0] == ("notes.csv", 2, "unknown patient", lines[1])
        assert fates(store, "notes.csv")[:2] == (3 + (name == "mended"), 2)


def test_layouts_are_told_apart_by_their_columns(tmp_path):
    files = {"notes_1": "1,2026-05-01,a,,\n", "notes_2": "1,b,2026-05-01\n", "notes": ""}
    store = read(tmp_path, HEADERLESS, **files)
    assert column(store, "codes", "code") == ["a", "b"]
    assert [file.read for file in store.manifest.files] == [1, 1, 0, 1]


def test_one_damaged_row_does_not_hide_a_layout(tmp_path):
    store = read(tmp_path, HEADERLESS, notes="x\n" + "1,b,?\n" + "1,b,2026-05-01\n" * 20)
    assert fates(store, "notes.csv")[:2] == (22, 21)


@pytest.mark.parametrize(
    ("notes", "layouts", "message"),
    [
        ("1,a\n", (LONG, SHORT), r"its rows have 2 columns; those of notes files have 3 or 5"),
        ("1,4711,x\n", (SHORT,), "what stands in the place of `day` does not look like it"),
        ("4711,2026-05-01,x\n", (SHORT, OTHER), "what stands in the place of `day`"),
        ("2026-05-01,1,2026-05-01\n", (replace(SHORT, shapes={"day": ".*"}), OTHER), "2 layouts"),
        ("1,a,2026-05-01\n".encode("utf-16"), (SHORT,), "UTF-16"),
    ],
)
def test_rows_of_no_layout_are_refused(tmp_path, notes, layouts, message):
    with pytest.raises(ExtractError, match=message) as refusal:
        read(tmp_path, with_tables(TOY, notes={"layouts": layouts}), notes=notes)
    assert "4711" not in str(refusal.value)


def test_layouts_of_equal_width_by_their_shapes(tmp_path):
    profile = with_tables(TOY, notes={"layouts": (SHORT, OTHER)})
    store = read(tmp_path, profile, notes_1="1,a,2026-05-01\n", notes="2026-05-01,1,b\n")
    assert column(store, "codes", "code") == ["a", "b"]


def test_parquet_columns_by_their_alias(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    profile = with_tables(
        replace(TOY, recognise=lambda names: {n: n.split(".")[0] for n in names}),
        notes={"aliases": {"note code": "code"}, "ids": ("code",)},
    )
    put_people = read(tmp_path, profile)
    folder = tmp_path / "extract"
    (folder / "notes.csv").unlink()
    columns = {"PID": ["1"], "day": ["2026-05-01"], "Note Code": ["a"]}
    pq.write_table(pa.table(columns), folder / "notes.parquet")
    from instep_cohort.extracts import ingest

    store = ingest(
        folder, profile=profile, extract_date=put_people.extract_date, out=tmp_path / "s"
    )
    assert column(store, "codes", "code") == ["a"]
    pq.write_table(pa.table(columns | {"Note Code": [1.0]}), folder / "notes.parquet")
    with pytest.raises(ExtractError, match="`code` is double, which damages ids"):
        ingest(folder, profile=profile, extract_date=put_people.extract_date, out=tmp_path / "s")


def test_the_toy_reads_as_it_is(tmp_path):
    store = read(tmp_path, TOY, issues=[{}])
    assert [len(table(store, name)) for name in ("patients", "events", "medicines")] == [1, 1, 1]
    assert NOTE["code"] in column(store, "codes", "code")
