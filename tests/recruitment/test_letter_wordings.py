"""The wordings of a letter: what each sentence keeps, breaks or is warned at, S14."""

import pytest

from instep_cohort.recruitment.letters.cautions.cautions import CAUTIONS
from instep_cohort.recruitment.letters.cautions.warning import words_against
from instep_cohort.recruitment.letters.language.sentences import sentences
from instep_cohort.recruitment.letters.letter import Line
from instep_cohort.recruitment.letters.promises.promises import PROMISES
from instep_cohort.recruitment.letters.promises.promising import Outcome, outcome, promise_findings
from instep_cohort.recruitment.letters.promises.stopping import ASKING, STOPPING, need_findings

BY_RULE = {one.rule: one for one in (*PROMISES, *CAUTIONS)}
KEPT, BROKEN, HALF, NOTHING = Outcome.KEPT, Outcome.BROKEN, Outcome.HALF, Outcome.NOTHING


def found_in(text):
    return sentences(Line(n, line, n) for n, line in enumerate(text.split("\n"), 1))


def weightiest(rule, text):
    return max(outcome(BY_RULE[rule], one) for one in found_in(text))


def warned(rule, text):
    return any(words_against(BY_RULE[rule], one) for one in found_in(text))


def met(rule, text):
    return rule in {one.rule for one in need_findings(found_in(text))[0]}


PROMISED = [
    ("voluntary", "Taking part is entirely your choice.", KEPT),
    ("voluntary", "Whether you take part is up to you.", KEPT),
    ("voluntary", "You don’t have to do anything.", KEPT),
    ("voluntary", "You are not required to reply.", KEPT),
    ("voluntary", "There’s no pressure to take part.", KEPT),
    ("voluntary", "No one will make you take part.", NOTHING),
    ("voluntary", "You need not reply.", KEPT),
    ("voluntary", "You can choose whether to take part.", KEPT),
    ("voluntary", "It is not up to you.", BROKEN),
    ("voluntary", "You must contact us to take part.", NOTHING),
    ("voluntary", "All patients are required to take part.", NOTHING),
    ("voluntary", "Please note that attendance is mandatory.", BROKEN),
    ("voluntary", "It’s your decision to make.", KEPT),
    ("voluntary", "Joining the study is entirely up to you.", KEPT),
    ("voluntary", "Would you like to take part?", NOTHING),
    ("voluntary", "Is taking part voluntary? Yes.", KEPT),
    ("voluntary", "Must I take part? No, you choose.", KEPT),
    ("voluntary", "Participation is voluntary and you may withdraw at any time.", KEPT),
    ("voluntary", "We work with a voluntary sector group.", NOTHING),
    ("care", "Your decision will not affect the care you receive in any way.", KEPT),
    ("care", "The standard of care that you receive will not be affected.", KEPT),
    ("care", "If you say no, your care carries on as normal.", KEPT),
    ("care", "Whether or not you take part, your care will be just the same.", KEPT),
    ("care", "Your GP will look after you in the same way as before.", KEPT),
    ("care", "We will go on looking after you as usual.", KEPT),
    ("care", "It won’t make any difference to how we treat you.", KEPT),
    ("care", "You will not get worse care if you say no.", KEPT),
    ("care", "If you take part your care will not change.", KEPT),
    ("care", "Saying no would not in any way change the treatment you get.", KEPT),
    ("care", "Not replying will affect your care.", BROKEN),
    ("care", "Your treatment will be stopped if you do not reply.", BROKEN),
    ("care", "Your care might be different.", BROKEN),
    ("care", "This does not mean that your care will change.", KEPT),
    ("care", "No part of your care will change.", KEPT),
    (
        "care",
        "We compare usual care with a new kind of support to see if it makes a difference.",
        NOTHING,
    ),
    ("care", "We take care to keep your answers safe.", NOTHING),
    ("care", "It is unlikely to affect your care.", HALF),
    ("care", "We do not expect this to change your care.", HALF),
    ("care", "It is not true that your care will stay the same.", HALF),
    ("care", "Taking part will not affect:\n- your care\n- your benefits", KEPT),
    ("benefits", "Taking part will not affect:\n- your care\n- your benefits", KEPT),
    ("benefits", "Your benefits won’t change, whatever you decide.", KEPT),
    ("benefits", "Your decision has no bearing on any benefits you receive.", KEPT),
    ("benefits", "It will have no impact on your benefits.", KEPT),
    ("benefits", "Nothing will happen to your benefits.", NOTHING),
    ("benefits", "Your Universal Credit will stay as it is.", KEPT),
    ("benefits", "Your benefits are safe.", NOTHING),
    ("benefits", "Your benefits will not be stopped or cut.", KEPT),
    ("benefits", "We will not tell anyone and it will not affect your benefits.", KEPT),
    ("benefits", "Your benefits will be cut.", BROKEN),
    ("benefits", "If you do not reply your benefits may be stopped.", BROKEN),
    ("benefits", "Taking part affects your benefits.", BROKEN),
    ("benefits", "It can change your PIP.", BROKEN),
    ("benefits", "There are no known benefits from taking part.", NOTHING),
    ("benefits", "Will taking part affect my benefits? Yes.", BROKEN),
    ("benefits", "This letter is separate from your benefits.", KEPT),
    ("benefits", "It affects neither your care nor your benefits.", KEPT),
    ("benefits", "Your benefits will not go up or down.", NOTHING),
    ("benefits", "If your benefits change, please tell us.", NOTHING),
    ("job-centre", "We won’t share anything you tell us with the job centre or DWP.", KEPT),
    ("job-centre", "Your information will not be passed on to the Jobcentre.", KEPT),
    ("job-centre", "The Department for Work and Pensions will not be told.", KEPT),
    ("job-centre", "Neither the DWP nor the job centre will find out.", KEPT),
    ("job-centre", "Nobody will tell the job centre.", KEPT),
    ("job-centre", "We do not work for the job centre and will not give them your name.", NOTHING),
    ("job-centre", "None of your answers will go to the DWP.", KEPT),
    ("job-centre", "We may share your answers with the DWP.", BROKEN),
    ("job-centre", "We will let the job centre know.", BROKEN),
    ("job-centre", "Your work coach will be informed.", BROKEN),
    ("job-centre", "You may also hear about the study from your job centre.", NOTHING),
    ("job-centre", "You are free to tell the job centre.", NOTHING),
    ("job-centre", "We never pass names to the job centre.", KEPT),
    ("job-centre", "Will the job centre know? No.", KEPT),
    ("job-centre", "We have to tell the job centre.", BROKEN),
    ("job-centre", "We will not tell the job centre unless you ask us to.", KEPT),
    ("chosen", "We are writing because a search of our records found you.", KEPT),
    ("chosen", "You have been sent this letter because you are a patient at this practice.", KEPT),
    ("chosen", "Why have I been invited? Our records suggest that the study may suit you.", KEPT),
    ("chosen", "We got your name from our patient list.", KEPT),
    ("chosen", "We will choose a name for the study.", NOTHING),
    ("chosen", "Your GP chose you.", NOTHING),
    ("chosen", "We are inviting you as you are registered with us.", KEPT),
    ("chosen", "A computer search of our records picked your name.", KEPT),
    ("care", "It would be wrong to say that it will not affect your care.", HALF),
    ("benefits", "Do not assume that your benefits will not be affected.", HALF),
    ("voluntary", "You do not have to take part today.", NOTHING),
    ("voluntary", "It is up to you to make sure that you reply.", NOTHING),
    ("job-centre", "Nobody will tell you if the job centre knows.", NOTHING),
    ("chosen", "We are writing to you because the study needs people.", NOTHING),
    ("chosen", "We are writing to you because research matters.", NOTHING),
    ("chosen", "You were chosen because your GP thought that you might like it.", KEPT),
    ("chosen", "We are writing to you because a search of our records found you.", KEPT),
    ("care", "Your care will not be good.", NOTHING),
    ("care", "We offer different care to people who do not take part.", NOTHING),
    ("benefits", "Ask your adviser how work may affect your benefits.", NOTHING),
    ("benefits", "We cannot tell you whether your benefits will change.", HALF),
    ("benefits", "Going back to work could change the benefits that you get.", NOTHING),
    ("job-centre", "We will tell your GP, but not the job centre, that you took part.", NOTHING),
    ("job-centre", "The study is not run by the job centre or the DWP.", NOTHING),
    ("job-centre", "You will not hear from the job centre about this.", NOTHING),
    ("job-centre", "We do not share information with anyone except the job centre.", BROKEN),
    ("job-centre", "Only the study team and the job centre will see your answers.", BROKEN),
    (
        "job-centre",
        "We will not share your name with the job centre, the DWP or anyone else.",
        KEPT,
    ),
    ("job-centre", "Your answers are confidential and are never shared with the DWP.", KEPT),
    ("job-centre", "Nothing about you will be passed to the DWP.", KEPT),
    ("voluntary", "Do not feel that you have to take part.", KEPT),
    ("voluntary", "You should not feel that you have to take part.", KEPT),
    ("voluntary", "Please do not feel under any pressure.", KEPT),
    ("voluntary", "It is entirely up to you to decide.", KEPT),
    ("voluntary", "There is no obligation.", KEPT),
    ("voluntary", "If you do not wish to take part, you do not need to do anything.", KEPT),
    ("care", "The care you get from your GP will not be affected by your decision.", KEPT),
    ("care", "Deciding not to take part will not affect the standard of care you receive.", KEPT),
    ("care", "Whatever you decide, we will care for you just as before.", KEPT),
    ("care", "Either way, your care here won’t change.", KEPT),
    ("benefits", "If you get benefits, they will not change because of this letter.", NOTHING),
    ("benefits", "Your money and benefits will not change.", KEPT),
    ("benefits", "Taking part does not change your right to benefits.", KEPT),
    ("benefits", "Any benefits you get will stay the same.", KEPT),
    ("care", "Your care does not depend on taking part.", KEPT),
    ("benefits", "Your benefits do not depend on what you decide.", KEPT),
    ("benefits", "Your benefits depend on what you decide.", BROKEN),
    ("benefits", "Your benefits may be reviewed.", BROKEN),
    ("benefits", "Your benefits will not be reviewed or changed.", KEPT),
    ("benefits", "Nobody knows whether it will affect your benefits.", HALF),
    ("benefits", "You won’t lose your benefits, we think.", HALF),
    ("chosen", "You can look at your records online.", NOTHING),
    ("chosen", "It will be noted in your record if you say no.", NOTHING),
]
WARNED = [
    ("must", "You must reply.", True),
    ("must", "You needn’t reply.", False),
    ("must", "You do not need to reply.", False),
    ("must", "Please reply, it is essential.", True),
    ("must", "All you need to do is call.", False),
    ("must", "You may need to travel.", True),
    ("must", "We need to know your name.", False),
    ("must", "No reply is needed.", False),
    ("must", "You won’t be required to attend.", False),
    ("must", "Nobody has to take part.", False),
    ("must", "You never have to tell us.", False),
    ("must", "It is a must.", True),
    ("must", "You will have to sign a form.", True),
    ("must", "People who have to use a wheelchair can come too.", True),
    ("deadline", "Please reply by the end of May.", True),
    ("deadline", "Reply by 12 noon on Friday.", False),
    ("deadline", "Reply before 1/3/2027.", True),
    ("deadline", "You have until Monday to reply.", True),
    ("deadline", "Call us within the next two weeks.", True),
    ("deadline", "There is no closing date.", False),
    ("deadline", "We aim to reply within two days.", False),
    ("deadline", "You may reply at any time.", False),
    ("deadline", "There’s no need to reply straight away.", False),
    ("deadline", "Please respond promptly.", True),
    ("deadline", "This letter was written by May Jones.", False),
    ("deadline", "The study ends by 2028.", False),
    ("deadline", "Reply by «Custom 1 mailing date».", True),
    ("pressure", "If you do not reply we will tell your GP.", False),
    ("pressure", "You will not be sanctioned.", False),
    ("pressure", "You may be sanctioned.", True),
    ("pressure", "Final notice", True),
    ("pressure", "Ignoring this letter will have consequences.", True),
    ("pressure", "We strongly advise you to reply.", True),
    ("pressure", "There is no penalty.", False),
    ("promise-of-payment", "We pay £5 for each visit.", True),
    ("promise-of-payment", "You do not get paid.", False),
    ("promise-of-payment", "We can pay your bus fare.", False),
    ("promise-of-result", "We will help you find a job.", True),
    ("promise-of-result", "The team will support you.", False),
    ("promise-of-result", "We can’t guarantee you a job.", False),
    ("unemployed", "people with jobs and people without", False),
    ("unemployed", "UNEMPLOYED?", True),
]
NEEDED = [
    ("opt-out", "If you would prefer not to be contacted again, please ring 0118 496 0123.", True),
    ("opt-out", "To stop getting letters about research, tick the box below and return it.", True),
    ("opt-out", "Please take me off your list ☐", True),
    (
        "opt-out",
        "If you never want to hear from us about this study again, e-mail stop@example.org or call 0118 496 0123.",
        True,
    ),
    ("opt-out", "You will not be contacted again.", False),
    ("opt-out", "You cannot opt out of these letters by phoning us.", False),
    ("opt-out", "Want no more letters like this? Text STOP to 07700 900123.", True),
    ("opt-out", "If you do not want us to contact you again\nCall 0118 496 0123.", True),
    ("opt-out", "If you do not reply we will write to you again. Call us.", False),
    (
        "opt-out",
        "To stop all letters, log in to the website, register and send us an e-mail.",
        False,
    ),
    ("opt-out", "If you do not want to take part, please call us.", False),
    ("whom-to-ask", "For more information, contact Mrs Hill on 0118 496 0123.", True),
    ("whom-to-ask", "If you have questions, contact:\nJane Hill\n0118 496 0123", True),
    ("whom-to-ask", "Want to know more? Visit our website.", False),
    (
        "whom-to-ask",
        "If you have any questions about the study, please get in touch: study@example.org",
        True,
    ),
    ("whom-to-ask", "Any questions? You can reach us on (0118) 496 0123.", True),
    ("whom-to-ask", "If you are unsure, talk to your GP.", False),
    ("whom-to-ask", "If you have questions, ask «Custom 5 Invite ID».", False),
]


@pytest.mark.parametrize(("rule", "text", "result"), PROMISED)
def test_a_promise_is_kept_broken_half_said_or_not_said(rule, text, result):
    assert weightiest(rule, text) is result


@pytest.mark.parametrize(("rule", "text", "is_warned_at"), WARNED)
def test_a_caution_warns_at_what_is_said_and_not_at_what_is_denied(rule, text, is_warned_at):
    assert warned(rule, text) is is_warned_at


@pytest.mark.parametrize(("rule", "text", "is_met"), NEEDED)
def test_a_contact_and_one_step_are_seen_for_what_they_are(rule, text, is_met):
    assert met(rule, text) is is_met


WAYS = (("kept_by", {KEPT}), ("not_kept_by", {NOTHING, HALF}), ("broken_by", {BROKEN}))


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.rule)
def test_the_sentences_written_beside_a_promise_do_what_they_say(promise):
    for way, results in WAYS:
        for text in getattr(promise, way):
            assert weightiest(promise.rule, text) in results, text
    assert weightiest(promise.rule, promise.example) is KEPT


@pytest.mark.parametrize("caution", CAUTIONS, ids=lambda caution: caution.rule)
def test_the_sentences_written_beside_a_caution_do_what_they_say(caution):
    for text in caution.warned_at:
        assert warned(caution.rule, text), text
    for text in (*caution.left_alone, caution.example):
        assert not [one.rule for one in CAUTIONS if warned(one.rule, text)], text


@pytest.mark.parametrize("need", [ASKING, STOPPING], ids=lambda need: need.rule)
def test_the_sentences_written_beside_a_need_do_what_they_say(need):
    for text in (*need.kept_by, need.example):
        assert met(need.rule, text), text
    for text in need.not_kept_by:
        assert not met(need.rule, text), text


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.rule)
def test_no_sentence_that_keeps_one_promise_breaks_another(promise):
    for text in promise.kept_by:
        for other in PROMISES:
            assert weightiest(other.rule, text) is not BROKEN, (other.rule, text)


@pytest.mark.parametrize(
    "text",
    [
        "We will not share your name with the job centre until you agree.",
        "We will not tell the job centre, provided that you reply.",
        "We will not tell the job centre that you said no, only that we wrote.",
        "We will not tell the job centre for three months.",
        "We will not tell the job centre as long as you take part.",
        "We will not tell the job centre without telling you first.",
        "We will not share your name with the job centre, only your answers.",
        "We will not tell the job centre for now.",
        "We will not tell the job centre if you take part.",
        "If you reply, we will not tell the job centre.",
    ],
)
def test_a_promise_that_is_taken_back_is_seen(text):
    said, findings = promise_findings(found_in(text))
    assert [one.rule for one in said] == ["job-centre"]
    assert [one.severity for one in findings if one.rule == "job-centre"] == ["warning"]


@pytest.mark.parametrize(
    ("text", "is_warned_at"),
    [
        ("Your care will stay the same if you take part.", True),
        ("If you join, your care will not change.", True),
        ("Your care will stay the same if you take part or not.", False),
        ("Even if you say no, your care will stay the same.", False),
        ("Your care will stay the same whether or not you take part.", False),
        (
            "If you take part, your care will not change. Nothing in your care changes.",
            False,
        ),
        ("If you do not take part, your care will not change.", False),
    ],
)
def test_what_is_promised_only_to_those_who_say_yes_is_a_threat_to_the_others(text, is_warned_at):
    said, findings = promise_findings(found_in(text))
    assert [one.rule for one in said] == ["care"]
    told = [one.found for one in findings if one.rule == "care"]
    assert bool([one for one in told if "those alone who take part" in one]) is is_warned_at


def test_that_it_is_voluntary_only_for_some_is_seen():
    said, findings = promise_findings(found_in("It is voluntary for people without benefits."))
    assert [one.rule for one in said] == ["voluntary"]
    assert [one.severity for one in findings if one.rule == "voluntary"] == ["warning"]
