"""The words of recruitment, each written one way in workbooks, ledgers and counts."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Decision(StrEnum):
    """What a screener decided of a candidate; a blank cell is no decision: not screened."""

    INVITE = "invite"
    DO_NOT_INVITE = "do not invite"
    DISCUSS_WITH_GP = "discuss with GP"
    SPEAK_AT_NEXT_VISIT = "speak at next visit"


class ReasonGroup(StrEnum):
    """Whose reason it is, the split in which CoBalT reports what screening removed."""

    TRIAL = "EX"
    PRACTICE_JUDGEMENT = "PJ"
    ADMINISTRATIVE = "AD"
    NONE = "none"


class Reason(StrEnum):
    """Why somebody is not invited: the code that stands in workbook, ledger and counts."""

    EX_AGE = "EX_AGE"
    EX_IN_WORK = "EX_IN_WORK"
    EX_RETIRED = "EX_RETIRED"
    EX_STUDENT = "EX_STUDENT"
    EX_PAIN_NOT_CHRONIC = "EX_PAIN_NOT_CHRONIC"
    EX_CANCER_PAIN = "EX_CANCER_PAIN"
    EX_OTHER_TRIAL = "EX_OTHER_TRIAL"
    EX_NO_WISH_TO_WORK_KNOWN = "EX_NO_WISH_TO_WORK_KNOWN"
    EX_LANGUAGE = "EX_LANGUAGE"
    EX_CAPACITY = "EX_CAPACITY"
    PJ_TERMINAL = "PJ_TERMINAL"
    PJ_BEREAVED = "PJ_BEREAVED"
    PJ_SEVERE_MENTAL_ILLNESS = "PJ_SEVERE_MENTAL_ILLNESS"
    PJ_SUBSTANCE_MISUSE = "PJ_SUBSTANCE_MISUSE"
    PJ_SAFEGUARDING = "PJ_SAFEGUARDING"
    PJ_DISTRESS_LIKELY = "PJ_DISTRESS_LIKELY"
    PJ_RESIDENTIAL_CARE = "PJ_RESIDENTIAL_CARE"
    PJ_OTHER = "PJ_OTHER"
    AD_DIED = "AD_DIED"
    AD_LEFT = "AD_LEFT"
    AD_NO_ADDRESS = "AD_NO_ADDRESS"
    AD_OPT_OUT = "AD_OPT_OUT"
    AD_DUPLICATE = "AD_DUPLICATE"
    AD_RECENTLY_INVITED = "AD_RECENTLY_INVITED"
    NOT_SCREENED = "NOT_SCREENED"

    @property
    def group(self) -> ReasonGroup:
        """Whose reason it is, by the letters that it begins with."""
        return _GROUPS.get(self.value[:3], ReasonGroup.NONE)

    @property
    def meaning(self) -> str:
        """The code in words, as the workbook's legend shows it."""
        return REASONS[self].meaning

    @property
    def source(self) -> str:
        """Where the reason comes from."""
        return REASONS[self].source


_GROUPS = {f"{group}_": group for group in ReasonGroup if group is not ReasonGroup.NONE}


class ReasonNote(NamedTuple):
    """What a reason code means, and where it comes from."""

    meaning: str
    source: str


_SAFER = "SAFER Wearables SOP (the GP's screen)"
_OURS = "project choice"

REASONS: dict[Reason, ReasonNote] = {
    Reason.EX_AGE: ReasonNote(
        "outside the age range of the trial", "SAFER Wearables SOP; HEAF (age on the mailing day)"
    ),
    Reason.EX_IN_WORK: ReasonNote("in work", "Holmes 2020: letters to people in work are feared"),
    Reason.EX_RETIRED: ReasonNote("retired", _OURS),
    Reason.EX_STUDENT: ReasonNote("student", _OURS),
    Reason.EX_PAIN_NOT_CHRONIC: ReasonNote("the pain is not chronic", _OURS),
    Reason.EX_CANCER_PAIN: ReasonNote("the pain is that of a cancer", _OURS),
    Reason.EX_OTHER_TRIAL: ReasonNote("takes part in another trial", _OURS),
    Reason.EX_NO_WISH_TO_WORK_KNOWN: ReasonNote("known not to want to work", _OURS),
    Reason.EX_LANGUAGE: ReasonNote("the language that the trial needs is missing", _OURS),
    Reason.EX_CAPACITY: ReasonNote("cannot consent", _OURS),
    Reason.PJ_TERMINAL: ReasonNote("terminally ill, palliative care", _SAFER),
    Reason.PJ_BEREAVED: ReasonNote("bereaved", _SAFER),
    Reason.PJ_SEVERE_MENTAL_ILLNESS: ReasonNote("severe mental illness", _OURS),
    Reason.PJ_SUBSTANCE_MISUSE: ReasonNote("substance misuse", _OURS),
    Reason.PJ_SAFEGUARDING: ReasonNote("safeguarding", _OURS),
    Reason.PJ_DISTRESS_LIKELY: ReasonNote("a letter is likely to distress", _OURS),
    Reason.PJ_RESIDENTIAL_CARE: ReasonNote("not in private accommodation", _SAFER),
    Reason.PJ_OTHER: ReasonNote("another judgement of the practice", _OURS),
    Reason.AD_DIED: ReasonNote("died", _SAFER),
    Reason.AD_LEFT: ReasonNote("left the practice", _SAFER),
    Reason.AD_NO_ADDRESS: ReasonNote("no address to write to", _OURS),
    Reason.AD_OPT_OUT: ReasonNote("opted out", _OURS),
    Reason.AD_DUPLICATE: ReasonNote("the same person twice", _OURS),
    Reason.AD_RECENTLY_INVITED: ReasonNote("invited recently, to this or another study", _OURS),
    Reason.NOT_SCREENED: ReasonNote(
        "nobody has decided: never invited, and no reason that a screener can give",
        "CoBalT; Jenkinson 2014",
    ),
}
SCREENING_REASONS = tuple(reason for reason in Reason if reason is not Reason.NOT_SCREENED)


class KnownWorkStatus(StrEnum):
    """What the screener knows of somebody's work (the words of RULES.md §7)."""

    OUT_OF_WORK = "out_of_work"
    IN_WORK = "in_work"
    NOT_SEEKING = "not_seeking"
    UNFIT_FOR_WORK = "unfit_for_work"
    UNKNOWN = "unknown"


class Tier(StrEnum):
    """The order of letters; ``D`` is for the nominated and self-referred, ``X`` is held back."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    X = "X"


class Route(StrEnum):
    """By which way somebody came to be considered (Holmes 2020 lists the ways to compare)."""

    CODE_SEARCH = "code_search"
    HAND_SEARCH = "hand_search"
    GP_NOMINATION = "gp_nomination"
    OPPORTUNISTIC = "opportunistic"
    SELF_REFERRAL_POSTER = "self_referral_poster"
    PAIN_SERVICE = "pain_service"
    PHYSIO_MSK = "physio_msk"
    JOB_CENTRE = "job_centre"
    EMPLOYMENT_PROGRAMME = "employment_programme"
    COMMUNITY = "community"
    REGISTER = "register"
    OTHER = "other"


class Channel(StrEnum):
    """The way by which something is said, to a person or by them."""

    POST = "post"
    TEXT_MESSAGE = "text_message"
    EMAIL = "email"
    PHONE = "phone"
    WEB = "web"
    IN_PERSON = "in_person"


WRITING_CHANNELS = (Channel.POST, Channel.TEXT_MESSAGE, Channel.EMAIL)


class ReplyKind(StrEnum):
    """What came back on an invitation."""

    INTERESTED = "interested"
    DECLINED = "declined"
    DO_NOT_WRITE = "do_not_write"
    UNDELIVERED = "undelivered"


class Stage(StrEnum):
    """How far a person came after replying, as the study team reports it."""

    ELIGIBLE = "eligible"
    NOT_ELIGIBLE = "not_eligible"
    CONSENTED = "consented"
    RANDOMISED = "randomised"


class OptOutKind(StrEnum):
    """What a person has asked for; ``CHANNEL`` is a refused way of being written to."""

    NATIONAL = "national"
    TYPE_1 = "type_1"
    RESEARCH = "research"
    THIS_STUDY = "this_study"
    DO_NOT_WRITE = "do_not_write"
    CHANNEL = "channel"


ALWAYS_REMOVES = frozenset({OptOutKind.RESEARCH, OptOutKind.THIS_STUDY, OptOutKind.DO_NOT_WRITE})
OPT_OUT_OF_REPLY = {
    ReplyKind.DECLINED: OptOutKind.THIS_STUDY,
    ReplyKind.DO_NOT_WRITE: OptOutKind.DO_NOT_WRITE,
}


class LegalBasis(StrEnum):
    """On what ground people are written to; a protocol declares it, and there is no default."""

    CARE_TEAM = "care_team"
    SECTION_251 = "section_251"
    NATIONAL_SERVICE = "national_service"


class OptOutEffect(StrEnum):
    """What an opt-out does to a mailing."""

    REMOVES = "removes"
    REMOVES_UNLESS_OVERRIDDEN = "removes unless overridden"
    SHOWN = "shown"
    OTHER_CHANNEL = "other channel"


def effect(kind: OptOutKind, basis: LegalBasis) -> OptOutEffect:
    """What an opt-out of that kind does where people are written to on that ground.

    Under care by the own team the national opt-out is no bar and is shown; elsewhere it removes.
    A type 1 dissent removes; only the care team's own mailing can override it, by a named
    Caldicott lead. Sources: NHS Digital researcher guidance, sections 4-5 and appendix 2; NHS
    GDPR register; the type 1 default is a project choice.
    """
    if kind is OptOutKind.CHANNEL:
        return OptOutEffect.OTHER_CHANNEL
    own_team = basis is LegalBasis.CARE_TEAM
    if own_team and kind is OptOutKind.NATIONAL:
        return OptOutEffect.SHOWN
    if own_team and kind is OptOutKind.TYPE_1:
        return OptOutEffect.REMOVES_UNLESS_OVERRIDDEN
    return OptOutEffect.REMOVES
