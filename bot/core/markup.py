"""Code in people's texts, which is shown as code; all else stays as they typed it.

A block is code if it is fenced on lines of its own and closed; so is a span between two backticks
of one line. Whatever is cut is closed again, so that nothing spills over into what follows.
"""

import re
from collections.abc import Iterator

from bot.core.text import ELLIPSIS, cut, escape, harmless, plain

_FENCED = re.compile(
    r"^```(?P<language>[\w+#.-]{0,20})[ \t]*\n(?P<code>.*?)\n?^```[ \t]*$", re.MULTILINE | re.DOTALL
)
_SPAN = re.compile(r"(?<![`\\])`([^`\n]*[^`\s][^`\n]*)`(?!`)")
_BLANK_LINES = re.compile(r"\n\s*\n")
_FENCE = "```"
_CLOSING = f"\n{_FENCE}"


def rich(text: str, limit: int) -> str:
    """Text from people with its paragraphs and its code, in at most `limit` characters in all."""
    pieces = list(_pieces(plain(text).strip("\n").rstrip()))
    size = limit
    while len(shown := "\n".join(_rendered(pieces, size)).strip("\n")) > limit:
        size -= max(1, (len(shown) - limit) // 2)
    return shown


def without_fences(text: str) -> str:
    """The text with its code as ordinary lines, for excerpts of one line."""
    return _FENCED.sub(lambda block: block["code"], plain(text))


def cut_rich(text: str, limit: int) -> str:
    """What `rich` has made, in at most `limit` characters; a block that is cut is closed."""
    head = cut(text, limit)
    if head.count(_FENCE) % 2 == 0:
        return head
    return cut(text, limit - len(_CLOSING)).rstrip("`") + _CLOSING


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
            words = _BLANK_LINES.sub("\n\n", text.strip())
            if words:
                yield _words(cut(words, size))
        else:
            code = text if len(text) <= size else text[: max(size - 1, 0)].rstrip() + ELLIPSIS
            yield f"{_FENCE}{language}\n{harmless(code)}{_CLOSING}"
        size -= len(text)


def _words(text: str) -> str:
    """Escaped words with their spans of code."""
    parts = _SPAN.split(text)  # every other one is code
    parts[::2] = [harmless(escape(part)) for part in parts[::2]]
    parts[1::2] = [f"`{harmless(part)}`" for part in parts[1::2]]
    return "".join(parts)
