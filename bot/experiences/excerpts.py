"""The beginning of an experience as Markdown that Discord shows right."""

import re
from collections.abc import Container

from bs4 import BeautifulSoup
from bs4.element import NavigableString, PageElement, Tag

from bot.core.text import cut, harmless, one_line, shown
from bot.experiences.markdown import HEADINGS, is_layout, markdown
from bot.experiences.sources.boilerplate import (
    LONGEST_NAVIGATION,
    is_furniture,
    is_prelude,
    same_words,
)

_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*(?=\s)|[.!?…][\"'”’)\]]*$|[。！？][」』）”]*")
_TAG = re.compile(r"<[^>]*>")
_LINK_TARGET = re.compile(r"\]\(<[^>]*>\)")
_SHORTEST_LABEL = 12  # of a link that is cut
_ROOM_FOR_SPACES = 10  # of zero width, which make a mention or an invitation harmless


def excerpt(lead: str, *, title: str, limit: int) -> str:
    """The beginning of `lead` (see `Content`) in at most `limit` characters of Markdown.

    It begins with what says something and doesn't repeat `title`; it ends with a sentence or an
    item of a list where that leaves enough, and with every construct closed. Nothing in it pings,
    invites, or leads elsewhere than it says.
    """
    soup = _parse(lead, title, limit)
    text = _fitting(soup, limit)
    if _words_in(text) < limit // 3 and "<a" in lead:  # addresses may take the room of words
        soup = _parse(lead, title, limit)
        for anchor in soup("a"):
            anchor.unwrap()
        soup.smooth()
        text = max(text, _fitting(soup, limit), key=_words_in)
    return text or _words_alone(lead, title, limit)


def _fitting(soup: BeautifulSoup, limit: int) -> str:
    """As much of the document as fits."""
    size = limit
    while size > 0:
        _end_within(soup, size)
        text = markdown(soup)
        if len(text) <= limit:
            return text
        size -= max(16, len(text) - limit)
    return ""


def _words_in(text: str) -> int:
    """How many characters of a Markdown text are read."""
    return len(_LINK_TARGET.sub("", text))


def _words_alone(lead: str, title: str, limit: int) -> str:
    """What is left where there is more markup than room."""
    if limit <= 2 * _ROOM_FOR_SPACES:
        return ""
    words = harmless(shown(_parse(lead, title, limit).get_text(" "), limit - _ROOM_FOR_SPACES))
    return words if 0 < len(words) <= limit else ""


def _parse(lead: str, title: str, limit: int) -> BeautifulSoup:
    soup = BeautifulSoup(_beginning(lead, limit), "html.parser")
    _drop_prelude(soup, title, limit)
    return soup


def _beginning(lead: str, limit: int) -> str:
    """As much of the lead as an excerpt can need: a tree is slow."""
    html = lead[: limit * 5 + 500]
    room, end = limit * 3 // 2, 0  # as some of it may be dropped
    for tag in _TAG.finditer(html):
        room -= tag.start() - end
        end = tag.end()
        if room < 0:
            return html[: tag.start()]
    return html[: html.rfind("<")] if html.rfind("<") > html.rfind(">") else html


def _drop_prelude(soup: BeautifulSoup, title: str, limit: int) -> None:
    """Drop the title wherever it stands, and before the first words what says nothing."""
    prelude, begun, room = [], False, limit
    for block in list(soup.contents):
        if room < 0:
            break  # nobody will see what follows
        words = " ".join(block.get_text().split())
        html = "" if _is_paragraph(block) and len(words) > LONGEST_NAVIGATION else str(block)
        if not words or same_words(words, title) or is_furniture(words, html):
            block.extract()
        elif not begun and is_prelude(words, html, title):
            prelude.append(block.extract())
        else:
            begun = begun or not _is_heading(block)
            room -= len(words)
    if not begun:  # there is nothing else
        soup.extend(prelude)


def _end_within(soup: BeautifulSoup, size: int) -> None:
    """Drop what follows the first `size` characters of text, or the end of a sentence in them."""
    room = size
    for text in list(soup.strings):
        if len(text) > room:
            _end_in(text, room, size)
            break
        room -= len(text)
    _drop_stump(soup)
    while soup.contents and _is_heading(soup.contents[-1]) and len(soup.contents) > 1:
        soup.contents[-1].extract()


def _drop_stump(soup: BeautifulSoup) -> None:
    """Drop a last item or paragraph of which nothing but the dots is left."""
    last = next((text for text in reversed(list(soup.strings)) if text.strip()), None)
    block = None if last is None else _around(last, ("li", "p", "blockquote", "dd", "td"))
    if block is not None and block.get_text().strip() == "…" and _follows_something(block):
        block.extract()


def _end_in(text: NavigableString, room: int, size: int) -> None:
    """End the document in `text`, of which there is room for a part."""
    element: PageElement = text
    while element.parent is not None:
        for later in list(element.next_siblings):
            later.extract()
        element = element.parent
    table = _around(text, ("table",))
    if (row := _around(text, ("tr",))) and table is not None and not is_layout(table):
        row.extract()
    elif _around(text, ("pre",)):
        lines = str(text)[:room].split("\n")[:-1]
        _replace(text, "\n".join(lines))
    elif atom := _around(text, ("a", "code", "kbd")):
        _end_in_atom(text, atom, room)
    else:
        _end_in_words(text, room, size)


def _end_in_atom(text: NavigableString, atom: Tag, room: int) -> None:
    """A link may have a shorter label; code that is cut would be other code."""
    if atom.name == "a" and room >= _SHORTEST_LABEL:
        _replace(text, cut(one_line(text), room))
    else:
        atom.replace_with("…")


def _end_in_words(text: NavigableString, room: int, size: int) -> None:
    words = _spaced(text)
    ends = [found.end() for found in _SENTENCE_END.finditer(words) if found.end() <= room]
    block = _around(text, ("li", "p", "blockquote", *HEADINGS))
    if ends and size - room + ends[-1] >= size // 2:
        _replace(text, words[: ends[-1]])
    elif room < size // 2 and block is not None and _follows_something(block):
        block.extract()
    else:
        _replace(text, cut(words, room) if room > 0 else "…")


def _spaced(text: NavigableString) -> str:
    """With one space where there is white space, also at the beginning."""
    return " " * text[:1].isspace() + one_line(text)


def _follows_something(block: Tag) -> bool:
    """Whether words stand before a block, so that the excerpt can end there."""
    before = (one for one in block.previous_elements if isinstance(one, NavigableString))
    return any(text.strip() and not _around(text, HEADINGS) for text in before)


def _around(text: NavigableString, names: Container[str]) -> Tag | None:
    """The nearest element of these around a text."""
    return next((parent for parent in text.parents if parent.name in names), None)


def _replace(text: NavigableString, words: str) -> None:
    if words.strip():
        text.replace_with(words)
    else:
        text.extract()


def _is_paragraph(element: PageElement) -> bool:
    return getattr(element, "name", None) == "p"


def _is_heading(element: PageElement) -> bool:
    return getattr(element, "name", None) in HEADINGS or not element.get_text().strip()
