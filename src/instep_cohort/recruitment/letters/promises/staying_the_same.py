"""That care and benefits stay as they are, whatever the patient decides: the wordings."""

from __future__ import annotations

from instep_cohort.recruitment.letters.promises.promise import Promise, Wordings

_CARE = (
    r"(?<!take )\b(?:health ?)?care\b(?! (?:home|worker))|\btreatments?\b"
    r"|\b(?:look|looked|looking) after you\b|\bhow we treat you\b|\bservices? (?:that )?you get\b"
)
_BENEFITS = (
    r"\bbenefits\b(?! (?:of|from|to)\b)|\bbenefit (?:payments?|money|claims?)\b"
    r"|\buniversal credit\b|\bpersonal independence payments?\b|\bpip\b|\besa\b|\bsick pay\b"
    r"|\bemployment and support allowance\b|\bjobseeker'?s allowance\b"
    r"|\bpayments you (?:get|receive)\b"
)
# Wherever a pattern names a group `word`, that is the word which can be denied.
_EFFECT = (
    r"(?P<word>\b(?:affect\w*|effects?|impact\w*|chang\w+|alter\w*|influenc\w+|harm\w*|reduc\w+"
    r"|stop\w*|cut|lower\w*|delay\w*|lose|losing|lost|withdraw\w*|damag\w+|differences?|worse\w*"
    r"|suffer\w*|at risk|touch\w*|interfer\w+|suspend\w*|sanction\w*|(?:take|taken) away|end|ended"
    r"|bearing|different\w*|review\w*|reassess\w*|investigat\w+))\b"
)
_DEPENDS = r"(?P<word>\bdepends? on\b)"
WILL = r"\b(?:will|would|shall|may|might|can|could|is going to|are going to)\b"
_SAME = (
    r"(?P<word>\b(?:(?:stay|remain|continue|carr(?:y|ies) on|go(?:es)? on|is|are|be"
    r"|get|keep|receive|have|given?)"
    r"\w*\b.{0,40}\b(?:the same|as (?:before|normal|usual|now|always|it is|they are)|unchanged"
    r"|unaffected)|the same\b))"
)
_APART = (
    r"(?P<word>\b(?:(?:separate|independent|apart) from|nothing to do with"
    r"|not (?:linked|connected|tied) (?:to|with)|unaffected|no connection (?:to|with)))\b"
)


def _untouched(topic: str) -> Wordings:
    """The wordings by which something is said to stay as it is, or not to."""
    return Wordings(
        harms=(
            rf"{_EFFECT}.{{0,60}}(?:{topic})",
            rf"(?:{topic}).{{0,60}}?{_EFFECT}",
            rf"(?:{topic}).{{0,40}}?{_DEPENDS}",
        ),
        keeps=(
            rf"(?:{topic}).{{0,40}}?{_SAME}",
            rf"{_SAME}.{{0,40}}(?:{topic})",
            (
                r"(?P<word>\b(?:go|carry|keep) on|\bcontinue)\b"
                rf".{{0,10}}(?:{topic}).{{0,20}}\bas (?:before|normal|usual|now)\b"
            ),
            (
                r"(?P<word>\b(?:care for|look after|treat) you\b)"
                r".{0,20}\bas (?:before|normal|usual|now)\b"
            ),
            rf"(?:{topic}).{{0,40}}?{_APART}",
            rf"{_APART}.{{0,40}}(?:{topic})",
            rf"(?P<word>\bnor (?:will|does|do)\b).{{0,30}}(?:{topic})",
            (
                rf"(?P<word>\b(?:affects?|changes?|lose|touch(?:es)?) (?:neither|none"
                rf"|no)\b).{{0,60}}(?:{topic})"
            ),
        ),
        breaks=(
            (
                rf"{WILL}.{{0,25}}?{_EFFECT}(?! (?:neither|none|no)\b).{{0,30}}\byour?\b.{{0,25}}"
                rf"(?:{topic})"
            ),
            rf"\byour\b.{{0,40}}(?:{topic}).{{0,30}}?{WILL}.{{0,15}}?{_EFFECT}",
            rf"\byour\b.{{0,40}}(?:{topic}).{{0,40}}?{_DEPENDS}.{{0,20}}\b(?:this|what|whether|you)",
            (
                rf"(?P<word>\b(?:affects|changes|reduces|stops|lowers|harms|ends)\b)"
                rf"(?! (?:neither|none|no)\b).{{0,20}}\byour\b.{{0,25}}(?:{topic})"
            ),
        ),
        # "Ask how work may change your benefits" is about work, not about the letter.
        not_after=r"\b(?:how|whether|work|working|jobs?|earn\w*|pay)\b[^,;]{0,30}$",
    )


STAYING_THE_SAME = (
    Promise(
        rule="care",
        asks="that the patient's care stays the same whatever they decide",
        example="Your care will stay the same, whatever you decide.",
        wordings=_untouched(_CARE),
        kept_by=(
            "Your care will stay the same, whatever you decide.",
            "Taking part will not affect your care.",
            "Saying no won’t change the care you get from us.",
            "This has no effect on your treatment.",
            "If you say no, it will make no difference to your care.",
            "Neither your care nor your benefits will be affected.",
            "Nothing about your care will change.",
            "Will it change my care? No.",
            "Whatever you decide, you will get the same care as before.",
            "Not taking part will not affect your care.",
        ),
        not_kept_by=(
            "Will it change my care?",
            "We care about your health.",
            "It should not affect your care.",
            "We hope this will not change your care.",
            "We cannot promise that it will not affect your care.",
            "Take care.",
        ),
        broken_by=(
            "Saying no will affect your care.",
            "Your care may change if you do not reply.",
            "It will not only affect your care.",
            "Your care will not stay the same.",
        ),
    ),
    Promise(
        rule="benefits",
        asks="that the patient's benefits stay the same whatever they decide",
        example="It will not affect your benefits.",
        wordings=_untouched(_BENEFITS),
        kept_by=(
            "It will not affect your benefits.",
            "Taking part will not affect your care or your benefits.",
            "Your benefits will carry on as before.",
            "Your benefits are not affected by what you decide.",
            "This letter has nothing to do with your benefits.",
            "You will not lose any benefits.",
            "It makes no difference to your Universal Credit or PIP.",
            "Your care will not change, and nor will your benefits.",
            "None of this will change any benefits you get.",
            "Will this affect my benefits? No.",
        ),
        not_kept_by=(
            "Will this affect my benefits?",
            "The benefits of taking part are not known.",
            "The study may benefit other people.",
            "It should not affect your benefits.",
            "It may not affect your benefits.",
            "Tell us if your benefits change.",
            "It will not affect your care.",
        ),
        broken_by=(
            "This will affect your benefits.",
            "It will not affect your care, but it may affect your benefits.",
            "Your benefits could be stopped if you do not take part.",
            "You may lose your benefits.",
            "Will my benefits stay the same? No.",
        ),
    ),
)
