"""Outbox rows about questions: the card, what stands in its thread, direct messages."""

from bot.communities.pseudonyms import private_address
from bot.core.outbox import Queued
from bot.core.post import Action, Post
from bot.questions.keys import (
    addressed_key,
    card_key,
    channel_lane,
    lane_of,
    nudge_key,
    offer_key,
    pointed_key,
    thread_key,
)
from bot.questions.model import SHOWN, Question, QuestionState
from bot.questions.posts.cards import gone_question, question_card, question_thread, question_topic
from bot.questions.posts.notices import addressed, nudge, offer, pointed_to
from bot.questions.views import QuestionView


def out_of_date(question: Question, view: QuestionView) -> list[str]:
    """The keys of pings for answers and reminders that the question has made pointless."""
    is_open = question.state == QuestionState.OPEN
    keys = []
    if question.offered_at is not None and (view.answers or not is_open):
        keys.append(offer_key(question.id))
    if not is_open:
        nudges = [nudge_key(question.id, n) for n in range(1, question.nudges + 1)]
        keys += [key + whom for key in nudges for whom in ("", ":asker")]
    return keys


def lines_about(question: Question, view: QuestionView) -> list[tuple[str, Post]]:
    """What stands elsewhere and names the question, as it is to read now."""
    gone = gone_question(view) if question.state not in SHOWN else None
    lines = [
        (addressed_key(question.id), gone or addressed(view)),
        (pointed_key(question.id), gone or pointed_to(view, question.channel_ref or "")),
        (offer_key(question.id), gone or offer(view, ())),
    ]
    return lines + [
        (nudge_key(question.id, n), gone or nudge(view)) for n in range(1, question.nudges + 1)
    ]


def to_asker(question: Question, key: str, post: Post) -> Queued:
    """A direct message to an anonymous asker."""
    assert question.pseudonym is not None
    return Queued(
        key=key,
        action=post,
        community_id=question.community_id,
        destination=private_address(question.pseudonym),
        lane=f"{lane_of(question)}:asker",
    )


def question_rows(
    view: QuestionView, community_id: int, channel_ref: str, thread: str | None
) -> list[Queued]:
    """The card: with a thread of its own, or in one that is there."""

    def row(key: str, action: Action, anchor: str | None) -> Queued:
        return Queued(
            key=key,
            action=action,
            community_id=community_id,
            destination=channel_ref,
            lane=channel_lane(channel_ref),
            anchor=anchor,
        )

    card = card_key(view.id)
    if thread is not None:
        return [row(card, question_card(view), thread)]
    return [
        row(card, question_topic(view), None),
        row(thread_key(view.id), question_thread(view), card),
    ]


def in_thread(question: Question, key: str, post: Post) -> Queued:
    """Something that stands in the question's thread."""
    assert question.channel_ref is not None
    assert question.place is not None, "it is posted"
    return Queued(
        key=key,
        action=post,
        community_id=question.community_id,
        destination=question.channel_ref,
        lane=lane_of(question),
        anchor=question.place,
    )
