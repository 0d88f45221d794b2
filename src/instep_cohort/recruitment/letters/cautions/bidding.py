"""Wordings that name people, or tell them what to do and by when (safety rule S14).

Holmes 2020: patients said “unable to work” of themselves, not “unemployed”.
"""

from __future__ import annotations

from instep_cohort.recruitment.letters.cautions.caution import Caution

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

BIDDING = (
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
                r"\b(?:reply|answer|respond|call|ring|phone|contact|get back to|send|return|hear"
                r"|hearing) \b[^.?!;]{0,30}?\b(?:soon|shortly|today|tomorrow|tonight"
                r"|this (?:week|month)|by return)\b"
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
            (
                rf"\b{_WE} (?:will|would|shall|can|may|hope to)\b[^.;,]{{0,50}}?\b(?:soon"
                r"|shortly|today|tomorrow|this (?:week|month))\b"
            ),
            (
                r"\b(?:not|never|no need to)(?: \w+){0,6} (?:soon|shortly|today|tomorrow|tonight"
                r"|this (?:week|month))\b"
            ),
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
            "Please ring us this week.",
            "We look forward to hearing from you soon.",
            "Please get back to us shortly.",
        ),
        left_alone=(
            "There is no deadline.",
            "Talk to your family before you decide.",
            "We will call you back within two days.",
            "Please take as long as you like.",
            "The letter was sent by March Lane Surgery.",
            "You may stop at any time.",
            "Your answers are read by the team.",
            "We will call you back today.",
            "You do not have to reply today.",
        ),
    ),
)
