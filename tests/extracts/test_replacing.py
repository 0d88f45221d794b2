"""A store takes the place of another in one step, and whoever reads the other reads on."""

import gc
import threading
from pathlib import Path

import pytest
from extract_files import ON, standard, table

from instep_cohort.errors import ExtractError, UsageError
from instep_cohort.extracts import held_files, ingest, open_store
from instep_cohort.extracts import writing as writing_module
from instep_cohort.extracts.exchanging import exchange
from instep_cohort.extracts.tables import TABLES

linux = pytest.mark.skipif(
    not Path("/proc/self/fd").is_dir(), reason="open files have names on Linux only"
)


def contents(store):
    return {name: table(store, name) for name in TABLES}


def test_a_place_where_nothing_can_be_written_is_named(tmp_path):
    (tmp_path / "a-file").write_bytes(b"")
    standard(tmp_path)
    given = {"profile": "standard", "extract_date": ON, "out": tmp_path / "a-file" / "store"}
    with pytest.raises(UsageError, match=r"no store can be written there: .* may write in") as said:
        ingest(tmp_path / "extract", **given)
    assert str(tmp_path / "a-file") in str(said.value)


@linux
def test_a_reader_of_the_old_store_reads_on(tmp_path):
    old = standard(tmp_path, events=[{"term": "old"}])
    before = contents(old)
    held = old.held()
    new = standard(tmp_path, events=[{"term": "new"}, {}])
    assert contents(old) == before
    assert contents(held) == before
    assert old.codes()["term"].to_pylist() == ["old"]
    assert len(old.events) == 1
    assert len(contents(new)["events"]) == 2
    assert new.table_path("events") == tmp_path / "store" / "events.parquet"
    assert len(table(open_store(tmp_path / "store"), "events")) == 2


@linux
def test_a_search_of_the_old_store_is_not_disturbed(tmp_path, engine_name):
    from instep_cohort.engine.frames import engine_of

    old = standard(tmp_path)
    held = old.held()
    with engine_of(engine_name) as engine:
        frame = engine.open(held.table_path("events"))
        standard(tmp_path, events=[{}, {}, {}])
        assert engine.take(frame).num_rows == 1


@linux
def test_held_files_are_let_go(tmp_path):
    store = standard(tmp_path)
    gc.collect()
    before = len(list(Path("/proc/self/fd").iterdir()))
    others = [open_store(store.path) for _ in range(5)]
    assert len(list(Path("/proc/self/fd").iterdir())) == before + 5 * (len(TABLES) + 1)
    del others
    gc.collect()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_where_open_files_have_no_names_nothing_is_mixed(tmp_path, monkeypatch):
    class Nameless(type(Path())):
        def is_dir(self):
            return not str(self).startswith("/proc") and super().is_dir()

    monkeypatch.setattr(held_files, "Path", Nameless)
    old = standard(tmp_path)
    assert len(table(old.held(), "events")) == 1
    standard(tmp_path, events=[{}, {}])
    with pytest.raises(ExtractError, match="another store has taken the place"):
        old.table_path("events")
    with pytest.raises(ExtractError, match="another store has taken the place"):
        old.codes()


def test_folders_change_places(tmp_path):
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    if not exchange(tmp_path / "one", tmp_path / "other"):
        pytest.skip("this system or file system cannot do it")
    assert (tmp_path / "one" / "other").exists()
    assert (tmp_path / "other" / "one").exists()
    assert not exchange(tmp_path / "one", tmp_path / "gone")
    assert (tmp_path / "one" / "other").exists()


@pytest.mark.parametrize("in_one_step", [True, False])
def test_nobody_sees_half_a_store(tmp_path, monkeypatch, in_one_step):
    if not in_one_step:
        monkeypatch.setattr(writing_module, "exchange", lambda *_: False)
    stores = {standard(tmp_path, events=[{}] * n).sha256: n for n in (1, 2)}
    seen, missing, done = set(), [], threading.Event()

    def watch():
        while not done.is_set():
            try:
                store = open_store(tmp_path / "store")
                seen.add((store.sha256, store.codes()["rows"].to_pylist()[0]))
            except ExtractError as error:
                missing.append(str(error))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for n in (1, 2) * 2:
            standard(tmp_path, events=[{}] * n)
    finally:
        done.set()
        watcher.join()
    assert seen <= set(stores.items())
    if in_one_step and Path("/proc/self/fd").is_dir():
        assert not missing
