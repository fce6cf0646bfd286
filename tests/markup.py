"""A small model of what Discord makes of a message's text, apart from the code that escapes.

It follows the rules that Discord's clients are known to use: at every place the first rule that
matches wins; what no rule takes is text.
"""

import re
from dataclasses import dataclass, field

ZERO_WIDTH_SPACE = "\u200b"

_AT_LINE_START = {
    "heading": re.compile(r" *(?:#{1,3}|-#)\s+(?=\S)"),
    "list": re.compile(r"\s*(?:[-*+]|\d+\.)\s+(?=\S)"),
    "quote": re.compile(r"\s*>(?:>>)?\s"),
}
_ANYWHERE = {
    "code block": re.compile(r"```.+?```", re.DOTALL),
    "code": re.compile(r"(`+)[^`](?:.*?[^`])?\1(?!`)|``?", re.DOTALL),
    "hidden link": re.compile(r"\[(?:[^\[\]\\]|\\.|\[[^\]]*\])*\]\(\s*<?\w+:.*?>?\s*\)", re.DOTALL),
    "mention": re.compile(r"<(?:@[!&]?|#)\d+>|<(?:id|/[^:>]+):\w+>|@everyone|@here"),
    "time": re.compile(r"<t:-?\d+(?::\w)?>"),
    "custom emoji": re.compile(r"<a?:\w+:\d+>"),
    "emoji": re.compile(r":[\w+-]+:"),
    "bold": re.compile(r"\*\*(?:\\.|[^\\])+?\*\*(?!\*)", re.DOTALL),
    "underline": re.compile(r"__(?:\\.|[^\\])+?__(?!_)", re.DOTALL),
    "italics": re.compile(r"\*(?=\S)(?:\\.|[^\\*])+?\*|\b_(?:\\.|[^\\_])+?_\b", re.DOTALL),
    "strike": re.compile(r"~~(?:\\.|[^\\])+?~~", re.DOTALL),
    "spoiler": re.compile(r"\|\|.+?\|\|", re.DOTALL),
}
_PLAIN = frozenset("abcdefgijklmnopqrstuvwxyz ")  # never the beginning of a rule; `https:` is
_ESCAPE = re.compile(r"\\([^0-9A-Za-z\s])")
_LINK = re.compile(r"<(\w+:/?/?[^ >]+)>")
_ADDRESS = re.compile(r"https?://[^\s<]+[^<.,:;\"'\])\s]")


@dataclass
class Rendered:
    """The visible text, and what else was made of it: names of rules, addresses linked."""

    text: str = ""
    formats: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)


def render(source: str) -> Rendered:
    result, place = Rendered(), 0
    while place < len(source):
        place = _step(source, place, result)
    result.text = result.text.replace(ZERO_WIDTH_SPACE, "")
    return result


def _step(source: str, place: int, result: Rendered) -> int:
    if source[place] in _PLAIN and source[place - 1 : place].isalnum():
        result.text += source[place]
        return place + 1
    if escaped := _ESCAPE.match(source, place):
        result.text += escaped[1]
        return escaped.end()
    if link := _LINK.match(source, place):
        result.text += link[1]
        result.links.append(link[1])
        return link.end()
    if address := _ADDRESS.match(source, place):
        result.text += address[0]
        result.links.append(address[0])
        return address.end()
    rules = dict(_ANYWHERE)
    if place == 0 or source[place - 1] == "\n":
        rules |= _AT_LINE_START
    for name, rule in rules.items():
        if found := rule.match(source, place):
            result.formats.append(name)
            return found.end()
    result.text += source[place]
    return place + 1
