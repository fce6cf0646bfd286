"""Delivered twice, sent twice: done once, and answered as the first time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.people import Club, reply


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
