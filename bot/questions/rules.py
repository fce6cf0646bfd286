"""What is decided about questions: what can be taken, who may do what, when to ask again.

posted ── a day without an answer ──> offered to helpers, once
   └───── two weeks without a word ──> asked about; a month later again, three times at most
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.errors import UserError
from bot.core.text import has_words, one_line, plain, plural

LONGEST_TITLE = 200
LONGEST_TEXT = 2000  # characters of details, of an answer, of a note
LONGEST_REASON = 300
LONGEST_TOPIC = 40
MOST_TOPICS = 25  # what a menu can hold
LONGEST_COOLDOWN = 24 * 60  # minutes

OFFERED_AFTER = timedelta(days=1)
FIRST_NUDGE_AFTER = timedelta(days=14)
NEXT_NUDGE_AFTER = timedelta(days=30)
MOST_NUDGES = 3
DRAFTS_LAST = timedelta(days=1)


def title_of(text: str) -> str:
    """A question's title, as it is kept. Raises UserError."""
    title = one_line(text)
    if not has_words(title):
        raise UserError("That title has no words. Say in a few words what you want to know.")
    if len(title) > LONGEST_TITLE:
        raise UserError(
            f"That title has {len(title):,} characters; the limit is {LONGEST_TITLE}. "
            "The details have room for more."
        )
    return title


def details_of(text: str) -> str:
    """What is said beside the title; it may be nothing. Raises UserError."""
    return _within("Your details have", plain(text).strip())


def answer_of(text: str) -> str:
    """An answer, as it is kept. Raises UserError."""
    answer = plain(text).strip()
    if not has_words(answer):
        raise UserError("That answer has no words. Please write some.")
    return _within("Your answer has", answer)


def note_of(text: str) -> str:
    """A note, as it is kept. Raises UserError."""
    note = plain(text).strip()
    if not has_words(note):
        raise UserError("That note has no words. Please write some.")
    return _within("Your note has", note)


def reason_of(text: str | None) -> str | None:
    """Why something is closed or opened again; nothing for nothing. Raises UserError."""
    reason = one_line(text or "")
    if len(reason) > LONGEST_REASON:
        raise UserError(
            f"That reason has {len(reason):,} characters; the limit is {LONGEST_REASON}."
        )
    return reason or None


def topics_of(text: str) -> list[str]:
    """Topics, separated by commas, each once. Raises UserError."""
    given = [one_line(part) for part in text.split(",")]
    topics = list({topic.casefold(): topic for topic in given if topic}.values())
    if not topics:
        raise UserError("Name at least one topic, such as `Papers, Internships`.")
    if len(topics) > MOST_TOPICS:
        raise UserError(f"A menu holds {MOST_TOPICS} topics at most.")
    if any(len(topic) > LONGEST_TOPIC for topic in topics):
        raise UserError(f"A topic can have up to {LONGEST_TOPIC} characters.")
    return topics


def topic_among(topics: Sequence[str], wanted: str) -> str:
    """The topic that is meant, whatever its case. Raises UserError."""
    for topic in topics:
        if topic.casefold() == wanted.strip().casefold():
            return topic
    raise UserError("This group has no such topic. Choose one from the list.")


def require_pause(last: datetime | None, now: datetime, minutes: int) -> None:
    """Raise UserError while a member's last question is younger than the group's pause."""
    if last is not None and last <= now and now - last < (pause := timedelta(minutes=minutes)):
        left = int((last + pause - now).total_seconds() // 60) + 1
        raise UserError(
            f"In this group you can ask again {plural(minutes, 'minute')} after your last "
            f"question. Send this one again in {plural(left, 'minute')}."
        )


@dataclass(frozen=True)
class Progress:
    """What is known of a question that nobody has closed."""

    posted_at: datetime
    moved_at: datetime  # when something last happened to it
    answers: int
    research: bool
    offered: bool
    nudges: int


def offer_due_at(progress: Progress) -> datetime | None:
    """When it is to be offered to helpers; None where it is not."""
    if progress.research or progress.offered or progress.answers:
        return None
    return progress.posted_at + OFFERED_AFTER


def nudge_due_at(progress: Progress) -> datetime | None:
    """When its thread is to be asked whether it is still open; None where it is not."""
    if progress.research or progress.nudges >= MOST_NUDGES:
        return None
    return progress.moved_at + (NEXT_NUDGE_AFTER if progress.nudges else FIRST_NUDGE_AFTER)


def check_due_at(progress: Progress) -> datetime | None:
    """When to look at it next."""
    return min(_known((offer_due_at(progress), nudge_due_at(progress))), default=None)


def _known(instants: Iterable[datetime | None]) -> list[datetime]:
    return [at for at in instants if at is not None]


def _within(what: str, text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise UserError(f"{what} {len(text):,} characters; the limit is {LONGEST_TEXT:,}.")
    return text
