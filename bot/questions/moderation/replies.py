"""What organisers are answered when they decide about questions and answers."""

from collections.abc import Iterable

from bot.communities.blocks import BLOCK, BLOCK_AUTHOR, CAN_BLOCK
from bot.communities.moderation.features import ANSWER, QUESTION, Listed
from bot.communities.moderation.replies import SHOW_AGAIN, named
from bot.core.ids import Target, parse_target
from bot.core.post import Button, Style
from bot.core.reply import Reply, say
from bot.core.text import cut, one_line
from bot.questions.keys import HIDE, LOCK, UNDO_DECISION
from bot.questions.moderation.moderation import Moderated
from bot.questions.posts.cards import question_name
from bot.questions.views import QuestionView

LONGEST_NAME = 100
CANT_LOCK = (
    "I can't lock threads: I'm missing *Manage Threads*. Please give it to me, or lock the thread "
    "from its own menu."
)


def name_in_queue(question: QuestionView) -> str:
    return named("Question", question.title)


def listed(found: Iterable[Moderated]) -> list[Listed]:
    """Questions and answers with the names that lists for organisers show: plain text."""
    return [Listed(parse_target(one.target, (QUESTION, ANSWER)), _name(one)) for one in found]


def _name(one: Moderated) -> str:
    what = f"Answer to {one.number}" if one.is_answer else str(one.number or "not posted")
    return cut(f"{what} · {one_line(one.text) or 'deleted by its author'}", LONGEST_NAME)


def approved(question: QuestionView, target: str) -> Reply:
    hide = Button(HIDE, target, "Hide it")
    return say(f"Posted: {question_name(question)}.", hide)


def declined(target: str) -> Reply:
    return say("Declined. I'll tell its author.", Button(UNDO_DECISION, target, "Undo"))


def merged(target: str) -> Reply:
    return say("Merged. I'll tell its author.", Button(UNDO_DECISION, target, "Undo"))


def nothing_to_merge_into() -> Reply:
    return say("There's no other question yet to merge it into.")


def reconsidered() -> Reply:
    return say("Undone: the question is waiting again. I'll tell its author.")


def hidden(target: Target, *, lockable: bool) -> Reply:
    """With *Undo*, and ways to lock its own thread and to block an anonymous author."""
    lock = [Button(LOCK, str(target.id), "Lock its thread")] if lockable else []
    return say(
        f"Hidden. {CAN_BLOCK}",
        Button(SHOW_AGAIN, str(target), "Undo"),
        *lock,
        Button(BLOCK, str(target), BLOCK_AUTHOR, Style.DANGER),
    )


def hidden_elsewhere() -> Reply:
    """In a direct message, whose buttons could not say for which community they are."""
    return say("Hidden. `/moderate show` shows it again.")


def locked() -> Reply:
    return say("Locked: members can't write in its thread any more.")
