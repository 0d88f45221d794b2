"""A practice whose people are what happens to them between the screening and the mailing.

Every patient_id has ZQ in it: a message or a mail file that carries it has leaked.
"""

import csv
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cohort.small_practice import STUDY, write_lists
from instep_cohort.cohort import identify
from instep_cohort.cohort.safety import OptOutAnswers
from instep_cohort.extracts import ingest, open_store
from instep_cohort.recruitment.inviting.making import make_batch
from instep_cohort.recruitment.inviting.orders import Order
from instep_cohort.recruitment.inviting.settings import InvitationSettings
from instep_cohort.recruitment.inviting.sources import open_sources
from instep_cohort.recruitment.key_file import Key
from instep_cohort.recruitment.ledger import Decided, Found, Ledger, OptedOut
from instep_cohort.recruitment.runs import open_practice_run
from instep_cohort.recruitment.vocabulary import (
    Decision,
    LegalBasis,
    OptOutKind,
    Reason,
    Route,
    Tier,
)
from instep_cohort.study import load_study

SEARCHED = date(2026, 11, 1)
SCREENED = date(2026, 11, 3)
FRESH = date(2026, 11, 20)
MAILING = date(2026, 11, 27)
BY = "N. Shah, practice manager"
AT = "2026-11-20T09:30:00Z"
WHOSE = {"practice": "0P1", "study": "small"}

# who they are, and what the fresh extract says of them
PLAIN = [f"plain{n}" for n in range(1, 7)]
FRESH_PATIENT = {
    "died": {"death_date": "2026-11-10"},
    "left": {"registration_end": "2026-11-15"},
    "leaving": {"registration_end": "2026-11-25"},
    "moved": {"practice_id": "0P2"},
    "test": {"is_test": "true"},
    "confidential": {"is_confidential": "true"},
}
FRESH_EVENTS = {
    "dying": ("2026-11-12", "PL1.."),
    "dissents": ("2026-11-15", "WI1.."),
    "dissents_ahead": ("2027-05-01", "WI1.."),
    "type_1": ("2026-11-15", "WI3.."),
}
LISTED = {"listed": "research", "listed_type_1": "type_1", "listed_national": "national"}
BEFORE_EVENTS = {"out_of_work": ("2026-10-01", "JO1.."), "in_work": ("2026-10-01", "JO2..")}
OTHERS = [
    *("birthday", "gone", "healed", "no_address", "no_contact", "formula", "twice_a", "twice_b"),
    *("elsewhere", "unscreened", "refused", "discussed", "do_not_write", "no_post"),
]
EVERYBODY = [
    *PLAIN,
    *FRESH_PATIENT,
    *FRESH_EVENTS,
    *LISTED,
    *BEFORE_EVENTS,
    *OTHERS,
]
SETTINGS = InvitationSettings(
    study="small",
    legal_basis=LegalBasis.CARE_TEAM,
    letters_per_person=2,
    cooling_off_days=90,
    max_extract_age_days=14,
    practice_name="Example Surgery",
    practice_address="2 Example Street, Example Town",
    seed_row={
        "first_name": "Study",
        "surname": "Office",
        "address": ["1 Example Street", "Example Town"],
        "mobile": "07700 900000",
        "email": "study@example.org",
    },
)


def pid(name):
    return f"ZQ-{name}"


def name_of(patient_id):
    return patient_id.removeprefix("ZQ-")


def _rows(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerows([header, *rows])


def _extract(folder, *, fresh):
    folder.mkdir()
    people = [name for name in EVERYBODY if not (fresh and name == "gone")]
    columns = (
        *("practice_id", "sex", "birth_date", "death_date", "registration_start"),
        *("registration_end", "is_test", "is_confidential"),
    )
    usual = dict.fromkeys(columns, "") | {
        "practice_id": "0P1",
        "sex": "F",
        "birth_date": "1980-06-15",
        "registration_start": "2010-01-01",
    }
    rows = []
    for name in people:
        one = usual | (FRESH_PATIENT.get(name, {}) if fresh else {})
        if name == "birthday":
            one = one | {"birth_date": "1961-11-25"}
        rows.append([pid(name), *(one[column] for column in columns)])
    _rows(folder / "patients.csv", ("patient_id", *columns), rows)
    events = [(pid(name), "2026-05-10", "AC1..") for name in people]
    events += [(pid(name), *BEFORE_EVENTS[name]) for name in BEFORE_EVENTS]
    events += [(pid(name), *FRESH_EVENTS[name]) for name in FRESH_EVENTS if fresh]
    head = ("patient_id", "date", "system", "code", "term", "value", "unit")
    _rows(
        folder / "events.csv",
        head,
        [(who, when, "read_v2", code, "OWNWORDS", "", "") for who, when, code in events],
    )
    issues = [
        (pid(name), day, "read_v2", "PI1..", "OWNWORDS", "28")
        for name in people
        for day in ("2026-08-01", "2026-09-01")
        if not (fresh and name == "healed")
    ]
    head = ("patient_id", "date", "system", "code", "term", "quantity")
    _rows(folder / "medicines.csv", head, issues)


def contact_rows():
    rows = []
    for place, name in enumerate(EVERYBODY):
        if name == "no_contact":
            continue
        first = "=Cmd" if name == "formula" else name.title().replace("_", "")
        nhs_number = "9990000018" if name.startswith("twice") else ""
        address = ("", "") if name == "no_address" else (f"{place} Invented Lane", "Nowhereshire")
        post = "no" if name == "no_post" else ""
        mobile = "+44 7700 900123" if name in ("plain1", "no_post") else ""
        email = "p2@example.org" if name == "plain2" else ""
        rows.append(
            {
                "patient_id": pid(name),
                "nhs_number": nhs_number,
                "first_name": first,
                "surname": "Example",
                "address_1": address[0],
                "address_2": address[1],
                "mobile": mobile,
                "email": email,
                "usual_gp": "Dr A. Example",
                "post_ok": post,
                "text_message_ok": "yes" if mobile else "",
                "email_ok": "yes" if email else "",
            }
        )
    return rows


def write_contacts(path, rows):
    _rows(path, tuple(rows[0]), [tuple(row.values()) for row in rows])


@dataclass(frozen=True)
class World:
    """Where everything of the practice is."""

    folder: Path

    def __getattr__(self, name):
        suffix = {"ledger": "small.ledger", "key": "small.key"}.get(name, name)
        return self.folder / suffix

    def book(self):
        return Ledger.open(self.ledger, **WHOSE)

    def tokens(self):
        return Key.open(self.key, **WHOSE).known([pid(name) for name in EVERYBODY])

    def token(self, name):
        return self.tokens()[pid(name)]

    def names(self, tokens):
        by_token = {token: name_of(who) for who, token in self.tokens().items()}
        return [by_token[token] for token in tokens]

    def sources(self, **more):
        files = {
            "run": self.run,
            "ledger": self.ledger,
            "key": self.key,
            "store": self.fresh,
            "contacts": self.folder / "contacts.csv",
            "other_invitations": self.folder / "others.csv",
        }
        return open_sources(**{**files, **more})

    def answers(self):
        return OptOutAnswers(self.folder / "opt-outs.csv", FRESH, None)

    def order(self, batch="B1", **more):
        settings = SETTINGS.model_copy(update=more.pop("settings", {}))
        usual = {
            "mailing_on": MAILING,
            "settings": settings,
            "answers": self.answers(),
            "codelists": self.folder / "codelists",
        }
        if "reminds" not in more:
            usual |= {"tiers": (Tier.A, Tier.B, Tier.C), "size": 100, "seed": 7}
        return Order(batch, **{**usual, **more})

    def make(self, order=None, *, by=BY, dry_run=False, out=None, **more):
        return make_batch(
            order or self.order(),
            self.sources(**more),
            out=out or self.folder / "out",
            by=by,
            at=AT,
            dry_run=dry_run,
        )

    def append(self, *entries, key):
        return self.book().append(list(entries), who=BY, at=AT, batch_key=key)

    def letters(self, batch="B1"):
        """Name → letter, of a batch in the ledger."""
        sent = self.book().standing.batch(batch)
        return dict(zip(self.names([one.person for one in sent]), sent, strict=True))

    def letters_by_name(self):
        """Name → first letter, of everybody who was ever invited."""
        sent = self.book().standing.invitations.values()
        first = [letters[0] for letters in sent]
        return dict(zip(self.names([one.person for one in first]), first, strict=True))


def build(folder):
    """Writes and searches the practice; its candidates are screened."""
    world = World(folder)
    write_lists(folder / "codelists")
    (folder / "small.yaml").write_text(STUDY, encoding="utf-8")
    _rows(folder / "opt-outs.csv", ("patient_id", "kind", "recorded_on"), [])
    for name, on in (("before", SEARCHED), ("fresh", FRESH)):
        _extract(folder / f"{name}-extract", fresh=name == "fresh")
        ingest(folder / f"{name}-extract", profile="standard", extract_date=on, out=folder / name)
    identify(
        load_study(folder / "small.yaml"),
        open_store(folder / "before"),
        on=SEARCHED,
        opt_outs=folder / "opt-outs.csv",
        opt_outs_on=SEARCHED,
        codelists=folder / "codelists",
    ).save(folder / "run")
    listed = [(pid(name), kind, "2026-11-19") for name, kind in LISTED.items()]
    _rows(folder / "opt-outs.csv", ("patient_id", "kind", "recorded_on"), listed)
    elsewhere = [(pid("elsewhere"), "other", "2026-10-01"), (pid("plain1"), "other", "2026-01-01")]
    _rows(folder / "others.csv", ("patient_id", "study", "invited_on"), elsewhere)
    write_contacts(folder / "contacts.csv", contact_rows())
    _screen(world)
    return world


def _screen(world):
    run = open_practice_run(world.folder / "run")
    assert sorted(run.patient_ids) == sorted(map(pid, EVERYBODY))
    ledger = Ledger.create(world.ledger, **WHOSE, who=BY, at=AT)
    tokens = Key.create(world.key, **WHOSE).tokens_for(run.patient_ids)
    tiers = dict(zip(run.patient_ids, run.candidates["tier"].to_pylist(), strict=True))
    entries = [
        Found(
            person=tokens[who],
            route=Route.CODE_SEARCH,
            found_on=SEARCHED,
            run=run.sha256,
            tier=Tier(tiers[who]),
        )
        for who in run.patient_ids
    ]
    entries += [decided(tokens[pid(name)], name) for name in EVERYBODY if name != "unscreened"]
    entries.append(
        OptedOut(
            person=tokens[pid("do_not_write")], opt_out=OptOutKind.DO_NOT_WRITE, source="phone"
        )
    )
    ledger.append(entries, who=BY, at=AT, batch_key="screening")


def decided(token, name):
    decision, reason = Decision.INVITE, None
    if name == "refused":
        decision, reason = Decision.DO_NOT_INVITE, Reason.PJ_BEREAVED
    if name == "discussed":
        decision = Decision.DISCUSS_WITH_GP
    return Decided(
        person=token, decision=decision, reason=reason, screened_by="Dr A", screened_on=SCREENED
    )


def copied(world, folder):
    """The same practice in another folder, for one test to write in."""
    folder.mkdir()
    for name in ("small.ledger", "small.key", "contacts.csv", "opt-outs.csv", "others.csv"):
        shutil.copy(world.folder / name, folder / name)
    for name in ("run", "fresh", "before", "codelists"):
        (folder / name).symlink_to(world.folder / name)
    return World(folder)


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
