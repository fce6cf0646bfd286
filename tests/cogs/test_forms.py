"""Forms and answers that take their time: nothing stays silent, nothing typed is lost."""

import asyncio

import pytest

from bot.adapters.discord.forms import FORGOTTEN, LONGEST_BLOCK, READY
from tests.asking import QUESTION, ask
from tests.people import Club, fill_in, message_of, reply, text_of

THINKING, LATER = 5, 6  # types of answers
DETAILS = "I've asked ```two``` people so far."


@pytest.mark.parametrize("details", ["Two people said no.", DETAILS, "word " * LONGEST_BLOCK])
async def test_a_form_from_before_a_restart_comes_back(
    ready: Club, questions, start, details: str
) -> None:
    """In the answer, or in a file where it is long or would end its block."""
    club, details = ready, details[:1990].strip()
    form = await club.alice.slash(club.papers, "ask")
    await club.restart(start())
    sent = await fill_in(club.alice, form, **{"Your question": QUESTION, "Details": details})
    said = reply(sent)
    assert said.startswith("I've been restarted since you opened this form")
    assert not club.cards(questions)
    files = message_of(sent).attachments
    given_back = (await files[0].read()).decode() if files else said
    assert bool(files) == (details != "Two people said no.")
    assert QUESTION in given_back
    assert details in given_back
    assert reply(await ask(club, club.alice)).startswith("Posted as question 1 in")


async def test_a_form_that_was_taken_before_a_restart_is_not_taken_again(
    ready: Club, questions, start
) -> None:
    club = ready
    form = await club.alice.slash(club.papers, "ask")
    await fill_in(club.alice, form, **{"Your question": QUESTION})
    await club.restart(start())
    form._interaction.modal_consumed = False
    again = await fill_in(club.alice, form, **{"Your question": QUESTION})
    assert reply(again).startswith("I got that twice and did it once.")
    assert len(club.cards(questions)) == 1


async def test_a_form_that_is_offered_again_is_its_sender_s_and_answers_after_a_restart(
    ready: Club, start
) -> None:
    club = ready
    refused = message_of(await ask(club, club.alice, "🙂"))
    club.refused()
    opened = await club.alice.click(refused, label="Edit and send again")
    assert opened.modal is not None
    button = opened._interaction
    data = club.env.backend.get_message(button.channel_id, refused.id).components
    (custom_id,) = (part["custom_id"] for row in data for part in row.get("components", ()))
    assert await club.press(club.bob, custom_id) == FORGOTTEN
    await club.restart(start())
    assert reply(await club.alice.click(refused, label="Edit and send again")) == FORGOTTEN


@pytest.fixture
async def slow(ready: Club, monkeypatch) -> Club:
    """A bot whose handlers go on when Discord was told that they take longer."""
    club, communities = ready, ready.application.communities
    await club.nominate(club.alice, "arXiv:1706.03762")
    await ask(club, club.alice)
    know = communities.organiser_role

    async def organiser_role(platform: str, community_ref: str) -> str | None:
        latest = list(club.env.backend.interactions.values())[-1]
        while not latest.responded:  # noqa: ASYNC110 - the simulator has no event for it
            await asyncio.sleep(0.01)
        return await know(platform, community_ref)

    monkeypatch.setattr(communities, "organiser_role", organiser_role)
    club.application.client.patience = 0
    return club


def first_answer(club: Club) -> int:
    """The type of the answer that Discord had first to what was done last."""
    answers = [one for one in club.env.http_requests if one.path.endswith("/callback")]
    return answers[-1].json["type"]


async def test_a_slow_command_is_acknowledged_and_answered(slow: Club) -> None:
    shown = await slow.bob.slash(slow.papers, "paper queue")
    assert first_answer(slow) == THINKING
    assert "Up for vote" in reply(shown)


async def test_a_slow_button_is_acknowledged_and_answered(slow: Club) -> None:
    card = slow.card("1706.03762")
    voted = await slow.bob.click(card, label="Upvote")
    assert first_answer(slow) == LATER
    assert "Vote added" in text_of(voted.followups[-1])
    assert "**2 votes**" in text_of(slow.card("1706.03762"))


async def test_a_slow_page_is_turned_in_place(slow: Club) -> None:
    queue = message_of(await slow.bob.slash(slow.papers, "paper queue"))
    turned = await slow.bob.click(queue, custom_id="pc:queue_vote:0.1")
    assert first_answer(slow) == LATER
    assert not turned.followups
    assert "**2 votes**" in text_of(turned.response)


async def test_a_slow_form_is_offered_by_a_button_and_answered_in_time(
    slow: Club, questions
) -> None:
    (card,) = slow.cards(questions)
    offered = await slow.bob.click(card, label="Answer")
    assert text_of(offered.followups[-1]) == READY
    form = await slow.bob.click(offered.followups[-1], label="Open the form")
    sent = await fill_in(slow.bob, form, **{"Your answer": "Write to them."})
    assert first_answer(slow) == THINKING
    assert reply(sent).startswith("Posted in")
