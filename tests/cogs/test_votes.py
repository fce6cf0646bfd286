"""Votes: by everybody, any number of times, through restarts, all at once."""

import random

from tests.people import Club, reply, text_of


async def test_a_vote_counts_and_can_be_taken_back(club: Club) -> None:
    card = await club.nominate(club.alice, "arXiv:1706.03762")
    voted = await club.bob.click(card, label="Upvote")
    assert reply(voted) == (
        "Vote added: [On 1706.03762](https://arxiv.org/abs/1706.03762) has 2 votes."
    )
    assert "**2 votes**" in text_of(club.cards()[0])
    by_organiser = await club.olga.click(card, label="Upvote")
    assert "has 3 votes" in reply(by_organiser)
    back = await club.bob.click(card, label="Upvote")
    assert reply(back).startswith("Vote taken back:")
    assert "**2 votes**" in text_of(club.cards()[0])


async def test_after_many_clicks_and_restarts_the_card_shows_the_right_count(
    club: Club, start
) -> None:
    card = await club.nominate(club.alice, "arXiv:1706.03762")
    members = [club.add_member(f"member {number}") for number in range(6)]
    dice, voters = random.Random(7), set()
    for click in range(40):
        if click % 10 == 9:
            await club.restart(start())
        member = dice.choice(members)
        voters ^= {member.id}
        said = reply(await member.click(card, label="Upvote"))
        assert ("Vote added" in said) == (member.id in voters)
        votes = 1 + len(voters)  # the nominator's stays
        expected = f"**{votes} vote{'' if votes == 1 else 's'}**"
        assert expected in text_of(club.cards()[0])
    assert await club.queue() == {"On 1706.03762": 1 + len(voters)}


async def test_fifty_members_vote_at_once(club: Club) -> None:
    card = await club.nominate(club.alice, "arXiv:1706.03762")
    members = [club.add_member(f"member {number}") for number in range(50)]
    async with club.at_once():
        clicks = [await member.click(card, label="Upvote") for member in members]
    assert all(reply(click).startswith("Vote added") for click in clicks)
    assert "**51 votes**" in text_of(club.cards()[0])
    assert await club.queue() == {"On 1706.03762": 51}


async def test_fifty_members_nominate_at_once(club: Club) -> None:
    members = [club.add_member(f"member {number}") for number in range(50)]
    async with club.at_once():
        answers = [
            await member.slash(club.papers, "paper nominate", link=f"2401.{number % 25:05}")
            for number, member in enumerate(members)
        ]
    said = [reply(answer) for answer in answers]
    assert sum("is up for vote." in one for one in said) == 25
    assert sum("I added your vote" in one for one in said) == 25
    assert await club.queue() == {f"On 2401.{number:05}": 2 for number in range(25)}
    assert len(club.cards()) == 25
    assert all("**2 votes**" in text_of(card) for card in club.cards())


async def test_a_vote_on_what_is_over_changes_nothing(club: Club) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    await club.olga.slash(club.papers, "schedule pick")
    await club.nominate(club.alice, "arXiv:1706.03763")
    await club.alice.slash(club.papers, "paper withdraw", nomination="2")
    for number in (1, 2):  # somebody's phone may show the cards as they were
        said = await club.press(club.bob, f"pc:vote:{number}")
        assert said == "Voting on this paper is over. `/paper queue` shows what's up for vote."
    assert club.card("**1 vote** · Picked")
    assert club.card("**1 vote** · Withdrawn.")


async def test_a_vote_on_what_never_was_is_refused(club: Club) -> None:
    said = await club.press(club.bob, "pc:vote:99")
    assert said == "I can't find that nomination. `/paper queue` shows what's up for vote."


async def test_a_button_of_another_community_is_refused(club: Club, simcord_env) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    await club.nominate(club.alice, "arXiv:1706.03763")
    other = await club.neighbours()
    await other.set_up()
    for custom_id in ("pc:vote:1", "pc:same:1.2"):
        said = await other.press(other.olga, custom_id)
        assert said == "I can't find that nomination. `/paper queue` shows what's up for vote."
    assert await club.queue() == {"On 1706.03762": 1, "On 1706.03763": 1}


async def test_a_button_that_no_version_knows_says_so(club: Club) -> None:
    said = await club.press(club.bob, "pc:moon:1")
    assert said == "This button does nothing any more. `/help` shows what I can do."
