"""From what publishers put into titles, names and dates to plain text.

They mix everything: HTML and JATS tags, entities (sometimes twice), TeX, line breaks and
indentation, "Last, First" beside "First Last".
"""

import html
import re
from collections.abc import Iterable

from bot.core.text import cut, one_line
from bot.papers.sources.formulas import mark_formulas, unmark
from bot.papers.sources.tex import without_tex

_LONGEST_INPUT = 40_000
_LONGEST_TITLE = 400
_LONGEST_ABSTRACT = 6_000

# Only known tags are removed: "if a<b and c>d" is a title too.
_INLINE = (
    "i|b|em|strong|sub|sup|inf|sc|scp|tt|u|span|a|italic|bold|font|small|ext-link|xref|monospace"
    "|underline|overline|roman|sans-serif|small-caps|named-content|styled-content|strike|del|ins"
    "|inline-formula|disp-formula|alternatives|inline-graphic|tex-math|tex|math|mrow|mi|mo|mn|mtext"
    "|msub|msup|msubsup|mfrac|msqrt|mroot|mstyle|mspace|semantics|annotation|cite|abbr|nobr|wbr"
    "|it|sb|sp|emph|emphasis|hi|inline|big|q|fc|fn|smallcaps|allcaps|private-char|img|graphic"
)
_BLOCK = "p|br|break|div|sec|title|li|ul|ol|list|list-item|abstract|h[1-6]|para|section-title"
_BLOCK += "|subtitle|article-title|chapter-title|mixed-citation"
_ATTRIBUTES = r"(?:\s+[\w:-]+\s*=[^<>]*)?\s*/?>"
_PREFIX = r"</?(?:[a-z][\w-]{0,20}:)?"
_INLINE_TAG = re.compile(rf"{_PREFIX}(?:{_INLINE}){_ATTRIBUTES}", re.IGNORECASE)
_BLOCK_TAG = re.compile(rf"{_PREFIX}(?:simple-)?(?:{_BLOCK}){_ATTRIBUTES}", re.IGNORECASE)
# A prefix says that it is markup, whatever it is: `<ce:bold>`. But `<std::string>` is a type.
_OTHER_TAG = re.compile(
    rf"</?[a-z][\w-]{{0,20}}:[a-z][\w-]*{_ATTRIBUTES}|<!--[^<>]*-->", re.IGNORECASE
)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_HEADING = re.compile(r"<(?:jats:)?title>\s*([^<>]*?)[:.]?\s*</(?:jats:)?title>", re.IGNORECASE)
# "Abstract We show", but "Abstract interpretation is": the next word tells.
_LABEL = re.compile(r"^(?:(?i:abstract|summary)\s*[:.—–-]\s*|(?:Abstract|ABSTRACT)\s+(?=[A-Z]))")
_AFTER_OPENING = re.compile(r"(?<=[(\[]) +")
_BEFORE_CLOSING = re.compile(r" +(?=[)\],;])")

_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv)\.?", re.IGNORECASE)
_PARTICLE = re.compile(r"(?:van|von|de|da|di|del|della|der|den|du|la|le|ter|ten|zu|bin|al)\b")


def title(text: str) -> str:
    """One line without markup; empty if nothing is left."""
    return cut(one_line(_without_markup(text)), _LONGEST_TITLE)


def abstract(text: str | None) -> str | None:
    """One paragraph without markup and without the heading "Abstract"."""
    if not text:
        return None
    text = _HEADING.sub(_heading, text[:_LONGEST_INPUT])
    text = one_line(_without_markup(text))
    text = _LABEL.sub("", re.sub(r"\(cid:\d+\) ?", "", text))  # letters that a PDF had no name for
    return cut(text, _LONGEST_ABSTRACT) or None


def people(names: Iterable[str]) -> tuple[str, ...]:
    """Names without markup, each once, in their order; nobody is called "Anonymous"."""
    found = dict.fromkeys(title(name).strip(" ,;") for name in names)
    return tuple(name for name in found if name and name.casefold() not in ("anonymous", "et al."))


def person(name: str) -> str:
    """A name from a field that may hold "Last, First" or "Last, First, Jr.", turned round."""
    name = name.strip(" ,;")
    parts = [part.strip() for part in name.split(",")]
    if len(parts) == 2 and all(parts):
        if _SUFFIX.fullmatch(parts[1]) or parts[1].lower().rstrip(".") in ("inc", "ltd"):
            return name
        return f"{parts[1]} {parts[0]}"
    if len(parts) == 3 and all(parts) and _SUFFIX.fullmatch(parts[2]):
        return f"{parts[1]} {parts[0]}, {parts[2]}"
    return name


def listed(names: str) -> list[str]:
    """The names in one string: "A; B", or "First Last, First Last" where both have two words."""
    if ";" in names:
        return names.split(";")
    parts = [part.strip() for part in names.split(",")]
    whole = all(len(part.split()) > 1 for part in parts) and not _PARTICLE.match(parts[0])
    return parts if whole else [names]


def year(text: object) -> int | None:
    """The first number in it that can be a year of publication."""
    found = _YEAR.search(str(text)) if text else None
    return int(found.group()) if found else None


def _without_markup(text: str) -> str:
    text = _CDATA.sub(r"\1", text[:_LONGEST_INPUT])
    bare = _without_tags(html.unescape(_without_tags(text)))
    # "&amp;amp;" and "&amp;lt;i&amp;gt;": encoded once too often before it was sent.
    bare = _without_tags(html.unescape(bare)) if re.search(r"&#?\w{2,8};", bare) else bare
    if bare != text:  # publishers indent their inline tags: "( <i>PIK3CA</i> )"
        bare = _BEFORE_CLOSING.sub("", _AFTER_OPENING.sub("", " ".join(bare.split())))
    return without_tex(bare)


def _without_tags(text: str) -> str:
    if "<" not in text:
        return text
    text = _BLOCK_TAG.sub(" ", mark_formulas(text))
    return unmark(_OTHER_TAG.sub("", _INLINE_TAG.sub("", text)))


def _heading(match: re.Match[str]) -> str:
    """`<jats:title>Methods</jats:title>` introduces what follows; "Abstract" says nothing."""
    name = match.group(1)
    return " " if not name or name.casefold() in ("abstract", "summary") else f" {name}: "
