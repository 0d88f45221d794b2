"""Beginning a list: what is written, what is left to the author, and what is refused."""

from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from made_lists import ROWS

from instep_cohort.codelists import Library, Severity, check, new_codelist, release
from instep_cohort.codelists.card import Card
from instep_cohort.errors import DefinitionError, UsageError

DAY = date(2026, 11, 24)
GIVEN = {
    "kind": "clinical",
    "title": "Aches: all of them",
    "purpose": "Finds people who ache.",
    "categories": {"pain": "where it hurts", "stiff": "where it is stiff # or slow"},
}
FILLED = (
    ("\nmethod:\n", "\nmethod: Read line by line.\n"),
    (
        "\nsources:\n",
        "\nsources:\n  - key: read\n    title: Read v2\n    where: the reference\n    licence: none\n",
    ),
    ("\nnot_covered:\n", "\nnot_covered:\n  - moods\n"),
    ("\nreview_by:\n", "\nreview_by: 2027-11-24\n"),
)


def test_a_list_that_was_begun(tmp_path):
    home = new_codelist("aches", tmp_path, **GIVEN)
    assert sorted(path.name for path in home.iterdir()) == ["codelist.yaml", "working.csv"]
    assert (home / "working.csv").read_bytes() == b"system,code,match,category,term,note\n"
    assert [path.name for path in tmp_path.iterdir()] == ["aches"]
    text = (home / "codelist.yaml").read_text()
    said = yaml.safe_load(text)
    assert (said["id"], said["kind"], said["title"]) == ("aches", "clinical", GIVEN["title"])
    assert said["categories"] == GIVEN["categories"]
    assert said["history"] == []


def test_every_field_is_explained_and_none_is_made_up(tmp_path):
    lines = (new_codelist("aches", tmp_path, **GIVEN) / "codelist.yaml").read_text().splitlines()
    assert max(map(len, lines)) <= 120
    for field in Card.model_fields:
        if field == "crosswalk":
            continue
        (place,) = [n for n, line in enumerate(lines) if line.startswith(f"{field}:")]
        assert lines[place - 1].startswith("# "), field


def test_check_names_just_what_is_left_to_do(tmp_path):
    home = new_codelist("aches", tmp_path, **GIVEN)
    errors = [one for one in check(home, on=DAY) if one.severity is Severity.ERROR]
    of_the_card = {one.where for one in errors if one.code.startswith("yaml")}
    assert of_the_card == {"method", "sources", "not_covered", "review_by"}
    with pytest.raises(DefinitionError, match="method: found nothing"):
        release("aches", tmp_path, bump="major", changes="First release.", on=DAY)
    assert Library(tmp_path).versions("aches") == []


def test_a_list_from_the_first_word_to_its_release(tmp_path):
    home = new_codelist("aches", tmp_path, **GIVEN)
    text = (home / "codelist.yaml").read_text()
    for empty, filled in FILLED:
        assert text.count(empty) == 1
        text = text.replace(empty, filled)
    (home / "codelist.yaml").write_text(text)
    with (home / "working.csv").open("a") as file:
        file.write(ROWS)
    made = release("aches", tmp_path, bump="major", changes="First release.", on=DAY)
    assert made.version == "1.0.0"
    one = Library(tmp_path).latest("aches")
    assert (one.title, one.is_draft, len(one.selectors)) == (GIVEN["title"], True, 3)
    after = (home / "codelist.yaml").read_text()
    assert [line for line in text.splitlines() if line.startswith("#")] == [
        line for line in after.splitlines() if line.startswith("#")
    ]


@pytest.mark.parametrize(
    "name",
    ["", "Aches", "aches_all", "-aches", "aches-", "a--b", "../aches", "a/b", "1aches", "a.b", "á"],
)
def test_a_name_that_no_list_can_have(tmp_path, name):
    with pytest.raises(UsageError, match="cannot be the name of a codelist"):
        new_codelist(name, tmp_path, **GIVEN)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"title": " "}, "--title is empty"),
        ({"purpose": ""}, "--purpose is empty"),
        ({"kind": "drug"}, "clinical or medicine"),
        ({"categories": {"Pain": "x"}}, "cannot be the name of a category"),
        ({"categories": {"pain": " "}}, "category pain has no text"),
    ],
)
def test_what_else_is_refused(tmp_path, change, said):
    with pytest.raises(UsageError, match=said):
        new_codelist("aches", tmp_path, **(GIVEN | change))
    assert list(tmp_path.iterdir()) == []


def test_a_list_that_is_there_stays_as_it_is(tmp_path):
    new_codelist("aches", tmp_path, **GIVEN)
    before = (tmp_path / "aches" / "codelist.yaml").read_bytes()
    with pytest.raises(UsageError, match=r"is there already .* aches/working\.csv"):
        new_codelist("aches", tmp_path, **(GIVEN | {"title": "Other"}))
    assert (tmp_path / "aches" / "codelist.yaml").read_bytes() == before
    (tmp_path / "Twinges").mkdir()
    with pytest.raises(UsageError, match="twinges is there already"):
        new_codelist("twinges", tmp_path, **GIVEN)


def test_the_folder_to_begin_it_in(tmp_path):
    assert new_codelist("aches", tmp_path / "mine", **GIVEN).is_dir()
    with pytest.raises(UsageError, match="no folder of codelists at"):
        new_codelist("aches", tmp_path / "nowhere" / "mine", **GIVEN)
    with pytest.raises(UsageError, match="the folder of one codelist"):
        new_codelist("other", tmp_path / "mine" / "aches", **GIVEN)


def test_without_categories_check_asks_for_them(tmp_path):
    home = new_codelist("aches", tmp_path, **(GIVEN | {"categories": None}))
    assert "categories" in {one.where for one in check(home, on=DAY)}


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1)


@given(WORDS.filter(str.strip), WORDS.filter(str.strip))
def test_any_words_come_back(tmp_path_factory, title, meaning):
    home = new_codelist(
        "aches",
        tmp_path_factory.mktemp("lists"),
        kind="medicine",
        title=title,
        purpose=f"{title} {meaning} " * 12,
        categories={"pain": meaning},
    )
    said = yaml.load((home / "codelist.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    assert said["title"] == " ".join(title.split())
    assert said["purpose"] == " ".join(f"{title} {meaning} ".split() * 12)
    assert said["categories"] == {"pain": " ".join(meaning.split())}
