"""Kills a process that screens, invites, takes in replies and reminds, at random moments.

A child goes through one step after another on one ledger: a group's decisions, their batch with its
files, the replies to it, the reminders. Of each step, once it is done, it says so. The parent kills
it with SIGKILL after a random while, checks everything that is there, and lets the next child go on
with the step in doubt: the same people, the same ids, the same bytes.

    python tests/recruitment/invite_chaos.py --kills 200
"""

import argparse
import csv
import hashlib
import json
import os
import random
import signal
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parent)]

from inviting_practice import AT, BY, FRESH, MAILING, SEARCHED, SETTINGS, WHOSE  # noqa: E402

from cohort.small_practice import STUDY, write_lists  # noqa: E402
from instep_cohort.cohort import identify  # noqa: E402
from instep_cohort.cohort.safety import OptOutAnswers  # noqa: E402
from instep_cohort.extracts import ingest, open_store  # noqa: E402
from instep_cohort.recruitment import private_sqlite  # noqa: E402
from instep_cohort.recruitment.inviting import drawing  # noqa: E402
from instep_cohort.recruitment.inviting.making import make_batch  # noqa: E402
from instep_cohort.recruitment.inviting.orders import Order  # noqa: E402
from instep_cohort.recruitment.inviting.replies import read_replies  # noqa: E402
from instep_cohort.recruitment.inviting.sources import open_sources  # noqa: E402
from instep_cohort.recruitment.key_file import Key  # noqa: E402
from instep_cohort.recruitment.ledger import Found, Ledger, verify  # noqa: E402
from instep_cohort.recruitment.screening.exporting import ListFormat, export_list  # noqa: E402
from instep_cohort.recruitment.screening.importing import prepare_import, record  # noqa: E402
from instep_cohort.recruitment.screening.listing import screening_list  # noqa: E402
from instep_cohort.recruitment.vocabulary import Decision, ReplyKind, Route, Tier  # noqa: E402
from instep_cohort.study import load_study  # noqa: E402

SCREENER = "Dr A. Khan, GP"
GROUP = 12
GROUPS = 160
STEPS = ("screening", "batch", "replies", "reminder")
LONGEST = 1.0  # seconds that are left to live, once the ledger is open
KILLS_OF_ONE_LEDGER = 50
REMINDED = MAILING + timedelta(7)


def patient(number):
    return f"ZQ{number:05d}"


def csv_file(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([header, *rows])


def build(folder):
    """A practice of people who all may be written to; none is screened yet."""
    write_lists(folder / "codelists")
    (folder / "small.yaml").write_text(STUDY, encoding="utf-8")
    csv_file(folder / "opt-outs.csv", ("patient_id", "kind", "recorded_on"), [])
    everybody = [patient(n) for n in range(GROUP * GROUPS)]
    extract = folder / "extract"
    extract.mkdir()
    csv_file(
        extract / "patients.csv",
        (
            *("patient_id", "practice_id", "sex", "birth_date", "death_date"),
            *("registration_start", "registration_end"),
        ),
        [(who, "0P1", "F", "1980-06-15", "", "2010-01-01", "") for who in [*everybody, "ZQ-other"]],
    )
    dissents = [("ZQ-other", "2020-01-01", "WI1..")]  # so that the opt-out list matches a row
    aches = [(who, "2026-05-10", "AC1..") for who in everybody]
    csv_file(
        extract / "events.csv",
        ("patient_id", "date", "system", "code"),
        [(who, on, "read_v2", code) for who, on, code in [*aches, *dissents]],
    )
    csv_file(
        extract / "medicines.csv",
        ("patient_id", "date", "system", "code"),
        [(who, f"2026-0{n}-01", "read_v2", "PI1..") for who in everybody for n in (8, 9)],
    )
    for name, on in (("before", SEARCHED), ("fresh", FRESH)):
        ingest(extract, profile="standard", extract_date=on, out=folder / name)
    identify(
        load_study(folder / "small.yaml"),
        open_store(folder / "before"),
        on=SEARCHED,
        opt_outs=folder / "opt-outs.csv",
        opt_outs_on=SEARCHED,
        codelists=folder / "codelists",
    ).save(folder / "run")
    csv_file(
        folder / "contacts.csv",
        ("patient_id", "first_name", "surname", "address_1", "address_2"),
        [(who, "A", f"Example {who[2:]}", "1 Invented Lane", "Nowhereshire") for who in everybody],
    )


def new_ledger(folder, practice):
    """Ledger and key of people who were found; the rest of the folder is the practice's."""
    everybody = [patient(n) for n in range(GROUP * GROUPS)]
    ledger = Ledger.create(folder / "small.ledger", **WHOSE, who=BY, at=AT)
    tokens = Key.create(folder / "small.key", **WHOSE).tokens_for(everybody)
    entries = [
        Found(person=tokens[who], route=Route.CODE_SEARCH, found_on=SEARCHED, tier=Tier.C)
        for who in everybody
    ]
    ledger.append(entries, who=BY, at=AT, batch_key="found")
    (folder / "out").mkdir(mode=0o700)
    for name in ("run", "fresh", "codelists", "contacts.csv", "opt-outs.csv"):
        (folder / name).symlink_to(practice / name)
    sources = opened(folder)
    listed = screening_list(sources.run, sources.ledger, sources.key, screeners=[SCREENER])
    export_list(listed, folder / "list.csv", ListFormat.CSV)
    return [tokens[who] for who in everybody]


def opened(folder):
    return open_sources(
        run=folder / "run",
        ledger=folder / "small.ledger",
        key=folder / "small.key",
        store=folder / "fresh",
        contacts=folder / "contacts.csv",
    )


def order(folder, batch, **more):
    return Order(
        batch,
        more.pop("on", MAILING),
        SETTINGS.model_copy(update={"cooling_off_days": 0, "max_extract_age_days": 30}),
        OptOutAnswers(folder / "opt-outs.csv", FRESH, None),
        codelists=folder / "codelists",
        **more,
    )


def do(step, folder, sources, tokens):
    """One step, the n-th; done twice it is done once."""
    group, kind = divmod(step, len(STEPS))
    ledger, name = sources.ledger, f"B{group + 1}"
    if STEPS[kind] == "screening":
        path = filled_in(folder, group, tokens[group * GROUP : (group + 1) * GROUP])
        ledger.refresh()
        found = prepare_import([path], sources.run, ledger, sources.key, today=FRESH)
        record(found, ledger, who=BY, at=AT)
    elif STEPS[kind] == "batch":
        whole = order(folder, name, tiers=(Tier.C,), size=GROUP, seed=group)
        make_batch(whole, sources, out=folder / "out", by=BY, at=AT)
    elif STEPS[kind] == "replies":
        path = folder / f"replies-{group}.csv"
        if not path.exists():
            csv_file(
                folder / "making.csv", ("invite_id", "reply", "received_on"), answers(ledger, name)
            )
            (folder / "making.csv").replace(path)
        read_replies(path, ledger, today=REMINDED).record(ledger, who=BY, at=AT)
    else:
        reminder = order(folder, f"{name}-R1", reminds=name, on=REMINDED)
        make_batch(reminder, sources, out=folder / "out", by=BY, at=AT)


def filled_in(folder, group, people):
    """The screening list with the decisions of one group; the same bytes each time."""
    path = folder / f"list-{group}.PRACTICE-ONLY.csv"
    if not path.exists():
        with (folder / "list.PRACTICE-ONLY.csv").open(encoding="utf-8-sig", newline="") as lines:
            about, header, *rows = csv.reader(lines)
        said = {"decision": str(Decision.INVITE), "screened_by": SCREENER}
        said["screened_on"] = FRESH.isoformat()
        for row in rows:
            if row[header.index("candidate_token")] in people:
                for name, text in said.items():
                    row[header.index(name)] = text
        csv_file(folder / "typing.csv", about, [header, *rows])
        (folder / "typing.csv").replace(path)
    return path


def answers(ledger, batch):
    """Of four people one declines, one wants no letter ever, one is interested, one is silent."""
    kinds = (ReplyKind.DECLINED, ReplyKind.DO_NOT_WRITE, ReplyKind.INTERESTED)
    for place, letter in enumerate(ledger.standing.batch(batch)):
        if place % 4 < len(kinds):
            yield (letter.invite_id, str(kinds[place % 4]), MAILING.isoformat())


def work(folder, first, told, tokens):
    """Goes on for ever, and says of each step that it is done."""
    remembering = private_sqlite._opened

    def forgetting(path):
        connection = remembering(path)
        connection.execute("PRAGMA cache_size = 1")  # pages reach the file long before the commit
        return connection

    private_sqlite._opened = forgetting
    sources = opened(folder)
    os.write(told, b"open\n")
    step = first
    while step < GROUPS * len(STEPS):
        do(step, folder, sources, tokens)
        os.write(told, f"{step} {sources.ledger.head}\n".encode())
        step += 1
    while True:
        time.sleep(1)


def killed_after(seconds, folder, first, tokens, *, once_open):
    """What a child had done before it was killed: (step, head) of each step."""
    heard, told = os.pipe()
    child = os.fork()
    if not child:
        os.close(heard)
        try:
            work(folder, first, told, tokens)
        finally:
            os._exit(1)
    os.close(told)
    with os.fdopen(heard) as lines:
        if once_open:
            lines.readline()
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "the child ended by itself"
        said = [line.split() for line in lines if line != "open\n"]
    return [(int(step), head) for step, head in said]


def check(folder, done, tokens):
    """Nothing done is lost, nobody is invited twice, nobody who refused is written to again."""
    path = folder / "small.ledger"
    head = done[-1][1] if done else None
    assert not verify(path, expected_head=head).faults, verify(path, expected_head=head).faults
    standing = Ledger.open(path, **WHOSE).standing
    for step, _ in done:
        group, kind = divmod(step, len(STEPS))
        people = tokens[group * GROUP : (group + 1) * GROUP]
        batch = f"B{group + 1}" + ("-R1" if STEPS[kind] == "reminder" else "")
        if STEPS[kind] == "screening":
            assert all(standing.decision(token) for token in people), "a decision is lost"
        elif STEPS[kind] == "replies":
            sent = standing.batch(batch)
            replied = sum(letter.invite_id in standing.replies for letter in sent)
            assert replied == GROUP * 3 // 4, "a reply is lost"
        else:
            wanted = GROUP // 4 if batch.endswith("R1") else GROUP
            assert len(standing.batch(batch)) == wanted, "a batch is lost"
            check_files(folder / "out", batch, standing.batch(batch))
    once = [(one.person, one.letter) for sent in standing.invitations.values() for one in sent]
    assert len(once) == len(set(once)), "somebody was written to twice"
    assert len(standing.invite_ids) == len(set(standing.invite_ids.values())), "an id is used twice"
    replied = set(standing.replies)
    reminded = {one.invite_id for n in standing.batches if "-R" in n for one in standing.batch(n)}
    assert not replied & reminded, "somebody who had replied was reminded"


def check_files(out, batch, letters):
    """The files of a batch are whole, and hold exactly the ledger's people."""
    mail = out / f"{batch}-mail.PROCESSOR-MAIL.csv"
    note = json.loads(Path(f"{mail}.json").read_text(encoding="utf-8"))
    assert hashlib.sha256(mail.read_bytes()).hexdigest() == note["sha256"], "a mail file is torn"
    with mail.open(encoding="utf-8", newline="") as lines:
        ids = [row["Custom 5 Invite ID"] for row in csv.DictReader(lines)]
    assert sorted(ids) == sorted([f"SEED-{batch}", *(one.invite_id for one in letters)])


def chaos(folder, practice, kills, chance):
    """(kills that left a torn ledger, kills within a batch or reminder, steps done)."""
    tokens = new_ledger(folder, practice)
    done, torn, unwritten, in_doubt = [], 0, 0, set()
    for _ in range(kills):
        done += killed_after(
            chance.uniform(0, LONGEST), folder, len(done), tokens, once_open=chance.random() < 0.9
        )
        assert [step for step, _ in done] == list(range(len(done)))
        torn += (folder / "small.ledger-journal").exists()
        check(folder, done, tokens)
        batches = Ledger.open(folder / "small.ledger", **WHOSE).standing.batches
        made = sum(STEPS[step % len(STEPS)] in ("batch", "reminder") for step, _ in done)
        unwritten += len(batches) > made and len(batches) not in in_doubt
        in_doubt.add(len(batches))
    return torn, unwritten, len(done)


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--kills", type=int, default=200)
    asked.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = asked.parse_args()
    sys.stdout.write(f"seed {options.seed}\n")
    chance, counts = random.Random(options.seed), []
    with tempfile.TemporaryDirectory() as place:
        practice = Path(place) / "practice"
        practice.mkdir()
        build(practice)
        searched = searched_once(practice)
        # the extract stays the same, so it is searched once: the kills fall on what is written
        drawing.search_again = lambda *_, **__: searched
        for first in range(0, options.kills, KILLS_OF_ONE_LEDGER):
            folder = Path(place) / f"ledger-{first}"
            folder.mkdir()
            kills = min(KILLS_OF_ONE_LEDGER, options.kills - first)
            counts.append(chaos(folder, practice, kills, chance))
    torn, unwritten, steps = map(sum, zip(*counts, strict=True))
    sys.stdout.write(
        f"{options.kills} kills: {torn} in the middle of a write of the ledger, {unwritten} between "
        f"a recorded batch and its last file; {steps} steps were done and are there; none is lost, "
        "every ledger verifies, nobody is written to twice or after a refusal\n"
    )


def searched_once(practice):
    from instep_cohort.cohort.searching_again import search_again

    run = json.loads((practice / "run/manifest.json").read_text(encoding="utf-8"))
    return search_again(
        run,
        open_store(practice / "fresh"),
        [patient(n) for n in range(GROUP * GROUPS)],
        mailing_on=date(2026, 11, 27),
        answers=OptOutAnswers(practice / "opt-outs.csv", FRESH, None),
        codelists=practice / "codelists",
    )


if __name__ == "__main__":
    main()
