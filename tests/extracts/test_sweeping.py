"""Records found all at once: exactly those that are found one by one, wherever a chunk ends."""

import csv
import io
import random
from dataclasses import dataclass
from itertools import pairwise

import exact_lines
import pytest

from instep_cohort.extracts import chunks, lines, sweeping, windows
from instep_cohort.extracts.chunks import Run
from instep_cohort.extracts.lines import LONGEST_LINE
from instep_cohort.extracts.survey import Survey
from instep_cohort.extracts.sweeping import count_if_plain, find_records, sweep

# what a cell may look like; the first are so common that most records are sound
GOOD = [b"", b"a", b"12", b"b c", b'"a"', b'""', b'"D"', b'"D\n"', b'"\n\n"', b'"x""y"', b'"""z"']
ODD = [
    *(b'"\r\n"', b'"\r"', b'"', b'a"b', b'5"', b' "a"', b'"a" ', b'"a" "b"', b'"a"b', b'"a""'),
    *(b"\r", b"a\rb", b" ", b"\0", b'"\0"', b'""""', b'"""', b"D", b"\n", b"\r\n", b"\n\n"),
    *(b"\xc3\xa9", b"\xff", b"\xe2\x82", b"\x80", b'"\xc3\xa9\n"', b'"\xff"', b"\x81", b"  \n"),
    *(b"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", b'"' + b"y" * 30 + b'"', b'"D\n\n\n\n\n\n"'),
]


@dataclass
class File:
    """A made-up file and what it is."""

    data: bytes
    survey: Survey
    short: bool  # whether lines and records are too long after a few


def made_up(seed):
    """A small file of pieces that are hard to read."""
    pick = random.Random(seed)
    delimiter = pick.choice([b",", b",", b",", b"\t", b";", b"|"])
    columns = pick.choice([1, 2, 3, 3, 4])
    names = [f"c{n}" for n in range(columns)]
    if pick.random() < 0.2:
        names[-1] = ""
    end = pick.choice([b"\n", b"\n", b"\r\n"])
    oddity = pick.choice([0, 0.02, 0.1, 0.4])
    rows = []
    for _ in range(pick.randrange(12)):
        width = columns + (pick.choice([-1, 1, 2]) if pick.random() < oddity / 2 else 0)
        cells = [pick.choice(ODD if pick.random() < oddity else GOOD) for _ in range(width)]
        ending = pick.choice([b"\n", b"\r\n", b"\r\r\n"]) if pick.random() < oddity else end
        rows.append(delimiter.join(cells).replace(b"D", delimiter) + ending)
    body = bytearray(b"".join(rows))
    while body and pick.random() < oddity:
        place = pick.randrange(len(body))
        body[place : place + pick.randrange(2)] = pick.choice([b'"', b"\n", b"\r", b"", delimiter])
    if pick.random() < 0.3:
        body = body[: pick.randrange(len(body) + 1)]
    lead = pick.choice([0, 1, 1, 1, 2])
    short = pick.random() < 0.3
    mark = b"\xef\xbb\xbf" if pick.random() < 0.2 and body and not short else b""
    data = mark + (b'"x\n' if pick.random() < 0.1 else b"x\n") * lead + body
    survey = Survey(
        header=tuple(names),
        delimiter=delimiter.decode(),
        line_end=end.decode(),
        lead=lead,
        lines=data.count(b"\n") + (not data.endswith(b"\n") and bool(data)),
        encoding=pick.choice(["utf-8", "utf-8", "cp1252"]),
        foreign=False,
        same_line_ends=alike(bytes(body), end),
        plain=True,
        plain_elsewhere=False,
        has_words=False,
        has_meaningless=False,
        breaks_in_quotes=True,
    )
    return File(bytes(data), survey, short)


def alike(body, end):
    """Whether each line ends like this one, and no carriage return stands elsewhere."""
    returns = body.count(b"\r")
    if end == b"\n":
        return returns == 0
    return returns == body.count(b"\r\n") == body.count(b"\n")


@pytest.fixture
def shortened(monkeypatch):
    """Makes lines and records too long after a few bytes and lines, or as they are again."""

    def shorten(short):
        longest, most = (40, 3) if short else (LONGEST_LINE, 1_000)
        for module in (exact_lines, lines, windows, chunks, sweeping):
            if hasattr(module, "LONGEST_LINE"):
                monkeypatch.setattr(module, "LONGEST_LINE", longest)
        monkeypatch.setattr(exact_lines, "_LONGEST_RECORD_LINES", most)
        for module in (lines, chunks):
            monkeypatch.setattr(module, "LONGEST_RECORD_LINES", most)

    return shorten


def cells(text, survey):
    """The cells of records without blanks about them, as an ordinary reader takes them."""
    form = {"delimiter": survey.delimiter, "strict": True}
    if not survey.quoting:
        form["quoting"] = csv.QUOTE_NONE
    rows = csv.reader(io.StringIO(text.decode(), newline=""), **form)
    return [[cell.strip(" ") for cell in row] for row in rows]


def flat(parts):
    """The records of a sweep one by one, as line, bytes and fault; their text; their returns."""
    found, text, returns, runs = [], [], 0, 0
    for line, part in parts:
        if isinstance(part, Run):
            runs += 1
            returns += part.returned
            text.append(part.text())
            every = [part.record(number, line) for number in range(part.number)]
            assert all(a.line < b.line for a, b in pairwise(every))
        else:
            returns += part.mended
            text += [part.text + b"\n"] if part.text is not None else []
            every = [part]
        found += [(record.line, record.raw, record.fault) for record in every]
    return found, b"".join(text), returns, runs


def check(path, file, size):
    path.write_bytes(file.data)
    exact = list(exact_lines.records(path, file.survey))
    found, text, returns, runs = flat(sweep(path, file.survey, size))
    assert found == [(record.line, record.raw, record.fault) for record in exact]
    good = [record for record in exact if record.text is not None]
    assert returns == sum(record.mended for record in good)
    expected = b"".join(record.text + b"\n" for record in good)
    assert cells(text, file.survey) == cells(expected, file.survey)
    assert text.count(b"\n") == expected.count(b"\n")
    return runs, good


@pytest.mark.parametrize("part", range(4))
def test_whatever_stands_there_is_found_as_one_by_one(tmp_path, shortened, part):
    path, every, runs = tmp_path / "x.csv", 0, 0
    for seed in range(part * 200, part * 200 + 200):
        file = made_up(seed)
        shortened(file.short)
        for size in {1 + seed % 7, 1 + seed % (len(file.data) + 1), 1 << 21}:
            runs += check(path, file, size)[0]
            every += 1
    assert runs > every / 4  # or there was nothing to see


@pytest.mark.parametrize("seed", [3, 10, 21, 34, 47])
def test_a_chunk_may_end_anywhere(tmp_path, shortened, seed):
    file = made_up(seed)
    shortened(file.short)
    for size in range(1, len(file.data) + 2):
        check(tmp_path / "x.csv", file, size)


def test_records_are_found_again(tmp_path, shortened):
    path = tmp_path / "x.csv"
    for seed in range(300):
        file = made_up(seed)
        shortened(file.short)
        _, good = check(path, file, 1 << 21)
        pick = random.Random(seed)
        wanted = [n for n in range(1, len(good) + 1) if pick.random() < 0.6]
        found = [(record.line, record.raw) for record in find_records(path, file.survey, wanted)]
        assert found == [(good[n - 1].line, good[n - 1].raw) for n in wanted]


def test_a_file_is_plain_only_where_each_record_is_good(tmp_path):
    path, plain = tmp_path / "x.csv", 0
    for seed in range(1_000):
        file = made_up(seed)
        path.write_bytes(file.data)
        exact = list(exact_lines.records(path, file.survey))
        found = count_if_plain(path, file.survey)
        if found is not None:
            plain += 1
            assert found == len(exact)
            assert not any(record.fault or record.mended for record in exact)
            body = file.data.removeprefix(b"\xef\xbb\xbf").split(b"\n", file.survey.lead)[-1]
            end = file.survey.line_end.encode()
            assert b"".join(record.raw + end for record in exact).startswith(body)
    assert plain > 50
