"""One work, however many links point to it: what is joined, what is kept, who is told."""

from bot.papers.library import PaperDetails
from bot.papers.nominations import AlreadyUp, Outcome
from bot.papers.references import Reference, parse
from bot.papers.sources.record import NotFound, PaperRecord
from tests.conftest import UNAVAILABLE
from tests.group import DAY, HOUR, Bot, Group, text_of

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
    assert await group.queue() == {"Attention": 3}
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
    assert await group.queue() == {"On 1706.03762": 2}
    details = await shown(group, 1)
    assert set(details.references) == ids(ARXIV, DOI, ACL)
