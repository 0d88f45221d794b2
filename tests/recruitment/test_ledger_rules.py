"""What a ledger refuses to record, whoever asks: the last gate before a letter."""

from datetime import date

import pytest
from ledger_entries import (
    MAILING,
    append,
    decided,
    drawn,
    found,
    invited,
    mailing,
    new_ledger,
    opened,
    replied,
    token,
)
from pydantic import ValidationError

from instep_cohort.errors import SafetyRefusal
from instep_cohort.recruitment.ledger import OptedOut, OptOutLifted, Released
from instep_cohort.recruitment.vocabulary import (
    Channel,
    Decision,
    LegalBasis,
    OptOutKind,
    Reason,
    ReplyKind,
)

LATER = date(2026, 12, 2)


def opted_out(person, kind, channel=None):
    return OptedOut(person=token(person), opt_out=kind, channel=channel, source="practice list")


def lifted(person, kind, channel=None):
    return OptOutLifted(
        person=token(person), opt_out=kind, channel=channel, lifted_on=MAILING, answered_for_by="A"
    )


def released(name):
    return Released(release=name, file_sha256="0" * 64, threshold=5, cells=())


INVITED_1 = [decided(1), *mailing("m", [1])]

# what stands there, what is to be recorded, and why it is refused
REFUSED = {
    "S4 not screened": ([found(1)], mailing("m", [1]), "not screened"),
    "S4 do not invite": (
        [decided(1, Decision.DO_NOT_INVITE)],
        mailing("m", [1]),
        "latest decision",
    ),
    "S4 discuss": ([decided(1, Decision.DISCUSS_WITH_GP)], mailing("m", [1]), "latest decision"),
    "S4 speak": ([decided(1, Decision.SPEAK_AT_NEXT_VISIT)], mailing("m", [1]), "latest decision"),
    "S4 invite, then not": (
        [decided(1), decided(1, Decision.DO_NOT_INVITE)],
        mailing("m", [1]),
        "latest decision",
    ),
    "S4 not, in the same batch": (
        [decided(1)],
        [decided(1, Decision.DO_NOT_INVITE), *mailing("m", [1])],
        "entry 3 of 3: the latest decision",
    ),
    "screened after mailing": ([decided(1, on=LATER)], mailing("m", [1]), "after the mailing date"),
    "S2 research": ([decided(1), opted_out(1, OptOutKind.RESEARCH)], mailing("m", [1]), "opt-out"),
    "S2 this study": (
        [decided(1), opted_out(1, OptOutKind.THIS_STUDY)],
        mailing("m", [1]),
        "opt-out",
    ),
    "S2 do not write": (
        [decided(1), opted_out(1, OptOutKind.DO_NOT_WRITE)],
        mailing("m", [1]),
        "opt-out",
    ),
    "S2 type 1": ([decided(1), opted_out(1, OptOutKind.TYPE_1)], mailing("m", [1]), "opt-out"),
    "S2 national, section 251": (
        [decided(1), opted_out(1, OptOutKind.NATIONAL)],
        mailing("m", [1], basis=LegalBasis.SECTION_251),
        "opt-out",
    ),
    "S2 national, national service": (
        [decided(1), opted_out(1, OptOutKind.NATIONAL)],
        mailing("m", [1], basis=LegalBasis.NATIONAL_SERVICE),
        "opt-out",
    ),
    "channel refused": (
        [decided(1), opted_out(1, OptOutKind.CHANNEL, Channel.EMAIL)],
        [drawn("m", 1), invited(1, "m", channel=Channel.EMAIL)],
        "opt-out",
    ),
    "invited twice": (INVITED_1, mailing("n", [1]), "invited before"),
    "invited twice under another id": (
        INVITED_1,
        [drawn("n", 1), invited(1, "n", under=7)],
        "invited before",
    ),
    "invited twice in one batch": (
        [decided(1)],
        [drawn("m", 2), invited(1, "m"), invited(1, "m", under=7)],
        "invited before",
    ),
    "id of another": (
        [*INVITED_1, decided(2)],
        [drawn("n", 1), invited(2, "n", under=1)],
        "that of another person",
    ),
    "reminder under the id of another": (
        [decided(1), decided(2), *mailing("m", [1, 2])],
        [drawn("n", 1), invited(2, "n", letter=2, under=1)],
        "that of another person",
    ),
    "reminder before the invitation": ([decided(1)], mailing("n", [1], letter=2), "follows"),
    "second reminder before the first": (INVITED_1, mailing("n", [1], letter=3), "follows"),
    "reminder twice": (
        [*INVITED_1, *mailing("n", [1], letter=2)],
        mailing("o", [1], letter=2),
        "follows",
    ),
    "reminder after a reply": (
        [*INVITED_1, replied(1)],
        mailing("n", [1], letter=2),
        "a reply is there",
    ),
    "S3 reminder after an opt-out": (
        [*INVITED_1, opted_out(1, OptOutKind.DO_NOT_WRITE)],
        mailing("n", [1], letter=2),
        "opt-out",
    ),
    "S15 reminder after a decline": (
        [*INVITED_1, replied(1, ReplyKind.DECLINED)],
        mailing("n", [1], letter=2),
        "opt-out",
    ),
    "reminder after a changed decision": (
        [*INVITED_1, decided(1, Decision.DO_NOT_INVITE)],
        mailing("n", [1], letter=2),
        "latest decision",
    ),
    "batch not drawn": ([decided(1)], [invited(1, "m")], "not drawn before"),
    "another mailing date": (
        [decided(1)],
        [drawn("m", 1, on=LATER), invited(1, "m")],
        "another mailing date",
    ),
    "batch drawn twice": (INVITED_1, [drawn("m", 0)], "drawn before"),
    "fewer letters than drawn": (
        [decided(1)],
        [drawn("m", 2), invited(1, "m")],
        "recorded together",
    ),
    "more letters than drawn": (
        [decided(1), decided(2)],
        [drawn("m", 1), invited(1, "m"), invited(2, "m")],
        "recorded together",
    ),
    "a letter added to a mailing": (
        [*INVITED_1, decided(2)],
        [invited(2, "m")],
        "recorded together",
    ),
    "reply of somebody not invited": ([decided(1)], [replied(1)], "not invited"),
    "lifting what does not stand": (
        [opted_out(1, OptOutKind.RESEARCH)],
        [lifted(1, OptOutKind.TYPE_1)],
        "no such opt-out",
    ),
    "lifting another channel": (
        [opted_out(1, OptOutKind.CHANNEL, Channel.EMAIL)],
        [lifted(1, OptOutKind.CHANNEL, Channel.POST)],
        "no such opt-out",
    ),
    "release twice": ([released("r")], [released("r")], "released under this name"),
}


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """The bytes of an empty ledger."""
    return new_ledger(tmp_path_factory.mktemp("empty")).path.read_bytes()


@pytest.fixture
def ledger(tmp_path, empty):
    """An empty ledger of its own for each test."""
    path = tmp_path / "instep.ledger"
    path.write_bytes(empty)
    return opened(path)


@pytest.mark.parametrize("case", REFUSED)
def test_refused(ledger, case):
    there, asked, why = REFUSED[case]
    append(ledger, there, "before")
    head, held = ledger.head, ledger.path.read_bytes()
    with pytest.raises(SafetyRefusal, match=why) as refused:
        append(ledger, asked, "refused")
    assert not any(token(person) in str(refused.value) for person in range(9))
    assert ledger.path.read_bytes() == held
    assert ledger.head == head == opened(ledger.path).head
    # what was refused left nothing in the memory of this holder either
    assert ledger.standing == opened(ledger.path).standing


ALLOWED = {
    "screened on the mailing date": ([decided(1, on=MAILING)], mailing("m", [1])),
    "a decision, then a mailing, at once": ([found(1)], [decided(1), *mailing("m", [1])]),
    "first not, then invite": (
        [decided(1, Decision.DISCUSS_WITH_GP), decided(1)],
        mailing("m", [1]),
    ),
    "national, care team": (
        [decided(1), opted_out(1, OptOutKind.NATIONAL)],
        mailing("m", [1], basis=LegalBasis.CARE_TEAM),
    ),
    "type 1, overridden": (
        [decided(1), opted_out(1, OptOutKind.TYPE_1)],
        mailing("m", [1], type_1_overridden_by="Dr C, Caldicott lead"),
    ),
    "another channel refused": (
        [decided(1), opted_out(1, OptOutKind.CHANNEL, Channel.EMAIL)],
        mailing("m", [1]),
    ),
    "reminders": (INVITED_1, [*mailing("n", [1], letter=2), *mailing("o", [1], letter=3)]),
    "opt-out lifted": (
        [decided(1), opted_out(1, OptOutKind.RESEARCH), lifted(1, OptOutKind.RESEARCH)],
        mailing("m", [1]),
    ),
    "a drawing that draws nobody": ([found(1)], [drawn("m", 0, not_sampled=0)]),
    "two replies": ([*INVITED_1, replied(1)], [replied(1, ReplyKind.DECLINED)]),
}


@pytest.mark.parametrize("case", ALLOWED)
def test_allowed(ledger, case):
    there, asked = ALLOWED[case]
    append(ledger, there, "before")
    append(ledger, asked, "allowed")
    assert [one.entry for one in opened(ledger.path).entries()] == [*there, *asked]


@pytest.mark.parametrize("basis", [LegalBasis.SECTION_251, LegalBasis.NATIONAL_SERVICE])
def test_s2_a_type_1_override_is_refused_where_the_basis_is_not_the_care_team(basis):
    with pytest.raises(ValidationError, match="not overridden under"):
        drawn("m", 1, basis=basis, type_1_overridden_by="Dr C, Caldicott lead")


def test_a_legal_basis_has_no_default():
    with pytest.raises(ValidationError, match="legal_basis"):
        type(drawn("m", 0))(batch="m", mailing_on=MAILING, invited=0)


def test_a_screening_reason_goes_with_every_decision_but_invite():
    for decision in set(Decision) - {Decision.INVITE}:
        fields = decided(1, Decision.DO_NOT_INVITE).model_dump(exclude={"kind", "decision"})
        assert type(decided(1))(**fields, decision=decision).reason is Reason.PJ_BEREAVED
