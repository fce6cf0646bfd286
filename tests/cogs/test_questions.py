"""Questions as members meet them: `/ask`, the cards and their buttons, `/question`."""

import pytest
from simcord.builders import ChannelHandle

from tests.people import Club, buttons_of, fields_of, fill_in, message_of, reply, text_of

QUESTION = "How do I find a lab in Berlin?"


@pytest.fixture
def questions(club: Club) -> ChannelHandle:
    """The channel for questions, once `ready` has made it so."""
    return club.guild.create_text_channel("questions")


@pytest.fixture
async def ready(club: Club, questions) -> Club:
    await club.set_up(questions=questions)
    return club


async def ask(club: Club, who=None, title: str = QUESTION, **typed):
    who = who or club.alice
    form = await who.slash(club.papers, "ask")
    return await fill_in(who, form, **({"Your question": title} | typed))


async def test_a_question_is_posted_with_a_thread(ready: Club, questions) -> None:
    club = ready
    said = reply(await ask(club, Details="I study **physics**."))
    assert said.startswith(f"Question 1 goes to <#{questions.id}>: **{QUESTION}**.")
    (card,) = club.cards(questions)
    assert text_of(card).splitlines() == [
        f"### {QUESTION}",
        f"Question 1 · Papers · asked by <@{club.alice.id}>",
        "I study \\*\\*physics\\*\\*.",
        "0 answers",
    ]
    assert list(buttons_of(card)) == ["Answer", "Me too", "Follow"]
    (thread,) = questions.threads
    assert thread.name == f"1 · {QUESTION}"
    assert list(fields_of(await club.alice.slash(club.papers, "ask"))) == [
        "Your question",
        "Details",
        "Topic",
        "How",
        "For somebody",
    ]


async def test_an_answer_is_posted_accepted_and_shown(ready: Club, questions) -> None:
    club = ready
    await ask(club)
    (card,) = club.cards(questions)
    form = await club.bob.click(card, label="Answer")
    said = await fill_in(club.bob, form, **{"Your answer": "Write to the professors."})
    (thread,) = questions.threads
    assert reply(said) == f"Thank you. Your answer goes to <#{thread.id}>."
    (answer,) = club.cards(thread)
    assert f"<@{club.alice.id}>" in text_of(answer)
    assert list(buttons_of(answer)) == ["Upvote", "Accept"]
    said = await club.bob.click(answer, label="Accept")
    assert reply(said) == "Only whoever asked or an organiser can accept an answer."
    club.refused()
    assert reply(await club.alice.click(answer, label="Accept")).startswith("Accepted.")
    await club.application.tick()
    (card,) = club.cards(questions)
    assert f"**Answered by <@{club.bob.id}>:** Write to the professors." in text_of(card)
    (answer,) = club.cards(thread)
    assert "### ✓ Answer to question 1" in text_of(answer)
    assert list(buttons_of(answer)) == ["Upvote"]
    assert list(buttons_of(message_of(await club.bob.click(answer, label="Upvote")))) == [
        "Take it back"
    ]
