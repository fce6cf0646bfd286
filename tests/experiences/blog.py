"""Blogs that tests write."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random
from xml.sax.saxutils import escape

WORDS = ("robot", "lab", "summer", "paper", "advisor", "code", "meeting", "model", "visa", "rent")
FIRST_DAY = datetime(2025, 12, 1, 9, tzinfo=UTC)


@dataclass(frozen=True)
class BlogPost:
    """An entry of a blog. What is None is not in the document."""

    title: str
    text: str
    link: str | None
    guid: str | None
    published: datetime | None
    tags: tuple[str, ...] = ()
    author: str = "Ada Lovelace"


def blog_post(number: int, **changes: object) -> BlogPost:
    """The `number`th experience of a blog, published on that day; each has a text of its own."""
    chance = Random(number)
    text = " ".join(chance.choice(WORDS) + str(chance.randrange(9)) for _ in range(60))
    made = BlogPost(
        title=f"My internship, part {number}",
        text=f"On day {number} we began. {text}.",
        link=f"https://blog.example.org/posts/{number}/",
        guid=f"tag:blog.example.org,2025:{number}",
        published=FIRST_DAY + timedelta(days=number),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def rss(blog_posts: Sequence[BlogPost], title: str = "A blog") -> bytes:
    """The blog's feed, in the order given."""
    items = "".join(_item(one) for one in blog_posts)
    head = f"<title>{escape(title)}</title><link>https://blog.example.org/</link>"
    return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def _item(one: BlogPost) -> str:
    given = {
        "title": one.title,
        "link": one.link,
        "guid": one.guid,
        "author": one.author,
        "pubDate": format_datetime(one.published) if one.published else None,
        "description": f"<p>{escape(one.text)}</p>",
    }
    parts = [f"<{name}>{escape(value)}</{name}>" for name, value in given.items() if value]
    tags = [f"<category>{escape(tag)}</category>" for tag in one.tags]
    return f"<item>{''.join([*parts, *tags])}</item>"
