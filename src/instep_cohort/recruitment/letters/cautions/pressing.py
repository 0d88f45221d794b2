"""Wordings that press people, take silence for a yes, or speak for the job centre.

They are this project's choice.
"""

from __future__ import annotations

from instep_cohort.recruitment.letters.cautions.caution import Caution

_OFFICE = (
    r"(?:job ?-?cent(?:re|er)s?(?: plus)?|dwp|department for work and pensions|work coach(?:es)?"
    r"|benefits? office)"
)
_TAKE_PART = r"(?:take part|join|reply|respond|answer|come|attend|say yes|agree|sign)"

PRESSING = (
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
            (
                r"\byour (?:gp|doctor|nurse|practice) (?:wants|needs|would like) you to"
                rf" {_TAKE_PART}\b"
            ),
            rf"\b(?:we|they) (?:really )?need you(?: to {_TAKE_PART})?\b",
            rf"\byou should (?:really |definitely )?(?:{_TAKE_PART}|do this)\b",
            (
                r"\bit is (?:very |really |so |most )?important (?:that you|for you to"
                rf"|to) {_TAKE_PART}\b"
            ),
            r"\bdo not ignore\b",
            (
                r"\bplaces? (?:are|is) (?:very )?limited\b|\bonly (?:a few|\w+) places? (?:are|is)?"
                r"|\bfirst come,? first served\b|\bwhile places last\b|\bhurry\b"
            ),
            (
                r"\b(?:noted|recorded|written|put|kept) (?:down )?(?:in|on) your (?:\w+ )?"
                r"(?:records?|notes|file)\b"
            ),
            r"\bback of the (?:queue|line|list)\b|\bspecially (?:selected|chosen)\b",
            r"\bit would be (?:better|best|a shame|a pity|wise|a mistake)\b",
            (
                r"\b(?:need|want|ask you for|ask for) (?:a|your|the) reasons?\b"
                r"|\bask(?:ed)? you (?:why|again)\b"
            ),
        ),
        unless=(
            (
                r"\b(?:not|never|no|nor|nobody|without any)(?: \w+){0,3} (?:lose|sanction(?:s|ed)?"
                r"|consequences|penalt(?:y|ies)|penalised|reported|removed|disappointed"
                r"|be (?:reported|removed|sanctioned|penalised))\b"
            ),
            r"\byou (?:will|would) lose (?:no|none|nothing)\b",
            (
                r"\b(?:not|never|no|nor|nobody|no one|nothing|without)(?: \w+){0,4} (?:(?:need|want"
                r"|ask you for|ask for) (?:a|your|the) reasons?|ask(?:ed)? you (?:why|again)"
                r"|need you(?: to \w+(?: part)?)?|important (?:that you|for you to|to) \w+"
                r"(?: part)?|(?:noted|recorded|written|put|kept) (?:down )?(?:in|on) your"
                r" (?:\w+ )?(?:records?|notes|file))"
            ),
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
            "Your GP wants you to take part.",
            "We need you to reply.",
            "You should take part.",
            "It is important that you reply.",
            "Please do not ignore this letter.",
            "Places are limited.",
            "Only ten places are left.",
            "Refusing will be noted in your medical record.",
            "People who say no will go to the back of the queue.",
            "You have been specially selected.",
            "Do I have to take part? No, but it would be better.",
            "You can say no, although we will need a reason.",
            "You can say no, but we will ask you again.",
        ),
        left_alone=(
            "You will not lose anything.",
            "There are no consequences if you say no.",
            "You will lose nothing by saying no.",
            "Your GP knows about the study.",
            "If you do not reply, nothing will happen.",
            "We will not ask you why.",
            "You do not need to give a reason.",
            "Nothing is written in your notes if you say no.",
            "It is not important to reply.",
            "You should know that the study is voluntary.",
        ),
    ),
    Caution(
        rule="assumed-consent",
        found="this takes silence for a yes",
        mend="let people say yes, and do nothing where they say nothing",
        example="If you do not reply, nothing will happen.",
        wordings=(
            (
                r"\bif (?:you|we) (?:do not|have not|never) (?:reply|replied|answer|respond|hear"
                r"|heard|tell|told|object|contact|call|ring|say)\b[^.?!]{0,70}?\b(?:we|i|the study"
                r"|the team) (?:(?:will|shall|may|can)(?! not| never) )?(?:then |also )?(?:take it"
                r"|assume|understand|believe|pass|share|give|put|book|enter|sign|enrol)\b"
            ),
            (
                r"\bif (?:you|we) (?:do not|have not|never) (?:reply|replied|answer|respond|hear"
                r"|heard|tell|told|object|contact|call|ring|say)\b[^.?!]{0,70}?\byou (?:agree"
                r"|consent|(?:are|will be|have been) (?:entered|included|signed|put|booked"
                r"|enrolled))\b"
            ),
            (
                r"\bunless you (?:tell|say|call|ring|write|contact|reply|object|opt out|ask)\b"
                r"[^.?!]{0,50}?\b(?:we|i|your (?:name|details|records?|answers)|you)(?: \w+)?"
                r" (?:will|shall|may|are|is)(?! not\b| never\b)"
            ),
            (
                r"\bwe (?:have )?(?:already )?(?:put you down|booked you|entered you|signed you up"
                r"|enrolled you)\b"
            ),
            (
                r"\byou (?:have been|are|were) (?:already )?(?:booked|enrolled|signed up|entered"
                r"|put down)\b"
            ),
        ),
        unless=(),
        in_questions=True,
        warned_at=(
            "If you do not reply, we will take it that you agree.",
            "If we do not hear from you, we will share your details with the study team.",
            "If you do not object, you will be entered into the study.",
            "Unless you tell us otherwise, we will pass your name to the study team.",
            "Unless you opt out, your details will go to the study.",
            "We have already put you down for a place.",
            "You have been booked in for an appointment.",
        ),
        left_alone=(
            "If you do not reply, we will write to you once more.",
            "Unless you ask us to, we will not pass your name to anybody.",
            "If you do not reply, we will not share your name.",
            "You are registered with this practice.",
        ),
    ),
    Caution(
        rule="job-centre-behind-it",
        found="this sounds as if the job centre or the DWP stood behind the letter",
        mend="say that the practice writes; what the job centre thinks does not belong here",
        example="This letter comes from your GP practice.",
        wordings=(
            (
                rf"\b{_OFFICE} (?:has |have |would |also |is |are )*(?:asked|asks|asking|wants?"
                r"|supports?|supporting|backs?|likes?|recommends?|sent|expects?|agrees?|agreed)\b"
            ),
            (
                r"\b(?:supported|backed|funded|run|paid for|approved|organised|sent|asked"
                rf"|recommended) by (?:the |your )?{_OFFICE}\b"
            ),
            (
                r"\b(?:together|working|on behalf|in partnership) (?:with|of) (?:the |your )?"
                rf"{_OFFICE}\b"
            ),
        ),
        unless=(
            (
                r"\b(?:not|never|no|nor|nothing)(?: \w+){0,4} (?:(?:supported|backed|funded|run"
                r"|paid for|approved|organised|sent|asked|recommended) by|(?:together|working"
                rf"|on behalf|in partnership) (?:with|of)) (?:the |your )?{_OFFICE}"
            ),
        ),
        in_questions=False,
        warned_at=(
            "The DWP has asked us to write to you.",
            "Your work coach would like you to come.",
            "The study is supported by the job centre.",
            "We are working with the Jobcentre.",
        ),
        left_alone=(
            "This letter was not sent by the job centre.",
            "We are not working with the job centre.",
            "We will not tell the job centre.",
            "Was this letter sent by the job centre?",
        ),
    ),
)
