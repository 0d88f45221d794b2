"""What a run was, so that it can be repeated and answered for."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from typing import Any

import pyarrow as pa
from pyarrow import csv as pa_csv

from instep_cohort.codelists import Codelist
from instep_cohort.cohort.practice_list import PracticeList
from instep_cohort.cohort.safety import OptOutAnswers
from instep_cohort.cohort.spreadsheet_text import harmless
from instep_cohort.engine.attrition import AttritionRow
from instep_cohort.extracts import Store
from instep_cohort.study import Plan, Study

_PACKAGES = ("instep-cohort", "duckdb", "narwhals", "pyarrow", "pydantic")


def manifest_of(
    study: Study,
    plan: Plan,
    store: Store,
    lists: Iterable[Codelist],
    *,
    answers: OptOutAnswers,
    practice_list: PracticeList,
    parameters: Mapping[str, str],
    engine: str,
    resolution: pa.Table,
    attrition: Sequence[AttritionRow],
    tiers: Mapping[str, int],
    warnings: Sequence[str],
    allowances: Mapping[str, bool],
    previous: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The manifest of a run: inputs by hash, who answered for what, and the counts."""
    overridden = plan.opt_outs.type_1_overridden_by if plan.opt_outs else None
    return {
        "study": {
            "name": study.study,
            "version": study.version,
            "title": study.title,
            "sha256": _sha256(study.text.encode()),
            "text": study.text,
            "settled_elsewhere": dict(study.settled_elsewhere),
        },
        "search_date": plan.on.isoformat(),
        "parameters": {
            name: {
                "value": parameters.get(name, parameter.value),
                "source": "--set" if name in parameters else parameter.source,
            }
            for name, parameter in study.parameters.items()
        },
        "answered_for": {
            "practice_list_sha256": practice_list.sha256 or None,
            "practice_list_rows": len(practice_list.rows) if answers.file else None,
            "practice_list_drawn_up": answers.drawn_up.isoformat() if answers.drawn_up else None,
            "no_opt_out_list": answers.nobody_listed,
            "type_1_overridden_by": overridden,
            **allowances,
        },
        "codelists": [
            {"id": one.id, "version": one.version, "status": str(one.status), "sha256": one.sha256}
            for one in lists
        ],
        "resolution_sha256": _sha256(_csv(harmless(resolution))),
        "store": {
            "sha256": store.sha256,
            "profile": store.profile,
            "extract_date": store.extract_date.isoformat(),
        },
        "previous_run": previous
        and {
            "search_date": previous["search_date"],
            "study_version": previous["study"]["version"],
            "store_sha256": previous["store"]["sha256"],
        },
        "engine": engine,
        "packages": {name: version(name) for name in _PACKAGES},
        "counts": {
            "patients": attrition[0].before,
            "candidates": attrition[-1].after,
            "tiers": dict(tiers),
        },
        "warnings": list(warnings),
    }


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _csv(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pa_csv.write_csv(table, out)
    return out.getvalue()
