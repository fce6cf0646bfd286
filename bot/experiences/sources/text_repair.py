"""What machines left in a text: the syntax of site generators, and characters read wrongly."""

import re
from html import unescape

_CODE = re.compile(r"(<(pre|code)\b[^>]*>.*?</\2>)", re.DOTALL | re.IGNORECASE)
_LIQUID_ADDRESS = re.compile(
    r"\{\{-?\s*[\"'“”‘’]([^\"'“”‘’{}\n]{1,500})[\"'“”‘’]\s*\|\s*(?:relative|absolute)_url\s*-?\}\}"
)
_LIQUID = re.compile(r"\{%[^\n]{0,300}?%\}|\{\{[^\n{}]{0,500}\}\}")
_VALUE = r"(?:\"[^\"\n]{0,300}\"|'[^'\n]{0,300}'|[“”‘’][^“”‘’\n]{0,300}[“”‘’]|[^\s\"'{}“”‘’,]+)"
_NAME = r"[.#:]?[\w-]+(?:[.#][\w-]+)*"
_KRAMDOWN = re.compile(
    rf"[ \t]{{0,4}}\{{::?(?:[\w-]+:)?\s*+(?:(?:[\w-]+={_VALUE}|{_NAME})\s*+)*+/?\}}"
)
_LEAD = "[\u00c2-\u00f4]"
_NEXT = "[\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013\u2014"
_NEXT += "\u2018-\u201a\u201c-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]"
_PAIR = re.compile(_LEAD + _NEXT)
_STRETCH = re.compile(r"[^ \n\t<>]+")
_LOST_QUOTE = re.compile("â€(?![\u0080-\u00bf\u0152-\u2122])")


_NAMES = "p|div|h[1-6]|ul|ol|table|blockquote|article|section|figure|pre|span|a|img|br"
_NAMES += "|b|strong|i|em|u|font|center|main|header"
_ESCAPED = re.compile(rf"\s*&lt;(?:!--|(?:{_NAMES})(?=[\s/&]))", re.IGNORECASE)
_ENDS = re.compile(rf"&lt;/(?:{_NAMES})\s*&gt;|&lt;br\s*/?&gt;", re.IGNORECASE)
_WRAPPED = re.compile(r"(\s*<(?:div|p|span|body)\b[^<>]*>)([^<]*)(</\w+>\s*)")


def unescaped_once(html: str) -> str:
    """A text that was escaped once too often, as a whole: it begins with a tag and ends with one,
    or has several ends, and no other tag. A sample of code within a text stays what it is."""
    if wrapped := _WRAPPED.fullmatch(html):
        return wrapped[1] + unescaped_once(wrapped[2]) + wrapped[3]
    if "<" in html or not _ESCAPED.match(html):
        return html
    ends_so = html.rstrip().endswith("&gt;") or len(_ENDS.findall(html)) > 1
    return unescape(html) if ends_so else html


def without_leftovers(html: str) -> str:
    """HTML without kramdown's attribute lists and Liquid's tags, except where code shows them."""
    if "{%" not in html and "{{" not in html and "{:" not in html:
        return html
    pieces = _CODE.split(html)  # text, code, the code's element, text, ...
    pieces[::3] = map(without_template_syntax, pieces[::3])
    del pieces[2::3]
    return "".join(pieces)


def without_template_syntax(text: str) -> str:
    """The same for a text that is known to hold no code."""
    text = _LIQUID_ADDRESS.sub(r"\1", text)
    return _KRAMDOWN.sub("", _LIQUID.sub("", text))


def repair(text: str) -> str:
    """Put characters right that were read in the wrong encoding, where that is certain.

    UTF-8 that was taken for windows-1252 shows as pairs that no language writes (`â€™`, `Ã©`).
    ftfy judges each stretch that has one; words in capitals are left alone, since `IRMÃ»` is a
    Portuguese word before a quotation mark.
    """
    if text.isascii():
        return text
    if not _PAIR.search(text):
        return text
    words = [word if word.isascii() else _STRETCH.sub(_repaired, word) for word in text.split(" ")]
    return _LOST_QUOTE.sub("”", " ".join(words))


def _repaired(stretch: re.Match[str]) -> str:
    word = stretch[0]
    if word.isascii() or word.isupper() or not _PAIR.search(word):
        return word
    import ftfy  # costs a tenth of a second, and most feeds need none of it

    return ftfy.fix_encoding(word)
