"""Every table of files holds: each row has its place in the store, or a reason why not."""

import pytest

from spec.files import Files, differences
from spec.language import name_of, specs_of

SPECS = specs_of(Files)


@pytest.mark.parametrize("spec", SPECS, ids=name_of)
def test_files_become_these_tables(spec, tmp_path):
    wrong = list(differences(spec, tmp_path))
    assert not wrong, "\n".join(wrong)
