"""What an identifier is: its kinds, the one spelling that we keep of each, its address.

    kind        value kept                                example
    arxiv       new id, or archive/number; no version         1706.03762   math/0309136
    doi         lower case, decoded                           10.1038/nature14539   10/gf2z3n
    acl         Anthology id                                  P19-1001   2020.acl-main.1
    openreview  forum id, case kept                           YicbFdNTTy
    pmlr        volume/paper                                  v139/radford21a
    jmlr        volume/paper                                  v21/20-074   v3/bengio03a
    neurips     year/hash, with -track if it is unusual       2017/3f5ee243547dee91fbd053c1c4a845aa
                or an old address's name: no hash in it       7181-attention-is-all-you-need
    cvf         conference/paper                              CVPR2016/He_Deep_..._CVPR_2016
                workshop/name/paper                           CVPR2021W/AICITY/Doe_..._CVPRW_2021
    s2          paper's SHA, or CorpusId:number               CorpusId:13756489
    pmid        number                                        26017442
    pmcid       PMC and number                                PMC4196866
    ssrn        number                                        3234
    page        normalised address                            https://example.org/paper?id=7
    title       the words                                     Attention Is All You Need

`arxiv`, `acl`, `doi` and `short_doi` turn a spelling into a Reference, or None if it cannot be one.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import quote


class Kind(StrEnum):
    ARXIV = "arxiv"
    DOI = "doi"
    ACL = "acl"
    OPENREVIEW = "openreview"
    PMLR = "pmlr"
    JMLR = "jmlr"
    NEURIPS = "neurips"
    CVF = "cvf"
    S2 = "s2"
    PMID = "pmid"
    PMCID = "pmcid"
    SSRN = "ssrn"
    PAGE = "page"
    TITLE = "title"


@dataclass(frozen=True, order=True)
class Reference:
    """One way of pointing at a paper. Two spellings of the same id are equal."""

    kind: Kind
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"

    @property
    def url(self) -> str | None:
        """Where to send a reader; parsing it gives this reference again. A title has none."""
        match self.kind:
            case Kind.TITLE:
                return None
            case Kind.DOI:
                return f"https://doi.org/{quote(self.value, safe='/:;()')}"
            case Kind.NEURIPS:
                return _neurips_address(self.value)
            case Kind.CVF:
                return _cvf_address(self.value)
            case Kind.S2 if self.value.lower().startswith("corpusid:"):
                return f"https://api.semanticscholar.org/CorpusID:{self.value[9:]}"
            case _:
                return _ADDRESSES[self.kind].format(self.value)


_ADDRESSES: Final = {
    Kind.ARXIV: "https://arxiv.org/abs/{}",
    Kind.ACL: "https://aclanthology.org/{}/",
    Kind.OPENREVIEW: "https://openreview.net/forum?id={}",
    Kind.PMLR: "https://proceedings.mlr.press/{}.html",
    Kind.JMLR: "https://jmlr.org/papers/{}.html",
    Kind.S2: "https://www.semanticscholar.org/paper/{}",
    Kind.PMID: "https://pubmed.ncbi.nlm.nih.gov/{}/",
    Kind.PMCID: "https://pmc.ncbi.nlm.nih.gov/articles/{}/",
    Kind.SSRN: "https://papers.ssrn.com/sol3/papers.cfm?abstract_id={}",
    Kind.PAGE: "{}",
}


def _neurips_address(value: str) -> str:
    """Since 2022 the landing page's name ends in the track; "Conference" is the usual one."""
    year, slash, paper = value.partition("/")
    if not slash:
        return f"https://papers.nips.cc/paper/{value}"
    digest, _, track = paper.partition("-")
    track = track or ("Conference" if year >= "2022" else "")
    host = "datasets-benchmarks-proceedings" if track.startswith("round") else "proceedings"
    page = f"{digest}-Abstract-{track}" if track else f"{digest}-Abstract"
    return f"https://{host}.neurips.cc/paper_files/paper/{year}/hash/{page}.html"


def _cvf_address(value: str) -> str:
    """Until 2020 every conference had its own folder, its name in small or capital letters."""
    base = "https://openaccess.thecvf.com"
    folder, _, paper = value.rpartition("/")
    if folder.startswith("content_"):
        return f"{base}/{folder}/{paper}_paper.html"
    main = re.fullmatch(r"([A-Z]+)(\d{4})", folder, re.ASCII)
    if main and main[2] <= "2020" and main[1] != "ACCV":
        small = main[2] <= "2016" or (main[1] == "CVPR" and main[2] <= "2018")
        conference = main[1].lower() if small else main[1]
        return f"{base}/content_{conference}_{main[2]}/html/{paper}_paper.html"
    return f"{base}/content/{folder}/html/{paper}_paper.html"


# --- arXiv ------------------------------------------------------------------------------------

# fmt: off
ARCHIVES: Final = (
    "acc-phys", "adap-org", "alg-geom", "ao-sci", "astro-ph", "atom-ph", "bayes-an", "chao-dyn",
    "chem-ph", "cmp-lg", "comp-gas", "cond-mat", "cs", "dg-ga", "funct-an", "gr-qc", "hep-ex",
    "hep-lat", "hep-ph", "hep-th", "math", "math-ph", "mtrl-th", "nlin", "nucl-ex", "nucl-th",
    "patt-sol", "physics", "plasm-ph", "q-alg", "q-bio", "quant-ph", "solv-int", "supr-con",
)
# fmt: on
"""The archives that gave out old-style ids. A closed list: there will be no new ones."""

ARXIV_NEW: Final = r"\d{4}\.\d{4,5}"
ARXIV_OLD: Final = rf"(?:{'|'.join(ARCHIVES)})(?:\.[a-z][a-z-]{{1,11}})?/\d{{7}}"

_ARXIV_NEW = re.compile(rf"({ARXIV_NEW})(?:v\d+)?", re.ASCII | re.IGNORECASE)
_ARXIV_OLD = re.compile(rf"({ARXIV_OLD})(?:v\d+)?", re.ASCII | re.IGNORECASE)


def arxiv(text: str) -> Reference | None:
    """`1706.03762v5`, `math.GT/0309136`: month 01-12, and the length that the id's month had."""
    if new := _ARXIV_NEW.fullmatch(text):
        month, number = new[1].split(".")
        digits = 4 if month <= "1412" else 5
        if month >= "0704" and _is_month(month) and len(number) == digits:
            return Reference(Kind.ARXIV, new[1])
    elif old := _ARXIV_OLD.fullmatch(text):
        archive, number = old[1].lower().split("/")
        # arXiv opened in 1991, so that 91-99 are of the last century.
        if _is_month(number[:4]) and (number[:2] >= "91" or number[:4] <= "0703"):
            return Reference(Kind.ARXIV, f"{archive.partition('.')[0]}/{number}")
    return None


def _is_month(yymm: str) -> bool:
    return "01" <= yymm[2:] <= "12"


# --- ACL Anthology ----------------------------------------------------------------------------

# The letter is a venue (no B, G, V, Z), then the year from 1965 to 2020, when the new style came.
ACL_OLD: Final = r"[ACDEFHIJKLMNOPQRSTUWXY](?:6[5-9]|[7-9]\d|[01]\d|20)-\d{4}"
ACL_NEW: Final = r"(?:19|20)\d\d\.[a-z][a-z0-9_]{1,30}-[a-z0-9_]{1,30}\.\d{1,4}"

_ACL_OLD = re.compile(ACL_OLD, re.ASCII | re.IGNORECASE)
_ACL_NEW = re.compile(ACL_NEW, re.ASCII | re.IGNORECASE)


def acl(text: str) -> Reference | None:
    if _ACL_OLD.fullmatch(text):
        return Reference(Kind.ACL, text.upper())
    if _ACL_NEW.fullmatch(text):
        return Reference(Kind.ACL, text.lower())
    return None


# --- DOI --------------------------------------------------------------------------------------

DOI_PREFIX: Final = r"10\.\d{4,9}(?:\.\d{1,9}){0,3}/"

_DOI = re.compile(rf"({DOI_PREFIX})([!-~]+)", re.ASCII | re.IGNORECASE)
_DOI_END = re.compile(r"""[?#&"|\\`]""")  # of an address or of markup, never seen in a real DOI
_BIORXIV_VERSION = re.compile(
    r"(10\.(?:1101|64898)/(?:\d{4}\.\d\d\.\d\d\.)?\d{6,8})v\d+\b.*", re.ASCII
)
_PLOS_PART = re.compile(r"(10\.1371/journal\.\w{4}\.\d{7})\.[a-z]\d{3}", re.ASCII)

_SAME_BY_FORM: Final = (
    (re.compile(r"10\.48550/arxiv\.(.+)"), arxiv),
    (re.compile(r"10\.(?:18653|3115)/v1/(.+)"), acl),
    (re.compile(r"10\.2139/ssrn\.0*([1-9]\d{0,9})", re.ASCII), lambda n: Reference(Kind.SSRN, n)),
)


def doi(text: str) -> Reference | None:
    """`text`, decoded, begins with a DOI; whatever prose or address follows it is cut off."""
    found = _DOI.match(text)
    if not found:
        return None
    suffix = trim(_DOI_END.split(found[2], maxsplit=1)[0], closed=True).rstrip("/")
    # A closing slash may hide a full stop, and the other way round.
    while suffix != (shorter := trim(suffix, closed=True).rstrip("/")):
        suffix = shorter
    if not suffix:
        return None
    value = (found[1] + suffix).lower()
    value = _BIORXIV_VERSION.sub(r"\1", value)
    value = _PLOS_PART.sub(r"\1", value)
    for form, build in _SAME_BY_FORM:
        if (same := form.fullmatch(value)) and (reference := build(same[1])):
            return reference
    return Reference(Kind.DOI, value)


SHORT_DOI: Final = r"[a-z0-9]{3,8}"
_SHORT_DOI = re.compile(rf"(?:10/)?({SHORT_DOI})", re.ASCII | re.IGNORECASE)


def short_doi(text: str) -> Reference | None:
    """`10/gf2z3n`, or only what follows the slash: doi.org's short form, which is a DOI itself."""
    found = _SHORT_DOI.fullmatch(text)
    return Reference(Kind.DOI, f"10/{found[1].lower()}") if found else None


# --- where an id or an address ends -----------------------------------------------------------

_PAIRS: Final = {")": "(", "]": "[", "}": "{", ">": "<"}
_NEXT_ITEM = re.compile(r"[,;](?=https?://|doi:|10\.\d{4,9}/)", re.ASCII | re.IGNORECASE)
_PUNCTUATION: Final = ".,;:!?'\"*~([{<"


def trim(text: str, *, closed: bool = False) -> str:
    """Cut off what belongs to the sentence around: `S0140-6736(05)67889-3).` -> `...67889-3`.

    A closing bracket stays if it was opened inside. With `closed`, an opening bracket that is never
    closed ends the text as well: `nature14539(LeCun` -> `nature14539`.
    """
    text = _NEXT_ITEM.split(text, maxsplit=1)[0]
    opened: dict[str, list[int]] = {bracket: [] for bracket in _PAIRS.values()}
    for position, character in enumerate(text):
        if character in opened:
            opened[character].append(position)
        elif opening := _PAIRS.get(character):
            if not opened[opening]:
                text = text[:position]
                break
            opened[opening].pop()
    if closed:
        text = text[: min((at for open_ in opened.values() for at in open_), default=len(text))]
    return text.rstrip(_PUNCTUATION)
