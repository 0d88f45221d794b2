"""By what a practice invites: the protocol's answers in one file, none of them with a default."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, ClassVar, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from pydantic import model_validator as checked

from instep_cohort.cohort.safety import STALE_EXTRACT_DAYS, STALE_LIST_DAYS
from instep_cohort.errors import DefinitionError, Fault, SafetyRefusal, UsageError
from instep_cohort.recruitment.inviting.written import in_digits, is_email, plain
from instep_cohort.recruitment.vocabulary import (
    WRITING_CHANNELS,
    Channel,
    LegalBasis,
    OptOutEffect,
    OptOutKind,
    Tier,
    effect,
)
from instep_cohort.small_tables import runs_as_formula
from instep_cohort.study.nearest import nearest
from instep_cohort.study.origin import Origin
from instep_cohort.study.reading import read_yaml

PLACEHOLDER = "FILL IN"
_ADDRESS_LINES = 5
_BASES = ", ".join(LegalBasis)
_ASK = "write down what the protocol says"
# pydantic's type of error → what is wrong, and what would be right
_WORDS = {
    "missing": ("it is missing, and there is no default", _ASK),
    "extra_forbidden": ("there is no such setting", ""),
    "less_than_equal": ("it is more than is accepted", "at most {le}"),
    "greater_than_equal": ("it is less than is accepted", "at least {ge}"),
    "too_short": ("it has too few lines", "at least {min_length}"),
    "too_long": ("it has too many lines", "at most {max_length}"),
    "string_too_short": ("it is empty", _ASK),
    "string_too_long": ("it is too long for a letter", "at most {max_length} signs"),
    "string_type": ("it is not text", "put it in quotes"),
    "int_parsing": ("it is not a whole number", ""),
    "int_type": ("it is not a whole number", ""),
    "int_from_float": ("it is not a whole number", ""),
    "enum": ("it is no such word", "{expected}"),
}


def _one_line(text: str) -> str:
    return " ".join(text.split())


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Days = Annotated[int, Field(ge=0, le=3660)]


class _Part(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True
    )


class SeedRow(_Part):
    """Whom the study has its own copy of each mailing sent to: it proves that the mailing went.

    Attributes:
        first_name, surname: as on the envelope.
        address: two to five lines.
        mobile, email: for lists of text messages and e-mails.
    """

    first_name: Text
    surname: Text
    address: Annotated[tuple[Text, ...], Field(min_length=2, max_length=_ADDRESS_LINES)]
    mobile: Text | None = None
    email: Text | None = None


class InvitationSettings(_Part):
    """By what people of one practice are written to for one study.

    Attributes:
        study: the name of the study.
        legal_basis: on what ground people are written to.
        type_1_overridden_by: "name, role" of the Caldicott lead who answers for writing to people
            with a type 1 dissent; under `care_team` alone.
        letters_per_person: how many letters a person gets at most, the first one counted.
        cooling_off_days: how long after an invitation to any study nobody is invited again; 0 for
            no such rule.
        max_extract_age_days: how old the extract may be on the mailing date, 90 at most.
        max_opt_out_list_age_days: how old the practice's opt-out list may be then, 30 at most.
        channels: by which ways people are written to, the preferred one first.
        practice_name, practice_address: as they stand on the letter.
        seed_row: the study's own row of each mailing.
    """

    study: Text
    legal_basis: LegalBasis
    type_1_overridden_by: Text | None = None
    letters_per_person: Annotated[int, Field(ge=1, le=9)]
    cooling_off_days: Days
    max_extract_age_days: Annotated[int, Field(ge=0, le=STALE_EXTRACT_DAYS)]
    max_opt_out_list_age_days: Annotated[int, Field(ge=0, le=STALE_LIST_DAYS)] = STALE_LIST_DAYS
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)] = (Channel.POST,)
    practice_name: Text
    practice_address: Text
    seed_row: SeedRow

    @checked(mode="after")
    def _can_be_sent(self) -> Self:
        if any(one not in WRITING_CHANNELS for one in self.channels):
            raise ValueError(f"channels: each is one of {', '.join(WRITING_CHANNELS)}")
        if Channel.TEXT_MESSAGE in self.channels and not self.seed_row.mobile:
            raise ValueError("seed_row: text messages need a mobile number of the study")
        if Channel.EMAIL in self.channels and not self.seed_row.email:
            raise ValueError("seed_row: e-mails need an e-mail address of the study")
        seed = self.seed_row
        own = (seed.first_name, seed.surname, *seed.address, self.practice_name)
        if any(runs_as_formula(text) for text in (*own, self.practice_address)):
            raise ValueError("seed_row, practice: a text begins with = + - or @: begin otherwise")
        if not plain((*own, self.practice_address)):
            raise ValueError(
                "seed_row, practice: a text is not one line that prints as it is: write it anew"
            )
        if seed.mobile and not in_digits(seed.mobile):
            raise ValueError("seed_row.mobile: it is no mobile number, such as 07700 900000")
        if seed.email and not is_email(seed.email):
            raise ValueError("seed_row.email: it is no e-mail address")
        return self


class Basis(NamedTuple):
    """On what ground people are written to, and whether type 1 dissents are overridden."""

    legal_basis: LegalBasis
    type_1_overridden: bool


def load_basis(path: Path | None, legal_basis: str | None) -> Basis:
    """The legal basis alone, from a protocol file that may hold more that is to be filled in.

    Raises:
        UsageError: the file cannot be read.
        SafetyRefusal: there is no legal basis, or an unknown one.
        DefinitionError: the file is no YAML.
    """
    data, _ = _written(path)
    if legal_basis is not None:
        data["legal_basis"] = legal_basis
    _refuse_unknown_basis(data)
    overridden = str(data.get("type_1_overridden_by") or "")
    return Basis(LegalBasis(data["legal_basis"]), bool(overridden.strip()))


def load_settings(path: Path | None, overrides: Mapping[str, Any]) -> InvitationSettings:
    """The settings in a protocol file, with what was said beside it put over them.

    Args:
        path: a YAML file; None where everything is said beside.
        overrides: values by name, such as `legal_basis`; None for what was not said.

    Raises:
        UsageError: the file cannot be read.
        SafetyRefusal: the legal basis is missing or unknown, or a type 1 override is not allowed
            on it.
        DefinitionError: anything else is missing, unknown, or still to be filled in.
    """
    data, origin = _written(path)
    said = {name: value for name, value in overrides.items() if value is not None}
    data |= said
    faults = _to_fill_in(data, "")
    if faults:
        raise DefinitionError(_placed(faults, origin, said, path))
    _refuse_unknown_basis(data)
    try:
        return InvitationSettings.model_validate(data)
    except ValidationError as error:
        found = [_fault(one) for one in error.errors(include_url=False, include_input=False)]
        raise DefinitionError(_placed(_first_causes(found), origin, said, path)) from None


def _first_causes(faults: Sequence[Fault]) -> list[Fault]:
    """Without what is said of a list only because something in it is wrong."""
    inner = {fault.where.partition("[")[0] for fault in faults if "[" in fault.where}
    return [fault for fault in faults if fault.where not in inner]


def _placed(
    faults: Sequence[Fault], origin: Origin, said: Mapping[str, Any], path: Path | None
) -> list[Fault]:
    """The faults of the file with their lines, and those of options without."""
    own = [fault for fault in faults if re.split(r"[.\[]", fault.where)[0] in said]
    of_file = [fault for fault in faults if fault not in own]
    if path is None:
        return [*own, *(replace(one, repair="give it in --settings FILE") for one in of_file)]
    return [*own, *origin.placed(of_file)]


def _written(path: Path | None) -> tuple[dict[str, Any], Origin]:
    if path is None:
        return {}, Origin()
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UsageError(f"{path} is not UTF-8; save it as UTF-8.") from None
    read = read_yaml(text, str(path))
    if read.faults:
        raise DefinitionError(read.origin.placed(read.faults))
    return dict(read.data), read.origin


def _to_fill_in(value: object, where: str) -> list[Fault]:
    if isinstance(value, Mapping):
        parts = [(f"{where}.{name}" if where else str(name), one) for name, one in value.items()]
    elif isinstance(value, list | tuple):
        parts = [(f"{where}[{place}]", one) for place, one in enumerate(value)]
    elif isinstance(value, str) and value.strip().upper().startswith(PLACEHOLDER):
        return [Fault(where, "it is still to be filled in", _ASK)]
    else:
        return []
    return [fault for name, one in parts for fault in _to_fill_in(one, name)]


def _refuse_unknown_basis(data: Mapping[str, Any]) -> None:
    said = data.get("legal_basis")
    if said not in list(LegalBasis):
        found = "No legal basis is given" if not said else f"{said} is no legal basis"
        raise SafetyRefusal(
            f"{found}, and there is no default: it decides whose opt-outs remove them. Give "
            f"--legal-basis, or legal_basis in the protocol file, one of {_BASES}."
        )
    overridable = effect(OptOutKind.TYPE_1, LegalBasis(said)) is not OptOutEffect.REMOVES
    if data.get("type_1_overridden_by") and not overridable:
        raise SafetyRefusal(
            f"A type 1 dissent is not overridden under {said}: only the care team's own mailing "
            "can be, by a named Caldicott lead. Take type_1_overridden_by out."
        )


def _fault(error: Any) -> Fault:
    where = ""
    for part in error["loc"]:
        where += f"[{part}]" if isinstance(part, int) else f".{part}" if where else str(part)
    unknown = _one_line(str(error["msg"]).removeprefix("Value error, "))
    found, repair = _WORDS.get(error["type"], (unknown, ""))
    if error["type"] == "extra_forbidden":
        known = SeedRow.model_fields if len(error["loc"]) > 1 else InvitationSettings.model_fields
        repair = nearest(str(error["loc"][-1]), known)
    if where.startswith("channels["):
        repair = f"one of {', '.join(WRITING_CHANNELS)}"
    return Fault(where, found, repair.format(**error.get("ctx", {})))


def settings_sha256(settings: Mapping[str, object]) -> str:
    """One hash over everything that a batch was made by: settings, and other files by hash."""
    text = json.dumps(settings, sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def read_tiers(text: str) -> tuple[Tier, ...]:
    """The tiers that a batch draws from, such as ``A,B``, each once, in the order of letters.

    Raises:
        UsageError: one of them is no tier.
    """
    said = [part.strip().upper() for part in text.split(",") if part.strip()]
    unknown = [one for one in said if one not in list(Tier)]
    if unknown or not said:
        raise UsageError(f"--tiers {text}: write one or more of {', '.join(Tier)}, as A,B.")
    return tuple(tier for tier in Tier if tier in said)


def as_lines(address: Sequence[str]) -> tuple[str, ...]:
    """An address as five cells, the empty ones last."""
    return (*address, *[""] * (_ADDRESS_LINES - len(address)))
