"""Addresses as pages and feeds write them: relative, spaced, of no web page at all, or of the
author's own machine, which site generators leave behind when they aren't told where the site will
be.
"""

import re
from urllib.parse import quote, urljoin, urlsplit

_LONGEST = 2_000
_PLAIN = re.compile(  # nothing about it has to be put right
    r"https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::[1-9]\d{0,3})?"
    r"(?:[/?#][^\s\"<>\\^`{|}\x00-\x1f\x7f]*)?"
)
_WHOLE = re.compile(r"https?://", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
_UNSAFE = re.compile(r"[\s\"<>\\^`{|}]")


_FEED_SCHEME = re.compile(r"(?:web\+)?(?:feeds?|itpc|pcast|rss):(?://)?(?=\S)", re.IGNORECASE)
_HOST = re.compile(  # the name of a file has dots, too
    r"(?:[\w-]+\.)+(?!(?:xml|rss|atom|rdf|json|html?|php)$)[^\W\d][\w-]+(?::\d{1,5})?(?:[/?#]\S*)?",
    re.IGNORECASE,
)


def typed(text: str) -> str:
    """An address as people and programs give one: after `feed:`, in brackets, without a scheme.

    What can be no address stays as it is.
    """
    text = text.strip().removeprefix("<").removesuffix(">").strip()
    return _whole(without_feed_scheme(text).removeprefix("//"))


def without_feed_scheme(text: str) -> str:
    """The address behind `feed:`, as programs that read feeds write it."""
    found = _FEED_SCHEME.match(text)
    return _whole(text[found.end() :]) if found else text


def _whole(text: str) -> str:
    return f"https://{text}" if _HOST.fullmatch(text) else text


def absolute(raw: str, base_url: str | None = None) -> str | None:
    """The address, relative to `base_url` unless it is whole; None if it isn't http or https."""
    if _PLAIN.fullmatch(raw) and len(raw) <= _LONGEST:
        return raw
    text = _CONTROLS.sub("", raw).strip()
    if not text or len(text) > _LONGEST:
        return None
    try:
        url = text if _WHOLE.match(text) else urljoin(base_url or "", text)
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    return _UNSAFE.sub(lambda match: quote(match[0]), url) if usable else None


_NAMES = ("localhost", "127.0.0.1", "0.0.0.0", "[::1]")
_LOCAL = re.compile(
    rf"https?://(?:{'|'.join(map(re.escape, _NAMES))})(?::\d{{1,5}})?(?![\w.:@-])", re.IGNORECASE
)


def is_local(url: str) -> bool:
    """Whether it is on the machine of whoever reads it."""
    return bool(_LOCAL.match(url))


def published(text: str, home: str) -> str:
    """An address, or a text with some in it: the local ones lead to the site of `home`.

    If that site is on this machine itself, they are meant as they are.
    """
    lower = text.lower()  # to look for the names first is quicker than the pattern
    if not any(name in lower for name in _NAMES) or is_local(home):
        return text
    site = urlsplit(home)
    return _LOCAL.sub(f"{site.scheme}://{site.netloc}", text) if site.netloc else text
