"""The paper of the week, from the set-up to the end of the meeting, as its people see it."""

from tests.people import Club, buttons_of, reply, text_of


async def run_until(club: Club, clock, text: str) -> None:
    """Let time pass, from one thing that is due to the next, until somebody sees `text`."""
    for _ in range(12):
        if any(
            text in text_of(m) for c in (club.papers, *club.papers.threads) for m in c.history()
        ):
            return
        clock.instant = await club.application.rounds.next_due()
        await club.application.tick()
    raise AssertionError(f"nobody ever saw {text!r}")


async def test_the_whole_way(newcomers, clock) -> None:
    club = newcomers
    assert "Paperclub is ready" in reply(await club.set_up())
    nominated = await club.alice.slash(
        club.papers, "paper nominate", link="arXiv:1706.03762", why="we keep citing it"
    )
    assert "is up for vote" in reply(nominated)
    card = club.card("we keep citing it")
    assert "has 2 votes" in reply(await club.bob.click(card, label="Upvote"))

    await run_until(club, clock, "Paper of the week")
    announcement = club.card("Paper of the week")
    assert f"Nominated by <@{club.alice.id}>: we keep citing it" in text_of(announcement)
    assert "Ada Lovelace, Alan Turing · Journal of Tests 2017" in text_of(announcement)
    assert list(buttons_of(announcement)) == [
        "Going",
        "Maybe",
        "Can't",
        "Ask about this",
        "Paper",
    ]
    assert "Picked" in text_of(club.card("2 votes"))
    (thread,) = club.papers.threads
    assert thread.name == "On 1706.03762"
    await club.alice.click(announcement, label="Going")
    await club.bob.click(announcement, label="Maybe")
    await club.application.tick()
    assert "**1** going · **1** maybe" in text_of(club.card("Paper of the week"))

    await run_until(club, clock, "We're starting")
    said = [text_of(message) for message in thread.history()]
    assert len([text for text in said if "We meet" in text]) == 2
    assert all(f"<@{club.alice.id}>" in text for text in said if "We" in text)
    assert not any(f"<@{club.bob.id}>" in text for text in said)
    pings = [
        request.json["allowed_mentions"]["users"]
        for request in club.env.http_requests
        if request.path == f"/channels/{thread.id}/messages"
    ]
    assert pings == [[club.alice.id]] * 3

    await run_until(club, clock, "This meeting is over")
    assert list(buttons_of(club.card("This meeting is over"))) == ["Ask about this", "Paper"]
    assert f"<#{thread.id}>" in reply(await club.bob.slash(club.papers, "paper history"))
    assert await club.queue() == {}
