"""From the form to the post: where a question goes, drafts, topics, what is asked twice."""

from datetime import timedelta

import pytest

from bot.communities.subjects import Subject
from bot.core.errors import UserError
from bot.core.outbox import State
from bot.questions.model import QuestionState
from bot.questions.rules import (
    LONGEST_TEXT,
    LONGEST_TITLE,
    answer_of,
    details_of,
    require_pause,
    title_of,
    topic_among,
    topics_of,
)
from bot.questions.submissions import Asked, Draft, Similar
from bot.questions.views import QuestionView
from tests.conftest import START
from tests.group import DAY, MINUTE, Bot, Group, raised, text_of
from tests.world import Fault

TITLE = "Where are labs in Potsdam?"


async def ask(
    group: Group, title: str = TITLE, who: str = "alice", **draft: object
) -> QuestionView:
    outcome = await group.app.question_submissions.ask(
        group.member(who), Draft(title=title, **draft), key=f"{who}: {title}"
    )
    assert isinstance(outcome, Asked)
    assert outcome.question is not None
    return outcome.question


async def helped(group: Group, title: str = TITLE, who: str = "alice") -> QuestionView:
    """A question with an answer."""
    question = await ask(group, title, who)
    await group.app.answers.answer(
        group.member("bob"), question.id, "In Golm.", key=f"answer to {title}"
    )
    return question


async def announced(group: Group) -> int:
    """A meeting that is announced, with its thread."""
    await group.nominate("arXiv:1706.03762")
    round_ = await group.pick()
    await group.bot.application.tick()
    return round_.id


# --- where it goes ----------------------------------------------------------------------------


async def test_a_question_about_a_meeting_is_told_in_its_thread(group: Group) -> None:
    await group.app.schedules.resume(group.organiser)
    meeting = await announced(group)
    subject = await group.app.subject_lookup.find(group.member(), f"meeting.{meeting}")
    await ask(group, about=subject)
    await group.app.tick()
    (announcement,) = group.announcements()
    (line,) = group.in_thread(announcement)
    assert line.title == "Someone asked about this"
    assert TITLE in line.text
    (card,) = group.bot.world.within("club-questions")
    about = "About the meeting on [On 1706.03762](https://arxiv.org/abs/1706.03762)"
    assert about in text_of(card.post)


async def test_without_a_channel_a_question_stands_where_its_subject_is_discussed(
    bot: Bot,
) -> None:
    group = Group(bot)
    await group.set_up()
    meeting = await announced(group)
    for ref, title in ((f"meeting.{meeting}", TITLE), ("paper.1", "Who proves lemma three?")):
        subject = await group.app.subject_lookup.find(group.member(), ref)
        question = await ask(group, title, who=ref, about=subject)
        await group.app.answers.answer(
            group.member("bob"), question.id, f"In Golm, {ref}.", key=ref
        )
    await group.app.tick()
    (announcement,) = group.announcements()
    titles = [post.title for post in group.in_thread(announcement)]
    assert sorted(titles) == [
        "Answer to question 1",
        "Answer to question 2",
        TITLE,
        "Who proves lemma three?",
    ]


async def test_without_any_place_nothing_is_asked(bot: Bot) -> None:
    group = Group(bot)
    await group.set_up()
    error = await raised(ask(group), UserError)
    assert "There's no channel for questions yet." in str(error)
    error = await raised(ask(group, about=Subject("message", None, "Hi", None)), UserError)
    assert "There's no channel for questions yet." in str(error)
    assert not await group.app.question_search.listed(group.member())


@pytest.mark.parametrize("ref", ["", "paper", "paper.x", "paper.99", "meeting.99", "cat.1"])
async def test_what_nobody_knows_cannot_be_asked_about(group: Group, ref: str) -> None:
    error = await raised(group.app.subject_lookup.find(group.member(), ref), UserError)
    assert "I don't know what that's about." in str(error)


async def test_everything_that_can_be_asked_about_is_suggested(group: Group) -> None:
    await group.app.schedules.resume(group.organiser)
    meeting = await announced(group)
    found = await group.app.subject_lookup.like(group.member(), "1706")
    assert {subject.ref for subject in found} == {"paper.1", f"meeting.{meeting}"}
    assert not await group.app.subject_lookup.like(group.member(), "zebra")


async def test_what_waits_moves_to_a_new_channel(group: Group) -> None:
    world = group.bot.world
    first = await ask(group)
    await group.app.tick()
    world.fault = lambda delivery: Fault.REFUSED
    await ask(group, "Where are flats?", who="bob")
    await group.app.tick()
    world.back()
    await group.app.question_settings.set(group.organiser, channel_ref="club-ask")
    await group.app.tick()
    assert [m.post.title for m in world.within("club-questions")] == [TITLE]
    assert [m.post.title for m in world.within("club-ask")] == ["Where are flats?"]
    await group.app.answers.answer(group.member("carla"), first.id, "In Golm.", key="1")
    await group.app.tick()
    (card,) = world.within("club-questions")
    assert [m.post.text for m in world.within(card.ref.split("/")[1])] == ["In Golm."]
    rows = await group.bot.rows()
    assert {row.state for key, row in rows.items() if key.startswith("question:")} == {State.SENT}


# --- similar ones -----------------------------------------------------------------------------


async def test_a_similar_question_that_was_answered_is_shown_first(group: Group) -> None:
    known = await helped(group)
    outcome = await group.app.question_submissions.ask(
        group.member("carla"), Draft(title="Which labs are in Potsdam, and where?"), key="2"
    )
    assert isinstance(outcome, Similar)
    assert [question.id for question in outcome.found] == [known.id]
    again = await group.app.question_submissions.ask(
        group.member("carla"), Draft(title="Which labs are in Potsdam, and where?"), key="2"
    )
    assert again == outcome
    posted = await group.app.question_submissions.post_draft(
        group.member("carla"), outcome.draft_id
    )
    assert posted.question is not None
    assert posted.question.number == 2


@pytest.mark.parametrize(
    "title", ["How long is a visa valid?", "How do I cook rice?", "유학 비자는 얼마나 걸리나요?"]
)
async def test_what_shares_only_common_words_is_not_similar(group: Group, title: str) -> None:
    await helped(group, "How do I find a lab in Berlin?")
    await ask(group, title, who="carla")


async def test_a_korean_question_is_similar_whatever_its_endings(group: Group) -> None:
    await helped(group, "연구 인턴십은 어떻게 구하나요?")
    outcome = await group.app.question_submissions.ask(
        group.member("carla"), Draft(title="연구 인턴십을 어떻게 구할까요?"), key="2"
    )
    assert isinstance(outcome, Similar)


async def test_a_question_without_an_answer_helps_nobody(group: Group) -> None:
    await ask(group)
    await ask(group, f"{TITLE} Now", who="carla")


async def test_a_draft_is_kept_for_a_day(group: Group) -> None:
    await helped(group)
    asking, carla = group.app.question_submissions, group.member("carla")
    outcome = await asking.ask(carla, Draft(title=f"{TITLE} Or near"), key="2")
    assert isinstance(outcome, Similar)
    group.bot.clock.instant += DAY - MINUTE
    await group.app.tick()
    again = await asking.ask(carla, Draft(title=f"{TITLE} Or near"), key="2")
    assert isinstance(again, Similar)
    assert again.draft_id == outcome.draft_id
    group.bot.clock.instant += 2 * MINUTE
    await group.app.tick()
    error = await raised(asking.post_draft(carla, outcome.draft_id), UserError)
    assert str(error) == "That draft has expired. Ask again with `/ask`."


# --- rules ------------------------------------------------------------------------------------


@pytest.mark.parametrize("title", ["", "  \n", "?!", "🙂🙂", "\u200b\u202e", "..."])
def test_a_title_needs_words(title: str) -> None:
    with pytest.raises(UserError, match="That title has no words"):
        title_of(title)


@pytest.mark.parametrize("title", ["왜?", "なぜ", "x", "3?", "  two\nlines "])
def test_words_of_any_script_are_a_title(title: str) -> None:
    assert title_of(title) == " ".join(title.split())


def test_texts_have_limits() -> None:
    assert len(title_of("x" * LONGEST_TITLE)) == LONGEST_TITLE
    with pytest.raises(UserError, match=f"{LONGEST_TITLE + 1} characters"):
        title_of("x" * (LONGEST_TITLE + 1))
    assert details_of(" ") == ""
    for take in (details_of, answer_of):
        assert len(take("x" * LONGEST_TEXT)) == LONGEST_TEXT
        with pytest.raises(UserError, match=f"{LONGEST_TEXT + 1:,} characters"):
            take("x" * (LONGEST_TEXT + 1))
    with pytest.raises(UserError, match="That answer has no words"):
        answer_of("👍 !!")


def test_topics_are_told_apart_without_case() -> None:
    assert topics_of(" Visa,visa , 유학,") == ["visa", "유학"]
    assert topic_among(["Papers", "유학"], " PAPERS ") == "Papers"
    with pytest.raises(UserError, match="no such topic"):
        topic_among(["Papers"], "Cats")


def test_a_pause_says_how_long_it_lasts() -> None:
    last = START - timedelta(minutes=3)
    require_pause(None, START, 10)
    require_pause(last, START, 3)
    require_pause(last, START, 0)
    with pytest.raises(UserError, match="again in 8 minutes"):
        require_pause(last, START, 10)


async def test_a_question_of_a_topic_that_is_gone_is_refused(group: Group) -> None:
    await group.app.question_settings.set(group.organiser, topics="Visa")
    error = await raised(ask(group, topic="Papers"), UserError)
    assert "This group has no such topic" in str(error)


async def test_states_say_why_nothing_can_be_done(group: Group) -> None:
    question = await ask(group)
    lifecycle, alice = group.app.question_lifecycle, group.member("alice")
    error = await raised(lifecycle.reopen(alice, question.id), UserError)
    assert str(error) == "That question is open."
    closed = await lifecycle.close(alice, question.id, key="1")
    assert closed.state is QuestionState.CLOSED
    error = await raised(lifecycle.close(alice, question.id, key="2"), UserError)
    assert str(error) == "That question is closed."
    answer = group.app.answers.answer(group.member("bob"), question.id, "No", key="3")
    assert "This question is closed." in str(await raised(answer, UserError))
