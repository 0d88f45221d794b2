"""The text of a list's file from its bytes, whatever saved it."""

from __future__ import annotations

from collections.abc import Iterator

from instep_cohort.codelists.findings import REWRITE, Finding, finding

_BOM = b"\xef\xbb\xbf"
_UTF_16 = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_SAVE = "save it as UTF-8 without BOM"


def decoded(data: bytes, file: str) -> tuple[str, list[Finding]]:
    """The text of a file, and what is wrong with its bytes; ``file`` is its name in the findings.

    A byte-order mark, UTF-16 and Windows-1252 are read through and reported, so that one damage
    does not hide the others.
    """
    if wide := _utf_16(data):
        return _from_utf_16(data, wide, file)
    text, findings = _from_bytes(data.removeprefix(_BOM), file)
    if data.startswith(_BOM):
        findings.append(
            finding(
                "bom",
                "the file begins with a byte-order mark",
                _SAVE,
                file=file,
                line=1,
                mend=REWRITE,
            )
        )
    return text, findings + list(_line_ends(text, file))


def _utf_16(data: bytes) -> str | None:
    """The UTF-16 that the bytes are in; without a mark, by the zeros beside its ASCII letters."""
    if marked := _UTF_16.get(data[:2]):
        return marked
    head = data[:200]
    if len(head) > 1 and len(data) % 2 == 0:
        for start, name in ((1, "utf-16-le"), (0, "utf-16-be")):
            if not head[start::2].strip(b"\0") and b"\0" not in head[1 - start :: 2]:
                return name
    return None


def _from_utf_16(data: bytes, encoding: str, file: str) -> tuple[str, list[Finding]]:
    body = data[2:] if data[:2] in _UTF_16 else data
    try:
        text, mend = body.decode(encoding), REWRITE
    except UnicodeDecodeError:
        text, mend = body.decode(encoding, errors="replace"), None
    wrong = finding("encoding", "the file is UTF-16", _SAVE, file=file, line=1, mend=mend)
    return text, [wrong, *_line_ends(text, file)]


def _from_bytes(data: bytes, file: str) -> tuple[str, list[Finding]]:
    try:
        return data.decode(), []
    except UnicodeDecodeError:
        lines = data.split(b"\n")
        return (
            "\n".join(map(_read_through, lines)),
            [wrong for n, line in enumerate(lines, 1) for wrong in _line_finding(line, n, file)],
        )


def _read_through(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("cp1252", errors="replace")


def _line_finding(line: bytes, number: int, file: str) -> Iterator[Finding]:
    try:
        line.decode()
    except UnicodeDecodeError as fault:
        byte = f"byte 0x{line[fault.start]:02x} is not UTF-8"
    else:
        return
    try:
        reading, mend = line.decode("cp1252").strip(), REWRITE
    except UnicodeDecodeError:
        text, mend = f"{byte}, and not Windows-1252 either", None
    else:
        text = f"{byte}; as Windows-1252 the line is {reading!r}"
    yield finding("encoding", text, "save it as UTF-8", file=file, line=number, mend=mend)


def _line_ends(text: str, file: str) -> Iterator[Finding]:
    if "\r" in text:
        yield finding(
            "line-ends",
            "lines end with CR LF",
            "save it with LF line ends",
            file=file,
            mend=REWRITE,
        )
