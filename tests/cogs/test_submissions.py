"""`/experience submit`: what members write, and what organisers make of it."""

import pytest
from simcord.builders import ChannelHandle

from bot.experiences.submissions import LONGEST_STORY, SHORTEST_STORY
from tests.people import Club, buttons_of, fields_of, fill_in, message_of, reply, text_of

TITLE = "A summer at CERN"
STORY = (
    "I interned at CERN in the summer of 2019. I **wrote** software for a detector, and "
    "<@&1> @everyone told me to apply early. [Look](https://evil.example) at it. "
    + "The people there are kind. " * 30
    + "That is all."
)
ORGANISERS_ONLY = "Only organisers can do that: people with *Manage Server* or the organiser role."
DECIDED = "That experience has already been decided."


@pytest.fixture
def diaries(club: Club) -> ChannelHandle:
    """The channel for experiences, once `ready` has made it so."""
    return club.guild.create_text_channel("diaries")


@pytest.fixture
def office(club: Club) -> ChannelHandle:
    """The organisers' channel, once `ready` has made it so."""
    return club.guild.create_text_channel("office")


@pytest.fixture
async def ready(club: Club, diaries, office, web) -> Club:
    """A group with channels for experiences and for organisers."""
    web.pages["https://blog.example.org/rss"] = b"<rss version='2.0'><channel/></rss>"
    await club.set_up(organisers=office)
    await club.olga.slash(
        club.papers, "feed add", url="https://blog.example.org/rss", channel=diaries
    )
    return club


async def hand_in(club: Club, *, anonymous: bool = False, **typed: str):
    form = await club.alice.slash(club.papers, "experience submit", anonymous=anonymous)
    values = {"Title": TITLE, "Your experience": STORY} | typed
    return await fill_in(club.alice, form, **values)


# --- handing in -------------------------------------------------------------------------------


async def test_what_a_member_writes_waits_for_the_organisers(ready: Club, office, diaries) -> None:
    club = ready
    assert reply(await hand_in(club, **{"Link to more": "https://alice.example.org/cern"})) == (
        f"Thanks. The organisers will look at [{TITLE}](https://alice.example.org/cern) before "
        "it's posted."
    )
    (review,) = club.cards(office)
    assert f"<@{club.alice.id}>" in text_of(review)
    assert "A member submitted this. Post it?" in text_of(review)
    assert list(buttons_of(review)) == ["Approve", "Edit", "Decline", "More"]
    assert not club.cards(diaries)
    latest = reply(await club.bob.slash(club.papers, "experience latest"))
    assert "There are no experiences yet." in latest


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"Your experience": "Too short."}, "Please write 100 to 3,000 characters; you wrote 10."),
        ({"Link to more": "evil"}, "I can't show that link."),
        ({"Link to more": "javascript:alert(1)"}, "I can't show that link."),
        ({"Title": "***"}, "The title is missing."),
        ({"Title": "\u200b\u202e"}, "The title is missing."),
    ],
)
async def test_what_cannot_be_taken_is_offered_back(
    ready: Club, office, typed: dict[str, str], sentence: str
) -> None:
    club = ready
    refused = await hand_in(club, **typed)
    assert sentence in reply(refused)
    club.refused()
    assert not club.cards(office)
    again = await club.alice.click(message_of(refused), label="Edit and send again")
    values = {"Title": TITLE, "Your experience": STORY} | typed
    fields = fields_of(again)
    assert {label: fields[label].get("value") for label in values} == values
    mended = {"Title": TITLE, "Your experience": STORY, "Link to more": ""}
    assert reply(await fill_in(club.alice, again, **mended)).startswith("Thanks.")
    assert len(club.cards(office)) == 1


async def test_a_story_may_be_as_short_as_the_form_says(ready: Club, office) -> None:
    story = ("word " * SHORTEST_STORY)[: SHORTEST_STORY - 1] + "."
    assert reply(await hand_in(ready, **{"Your experience": story})).startswith("Thanks.")


async def test_a_sixth_experience_has_to_wait(ready: Club) -> None:
    for number in range(5):
        assert reply(await hand_in(ready, Title=f"Part {number}")).startswith("Thanks.")
    assert "5 of your experiences are already waiting for the organisers." in reply(
        await hand_in(ready)
    )
    ready.refused()


async def test_before_the_set_up_a_form_is_offered_back(newcomers: Club) -> None:
    refused = await hand_in(newcomers)
    assert reply(refused).startswith("Paperclub isn't set up here yet.")
    newcomers.refused()
    again = await newcomers.alice.click(message_of(refused), label="Edit and send again")
    assert fields_of(again)["Your experience"]["value"] == STORY


# --- deciding ---------------------------------------------------------------------------------


async def test_an_approved_experience_is_posted_with_its_author(
    ready: Club, office, diaries, start
) -> None:
    club = ready
    await hand_in(club)
    await club.restart(start())
    (review,) = club.cards(office)
    said = reply(await club.olga.click(review, label="Approve"))
    assert said == f"Posted: {TITLE}."
    (card,) = club.cards(diaries)
    assert text_of(card).splitlines()[:2] == [
        f"### {TITLE}",
        f"<@{club.alice.id}> · <t:1767614400:D>",
    ]
    assert "**CERN**" in text_of(card)
    assert list(buttons_of(card)) == ["Ask about this", "Correct", "Read it all"]
    whole = reply(await club.bob.click(card, label="Read it all"))
    assert whole.endswith("That is all.")
    await club.application.tick()
    (review,) = club.cards(office)
    assert f"Approved by <@{club.olga.id}>" in text_of(review)
    assert not buttons_of(review)
    assert TITLE in reply(await club.bob.slash(club.papers, "experience search", text="detector"))


async def test_the_longest_story_can_be_read_to_its_end(ready: Club, office, diaries) -> None:
    club, end = ready, " And this is how it ended."
    story = ("It *was* [good](https://example.org) there. " * 99)[: LONGEST_STORY - len(end)] + end
    await hand_in(club, **{"Your experience": story})
    await club.olga.click(club.cards(office)[0], label="Approve")
    answer = await club.bob.click(club.cards(diaries)[0], label="Read it all")
    assert reply(answer).endswith(end.strip())


async def test_a_long_story_can_be_read_here_also_where_a_page_tells_more(
    ready: Club, office, diaries
) -> None:
    club, page = ready, "https://alice.example.org/cern"
    story = "It was good there. " * 60 + "And this is how it ended."
    await hand_in(club, **{"Your experience": story, "Link to more": page})
    await club.olga.click(club.cards(office)[0], label="Approve")
    (card,) = club.cards(diaries)
    assert list(buttons_of(card)) == ["Ask about this", "Correct", "Read it all", "More"]
    assert buttons_of(card)["More"] == page
    whole = reply(await club.bob.click(card, label="Read it all"))
    assert whole.endswith("And this is how it ended.")


async def test_an_unnamed_author_stays_unnamed(ready: Club, office, diaries) -> None:
    club = ready
    said = reply(await hand_in(club, anonymous=True))
    assert "Members and organisers won't see who wrote it; `/about` says what" in said
    (review,) = club.cards(office)
    assert "From a member, anonymously" in text_of(review)
    await club.olga.click(review, label="Approve")
    await club.application.tick()
    for message in (*club.cards(office), *club.cards(diaries)):
        assert str(club.alice.id) not in text_of(message)
        assert "alice" not in text_of(message)
    sent = [r for r in club.env.http_requests if f"/channels/{diaries.id}" in r.path]
    assert sent
    assert not any(str(club.alice.id) in str(request.json) for request in sent)


async def test_what_is_decided_stays_decided(ready: Club, office, diaries) -> None:
    club = ready
    await hand_in(club)
    (review,) = club.cards(office)
    ids = buttons_of(review)
    await club.olga.click(review, label="Approve")
    for label in ("Approve", "Edit", "Decline"):
        assert await club.press(club.olga, ids[label]) == DECIDED
    assert len(club.cards(diaries)) == 1


async def test_members_decide_nothing(ready: Club, office, diaries) -> None:
    club = ready
    await hand_in(club)
    (review,) = club.cards(office)
    for label in ("Approve", "Edit", "Decline"):
        for member in (club.alice, club.bob):
            assert reply(await member.click(review, label=label)) == ORGANISERS_ONLY
    assert not club.cards(diaries)
    assert "Post it?" in text_of(club.cards(office)[0])


async def test_an_organiser_edits_before_deciding(ready: Club, office, diaries) -> None:
    club = ready
    await hand_in(club)
    (review,) = club.cards(office)
    form = await club.olga.click(review, label="Edit")
    assert fields_of(form)["Your experience"]["value"] == STORY
    refused = await fill_in(club.olga, form, **{"Your experience": "Too short."})
    assert "Please write 100 to 3,000 characters" in reply(refused)
    club.refused()
    again = await club.olga.click(message_of(refused), label="Edit and send again")
    story = STORY.replace("kind", "very kind")
    typed = {"Title": "A winter at CERN", "Your experience": story}
    assert reply(await fill_in(club.olga, again, **typed)) == (
        "Changed. It's still waiting for *Approve* or *Decline*."
    )
    await club.application.tick()
    (review,) = club.cards(office)
    assert "A winter at CERN" in text_of(review)
    await club.olga.click(review, label="Approve")
    assert "A winter at CERN" in text_of(club.cards(diaries)[0])


async def test_what_is_decided_is_what_the_card_showed(ready: Club, office, diaries) -> None:
    club = ready
    await hand_in(club)
    (review,) = club.cards(office)
    before, editing = buttons_of(review), await club.olga.click(review, label="Edit")
    form = await club.alice.slash(club.papers, "experience edit", experience="1")
    await fill_in(club.alice, form, Title="Buy my course!")
    for label in ("Approve", "Decline"):
        told = await club.press(club.olga, before[label])
        assert told.startswith("### Buy my course!")
        assert "It's been edited since you saw it." in told
    late = await fill_in(club.olga, editing, Title="A summer at CERN, shortened")
    assert "Its author has edited it since you opened this form." in reply(late)
    assert "Buy my course!" in text_of(club.cards(office)[0])
    again = await club.olga.click(message_of(late), label="Edit and send again")
    assert reply(await fill_in(club.olga, again)).startswith("Changed.")
    await club.application.tick()
    (review,) = club.cards(office)
    assert text_of(review).startswith("### A summer at CERN, shortened")
    assert not club.cards(diaries)
    approved = await club.olga.click(review, label="Approve")
    assert reply(approved).startswith("Posted: ")
    club.refused()


async def test_an_anonymous_author_is_blocked_by_an_experience(
    ready: Club, office, diaries
) -> None:
    club = ready
    await hand_in(club, anonymous=True)
    (review,) = club.cards(office)
    await club.olga.click(review, label="Approve")
    (card,) = club.cards(diaries)
    hidden = await club.olga.context_menu(diaries, "Hide this", card)
    assert "If its author is anonymous, you can block them." in reply(hidden)
    assert list(buttons_of(message_of(hidden))) == ["Undo", "Block its author"]
    blocked = await club.olga.click(message_of(hidden), label="Block its author")
    assert reply(blocked).startswith("Blocked.")
    assert reply(await hand_in(club, anonymous=True)).startswith("Thanks.")
    assert len(club.cards(office)) == 1
    assert TITLE in reply(await club.olga.slash(club.papers, "moderate blocked"))
    assert not await club.olga.autocomplete(club.papers, "moderate block", "what", "CERN")
    (offered,) = await club.olga.autocomplete(club.papers, "moderate unblock", "what", "cern")
    assert offered == {"name": f"Experience · {TITLE}", "value": "experience.1"}
    said = await club.olga.slash(club.papers, "moderate unblock", what=offered["value"])
    assert reply(said).startswith("Unblocked.")
    (offered,) = await club.olga.autocomplete(club.papers, "moderate block", "what", "CERN")
    said = await club.olga.slash(club.papers, "moderate block", what=offered["value"])
    assert reply(await club.olga.click(message_of(said), label="Undo")).startswith("Unblocked.")
    for odd in ("experience.", "experience.x", "person.1", "1.1"):
        told = reply(await club.olga.slash(club.papers, "moderate block", what=odd))
        assert told.startswith("Choose one from the list")
    club.refused()
    await hand_in(club)
    by_name = club.cards(office)[-1]
    await club.olga.click(by_name, label="Approve")
    hidden = await club.olga.context_menu(diaries, "Hide this", club.cards(diaries)[-1])
    assert list(buttons_of(message_of(hidden))) == ["Undo"]


async def test_whoever_wrote_a_declined_experience_is_told(ready: Club, office, diaries) -> None:
    club = ready
    await hand_in(club)
    (review,) = club.cards(office)
    said = reply(await club.olga.click(review, label="Decline"))
    assert said == f"Declined: {TITLE}. I'll tell its author."
    await club.application.tick()
    (told,) = club.alice.user.dm_channel.history()
    assert f"The organisers decided not to post {TITLE}." in text_of(told)
    assert f"Declined by <@{club.olga.id}>" in text_of(club.cards(office)[0])
    assert not club.cards(diaries)
    latest = reply(await club.bob.slash(club.papers, "experience latest"))
    assert "There are no experiences yet." in latest


async def test_without_an_organisers_channel_it_is_decided_in_direct_messages(
    club: Club, web, start
) -> None:
    await hand_in(club)
    (review,) = club.olga.user.dm_channel.history()
    said = reply(await club.olga.user.click(review, label="Approve"))
    assert said.startswith("There's no channel for experiences yet.")
    web.pages["https://blog.example.org/rss"] = b"<rss version='2.0'><channel/></rss>"
    await club.olga.slash(club.papers, "feed add", url="https://blog.example.org/rss")
    await club.restart(start())
    form = await club.olga.user.click(review, label="Edit")
    changed = await fill_in(club.olga.user, form, Title="Summer")
    assert reply(changed).startswith("Changed.")
    manager = club.guild.roles["Manager"]
    club.env.backend.remove_member_role(club.guild.id, club.olga.id, manager.id)
    for label in ("Approve", "Edit", "Decline"):
        assert reply(await club.olga.user.click(review, label=label)) == ORGANISERS_ONLY
    club.env.backend.add_member_role(club.guild.id, club.olga.id, manager.id)
    assert reply(await club.olga.user.click(review, label="Approve")) == "Posted: Summer."
    assert "Summer" in text_of(club.cards()[0])


# --- afterwards -------------------------------------------------------------------------------


async def test_a_decline_is_undone_from_its_reply(ready: Club, office) -> None:
    club = ready
    await hand_in(club)
    declined = await club.olga.click(club.cards(office)[0], label="Decline")
    for said in ("is waiting for a decision again.", "It's already waiting for a decision."):
        undone = await club.olga.click(message_of(declined), label="Undo")
        assert said in reply(undone)
    await club.application.tick()
    assert "Post it?" in text_of(club.cards(office)[0])


async def test_declined_edits_and_corrections_are_undone_from_the_replies(
    ready: Club, office, diaries
) -> None:
    club = ready
    await hand_in(club)
    await club.olga.click(club.cards(office)[0], label="Approve")
    form = await club.alice.slash(club.papers, "experience edit", experience="1")
    await fill_in(club.alice, form, Title="A winter at CERN")
    facts = message_of(await club.bob.click(club.cards(diaries)[0], label="Correct"))
    (label,) = [one for one in buttons_of(facts) if one.startswith("Role")]
    await fill_in(club.bob, await club.bob.click(facts, label=label), Role="Cook")
    for card, number in (("A winter at CERN", 1), ("Role: Cook", 2)):
        declined = await club.olga.click(club.card(card, office), label="Decline")
        undo = buttons_of(message_of(declined))["Undo"]
        assert "Undone" not in await club.press(club.bob, undo)
        assert "is waiting for a decision again." in await club.press(club.olga, undo)
        assert await club.press(club.olga, undo) == "It's already waiting for a decision."
        await club.application.tick()
        assert "Decline" in buttons_of(club.cards(office)[number])
    accepted = await club.olga.click(club.card("Role: Cook", office), label="Accept")
    undo = buttons_of(message_of(accepted))["Undo"]
    assert (await club.press(club.olga, undo)).startswith("Undone: Role is ")


async def test_what_is_posted_is_taken_down_and_put_back(ready: Club, office, diaries) -> None:
    club = ready
    await hand_in(club)
    posted = await club.olga.click(club.cards(office)[0], label="Approve")
    (card,) = club.cards(diaries)
    by_reply = await club.olga.click(message_of(posted), label="Take it down")
    by_menu = await club.olga.context_menu(diaries, "Hide this", card)
    for taken_down in (by_reply, by_menu):
        assert reply(taken_down) == f"Taken down: {TITLE}. `/moderate show` shows it again."
    await club.application.tick()
    assert text_of(club.cards(diaries)[0]) == "### Taken down by an organiser"
    ids = buttons_of(message_of(by_menu))
    assert await club.press(club.bob, ids["Undo"]) == ORGANISERS_ONLY
    assert reply(await club.olga.click(message_of(by_menu), label="Undo")).startswith(
        "Shown again: "
    )
    await club.application.tick()
    assert TITLE in text_of(club.cards(diaries)[0])
    await club.olga.context_menu(diaries, "Hide this", club.cards(diaries)[0])
    shown = await club.olga.slash(club.papers, "moderate show", what="experience.1")
    assert reply(shown) == "It's shown again."


async def test_authors_edit_and_delete_by_command(ready: Club, office) -> None:
    club = ready
    await hand_in(club, anonymous=True)
    form = await club.alice.slash(club.papers, "experience edit", experience="1")
    assert fields_of(form)["Title"]["value"] == TITLE
    sent = await fill_in(club.alice, form, Title="A winter at CERN")
    assert reply(sent) == "Saved. It's still waiting for the organisers."
    for command in ("edit", "delete"):
        name = f"experience {command}"
        nobodys = await club.bob.slash(club.papers, "experience edit", experience="1")
        assert reply(nobodys).startswith("That isn't an experience of yours")
        wrong = await club.alice.slash(club.papers, name, experience="winter")
        assert reply(wrong).startswith("Choose one from the list")
        club.refused()
    asked = await club.alice.slash(club.papers, "experience delete", experience="1")
    gone = await club.alice.click(message_of(asked), label="Delete for good")
    assert reply(gone) == "Deleted. Questions about it stay."
    await club.application.tick()
    assert "Deleted by its author" in text_of(club.cards(office)[0])
