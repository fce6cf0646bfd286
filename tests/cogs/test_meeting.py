"""Going, maybe, can't: the buttons of an announcement."""

import pytest

from tests.people import Club, reply, text_of

SAID = {
    "Going": "See you there. I'll remind you in the thread a day and an hour before.",
    "Maybe": "Noted: maybe. Press *Going* when you know; I only remind those who are going.",
    "Can't": "Noted: you can't come. You can still read and write in the thread.",
}


@pytest.fixture
async def announced(club: Club) -> Club:
    await club.nominate(club.alice, "arXiv:1706.03762")
    await club.olga.slash(club.papers, "schedule pick")
    return club


def counts(club: Club) -> str:
    (line,) = [
        line for line in text_of(club.card("Paper of the week:")).splitlines() if "going" in line
    ]
    return line.replace("*", "")


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Going", "1 going · 0 maybe · 0 can't"),
        ("Maybe", "0 going · 1 maybe · 0 can't"),
        ("Can't", "0 going · 0 maybe · 1 can't"),
    ],
)
async def test_members_and_organisers_say_whether_they_come(
    announced: Club, answer: str, expected: str
) -> None:
    club = announced
    card = club.card("Paper of the week:")
    assert reply(await club.bob.click(card, label=answer)) == SAID[answer]
    assert counts(club) == expected
    await club.bob.click(card, label=answer)
    assert counts(club) == expected
    assert reply(await club.olga.click(card, label=answer)) == SAID[answer]
    assert counts(club) == expected.replace("1", "2")


async def test_a_mind_can_be_changed_also_after_a_restart(announced: Club, start) -> None:
    club = announced
    card = club.card("Paper of the week:")
    await club.bob.click(card, label="Going")
    await club.alice.click(card, label="Going")
    await club.restart(start())
    await club.bob.click(card, label="Can't")
    assert counts(club) == "1 going · 0 maybe · 1 can't"


async def test_fifty_members_answer_at_once(announced: Club) -> None:
    club = announced
    card = club.card("Paper of the week:")
    members = [club.add_member(f"member {number}") for number in range(50)]
    async with club.at_once():
        for number, member in enumerate(members):
            await member.click(card, label=list(SAID)[number % 3])
    assert counts(club) == "17 going · 17 maybe · 16 can't"


async def test_nobody_answers_after_the_meeting(announced: Club, clock) -> None:
    club = announced
    clock.advance(days=8)
    said = await club.press(club.bob, "pc:rsvp:1.going")  # before the bot has closed the round
    assert said == "That meeting is over or called off."
    await club.application.tick()
    assert await club.press(club.bob, "pc:rsvp:1.going") == said
    assert counts(club) == "0 going · 0 maybe · 0 can't"


async def test_nobody_answers_to_a_meeting_that_was_called_off(announced: Club) -> None:
    club = announced
    await club.olga.slash(club.papers, "schedule skip", date="2026-01-12")
    said = await club.press(club.bob, "pc:rsvp:1.going")
    assert said == "That meeting is over or called off."


async def test_a_meeting_of_another_community_is_unknown(announced: Club) -> None:
    other = await announced.neighbours()
    await other.set_up()
    assert await other.press(other.bob, "pc:rsvp:1.going") == "I can't find that meeting."
    assert await announced.press(announced.bob, "pc:rsvp:99.going") == "I can't find that meeting."
    assert counts(announced) == "0 going · 0 maybe · 0 can't"
