"""Where the codelists and studies lie that come with the package."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from instep_cohort.errors import InstepError

_PACKAGE = Path(__file__).resolve().parent
_IN_CHECKOUT = {"codelists": "codelists", "studies": "examples/studies"}


def shipped(kind: Literal["codelists", "studies"]) -> Path:
    """The folder of the shipped codelists or studies, of an installation or of a source checkout.

    Raises:
        InstepError: the installation holds neither.
    """
    for folder in (_PACKAGE / "shipped" / kind, _PACKAGE.parents[1] / _IN_CHECKOUT[kind]):
        if folder.is_dir():
            return folder
    raise InstepError(f"this installation holds no {kind}; install instep-cohort again")
