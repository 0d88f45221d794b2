"""Opt-outs that the fresh extract or the practice's list shows and the ledger does not hold yet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from instep_cohort.cohort.searching_again import SearchedAgain
from instep_cohort.recruitment.ledger import OptedOut, Standing
from instep_cohort.recruitment.vocabulary import OptOutKind

_CODED = {"research_dissent": OptOutKind.RESEARCH, "type_1": OptOutKind.TYPE_1}


def opt_outs_found(
    standing: Standing, patients: Mapping[str, str], again: SearchedAgain, *, extract_date: date
) -> list[OptedOut]:
    """What the ledger is to be told before a batch, person by person in the order of their tokens.

    It covers everybody whom the ledger names, also those who are not in this batch.

    Args:
        standing: what the ledger says.
        patients: token → patient id.
        again: what extract and list say.
        extract_date: the day of the extract, named as the source.
    """
    listed: dict[str, set[OptOutKind]] = {}
    for _, who, kind in again.practice_list.rows:
        listed.setdefault(who, set()).add(OptOutKind(kind))
    found: list[OptedOut] = []
    for token in sorted(patients):
        shown = dict(_of_one(patients[token], again, listed, extract_date))
        new = sorted(shown.keys() - {kind for kind, _ in standing.opt_outs(token)})
        found += [OptedOut(person=token, opt_out=kind, source=shown[kind]) for kind in new]
    return found


def _of_one(
    patient: str,
    again: SearchedAgain,
    listed: Mapping[str, set[OptOutKind]],
    extract_date: date,
) -> Iterator[tuple[OptOutKind, str]]:
    now = again.people.get(patient)
    for step, kind in _CODED.items():
        if now and step in now.fails:
            yield kind, f"record, extract of {extract_date}"
    for kind in sorted(listed.get(patient, ())):
        yield kind, "practice list"


def key_of(entries: Sequence[OptedOut], batch: str) -> str:
    """Under which key these opt-outs are recorded before that batch: once, however often asked."""
    text = "\n".join(one.model_dump_json(exclude_none=True) for one in entries)
    return f"opt-outs:{batch}:{hashlib.sha256(text.encode()).hexdigest()}"
