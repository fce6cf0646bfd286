"""Where a page's feeds are: where it says, or else where they usually are."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

from bot.experiences.sources.addresses import absolute
from bot.experiences.sources.encodings import decode

_READ = 1_000_000  # bytes of a page
_MOST_LINKS = 5_000
_MOST_FEEDS = 20
_MOST_FOLDERS = 2
_ATTRIBUTES = r"(?:[^<>\"']|\"[^\"]{0,2000}\"|'[^']{0,2000}'){0,4000}"
_TAG = re.compile(rf"<(link|base)(?=[\s/])({_ATTRIBUTES})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"([a-z-]{1,40})\s{0,20}=\s{0,20}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))", re.I
)
_TYPES = frozenset(f"application/{kind}" for kind in ("rss+xml", "atom+xml", "feed+json", "json"))
_NOT_FEEDS = ("/wp-json/", "/oembed")  # other JSON that sites name as an alternate
_COMMENTS = re.compile(r"comment|댓글|コメント|评论|評論|kommentar", re.IGNORECASE)
_USUAL = (
    "feed.xml",
    "atom.xml",
    "rss.xml",
    "index.xml",
    "feed/",
    "rss",
    "feed.json",
    "feed.rss",
    "feeds/posts/default",
)
_SERVICES = (  # where many blogs share a host, and a feed lies elsewhere
    (re.compile(r"https?://(?:www\.)?velog\.io/(@[\w.-]+)"), r"https://v2.velog.io/rss/\1"),
    (re.compile(r"https?://medium\.com/(@?[\w.-]+)"), r"https://medium.com/feed/\1"),
    (re.compile(r"https?://(?:m\.)?blog\.naver\.com/(\w+)"), r"https://rss.blog.naver.com/\1.xml"),
)


def find_feeds(page: bytes, url: str, charset: str | None) -> list[str]:
    """The addresses of the feeds that the page at `url` names, in its order, each once; those of
    comments come last."""
    text = _without_comments(decode(page[:_READ], charset).text)
    posts: dict[str, None] = {}
    comments: dict[str, None] = {}
    for link in _alternates(text, url):
        about_comments = _COMMENTS.search(f"{link['title']} {link['href']}")
        (comments if about_comments else posts).setdefault(link["href"])
        if len(posts) == _MOST_FEEDS:
            break
    return list(posts | comments)[:_MOST_FEEDS]


def usual_paths(url: str) -> list[str]:
    """Addresses at which a feed may be: of the page's own folder, of those above, of the site."""
    found = [
        pattern.sub(path, match.group())
        for pattern, path in _SERVICES
        if (match := pattern.match(url))
    ]
    for folder in _folders(url):
        found += [urljoin(folder, name) for name in _USUAL]
    return list(dict.fromkeys(found))


def _alternates(text: str, url: str) -> Iterator[dict[str, str]]:
    base = url
    for count, tag in enumerate(_TAG.finditer(text)):
        if count == _MOST_LINKS:
            return
        attributes = _attributes(tag[2])
        href = absolute(attributes.get("href", ""), base)
        if tag[1].lower() == "base":
            base = href or base
        elif href and _is_feed(attributes, href):
            yield {"href": href, "title": attributes.get("title", "")}


def _is_feed(attributes: dict[str, str], href: str) -> bool:
    kind = attributes.get("type", "").partition(";")[0].strip().lower()
    relation = attributes.get("rel", "").lower().split()
    if kind not in _TYPES or not {"alternate", "feed"} & {*relation}:
        return False
    return kind != "application/json" or not any(part in href for part in _NOT_FEEDS)


def _attributes(text: str) -> dict[str, str]:
    """The first of each name counts."""
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(text):
        found.setdefault(name.lower(), unescape("".join(values)))
    return found


def _without_comments(text: str) -> str:
    pieces, start = [], 0
    while (opening := text.find("<!--", start)) >= 0:
        pieces.append(text[start:opening])
        closing = text.find("-->", opening + 4)
        start = closing + 3 if closing >= 0 else len(text)
    return "".join([*pieces, text[start:]])


def _folders(url: str) -> Iterator[str]:
    """The page as a folder, what it lies in, and the root; the nearest first."""
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return
    except ValueError:
        return
    names = [name for name in parts.path.split("/") if name]
    if names and "." in names[-1]:
        names.pop()  # a file
    for count in range(len(names), max(0, len(names) - _MOST_FOLDERS), -1):
        yield f"{parts.scheme}://{parts.netloc}/{'/'.join(names[:count])}/"
    yield f"{parts.scheme}://{parts.netloc}/"
