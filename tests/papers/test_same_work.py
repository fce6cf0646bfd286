"""One work, however many links point to it: what is joined, what is kept, who is told."""

from bot.papers.library import PaperDetails
from bot.papers.model import PaperState
from bot.papers.outcomes import (
    AlreadyDiscussed,
    AlreadyUp,
    Nominated,
    Outcome,
)
from bot.papers.references.text import Reference, parse
from bot.papers.replies.nominations import outcome_sentence
from bot.papers.sources.record import NotFound, PaperRecord
from tests.conftest import UNAVAILABLE
from tests.group import DAY, HOUR, MINUTE, Bot, Group, text_of

ARXIV, DOI, ACL = "arXiv:1706.03762", "10.1000/182", "https://aclanthology.org/P19-1001/"
NOBODY = NotFound("arXiv has no such paper.")


def ids(*links: str) -> frozenset[Reference]:
    return frozenset(reference for link in links for reference in parse(link))


def attention(*links: str) -> PaperRecord:
    """What a source says of a paper that has these ids."""
    return PaperRecord(
        title="Attention",
        authors=("Ada Lovelace",),
        year=2017,
        venue="Journal of Tests",
        abstract="We attend.",
        url="https://example.org/attention",
        references=ids(*links),
    )


def stated(bot: Bot, link: str, *links: str) -> None:
    """From now on the record of `link` states these ids as well."""
    bot.resolver.answers |= dict.fromkeys(ids(link), attention(link, *links))


async def typed(
    group: Group, title: str, who: str = "alice", *, authors: str = "", link: str = ""
) -> Outcome:
    nominations = group.app.nominations
    return await nominations.nominate_typed(
        group.member(who), title=title, authors=authors, link=link
    )


async def found(group: Group, words: str) -> list[str]:
    return [paper.title for paper in await group.app.library.search(group.organiser, words)]


async def shown(group: Group, paper_id: int) -> PaperDetails:
    return await group.app.library.show(group.organiser, paper_id)


async def discussed(group: Group, link: str) -> int:
    """The group reads this and talks about it; returns the paper's id."""
    paper_id = (await group.nominate(link)).paper.id
    await group.pick(paper_id)
    await group.bot.run_until(group.bot.clock.instant + 8 * DAY)
    (last,) = await group.app.library.history(group.organiser)
    assert last.paper.id == paper_id
    return paper_id


async def in_outage(group: Group, link: str, who: str = "alice") -> int:
    """Nominated while no source answers; returns the nomination's id."""
    group.bot.resolver.default = UNAVAILABLE
    nomination = await group.nominate(link, who)
    group.bot.resolver.default = None
    return nomination.id


# A record that states the ids of several papers


async def test_a_link_joins_two_that_were_known_apart(bot: Bot, group: Group) -> None:
    await group.nominate(ARXIV, "alice", "dan")
    await group.nominate(DOI, "bob", "dan", "erin")
    stated(bot, ACL, ARXIV, DOI)
    outcome = await group.app.nominations.nominate(group.member("carol"), ACL)
    assert isinstance(outcome, AlreadyUp)
    assert outcome.voted
    assert await group.queue() == {"Attention": 5}
    details = await shown(group, outcome.nomination.paper.id)
    assert set(details.references) == ids(ARXIV, DOI, ACL)
    await group.app.tick()
    assert "Merged" in text_of(group.titled("[On 10.1000/182]")[0].post)


async def test_what_was_waiting_joins_two_that_were_known_apart(bot: Bot, group: Group) -> None:
    await group.nominate(ARXIV, "alice", "dan")
    await group.nominate(DOI, "bob", "erin")
    await in_outage(group, ACL, "carol")
    stated(bot, ACL, ARXIV, DOI)
    await bot.run_until(bot.clock.instant + HOUR)
    assert await group.queue() == {"On 1706.03762": 5}
    details = await shown(group, 1)
    assert set(details.references) == ids(ARXIV, DOI, ACL)


# What is kept of two


async def test_joining_keeps_what_a_source_says(bot: Bot, group: Group) -> None:
    first = await typed(group, "Attention")
    stated(bot, ARXIV)
    second = await group.app.nominations.nominate(group.member("bob"), ARXIV)
    assert isinstance(first, Nominated)
    assert isinstance(second, Nominated)
    await group.app.queue.merge(group.member("bob"), second.nomination.id, first.nomination.id)
    paper = (await shown(group, first.nomination.paper.id)).paper
    assert paper.state is PaperState.COMPLETE
    assert (paper.authors, paper.year) == (("Ada Lovelace",), 2017)
    assert (paper.venue, paper.abstract) == ("Journal of Tests", "We attend.")
    assert paper.url == "https://example.org/attention"
    assert await found(group, "1706.03762 lovelace") == ["Attention"]
    await group.app.tick()
    card, merged = group.titled("[Attention](https://example.org/attention)")
    assert "Ada Lovelace · Journal of Tests 2017" in text_of(card.post)
    assert "Merged" in text_of(merged.post)


async def test_a_paper_is_found_by_the_id_of_the_one_that_was_joined_to_it(group: Group) -> None:
    first, second = await group.nominate(ARXIV), await group.nominate(DOI)
    await group.app.queue.merge(group.member(), second.id, first.id)
    assert await found(group, "10.1000/182") == ["On 1706.03762"]


async def test_joining_goes_on_waiting_for_the_source(bot: Bot, group: Group) -> None:
    first = await typed(group, "Attention")
    assert isinstance(first, Nominated)
    second = await in_outage(group, ARXIV)
    await group.app.queue.merge(group.member(), second, first.nomination.id)
    assert await group.queue() == {"Attention": 1}
    stated(bot, ARXIV)
    await bot.run_until(bot.clock.instant + HOUR)
    paper = (await shown(group, first.nomination.paper.id)).paper
    assert paper.abstract == "We attend."


async def test_what_was_waiting_completes_the_paper_that_it_is(bot: Bot, group: Group) -> None:
    await typed(group, "Attention, as I remember", link=DOI)
    await in_outage(group, ARXIV, "bob")
    stated(bot, ARXIV, DOI)
    await bot.run_until(bot.clock.instant + HOUR)
    assert await group.queue() == {"Attention": 2}
    paper = (await shown(group, 1)).paper
    assert (paper.state, paper.abstract) == (PaperState.COMPLETE, "We attend.")


# What no source knows after all


async def test_the_nominator_is_told_once_that_there_is_no_such_paper(
    bot: Bot, group: Group
) -> None:
    await in_outage(group, ARXIV)
    bot.resolver.answers |= dict.fromkeys(ids(ARXIV), NOBODY)
    await bot.run_until(bot.clock.instant + HOUR)
    (told,) = group.titled("No such paper")
    assert told.post.ping_members == ("alice",)
    assert "arXiv has no such paper." in told.post.text
    assert "`/paper withdraw`" in told.post.text
    await bot.sleep_until(bot.clock.instant + HOUR)
    assert len(group.titled("No such paper")) == 1


async def test_where_it_is_picked_already_organisers_are_named(bot: Bot, group: Group) -> None:
    await in_outage(group, ARXIV)
    bot.resolver.answers |= dict.fromkeys(ids(ARXIV), NOBODY)
    await group.pick()
    await bot.run_until(bot.clock.instant + 30 * MINUTE)
    (told,) = group.titled("No such paper")
    assert "`/schedule change`" in told.post.text


async def test_nobody_is_told_of_what_was_withdrawn(bot: Bot, group: Group) -> None:
    nomination_id = await in_outage(group, ARXIV)
    await group.app.queue.withdraw(group.member(), nomination_id)
    bot.resolver.answers |= dict.fromkeys(ids(ARXIV), NOBODY)
    await bot.run_until(bot.clock.instant + HOUR)
    assert group.titled("No such paper") == []


# What a member types of a paper that is known


async def test_a_bare_id_takes_the_typed_title_and_authors(bot: Bot, group: Group) -> None:
    await in_outage(group, ARXIV)
    outcome = await typed(group, "Attention", "bob", authors="Ada Lovelace", link=ARXIV)
    assert isinstance(outcome, AlreadyUp)
    assert outcome.nomination.paper.authors == ("Ada Lovelace",)
    assert await group.queue() == {"Attention": 2}
    assert await found(group, "attention lovelace") == ["Attention"]
    await group.app.tick()
    assert len(group.titled("[Attention]")) == 1


async def test_what_no_source_knows_is_withdrawn_and_typed_in(bot: Bot, group: Group) -> None:
    nomination_id = await in_outage(group, ARXIV)
    bot.resolver.answers |= dict.fromkeys(ids(ARXIV), NOBODY)
    await bot.run_until(bot.clock.instant + HOUR)
    await group.app.queue.withdraw(group.member(), nomination_id)
    await typed(group, "Attention", link=ARXIV)
    assert await group.queue() == {"Attention": 1}


async def test_what_was_withdrawn_takes_what_is_typed_next(group: Group) -> None:
    first = await typed(group, "Atention", link=DOI)
    assert isinstance(first, Nominated)
    await group.app.queue.withdraw(group.member(), first.nomination.id)
    await typed(group, "Attention", link=DOI)
    assert await group.queue() == {"Attention": 1}


async def test_what_is_up_keeps_the_title_that_its_nominator_typed(group: Group) -> None:
    await typed(group, "Attention", authors="Ada Lovelace", link=DOI)
    await typed(group, "Something rude", "bob", authors="Nobody", link=DOI)
    assert await group.queue() == {"Attention": 2}
    assert await found(group, "ada lovelace") == ["Attention"]


async def test_what_a_source_says_is_not_typed_over(group: Group) -> None:
    await group.nominate(DOI)
    await typed(group, "Something else", "bob", link=DOI)
    assert await group.queue() == {"On 10.1000/182": 2}


async def test_an_equal_title_under_another_link_is_asked_about(group: Group) -> None:
    first = await typed(group, "Attention")
    second = await typed(group, "Attention", "bob", link=DOI)
    third = await typed(group, "Attention", "carol", link=ARXIV)
    assert isinstance(first, Nominated)
    for outcome in (second, third):
        assert isinstance(outcome, Nominated)
        assert outcome.similar is not None
        assert outcome.similar.id == first.nomination.id
    assert len(await group.app.queue.nominations(group.organiser)) == 3


async def test_an_equal_title_without_a_link_is_the_same_paper(group: Group) -> None:
    await typed(group, "Attention")
    assert isinstance(await typed(group, "Attention", "bob"), AlreadyUp)


async def test_a_link_counts_where_the_title_is_that_of_another(group: Group) -> None:
    await typed(group, "Attention")
    await group.nominate(DOI)
    outcome = await typed(group, "Attention", "bob", link=DOI)
    assert isinstance(outcome, AlreadyUp)
    assert outcome.nomination.paper.title == "On 10.1000/182"


# What was discussed before


async def test_what_turns_out_to_be_discussed_is_taken_down(bot: Bot, group: Group) -> None:
    paper_id = await discussed(group, DOI)
    nomination_id = await in_outage(group, ARXIV, "bob")
    await group.vote(nomination_id, "carol")
    stated(bot, ARXIV, DOI)
    await bot.run_until(bot.clock.instant + HOUR)
    assert await group.queue() == {}
    (told,) = group.titled("Already discussed")
    (thread,) = bot.world.threads
    assert told.post.ping_members == ("bob",)
    assert f"<#{thread}>" in told.post.text
    cards = [text_of(message.post) for message in group.posts()]
    assert any("Nominated by <@bob>" in card and "Merged" in card for card in cards)
    assert (await shown(group, paper_id)).nomination is None
    await bot.sleep_until(bot.clock.instant + HOUR)
    assert len(group.titled("Already discussed")) == 1


async def test_a_link_that_joins_it_to_a_discussed_one_takes_it_down(
    bot: Bot, group: Group
) -> None:
    await discussed(group, DOI)
    await group.nominate(ARXIV, "bob")
    stated(bot, ACL, ARXIV, DOI)
    outcome = await group.app.nominations.nominate(group.member("carol"), ACL)
    assert isinstance(outcome, AlreadyDiscussed)
    assert await group.queue() == {}
    await group.app.tick()
    (told,) = group.titled("Already discussed")
    assert told.post.ping_members == ("bob",)


async def test_a_twin_that_was_discussed_is_named(bot: Bot, group: Group) -> None:
    stated(bot, DOI)
    paper_id = await discussed(group, DOI)
    stated(bot, ARXIV)
    outcome = await group.app.nominations.nominate(group.member("bob"), ARXIV)
    assert isinstance(outcome, Nominated)
    assert outcome.similar is None
    assert outcome.before is not None
    assert outcome.before.paper.id == paper_id
    (thread,) = bot.world.threads
    assert f"Discussed on <t:1767715200:D> → <#{thread}>" in outcome_sentence(outcome)


async def test_a_twin_that_is_up_is_asked_about_before_others(bot: Bot, group: Group) -> None:
    stated(bot, DOI)
    await discussed(group, DOI)
    withdrawn = await typed(group, "Attention")
    assert isinstance(withdrawn, Nominated)
    await group.app.queue.withdraw(group.member(), withdrawn.nomination.id)
    up = await typed(group, "Attention", "bob", link=ACL)
    outcome = await typed(group, "Attention", "carol", link=ARXIV)
    assert isinstance(up, Nominated)
    assert isinstance(outcome, Nominated)
    assert outcome.similar is not None
    assert outcome.similar.id == up.nomination.id
    assert outcome.before is None
