"""What organisers can't be told in their channel finds another way, and is listed."""

from collections.abc import Callable

import pytest
from simcord.builders import ChannelHandle

from bot.core.courier import Delivery
from bot.core.errors import DeliveryRefused
from tests.asking import QUESTION, UNNAMED, ask
from tests.people import Club, buttons_of, message_of, reply, text_of

COUNTED = "for an organiser\n"
ORGANISERS_ONLY = "Only organisers can do that"
STORY = "I spent a summer in a laboratory and learned how a robot falls over. " * 3


@pytest.fixture
def office(club: Club) -> ChannelHandle:
    return club.guild.create_text_channel("office")


@pytest.fixture
async def moderated(ready: Club, questions, office) -> Club:
    await ready.set_up(questions=questions, organisers=office)
    await ready.olga.slash(ready.papers, "settings questions", approval=True, pause=0)
    return ready


Close = Callable[..., None]


@pytest.fixture
def close(club: Club, monkeypatch) -> Close:
    """Channels that are gone, and members who take no messages; called again, those only."""
    closed: set[str] = set()
    sender = club.application.courier._sender
    send = sender.send

    async def refuse(delivery: Delivery) -> str:
        if delivery.destination in closed:
            raise DeliveryRefused("It is gone.")
        return await send(delivery)

    def close(*places: str) -> None:
        closed.clear()
        closed.update(places)

    monkeypatch.setattr(sender, "send", refuse)
    return close


def told(club: Club) -> list[str]:
    """What the person who set the bot up has read in direct messages."""
    dms = club.olga.user.dm_channel
    return [] if dms is None else [text_of(message) for message in dms.history()]


def counts(club: Club) -> list[str]:
    return [text_of(card) for card in club.cards() if COUNTED in text_of(card)]


async def queue(club: Club):
    return await club.olga.slash(club.papers, "moderate queue")


async def test_a_notice_that_the_channel_refuses_goes_to_whoever_set_the_bot_up(
    moderated: Club, office, close
) -> None:
    club = moderated
    close(str(office.id))
    await ask(club, club.alice, Options=UNNAMED)
    await club.application.tick()
    assert any(QUESTION in one for one in told(club))
    assert sum(f"I can't post in <#{office.id}>" in one for one in told(club)) == 1
    assert counts(club) == []
    (review,) = (m for m in club.olga.user.dm_channel.history() if QUESTION in text_of(m))
    assert list(buttons_of(review)) == ["Approve", "Merge", "Decline"]


async def test_what_reaches_nobody_is_counted_once_without_content(
    moderated: Club, office, close, questions
) -> None:
    club = moderated
    close(str(office.id), f"user:{club.olga.id}")
    for number in range(3):
        await ask(club, club.alice, f"{QUESTION} {number}", Options=UNNAMED)
        await club.application.tick()
    assert len(counts(club)) == 1
    (count,) = counts(club)
    assert "4 things are waiting for an organiser" in count, (
        "three questions, and the channel's trouble"
    )
    assert "`/moderate queue`" in count
    assert QUESTION not in count
    shown = reply(await club.olga.slash(club.papers, "settings show"))
    assert "**Not delivered:** 4" in shown
    listed = reply(await queue(club))
    assert all(f"Question: {QUESTION} {number}" in listed for number in range(3))
    assert str(club.alice.id) not in listed


async def test_what_was_parked_follows_to_a_new_channel(
    moderated: Club, office, close, questions
) -> None:
    club = moderated
    close(str(office.id), f"user:{club.olga.id}")
    await ask(club, club.alice, Options=UNNAMED)
    await club.application.tick()
    assert len(counts(club)) == 1
    bureau = club.guild.create_text_channel("bureau")
    await club.set_up(organisers=bureau)
    await club.application.tick()
    (review,) = (card for card in club.cards(bureau) if QUESTION in text_of(card))
    assert "Approve" in buttons_of(review)
    assert counts(club) == [], "it says so"
    assert any("Nothing is waiting for an organiser any more" in text_of(c) for c in club.cards())
    assert "Not delivered" not in reply(await club.olga.slash(club.papers, "settings show"))


async def test_a_card_is_opened_privately_with_its_buttons_and_decided(
    moderated: Club, office, close, questions
) -> None:
    club = moderated
    close(str(office.id), f"user:{club.olga.id}")
    await ask(club, club.alice, Options=UNNAMED)
    await club.application.tick()
    listed = await queue(club)
    opened = await club.olga.click(message_of(listed), label="Open 1")
    assert opened.response.ephemeral
    assert QUESTION in reply(opened)
    assert str(club.alice.id) not in reply(opened)
    await club.olga.click(message_of(opened), label="Approve")
    (card,) = club.cards(questions)
    assert QUESTION in text_of(card)
    listed = reply(await queue(club))
    assert QUESTION not in listed
    assert "I can't post in" in listed


async def test_an_experience_that_was_handed_in_is_listed_and_decided(
    moderated: Club, office, close
) -> None:
    club = moderated
    close(str(office.id), f"user:{club.olga.id}")
    await club.application.submissions.submit(
        club.actor(club.alice), title="A summer", story=STORY, link="", anonymous=True
    )
    await club.application.tick()
    listed = await queue(club)
    assert "Experience: A summer" in reply(listed)
    opened = await club.olga.click(message_of(listed), label="Open 1")
    assert str(club.alice.id) not in reply(opened)
    assert "Decline" in buttons_of(message_of(opened))


async def test_a_post_that_was_refused_is_listed_and_tried_again(
    moderated: Club, questions, close
) -> None:
    club = moderated
    close(str(questions.id))
    await ask(club, club.alice)
    await club.application.tick()
    listed = await queue(club)
    assert "Not delivered:" in reply(listed)
    opened = await club.olga.click(message_of(listed), label="Open 1")
    assert f"It is gone. It was for <#{questions.id}>." in reply(opened)
    close()
    await club.olga.click(message_of(opened), label="Try again")
    await club.application.tick()
    assert len(club.cards(questions)) == 1
    assert "Nothing is waiting for organisers." in reply(await queue(club))


async def test_a_long_queue_has_pages(moderated: Club, office) -> None:
    club = moderated
    for number in range(7):
        await ask(club, club.add_member(f"member{number}"), f"{QUESTION} {number}", Options=UNNAMED)
    listed = await queue(club)
    assert list(buttons_of(message_of(listed))) == [f"Open {n}" for n in range(1, 6)] + ["Next"]
    turned = await club.olga.click(message_of(listed), label="Next")
    assert f"6. Question: {QUESTION} 5" in text_of(message_of(turned))
    assert list(buttons_of(message_of(turned))) == ["Open 6", "Open 7", "Previous"]


async def test_members_see_nothing_of_it(moderated: Club) -> None:
    club = moderated
    await ask(club, club.alice, Options=UNNAMED)
    for button in ("moderate_queue:0.", "moderate_open:question.1", "moderate_open:parked.1"):
        assert ORGANISERS_ONLY in await club.press(club.bob, f"pc:{button}")
    for odd in ("moderate_open:parked.99", "moderate_open:x", "moderate_open:"):
        assert "went wrong" not in await club.press(club.olga, f"pc:{odd}")
