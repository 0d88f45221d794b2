"""Wordings that promise what nobody can: money, results, safety. They are this project's choice."""

from __future__ import annotations

from instep_cohort.recruitment.letters.cautions.caution import Caution

OVERPROMISING = (
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
            (
                r"\bmost (?:people|patients|of (?:them|those))\b[^.?!]{0,40}?\b(?:find|found|get"
                r"|got|go|went|are)(?: back)? (?:a |in |into |to )*(?:jobs?|work)\b"
            ),
            r"\bworks (?:better|best)\b",
            (
                r"\bwill (?:help|ease|reduce|lessen|relieve|change) your (?:pain|life|health"
                r"|symptoms|sleep|mood)\b"
            ),
            (
                r"\b(?:get|gets|receive|have) (?:better|more|faster|quicker|extra) (?:care"
                r"|treatment|appointments?)\b"
            ),
            r"\bbenefits (?:will|may|might|could) (?:go up|rise|increase)\b",
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
    Caution(
        rule="false-comfort",
        found="nobody can promise this: every study has a risk, and privacy has its limits",
        mend="say it in the words of the information sheet",
        example="The information sheet says who sees your answers.",
        wordings=(
            (
                r"\b(?:no|zero) (?:risks?|side effects|downsides?|disadvantages)\b|\brisk[- ]free\b"
                r"|\b(?:completely|totally|perfectly|entirely|100%) safe\b|\bnothing to lose\b"
            ),
            (
                r"\b(?:completely|totally|fully|strictly|absolutely|entirely|100%) (?:confidential"
                r"|anonymous|secret|private)\b"
            ),
            r"\b(?:nobody|no one)(?: else)? (?:will|can) (?:ever )?(?:know|find out|see|hear)\b",
        ),
        unless=(r"\bnot (?:say|mean|promise|know)\b[^.?!]*|\bwhether\b[^.?!]*",),
        in_questions=False,
        warned_at=(
            "There are no risks.",
            "You have nothing to lose.",
            "It is completely safe.",
            "Your answers are strictly confidential.",
            "Nobody will ever know that you took part.",
        ),
        left_alone=(
            "Your answers are kept safe.",
            "No one at the job centre will be told.",
            "We cannot say that there are no risks.",
        ),
    ),
)
