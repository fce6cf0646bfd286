"""Delivered twice, sent twice: done once, and answered as the first time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from bot.core.errors import Repeated
from tests.people import Club, fill_in, message_of, reply, text_of


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
    assert "Vote added" in reply(voted)
    assert await club.queue() == {"On 1706.03762": 2}
    back = await club.bob.click(card, label="Upvote")
    assert "taken back" in reply(back)
    assert await club.queue() == {"On 1706.03762": 1}


STORY = "I interned at CERN in the summer of 2019 and wrote software for a detector. " * 2
EXPERIENCE = {"Title": "A summer at CERN", "Your experience": STORY}
DECISIONS = [("Decline", "Declined:"), ("Approve", "Posted:")]


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


async def test_what_organisers_change_and_undo_is_done_once(club: Club) -> None:
    """Each is answered as the first time, and those who go are told once."""
    await club.nominate(club.alice, "arXiv:1706.03762")
    await club.nominate(club.bob, "arXiv:1706.03763")
    first, second = await club.olga.autocomplete(club.papers, "schedule pick", "paper", "")
    picked = await club.olga.slash(club.papers, "schedule pick", paper=first["value"])
    await club.alice.click(club.card("Paper of the week"), label="Going")
    (thread,) = club.papers.threads
    with delivered_twice(club):
        changed = await club.olga.slash(club.papers, "schedule change", paper=second["value"])
        assert reply(changed).startswith("Changed: ")
        placed = await club.olga.slash(club.papers, "schedule place", place="Room 5")
        assert "Place set for all meetings: Room 5" in reply(placed)
        assert len([m for m in thread.history() if "another paper" in text_of(m)]) == 1
        undone = await club.olga.click(message_of(changed), label="Undo")
        assert reply(undone).startswith("Undone: ")
        back = await club.olga.click(message_of(picked), label="Undo")
        assert reply(back).startswith("Pick undone: ")
        paused = await club.olga.slash(club.papers, "schedule pause")
        undone = await club.olga.click(message_of(paused), label="Undo")
        assert reply(undone).startswith("Undone. ")
        skipped = await club.olga.slash(club.papers, "schedule skip", date="12 January")
        undone = await club.olga.click(message_of(skipped), label="Undo")
        assert reply(undone).startswith("Back on: ")
    assert {type(getattr(error, "original", error)) for error in club.env.errors} == {Repeated}
    club.env.errors.clear()  # the simulator records what the bot passes over
