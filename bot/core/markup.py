"""People's texts as Discord shows them: bold, italics, strokes, lists, quotes, code, formulas.

    text ─ blocks of code ─ lists and quotes ─ marks within lines ─ written anew, all of it closed

All else stays as they typed it: headings, links behind other words, spoilers, mentions. A block is
code if it is fenced on lines of its own and closed. What opens and does not close is text; what is
cut is closed again, so that nothing spills over into what follows.
"""

import re
from collections.abc import Callable, Iterator

from bot.core.marks import Marked, closed
from bot.core.text import ELLIPSIS, cut, harmless, one_line, plain

_FENCED = re.compile(
    r"^```(?P<language>[\w+#.-]{0,20})[ \t]*\n(?P<code>.*?)\n?^```[ \t]*$", re.MULTILINE | re.DOTALL
)
_BLANK_LINES = re.compile(r"\n\s*\n")
_FENCE = "```"
_CLOSING = f"\n{_FENCE}"
_ITEM = re.compile(r"^( {0,8})([-*+]|\d{1,3}\.|>)[ \t]+(\S.*)$", re.MULTILINE)
_ROOM_TO_CLOSE = 8


def rich(text: str, limit: int) -> str:
    """Text from people with its paragraphs and marks, in at most `limit` characters in all."""
    pieces = list(_pieces(plain(text).strip("\n").rstrip()))
    return _within(limit, lambda size: "\n".join(_rendered(pieces, size)).strip("\n"))


def rich_line(text: str, limit: int) -> str:
    """The same as one line, in which nothing is a list, a quote or a block of code."""
    line = one_line(without_fences(text))
    return _within(limit, lambda size: harmless(Marked(size).write(line)))


def without_fences(text: str) -> str:
    """The text with its code as ordinary lines, for excerpts of one line."""
    return _FENCED.sub(lambda block: block["code"], plain(text))


def cut_rich(text: str, limit: int) -> str:
    """What `rich` has made, in at most `limit` characters; what is open where it ends is closed."""
    if len(text) <= limit:
        return text
    head = cut(text, limit - _ROOM_TO_CLOSE)
    if head.count(_FENCE) % 2:
        head = head.rstrip("`")
        if head.count(_FENCE) % 2:  # or the fence itself had to go
            return head + _CLOSING
    return closed(head)


def _within(limit: int, written: Callable[[int], str]) -> str:
    """As much as fits: marks and escapes take more room the more of the text is shown."""
    size = limit
    while len(shown := written(size)) > limit:
        size -= max(1, (len(shown) - limit) // 2)
    return shown


def _pieces(text: str) -> Iterator[tuple[str | None, str]]:
    """Words, whose language is None, and blocks of code, in their order."""
    end = 0
    for block in _FENCED.finditer(text):
        yield None, text[end : block.start()]
        if block["code"].strip() and _FENCE not in block["code"]:
            yield block["language"], block["code"]
        else:
            yield None, block[0]
        end = block.end()
    yield None, text[end:]


def _rendered(pieces: list[tuple[str | None, str]], size: int) -> Iterator[str]:
    """The pieces, of which `size` characters are shown."""
    for language, text in pieces:
        if size <= 0:
            return
        if language is None:
            words = _BLANK_LINES.sub("\n\n", text.strip("\n").rstrip())
            if words.strip():
                yield harmless("".join(_words(words, size)))
        else:
            code = text if len(text) <= size else text[: max(size - 1, 0)].rstrip() + ELLIPSIS
            yield f"{_FENCE}{language}\n{harmless(code)}{_CLOSING}"
        size -= len(text)


def _words(text: str, size: int) -> Iterator[str]:
    """Paragraphs with their marks; each item of a list, and line of a quotation, by itself."""
    marked, end = Marked(size), 0
    for item in _ITEM.finditer(text):
        yield marked.write(text[end : item.start()])
        if marked.is_full:
            return
        sign = "-" if item[2] in "*+" else item[2]
        yield f"{item[1]}{sign} {marked.write(item[3])}"
        end = item.end()
    yield marked.write(text[end:])
