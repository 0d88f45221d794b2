"""What a letter had better not say, as data: the wordings, and where they are meant otherwise.

Each caution comes with sentences that it warns at and sentences that it leaves alone; the tests
read them. "unemployed", "must" and deadlines are of safety rule S14 (Holmes 2020: "unable to work",
not "unemployed"); threats, payments and results that nobody can promise are this project's choice.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)"
)
_BARE_MONTH = (
    rf"(?:(?!may\b){_MONTH}\b(?! (?:lane|road|street|house|surgery|medical|health|family))"
    r"|may(?= \d|[.,;!]|$))"
)
_DAY = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}|{_MONTH} \d{{1,2}}"
    rf"|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{2,4}}|\d{{4}}-\d\d-\d\d)"
)
_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|tonight|noon|midnight)"
_DATE = (
    rf"(?:(?:this |next |on )?{_WEEKDAY}|{_DAY}|the (?:end|\d{{1,2}}(?:st|nd|rd|th))\b"
    rf"|{_BARE_MONTH}|(?:this|next|the end of the) (?:week|month)"
    r"|\[[^\]]*(?:date|day)[^\]]*\]|«custom 1 mailing date»)"
)
_NUMBER = r"(?:\d+|an?|one|two|three|four|five|six|seven|ten|fourteen|the next \w+|\[[^\]]*\])"
_SPAN = rf"{_NUMBER} (?:working )?(?:hours?|days?|weeks?|months?)"
_WE = (
    r"(?:we|they|i|(?:the |our )?(?:study |research )?(?:team|staff|researchers?|practice"
    r"|doctors?|nurses?))"
)


class Caution(NamedTuple):
    """One thing to warn at.

    Attributes:
        rule: its id.
        found: what is wrong with it, to follow the words quoted.
        mend: what to do instead.
        example: a sentence that would do.
        wordings: what is warned at.
        unless: wordings around it in which it is meant otherwise.
        in_questions: whether a question is warned at as well.
        warned_at: sentences that are warned at.
        left_alone: sentences that are not.
    """

    rule: str
    found: str
    mend: str
    example: str
    wordings: tuple[str, ...]
    unless: tuple[str, ...]
    in_questions: bool
    warned_at: tuple[str, ...]
    left_alone: tuple[str, ...]


CAUTIONS = (
    Caution(
        rule="unemployed",
        found="patients said “unable to work” of themselves (Holmes 2020)",
        mend="say “unable to work”",
        example="The study is for people who are unable to work.",
        wordings=(
            r"\bunemploy(?:ed|ment)\b",
            r"\b(?:jobless|workless|worklessness|scroungers?|work-?shy)\b",
            r"\bon (?:the (?:dole|sick)|benefits)\b",
        ),
        unless=(),
        in_questions=True,
        warned_at=(
            "The study is for people who are unemployed.",
            "Are you unemployed?",
            "We are looking at unemployment.",
            "It helps people on benefits.",
        ),
        left_alone=(
            "The study is for people who are unable to work.",
            "The study team employs four people.",
        ),
    ),
    Caution(
        rule="must",
        found="this tells the patient what to do",
        mend="ask, or say what they can do",
        example="You can call us if you would like to know more.",
        wordings=(
            r"\bmust\b",
            r"\b(?:have|has|having|need|needs|needing|required|obliged|expected|supposed) to\b",
            r"\b(?:got|ought) to\b",
            r"\b(?:required|compulsory|mandatory|obligatory|essential|necessary)\b",
            r"\byou are to\b",
        ),
        unless=(
            (
                r"\b(?:not|never|no|nor|without|nobody|no one|nothing)(?: \w+){0,4}? (?:have|has"
                r"|having|need|needs|required|obliged|expected|supposed|got|ought)(?: to\b)?"
            ),
            (
                r"\b(?:not|never|nor|neither|isn't)(?: \w+){0,2} (?:required|compulsory|mandatory"
                r"|obligatory|essential|necessary)\b"
            ),
            r"\bno (?:\w+ )?(?:is|are) (?:required|necessary)\b",
            (
                r"\b(?:if|when|whether|should|in case|what|whatever|everything|anything|all|help"
                r"|support"
                r"|time|information|as much as|as long as) (?:that )?(?:you|they|people) (?:need"
                r"|have|has) to\b"
            ),
            (
                rf"\b{_WE}(?: will| would| may| also| do| always)* (?:must|(?:have|has|need"
                rf"|needs|are"
                r"|is)(?: \w+)? to|are required|are obliged)\b(?: to)?"
            ),
            r"\bif (?:required|necessary|need be)\b",
        ),
        in_questions=False,
        warned_at=(
            "You must call us.",
            "You have to fill in the form.",
            "You need to reply.",
            "A reply is required.",
            "Patients are required to attend.",
            "You’ve got to send it back.",
            "You must not miss this.",
        ),
        left_alone=(
            "You do not have to take part.",
            "You don’t need to tell us why.",
            "There is no need to reply.",
            "You can stop without having to say why.",
            "Do I have to take part?",
            "Nothing is required of you.",
            "We must keep your name safe.",
            "We have to tell you who paid for the study.",
            "Take all the time you need to think.",
            "It is not compulsory.",
            "Ask us if you need to talk.",
            "The help that you need to get back to work.",
        ),
    ),
    Caution(
        rule="deadline",
        found="this sets a time limit",
        mend="leave it out: let people take the time that they need",
        example="Please take as long as you like to think about it.",
        wordings=(
            rf"\b(?:by|before|until|till|no later than|not later than|on or before) {_DATE}",
            rf"\b(?:within|in the next|in under) (?:the next )?{_SPAN}",
            rf"\byou (?:only )?have {_SPAN} to\b",
            (
                r"\b(?:deadline|closing date|last date|last day|cut-?off|expires?"
                r"|time is running out)\b"
            ),
            (
                r"\b(?:as soon as (?:possible|you can)|straight ?away|immediately|urgent(?:ly)?"
                r"|at once|right away|without delay|promptly)\b"
            ),
            (
                rf"\bnot heard? (?:back )?from you\b.{{0,20}}\b(?:by|within|in|after) (?:{_DATE}"
                rf"|{_SPAN})"
            ),
        ),
        unless=(
            r"\b(?:no|not a|is no|without a) (?:deadline|closing date|cut-?off|last date)\b",
            (
                r"\b(?:not|never|no need to)(?: \w+){0,6} (?:urgent(?:ly)?|immediately"
                r"|straight ?away|at once|right away)\b"
            ),
            (
                rf"\b{_WE} (?:will|would|shall|can|are|aim to|try to"
                rf"|hope to)\b[^.;,]{{0,60}}?\b(?:within|by"
                rf"|before|until|in the next) (?:the next )?(?:{_SPAN}|{_DATE})"
            ),
            (
                rf"\b{_WE} (?:will|would|shall|can)\b[^.;,]{{0,40}}?\b(?:immediately|straight ?away"
                r"|at once|as soon as (?:possible|we can)|promptly|right away)\b"
            ),
            rf"\bwithin {_SPAN} of (?:losing|stopping|leaving)\b",
        ),
        in_questions=False,
        warned_at=(
            "Please reply by 1 March.",
            "Please reply by 1st March 2027.",
            "Call us within 14 days.",
            "Send it back before Friday.",
            "The closing date is 3 May.",
            "Reply no later than 03/05/2027.",
            "Please answer as soon as possible.",
            "You have two weeks to decide.",
            "Reply by [date].",
            "If we have not heard from you within three weeks, we will write again.",
        ),
        left_alone=(
            "There is no deadline.",
            "Talk to your family before you decide.",
            "We will call you back within two days.",
            "Please take as long as you like.",
            "The letter was sent by March Lane Surgery.",
            "You may stop at any time.",
            "Your answers are read by the team.",
        ),
    ),
    Caution(
        rule="pressure",
        found="this puts pressure on the patient, or threatens them",
        mend="say only what the study offers, and that they are free",
        example="You can say yes or no. Nobody will mind.",
        wordings=(
            (
                r"\byou (?:will|would|could|may|might) (?:(?!not\b|never\b)\w+ )?(?:lose"
                r"|miss out|be (?:reported|removed"
                r"|struck off|sanctioned|fined|taken off|penalised))\b"
            ),
            r"\b(?:do not|never) miss (?:out|this|your)\b",
            (
                r"\b(?:last|final|only|once in a lifetime) (?:chance|opportunity|reminder|notice"
                r"|warning)\b"
            ),
            r"\bfail(?:ure)? to (?:reply|respond|attend|answer|take part|comply)\b",
            (
                r"\bif you (?:do not|fail to|refuse to|ignore)\b[^.?!]{0,60}\b(?:will|may|could"
                r"|might) be (?:stopped|reported|removed|cut|recorded|reviewed|reduced|taken)\b"
            ),
            r"\b(?:sanction(?:s|ed)?|consequences|penalt(?:y|ies))\b",
            r"\b(?:we|your (?:gp|doctor)) (?:\w+ )?(?:expects?|strongly|urges?|insists?)\b",
            (
                r"\b(?:your duty|you owe|for your own good|let(?:ting)? (?:us|others|people) down"
                r"|be disappointed|act now|everyone else)\b"
            ),
            r"\bwe will keep (?:writing|calling|trying|contacting)\b",
        ),
        unless=(
            (
                r"\b(?:not|never|no|nor|nobody|without any)(?: \w+){0,3} (?:lose|sanction(?:s|ed)?"
                r"|consequences|penalt(?:y|ies)|penalised|reported|removed|disappointed"
                r"|be (?:reported|removed|sanctioned|penalised))\b"
            ),
            r"\byou (?:will|would) lose (?:no|none|nothing)\b",
        ),
        in_questions=True,
        warned_at=(
            "This is your last chance.",
            "If you do not reply, your name will be removed from our list.",
            "Failure to respond will be recorded.",
            "You could lose your place.",
            "Don’t miss out!",
            "Your GP strongly recommends that you take part.",
            "There may be consequences.",
        ),
        left_alone=(
            "You will not lose anything.",
            "There are no consequences if you say no.",
            "You will lose nothing by saying no.",
            "Your GP knows about the study.",
            "If you do not reply, nothing will happen.",
        ),
    ),
    Caution(
        rule="promise-of-payment",
        found="this promises money or a gift",
        mend="leave it to the information sheet, in the words that the ethics committee agreed",
        example="The information sheet says what is paid for.",
        wordings=(
            (
                r"\b(?:will|shall|would|can) (?:be paid|pay you|receive a|get a|give you"
                r"|send you)\b"
                r"[^.?!]{0,30}?(?:£|\bvouchers?\b|\bgifts?\b|\bcash\b|\bmoney\b|\bpaid\b"
                r"|\bpay(?:ment)?\b|\breward\b|\bprize\b)"
            ),
            r"\b(?:be paid|pay you)\b",
            r"£ ?\d",
            r"\b(?:gift cards?|vouchers?|prize draw|cash|reward)\b",
        ),
        unless=(
            (
                r"\b(?:not|never|no|nor|nobody|without)(?: \w+){0,4} (?:be paid|paid|pay you"
                r"|vouchers?|gift cards?|reward|cash)\b"
            ),
            (
                r"\b(?:be paid|pay you)(?: back)?[^.?!]{0,20}\b(?:travel|fares?|expenses|costs"
                r"|parking)\b[^.?!]*"
            ),
        ),
        in_questions=True,
        warned_at=(
            "You will be paid £20.",
            "We will give you a voucher.",
            "You will get a £10 gift card.",
            "You could win a prize draw.",
        ),
        left_alone=(
            "You will not be paid.",
            "We will pay you back your bus fares.",
            "Nobody is paid for taking part.",
        ),
    ),
    Caution(
        rule="promise-of-result",
        found="nobody can promise this: it is what the study is to find out",
        mend="say what is offered, not what will come of it",
        example="The study tests whether this kind of support helps.",
        wordings=(
            (
                r"\b(?:will|can|shall) (?:\w+ )?(?:find|get|give) you (?:a|the|your"
                r"|back (?:in)?to) (?:new |good |right )?(?:job|work|career)\b"
            ),
            (
                r"\b(?:will|shall) (?:\w+ )?(?:help you (?:find|get)|get you back|cure"
                r"|end your pain|improve your|take away your pain|make you (?:better|well))\b"
            ),
            r"\bguarantee(?:d|s)?\b",
            r"\bproven to\b",
            r"\byou will (?:soon |then )?(?:find|get|have|be in) (?:a |the )?(?:job|work)\b",
        ),
        unless=(
            (
                r"\b(?:not|never|no|nor|can not)(?: \w+){0,4} (?:guarantee(?:d|s)?|find you|get you"
                r"|give you|help you|cure|proven)\b[^.?!]{0,30}"
            ),
            r"\bnot (?:promise|guarantee|say|know)\b[^.?!]*|\bwhether\b[^.?!]*",
        ),
        in_questions=False,
        warned_at=(
            "We will find you a job.",
            "The study will get you back to work.",
            "A job is guaranteed.",
            "This support is proven to work.",
        ),
        left_alone=(
            "We cannot promise that you will find a job.",
            "We do not guarantee a job.",
            "The study tests whether it will help you find a job.",
            "It is help with finding a job and keeping it.",
        ),
    ),
)

COMPILED = {
    caution.rule: (
        tuple(re.compile(pattern) for pattern in caution.wordings),
        tuple(re.compile(pattern) for pattern in caution.unless),
    )
    for caution in CAUTIONS
}
