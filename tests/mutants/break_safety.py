"""Takes safety rules out on purpose, one at a time: the test that names each must notice.

`make mutants` runs it after `break_clauses.py`; with a number it takes out only so many.
"""

from __future__ import annotations

from breaking import Mutant, break_all

INVITING = "tests/recruitment/test_invitations_safety.py"
CHECKS = "recruitment/inviting/checking_again.py"
SOURCES = "recruitment/inviting/sources.py"


MUTANTS = [
    Mutant("S1 no letters by an old extract", SOURCES,
           "    if age > limit:\n        raise SafetyRefusal(\n            f\"The extract of",
           "    if False:\n        raise SafetyRefusal(\n            f\"The extract of",
           (INVITING,)),
    Mutant("S1 no letters without an answer about opt-outs", SOURCES,
           "if answers.file is None and answers.nobody_listed is None:", "if False:",
           (INVITING,)),
    Mutant("S1 no list without an answer about opt-outs", "cohort/safety.py",
           "if coded or answers.file or answers.nobody_listed:", "if True:",
           ("tests/cohort/test_safety.py",)),
    Mutant("S2 a national opt-out removes where the basis demands it", "recruitment/vocabulary.py",
           "if own_team and kind is OptOutKind.NATIONAL", "if kind is OptOutKind.NATIONAL",
           (INVITING,)),
    Mutant("S3 the practice's own list is looked at again", CHECKS,
           "_no_type_1, _not_listed, _not_opted_out)", "_no_type_1, _not_opted_out)",
           (INVITING,)),
    Mutant("S4 only people decided \"invite\" are considered",
           "recruitment/inviting/considering.py",
           "return decided is not None and decided.decision is Decision.INVITE",
           "return decided is not None",
           (INVITING,)),
    Mutant("S4 a blank cell is no decision", "recruitment/ledger/rules.py",
           "        return \"the person is not screened\"", "        return \"\"",
           ("tests/recruitment/test_ledger_rules.py",)),
    Mutant("S5 the age is that of the mailing date", CHECKS,
           "_not_confidential, _of_age, _not_excluded)", "_not_confidential, _not_excluded)",
           (INVITING,)),
    Mutant("S5 who has died gets no letter", CHECKS,
           "(_decided, _in_extract, _alive, _registered,", "(_decided, _in_extract, _registered,",
           (INVITING,)),
    Mutant("S6 no word of the record in the mail file", "recruitment/inviting/mail_files.py",
           "*(contact.usual_gp, one.invite_id),", "*(f\"tier {one.tier}\", one.invite_id),",
           (INVITING,)),
    Mutant("S7 a key that others can read is refused", "recruitment/key_file.py",
           'if os.name == "posix" and', "if False and",
           ("tests/recruitment/test_tokens.py",)),
    Mutant("S8 what would give a small count away is hidden",
           "disclosure/protecting/hiding.py",
           "while not self._is_kept(secret) and self._hide_more(secret):", "while False:",
           ("tests/disclosure/test_attack.py",)),
    Mutant("S9 counts that do not add up do not leave", "recruitment/counting/counted.py",
           "if later.before != earlier.after:", "if False:",
           ("tests/recruitment/test_counts.py",)),
    Mutant("S10 no column above the class of a file", "disclosure/handing_over.py",
           "    refuse_above(held, artefact_class)\n", "",
           ("tests/disclosure", "tests/recruitment/test_counts.py")),
    Mutant("S11 the message of an unexpected fault is withheld", "cli/app.py",
           "head = (\n        f\"Unexpected", "head = str(error) + (\n        f\"Unexpected",
           ("tests/cli/test_refusals.py",)),
    Mutant("S12 a fit note is no word of unemployment", "work/tiers.py",
           'return "B"', 'return "A"',
           ("tests/work",)),
    Mutant("S13 no more letters than the limit", CHECKS,
           "if sent >= checks.settings.letters_per_person:",
           "if sent > checks.settings.letters_per_person:",
           (INVITING,)),
    Mutant("S13 after another invitation the cooling-off passes", CHECKS,
           "if checks.others.to_another(", "if False and checks.others.to_another(",
           (INVITING,)),
    Mutant("S14 a letter without a way to stop is found", "recruitment/letters/promises/stopping.py",
           "findings.append(_missing(STOPPING))", "pass",
           ("tests/recruitment/test_letter_checking.py",)),
    Mutant("S15 who declines has opted out of the study", "recruitment/vocabulary.py",
           "    ReplyKind.DECLINED: OptOutKind.THIS_STUDY,\n", "",
           (INVITING, "tests/recruitment/test_ledger.py")),
]  # fmt: skip


if __name__ == "__main__":
    break_all(MUTANTS)
