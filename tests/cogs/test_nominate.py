"""`/paper nominate`, the message menu and the form."""

import pytest

from bot.papers.references.text import Kind, Reference
from bot.papers.sources.record import NotFound, PaperRecord
from bot.papers.typed import (
    LONGEST_TITLE,
)
from tests.conftest import UNAVAILABLE
from tests.people import (
    Club,
    buttons_of,
    fields_of,
    fill_in,
    message_of,
    reply,
    text_of,
)

ATTENTION = "On 1706.03762"
MENU = "Nominate this paper"
UNKNOWN = NotFound("Nobody knows a paper of that title.")


async def test_a_member_nominates_a_paper(club: Club) -> None:
    card = await club.nominate(club.alice, "arXiv:1706.03762", "we keep citing it")
    assert text_of(card).splitlines() == [
        "### [On 1706.03762](https://arxiv.org/abs/1706.03762)",
        "Ada Lovelace, Alan Turing · Journal of Tests 2017",
        f"Nominated by <@{club.alice.id}>: we keep citing it",
        "**1 vote**",
    ]
    assert list(buttons_of(card)) == ["Upvote", "Paper"]


async def test_an_organiser_nominates_a_paper(club: Club) -> None:
    card = await club.nominate(club.olga, "10.1000/xyz")
    assert f"Nominated by <@{club.olga.id}>" in text_of(card)


async def test_the_nominator_s_vote_counts_from_the_start(club: Club) -> None:
    answer = await club.alice.slash(club.papers, "paper nominate", link="arXiv:1706.03762")
    assert "is up for vote. Your vote is counted." in reply(answer)
    assert await club.queue() == {ATTENTION: 1}
    back = await club.alice.click(club.card("1706.03762"), label="Upvote")
    assert "Vote taken back" in reply(back)
    assert await club.queue() == {ATTENTION: 0}


async def test_nominating_it_again_is_a_vote(club: Club) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    link = "https://arxiv.org/pdf/1706.03762v5"
    again = await club.bob.slash(club.papers, "paper nominate", link=link)
    assert "is already up for vote; I added your vote. It has 2 votes." in reply(again)
    again = await club.bob.slash(club.papers, "paper nominate", link=link)
    assert "you've already voted for it" in reply(again)
    assert "**2 votes**" in text_of(club.card("1706.03762"))
    assert len(club.cards()) == 1


async def test_the_paper_of_this_week_is_not_nominated_again(club: Club) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    await club.olga.slash(club.papers, "schedule pick")
    again = await club.bob.slash(club.papers, "paper nominate", link="arXiv:1706.03762")
    assert "is already this week's paper." in reply(again)
    assert await club.queue() == {}


async def test_what_was_discussed_leads_to_its_thread(club: Club, clock) -> None:
    await club.nominate(club.alice, "arXiv:1706.03762")
    await club.olga.slash(club.papers, "schedule pick")
    clock.advance(days=8)
    await club.application.tick()
    again = await club.bob.slash(club.papers, "paper nominate", link="arXiv:1706.03762")
    (thread,) = club.papers.threads
    assert f"Discussed on <t:1768215600:D> → <#{thread.id}>" in reply(again)
    assert await club.queue() == {}


async def test_a_paper_whose_source_is_away_is_completed_later(club: Club, resolver, clock) -> None:
    resolver.default = UNAVAILABLE
    answer = await club.alice.slash(club.papers, "paper nominate", link="arXiv:1706.03762")
    assert "arXiv does not answer right now. I'll fill in title and authors" in reply(answer)
    assert "Looking up title and authors…" in text_of(club.cards()[0])
    resolver.default = None
    clock.advance(minutes=11)
    await club.application.tick()
    assert "Ada Lovelace, Alan Turing" in text_of(club.cards()[0])
    assert await club.queue() == {ATTENTION: 1}


async def test_two_that_look_the_same_are_joined_by_a_click(club: Club, resolver) -> None:
    record = PaperRecord(title="One Work", authors=("Ada Lovelace",), year=2020)
    for doi in ("10.1000/one", "10.1000/two"):
        resolver.answers[Reference(Kind.DOI, doi)] = record
    first = await club.nominate(club.alice, "10.1000/one")
    await club.bob.click(first, label="Upvote")
    answer = await club.bob.slash(club.papers, "paper nominate", link="10.1000/two")
    assert "It looks like" in reply(answer)
    assert "Is it the same paper?" in reply(answer)
    joined = await club.bob.click(message_of(answer), label="The same: merge them")
    assert "Merged:" in reply(joined)
    assert "has 2 votes" in reply(joined)
    assert await club.queue() == {"One Work": 2}
    again = await club.bob.click(message_of(answer), label="The same: merge them")
    assert "already merged, or no longer up for vote" in reply(again)
    assert "Merged" in text_of(club.cards()[-1])


@pytest.mark.parametrize("organiser", [False, True])
async def test_only_the_nominator_or_an_organiser_joins_two(club: Club, organiser: bool) -> None:
    await club.nominate(club.alice, "10.1000/one")
    await club.nominate(club.alice, "10.1000/two")
    said = await club.press(club.olga if organiser else club.bob, "pc:same:2.1")
    if organiser:
        assert said.startswith("Merged:")
    else:
        assert said == "Only the nominator or an organiser can merge two nominations."
    assert len(await club.queue()) == (1 if organiser else 2)


async def test_a_paper_that_turns_out_to_be_up_already_is_joined_to_it(
    club: Club, resolver, clock
) -> None:
    first = await club.nominate(club.alice, "arXiv:1706.03762")
    await club.bob.click(first, label="Upvote")
    resolver.default = UNAVAILABLE
    second = await club.nominate(club.bob, "10.1000/attention")
    await club.olga.click(second, label="Upvote")
    resolver.default = PaperRecord(
        title="Attention", references=frozenset({Reference(Kind.ARXIV, "1706.03762")})
    )
    clock.advance(minutes=11)
    await club.application.tick()
    assert await club.queue() == {ATTENTION: 3}
    assert "**3 votes**" in text_of(club.cards()[0])
    assert "Merged with another nomination of the same paper." in text_of(club.cards()[1])
    again = await club.alice.slash(club.papers, "paper nominate", link="10.1000/attention")
    assert "is already up for vote" in reply(again)


async def test_the_menu_of_a_message_nominates_the_first_paper_in_it(club: Club) -> None:
    message = await club.bob.send(club.papers, "have you seen https://arxiv.org/abs/1706.03762 ?")
    answer = await club.alice.context_menu(club.papers, MENU, message)
    assert "is up for vote." in reply(answer)
    assert f"Nominated by <@{club.alice.id}>" in text_of(club.cards()[0])
    by_organiser = await club.olga.context_menu(club.papers, MENU, message)
    assert "is already up for vote; I added your vote." in reply(by_organiser)


@pytest.mark.parametrize("text", ["What a week!", "@everyone look at this", "10.1000", "📄"])
async def test_the_menu_of_a_message_without_a_paper_says_so(club: Club, text: str) -> None:
    message = await club.bob.send(club.papers, text)
    answer = await club.alice.context_menu(club.papers, MENU, message)
    assert reply(answer).startswith("I can't find a paper in that.")
    club.refused()
    assert await club.queue() == {}


async def test_the_menu_of_a_message_without_text_says_so(club: Club) -> None:
    message = await club.bob.send(club.papers, attachments=[("a.png", b"\x89PNG")])
    answer = await club.alice.context_menu(club.papers, MENU, message)
    assert reply(answer).startswith("That message has no text")
    club.refused()


@pytest.mark.parametrize(
    "link",
    [" ", "\u200b", "@everyone", "@here @everyone", "<@&1>", "<@5>", "???", "-", "arxiv:"],
)
async def test_what_names_no_paper_gets_a_sentence(club: Club, resolver, link: str) -> None:
    answer = await club.alice.slash(club.papers, "paper nominate", link=link)
    assert reply(answer) == (
        "I can't find a paper in that. Please give a link, an arXiv id, a DOI or a title."
    )
    club.refused()
    assert not resolver.asked
    assert await club.queue() == {}
    assert not club.cards()


async def test_before_the_set_up_members_are_told_what_is_missing(newcomers: Club) -> None:
    club = newcomers
    message = await club.bob.send(club.papers, "https://arxiv.org/abs/1706.03762")
    for answer in (
        await club.alice.slash(club.papers, "paper nominate", link="arXiv:1706.03762"),
        await club.alice.context_menu(club.papers, MENU, message),
    ):
        assert reply(answer).startswith("Paperclub isn't set up here yet.")
        club.refused()
    assert not any("Nominated by" in text_of(card) for card in club.cards())


# --- the form ---------------------------------------------------------------------------------


async def unknown_paper(club: Club, resolver, link: str, why: str | None = None):
    """Nominate what nobody knows; returns the answer, which offers the form or has the preview."""
    resolver.default = UNKNOWN
    options = {"link": link} | ({"why": why} if why else {})
    answer = await club.alice.slash(club.papers, "paper nominate", **options)
    assert "Nobody knows a paper of that title." in reply(answer)
    return answer


async def open_form(member, answer):
    """Press what opens the form: *Fix* below a preview, where there is a title to preview."""
    offered = buttons_of(message_of(answer))
    return await member.click(message_of(answer), label="Fix" if "Fix" in offered else "Type it in")


async def post(member, previewed):
    """Post what the preview shows."""
    assert list(buttons_of(message_of(previewed)))[:3] == ["Post", "Fix", "Cancel"]
    return await member.click(message_of(previewed), label="Post")


def shown_now(answer) -> str:
    """What the answer's message shows after it was edited."""
    return text_of(message_of(answer))


async def test_a_paper_that_nobody_knows_is_typed_in(club: Club, resolver) -> None:
    answer = await unknown_paper(club, resolver, "A Preprint in a Drawer", "it is *good*")
    assert await club.queue() == {}
    form = await open_form(club.alice, answer)
    fields = fields_of(form)
    assert fields["Title"]["value"] == "A Preprint in a Drawer"
    assert fields["Why this paper?"]["value"] == "it is *good*"
    sent = await fill_in(club.alice, form, Authors="Ada Lovelace, , Alan Turing")
    assert await club.queue() == {}
    assert "Ada Lovelace, Alan Turing" in reply(sent)
    await post(club.alice, sent)
    assert "A Preprint in a Drawer is up for vote." in shown_now(sent)
    card = club.card("Drawer")
    assert "Ada Lovelace, Alan Turing" in text_of(card)
    assert r"it is \*good\*" in text_of(card)


async def test_an_organiser_types_a_paper_in(club: Club, resolver) -> None:
    resolver.default = UNKNOWN
    answer = await club.olga.slash(club.papers, "paper nominate", link="A Preprint in a Drawer")
    form = await open_form(club.olga, answer)
    sent = await fill_in(club.olga, form)
    await post(club.olga, sent)
    assert "is up for vote" in shown_now(sent)


@pytest.mark.parametrize(
    ("link", "title", "address"),
    [
        ("A title " + "of many words " * 16, ("A title " + "of many words " * 16).strip(), ""),
        ("https://example.org/" + "long/" * 40, "", "https://example.org/" + "long/" * 40),
        ("https://example.org/" + "long/" * 120, "", ""),
    ],
)
async def test_the_form_holds_all_that_was_typed(
    club: Club, resolver, link: str, title: str, address: str
) -> None:
    answer = await unknown_paper(club, resolver, link)
    form = await open_form(club.alice, answer)
    assert fields_of(form)["Title"].get("value", "") == title
    assert fields_of(form)["Link"].get("value", "") == address


async def test_a_title_of_300_characters_is_shortened_in_the_form(club: Club, resolver) -> None:
    answer = await unknown_paper(club, resolver, "word " * 60)
    form = await open_form(club.alice, answer)
    title = fields_of(form)["Title"]
    assert title["max_length"] == LONGEST_TITLE
    assert title["value"].startswith("word word")
    assert len(title["value"]) <= LONGEST_TITLE
    await post(club.alice, await fill_in(club.alice, form))
    assert len(club.cards()) == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"Title": "   "}, "The title is missing."),
        ({"Title": "***"}, "The title is missing."),
        ({"Title": "\u200b\u202e"}, "The title is missing."),
        ({"Link": "drawer 5"}, "I can't read that link."),
        ({"Link": "javascript:alert(1)"}, "I can't read that link."),
    ],
)
async def test_a_form_that_cannot_be_taken_is_offered_back(
    club: Club, resolver, typed: dict[str, str], sentence: str
) -> None:
    answer = await unknown_paper(club, resolver, "A Preprint in a Drawer")
    form = await open_form(club.alice, answer)
    values = {"Title": "Drawer", "Authors": "Ada", "Why this paper?": "why not"} | typed
    refused = await fill_in(club.alice, form, **values)
    assert sentence in reply(refused)
    club.refused()
    assert await club.queue() == {}
    again = await club.alice.click(message_of(refused), label="Edit and send again")
    fields = fields_of(again)
    assert {label: fields[label].get("value") for label in values} == values
    mended = {"Title": "Drawer", "Link": ""}
    sent = await fill_in(club.alice, again, **mended)
    await post(club.alice, sent)
    assert "is up for vote" in shown_now(sent)


async def test_the_form_of_a_known_paper_is_a_vote_for_it(club: Club, resolver) -> None:
    await club.nominate(club.bob, "arXiv:1706.03762")
    answer = await unknown_paper(club, resolver, "Attention")
    form = await open_form(club.alice, answer)
    sent = await fill_in(club.alice, form, Link="https://arxiv.org/abs/1706.03762")
    assert "is already up for vote; I added your vote." in reply(sent)
    assert await club.queue() == {ATTENTION: 2}


async def test_what_no_source_knows_is_shown_before_it_is_posted(
    club: Club, resolver, start
) -> None:
    answer = await unknown_paper(club, resolver, "A *Preprint* in a Drawer", "it is good")
    assert list(buttons_of(message_of(answer))) == ["Post", "Fix", "Cancel"]
    assert "### A \\*Preprint\\* in a Drawer" in reply(answer)
    assert "it is good" in reply(answer)
    assert (await club.queue(), club.cards()) == ({}, [])

    await post(club.alice, answer)
    assert "is up for vote." in shown_now(answer)
    assert await club.queue() == {"A *Preprint* in a Drawer": 1}
    assert len(club.cards()) == 1


async def test_a_draft_that_is_cancelled_or_forgotten_posts_nothing(
    club: Club, resolver, start
) -> None:
    answer = await unknown_paper(club, resolver, "A Preprint in a Drawer")
    button = buttons_of(message_of(answer))["Post"]
    await club.alice.click(message_of(answer), label="Cancel")
    assert "Nothing was posted." in shown_now(answer)
    assert "expired" in await club.press(club.alice, button)

    answer = await unknown_paper(club, resolver, "Another Preprint")
    button = buttons_of(message_of(answer))["Post"]
    assert "expired" in await club.press(club.bob, button), "only its nominator has it"
    await club.restart(start())
    assert "Nominate the paper again" in await club.press(club.alice, button)
    assert await club.queue() == {}


async def test_a_page_that_is_no_paper_by_its_own_experience_is_confirmed(
    club: Club, resolver
) -> None:
    page = "https://example.org/post"
    resolver.answers[Reference(Kind.PAGE, page)] = PaperRecord(
        title="Thoughts on Attention", year=2024, url=page, certain=False
    )
    answer = await club.alice.slash(club.papers, "paper nominate", link=page)
    assert "Thoughts on Attention" in reply(answer)
    assert await club.queue() == {}
    await post(club.alice, answer)
    assert await club.queue() == {"Thoughts on Attention": 1}
    assert "2024" in text_of(club.cards()[0])
    again = await club.bob.slash(club.papers, "paper nominate", link=page)
    assert "is already up for vote" in reply(again)
