"""The body of an experience: from a stranger's HTML to the few kilobytes that are kept of it.

    HTML ─> cut, leftovers out ─> nh3 ─> mojibake mended ─┬─> text: a block a line
                                                          ├─> the first real picture
                                                          └─> blocks ─> without boilerplate: lead

It runs for every entry of every feed that has changed, and so without a tree: nh3 makes the HTML
well-formed, and regular expressions that need linear time can do the rest.
"""

import re
from collections.abc import Iterator
from html import escape, unescape

import nh3

from bot.core.text import plain
from bot.experiences.sources.boilerplate import is_furniture, is_prelude
from bot.experiences.sources.documents import LONGEST_LEAD, LONGEST_TEXT, Content
from bot.experiences.sources.pictures import LATE, first_picture
from bot.experiences.sources.text_repair import repair, without_leftovers
from bot.experiences.sources.urls import absolute

__all__ = ["clean", "repair"]

_LONGEST_SOURCE = 200_000  # characters of HTML that are looked at
_MANY_TAGS = 2_000  # from here on nesting is measured: browsers' rules take quadratic time for it
_DEEPEST = 100
_BLOCKS = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "table", "pre")
_PARTS = ("li", "dt", "dd", "thead", "tbody", "tr", "th", "td", "caption", "figcaption")
_WRAPPERS = ("div", "section", "article", "main", "header", "figure", "details", "summary", "hr")
_INLINE = ("a", "b", "strong", "i", "em", "del", "s", "code", "kbd", "sub", "sup", "br", "img")
_CLEANER = nh3.Cleaner(
    tags={*_BLOCKS, *_PARTS, *_WRAPPERS, *_INLINE},
    clean_content_tags={
        *("script", "style", "noscript", "template", "iframe", "object", "svg", "math", "title"),
        *("nav", "form", "button", "select", "textarea", "audio", "video", "canvas"),
    },
    attributes={
        "a": {"href"},
        "ol": {"start"},
        "img": {"src", "srcset", *LATE, "alt", "width", "height", "class"},
    },
    url_schemes={"http", "https"},
    link_rel=None,
)
_INLINE_DATA = re.compile(r"data:[\w/+.-]{1,80};base64,[\w+/=%\s]{200,}")
_MARK = re.compile(rf"<(?:(/?)({'|'.join(_BLOCKS + _WRAPPERS)})(?: [^>]*)?>|br>\s*<br>)")
_LINE_END = re.compile(rf"</?(?:{'|'.join(_BLOCKS + _PARTS + _WRAPPERS)}|br)(?: [^>]*)?>")
_TAG = re.compile(r"<[^>]*>")
_ANY_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
_VOID = ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr")
_ENDED_BY_THE_NEXT = ("p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option")
_NEVER_NESTED = frozenset((*_VOID, "source", "track", "param", *_ENDED_BY_THE_NEXT))
_WITHOUT_SCRIPT = re.compile(r"<noscript\b[^>]{0,500}>(.{0,20000}?)</noscript>", re.I | re.S)
_COMMENT = re.compile(r"<!--[\s\S]*?(?:-->|\Z)")
_SOURCES = re.compile(r"<picture\b[^<>]*>([\s\S]{0,5000}?)</picture>", re.IGNORECASE)
_SOURCE = re.compile(r"<source\b([^<>]*)>", re.IGNORECASE)
_RAW_PICTURE = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)
_LINK = re.compile(r'<a(?: href="([^"]*)")?>')
_PICTURE = re.compile(r"<img\b([^>]*)>")
_SMILEY = re.compile(r'class="[^"]*(?:emoji|smiley)')
_ALT = re.compile(r'\balt="([^"]*)"')
_LINE_NUMBERS = re.compile(r"<pre>[\d\s]*</pre>")
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n")


def clean(
    html: str,
    *,
    base_url: str | None,
    title: str,
    summary: str = "",
    longest_lead: int = LONGEST_LEAD,
) -> Content:
    """What is kept of an entry's body. `summary` serves where the body says nothing.

    Relative addresses are taken from `base_url`, and dropped without it. `title` is not repeated at
    the head of the lead. Any text is accepted; broken or hostile HTML costs at most some tenths of
    a second.
    """
    body = _sanitised(html)
    picture = first_picture(body, base_url)
    if not (text := _text_of(body)):
        body = _sanitised(summary)
        picture, text = picture or first_picture(body, base_url), _text_of(body)
    return Content(
        lead=_lead(body, base_url, title, longest_lead),
        text=text,
        image_url=picture.url if picture else None,
        image_text=picture.text if picture else "",
    )


def _sanitised(html: str) -> str:
    """Well-formed HTML of the allowed elements, in characters that are what they seem."""
    html = _INLINE_DATA.sub("", html) if "base64," in html else html
    html = html[:_LONGEST_SOURCE].encode("utf-8", "replace").decode("utf-8")
    html = without_leftovers(html if "<" in html else _paragraphs(html))
    html = _COMMENT.sub("", html) if "<!--" in html else html
    html = _WITHOUT_SCRIPT.sub(_pictures_in, html).replace("<amp-img", "<img")
    html = _SOURCES.sub(_with_sources, html) if "<source" in html else html
    if html.count("<") > _MANY_TAGS and _depth(html) > _DEEPEST:
        html = _ANY_TAG.sub(" ", html)
    html = plain(repair(_CLEANER.clean(html))).replace("&nbsp;", " ")
    return _LINE_NUMBERS.sub("", html) if "<pre>" in html else html


def _pictures_in(without_script: re.Match[str]) -> str:
    """Where a page loads its pictures late, the real ones are for those without scripts."""
    return "".join(_RAW_PICTURE.findall(without_script[1]))


def _with_sources(picture: re.Match[str]) -> str:
    """A picture in several forms, which `img` alone need not name: they stand behind it."""
    return picture[0] + "".join(f"<img{source}>" for source in _SOURCE.findall(picture[1]))


def _paragraphs(text: str) -> str:
    """Text without markup: blank lines part its paragraphs."""
    return "".join(f"<p>{part}</p>" for part in _PARAGRAPH_END.split(text))


def _depth(html: str) -> int:
    """How deep elements may be nested, at most: one whose end is missing stays open for ever."""
    depth = deepest = 0
    for tag in _ANY_TAG.finditer(html):
        if tag[2].lower() not in _NEVER_NESTED:
            depth = max(depth - 1, 0) if tag[1] else depth + 1
            deepest = max(deepest, depth)
    return deepest


def _text_of(html: str) -> str:
    text = _TAG.sub("", _LINE_END.sub("\n", " ".join(html.split())))
    lines = unescape(text).split("\n")
    return "\n".join(filter(None, map(str.strip, lines)))[:LONGEST_TEXT].rstrip()


def _lead(html: str, base_url: str | None, title: str, longest: int) -> str:
    """The beginning, in whole blocks. If all of it looks like boilerplate, that is what it says."""
    found = _collect(html, base_url, title, longest, careful=True)
    return found or _collect(html, base_url, title, longest, careful=False)


def _collect(html: str, base_url: str | None, title: str, longest: int, *, careful: bool) -> str:
    kept: list[str] = []
    room, begun = longest, False
    for block in _blocks(html):
        words = " ".join(unescape(_TAG.sub("", block)).split())
        if not words or is_furniture(words, block):
            continue
        if careful and not begun and is_prelude(words, block, title):
            continue
        begun = begun or not block.startswith("<h")
        block = _finished(block, base_url)
        if len(block) > room:
            block = "" if room < longest * 2 // 3 else _cut(block, room)
            kept.append(block)
            break
        kept.append(block)
        room -= len(block)
    return "".join(kept) if begun or not careful else ""


def _blocks(html: str) -> Iterator[str]:
    """The outermost blocks in order; what stands between them counts as one."""
    depth = start = 0
    for mark in _MARK.finditer(html):
        closing, name = mark[1], mark[2]
        if name in _BLOCKS:
            depth += -1 if closing else 1
            if depth == (0 if closing else 1):
                end = mark.end() if closing else mark.start()
                yield html[start:end]
                start = end
        elif depth == 0:
            yield html[start : mark.start()]
            start = mark.end()
    yield html[start:]


def _finished(block: str, base_url: str | None) -> str:
    """A block that can stand alone: pictures out, links absolute, every element closed."""

    def aim(link: re.Match[str]) -> str:
        url = absolute(unescape(link[1] or ""), base_url)
        return f'<a href="{escape(url)}">' if url else "<a>"

    block = block.strip()
    if "<img" in block:
        block = _PICTURE.sub(_spoken, block)
    if "<a" in block:
        block = _LINK.sub(aim, block)
    if not block.startswith("<") or not _MARK.match(block):
        block = f"<p>{block}</p>"
    unpaired = block.count("<") - 2 * block.count("</") - block.count("<br>")
    return _CLEANER.clean(block) if unpaired else block


def _spoken(picture: re.Match[str]) -> str:
    """An emoji that is drawn as a picture says itself; other pictures are not part of the text."""
    alt = _ALT.search(picture[1])
    return alt[1] if alt and _SMILEY.search(picture[1]) else ""


def _cut(block: str, room: int) -> str:
    """The beginning of a block that is too long, with its elements closed."""
    size = room
    while len(head := _CLEANER.clean(_head(block, size))) > room:
        size -= max(len(head) - room, 20)
    return head


def _head(block: str, size: int) -> str:
    head = block[: max(size, 0)]
    if head.rfind("<") > head.rfind(">"):
        head = head[: head.rfind("<")]
    return head[: head.rfind(" ")] if " " in head[-200:] else head
