"""Finding the papers that a piece of chat text points at. Pure: text in, references out.

    text ─> clean (NFKC, invisible characters, mentions, escapes)
         ─> scan from left to right: address ─> hosts.look_up
                                     bare id ─> identifiers.arxiv / doi / acl / ...
         ─> references in order, without repeats
         ─> none at all, and a title is welcome: the words themselves

What a match turns out not to need (a closing bracket, the sentence's full stop, the next link)
is scanned again. Every pattern has an upper bound, so hostile text costs no more than long text.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final
from urllib.parse import unquote

from bot.papers.references.hosts import HOSTS, look_up
from bot.papers.references.identifiers import (
    ACL_NEW,
    ACL_OLD,
    ARCHIVES,
    ARXIV_NEW,
    ARXIV_OLD,
    SHORT_DOI,
    Kind,
    Reference,
    acl,
    arxiv,
    doi,
    short_doi,
    trim,
)
from bot.papers.references.listings import LISTING_HOSTS, NoPaper

__all__ = ["Kind", "Reference", "canonical", "identify", "no_paper_in", "parse"]


def parse(text: str, *, title_allowed: bool = False) -> list[Reference]:
    """All references in `text`. With `title_allowed`, text that has none is one title."""
    text = _clean(text)
    found = _scan(text)
    if not found and title_allowed and _has_words(text):
        return [Reference(Kind.TITLE, _as_title(text))]
    return [one for one in found if isinstance(one, Reference)]


def no_paper_in(text: str) -> str | None:
    """Why there is no paper in a text whose address shows a list, a model or a chat; else None."""
    found = _scan(_clean(text))
    return next((one.reason for one in found if isinstance(one, NoPaper)), None)


def identify(line: str) -> str:
    """One line's answer for `paperclub identify`: `arxiv:1706.03762|page`, `title` or `none`."""
    shown = (
        str(reference.kind) if reference.kind in (Kind.PAGE, Kind.TITLE) else str(reference)
        for reference in parse(line, title_allowed=True)
    )
    return "|".join(shown) or "none"


_PREFERRED: Final = (Kind.ARXIV, Kind.ACL, Kind.OPENREVIEW, Kind.DOI)
_LAST: Final = (Kind.PAGE, Kind.TITLE)
_RANK: Final = {
    kind: rank
    for rank, kind in enumerate(
        (*_PREFERRED, *(kind for kind in Kind if kind not in _PREFERRED + _LAST), *_LAST)
    )
}


def canonical(references: Iterable[Reference]) -> Reference | None:
    """The one to show and link: arXiv, ACL, OpenReview, DOI, other ids, page.

    Of two of a kind the smaller, so that a set gives the same answer every time.
    """
    return min(references, key=lambda one: (_RANK[one.kind], one.value), default=None)


# --- cleaning ---------------------------------------------------------------------------------

# Soft hyphen, Hangul fillers, zero-width and direction marks, variation selectors, tags, BOM.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_PIECES = re.compile(r"\S{1,1024}|\s+")
_MENTION = re.compile(r"<(?:[@#!:/]|a:|t:|id:)[^<>]{1,120}>")  # also emoji, times, commands
_ESCAPED = re.compile(r"\\([\\_*~`|<>()\[\]#.-])")


def _clean(text: str) -> str:
    text = text.encode("utf-8", "ignore").decode("utf-8")  # lone surrogates
    text = _INVISIBLE.sub("", text)
    # Piece by piece: sorting a very long run of accents takes quadratic time.
    text = "".join(unicodedata.normalize("NFKC", piece) for piece in _PIECES.findall(text))
    text = _CONTROLS.sub(" ", text)
    text = re.sub("[\u2010\u2011]", "-", text)  # the hyphens of PDF files
    text = re.sub("&(?:amp;)+", "&", text).replace("&lt;", "<").replace("&gt;", ">")
    return _ESCAPED.sub(r"\1", _MENTION.sub(" ", text))


# --- scanning ---------------------------------------------------------------------------------

_MAX_ADDRESS: Final = 2048
_MAX_ID: Final = 300
# Ends at a space, quote, angle bracket, bar (Slack's label, a spoiler) or East Asian punctuation;
# `<1661::AID-SIM968>` is a part of old Wiley DOIs.
_CHARACTER = r"""(?:[^\s<>"`|\\“”‘’«»「」『』《》【】〈〉、。]|<\d[\w.]{0,10}:[\w:.~-]{1,30}>)"""
_KNOWN_HOST = "|".join(
    re.escape(host) for host in sorted({*HOSTS, *LISTING_HOSTS}, key=len, reverse=True)
)
_REFUSED = (
    r"(?<![a-z0-9+.-])(?![a-z0-9+.-]{0,20}https?://\w)[a-z][a-z0-9+.-]{0,20}://\S*"
    r"|\b(?:javascript|vbscript|mailto|file|blob):\S+|\bdata:[\w.+-]{1,40}/\S*"
)
_START = r"(?<![\w./$€£-])"

_SCAN = re.compile(
    "|".join(
        (
            rf"(?P<address>https?://{_CHARACTER}{{1,{_MAX_ADDRESS}}})",
            rf"(?P<refused>{_REFUSED})",
            r"(?P<schemeless>(?<![\w@./-])"
            rf"(?:www\.(?=\w)|(?:[a-z0-9-]{{1,63}}\.){{0,4}}(?:{_KNOWN_HOST})/)"
            rf"{_CHARACTER}{{1,{_MAX_ADDRESS}}})",
            r"(?P<doi>(?<![\d.])10\.\d{4,9}(?:\.\d{1,9}){0,3}(?:/|%2f)"
            rf"{_CHARACTER}{{1,{_MAX_ID}}})",
            # With its label, or with a letter and a digit (`10/week` is a price), or all alone.
            rf"(?:(?<![a-z0-9])doi[:\s]{{0,3}}|{_START}(?=10/[a-z]\w*\d)|\A\s*(?=\S+\s*\Z))"
            rf"(?P<short_doi>10/{SHORT_DOI})(?![\w/-]|\.\d)",
            rf"(?:(?<![a-z0-9])arxiv[:.\s_-]{{0,3}}|{_START})(?P<arxiv>{ARXIV_NEW})"
            r"(?:v\d{1,3})?(?![\w%]|\.\d|-\d)",
            rf"(?:(?<![a-z0-9])arxiv[:\s]{{0,3}}|{_START})(?P<arxiv_old>{ARXIV_OLD})"
            r"(?:v\d{1,3})?(?!\w)",
            # In prose only with its capital letter: `p19-1001` is some other number.
            rf"{_START}(?P<acl>(?-i:{ACL_OLD})|{ACL_NEW})(?:v\d)?(?!\w|-\d)",
            r"(?<![a-z0-9])(?:pmid|pubmed[ -]?id)\s{0,3}[:#]?\s{0,3}(?P<pmid>\d{1,8})(?!\w)",
            # Five digits, since `PMC3` is a gene.
            r"(?<!\w)(?:pmcid\s{0,3}:\s{0,3}PMC|PMC(?=\d{5}))(?P<pmcid>\d{1,9})(?!\w)",
            r"(?<![a-z0-9])(?:corpus[ -]?id|s2cid)\s{0,3}:?\s{0,3}(?P<corpus>\d{1,12})(?!\w)",
            r"(?<!\w)(?P<label>acl|openreview|pmlr|jmlr|neurips|cvf|s2|ssrn):\s?"
            rf"(?P<labelled>(?:corpusid:)?[\w.,'/-]{{1,{_MAX_ID}}})",
        )
    ),
    re.ASCII | re.IGNORECASE,
)


def _scan(text: str) -> list[Reference | NoPaper]:
    found: dict[Reference | NoPaper, None] = {}
    position = 0
    while match := _SCAN.search(text, position):
        reference, position = _read(match)
        if reference:
            found[reference] = None
    return list(found)


def _read(match: re.Match[str]) -> tuple[Reference | NoPaper | None, int]:
    """What the match says, and where to go on."""
    name = match.lastgroup or ""
    body, start, end = match[name], match.start(name), match.end(name)
    match name:
        case "address" | "schemeless" if len(body) >= _MAX_ADDRESS:
            rest = re.compile(r"\S*").match(match.string, end)  # half an address is a wrong one
            return None, rest.end() if rest else end
        case "address":
            body = _trim_address(match.string, start, body)
            return look_up(body), start + len(body)
        case "schemeless":
            return _read_schemeless(_trim_address(match.string, start, body), start)
        case "doi":
            body = trim(body)
            return doi(unquote(body)), start + len(body)
        case "short_doi":
            return short_doi(body), match.end()
        case "arxiv" | "arxiv_old":
            return arxiv(body), match.end()
        case "acl":
            return acl(body), match.end()
        case "pmid" | "pmcid" | "corpus":
            return _read_number(name, body), match.end()
        case "labelled":
            return _read_labelled(match["label"].lower(), trim(body), start)
        case _:  # another scheme: consumed whole, so that nothing inside it counts
            return None, match.end()


_PARTICLE = re.compile(
    "(?<=[A-Za-z0-9/])(?:을|를|은|는|이|가|에|의|로|와|과|도|만|랑|이랑|하고|에서|에는|으로|까지|부터"
    "|라는|이라는|입니다|이에요|예요)$"
)


def _trim_address(text: str, start: int, address: str) -> str:
    """Without the sentence's end, `_emphasis_`, or a Korean particle written straight after it."""
    address = _PARTICLE.sub("", trim(address))
    for before in (start - 1, start - 2):
        if before < 0 or text[before] != "_":
            break
        address = address.removesuffix("_")  # one for one: an id may end in it as well
    return trim(address)


def _read_schemeless(address: str, start: int) -> tuple[Reference | NoPaper | None, int]:
    """`arxiv.org/abs/...`. Without a scheme a page must begin with `www.`, or be no page at all."""
    found = look_up(f"https://{address}")
    is_page = isinstance(found, Reference) and found.kind is Kind.PAGE
    return (found if address.lower().startswith("www.") or not is_page else None), start + len(
        address
    )


def _read_number(name: str, digits: str) -> Reference | None:
    digits = digits.lstrip("0")
    kind, form = {
        "pmid": (Kind.PMID, "{}"),
        "pmcid": (Kind.PMCID, "PMC{}"),
        "corpus": (Kind.S2, "CorpusId:{}"),
    }[name]
    return Reference(kind, form.format(digits)) if digits else None


def _read_labelled(label: str, value: str, start: int) -> tuple[Reference | None, int]:
    """`openreview:BJe1hJHFwS`, as we print it ourselves: right if its address leads back to it."""
    asked = Reference(Kind(label), value)
    shown = look_up(asked.url or "")
    if not isinstance(shown, Reference) or shown.kind is not asked.kind:
        return None, start
    if shown.value.lower() == value.lower():
        return shown, start + len(value)
    return None, start  # the label was prose: "JMLR: https://..."


# --- titles -----------------------------------------------------------------------------------

_NO_WORDS = re.compile(
    "|".join(
        (
            _REFUSED,
            r"https?://\S*",
            r"(?<![\w.])@[\w.]{1,64}",
            r":\w{1,40}:",
            # Ids that turned out to be none: a slip of the pen is no title.
            r"\b(?:arxiv|doi|pmid|pmcid|corpusid|s2cid|acl|openreview|pmlr|jmlr|neurips|cvf|s2|ssrn)"
            r"\s{0,3}(?::\s{0,3}\S*|\d\S*)",
            r"\b\d{4}\.\d{4,}(?:v\d+)?",
            rf"\b(?:{'|'.join(ARCHIVES)})(?:\.[a-z-]{{2,12}})?/\d+(?:v\d+)?",
            r"\b10\.\d+/\S*",
        )
    ),
    re.IGNORECASE,
)


def _has_words(text: str) -> bool:
    """Free text has a letter outside addresses, mentions and malformed ids."""
    return any(character.isalpha() for character in _NO_WORDS.sub(" ", text))


def _as_title(text: str) -> str:
    return " ".join(text.split()).strip(' *_~`|"“”«»「」『』《》<>')
