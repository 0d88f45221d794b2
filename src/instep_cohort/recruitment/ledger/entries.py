"""What can be written into a ledger: one frozen type for each kind of event, checked when made.

A person is always a token (`recruitment.tokens`), never an id of the practice's system. There is
no free text; names are those of staff. Dates are days, times are kept with the batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, ClassVar, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from instep_cohort.recruitment.tokens import INVITE_ID_PATTERN, TOKEN_PATTERN
from instep_cohort.recruitment.vocabulary import (
    WRITING_CHANNELS,
    Channel,
    Decision,
    KnownWorkStatus,
    LegalBasis,
    OptOutEffect,
    OptOutKind,
    Reason,
    ReplyKind,
    Route,
    Stage,
    Tier,
    effect,
)

Token = Annotated[str, StringConstraints(pattern=TOKEN_PATTERN)]
InviteId = Annotated[str, StringConstraints(pattern=INVITE_ID_PATTERN)]
# one line of printable text: a control character could forge a second line of a listing
NAME_PATTERN = r"^[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]{0,199}$"
Name = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(ge=0)]


class _Entry(BaseModel):
    # an error must not quote what it was given: it may hold a person's identifier
    model_config: ClassVar[ConfigDict] = ConfigDict(
        frozen=True, extra="forbid", strict=True, hide_input_in_errors=True
    )


class Found(_Entry):
    """A person came to be considered by a route.

    Attributes:
        person: the token.
        route: by which way.
        found_on: the search date, or the day of the nomination.
        run: sha256 of the manifest of the run that found them; None for other routes.
        tier: the tier that the run or the nomination gave; None where there is none.
        named_by: who nominated, by name and role; None for a search.
    """

    kind: Literal["found"] = "found"
    person: Token
    route: Route
    found_on: date
    run: Sha256 | None = None
    tier: Tier | None = None
    named_by: Name | None = None


class Decided(_Entry):
    """A screener decided of a person; the latest decision of a person stands.

    Attributes:
        person: the token.
        decision: what was decided.
        screened_by: who decided.
        screened_on: on which day.
        reason: needed for "do not invite", forbidden for "invite", never NOT_SCREENED.
        knows_work_status: what the screener knows of the person's work.
        run: sha256 of the manifest of the run whose candidates were screened.
    """

    kind: Literal["decided"] = "decided"
    person: Token
    decision: Decision
    screened_by: Name
    screened_on: date
    reason: Reason | None = None
    knows_work_status: KnownWorkStatus | None = None
    run: Sha256 | None = None

    @model_validator(mode="after")
    def _reason_fits(self) -> Self:
        if self.reason is Reason.NOT_SCREENED:
            raise ValueError("NOT_SCREENED is no reason of a screener: a blank row is not recorded")
        if self.decision is Decision.DO_NOT_INVITE and self.reason is None:
            raise ValueError('"do not invite" needs a reason code')
        if self.decision is Decision.INVITE and self.reason is not None:
            raise ValueError('"invite" takes no reason code')
        return self


class BatchDrawn(_Entry):
    """A batch of invitations was drawn; it stands before its `Invited` entries.

    Attributes:
        batch: the batch's name, once in a ledger.
        legal_basis: on what ground its people are written to.
        mailing_on: the mailing date.
        run: sha256 of the manifest of the run that it was drawn from.
        seed: of the random sample; None where everybody was taken.
        invited, not_sampled: persons drawn, and persons who could have been and were not.
        held_back: persons of tier X whom the practice has not released.
        removed: persons whom the checks at export removed.
        type_1_overridden_by: the Caldicott lead who answers for writing to people with a type 1
            dissent, by name and role; only the care team's own mailing can be so overridden.
        settings_sha256: of whatever else the batch was made by, as its manifest tells it.
    """

    kind: Literal["batch_drawn"] = "batch_drawn"
    batch: Name
    legal_basis: LegalBasis
    mailing_on: date
    run: Sha256 | None = None
    seed: int | None = None
    invited: Count
    not_sampled: Count = 0
    held_back: Count = 0
    removed: Count = 0
    type_1_overridden_by: Name | None = None
    settings_sha256: Sha256 | None = None

    @model_validator(mode="after")
    def _may_be_overridden(self) -> Self:
        overridable = effect(OptOutKind.TYPE_1, self.legal_basis)
        if self.type_1_overridden_by and overridable is OptOutEffect.REMOVES:
            raise ValueError(f"a type 1 dissent is not overridden under {self.legal_basis}")
        return self


class Invited(_Entry):
    """A person is written to: the first letter (1) or a reminder (2, 3, …) under the same id.

    Attributes:
        person: the token.
        invite_id: the pre-made id of the invitation; a reminder has that of its first letter.
        batch: the batch in which it goes.
        channel: post, text_message or email.
        mailing_on: the mailing date.
        letter: 1 for the invitation, 2 for the first reminder.
        tier: the tier at the time of the batch.
    """

    kind: Literal["invited"] = "invited"
    person: Token
    invite_id: InviteId
    batch: Name
    channel: Channel
    mailing_on: date
    letter: Annotated[int, Field(ge=1)] = 1
    tier: Tier | None = None

    @model_validator(mode="after")
    def _can_carry_a_letter(self) -> Self:
        if self.channel not in WRITING_CHANNELS:
            raise ValueError(f"the channel is one of {', '.join(WRITING_CHANNELS)}")
        return self


class Replied(_Entry):
    """Something came back on an invitation; a decline is an opt-out from this very moment.

    Attributes:
        person, invite_id: the token and the id that was written to.
        reply: what came back.
        received_on: on which day.
        channel: by which way; None where it is not known.
        work_status: what the person says of their work; None where nothing is said.
    """

    kind: Literal["replied"] = "replied"
    person: Token
    invite_id: InviteId
    reply: ReplyKind
    received_on: date
    channel: Channel | None = None
    work_status: KnownWorkStatus | None = None


class Reached(_Entry):
    """The study team reports how far a person came (eligible, consented, randomised)."""

    kind: Literal["reached"] = "reached"
    person: Token
    stage: Stage
    reached_on: date


class OptedOut(_Entry):
    """A person does not want something: research, this study, being written to, a channel.

    Attributes:
        person: the token.
        opt_out: of which kind.
        channel: which one, for the kind ``channel`` alone.
        recorded_on: the day on which it was said; None where it is not known.
        source: where it comes from, such as ``practice list`` or ``phone``.
    """

    kind: Literal["opted_out"] = "opted_out"
    person: Token
    opt_out: OptOutKind
    channel: Channel | None = None
    recorded_on: date | None = None
    source: Name

    @model_validator(mode="after")
    def _names_its_channel(self) -> Self:
        _refuse_stray_channel(self.opt_out, self.channel)
        return self


class OptOutLifted(_Entry):
    """A standing opt-out was taken back, by the person or as a mistake, and who answers for it."""

    kind: Literal["opt_out_lifted"] = "opt_out_lifted"
    person: Token
    opt_out: OptOutKind
    channel: Channel | None = None
    lifted_on: date
    answered_for_by: Name

    @model_validator(mode="after")
    def _names_its_channel(self) -> Self:
        _refuse_stray_channel(self.opt_out, self.channel)
        return self


class StaffTime(_Entry):
    """Minutes of staff spent for a route."""

    kind: Literal["staff_time"] = "staff_time"
    route: Route
    minutes: Count
    spent_on: date
    task: Name


class Cell(_Entry):
    """One number of a release: where it stands, what was shown, and the count behind it."""

    table: Name
    cell: Name
    shown: Name
    count: Count


class Released(_Entry):
    """Counts left the practice: remembered, so that no later release uncovers a small one.

    Attributes:
        release: the name of the release, once in a ledger.
        run: sha256 of the manifest of the run whose counts they are.
        file_sha256: of the file that left.
        threshold: counts below it were hidden.
        rounding: to which multiple the shown counts were rounded; 1 for none.
        cells: what was shown, with the true counts, which stay in the practice.
    """

    kind: Literal["released"] = "released"
    release: Name
    run: Sha256 | None = None
    file_sha256: Sha256
    threshold: Annotated[int, Field(ge=1)]
    rounding: Annotated[int, Field(ge=1)] = 1
    cells: tuple[Cell, ...]


Entry = (
    Found
    | Decided
    | BatchDrawn
    | Invited
    | Replied
    | Reached
    | OptedOut
    | OptOutLifted
    | StaffTime
    | Released
)
ENTRY_KINDS: dict[str, type[Entry]] = {
    one.model_fields["kind"].default: one
    for one in (
        *(Found, Decided, BatchDrawn, Invited, Replied),
        *(Reached, OptedOut, OptOutLifted, StaffTime, Released),
    )
}
_BODIES: TypeAdapter[list[Entry]] = TypeAdapter(
    list[Annotated[Entry, Field(discriminator="kind")]],
    config=ConfigDict(hide_input_in_errors=True),
)


def as_entries(bodies: Sequence[str]) -> list[Entry]:
    """The entries that a ledger holds as JSON texts.

    Raises:
        ValueError: one of them is none; nothing of it is quoted.
    """
    try:
        return _BODIES.validate_json(f"[{','.join(bodies)}]")
    except ValidationError as error:
        place = error.errors(include_input=False, include_url=False)[0]["loc"]
        raise ValueError(f"entry {place[0] if place else '?'} is of no known kind") from None


def _refuse_stray_channel(opt_out: OptOutKind, channel: Channel | None) -> None:
    if (opt_out is OptOutKind.CHANNEL) != (channel is not None):
        raise ValueError('a channel is named for the kind "channel", and for no other')
