"""`instep-cohort screen`: the list out to whoever screens it, and their decisions back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from instep_cohort.cli.options import AsJson
from instep_cohort.cli.words import warn
from instep_cohort.errors import UsageError

if TYPE_CHECKING:
    from instep_cohort.recruitment.key_file import Key
    from instep_cohort.recruitment.ledger import Ledger
    from instep_cohort.recruitment.runs import PracticeRun
    from instep_cohort.recruitment.screening.exporting import ListFormat
    from instep_cohort.recruitment.screening.listing import ScreeningList

app = typer.Typer(
    help="Screening by the practice: a list to fill in, and the decisions into the ledger.",
    no_args_is_help=True,
)

LedgerFile = Annotated[Path, typer.Option("--ledger", help="The ledger of practice and study.")]
KeyFile = Annotated[Path, typer.Option("--key", help="The key of the ledger's tokens.")]
Practice = Annotated[
    str | None, typer.Option(help="Whose candidates, where the run is of several practices.")
]
Screeners = Annotated[
    list[str] | None,
    typer.Option("--screener", help='Who may decide, such as "Dr A. Khan, GP"; may be repeated.'),
]


@app.command("export")
def export(
    run: Annotated[Path, typer.Argument(help="The run folder that identify wrote.")],
    out: Annotated[Path, typer.Option(help="The file to write; the class is put into its name.")],
    ledger: LedgerFile,
    key: KeyFile,
    screener: Screeners = None,
    list_format: Annotated[
        str, typer.Option("--format", help="xlsx to fill in, csv, or html to print.")
    ] = "",
    seed: Annotated[
        int | None, typer.Option(help="For the order within a tier; it stands on the list.")
    ] = None,
    identity: Annotated[
        str,
        typer.Option(
            help="Columns that show who somebody is, joined by commas: local_patient_no, "
            "nhs_number, surname_initials, usual_gp. Without it there are none."
        ),
    ] = "",
    contacts: Annotated[
        Path | None, typer.Option(help="Names, addresses and channels: a CSV of the practice.")
    ] = None,
    other_invitations: Annotated[
        Path | None,
        typer.Option(help="Invitations to other studies: a CSV patient_id,study,invited_on."),
    ] = None,
    nominated: Annotated[
        Path | None,
        typer.Option(help="The .parquet that nominate import wrote: they are screened as well."),
    ] = None,
    practice: Practice = None,
) -> None:
    """Writes the list of candidates for a clinician to decide on."""
    from instep_cohort.recruitment.contacts import read_contacts
    from instep_cohort.recruitment.inviting.other_invitations import read_other_invitations
    from instep_cohort.recruitment.routes.nominated_rows import read_nominated_rows, with_nominated
    from instep_cohort.recruitment.screening.columns import identity_columns
    from instep_cohort.recruitment.screening.exporting import export_list
    from instep_cohort.recruitment.screening.listing import screening_list

    chosen = _format(list_format, out)
    columns = identity_columns(identity)
    opened, book, tokens = _opened(run, ledger, key, practice)
    if nominated:
        opened = with_nominated(opened, read_nominated_rows(nominated))
    listed = screening_list(
        opened,
        book,
        tokens,
        screeners=screener or [],
        seed=seed,
        identity=columns,
        contacts=read_contacts(contacts) if contacts else None,
        others=read_other_invitations(other_invitations) if other_invitations else None,
    )
    handed = export_list(listed, out, chosen)
    _tell_exported(listed, handed.path)


@app.command("import")
def import_lists(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE …", help="The filled-in list of each screener.")
    ],
    run: Annotated[Path, typer.Option("--run", help="The run that the list was exported from.")],
    ledger: LedgerFile,
    key: KeyFile,
    *,
    apply: Annotated[
        bool, typer.Option("--apply", help="Record it; without this it is only shown.")
    ] = False,
    by: Annotated[
        str | None, typer.Option(help='The "name, role" of whoever records it; for --apply.')
    ] = None,
    screener: Screeners = None,
    disagreements: Annotated[
        Path | None, typer.Option(help="Write on whom screeners disagree into this CSV file.")
    ] = None,
    practice: Practice = None,
    as_json: AsJson = False,
) -> None:
    """Shows what the decisions of filled-in lists would record; records them with --apply.

    Of several screeners who disagree the more cautious decision stands.
    """
    from instep_cohort.recruitment.screening.disagreements import write_disagreements
    from instep_cohort.recruitment.screening.import_in_words import as_counts, in_words, notes
    from instep_cohort.recruitment.screening.importing import prepare_import, record

    if apply and not by:
        raise UsageError('Who records it answers for it: --by "name, role" goes with --apply.')
    opened, book, tokens = _opened(run, ledger, key, practice)
    prepared = prepare_import(
        files,
        opened,
        book,
        tokens,
        today=date.today(),
        more_screeners=screener or [],
    )
    if disagreements:
        written = write_disagreements(prepared, opened, disagreements)
        typer.echo(f"written: {written.path}", err=True)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    receipt = record(prepared, book, who=by, at=now) if apply and by else None
    if as_json:
        counts = as_counts(prepared)
        counts["recorded"] = receipt is not None
        counts["ledger_head"] = book.head
        typer.echo(json.dumps(counts, indent=2))
    else:
        typer.echo(in_words(prepared))
    warn(notes(prepared))
    if as_json:
        return
    if receipt:
        typer.echo(f"\nRecorded: entries {receipt.first:,} to {receipt.last:,}\nhead: {book.head}")
    elif prepared.recorded_at:
        typer.echo(f"\nThese files were recorded on {prepared.recorded_at}: nothing is new.")
    elif not prepared.entries:
        typer.echo("\nThere is nothing to record.")
    else:
        typer.echo('\nNothing is recorded yet. To record it: --apply --by "name, role"')


def _format(asked: str, out: Path) -> ListFormat:
    from instep_cohort.recruitment.screening.exporting import ListFormat

    wanted = asked or out.suffix.lstrip(".").lower()
    if wanted not in tuple(ListFormat):
        where = f"--format {asked}" if asked else f"--out {out}"
        raise UsageError(f"{where}: the list is written as {', '.join(ListFormat)}.")
    if asked and out.suffix.lstrip(".").lower() != asked:
        raise UsageError(f"--out {out} is to end in .{asked}, since that is what is written.")
    return ListFormat(wanted)


def _opened(
    run: Path, ledger: Path, key: Path, practice: str | None
) -> tuple[PracticeRun, Ledger, Key]:
    from instep_cohort.recruitment.key_file import Key
    from instep_cohort.recruitment.ledger import Ledger
    from instep_cohort.recruitment.runs import open_practice_run

    opened = open_practice_run(run, practice)
    book = Ledger.open(ledger, practice=opened.practice, study=opened.study)
    return opened, book, Key.open(key, practice=opened.practice, study=opened.study)


def _tell_exported(listed: ScreeningList, path: Path) -> None:
    which = listed.identity
    tiers = ", ".join(f"{tier or 'no tier'} {count:,}" for tier, count in listed.tiers.items())
    typer.echo(f"written: {path}")
    typer.echo(
        f"list {which.short} of practice {which.practice}: {int(which.rows):,} on it"
        f"{f' (tier {tiers})' if tiers else ''}, seed {which.seed}"
    )
    for why, count in listed.left_out.items():
        typer.echo(f"left out: {count:,}, {why}")
    if not which.identity:
        warn(["the list shows tokens alone; --identity local_patient_no says who they are."])
    if listed.without_contact:
        warn([f"not in the contacts file: {listed.without_contact:,} of them."])
    if listed.hidden:
        warn([f"not shown: {listed.hidden:,} rows of codes that tell who somebody is."])
