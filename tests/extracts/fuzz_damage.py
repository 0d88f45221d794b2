"""Damage to files, to rows and to archives, as Hypothesis draws it."""

import codecs
import gzip
import io
import warnings
import zipfile

from hypothesis import strategies as st

JUNK = (
    *(b"\0", b"\r", b"\n", b"\r\n", b"\n\n", b'"', b'""', b'\n"', b'","', b",", b"\t", b"|", b";"),
    *(codecs.BOM_UTF8, b"\xff", b"\xfe\xff", b"\xe9", "é€".encode(), b"\x81", b"\x1a", b"\x85"),
    *("\u2028\u202e\ufeff".encode(), b"\xed\xa0\x80", b"\xc0\x80", b"\xf0\x9f", b"NULL", b"NA"),
    *(b" ", b"   \n", b"'", b"\\", b"\\N", b'\\"', b"#", b"=1+1", b"%s{}", b"\x0b", b"\xa0"),
)
LONG = 1_000_100  # bytes, longer than any line that is read


def _somewhere(draw, data):
    return draw(st.integers(0, len(data)))


def _put_in(draw, data):
    place = _somewhere(draw, data)
    return data[:place] + draw(st.sampled_from(JUNK)) + data[place:]


def _overwrite(draw, data):
    place = _somewhere(draw, data)
    junk = draw(st.sampled_from(JUNK) | st.binary(min_size=1, max_size=8))
    return data[:place] + junk + data[place + len(junk) :]


def _cut_out(draw, data):
    place = _somewhere(draw, data)
    return data[:place] + data[place + draw(st.integers(1, 60)) :]


def _cut_off(draw, data):
    return data[: _somewhere(draw, data)]


def _repeat(draw, data):
    start = _somewhere(draw, data)
    part = data[start : start + draw(st.integers(1, 120))]
    return data[:start] + part * draw(st.integers(2, 5)) + data[start:]


def _flip(draw, data):
    changed = bytearray(data)
    for _ in range(draw(st.integers(1, 4)) if data else 0):
        changed[draw(st.integers(0, len(data) - 1))] ^= 1 << draw(st.integers(0, 7))
    return bytes(changed)


def _replaced(old, new):
    return lambda _, data: data.replace(old, new)


def _lines_changed(change):
    def changed(draw, data):
        lines = data.splitlines(keepends=True)
        return b"".join(change(draw, lines)) if lines else data

    return changed


def _swapped_columns(draw, lines):
    delimiter = draw(st.sampled_from([b",", b"\t"]))
    first, second = draw(st.integers(0, 6)), draw(st.integers(0, 6))
    changed = []
    for line in lines:
        cells = line.rstrip(b"\r\n").split(delimiter)
        if max(first, second) < len(cells):
            cells[first], cells[second] = cells[second], cells[first]
        changed.append(delimiter.join(cells) + b"\n")
    return changed


def _long_line(draw, data):
    place = _somewhere(draw, data)
    return (
        data[:place] + draw(st.sampled_from([b"x", b'"', b" ", b"\0", b","])) * LONG + data[place:]
    )


def _in_another_encoding(draw, data):
    text = data.decode("utf-8", "replace")
    return text.encode(draw(st.sampled_from(["utf-16", "utf-16-le", "utf-16-be", "utf-7"])))


CHANGES = (
    *([_put_in] * 6 + [_overwrite] * 4 + [_cut_out] * 3 + [_cut_off] * 2 + [_flip] * 3),
    *(_repeat, _in_another_encoding),
    *(_replaced(b"\r\n", b"\n"), _replaced(b"\n", b"\r\n"), _replaced(b"\n", b"\r")),
    *(_replaced(b",", b";"), _replaced(b",", b"\t"), _replaced(b"\t", b","), _replaced(b'"', b"'")),
    lambda _, data: codecs.BOM_UTF8 + data,
    lambda draw, _: draw(st.binary(max_size=300)),
    _lines_changed(_swapped_columns),
    _lines_changed(lambda _, lines: lines[1:]),
    _lines_changed(lambda _, lines: [lines[0], *lines]),
    _lines_changed(lambda _, lines: lines[:1]),
    _lines_changed(lambda _, lines: lines[::-1]),
    _lines_changed(lambda _, lines: [lines[0].rstrip(), *lines[1:]]),  # glued to the first row
    _lines_changed(lambda _, lines: [line.rstrip() + b',""\n' for line in lines]),
    _lines_changed(lambda _, lines: [b'"' + line for line in lines]),
)


@st.composite
def damaged(draw, data: bytes) -> bytes:
    """The bytes of a file with one to four things done to them, mostly behind its first line."""
    if draw(st.integers(0, 2)):
        first, end, rest = data.partition(b"\n")
        return first + end + draw(damaged_anywhere(rest))
    return draw(damaged_anywhere(data))


@st.composite
def damaged_anywhere(draw, data: bytes) -> bytes:
    """The bytes with one to four things done to them."""
    if draw(st.integers(0, 59)) == 0:
        data = _long_line(draw, data)
    for change in draw(st.lists(st.sampled_from(CHANGES), min_size=1, max_size=4)):
        data = change(draw, data)
    return data


@st.composite
def packed(draw, data: bytes) -> bytes:
    """The bytes as gzip, now and then damaged, in two members, or with something behind."""
    place = draw(st.integers(0, len(data)))
    whole = gzip.compress(data, 1)
    return draw(
        st.sampled_from(
            [
                whole,
                gzip.compress(draw(damaged(data)), 1),
                gzip.compress(data[:place], 1) + gzip.compress(data[place:], 1),
                whole[: len(whole) * place // (len(data) + 1)],
                whole + b"\0" * 20,
                whole + b"junk",
                data,
                b"",
            ]
        )
        | damaged_anywhere(whole)
    )


YEARS = st.sampled_from(["1066", "1874", "1900", "1980", "2026", "2027", "9999", "0000", "80"])
TWO = st.integers(0, 32).map("{:02}".format)
NAMES = st.sampled_from(["Jan", "feb", "MAY", "Sept", "Mai", "Dec"])
TIMES = st.sampled_from(["", " 00:00", " 00:00:00", "T14:30:00.123", " 25:61", "Z", " +01:00", " "])
DATES = st.one_of(
    st.tuples(YEARS, TWO, TWO).map("-".join),
    st.tuples(TWO, TWO, YEARS).map("/".join),
    st.tuples(TWO, NAMES, YEARS).map(" ".join),
    st.tuples(TWO, NAMES, YEARS).map("-".join),
    st.tuples(YEARS, TWO, TWO).map("".join),
    st.tuples(YEARS, TWO).map("-".join),
    st.tuples(TWO, YEARS).map("/".join),
    YEARS,
    st.sampled_from(["9999-12-31", "31/12/9999", "01/01/1800", "29/02/2023", "45000", "43021.0"]),
)
CODES = st.sampled_from(
    [
        *(
            "N05..",
            "N05z.00",
            "N05z.11",
            "N05",
            "n05..",
            ".N05.",
            "EMISNQ1",
            "EMISR4QFI5",
            "^ESCT12",
        ),
        *("X703k", "XE1Ib", "279039007", "498521000006119", "999999999999999999", "2.79039E+08"),
        *(
            "827241000000103",
            "1.0",
            "-1",
            "0",
            "di24.",
            "322280009",
            "6;0;0",
            "04070100",
            "0407010H0",
        ),
        *("N05‥", "Ⅷ", "N 05", "'N05..", "=N05", "1e400", "0x1F", "nan", "١٢٣"),
    ]
)
NUMBERS = st.sampled_from(
    [
        *(
            "7.5",
            "-0",
            "1e308",
            "1e309",
            "inf",
            "NaN",
            "1_000",
            "1,000",
            "28 tablets",
            ".5",
            "5.",
            "+3",
        ),
        *("12345678901234567890", "0.1e-400", "½", "--", "<5", "0x10", "1e", "9" * 400),
    ]
)
WORDS = st.one_of(
    st.sampled_from(
        [
            *(
                "",
                " ",
                "NA",
                "NULL",
                "null",
                "\\N",
                "None",
                "true",
                "Y",
                "regular",
                "F",
                "female",
                "GMS",
            ),
            *(
                "I",
                "D",
                "U",
                "month",
                "year",
                "none",
                "R",
                "1",
                "2",
                "-",
                "'; DROP TABLE x; --",
                '"x',
            ),
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.text(st.sampled_from('ab1"\n\r,;\t |é\0'), max_size=8),
)
CELLS = st.one_of(DATES, CODES, NUMBERS, WORDS)


@st.composite
def other_rows(draw, rows: list[dict[str, str]], *, once: bool = False) -> list[dict[str, str]]:
    """Rows like these, some cells of them changed; each there once, or some of them and again."""
    again = draw(st.lists(st.sampled_from(rows), min_size=1, max_size=8))
    chosen = rows if once else again
    columns = list(rows[0])
    changed = []
    for row in chosen:
        cells = draw(st.dictionaries(st.sampled_from(columns), CELLS, max_size=4))
        changed.append(row | cells)
    return changed


MEMBERS = (
    *("../{}", "/{}", "a/../../{}", "..\\{}", "C:/{}", "C:{}", "\\\\host\\{}", "./{}", "a//{}"),
    *("a/b/c/{}", "{}/", "{}.gz", "{}.zip", "é/{}", "\u202e{}", "x\n{}", "__MACOSX/{}", ".{}", ""),
    *("..", ".", "/", "//", "\\", ":", "a:b/{}", "con/{}", "{}\0.csv", "~/{}", "x" * 300 + "/{}"),
)
BOMB = 30_000_000  # bytes of nothing


@st.composite
def archives(draw, files: dict[str, bytes]) -> bytes:
    """A zip of these files with odd members in it, and then perhaps with damaged bytes."""
    members = list(files.items())
    for _ in range(draw(st.integers(0, 3))):
        name, data = draw(st.sampled_from(members))
        odd = draw(st.sampled_from(MEMBERS)).format(name)
        members.append((odd, draw(st.sampled_from([data, b"", data[: len(data) // 2]]))))
    if draw(st.integers(0, 9)) == 0:
        name, data = draw(st.sampled_from(members))
        members.append((f"nested/{name}.zip", _zip([(name, data)])))
    if draw(st.integers(0, 39)) == 0:
        members.append((draw(st.sampled_from(sorted(files))), bytes(BOMB)))
    data = _zip(draw(st.permutations(members)), link=draw(st.integers(0, 9)) == 0)
    kind = draw(st.integers(0, 5))
    if kind == 0:
        return draw(damaged_anywhere(data))
    if kind == 1:
        return _flagged(data, draw(st.sampled_from([0x1, 0x8, 0x40, 0x800, 0x2000])))
    if kind == 2:
        return draw(_one_byte_changed(data))
    return data


def _zip(members, *, link=False) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore")  # that a name is there twice is the point
        for place, (name, data) in enumerate(members):
            info = zipfile.ZipInfo("x")
            info.filename = name
            info.compress_type = zipfile.ZIP_DEFLATED
            if link and place == len(members) - 1:
                info.external_attr = 0o120777 << 16
                data = b"/etc/passwd"
            archive.writestr(info, data)
    return out.getvalue()


def _flagged(data: bytes, flag: int) -> bytes:
    """The archive with a flag set on every member: encrypted, strongly so, and the like."""
    changed, place = bytearray(data), 0
    while (place := data.find(b"PK\x01\x02", place)) >= 0:
        changed[place + 8] |= flag & 0xFF
        changed[place + 9] |= flag >> 8
        place += 4
    return bytes(changed)


@st.composite
def _one_byte_changed(draw, data: bytes) -> bytes:
    """The archive with bytes of its directory changed: sizes, methods, names, offsets."""
    start = data.find(b"PK\x01\x02")
    changed = bytearray(data)
    for _ in range(draw(st.integers(1, 3))):
        changed[draw(st.integers(max(start, 0), len(data) - 1))] = draw(st.integers(0, 255))
    return bytes(changed)
