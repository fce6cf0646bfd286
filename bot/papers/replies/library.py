"""How the queue, the history, a search and a paper read."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.core.paging import page_of
from bot.core.post import Button, Menu, Post, Style, moment
from bot.core.text import one_line, plural, shown
from bot.papers.cards.nominations import nominated_by, vote_button
from bot.papers.cards.papers import (
    abstract,
    byline,
    discussed_on,
    links,
    paper_link,
)
from bot.papers.keys import HISTORY, QUEUE, QUEUE_VOTE, SEARCH, SHOW_PAPER
from bot.papers.library import PaperDetails
from bot.papers.views import Discussed, NominationView, PaperView

# In place of choices
NONE_YET = "Nothing has been nominated yet. Nominate a paper with /paper nominate."
NONE_FITS = "No paper here has these words."

ROW_TITLE = 120
REFERENCE = 120


def paper_card(details: PaperDetails) -> Post:
    """All that is known of a paper, and what the group has made of it."""
    paper, nomination = details.paper, details.nomination
    known_as = ", ".join(shown(str(ref), REFERENCE) for ref in details.references[:5])
    lines = [abstract(paper)]
    if nomination is not None:
        lines.append(f"**{plural(nomination.votes, 'vote')}** · {nominated_by(nomination)}")
    if details.discussed is not None:
        lines.append(discussed_on(details.discussed))
    up = nomination is not None and nomination.state == "open"
    return Post(
        title=paper_link(paper),
        text=byline(paper),
        details=tuple(line for line in lines if line),
        footnote=known_as,
        buttons=(*((vote_button(nomination.id),) if nomination and up else ()), *links(paper)),
    )


def queue_page(nominations: Sequence[NominationView], voted: Collection[int], number: int) -> Post:
    """A page of what is up for vote, with a vote button for each of its rows."""
    rows = [queue_row(n, one, voted=one.id in voted) for n, one in enumerate(nominations, 1)]
    empty = "Nothing is up for vote yet. Nominate a paper with `/paper nominate`."
    page = page_of("Up for vote", rows, number, QUEUE, empty=empty)
    buttons = tuple(
        Button(
            QUEUE_VOTE,
            f"{number}.{one.id}",
            f"✓ {n}" if one.id in voted else f"Upvote {n}",
            Style.SUCCESS if one.id in voted else Style.SECONDARY,
        )
        for n, (one, row) in enumerate(zip(nominations, rows, strict=True), 1)
        if row in page.details
    )
    return replace(page, buttons=(*buttons, *page.buttons))


def queue_row(number: int, nomination: NominationView, *, voted: bool) -> str:
    mark = " ✓" if voted else ""
    votes = f"**{plural(nomination.votes, 'vote')}**{mark}"
    return f"{number} · {votes} · {paper_row(nomination.paper)}"


def history_page(discussed: Sequence[Discussed], number: int) -> Post:
    rows = [history_row(one) for one in discussed]
    empty = "Nothing has been discussed yet. `/schedule show` lists the next meetings."
    return page_of("Discussed so far", rows, number, HISTORY, empty=empty)


def search_page(papers: Sequence[PaperView], text: str, number: int) -> Post:
    """A page of what was found, with a menu that opens one of its rows."""
    rows = [paper_row(paper) for paper in papers]
    empty = "No paper here has all of these words. Nominate one with `/paper nominate`."
    page = page_of("Papers found", rows, number, SEARCH, empty=empty, argument=one_line(text))
    on_page = {
        str(paper.id): one_line(paper.title)
        for row, paper in zip(rows, papers, strict=True)
        if row in page.details
    }
    return replace(page, menu=Menu(SHOW_PAPER, "Show one of these papers", tuple(on_page.items())))


def paper_row(paper: PaperView) -> str:
    line = byline(paper)
    return paper_link(paper, ROW_TITLE) + (f"\n-# {line}" if line else "")


def history_row(discussed: Discussed) -> str:
    thread = f" · <#{discussed.thread_ref}>" if discussed.thread_ref else ""
    return f"{moment(discussed.met_at, 'D')} · {paper_link(discussed.paper, ROW_TITLE)}{thread}"
