"""Writes the reference of the study language from the tables that test it.

`docs/reference/language.md` (clause by clause, with every table), `clauses.md` (which test holds
which clause) and `broken-studies.md` (what a slip is answered with). A test fails where these files
are not what this script would write.
"""

# ruff: noqa: E402 - the tables are found below `tests`
from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
OUT = ROOT / "docs" / "reference"
sys.path[:0] = [str(ROOT / "tests")]

from spec.broken import FILE, GOOD, SLIPS, Slip, text_of, told
from spec.clauses import Clause, Section, Spec
from spec.definitions import study_text
from spec.language import SECTIONS, SPECS
from spec.world import LISTS

_GENERATED = "<!-- made by docs/build_reference.py: change the tables under tests/spec instead -->"

_HEAD = f"""\
{_GENERATED}

# The study language

What a study means, clause by clause. Each clause has a name, `§2-undated-used`, and tables that \
show it; the tables are the tests: each is run on every engine, and by a reference in plain Python \
that shares no code with the library. [Which test holds which clause](clauses.md). \
[What slips are answered with](broken-studies.md). \
[A whole study](../../examples/studies/instep.yaml).

## How to read the tables

A table of people has one patient on each line. `rows` are what is recorded of them, \
`2026-01-01 ache 7.5`: a date, a code and perhaps a value with its unit; a date may be `2026-05`, \
`2026` or `undated`. `issues` are issues of medicines, written the same way. Where nothing else is \
said `born` is 1980-06-15 and `registered` is `2000-01-01 on`; `listed` is what the practice's own \
opt-out list says. Every other column is what comes out: `met`, `count`, `first`, `last` and \
`evidence` of the measure `m` or of the one that is named; `holds` of a criterion; `looked at` \
(passes the population's steps), `candidate`, `dropped at`, and the columns of the results. An \
empty cell is nothing.

Searches are on 2026-11-01, the day of the extract, where nothing else is said. Everybody has one \
undated row `seen` besides, and a study includes by it unless it says otherwise:

```yaml
measures: {{seen: {{events: seen}}}}
include: {{anybody: seen}}
opt_outs: {{events: opt-outs}}
```

The codes of these tables are made up:

"""

_STUDIES = f"""\
In a table of studies each block is laid over a study that is right: `measures.m` adds a measure, \
`include.l` a line, `flags.f` a flag, any other key replaces a section, and `- key` leaves it out. \
Below it stands what its author is told, `-> place: what was found (what would be right)`, or \
`right`. This is the study:

```yaml
{study_text([]).strip()}
```

In a table of runs `call` holds options of `instep-cohort identify`, `exit` is its exit \
code, `says` words of what it says, and `keeps` entries of the run's manifest.
"""


def main() -> None:
    """Writes the three files."""
    OUT.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (OUT / name).write_text(text, encoding="utf-8")


def pages() -> Mapping[str, str]:
    """The text of each file by its name."""
    return {
        "language.md": _HEAD + _lists() + "\n" + _STUDIES + "".join(map(_section, SECTIONS)),
        "clauses.md": "\n".join(_clauses()) + "\n",
        "broken-studies.md": "\n".join(_broken()) + "\n",
    }


# ---------------------------------------------------------------- the language


def _lists() -> str:
    lines = ["| list | codes |", "|---|---|"]
    for name, codes in LISTS.items():
        named = [
            f"`{code}`" if of == {code} else f"`{code}` ({', '.join(sorted(of))})"
            for code, of in codes.items()
        ]
        lines.append(f"| {name} | {', '.join(named)} |")
    return "\n".join(lines) + "\n"


def _section(section: Section) -> str:
    parts = [f"\n## {section.number}. {section.title}\n"]
    for clause in section.clauses:
        parts.append(f"\n### {clause.id}\n\n{clause.text}\n")
        parts += [_table(spec) for spec in SPECS if spec.ids[0] == clause.id]
        parts.append(_also(clause, section))
    return "".join(parts)


def _anchor(clause_id: str) -> str:
    """The fragment by which Markdown renderers find a heading."""
    return "#" + clause_id.removeprefix("§").lower()


def _table(spec: Spec) -> str:
    others = ", ".join(f"[{name}]({_anchor(name)})" for name in spec.ids[1:])
    title = spec.title[0].upper() + spec.title[1:]
    parts = [f"\n*{title}*" + (f" (also {others})" if others else "") + "\n"]
    for kind, text in spec.blocks():
        parts.append(f"\n{text}:\n" if kind == "note" else f"\n```{kind}\n{text}\n```\n")
    return "".join(parts)


def _also(clause: Clause, section: Section) -> str:
    """Where else a clause is shown: in tables of other clauses, or by tests without a table."""
    elsewhere = [spec for spec in SPECS if clause.id in spec.ids[1:]]
    shown = [f"[{spec.title}]({_anchor(spec.ids[0])})" for spec in elsewhere]
    shown += [f"`{test}`" for test in section.elsewhere.get(clause.id, ())]
    return f"\nAlso shown: {'; '.join(shown)}.\n" if shown else ""


# ---------------------------------------------------------------- clauses and their tests


def _clauses() -> Iterator[str]:
    yield _GENERATED
    yield ""
    yield "# Which test holds which clause"
    yield ""
    yield (
        "Every clause of [the study language](language.md), the tables that show it, and the tests "
        "that run them. A test is run once for each table, and where patients are found once for "
        "each engine."
    )
    for section in SECTIONS:
        yield ""
        yield f"## {section.number}. {section.title}"
        yield ""
        yield "| clause | tables | tests |"
        yield "|---|---|---|"
        for clause in section.clauses:
            specs = [spec for spec in SPECS if clause.id in spec.ids]
            tests = dict.fromkeys(test for spec in specs for test in spec.TESTS)
            tests |= dict.fromkeys(section.elsewhere.get(clause.id, ()))
            titles = "; ".join(spec.title.replace("|", "\\|") for spec in specs)
            named = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in tests)
            yield f"| [{clause.id}](language.md{_anchor(clause.id)}) | {titles} | {named} |"


# ---------------------------------------------------------------- broken studies


def _broken() -> Iterator[str]:
    yield _GENERATED
    yield ""
    yield "# Slips, and what they are answered with"
    yield ""
    yield f"A study that is right, `{FILE}`:"
    yield ""
    yield from _fenced("yaml", _numbered(GOOD.splitlines(), range(1, len(GOOD.splitlines()) + 1)))
    yield ""
    yield (
        f"And {len(SLIPS)} ways to get it wrong. Each shows the lines that are different now, and "
        "the whole of what is said. `Wrong definition` ends with exit code 3, `Refused for safety` "
        "with 4; nothing is written."
    )
    for number, slip in enumerate(SLIPS, start=1):
        text = text_of(slip)
        yield ""
        yield f"## {number}. {slip.title}"
        yield ""
        yield from _fenced("yaml", _numbered(text.splitlines(), _changed(slip, text)))
        yield ""
        yield from _fenced("text", told(text).splitlines())


def _changed(slip: Slip, text: str) -> Sequence[int]:
    first = text[: text.index(slip.instead)].count("\n") + 1
    return range(first, first + slip.instead.count("\n") + 1)


def _numbered(lines: Sequence[str], shown: Sequence[int]) -> Iterator[str]:
    yield from (f"{number:>2}  {lines[number - 1]}".rstrip() for number in shown)


def _fenced(kind: str, lines: Iterator[str] | Sequence[str]) -> Iterator[str]:
    yield f"```{kind}"
    yield from lines
    yield "```"


if __name__ == "__main__":
    main()
