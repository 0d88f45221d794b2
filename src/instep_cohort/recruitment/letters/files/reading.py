"""A letter's file, opened and read, whichever of the three kinds it is."""

from __future__ import annotations

from pathlib import Path

from instep_cohort.errors import DefinitionError, Fault, UsageError
from instep_cohort.recruitment.letters.files.plain_text import read_text
from instep_cohort.recruitment.letters.files.word_document import read_word
from instep_cohort.recruitment.letters.letter import Letter

KINDS = (".txt", ".md", ".docx")
MOST_BYTES = 20 * 1024 * 1024
MOST_CHARACTERS = 60_000


def read_letter(path: Path) -> Letter:
    """The letter in a file whose name ends in ``.txt``, ``.md`` or ``.docx``.

    Raises:
        UsageError: the file is not there, cannot be opened, or is of another kind.
        DefinitionError: it cannot be read as what its name says, is larger than any letter, or
            holds no text.
    """
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise UsageError(f"{path.name} is no letter: give a file that ends in {', '.join(KINDS)}")
    data = _bytes(path)
    if kind == ".docx":
        letter = read_word(data, path.name)
    else:
        letter = read_text(data, path.name, markdown=kind == ".md")
    if not letter.lines:
        raise DefinitionError(Fault("", "the letter holds no text", "write it first", path.name))
    if sum(len(line.text) for line in letter.lines) > MOST_CHARACTERS:
        found = f"there are more than {MOST_CHARACTERS:,} characters, too many for a letter"
        raise DefinitionError(Fault("", found, "give the letter alone", path.name))
    return letter


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    if len(data) > MOST_BYTES:
        found = f"the file is larger than {MOST_BYTES // 1024**2} MB, too large for a letter"
        raise DefinitionError(Fault("", found, "take large pictures out of it", path.name))
    return data
