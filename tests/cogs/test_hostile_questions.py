"""Questions, answers and names that want to ping, format, mislead or cross over to others."""

import pytest

from bot.communities.subjects import Subject
from bot.questions.posts.cards import about
from tests.asking import UNNAMED, answer, ask
from tests.cogs.test_hostile import EVIL, OURS, THEIRS, assert_harmless
from tests.people import Club, assert_nothing_pings, fill_in, message_of, reply, text_of


@pytest.fixture
def evil(club: Club) -> str:
    return EVIL.format(bob=club.bob.id, role=club.organisers.id)


async def test_evil_questions_and_answers_are_harmless(ready: Club, questions, evil) -> None:
    club = ready
    await club.olga.slash(
        club.papers,
        "settings questions",
        pause=0,
        approval=True,
        anonymous_answers=True,
        topics="**Evil** @everyone, Other",
    )
    title = f"Why? {evil}"[:200]
    said = [
        reply(await ask(club, club.alice, title, Details=evil)),
        reply(await ask(club, club.alice, title, Options=["research"])),
        reply(await ask(club, club.alice, title, Options=UNNAMED, Details=evil)),
    ]
    said.append(reply(await answer(club, club.olga, evil, questions, Options=UNNAMED)))
    form = await club.olga.click(club.cards(questions)[1], label="Add a paper")
    said.append(
        reply(await fill_in(club.olga, form, **{"The paper": "1706.03762", "Why it helps": evil}))
    )
    for command, options in (
        ("question list", {}),
        ("question list", {"topic": "**Evil** @everyone"}),
        ("question search", {"text": "everyone"}),
        ("question show", {"question": "1"}),
        ("question close", {"question": "1", "reason": evil[:300]}),
        ("question reopen", {"question": "1", "reason": evil[:300]}),
        ("question helper", {"topic": "**Evil** @everyone"}),
    ):
        said.append(reply(await club.alice.slash(club.papers, command, **options)))
    said.append(reply(await club.olga.slash(club.papers, "settings questions")))
    await club.application.tick()
    places = [questions, *questions.threads]
    said += [text_of(card) for place in places for card in club.cards(place)]
    said += [text_of(told) for told in club.olga.user.dm_channel.history()]
    assert len(said) > 15
    for text in said:
        others = text.replace(f"<@{club.alice.id}>", "").replace(f"<@{club.olga.id}>", "")
        assert_harmless(club, others, OURS | THEIRS)
    for thread in questions.threads:
        assert "\n" not in (thread.name or "")
        assert len(thread.name or "") <= 100


async def test_nobody_is_pinged_by_what_an_unnamed_question_says(
    ready: Club, questions, evil
) -> None:
    club = ready
    await ask(club, club.alice, f"Why? {evil}"[:200], Options=UNNAMED, Details=evil)
    await answer(club, club.olga, evil, questions)
    assert assert_nothing_pings(club) > 4


async def test_questions_of_another_community_are_unknown(ready: Club, questions) -> None:
    club = ready
    await ask(club, club.alice)
    await answer(club, club.bob, "Write to the professors.", questions)
    other = await club.neighbours()
    await other.set_up(questions=other.papers)
    for command in ("show", "close", "reopen"):
        said = await other.olga.slash(other.papers, f"question {command}", question="1")
        assert "I don't know that question." in reply(said)
        other.refused()
    for action in ("answer", "me_too", "follow", "still_open", "follow_up"):
        said = await other.press(other.olga, f"pc:question_{action}:1")
        assert "I don't know that question." in said
    for action in ("upvote", "accept"):
        said = await other.press(other.olga, f"pc:answer_{action}:1")
        assert "I don't know that" in said
    for action in ("approve", "merge", "decline"):
        said = await other.press(other.olga, f"pc:question_{action}:{other.guild.id}.1")
        assert "I don't know that question." in said
    for action in ("block", "show"):
        said = await other.press(other.olga, f"pc:moderate_{action}:question.1")
        assert "I don't know that question." in said
    assert "No open questions." in reply(await other.olga.slash(other.papers, "question list"))
    assert "No question has" in reply(
        await other.olga.slash(other.papers, "question search", text="lab")
    )
    assert not await other.olga.autocomplete(other.papers, "question show", "question", "lab")


@pytest.mark.parametrize("argument", ["x", "1.2.3", "9" * 30, "-1", "1'; DROP TABLE question"])
async def test_a_forged_button_gets_a_sentence(ready: Club, questions, argument: str) -> None:
    club = ready
    for action in (
        "ask",
        "ask_post",
        "question_answer",
        "question_me_too",
        "question_follow",
        "question_point",
        "question_still_open",
        "answer_upvote",
        "answer_accept",
        "ama_ask",
        "ama_next",
        "question_follow_up",
        "moderate_block",
        "moderate_show",
    ):
        said = await club.press(club.olga, f"pc:{action}:{argument}")
        assert "Something went wrong" not in said, action


def test_the_title_of_a_subject_neither_invites_nor_formats() -> None:
    shown = about(Subject("message", None, "**Join** discord.gg/abc @everyone", None))
    assert "discord.gg" not in shown
    assert "@everyone" not in shown
    assert "\\*\\*Join" in shown


async def test_an_open_form_answers_to_whoever_sends_it_twice(ready: Club, questions) -> None:
    """A form that is sent again after it was refused asks once, as its sender saw it."""
    club = ready
    refused = await ask(club, club.alice, "🙂")
    club.refused()
    again = await club.alice.click(message_of(refused), label="Edit and send again")
    await fill_in(club.alice, again, **{"Your question": "Where?"})
    assert len(club.cards(questions)) == 1
