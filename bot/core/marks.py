"""Marks within people's lines: what closes is written anew for Discord, all else is escaped.

A CommonMark parser decides what is emphasised. It is told of what Discord and scientists do
differently: addresses and formulas are left whole, and `__` underlines.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

from bot.core.text import ADDRESS, ELLIPSIS, ZERO_WIDTH_SPACE, cut, escape

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_CODE = re.compile(r"(?<!`)(`{1,2})(?!`)(?=[^`\n]*[^`\s])([^`\n]+)\1(?!`)")
# A formula stands as code, so that its signs stay. `$5 to $10` is money; a formula with blanks and
# without any sign of TeX needs no care.
_FORMULA = re.compile(
    r"\$\$(?=[^$`\n]*[^$`\s])[^$`\n]+\$\$"
    r"|(?<![\\$])\$(?=[^$\s]+\$|[^$\n]*[\\_^{}*~|])(?!\s)[^$`\n]*[^$`\s]\$(?![\d$])"
    r"|\\\((?:(?!\\\))[^`\n])+\\\)|\\\[(?:(?!\\\])[^`\n])+\\\]"
)
_LONG_FORMULA = re.compile(r"\$\$[^$`]+\$\$|\\\[(?:(?!\\\])[^`])+\\\]")
_ESCAPED = re.compile(r"\\([*_~`])|\\\\")
_WORDS = re.compile(r"(?:(?!https?://)[^\\`*_~$])+")
_ADDRESS_IN_MARKS = re.compile(rf"{ADDRESS.pattern}(?<![*~])")
_MARKS = {"strong": "**", "em": "*", "s": "~~"}
_UNDERLINE = "__"
_WRITTEN = re.compile(
    r"\\.|```.*?```|`[^`\n]*(?:`|(?P<open>\Z))|<[^>\s]*>|(?P<mark>\*\*|__|~~|\*)", re.DOTALL
)


class Marked:
    """Writes text from people, of which `room` characters are shown; what is cut is closed."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._written: list[str] = []
        self._words = ""
        self._open: list[str] = []
        self._closing = ""  # the mark that closed last

    @property
    def is_full(self) -> bool:
        return self._room <= 0

    def write(self, text: str) -> str:
        """The text, as much of it as there is room for."""
        self._written, self._words, self._open, self._closing = [], "", [], ""
        if not self.is_full:
            for token in _tokens(text):
                self._take(token)
            self._put_words()
        return "".join(self._written)

    def _take(self, token: "Token") -> None:
        kind, _, edge = token.type.rpartition("_")
        if token.type == "code":
            self._put_words()
            self._put_code(token.content)
        elif kind in _MARKS:
            self._put_words()
            mark = _UNDERLINE if token.markup == _UNDERLINE else _MARKS[kind]
            self._put_mark(mark, opens=edge == "open")
        else:
            self._words += token.content

    def _put_words(self) -> None:
        words, self._words = self._words, ""
        if words and not self.is_full:
            # What would begin a list or a heading is harmless after something else.
            goes_on = bool(self._written) and (self._closing or self._written[-1][-1:] == "`")
            shown = cut(words, self._room)
            self._written.append(escape(f"x{shown}")[1:] if goes_on else escape(shown))
            self._room -= len(words)

    def _put_code(self, code: str) -> None:
        if self.is_full:
            return
        shown = code if len(code) <= self._room else code[: self._room - 1].rstrip() + ELLIPSIS
        if self._written and self._written[-1].endswith("`"):  # two would be read as one
            self._written.append(ZERO_WIDTH_SPACE)
        self._written.append(f"`{shown}`")
        self._room -= len(code)

    def _put_mark(self, mark: str, *, opens: bool) -> None:
        """Discord nests no mark in itself. What opens after the end of the room is left out."""
        if opens:
            self._open.append("" if mark in self._open or self.is_full else mark)
            mark = self._open[-1]
        else:
            mark = self._open.pop()
        if not mark:
            return
        if opens and self._written[-1:] == [self._closing]:  # one ends where another begins
            self._written.append(ZERO_WIDTH_SPACE)
        self._closing = "" if opens else mark
        self._written.append(mark)


def closed(text: str) -> str:
    """What `Marked` has written and something has cut, with its marks closed."""
    still_open: list[str] = []
    for found in _WRITTEN.finditer(text):
        if found["open"] is not None:
            still_open.append("`")
        elif (mark := found["mark"]) and mark in still_open:
            still_open.remove(mark)
        elif mark:
            still_open.append(mark)
    return text + "".join(reversed(still_open))


def _tokens(text: str) -> "list[Token]":
    (inline,) = _parser().parseInline(text)
    return inline.children or []


@cache
def _parser() -> "MarkdownIt":
    # Imported here: the parser takes a moment to load, and a bot that starts has nothing to read.
    from markdown_it import MarkdownIt

    parser = MarkdownIt("zero").enable(["emphasis", "strikethrough"])
    parser.inline.ruler.before("text", "kept", _kept)
    parser.inline.ruler.at("text", _text)
    return parser


def _kept(state: "StateInline", silent: bool) -> bool:
    """Code, formulas, addresses, and signs behind a backslash: no mark is looked for in them."""
    source, at = state.src, state.pos
    if found := _CODE.match(source, at) or _FORMULA.match(source, at):
        state.push("code", "code", 0).content = found[found.lastindex or 0]
    elif found := _ESCAPED.match(source, at):
        state.pending += found[1] or found[0]
    elif found := _LONG_FORMULA.match(source, at) or _ADDRESS_IN_MARKS.match(source, at):
        state.pending += found[0]
    else:
        return False
    state.pos = found.end()
    return True


def _text(state: "StateInline", silent: bool) -> bool:
    found = _WORDS.match(state.src, state.pos)
    if found is None:
        return False
    state.pending += found[0]
    state.pos = found.end()
    return True
