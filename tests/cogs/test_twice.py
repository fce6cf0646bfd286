"""Delivered twice, sent twice: done once, and answered as the first time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.people import Club, fill_in, message_of, reply


@contextmanager
def delivered_twice(club: Club, *, as_another: bool = False) -> Iterator[None]:
    """Discord hands every interaction over twice, with the same id or as if pressed again."""
    parsers = club.env.bot._connection.parsers
    parse = parsers["INTERACTION_CREATE"]

    def again(data: dict[str, Any]) -> None:
        parse(data)
        parse(data | {"id": str(int(data["id"]) + 7)} if as_another else data)

    parsers["INTERACTION_CREATE"] = again
    yield
    parsers["INTERACTION_CREATE"] = parse


async def test_a_vote_that_is_delivered_twice_counts(club: Club) -> None:
    card = await club.nominate(club.alice, "arXiv:1706.03762")
    with delivered_twice(club):
        voted = await club.bob.click(card, label="Upvote")
    assert "Your vote counts" in reply(voted)
    assert await club.queue() == {"On 1706.03762": 2}
    back = await club.bob.click(card, label="Upvote")
    assert "taken back" in reply(back)
    assert await club.queue() == {"On 1706.03762": 1}


STORY = "I interned at CERN in the summer of 2019 and wrote software for a detector. " * 2
EXPERIENCE = {"Title": "A summer at CERN", "Your account": STORY}
DECISIONS = [("Decline", "is declined"), ("Approve", "is posted")]


@pytest.mark.parametrize(("label", "said"), DECISIONS)
async def test_a_decision_that_is_delivered_twice_is_made_once(
    club: Club, label: str, said: str
) -> None:
    await club.set_up(experiences=club.papers)
    form = await club.alice.slash(club.papers, "experience submit")
    await fill_in(club.alice, form, **EXPERIENCE)
    (card,) = club.olga.user.dm_channel.history()
    with delivered_twice(club):
        answer = await club.olga.user.click(card, label=label)
    assert said in reply(answer)


async def test_a_deletion_that_is_delivered_twice_is_made_once(club: Club) -> None:
    await club.set_up()
    form = await club.alice.slash(club.papers, "experience submit")
    await fill_in(club.alice, form, **EXPERIENCE)
    asked = await club.alice.slash(club.papers, "experience delete", experience="1")
    with delivered_twice(club):
        gone = await club.alice.click(message_of(asked), label="Delete for good")
    assert reply(gone) == "Deleted. Questions about it stay."
