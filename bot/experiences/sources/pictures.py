"""The picture of an experience: the first that shows something."""

import re
from dataclasses import dataclass
from html import unescape

from bot.core.text import one_line
from bot.experiences.sources.urls import absolute

# Where a page that loads its pictures late keeps the address; a placeholder is in `src` then.
LATE = (
    *("data-src", "data-original", "data-lazy-src", "data-lazy", "data-orig-file", "data-srcset"),
    *("data-actualsrc", "data-full-url", "data-large-file", "data-echo", "data-image", "data-url"),
)
_LONGEST_TEXT = 300
_MOST_LOOKED_AT = 20
_SMALLEST = 48  # pixels; below are icons, trackers and buttons
_IMAGE = re.compile(r"<img\b([^>]*)>")
_ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
_WIDTH = re.compile(r"\s+\d+(?:\.\d+)?[wx](?:,|$)")
_PICTURE_NAME = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:\?|$)", re.IGNORECASE)
_NOT_A_PICTURE = re.compile(
    r"^https?://(?:localhost|127\.|\[|[^/.]+(?:[:/]|$))|emoji|smiley|smilies|avatar|gravatar|badge|shields\.io|travis-ci|codecov|coveralls|"
    r"pixel|1x1|spacer|blank\.(?:gif|png)|placeholder|transparent\.(?:gif|png)|loading\.gif|favicon|sprite|"
    r"feedburner\.com/~|feedsportal|doubleclick|/stat\?|statcounter|google-analytics|"
    r"hits\.seeyoufarm|count\.getloli|wp-content/plugins|(?:latex|codecogs)\b|"
    r"(?:facebook|twitter|linkedin|digg|delicious|reddit|rss)\.(?:gif|png)|"
    r"share[-_](?:button|icon)|\.svg(?:$|[?#])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Picture:
    url: str
    text: str  # what it shows, if the page says so


def first_picture(html: str, base_url: str | None) -> Picture | None:
    """The first picture in clean HTML that is none of a page's machinery."""
    if "<img" not in html:
        return None
    for number, image in enumerate(_IMAGE.finditer(html)):
        if number == _MOST_LOOKED_AT:
            break
        if found := _picture(dict(_ATTRIBUTE.findall(image[1])), base_url):
            return found
    return None


def is_picture(url: str) -> bool:
    """Whether the address does not look like a tracker, an emoji, a face or a badge."""
    return not _NOT_A_PICTURE.search(url)


def is_stated_picture(kind: str | None, medium: str | None, url: str | None) -> bool:
    """Whether a feed's attachment is a picture, by its type or medium, or else by its name."""
    if kind or medium:
        return str(kind or "").startswith("image/") or medium == "image"
    return bool(_PICTURE_NAME.search(str(url or "")))


def _picture(attributes: dict[str, str], base_url: str | None) -> Picture | None:
    if _is_tiny(attributes) or _NOT_A_PICTURE.search(attributes.get("class", "")):
        return None
    for name in (*LATE, "src", "srcset"):
        url = absolute(_first_of(unescape(attributes.get(name, ""))), base_url)
        if url and is_picture(url):
            return Picture(url, one_line(unescape(attributes.get("alt", "")))[:_LONGEST_TEXT])
    return None


def _first_of(addresses: str) -> str:
    """A set of sources names each picture with its width, as in `a.jpg 300w, b.jpg 600w`."""
    return _WIDTH.split(addresses.strip())[0]


def _is_tiny(attributes: dict[str, str]) -> bool:
    sizes = (attributes.get("width", ""), attributes.get("height", ""))
    return any(
        re.fullmatch(r"\d{1,4}(?:px)?", size) and int(size.rstrip("px")) < _SMALLEST
        for size in sizes
    )
