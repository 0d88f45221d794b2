"""What tests of recruitment share."""

import inviting_practice
import pytest
import screening_practice

from instep_cohort.recruitment.inviting import drawing


@pytest.fixture(scope="session")
def screened_practice(tmp_path_factory):
    """The practice, searched and screened; no test writes in it.

    The fresh extract does not change, so that it is searched once for each question.
    """
    known, real = {}, drawing.search_again

    def search(manifest, store, patient_ids, **more):
        answers = more["answers"]
        listed = answers.file.read_bytes() if answers.file else answers.nobody_listed
        key = (store.sha256, listed, more["mailing_on"], frozenset(patient_ids))
        if key not in known:
            known[key] = real(manifest, store, patient_ids, **more)
        return known[key]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(drawing, "search_again", search)
        yield inviting_practice.build(tmp_path_factory.mktemp("inviting"))


@pytest.fixture
def world(screened_practice, tmp_path):
    """The same practice, for one test to write in."""
    return inviting_practice.copied(screened_practice, tmp_path / "practice")


@pytest.fixture(scope="session")
def searched_practice(tmp_path_factory):
    """A practice whose candidates nobody has screened; no test writes in it."""
    return screening_practice.build(tmp_path_factory.mktemp("screening") / "practice")


@pytest.fixture
def screening(searched_practice, tmp_path):
    """The same practice, for one test to write in."""
    return screening_practice.copied(searched_practice, tmp_path / "practice")
