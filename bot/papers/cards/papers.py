"""How a paper stands in posts and replies."""

from bot.core.post import (
    LinkButton,
    channel,
    moment,
)
from bot.core.text import cut, excerpt, harmless, link, one_line, plural, safe_address, shown
from bot.papers.model import PaperState
from bot.papers.views import Discussed, PaperView

TITLE = 250  # characters of a title in a post; titles of real papers stay below
ABSTRACT = 600
NAME = 80
VENUE = 100
AUTHORS_SHOWN = 3


def paper_link(paper: PaperView, longest: int = TITLE) -> str:
    return link(paper.title, paper.url, longest)


def authors(paper: PaperView) -> str:
    """Up to three authors, then how many others there are."""
    names = ", ".join(shown(name, NAME) for name in paper.authors[:AUTHORS_SHOWN])
    others = len(paper.authors) - AUTHORS_SHOWN
    return f"{names} and {plural(others, 'other')}" if others > 0 else names


def byline(paper: PaperView) -> str:
    """Authors, venue and year, as far as they are known."""
    venue = shown(paper.venue or "", VENUE)
    year = str(paper.year) if paper.year else ""
    published = venue if year and year in venue else f"{venue} {year}".strip()
    if paper.state is PaperState.WAITING:
        published = "Looking up title and authors…"
    return " · ".join(part for part in (authors(paper), published) if part)


def links(paper: PaperView) -> tuple[LinkButton, ...]:
    pages = ((paper.url, "Paper"), (paper.pdf_url, "PDF"))
    return tuple(
        LinkButton(address, label) for url, label in pages if (address := safe_address(url))
    )


def abstract(paper: PaperView) -> str:
    """The beginning of the abstract, as a quotation."""
    text = shown(paper.abstract or "", ABSTRACT, excerpt)
    return f"> {text}" if text else ""


def discussed_on(discussed: Discussed) -> str:
    """When the group has discussed a paper, and where."""
    thread = f" → {channel(discussed.thread_ref)}" if discussed.thread_ref else "."
    return f"Discussed on {moment(discussed.met_at, 'D')}{thread}"


def named(text: str, longest: int) -> str:
    """Text from people as the name of a thread or an event, where Discord formats nothing."""
    return cut(harmless(one_line(text)), longest)
