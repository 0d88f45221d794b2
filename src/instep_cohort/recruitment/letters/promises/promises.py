"""What a letter has to say, as data: the wordings that say it, and those that say its opposite.

Each promise comes with sentences that keep it and sentences that do not; the tests read them. The
list is safety rule S14: Holmes 2020 (patients asked whether it is voluntary, and feared for their
benefits), the Health Research Authority's guidance on information sheets, and a NatCen letter.
The wordings themselves are this project's choice.
"""

from __future__ import annotations

import re

from instep_cohort.recruitment.letters.promises.promise import Promise, Wordings
from instep_cohort.recruitment.letters.promises.staying_the_same import STAYING_THE_SAME, WILL

# Wherever a pattern names a group `word`, that is the word which can be denied.
_OFFICE = (
    r"\bjob ?-?cent(?:re|er)s?(?: plus)?\b|\bdwp\b|\bwork and pensions\b|\bwork coach(?:es)?\b"
    r"|\bbenefits? office\b"
)
_TAKE_PART = (
    r"(?:take part|taking part|join|reply|answer|respond|come|attend|agree|accept|sign|do (?:this"
    r"|it|anything)|be (?:in|part of)|contact us|call|ring|phone|see us|meet)"
)
_CHOOSE = (
    r"(?:writ(?:e|ing|ten)|wrote|chose|chosen|pick(?:ed)?|select(?:ed)?|identif(?:y|ied)|found|sent"
    r"|invit(?:e|ed|ing)|ask(?:ed|ing)|contact(?:ed|ing)|got|get(?:ting)?|had|receiv(?:ed|ing))"
)
_JOIN = (
    r"(?:take part|join|reply|answer|respond|attend|agree|accept|be (?:in|part of) (?:the|this))"
)
_HAND_ON = (
    r"(?P<word>\b(?:pass(?:ed|es|ing)?|shar(?:e|ed|es|ing)|giv(?:e|en|es|ing)|send(?:ing)?|sent"
    r"|report(?:ed|ing)?|disclos(?:e|ed|ing)|show|shown|hand(?:ed)?|sell|sold|releas(?:e|ed)"
    r"|go|goes|reach(?:es)?|forward(?:ed)?|available)\b)"
)
_TELL = (
    r"(?P<word>\b(?:tell|told|inform|informed|notify|notified|contact|let|speak to|talk to"
    r"|reach(?:es)?)\b)"
)
_KNOW = (
    r"(?P<word>\b(?:know|hear|see|find out|learn|be told|be informed|be given|be sent|be contacted"
    r"|get|receive|have access)\b)"
)

PROMISES: tuple[Promise, ...] = (
    Promise(
        rule="voluntary",
        asks="that taking part is up to the patient",
        example="You do not have to take part. It is up to you.",
        wordings=Wordings(
            keeps=(
                r"(?P<word>\bvoluntary\b)(?! (?:work|sector|group|organi|bod|service|job))",
                (
                    r"(?P<word>\b(?:up to you|your (?:own )?(?:choice|decision)"
                    r"|for you to decide)\b)(?! to (?!decide|choose|say|make(?! sure)))"
                ),
                (
                    r"(?P<word>\b(?:free|fine|ok|okay|all right) (?:for you )?to (?:say no|refuse"
                    r"|decline|choose|decide))\b"
                ),
                (
                    r"(?P<word>\byou (?:can|may|could) (?:always |also |simply "
                    r"|just )?(?:say (?:yes or )?no"
                    r"|refuse|decline|choose (?:not to|whether)|decide (?:not to|whether)))\b"
                ),
                r"(?P<word>\bcompletely optional|\boptional)\b",
                rf"(?P<word>\bneed not {_TAKE_PART})\b",
            ),
            harms=(
                (
                    r"(?P<word>\b(?:have|need|required|obliged|forced|expected|made) to "
                    rf"{_TAKE_PART})\b(?! (?:today|now|yet|straight|right now))"
                ),
                r"(?P<word>\b(?:compulsory|mandatory|obligatory|obligation|pressure)\b)",
            ),
            breaks=(
                rf"\byou(?: will)?(?: also)? (?P<word>(?:have|need) to {_JOIN})\b",
                rf"\byou (?:are|will be) (?P<word>(?:required|obliged|expected) to {_JOIN})\b",
                rf"(?P<word>\b(?:you must|must you) (?:now |please )?{_JOIN})\b",
                r"(?P<word>\b(?:compulsory|mandatory|obligatory)\b)",
                r"(?P<word>\byou can not (?:say no|refuse|decline))\b",
            ),
        ),
        kept_by=(
            "You do not have to take part.",
            "Taking part is voluntary.",
            "It’s entirely up to you whether you take part.",
            "The choice is yours: you don't need to reply.",
            "You are free to say no.",
            "You are under no obligation to take part.",
            "There is no need to reply.",
            "Do I have to take part? No.",
            "Is it compulsory? No, it is not.",
            "You can say no and need not tell us why.",
        ),
        not_kept_by=(
            "Is it voluntary or compulsory?",
            "The study works with voluntary organisations.",
            "It is up to you to call us.",
            "We hope that you will take part.",
        ),
        broken_by=(
            "You must take part.",
            "Taking part is not voluntary.",
            "You have to reply to this letter.",
            "Can I refuse? No, taking part is compulsory.",
        ),
    ),
    *STAYING_THE_SAME,
    Promise(
        rule="job-centre",
        asks="that nothing is passed to the job centre or the DWP",
        example="We will not tell the job centre or the Department for Work and Pensions (DWP).",
        wordings=Wordings(
            keeps=(),
            harms=(
                rf"{_HAND_ON}.{{0,60}}\b(?:to|with)\b.{{0,60}}(?:{_OFFICE})",
                rf"{_TELL}(?! (?:us|you)\b).{{0,60}}(?:{_OFFICE})",
                rf"(?:{_OFFICE}).{{0,40}}?{_KNOW}",
            ),
            breaks=(
                rf"{_HAND_ON}.{{0,60}}\b(?:to|with)\b.{{0,30}}(?:{_OFFICE})",
                (
                    r"(?P<word>\b(?:tell|told|inform|informed|notify|notified)\b)(?! (?:us|you)\b)"
                    rf".{{0,30}}(?:{_OFFICE})"
                ),
                rf"(?P<word>\b(?:except|apart from|other than)\b).{{0,15}}(?:{_OFFICE})",
                rf"(?P<word>\blet\b).{{0,20}}(?:{_OFFICE}).{{0,10}}\bknow\b",
                rf"(?:{_OFFICE}).{{0,20}}?{WILL}.{{0,12}}?{_KNOW}",
                rf"{WILL} (?:the |my |your )?(?:{_OFFICE}).{{0,12}}?{_KNOW}",
            ),
        ),
        kept_by=(
            "We will not tell the job centre.",
            "Your name will not be passed to the Jobcentre or the DWP.",
            "We will never share your answers with the Department for Work and Pensions.",
            "The job centre will not know that we wrote to you.",
            "Nothing you tell us will be shared with the DWP.",
            "No one at the Jobcentre Plus will be told.",
            "Your details stay with the study team and are not given to the job centre.",
            "Will you tell the DWP? No.",
        ),
        not_kept_by=(
            "This letter was not sent by the job centre.",
            "We will not share your name with anybody else.",
            "You do not have to tell the job centre.",
            "You may tell your work coach about it if you like.",
            "We should not share this with the DWP.",
            "Will you tell the DWP?",
        ),
        broken_by=(
            "We will pass your name to the job centre.",
            "Your answers are shared with the DWP.",
            "The job centre will be told.",
        ),
        theirs_too=False,
    ),
    Promise(
        rule="chosen",
        asks="how the patient was chosen",
        example="We looked in our practice records to decide whom to write to.",
        wordings=Wordings(
            keeps=(
                (
                    rf"\b(?:we|you|i)\b.{{0,30}}(?P<word>\b{_CHOOSE})\b.{{0,80}}\b(?:because"
                    r" (?:\[\]|your?|our|(?:the|an?) (?:practice|search|computer|doctor|gp|nurse)"
                    r"|someone|it says)|as (?:you|your|our|one)|by (?:looking|searching|checking"
                    r"|going|an?|our)|from (?:our|the|your|its|a)\b.{0,30}(?:records?|lists?|notes)"
                    r"|using (?:our|the|your)|at random)"
                ),
                (
                    r"(?P<word>\b(?:look\w*|search\w*|check\w*|us(?:e|es|ed|ing)|went|go|going))\b"
                    r".{0,25}\b(?:records?|lists?|notes|register)\b"
                ),
                (
                    r"\b(?:records?|notes)\b(?:(?! if\b| when\b).){0,20}"
                    r"(?P<word>\b(?:show|say|suggest|tell us)\w*)\b"
                ),
            ),
            harms=(),
            breaks=(),
        ),
        kept_by=(
            "We are writing to you because your GP thinks that the study may suit you.",
            "You have been invited because our records show that you may be able to take part.",
            "We chose you from our practice records.",
            "We looked through our records to find people to write to.",
            "You were picked at random from our list of patients.",
            "Your name was found: a doctor at the practice searched our records.",
        ),
        not_kept_by=(
            "We are writing to you about a study.",
            "How were you chosen?",
            "We have not looked at your records.",
            "The study team chose a new name.",
            "You can look at your records online.",
            "Please tell us of any lists that you are on.",
            "It will be noted in your record if you say no.",
        ),
        broken_by=(),
        theirs_too=False,
    ),
)

COMPILED = {
    promise.rule: {
        way: tuple(re.compile(pattern) for pattern in getattr(promise.wordings, way))
        for way in ("keeps", "harms", "breaks")
    }
    for promise in PROMISES
}
