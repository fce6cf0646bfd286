"""A blog of internship experiences that only the demo can read; the others are out of its reach."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from xml.etree import ElementTree

from bot.core.errors import UserError
from bot.demo.portraits import landscape
from bot.demo.stories import STORIES, Story
from bot.demo.timekeeper import DemoClock
from bot.experiences.sources.fetching import Asked, Failed, FetchResult, Found, Read, Unchanged
from bot.experiences.sources.reading import read

HOST = "summers.example"
SITE = f"https://{HOST}/"
FEED = f"{SITE}feed.xml"
TITLE = "Summers Elsewhere"
_ATOM = "http://www.w3.org/2005/Atom"
_OUT_OF_REACH = f"This demo has no way to other blogs. It has one of its own: {SITE}"
_PALETTES = (
    ("#fde68a", "#7dd3fc", "#0f766e"),
    ("#fdba74", "#f472b6", "#4c1d95"),
    ("#e0f2fe", "#fbbf24", "#9a3412"),
)


class DemoBlog:
    """A `FeedSource` whose one feed has, at each moment, what is published by then."""

    def __init__(self, clock: DemoClock) -> None:
        self._clock = clock
        self._begin = self._asked_at = clock.now()

    async def find(self, address: str) -> Found:
        host = address.strip().removeprefix("https://").removeprefix("http://").split("/")[0]
        answer = await self.ask(Asked(FEED)) if host == HOST else None
        if isinstance(answer, Read):
            return Found(FEED, answer)
        raise UserError(_OUT_OF_REACH)

    async def ask(self, asked: Asked) -> FetchResult:
        if asked.url != FEED:
            return Failed(_OUT_OF_REACH)
        self._asked_at = self._clock.now()
        published = [story for story in STORIES if self._published_at(story) <= self._asked_at]
        name = str(len(published))
        if asked.body_hash == name:
            return Unchanged()
        document = read(self._atom(published), url=FEED, charset=None, now=self._asked_at)
        return Read(document, etag=None, last_modified=None, body_hash=name)

    def next_at(self) -> datetime | None:
        """When the next experience comes out that nobody has asked for yet; None after the last."""
        dates = map(self._published_at, STORIES)
        return next((date for date in dates if date > self._asked_at), None)

    def _published_at(self, story: Story) -> datetime:
        return self._begin + story.after

    def _atom(self, stories: list[Story]) -> bytes:
        feed = ElementTree.Element("feed", xmlns=_ATOM)
        _add(feed, "title", TITLE)
        ElementTree.SubElement(feed, "link", href=SITE)
        for story in reversed(stories):
            self._add_entry(feed, story)
        written: bytes = ElementTree.tostring(feed, "utf-8")
        return written

    def _add_entry(self, feed: ElementTree.Element, story: Story) -> None:
        year = str((self._begin - timedelta(days=250)).year)
        entry = ElementTree.SubElement(feed, "entry")
        _add(entry, "id", f"{SITE}{story.slug}/")
        ElementTree.SubElement(entry, "link", href=f"{SITE}{story.slug}/")
        _add(entry, "title", story.title)
        _add(ElementTree.SubElement(entry, "author"), "name", story.author)
        _add(entry, "published", self._published_at(story).isoformat())
        for tag in story.tags:
            ElementTree.SubElement(entry, "category", term=tag.replace("{year}", year))
        picture = f'<p><img src="{_picture(story)}" alt="{story.shows}"></p>' if story.shows else ""
        told = "".join(f"<p>{part.replace('{year}', year)}</p>" for part in story.paragraphs)
        _add(entry, "content", picture + told, type="html")


def blog_pictures() -> Mapping[str, tuple[str, bytes]]:
    """The pictures of the experiences: address to file name and content."""
    shown = [story for story in STORIES if story.shows]
    return {
        _picture(story): (f"{story.slug}.png", landscape(*colours))
        for story, colours in zip(shown, _PALETTES, strict=True)
    }


def _picture(story: Story) -> str:
    return f"{SITE}pictures/{story.slug}.png"


def _add(parent: ElementTree.Element, name: str, text: str, **attributes: str) -> None:
    ElementTree.SubElement(parent, name, attributes).text = text
