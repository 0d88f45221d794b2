"""S8: of made-up practices that release counts again and again nothing small is recovered.

The attacker reads the files, and nothing else but how the tables hang together.
"""

import csv
import io
import os
import random
import sys
from pathlib import Path

import pytest
from made_recruitment import Practice

from instep_cohort.disclosure.protecting import hiding
from instep_cohort.recruitment.counting import release_counts

sys.path.insert(0, str(Path(__file__).parent.parent / "disclosure"))
from attacker import Attack, read

# `make attack` asks for more
PRACTICES = int(os.environ.get("INSTEP_ATTACKS", "64")) // 8
WHO = {"who": "N. Shah, practice manager", "at": "2026-11-24T09:30:00Z"}
TABLES = ("stages", "attrition", "routes", "tiers", "reasons")

STAGE_SUMS = {
    "considered": ("not screened", "screened"),
    "screened": (
        "decision: invite",
        "decision: do not invite",
        "decision: discuss with GP",
        "decision: speak at next visit",
    ),
    "approached": ("no reply", "reply: undelivered", "replied"),
    "replied": ("reply: interested", "reply: declined", "reply: do_not_write"),
    "assessed": ("not eligible", "eligible"),
    "eligible": ("not consented", "consented"),
    "consented": ("not randomised", "randomised"),
}
STAGE_OF_CELL = {
    "found": "considered",
    "screened": "screened",
    "approached": "approached",
    "interested": "reply: interested",
    "randomised": "randomised",
}
GROWING = {
    *("considered", "screened", "approached"),
    *("assessed", "eligible", "consented", "randomised"),
}
ROUTE_PARTS = (
    ("found", "screened"),
    ("screened", "approached"),
    ("approached", "interested"),
    ("found", "randomised"),
)


def key_of(row, number):
    """The count that a line of a file is of: the margins of tables are counts of the stages."""
    table, group, cell = row["table"], row["group"], row["cell"]
    if group == "all":
        if table == "reasons":
            return number, "stages", "decision: do not invite", "people"
        if cell == "candidates":
            return number, "candidates"
        return number, "stages", STAGE_OF_CELL[cell], "people"
    if table == "attrition" and (group, cell) == ("list", "left"):
        return number, "candidates"
    return number, table, group, cell


def published(path, number):
    """What a file shows of each count, its threshold and its rounding."""
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    about = {row["cell"]: row["count"] for row in rows if row["table"] == "about"}
    shown = {key_of(row, number): row["count"] for row in rows if row["table"] in TABLES}
    return shown, int(about["threshold"]), int(about["rounding"])


def hang_together(attack, number):
    """What anybody knows of the tables of one release."""

    def stage(name):
        return number, "stages", name, "people"

    for total, parts in STAGE_SUMS.items():
        attack.adds_up(stage(total), [stage(part) for part in parts])
    reasons = {}
    for _, table, group, _ in [k for k in attack.unknowns if len(k) == 4 and k[0] == number]:
        if table == "reasons" and "_" in group:
            reasons.setdefault(group[:2], []).append((number, "reasons", group, "people"))
    if reasons:
        for group, parts in reasons.items():
            attack.adds_up((number, "reasons", group, "people"), parts)
        groups = [(number, "reasons", group, "people") for group in reasons]
        attack.adds_up(stage("decision: do not invite"), groups)
        attack.adds_up(
            stage("screened"), [(number, "reasons", "EX", "people"), stage("eligible on screening")]
        )
    names = {k[2] for k in attack.unknowns if k[0] == number and k[1] == "routes"}
    for cell, total in STAGE_OF_CELL.items():
        if names:
            attack.adds_up(stage(total), [(number, "routes", name, cell) for name in names])
    for name in names:
        for whole, part in ROUTE_PARTS:
            attack.at_least((number, "routes", name, whole), (number, "routes", name, part))
    tiers = {k[2] for k in attack.unknowns if k[0] == number and k[1] == "tiers"}
    if tiers:
        for cell in ("approached", "interested"):
            parts = [(number, "tiers", name, cell) for name in tiers]
            attack.adds_up(stage(STAGE_OF_CELL[cell]), parts)
        attack.adds_up((number, "candidates"), [(number, "tiers", t, "candidates") for t in "ABCX"])
        for name in tiers:
            attack.at_least(
                (number, "tiers", name, "approached"), (number, "tiers", name, "interested")
            )
    attack.at_least(stage("screened"), stage("approached"))
    attack.at_least(stage("considered"), (number, "candidates"))
    steps = [k[2] for k in attack.unknowns if k[0] == number and k[1:2] == ("attrition",)]
    before = (number, "attrition", "start", "left")
    for step in list(dict.fromkeys(steps))[1:] if steps else ():
        left = (number, "candidates") if step == "list" else (number, "attrition", step, "left")
        attack.adds_up(before, [(number, "attrition", step, "dropped"), left])
        before = left


def never_shrinks(name):
    """Whether a count only grows from one release to the next."""
    if name[0] == "stages":
        return name[1] in GROWING
    if name[0] == "routes":
        return name[1] != "not recorded" and name[2] != "interested"
    return name[0] == "tiers" and name[2] == "approached"


def given_away(files, truths):
    """What the files give away, beyond what a guess knew before the count was released at all.

    The attacker guesses right that a count did not change, though nobody has said so: what that
    alone would give away of a count that is about to be released, no release can keep.
    """
    found = attack_on(files, truths)
    before = {n: attack_on(files, truths, silent_from=n) for n in set(map(latest_of, found))}
    return {
        label: narrowed
        for label, narrowed in found.items()
        if before[latest_of(label)].get(label) != narrowed
    }


def latest_of(label):
    """The number of the latest file that a target stands in."""
    keys = [part for part in label if isinstance(part, tuple)] or [label]
    return max(key[0] for key in keys)


def attack_on(files, truths, *, silent_from=None):
    """All files against all hidden counts and small changes; what is narrowed, and how far.

    Args:
        silent_from: the first file of those of which not a number is read.
    """
    attack, shown, targets, last = Attack(), [], {}, {}
    for number, path in enumerate(files):
        said, threshold, rounding = published(path, number)
        shown.append(said)
        for key, text in said.items():
            name = key[1:]
            limits = read(text, threshold, rounding, is_large=False)
            is_read = silent_from is None or number < silent_from
            attack.unknown(key, *(limits if is_read else ()))
            if text in {f"<{threshold}", "hidden"}:
                targets[key] = ([(key, 1)], threshold - 1)
            for before in range(number):
                change = abs(truths[number][name] - truths[before][name])
                if (before, *name) in shown[before] and 0 < change < threshold:
                    targets[before, key] = ([(key, 1), ((before, *name), -1)], threshold - 1)
            if name in last and truths[number][name] == truths[last[name]][name]:
                attack.same(key, (last[name], *name))
            elif name in last and never_shrinks(name):
                attack.at_least(key, (last[name], *name))
            last[name] = number
        hang_together(attack, number)
        for whole, part in ROUTE_PARTS:
            for route in {k[2] for k in said if k[1] == "routes"}:
                pair = [(number, "routes", route, cell) for cell in (whole, part)]
                rest = truths[number][pair[0][1:]] - truths[number][pair[1][1:]]
                if 0 < rest < threshold:
                    targets[tuple(pair)] = ([(pair[0], 1), (pair[1], -1)], threshold - 1)
    return {
        label: found
        for label, found in attack.recovered(targets).items()
        if not shown_elsewhere(label, shown, truths)
    }


def shown_elsewhere(label, shown, truths):
    """Whether a large count that is hidden here is shown, unchanged, by another release."""
    if not isinstance(label[0], int) or isinstance(label[1], tuple):
        return False
    number, *name = label
    count = truths[number][tuple(name)]
    return any(
        said.get((n, *name)) == str(count) for n, said in enumerate(shown) if not 0 < count < 5
    )


def truth_of(ledger):
    """The true counts of the latest release, under the attacker's names."""
    cells = [*ledger.standing.releases.values()][-1].cells
    truth = {}
    for cell in cells:
        table, name = cell.table, cell.cell
        if table in {"stages", "reasons"}:
            truth[table, name, "people"] = cell.count
        elif table == "attrition":
            part, _, step = name.partition(": ")
            truth[
                ("candidates",)
                if name == "left: list"
                else (table, step or part, part if step else "left")
            ] = cell.count
        else:
            group, _, part = name.rpartition(": ")
            truth[table, group, part] = cell.count
    return truth


def releases_of(seed, folder):
    """One to four releases of a made-up practice: their files, and the true counts."""
    dice = random.Random(seed)
    practice = Practice(seed)
    practice.search()
    files, truths = [], []
    rounding = dice.choice((1, 1, 1, 5))
    for number in range(dice.randint(1, 4)):
        practice.go_on()
        if number and dice.random() < 0.3:
            practice.search()
        tables = TABLES if dice.random() < 0.6 else tuple(dice.sample(TABLES, 3))
        made = release_counts(
            practice.run,
            practice.ledger,
            folder / f"{seed} {number}.csv",
            **WHO,
            tables=[table for table in TABLES if table in tables],
            rounding=rounding,
        )
        files.append(made.file.path)
        truths.append(truth_of(practice.ledger))
    return files, truths


@pytest.mark.parametrize("first", range(0, PRACTICES, 4))
def test_no_practice_gives_a_small_count_away(first, tmp_path):
    for seed in range(first, first + 4):
        files, truths = releases_of(seed, tmp_path)
        assert not given_away(files, truths), seed


def test_without_the_hiding_of_other_counts_the_attack_succeeds(tmp_path, monkeypatch):
    # only small counts are hidden, as a table by itself would do it
    monkeypatch.setattr(hiding._Hiding, "hide", lambda _: None)
    monkeypatch.setattr(hiding._Hiding, "_hide_parts_of_small_sums", lambda _: None)
    assert all(given_away(*releases_of(seed, tmp_path)) for seed in range(2))
