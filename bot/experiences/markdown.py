"""From clean HTML to Markdown that Discord shows right, in which text from people stays text."""

import re
import unicodedata
from itertools import zip_longest
from typing import Any
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from bs4.element import NavigableString, Tag
from markdownify import MarkdownConverter

from bot.core.text import (
    INVITE,
    MENTION,
    ZERO_WIDTH_SPACE,
    cut,
    escape,
    harmless,
    link,
    one_line,
    plain,
    web_address,
)

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_INLINE = ("a", "b", "strong", "i", "em", "code", "kbd", "del", "s", "sub", "sup")
_MIDLINE = "_midline"  # told to `escape` as markdownify tells its own marks
_LONGEST_LABEL = 200
_ADDRESS_LIKE = re.compile(r"(?:\w+://)?((?:[\w-]+\.)+[a-z]{2,})(?:[:/?#]\S*)?", re.IGNORECASE)
_FENCE = re.compile("``(?=`)")
_BLANK_LINES = re.compile(r"[ \t]*\n(?:[ \t]*\n)+")
_CELL_WIDTH, _MOST_ROWS, _MOST_COLUMNS = 24, 10, 4
_LONGEST_CELL = 60  # longer ones are paragraphs


def markdown(soup: BeautifulSoup) -> str:
    """The document as Markdown. Headings are bold lines, tables are aligned text.

    Nothing in it pings, invites, or leads elsewhere than it says.
    """
    return harmless(_BLANK_LINES.sub("\n\n", _CONVERTER.convert_soup(soup)).strip())


class _Converter(MarkdownConverter):
    """markdownify for Discord: no headings that shout, no tables, and text that stays text."""

    def process_text(self, el: NavigableString, parent_tags: set[str] | None = None) -> str:
        place = {_MIDLINE} if _continues_a_line(el) else set()
        text = super().process_text(el, (parent_tags or set()) | place)  # type: ignore[misc]
        return str(text)  # (markdownify's own types leave the method out)

    def escape(self, text: str, parent_tags: set[str]) -> str:
        """What would begin a list or heading is harmless in the middle of a line."""
        return escape(f"x{text}")[1:] if _MIDLINE in parent_tags else escape(text)

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        if "_noformat" in parent_tags:
            return text
        before, after = " " * text[:1].isspace(), " " * text[-1:].isspace()
        url = web_address(MENTION.sub("%40", str(el.get("href") or "")))
        label = one_line(el.get_text())
        if not label or not url or INVITE.search(url) or _misleads(label, url):
            return text
        shown_link = link(label, url, _LONGEST_LABEL)
        return f"{before}{shown_link.replace(f']({url})', f'](<{url}>)')}{after}"

    def convert_b(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return _marked("**", text, parent_tags & {*HEADINGS, "b", "strong", "dt"})

    def convert_em(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return _marked("*", text, parent_tags & {"em", "i"})

    def convert_del(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return _marked("~~", text, parent_tags & {"del", "s"})

    convert_strong, convert_i, convert_s = convert_b, convert_em, convert_del

    def convert_hN(self, n: int, el: Tag, text: str, parent_tags: set[str]) -> str:  # noqa: N802
        # (the name is markdownify's)
        words = " ".join(text.split())
        return f"\n\n**{words}**\n" if words else ""

    def convert_br(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return " " if "_inline" in parent_tags else "\n"

    def convert_hr(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return "\n\n"

    def convert_img(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return ""

    def convert_code(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """Discord knows delimiters of one and two backticks only."""
        code = " ".join(plain(text).split())
        if "_noformat" in parent_tags or not code:
            return text
        if "``" in code or code.startswith("`") or code.endswith("`"):
            return escape(code)
        return f"``{code}``" if "`" in code else f"`{code}`"

    convert_kbd = convert_code

    def convert_pre(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return _fenced(el.get_text().strip("\n"))

    def convert_dt(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"\n\n**{' '.join(text.split())}**\n" if text.strip() else ""

    def convert_dd(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"{text.strip()}\n"

    def convert_table(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        """As aligned text, unless it is only a layout."""
        return f"\n\n{text.strip()}\n\n" if is_layout(el) else _fenced(_aligned(_rows(el)))

    def convert_tr(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"{text.strip()}\n"

    def convert_td(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        return f"{text.strip()} "

    convert_th = convert_td


_options: dict[str, Any] = {"bullets": "-", "wrap": True, "wrap_width": None}
_CONVERTER = _Converter(**_options)


def _marked(mark: str, text: str, already: set[str]) -> str:
    """Text between two marks, once, and without the spaces that would keep them from working."""
    words = text.strip()
    return text if already or not words else text.replace(words, f"{mark}{words}{mark}", 1)


def _continues_a_line(text: NavigableString) -> bool:
    before = text.previous_sibling
    return (
        isinstance(before, Tag)
        and before.name in _INLINE
        and not before.find("br")
        and bool(before.get_text().strip())
    )


def _misleads(label: str, url: str) -> bool:
    """Whether a label is an address of another site than it leads to."""
    named = _ADDRESS_LIKE.fullmatch(label)
    if not named:
        return False
    there = (urlsplit(url).hostname or "").removeprefix("www.")
    return named[1].lower().removeprefix("www.") != there


def _fenced(code: str) -> str:
    code = _FENCE.sub(f"``{ZERO_WIDTH_SPACE}", plain(code))
    return f"\n\n```\n{code}\n```\n\n" if code.strip() else ""


def is_layout(table: Tag) -> bool:
    """Whether a table only arranges texts: one row, one column, or what fills paragraphs."""
    rows = _rows(table)
    cells = [cell for row in rows for cell in row]
    return len(rows) < 2 or max(map(len, rows)) < 2 or max(map(len, cells)) > _LONGEST_CELL


def _rows(table: Tag) -> list[list[str]]:
    return [_cells(row) for row in table.find_all("tr")[:_MOST_ROWS]]


def _cells(row: Tag) -> list[str]:
    cells = row.find_all(["td", "th"])[:_MOST_COLUMNS]
    return [one_line(cell.get_text(" ")) for cell in cells]


def _aligned(rows: list[list[str]]) -> str:
    rows = [[cut(cell, _CELL_WIDTH) for cell in row] for row in rows]
    columns = zip_longest(*rows, fillvalue="")
    widths = [max(map(_width, column)) for column in columns]
    return "\n".join(
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=False)
        ).rstrip()
        for row in rows
    )


def _width(text: str) -> int:
    """Columns in a fixed-width font: Korean, Japanese and Chinese letters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
