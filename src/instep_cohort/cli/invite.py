"""`instep-cohort invite`: plans and makes batches of letters, reminds, reads what comes back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from instep_cohort.cli import invite_replies
from instep_cohort.cli.dates import iso_date
from instep_cohort.cli.options import (
    AsJson,
    Codelists,
    EngineName,
    NoOptOutList,
    OptOuts,
    OptOutsOn,
)
from instep_cohort.cli.words import warn

if TYPE_CHECKING:
    from instep_cohort.recruitment.inviting.orders import Order
    from instep_cohort.recruitment.inviting.settings import InvitationSettings

app = typer.Typer(
    help="Letters: plan a batch, make it, remind, and take in what comes back.",
    no_args_is_help=True,
)
app.add_typer(invite_replies.reply, name="reply")
app.add_typer(invite_replies.stage, name="stage")

LedgerFile = Annotated[Path, typer.Option("--ledger", help="The ledger of practice and study.")]
KeyFile = Annotated[Path, typer.Option("--key", help="The key of the ledger's tokens.")]
RunFolder = Annotated[Path, typer.Option("--run", help="The run folder that identify wrote.")]
FreshStore = Annotated[
    Path | None,
    typer.Option("--store", help="A fresh extract, ingested: everybody is checked again in it."),
]
ContactsFile = Annotated[
    Path | None, typer.Option("--contacts", help="Names and addresses: a CSV of the practice.")
]
MailingOn = Annotated[str, typer.Option(help="The day on which the letters go out.")]
Protocol = Annotated[
    Path | None,
    typer.Option("--settings", help="The protocol file: what the options below say, in YAML."),
]
Basis = Annotated[
    str | None,
    typer.Option(help="care_team, section_251 or national_service; there is no default."),
]
Caldicott = Annotated[
    str | None,
    typer.Option(
        help='The "name, role" of the Caldicott lead who answers for writing to people with a '
        "type 1 dissent; care_team only."
    ),
]
Letters = Annotated[
    int | None, typer.Option("--letters-per-person", help="Letters a person gets at most.")
]
CoolingOff = Annotated[
    int | None,
    typer.Option("--cooling-off", help="Days after an invitation to another study; 0 for none."),
]
ExtractAge = Annotated[
    int | None,
    typer.Option("--max-extract-age", help="Days that the extract may be old on the mailing day."),
]
OthersFile = Annotated[
    Path | None,
    typer.Option("--other-invitations", help="A CSV patient_id,study,invited_on."),
]
ChannelNames = Annotated[
    list[str] | None,
    typer.Option("--channel", help="post, text_message or email, the preferred one first."),
]
Acknowledged = Annotated[
    list[str] | None,
    typer.Option(
        "--acknowledge-unmatched", help="An opt-out list that may match no row, by its name."
    ),
]
NationalBy = Annotated[
    str | None,
    typer.Option(
        "--national-opt-outs-by",
        help='The "name, role" of whoever answers that the list has the national opt-outs.',
    ),
]
LostLettersBy = Annotated[
    str | None,
    typer.Option(
        "--lost-letters-by",
        help='The "name, role" of whoever answers for a ledger that lacks letters that were sent.',
    ),
]
MailingIsPast = Annotated[
    bool,
    typer.Option("--mailing-is-past", help="Accept a mailing date that is past: made-up data."),
]
PracticeId = Annotated[
    str | None, typer.Option("--practice", help="The practice, where the run is of several.")
]
Out = Annotated[Path, typer.Option(help="The folder for the batch's files.")]
By = Annotated[str, typer.Option(help='The "name, role" of whoever makes it.')]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be; write nothing.")]


@app.command("plan")
def plan(
    ledger: LedgerFile,
    key: KeyFile,
    tiers: Annotated[str, typer.Option(help="The tiers to draw from, such as A,B.")],
    size: Annotated[int, typer.Option(help="How many letters at most.", min=1)],
    seed: Annotated[int, typer.Option(help="Of the random sample within a tier.")],
    mailing_on: MailingOn,
    settings: Protocol = None,
    legal_basis: Basis = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Says what a batch would be by the ledger alone; nothing is written, nobody looked up.

    Death, deduction, age, new opt-outs and addresses are looked up by `invite make`.
    """
    from instep_cohort.recruitment.inviting.plan import plan_invitations
    from instep_cohort.recruitment.inviting.settings import load_basis, read_tiers
    from instep_cohort.recruitment.key_file import Key
    from instep_cohort.recruitment.ledger import Ledger

    book = Ledger.open_any(ledger)
    whose = book.identity
    Key.open(key, practice=whose.practice, study=whose.study).covers(book.standing.persons)
    basis = load_basis(settings, legal_basis)
    found = plan_invitations(
        book.standing,
        tiers=read_tiers(tiers),
        size=size,
        seed=seed,
        mailing_on=iso_date(mailing_on, "--mailing-on"),
        legal_basis=basis.legal_basis,
        type_1_overridden=basis.type_1_overridden,
    )
    typer.echo(json.dumps(found.as_dict(), indent=2) if as_json else repr(found))


@app.command("make")
def make(
    run: RunFolder,
    ledger: LedgerFile,
    key: KeyFile,
    batch: Annotated[str, typer.Option(help="The name of the batch: B1, B2, …")],
    tiers: Annotated[str, typer.Option(help="The tiers to draw from, such as A,B.")],
    size: Annotated[int, typer.Option(help="How many letters at most.", min=1)],
    seed: Annotated[int, typer.Option(help="Of the random sample within a tier.")],
    mailing_on: MailingOn,
    by: By,
    out: Out,
    store: FreshStore = None,
    contacts: ContactsFile = None,
    settings: Protocol = None,
    legal_basis: Basis = None,
    type_1_overridden_by: Caldicott = None,
    letters_per_person: Letters = None,
    cooling_off: CoolingOff = None,
    max_extract_age: ExtractAge = None,
    other_invitations: OthersFile = None,
    channel: ChannelNames = None,
    invite_ids: Annotated[
        Path | None,
        typer.Option(help="Ids made beforehand by the study team: a CSV with invite_id."),
    ] = None,
    opt_outs: OptOuts = None,
    opt_outs_on: OptOutsOn = None,
    no_opt_out_list: NoOptOutList = None,
    national_by: NationalBy = None,
    lost_letters_by: LostLettersBy = None,
    acknowledge_unmatched: Acknowledged = None,
    practice: PracticeId = None,
    codelists: Codelists = None,
    *,
    engine: EngineName = "duckdb",
    mailing_is_past: MailingIsPast = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Checks everybody again, draws the batch, records it, and writes the mailing house's files.

    Run again after an interruption it finishes the same batch: same people, ids and bytes.
    """
    from instep_cohort.recruitment.inviting.settings import read_tiers

    said = _said(
        settings,
        legal_basis,
        type_1_overridden_by,
        letters_per_person,
        cooling_off,
        max_extract_age,
        channel,
    )
    order = _order(
        said,
        batch,
        mailing_on,
        (opt_outs, opt_outs_on, no_opt_out_list),
        tiers=read_tiers(tiers),
        size=size,
        seed=seed,
        acknowledged=frozenset(acknowledge_unmatched or ()),
        national_by=national_by,
        lost_letters_by=lost_letters_by,
        mailing_is_past=mailing_is_past,
        codelists=codelists,
        engine=engine,
    )
    files = _files(run, ledger, key, store, contacts, other_invitations, invite_ids, practice)
    _make(order, files, out, by, dry_run=dry_run, as_json=as_json)


@app.command("remind")
def remind(
    run: RunFolder,
    ledger: LedgerFile,
    key: KeyFile,
    batch: Annotated[str, typer.Option(help="The name of the reminder, such as B1-R1.")],
    of: Annotated[str, typer.Option(help="The batch whose people are reminded, such as B1.")],
    mailing_on: MailingOn,
    by: By,
    out: Out,
    store: FreshStore = None,
    contacts: ContactsFile = None,
    settings: Protocol = None,
    legal_basis: Basis = None,
    type_1_overridden_by: Caldicott = None,
    letters_per_person: Letters = None,
    cooling_off: CoolingOff = None,
    max_extract_age: ExtractAge = None,
    other_invitations: OthersFile = None,
    channel: ChannelNames = None,
    opt_outs: OptOuts = None,
    opt_outs_on: OptOutsOn = None,
    no_opt_out_list: NoOptOutList = None,
    national_by: NationalBy = None,
    lost_letters_by: LostLettersBy = None,
    acknowledge_unmatched: Acknowledged = None,
    practice: PracticeId = None,
    codelists: Codelists = None,
    *,
    engine: EngineName = "duckdb",
    mailing_is_past: MailingIsPast = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Writes once more to those of a batch on whose invitation id nothing has come back.

    Everybody is checked again first, as for the first letter.
    """
    said = _said(
        settings,
        legal_basis,
        type_1_overridden_by,
        letters_per_person,
        cooling_off,
        max_extract_age,
        channel,
    )
    order = _order(
        said,
        batch,
        mailing_on,
        (opt_outs, opt_outs_on, no_opt_out_list),
        reminds=of,
        acknowledged=frozenset(acknowledge_unmatched or ()),
        national_by=national_by,
        lost_letters_by=lost_letters_by,
        mailing_is_past=mailing_is_past,
        codelists=codelists,
        engine=engine,
    )
    files = _files(run, ledger, key, store, contacts, other_invitations, None, practice)
    _make(order, files, out, by, dry_run=dry_run, as_json=as_json)


@app.command("ids")
def ids(
    count: Annotated[int, typer.Argument(help="How many.", min=1, max=100_000)],
    taken: Annotated[
        list[Path] | None,
        typer.Option(help="A file of ids that are given out already; may be repeated."),
    ] = None,
) -> None:
    """Makes invitation ids for a practice beforehand: a CSV on standard output."""
    from instep_cohort.recruitment.inviting.sources import read_invite_ids
    from instep_cohort.recruitment.tokens import new_invite_ids

    given = [one for path in taken or () for one in read_invite_ids(path).ids]
    typer.echo("\n".join(["invite_id", *new_invite_ids(count, taken=given)]))


def _said(
    path: Path | None,
    legal_basis: str | None,
    type_1_overridden_by: str | None,
    letters_per_person: int | None,
    cooling_off: int | None,
    max_extract_age: int | None,
    channel: list[str] | None,
) -> InvitationSettings:
    from instep_cohort.recruitment.inviting.settings import load_settings

    overrides: dict[str, Any] = {
        "legal_basis": legal_basis,
        "type_1_overridden_by": type_1_overridden_by,
        "letters_per_person": letters_per_person,
        "cooling_off_days": cooling_off,
        "max_extract_age_days": max_extract_age,
        "channels": channel or None,
    }
    return load_settings(path, overrides)


def _order(
    settings: InvitationSettings,
    batch: str,
    mailing_on: str,
    opt_outs: tuple[Path | None, str | None, str | None],
    **more: Any,
) -> Order:
    from instep_cohort.cohort.safety import OptOutAnswers
    from instep_cohort.recruitment.inviting.orders import Order

    file, on, nobody = opt_outs
    answers = OptOutAnswers(file, iso_date(on, "--opt-outs-on") if on else None, nobody)
    return Order(batch, iso_date(mailing_on, "--mailing-on"), settings, answers, **more)


def _files(*files: Any) -> dict[str, Any]:
    names = ("run", "ledger", "key", "store", "contacts", "other_invitations", "invite_ids")
    return dict(zip((*names, "practice"), files, strict=True))


def _make(
    order: Order,
    files: dict[str, Any],
    out: Path,
    by: str,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    from instep_cohort.recruitment.inviting.making import make_batch
    from instep_cohort.recruitment.inviting.saying import as_dict, as_text
    from instep_cohort.recruitment.inviting.sources import open_sources

    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    made = make_batch(order, open_sources(**files), out=out, by=by, at=now, dry_run=dry_run)
    warn(made.drawing.warnings)
    if as_json:
        typer.echo(json.dumps(as_dict(made, dry_run=dry_run), indent=2, ensure_ascii=False))
    else:
        typer.echo(as_text(made, dry_run=dry_run))
