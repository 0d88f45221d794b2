"""Which list a file is: its run, practice, study and order, as it stands inside every format."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import NamedTuple, Self

from instep_cohort.disclosure.artefacts import ArtefactClass

FORMAT = "1"
SIGN = "instep-cohort screening list"
BETWEEN = " | "


class ListIdentity(NamedTuple):
    """What a list is; each part is text, and each is written into the file.

    Attributes:
        artefact_class: PRACTICE-ONLY.
        study, practice, search_date: as the run has them.
        run: sha256 of the run's manifest.
        ledger_head: the ledger as it stood when the list was made.
        seed: by which the people of one tier were put in order.
        identity: the columns that show who somebody is, joined by commas.
        contacts_sha256, others_sha256: of the files that were handed in; empty for none.
        screeners: who may decide, joined by `BETWEEN`.
        rows: how many people are on it; they are numbered from 1.
        format: of this layout.
    """

    study: str
    practice: str
    search_date: str
    run: str
    ledger_head: str
    seed: str
    identity: str
    contacts_sha256: str
    others_sha256: str
    screeners: str
    rows: str
    artefact_class: str = str(ArtefactClass.PRACTICE_ONLY)
    format: str = FORMAT

    @property
    def sha256(self) -> str:
        """The hash of all of it, to which every row's check is bound."""
        return hashlib.sha256(json.dumps(list(self)).encode("ascii")).hexdigest()

    @property
    def short(self) -> str:
        """What people call the list, such as ``N4F2A``; notes on paper are numbered under it."""
        return f"N{self.sha256[:4].upper()}"

    @property
    def names(self) -> tuple[str, ...]:
        """The screeners' names."""
        return tuple(name for name in self.screeners.split(BETWEEN) if name)

    def pairs(self) -> list[tuple[str, str]]:
        """Name and value of each part, and the hash over them, as they are written."""
        return [*self._asdict().items(), ("sha256", self.sha256)]

    @classmethod
    def read(cls, pairs: Mapping[str, str]) -> Self | None:
        """The list that such pairs tell of; None where one is missing or they were changed."""
        try:
            found = cls(**{name: pairs[name] for name in cls._fields})
        except KeyError:
            return None
        return found if found.sha256 == pairs.get("sha256") else None
