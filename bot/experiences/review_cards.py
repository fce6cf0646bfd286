"""Cards by which experiences and corrections are decided, and what authors hear of it."""

from dataclasses import replace

from bot.core.post import Button, Job, Post, Style, member
from bot.core.text import cut, escape, harmless, one_line
from bot.experiences.cards import FACT, byline, experience_card, experience_link, told
from bot.experiences.facts import KINDS
from bot.experiences.keys import (
    ACCEPT_CORRECTION,
    APPROVE,
    CORRECT_FACT,
    DECLINE,
    DECLINE_CORRECTION,
    EDIT,
    REVERT,
)
from bot.experiences.model import CorrectionState
from bot.experiences.views import CorrectionView, ExperienceView

ANONYMOUS = "From a member, anonymously"
SUBMITTED = "A member submitted this. Post it?"


def review_card(
    experience: ExperienceView, community_ref: str, *, outcome: str = "", by: str = ""
) -> Post:
    """What a member submitted, for the organisers; or what they decided."""
    card = experience_card(experience, with_buttons=False)
    argument = f"{community_ref}.{experience.id}"
    if experience.version > 1:  # what is approved is what was looked at
        argument = f"{argument}.{experience.version}"
    what = "Its author edited it. Post this version?" if experience.edits else SUBMITTED
    buttons = (
        Button(APPROVE, argument, "Approve", Style.SUCCESS),
        Button(EDIT, argument, "Edit"),
        Button(DECLINE, argument, "Decline", Style.DANGER),
    )
    return replace(
        card,
        text=byline(experience) if experience.member_ref else f"{ANONYMOUS} · {byline(experience)}",
        footnote=(f"{outcome} by {member(by)}" if by else outcome) or what,
        buttons=card.buttons if outcome else (*buttons, *card.buttons),
    )


def facts_to_correct(experience: ExperienceView) -> Post:
    """Which fact to correct, each with what is shown now."""
    return Post(
        title="What should be corrected?",
        text=experience_link(experience),
        buttons=tuple(
            Button(CORRECT_FACT, f"{experience.id}.{kind}", cut(named_fact(kind, experience), 80))
            for kind in KINDS
        ),
        job=Job.EXPERIENCES,
    )


def named_fact(kind: str, experience: ExperienceView) -> str:
    value = experience.facts.get(kind)
    return f"{kind.capitalize()}: {one_line(value)}" if value else kind.capitalize()


def correction_card(
    experience: ExperienceView, correction: CorrectionView, community_ref: str
) -> Post:
    """What somebody has corrected, or would like to: for organisers, and for a named author."""
    what, argument = correction.kind.capitalize(), f"{community_ref}.{correction.id}"
    before = f"Before: **{told(correction.shown, FACT)}**." if correction.shown else "New."
    by = f"{before} By {member(correction.by_ref)}."
    title = f"{what}: {told(correction.value, FACT) or 'removed'}"
    decided_by = member(correction.decided_by_ref) if correction.decided_by_ref else ""
    buttons: tuple[Button, ...] = ()
    match correction.state:
        case CorrectionState.WAITING:
            footnote = "Waiting for the author or an organiser to decide."
            buttons = (
                Button(ACCEPT_CORRECTION, argument, "Accept", Style.SUCCESS),
                Button(DECLINE_CORRECTION, argument, "Decline"),
            )
        case CorrectionState.APPLIED:
            footnote = f"Corrected. Accepted by {decided_by}." if decided_by else "Corrected."
            buttons = (Button(REVERT, argument, "Revert"),)
        case CorrectionState.DECLINED:
            footnote = f"Declined by {decided_by}"
        case CorrectionState.REVERTED:
            footnote = f"Reverted by {decided_by}"
    return Post(
        title=title,
        text=f"{experience_link(experience)}. {by}",
        footnote=footnote,
        buttons=buttons,
        job=Job.EXPERIENCES,
    )


def reopened(experience: ExperienceView) -> Post:
    return Post(
        title="Your edit is waiting again"
        if experience.edits
        else "Your experience is waiting again",
        text=f"The organisers are looking at {experience_link(experience)} again.",
        job=Job.EXPERIENCES,
    )


def declined(experience: ExperienceView) -> Post:
    link = experience_link(experience)
    if experience.edits:
        title, what = (
            "Your edit was not posted",
            f"your edit of {link}; the old version stays posted",
        )
    else:
        title, what = "Your experience was not posted", link
    return Post(
        title=title,
        text=f"The organisers decided not to post {what}. You can ask them why, and submit "
        "it again. This is what you wrote:",
        details=(harmless(escape(experience.story)),),
        job=Job.EXPERIENCES,
    )
