"""`instep-cohort letter`: the template, its check, what is printed and how it ends."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import docx
import pytest
from made_letters import GOOD
from typer.testing import CliRunner

from instep_cohort.cli.letter import app
from instep_cohort.disclosure.columns import MAIL_COLUMNS
from instep_cohort.errors import UsageError
from instep_cohort.recruitment.letters import check_letter, template_text
from instep_cohort.recruitment.letters.cautions.cautions import CAUTIONS
from instep_cohort.recruitment.letters.files.reading import read_letter
from instep_cohort.recruitment.letters.letter import Place
from instep_cohort.recruitment.letters.promises.promises import PROMISES
from instep_cohort.recruitment.letters.promises.stopping import ASKING, STOPPING

ROOT = Path(__file__).parents[2]


def run(*words):
    return CliRunner().invoke(app, [*map(str, words)])


@pytest.fixture(params=["letter.docx", "letter.txt"])
def template(request, tmp_path):
    path = tmp_path / request.param
    assert run("new", "--out", path).exit_code == 0
    return path


def filled(text):
    """The template with every placeholder filled in."""
    for placeholder, said in (
        ("[telephone number of the study team]", "0118 496 0100"),
        ("[e-mail address of the study team]", "study@example.org"),
        ("[name of the contact at the practice]", "Mrs Hill"),
        ("[telephone number of the practice]", "0118 496 0123"),
    ):
        text = text.replace(placeholder, said)
    return text


def test_the_template_passes_its_own_check_and_lists_what_is_left_to_fill_in(template):
    check = check_letter(template)
    assert check.findings == ()
    assert len(check.placeholders) == 10
    assert set(check.fields) == set(MAIL_COLUMNS)
    assert check.reading_age <= 9


def test_both_templates_say_the_same(tmp_path):
    said = {}
    for name in ("letter.docx", "letter.txt"):
        run("new", "--out", tmp_path / name)
        lines = read_letter(tmp_path / name).lines
        printed = (line.text for line in lines if line.place is not Place.TITLE)
        said[name] = " ".join(printed).split()
    assert said["letter.docx"] == said["letter.txt"]


def test_the_template_is_to_be_filled_in_before_it_is_sent(template, tmp_path):
    assert run("check", template).exit_code == 0
    assert run("check", template, "--strict").exit_code == 3
    if template.suffix == ".txt":
        joined = re.sub(r"(?<!\n)\n(?!\n)", " ", template_text())
        done = tmp_path / "filled.txt"
        done.write_text(re.sub(r"\[[A-Z][^\]]*\]", "", filled(joined)), encoding="utf-8")
        ended = run("check", done, "--strict")
        assert ended.exit_code == 0, ended.stdout


def test_the_template_names_neither_trial_facts_nor_patients_unkindly():
    text = template_text()
    for word in ("unemployed", "fit note", "opioid", "randomised", "%"):
        assert word not in text
    before = text[: text.index("What is the study about?")].lower()
    for word in ("pain", "work", "job", "benefit", "illness"):
        assert word not in before


def test_word_finds_its_merge_fields_and_the_places_to_fill_in_are_marked(tmp_path):
    path = tmp_path / "letter.docx"
    run("new", "--out", path)
    written = docx.Document(path)
    instructions = [node.text for node in written.element.iter(docx.oxml.ns.qn("w:instrText"))]
    assert {one.split('"')[1] for one in instructions} == set(MAIL_COLUMNS)
    paragraphs = [*written.paragraphs, *written.sections[0].footer.paragraphs]
    marked = [run.text for one in paragraphs for run in one.runs if run.font.highlight_color]
    assert len(marked) == 10
    assert all(one.startswith("[") for one in marked)
    assert written.core_properties.author == ""


@pytest.mark.skipif(
    shutil.which("soffice") is None, reason="LibreOffice is not installed (libreoffice-writer)"
)
def test_libreoffice_reads_the_word_template_as_it_is_meant(tmp_path):
    path = tmp_path / "letter.docx"
    run("new", "--out", path)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    words = [*("--headless", "--convert-to", "txt:Text (encoded):UTF8"), "--outdir", str(tmp_path)]
    made = subprocess.run(
        ["soffice", profile, *words, str(path)], capture_output=True, timeout=120, check=False
    )
    converted = tmp_path / "letter.txt"
    if not converted.exists():
        pytest.skip(f"this LibreOffice has no Writer: {made.stderr.decode()[-80:]}")
    read = converted.read_text(encoding="utf-8-sig").split()
    # as text, LibreOffice leaves out what stands at the foot of the page
    lines = [line for line in read_letter(path).lines if line.place is Place.BODY]
    assert read == [word for line in lines for word in line.text.split()]


def test_an_existing_file_is_never_overwritten(template):
    before = template.read_bytes()
    assert isinstance(run("new", "--out", template).exception, UsageError)
    assert template.read_bytes() == before
    assert isinstance(run("new", "--out", template.with_suffix(".odt")).exception, UsageError)


def test_the_report_says_what_is_wrong_where_and_how_to_mend_it(tmp_path):
    path = tmp_path / "letter.txt"
    bad = GOOD.replace("It will not affect your benefits.", "You must call us by 1 March.")
    path.write_text(bad + "\nWe will pass your name to the job centre.\n", encoding="utf-8")
    ended = run("check", path)
    assert ended.exit_code == 3
    assert ended.stdout.startswith("letter.txt: 2 errors, 2 warnings, no places to fill in\n")
    for words in (
        "ERROR benefits: the letter does not say that the patient's benefits stay the same",
        "for example: It will not affect your benefits.",
        "ERROR line 20, job-centre: this says the opposite; the letter has to say",
        "| We will pass your name to the job centre.",
        "WARNING line 10, must: “must”: this tells the patient what to do",
        "WARNING line 10, deadline: “by 1 March”: this sets a time limit",
    ):
        assert words in " ".join(ended.stdout.split()), words


def test_the_same_as_json(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text(GOOD + "\nYou must call us.\n", encoding="utf-8")
    ended = run("check", path, "--json")
    assert ended.exit_code == 0
    values = json.loads(ended.stdout)
    (finding,) = values["findings"]
    assert (finding["rule"], finding["severity"], finding["line"]) == ("must", "warning", 20)
    assert (values["errors"], values["warnings"]) == (0, 1)
    assert len(values["said"]) == 7
    assert run("check", path, "--json", "--strict").exit_code == 3


def test_the_level_of_the_reading_age_is_chosen_by_whoever_asks(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text(GOOD, encoding="utf-8")
    assert "reading-age" not in run("check", path).stdout
    ended = run("check", path, "--reading-age", "5")
    assert "WARNING" in ended.stdout
    assert ended.exit_code == 0


def test_the_page_names_every_rule_there_is():
    page = (ROOT / "docs" / "how-to" / "write-the-letter.md").read_text(encoding="utf-8")
    source = ROOT / "src" / "instep_cohort" / "recruitment" / "letters"
    by_name = {one.rule for one in (*PROMISES, *CAUTIONS, ASKING, STOPPING)}
    written = "".join(path.read_text(encoding="utf-8") for path in source.rglob("*.py"))
    by_text = set(re.findall(r'"((?:merge-field|visible)-\w+|unfinished|reading-age)"', written))
    assert len(by_text) == 6
    for rule in by_name | by_text:
        assert f"`{rule}`" in page, rule
