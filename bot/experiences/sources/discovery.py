"""Where a page's feeds are: where it says, or else where they usually are."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

from bot.experiences.sources.encodings import decode
from bot.experiences.sources.urls import absolute, published, without_feed_scheme

_READ = 1_000_000  # bytes of a page
_MOST_LINKS = 5_000
_MOST_FEEDS = 20
_MOST_FOLDERS = 2
_ATTRIBUTES = r"(?:[^<>\"']|\"[^\"]{0,2000}\"|'[^']{0,2000}'){0,4000}"
_TAG = re.compile(rf"<(link|base|a)(?=[\s/])({_ATTRIBUTES})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"([a-z-]{1,40})\s{0,20}=\s{0,20}(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>]+))", re.I
)
_TYPES = re.compile(
    r"(?:(?:application|text)/)?(?:x[.-])?(?:rss|atom|rdf)(?:\+xml)?|application/xml\+(?:rss|atom)|"
    r"(?:application|text)/xml|application/(?:feed\+)?json"
)
_RELATIONS = frozenset(("alternate", "feed", "home", "service.feed"))
# An address that looks like a feed's, where the page doesn't say what it leads to.
_FEED_LIKE = re.compile(
    r"/(?:feeds?|rss2?|atom|index|posts)\.(?:xml|rdf|rss|atom|json)|/(?:feed|rss2?|atom)/?$|"
    r"/(?:feeds?|rss2?|atom)\.(?:php|aspx?)$|\.(?:rss|atom|rdf)$",
    re.IGNORECASE,
)
_FEED_QUERY = re.compile(r"feed=(?:rss2?|atom|rdf)", re.IGNORECASE)  # of WordPress
_SCRIPT = re.compile(r"<script\b[\s\S]*?(?:</script|\Z)", re.IGNORECASE)
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
# Where many blogs share a host, a feed lies elsewhere, and the host's other feeds are not theirs.
_SERVICES = (
    (re.compile(r"https?://(?:www\.)?velog\.io/(@[\w.-]+)"), r"https://v2.velog.io/rss/\1"),
    (re.compile(r"https?://medium\.com/(@[\w.-]+)"), r"https://medium.com/feed/\1"),
    (re.compile(r"https?://dev\.to/(\w+)"), r"https://dev.to/feed/\1"),
    (re.compile(r"https?://(qiita\.com|zenn\.dev)/([\w-]+)"), r"https://\1/\2/feed"),
    (re.compile(r"https?://note\.com/(\w+)"), r"https://note.com/\1/rss"),
    (re.compile(r"https?://blog\.csdn\.net/(\w+)"), r"https://blog.csdn.net/\1/rss/list"),
    (re.compile(r"https?://ameblo\.jp/([\w-]+)"), r"http://rssblog.ameba.jp/\1/rss20.xml"),
    (
        re.compile(r"https?://(?:m\.)?blog\.naver\.com/\w+(?:\.\w+)?\?(?:[^#]*&)?blogId=(\w+)"),
        r"https://rss.blog.naver.com/\1.xml",
    ),
    (
        re.compile(r"https?://(?:m\.)?blog\.naver\.com/(\w+)(?=[/?#]|$)"),
        r"https://rss.blog.naver.com/\1.xml",
    ),
)
_SHARED_HOSTS = (
    *("velog.io", "medium.com", "blog.naver.com", "m.blog.naver.com"),
    *("dev.to", "qiita.com", "zenn.dev", "note.com", "blog.csdn.net", "ameblo.jp"),
)


def find_feeds(page: bytes, url: str, charset: str | None) -> list[str]:
    """The addresses of the feeds that the page at `url` names, each once: first those that its head
    states, then links of its own site; those of comments come last."""
    text = _SCRIPT.sub("", _without_comments(decode(page[:_READ], charset).text))
    stated: dict[str, None] = {}
    linked: dict[str, None] = {}
    comments: dict[str, None] = {}
    for tag, link in _links(text, url):
        about_comments = _COMMENTS.search(f"{link['title']} {link['href']}")
        posts = stated if tag == "link" else linked
        (comments if about_comments else posts).setdefault(link["href"])
        if len(stated) == _MOST_FEEDS:
            break
    return list(stated | linked | comments)[:_MOST_FEEDS]


def usual_paths(url: str) -> list[str]:
    """Addresses at which a feed may be, the likeliest first: at a service that many blogs share, or
    in the folders around the page and at the root of the site."""
    for pattern, path in _SERVICES:
        if match := pattern.match(url):
            return [match.expand(path)]
    folders = list(_folders(url))
    if _host(url) in _SHARED_HOSTS:
        return []
    return list(dict.fromkeys(urljoin(folder, name) for name in _USUAL for folder in folders))


def _links(text: str, url: str) -> Iterator[tuple[str, dict[str, str]]]:
    base, host = url, _host(url)
    for count, found in enumerate(_TAG.finditer(text)):
        if count == _MOST_LINKS:
            return
        tag, attributes = found[1].lower(), _attributes(found[2])
        href = absolute(without_feed_scheme(attributes.get("href", "")), base)
        href = href and published(href, url)
        if tag == "base":
            base = href or base
        elif href and (_is_stated(attributes, href) if tag == "link" else _is_own_feed(href, host)):
            yield tag, {"href": href, "title": attributes.get("title", "")}


def _is_stated(attributes: dict[str, str], href: str) -> bool:
    """Whether the head of a page says that this is a feed."""
    kind = attributes.get("type", "").partition(";")[0].strip().lower()
    relation = {*attributes.get("rel", "").lower().split()}
    if _TYPES.fullmatch(kind) and relation & _RELATIONS and "stylesheet" not in relation:
        return kind != "application/json" or not any(part in href for part in _NOT_FEEDS)
    return "feed" in relation or (
        "alternate" in relation and not kind and bool(_FEED_LIKE.search(urlsplit(href).path))
    )


def _is_own_feed(href: str, host: str) -> bool:
    """Whether a link in the body leads to a feed of this site; people link to others' blogs, too,
    and where many share a host, those are there."""
    parts = urlsplit(href)
    own = _host(href) == host and host not in _SHARED_HOSTS
    if not own or parts.query:
        return own and bool(_FEED_QUERY.fullmatch(parts.query))
    return bool(_FEED_LIKE.search(parts.path))


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


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
    """Folders whose feed may be the page's: of those around it, and of the site.

    A page that lies deep is a post, rather, and its own folder comes last. A person's folder on a
    site that many share, `/~ada/` or `/@ada/`, is as good as a site.
    """
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return
    except ValueError:
        return
    names = [name for name in parts.path.split("/") if name]
    if names and "." in names[-1]:
        names.pop()  # a file
    own = next((count for count, name in enumerate(names, 1) if name.startswith(("~", "@"))), 0)
    depths = [*range(len(names), max(own, len(names) - _MOST_FOLDERS), -1), own]
    if len(names) - own > 1:
        depths.append(depths.pop(0))
    for depth in depths:
        yield "/".join((f"{parts.scheme}://{parts.netloc}", *names[:depth], ""))
