"""Beginning a new codelist: its folder, with every field explained and nothing made up."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from string import Template
from textwrap import wrap

import yaml

from instep_cohort.codelists.model import Kind
from instep_cohort.codelists.rows import COLUMNS
from instep_cohort.codelists.versions import WORKING
from instep_cohort.errors import UsageError

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_CATEGORY = re.compile(r"[a-z][a-z0-9_]*")
_LONGEST = 60
_WIDTH = 120

_CARD = Template("""\
# The card of a codelist. Lines that begin with # explain the key below them; take them out when
# they have served. What is still empty has to be filled in: `instep-cohort codelists check` names
# it, and `release` refuses until then.

# The list's name, which is its folder's too. Studies pin it, so it never changes.
id: $id

# A few words for people.
title: $title

# One sentence: the meaning that the list is written for, and what it is used for. Each row is
# read against it.
purpose: $purpose

# clinical (diagnoses, findings, administration) or medicine (what is prescribed).
kind: $kind

# Each category that a row can have, with one line on what belongs there: small letters, digits
# and underscores. A study can ask for single categories. One that an older version has rows of
# stays declared for good.
categories:$categories

# How the codes were found and chosen, what was left out, and why: enough for somebody else to do
# it again.
method:

# Where each code was seen. In the rows, the note column can name the key.
#   - key: read-v2-terms
#     title: what it is, for people
#     where: a DOI, a paper, or repository@commit and path, so that it can be found again
#     licence: of the source, or that none was found
sources:

# What the list does not cover, one line each: what nobody codes, what could not be verified and
# was left out (with the names of the codes), systems that are missing. A gap that is named can be
# filled.
not_covered:

# Decisions that somebody may ask about, one line each, each behind a dash; [] where there are
# none.
notes: []

# Optional: `crosswalk`, decisions on what the Read v2 side and the CTV3 side do not share;
# `instep-cohort codelists crosswalk` shows what has to be settled.

# The day by which somebody should read the list again, such as 2027-11-24: terminologies go on
# changing.
review_by:

# The released versions, newest first. `instep-cohort codelists release` writes here; nothing is
# to be done by hand.
history: []
""")


def new_codelist(
    id: str,  # noqa: A002
    codelists: Path | str,
    *,
    kind: Kind,
    title: str,
    purpose: str,
    categories: Mapping[str, str] | None = None,
) -> Path:
    """The folder of a list that was begun: codelist.yaml, and working.csv with its header.

    Nothing is made up: what was not given is left empty, with a comment on what belongs there.

    Args:
        id: small letters, digits and single hyphens, beginning with a letter.
        codelists: the folder of the lists; it is made where only its last part is missing.
        kind: clinical or medicine.
        title: a few words for people.
        purpose: one sentence, the meaning that the list is written for.
        categories: each category's name, with one line on it.

    Raises:
        UsageError: the id or a category is not well formed, the list is there already, or a text
            is empty; nothing is written then.
    """
    codelists = Path(codelists)
    texts = {"title": " ".join(title.split()), "purpose": " ".join(purpose.split())}
    named = {name: " ".join(text.split()) for name, text in (categories or {}).items()}
    refuse_names(id, named)
    for name, text in texts.items():
        if not text:
            raise UsageError(f"--{name} is empty: the list has to say what it is for")
    if kind not in ("clinical", "medicine"):
        raise UsageError(f"--kind {kind}: clinical or medicine")
    refuse_place(id, codelists)
    card = _CARD.substitute(
        id=id,
        kind=kind,
        categories="".join(f"\n  {name}:{_value(text, 4)}" for name, text in named.items()),
        **{name: _value(text, 2).lstrip(" ") for name, text in texts.items()},
    )
    return put_folder(codelists, id, card.encode(), f"{','.join(COLUMNS)}\n".encode())


def refuse_names(id: str, categories: Mapping[str, str]) -> None:  # noqa: A002
    """Nothing.

    Raises:
        UsageError: the id or a category is not well formed, or a category has no text.
    """
    if not _ID.fullmatch(id) or len(id) > _LONGEST:
        raise UsageError(
            f"{id!r} cannot be the name of a codelist: small letters, digits and single hyphens, "
            f"beginning with a letter, at most {_LONGEST}, such as chronic-pain"
        )
    for name, text in categories.items():
        if not _CATEGORY.fullmatch(name):
            raise UsageError(
                f"{name!r} cannot be the name of a category: small letters, digits and "
                "underscores, beginning with a letter, such as type_1"
            )
        if not text:
            raise UsageError(f"category {name} has no text: say in one line what belongs there")


def refuse_place(id: str, codelists: Path) -> None:  # noqa: A002
    """Nothing.

    Raises:
        UsageError: no list of that id can be begun in this folder, or there is one already.
    """
    if not codelists.is_dir():
        if codelists.exists() or not codelists.parent.is_dir():
            raise UsageError(f"there is no folder of codelists at {codelists}, make it first")
        return
    if (codelists / "codelist.yaml").is_file():
        raise UsageError(
            f"{codelists} is the folder of one codelist: name the folder that the lists are in"
        )
    there = [one.name for one in codelists.iterdir()]
    # some file systems hold two cases of one name for the same
    if id in {name.casefold() for name in there}:
        raise UsageError(
            f"{id} is there already in {codelists}: its next version is written in "
            f"{id}/{WORKING}.csv"
        )


def _value(text: str, indent: int) -> str:
    """A text as the value of a key: on its line where it fits, else folded below it."""
    quoted: str = yaml.safe_dump(text, allow_unicode=True, width=float("inf"))
    line = " " + quoted.removesuffix("\n").removesuffix("\n...")
    if len(line) + indent + _ROOM_FOR_KEY <= _WIDTH or not text.isprintable():
        return line
    parts = wrap(text, _WIDTH - indent, break_long_words=False, break_on_hyphens=False)
    return " >-" + "".join(f"\n{' ' * indent}{part}" for part in parts)


_ROOM_FOR_KEY = 20


def put_folder(codelists: Path, id: str, card: bytes, rows: bytes) -> Path:  # noqa: A002
    """The folder of a list with its codelist.yaml and working.csv, put in its place whole.

    Raises:
        UsageError: it cannot be written; nothing is left behind then.
    """
    home, beside = codelists / id, codelists / f".{id}.new"
    codelists.mkdir(exist_ok=True)
    try:
        beside.mkdir()
        (beside / "codelist.yaml").write_bytes(card)
        (beside / f"{WORKING}.csv").write_bytes(rows)
        beside.rename(home)
    except OSError as fault:
        shutil.rmtree(beside, ignore_errors=True)
        raise UsageError(f"{home} cannot be written: {fault.strerror}") from None
    return home
