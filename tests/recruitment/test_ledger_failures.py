"""Two writers, a full disk, a kill at any moment: what was acknowledged is there, whole."""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import traceback
from contextlib import closing
from pathlib import Path

import pytest
from ledger_entries import append, decided, found, invite_id, new_ledger, opened, token

from instep_cohort.errors import SafetyRefusal
from instep_cohort.recruitment import private_sqlite
from instep_cohort.recruitment.ledger import verify

HERE = Path(__file__).parent
POSIX = pytest.mark.skipif(os.name != "posix", reason="forks, signals and limits are POSIX's")


def started(code, *arguments):
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=HERE,
    )


def told(process):
    out, err = process.communicate(timeout=120)
    assert not process.returncode, err
    return json.loads(out)


TWO_WRITERS = """
import json, sys
from ledger_entries import *
from instep_cohort.errors import SafetyRefusal
path, writer, batches = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
ledger, written = opened(path), []
for n in range(batches):
    own = [found(1000 * writer + n), found(1000 * writer + 500 + n)]
    written.append(append(ledger, own, f"writer {writer} batch {n}").head)
    # both want to write to the same person, each in a mailing of its own
    try:
        append(ledger, mailing(f"writer {writer} mailing {n}", [n]), f"writer {writer} mailing {n}")
    except SafetyRefusal:
        pass
print(json.dumps(written))
"""


def test_two_writers_lose_nothing_and_invite_nobody_twice(tmp_path):
    ledger = new_ledger(tmp_path)
    batches = 15
    append(ledger, [decided(n) for n in range(batches)], "screening")
    both = [started(TWO_WRITERS, ledger.path, writer, batches) for writer in (1, 2)]
    heads = [head for one in both for head in told(one)]
    for head in heads:
        assert not verify(ledger.path, expected_head=head).faults
    now = opened(ledger.path).standing
    expected = {token(1000 * w + k + n) for w in (1, 2) for k in (0, 500) for n in range(batches)}
    assert set(now.routes) == expected
    assert {one: len(sent) for one, sent in now.invitations.items()} == {
        invite_id(n): 1 for n in range(batches)
    }


def test_who_waits_too_long_is_told_and_nothing_is_written(tmp_path, monkeypatch):
    ledger = new_ledger(tmp_path)
    monkeypatch.setattr(private_sqlite, "PATIENCE", 0.05)
    with closing(sqlite3.connect(ledger.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(SafetyRefusal, match="in use by somebody else; nothing was written"):
            append(ledger, [found(1)], "a")
        other.execute("ROLLBACK")
    assert append(ledger, [found(1)], "a").written


FULL_DISK = """
import json, resource, signal, sys
from ledger_entries import *
from instep_cohort.errors import SafetyRefusal
path, room = sys.argv[1], int(sys.argv[2])
ledger, whole, refused = opened(path), [], ""
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
before = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
try:
    for n in range(1000):
        whole.append(append(ledger, [found(20 * n + k) for k in range(20)], f"batch {n}").head)
except SafetyRefusal as error:
    refused = str(error)
lost = len(whole)
head = opened(path).head
resource.setrlimit(resource.RLIMIT_FSIZE, before)
again = append(ledger, [found(20 * lost + k) for k in range(20)], f"batch {lost}")
print(json.dumps([whole, refused, head, again.written]))
"""


@POSIX
@pytest.mark.parametrize("room", [13_000, 20_000, 40_000, 61_441])
def test_a_full_disk_loses_nothing_that_was_acknowledged(tmp_path, room):
    ledger = new_ledger(tmp_path)
    whole, refused, head, written_later = told(started(FULL_DISK, ledger.path, room))
    assert "try again" in refused
    assert head == (whole[-1] if whole else ledger.head)
    assert written_later
    assert not verify(ledger.path, expected_head=head).faults
    entries = [one.entry for one in opened(ledger.path).entries()]
    assert entries == [found(n) for n in range(20 * (len(whole) + 1))]


@POSIX
def test_a_ledger_made_on_a_full_disk_leaves_no_file(tmp_path):
    code = """
import json, pathlib, resource, signal, sys
from ledger_entries import *
from instep_cohort.errors import SafetyRefusal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
try:
    new_ledger(pathlib.Path(sys.argv[1]))
except SafetyRefusal as error:
    print(json.dumps(str(error)))
"""
    assert "try again" in told(started(code, tmp_path))
    assert not list(tmp_path.iterdir())


def as_no_root(check, folder):
    """Runs a check on a folder in a process that is not root, which may write everything."""
    if os.geteuid():
        check()
        return
    nobody = 65534
    for path in (folder, *folder.iterdir()):
        os.chown(path, nobody, nobody)
    child = os.fork()
    if not child:
        failed = True
        try:
            os.setuid(nobody)
            check()
            failed = False
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(failed)
    assert os.waitpid(child, 0)[1] == 0


@POSIX
def test_a_ledger_that_may_only_be_read_is_verified_and_not_written():
    with tempfile.TemporaryDirectory() as name:  # what pytest gives is closed to others
        folder = Path(name)
        ledger = new_ledger(folder)
        ledger.path.chmod(0o400)

        def look_and_write():
            assert not verify(ledger.path).faults
            with pytest.raises(SafetyRefusal, match="may only be read"):
                append(ledger, [found(1)], "a")

        as_no_root(look_and_write, folder)


@POSIX
def test_a_kill_at_any_moment_loses_nothing_that_was_acknowledged():
    """Ten kills; `make chaos` makes two hundred."""
    done = subprocess.run(
        [sys.executable, HERE / "ledger_chaos.py", "--kills", "10"],
        capture_output=True,
        text=True,
        cwd=HERE,
        check=False,
        timeout=120,
    )
    assert not done.returncode, done.stdout + done.stderr
    assert "10 kills, " in done.stdout
