"""What commands, buttons and forms about experiences answer."""

from collections.abc import Iterable
from dataclasses import replace

from bot.communities.authors import WHAT_THE_HOST_KNOWS
from bot.communities.blocks import BLOCK, BLOCK_AUTHOR, CAN_BLOCK
from bot.communities.moderation.replies import named
from bot.communities.subjects import EXPERIENCE
from bot.core.ids import Target
from bot.core.post import Button, Job, Post, Style
from bot.core.reply import Reply, say
from bot.core.text import cut, one_line
from bot.experiences import keys
from bot.experiences.archive import LONGEST_FACT, Page, Wanted
from bot.experiences.cards import experience_card, experience_link, told
from bot.experiences.corrections import Corrected
from bot.experiences.model import CorrectionState, ExperienceState
from bot.experiences.views import CorrectionView, ExperienceView

LONGEST_NAME = 100
EDITED_MEANWHILE = (
    "Its author has edited it since you opened this form. Look at its card in the organisers' "
    "channel, and send yours again only if it should replace theirs."
)


def name_in_queue(experience: ExperienceView) -> str:
    return named("Experience", experience.title)


def name_in_list(experience: ExperienceView) -> str:
    """How lists for organisers name it: plain text."""
    return cut(f"Experience · {one_line(experience.title) or 'untitled'}", LONGEST_NAME)


def choices(experiences: Iterable[ExperienceView], typed: str = "") -> list[tuple[str, str]]:
    """Titles and ids, as far as a title has what is typed."""
    return [
        (one.title or "Untitled", str(one.id))
        for one in experiences
        if typed.casefold() in one.title.casefold()
    ]


def page_card(page: Page, wanted: Wanted) -> Post:
    """One of the experiences that were found, with ways to the others."""
    if page.experience is None:
        return Post(title="No experiences", text=_nothing(wanted), job=Job.EXPERIENCES)
    argument = ".".join(("".join(wanted.labels), wanted.text))
    turns = [("Previous", page.number - 1)] if page.number else []
    turns += [("Next", page.number + 1)] if page.number < page.count - 1 else []
    card = experience_card(page.experience)
    buttons = tuple(Button(keys.TURN, f"{number}.{argument}", name) for name, number in turns)
    footnote = f"{page.number + 1:,} of {page.count:,}"
    return replace(card, footnote=footnote, buttons=(*buttons, *card.buttons))


def _nothing(wanted: Wanted) -> str:
    if wanted.text or wanted.labels:
        return "Nothing matches all of that. Try fewer words."
    return (
        "There are no experiences yet. Write your own with `/experience submit`; organisers can "
        "follow blogs with `/feed add`."
    )


def submitted(experience: ExperienceView, *, anonymous: bool) -> Reply:
    sentence = (
        f"Thanks. The organisers will look at {experience_link(experience)} before it's posted."
    )
    if anonymous:
        sentence += f" Members and organisers won't see who wrote it; {WHAT_THE_HOST_KNOWS}"
    number = str(experience.id)
    edit, delete = Button(keys.REVISE, number, "Edit"), Button(keys.DELETE, number, "Delete")
    return say(sentence, edit, delete)


def revised(experience: ExperienceView) -> Reply:
    """To its author, who has edited it."""
    if experience.state is ExperienceState.POSTED:
        return say(
            "Thanks. The organisers will look at your edit; until then the old version stays "
            "posted."
        )
    return say("Saved. It's still waiting for the organisers.")


def delete_first(experience_id: int) -> Reply:
    """Asks before something is deleted for good."""
    button = Button(keys.DELETE, str(experience_id), "Delete for good", Style.DANGER)
    return say("This deletes its text for good. It can't be undone.", button)


def deleted() -> Reply:
    return say("Deleted. Questions about it stay.")


def corrected(corrected: Corrected | None, community_ref: str) -> Reply:
    """To the member who corrected a fact."""
    if corrected is None:
        return say("Nothing has changed; it already says that.")
    undo = Button(keys.REVERT, f"{community_ref}.{corrected.correction.id}", "Undo")
    if corrected.correction.state is CorrectionState.WAITING:
        written = f"Thanks. A member submitted {experience_link(corrected.experience)}, so"
        return say(f"{written} they or an organiser will look at your correction first.", undo)
    return say(f"Thanks, corrected: {_now(corrected.correction)}", undo)


def _now(correction: CorrectionView) -> str:
    kind = correction.kind.capitalize()
    if not correction.value:
        return f"{kind} is removed."
    return f'{kind} is now "{told(correction.value, LONGEST_FACT)}".'


def reverted(corrected: Corrected) -> Reply:
    kind, now = corrected.correction.kind, corrected.experience.facts
    value = told(now[kind], LONGEST_FACT) if kind in now else ""
    shown = f'{kind.capitalize()} is "{value}" again' if value else f"{kind.capitalize()} is empty"
    return say(f"Undone: {shown}.")


def accepted(corrected: Corrected, target: str) -> Reply:
    undo = Button(keys.REVERT, target, "Undo")
    return say(f"Corrected: {experience_link(corrected.experience)}.", undo)


def correction_declined(corrected: Corrected, target: str) -> Reply:
    undo = Button(keys.RECONSIDER, target, "Undo")
    return say(f"Declined: {experience_link(corrected.experience)} stays as it is.", undo)


def correction_waits_again() -> Reply:
    return say("Undone: the correction is waiting for a decision again.")


def approved(experience: ExperienceView, target: str) -> Reply:
    take_down = Button(keys.TAKE_DOWN, target, "Take it down")
    return say(f"Posted: {experience_link(experience)}.", take_down)


def declined(experience: ExperienceView, target: str) -> Reply:
    sentence = f"Declined: {experience_link(experience)}. I'll tell its author."
    if experience.edits:
        sentence += " The old version stays posted."
    return say(sentence, Button(keys.REOPEN, target, "Undo"))


def reopened(experience: ExperienceView) -> Reply:
    return say(f"Undone: {experience_link(experience)} is waiting for a decision again.")


def edited() -> Reply:
    """To an organiser who has edited what waits."""
    return say("Changed. It's still waiting for *Approve* or *Decline*.")


def taken_down(experience: ExperienceView, community_ref: str, *, can_block: bool) -> Reply:
    """With *Undo*; where it `can_block`, also a way to block an anonymous author."""
    sentence = f"Taken down: {experience_link(experience)}. `/moderate show` shows it again."
    undo = Button(keys.PUT_BACK, f"{community_ref}.{experience.id}", "Undo")
    if not (experience.anonymous and can_block):
        return say(sentence, undo)
    target = str(Target(EXPERIENCE, experience.id))
    return say(f"{sentence} {CAN_BLOCK}", undo, Button(BLOCK, target, BLOCK_AUTHOR, Style.DANGER))


def put_back(experience: ExperienceView) -> Reply:
    return say(f"Shown again: {experience_link(experience)}.")
