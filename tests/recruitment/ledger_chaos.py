"""Kills a process that imports, invites and records replies, at random moments; nothing is lost.

A child appends batches to one ledger and says of each, once it is acknowledged, that it is. The
parent kills it with SIGKILL after a random while, verifies the ledger, and looks for every batch
that was ever acknowledged; then the next child goes on, and repeats the batch in doubt.

A kill rarely falls between two writes of a short commit. So the children keep almost nothing in
memory: SQLite then writes pages into the file all through a batch, and a kill leaves it torn more
often than not, for the journal to mend. (What a power cut can do, a kill cannot show.)

    python tests/recruitment/ledger_chaos.py --kills 200
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from ledger_entries import append, decided, found, mailing, new_ledger, opened, replied

from instep_cohort.recruitment import private_sqlite
from instep_cohort.recruitment.ledger import verify
from instep_cohort.recruitment.vocabulary import ReplyKind

PEOPLE = 40  # in a batch
LONGEST = 0.05  # seconds that are left to live, once the ledger is open
KILLS_OF_ONE_LEDGER = 25


def batch(number):
    """The n-th batch: people are imported, then invited, then some reply, then the next ones."""
    group, step = divmod(number, 3)
    people = range(group * PEOPLE, (group + 1) * PEOPLE)
    if step == 0:
        return [entry for one in people for entry in (found(one), decided(one))]
    if step == 1:
        return mailing(f"mailing {group}", people)
    return [replied(one, ReplyKind.DECLINED) for one in people if one % 2]


def work(path, first, told):
    """Appends batches for ever, and tells of each that it was acknowledged."""
    remembering = private_sqlite._opened

    def forgetting(path):
        connection = remembering(path)
        connection.execute("PRAGMA cache_size = 1")
        return connection

    private_sqlite._opened = forgetting
    ledger = opened(path)
    os.write(told, b"open\n")
    number = first
    while True:
        receipt = append(ledger, batch(number), f"batch {number}")
        os.write(told, f"{number} {receipt.head}\n".encode())
        number += 1


def killed_after(seconds, path, first, *, once_open):
    """What a child acknowledged before it was killed: (number, head) of each batch."""
    heard, told = os.pipe()
    child = os.fork()
    if not child:
        os.close(heard)
        try:
            work(path, first, told)
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
    return [(int(number), head) for number, head in said]


def check(path, acknowledged):
    """The ledger verifies, with every acknowledged batch whole and at most one more."""
    for _, head in acknowledged[-1:]:
        assert not verify(path, expected_head=head).faults, verify(path, expected_head=head).faults
    assert not verify(path).faults, verify(path).faults
    ledger = opened(path)
    there = {}
    for one in ledger.entries():
        there.setdefault(one.batch_key, []).append(one.entry)
    assert list(there) == [f"batch {number}" for number in range(len(there))]
    assert len(acknowledged) <= len(there) <= len(acknowledged) + 1
    for number, entries in enumerate(there.values()):
        assert entries == batch(number), f"batch {number} is torn"
    letters = [one.person for sent in ledger.standing.invitations.values() for one in sent]
    assert len(letters) == len(set(letters)), "somebody was invited twice"
    return len(there)


def chaos(folder, kills, chance):
    """(kills that left a torn file, batches acknowledged, batches there and not acknowledged)."""
    path = new_ledger(folder).path
    acknowledged, in_doubt, torn = [], 0, 0
    for _ in range(kills):
        acknowledged += killed_after(
            chance.uniform(0, LONGEST), path, len(acknowledged), once_open=chance.random() < 0.9
        )
        assert [number for number, _ in acknowledged] == list(range(len(acknowledged)))
        torn += path.with_name(f"{path.name}-journal").exists()
        in_doubt += check(path, acknowledged) - len(acknowledged)
    return torn, len(acknowledged), in_doubt


def main():
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--kills", type=int, default=200)
    asked.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = asked.parse_args()
    sys.stdout.write(f"seed {options.seed}\n")
    chance, counts = random.Random(options.seed), []
    for first in range(0, options.kills, KILLS_OF_ONE_LEDGER):
        with tempfile.TemporaryDirectory() as folder:
            kills = min(KILLS_OF_ONE_LEDGER, options.kills - first)
            counts.append(chaos(Path(folder), kills, chance))
    torn, whole, in_doubt = map(sum, zip(*counts, strict=True))
    assert torn, "no kill fell into a write: nothing was shown"
    sys.stdout.write(
        f"{options.kills} kills, {torn} of them in the middle of a write: {whole} batches were "
        f"acknowledged and are there, {in_doubt} more were killed before they could say so; none "
        "is lost, none torn, nobody is invited twice\n"
    )


if __name__ == "__main__":
    main()
