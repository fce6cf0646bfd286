"""What commands about feeds and accounts answer, in words."""

from dataclasses import replace

from bot.communities.authors import WHAT_THE_HOST_KNOWS
from bot.core.post import Button, Job, Post
from bot.experiences.archive import LONGEST_FACT, Page, Wanted
from bot.experiences.cards import experience_card, experience_link, told
from bot.experiences.corrections import Corrected
from bot.experiences.keys import TURN
from bot.experiences.model import CorrectionState, ExperienceState
from bot.experiences.views import ExperienceView


def page_card(page: Page, wanted: Wanted) -> Post:
    """One of the accounts that were found, with ways to the others."""
    if page.experience is None:
        return Post(title="No experiences", text=_nothing(wanted), job=Job.EXPERIENCES)
    argument = ".".join(("".join(wanted.labels), wanted.text))
    turns = [("Previous", page.number - 1)] if page.number else []
    turns += [("Next", page.number + 1)] if page.number < page.count - 1 else []
    card = experience_card(page.experience)
    buttons = tuple(Button(TURN, f"{number}.{argument}", name) for name, number in turns)
    return replace(
        card, footnote=f"{page.number + 1} of {page.count}", buttons=(*buttons, *card.buttons)
    )


def _nothing(wanted: Wanted) -> str:
    if wanted.text or wanted.labels:
        return "Nothing here has all of that. Try fewer words."
    return (
        "There are no experiences yet. An organiser follows blogs with `/feed add`; you can write "
        "your own with `/experience submit`."
    )


def corrected_sentence(corrected: Corrected) -> str:
    correction = corrected.correction
    kind = correction.kind.capitalize()
    if correction.state is CorrectionState.WAITING:
        return (
            f"Thanks. {experience_link(corrected.experience)} was handed in by a member: they or "
            "an organiser look at your correction first."
        )
    if not correction.value:
        return f"Thanks, corrected: {kind} is removed."
    return f'Thanks, corrected: {kind} is now "{told(correction.value, LONGEST_FACT)}".'


def reverted_sentence(corrected: Corrected) -> str:
    kind, now = corrected.correction.kind, corrected.experience.facts
    value = told(now[kind], LONGEST_FACT) if kind in now else ""
    shown = f'{kind.capitalize()} is "{value}" again' if value else f"{kind.capitalize()} is empty"
    return f"Undone: {shown}."


def edited_sentence(experience: ExperienceView) -> str:
    if experience.state is ExperienceState.POSTED:
        return "Thanks. The organisers look at your edit; until then the old version stays posted."
    return "Edited. It still waits for the organisers."


def taken_down_sentence(experience: ExperienceView) -> str:
    return f"{experience_link(experience)} is taken down. `/moderate show` shows it again."


def submitted_sentence(experience: ExperienceView, *, anonymous: bool) -> str:
    thanks = f"Thanks. The organisers look at {experience_link(experience)} before it is posted."
    if not anonymous:
        return thanks
    return f"{thanks} Members and organisers won't see who wrote it; {WHAT_THE_HOST_KNOWS}"
