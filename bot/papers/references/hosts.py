"""From an address to the paper that it shows.

    address ─> normalised ─> the table's rows for its host ─> an id
                          ─> what it wraps (see `wrapped`), which is looked up in its place
                          ─> no paper (see `listings`), or else the page itself

Only http and https. A row of the table reads: these hosts and all below them; a pattern that is
searched in "path?query", decoded; what its groups mean. The first row that gives an id wins.
"""

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from bot.papers.references.identifiers import (
    ACL_NEW,
    ACL_OLD,
    ARCHIVES,
    ARXIV_NEW,
    ARXIV_OLD,
    DOI_PREFIX,
    SHORT_DOI,
    Kind,
    Reference,
    acl,
    arxiv,
    doi,
    short_doi,
    trim,
)
from bot.papers.references.listings import LIST, LISTING_HOSTS, NoPaper, no_paper
from bot.papers.references.proxies import Proxies
from bot.papers.references.wrapped import inner_addresses

# --- what the groups of a row mean ------------------------------------------------------------

Build = Callable[..., Reference | None]


def _exactly(kind: Kind, form: str = "{}") -> Build:
    return lambda *groups: Reference(kind, form.format(*groups))


def _lower(kind: Kind, form: str = "{}") -> Build:
    return lambda *groups: Reference(kind, form.format(*(group.lower() for group in groups)))


def _number(kind: Kind, form: str = "{}") -> Build:
    """Without leading zeros; zero is nobody's number."""

    def build(digits: str) -> Reference | None:
        number = digits.lstrip("0")
        return Reference(kind, form.format(number)) if number else None

    return build


def _arxiv(form: str) -> Build:
    return lambda *groups: arxiv(form.format(*groups))


def _doi(form: str) -> Build:
    return lambda *groups: doi(form.format(*groups))


_VIEW = re.compile(
    r"(?:/(?:full|abstract|pdf|epdf|epub|meta|summary|references|figures|metrics)(?:[/.].*)?"
    r"|\.(?:full|abstract|pdf|html?))+$",
    re.IGNORECASE,
)


def _viewed_doi(text: str) -> Reference | None:
    """A publisher's address goes on after the DOI: `/full`, `.pdf`, `/meta`."""
    return doi(_VIEW.sub("", text))


def _nature(article: str) -> Reference | None:
    """Humanities & Social Sciences Communications has kept its former publisher's prefix."""
    palgrave = article.lower().startswith(("s41599", "palcomms"))
    return doi(f"{'10.1057' if palgrave else '10.1038'}/{article}")


def _neurips(year: str, digest: str, track: str | None) -> Reference:
    usual = track is None or (track == "Conference" and year >= "2022")
    return Reference(Kind.NEURIPS, f"{year}/{digest.lower()}" + ("" if usual else f"-{track}"))


def _cvf(conference: str, year: str, workshop: str | None, paper: str) -> Reference:
    return Reference(Kind.CVF, f"{conference.upper()}{year}{workshop or ''}/{paper}")


# --- the table --------------------------------------------------------------------------------

_END = r"(?![a-z0-9])"
_ANY_ARXIV = rf"({ARXIV_NEW}|{ARXIV_OLD})(?:v\d+)?{_END}"
_ANY_ACL = rf"({ACL_OLD}|{ACL_NEW})(?:v\d+)?{_END}"
_ANY_DOI = rf"({DOI_PREFIX}[^?]+)"
_FLAT_DOI = rf"({DOI_PREFIX}[^/?]+)"  # of a publisher whose DOIs hold one slash only
_VOLUME = r"([vr]\d{1,4})"
_PMLR_PAPER = rf"([a-z][a-z_-]*\d\d[a-z]*){_END}"
_CVF_PAPER = r"([\w.,'-]+?)_(?:paper|supplemental)\."
# s41586-021-03819-2, nature14539, nbt0303-258, nmeth.1234, 323533a0, 35057062. Not bjc2012123 or
# 1201234: the DOIs of those are not told by the address (10.1038/bjc.2012.123, 10.1038/sj.onc...).
_NATURE_ARTICLE = (
    r"([sd]\d{5}-\d{3}-\d{4,5}-[0-9a-z]|[a-z]{2,}\d{1,5}(?:-\d{1,4})?|[a-z]+\.\d[\d.]*"
    rf"|\d{{5,6}}[a-z]\d|35\d{{6}}){_END}"
)

_ARXIV_MIRRORS = (
    "arxiv.org xxx.lanl.gov alphaxiv.org ar5iv.org arxiv-vanity.com arxiv-sanity.com scirate.com "
    "paperswithcode.com papers.cool emergentmind.com talk2arxiv.org adsabs.harvard.edu"
)
_ACL_HOSTS = "aclanthology.org aclweb.org aclanthology.info aclanthology.coli.uni-saarland.de"
_JMLR_HOSTS = "jmlr.org jmlr.csail.mit.edu"
_CVF_HOSTS = "openaccess.thecvf.com cv-foundation.org"
_DOI_IN_PATH = (
    "onlinelibrary.wiley.com tandfonline.com science.org sciencemag.org pnas.org pubs.acs.org "
    "aps.org iopscience.iop.org frontiersin.org sagepub.com annualreviews.org "
    "royalsocietypublishing.org pubsonline.informs.org epubs.siam.org"
)

_TABLE: Final[tuple[tuple[str, str, Build], ...]] = (
    # arXiv and its mirrors; the second row is for PS_cache/math/pdf/0309/0309136v1.pdf
    (_ARXIV_MIRRORS, rf"[/:]{_ANY_ARXIV}", arxiv),
    (
        "arxiv.org xxx.lanl.gov",
        rf"/({'|'.join(ARCHIVES)})/(?:pdf|ps|papers)/\d{{4}}/(\d{{7}})",
        _arxiv("{}/{}"),
    ),
    ("huggingface.co hf.co", rf"^/papers/{_ANY_ARXIV}", arxiv),
    ("paperswithcode.com", rf"[?&](?:arxiv_id|q)={_ANY_ARXIV}", arxiv),
    ("adsabs.harvard.edu", r"/\d{4}arXiv(\d{4})\.?(\d{4,5})[a-z]", _arxiv("{}.{}")),
    # Semantic Scholar
    ("arxiv.org", rf"^/api/query\?(?:.*&)?id_list={_ANY_ARXIV}(?!,)", arxiv),
    ("semanticscholar.org", rf"/arxiv[/:]{_ANY_ARXIV}", arxiv),
    ("semanticscholar.org", rf"/corpusid:(\d{{1,12}}){_END}", _number(Kind.S2, "CorpusId:{}")),
    (
        "semanticscholar.org",
        rf"/(?:paper/[^/?]*/|paper/|reader/|p/)([0-9a-f]{{40}}){_END}",
        _lower(Kind.S2),
    ),
    (
        "pdfs.semanticscholar.org",
        rf"^/([0-9a-f]{{4}})/([0-9a-f]{{36}}){_END}",
        _lower(Kind.S2, "{}{}"),
    ),
    # proceedings
    (_ACL_HOSTS, rf"/{_ANY_ACL}", acl),
    (
        "openreview.net",
        r"^/(?:forum|pdf|attachment|revisions|notes)\?(?:.*&)?id=([\w-]{5,})",
        _exactly(Kind.OPENREVIEW),
    ),
    ("mlr.press", rf"^/{_VOLUME}/{_PMLR_PAPER}", _lower(Kind.PMLR, "{}/{}")),
    (_JMLR_HOSTS, rf"^/proceedings/papers/{_VOLUME}/{_PMLR_PAPER}", _lower(Kind.PMLR, "{}/{}")),
    (
        "raw.githubusercontent.com",  # where PMLR keeps its PDF files
        rf"^/mlresearch/{_VOLUME}/[^/]+/assets/{_PMLR_PAPER}",
        _lower(Kind.PMLR, "{}/{}"),
    ),
    (
        _JMLR_HOSTS,
        r"^(?:/beta)?/papers/v(?:olume)?(\d+)/([a-z0-9][a-z0-9_-]*)",
        _lower(Kind.JMLR, "v{}/{}"),
    ),
    (
        "nips.cc neurips.cc",
        r"/paper/(\d{4})/(?:hash|file)/([0-9a-f]{32})(?:-[a-z]+(?:-(\w+))?)?\.",
        _neurips,
    ),
    (
        "nips.cc neurips.cc",
        r"/paper/(\d{1,5}-[a-z0-9]+(?:-(?!supplemental)[a-z0-9]+)*)",
        _lower(Kind.NEURIPS),
    ),
    (
        "openaccess.thecvf.com",
        rf"^/content/([a-z]+)(\d{{4}})(W?(?:/[\w-]+)?)/(?:html|papers|supplemental)/{_CVF_PAPER}",
        _cvf,
    ),
    (_CVF_HOSTS, rf"/content_([a-z]+)_(\d{{4}})()/(?:html|papers)/{_CVF_PAPER}", _cvf),
    (
        _CVF_HOSTS,  # workshops until 2020, which had no common order of folders
        rf"/(content_\w+(?:/[\w-]+)?)/(?:html|papers)((?:/[\w-]+)?)/{_CVF_PAPER}",
        _exactly(Kind.CVF, "{}/html{}/{}"),
    ),
    # medicine, social science
    ("pubmed.ncbi.nlm.nih.gov", rf"^/(\d{{1,8}}){_END}", _number(Kind.PMID)),
    ("ncbi.nlm.nih.gov", rf"/pubmed/(\d{{1,8}}){_END}", _number(Kind.PMID)),
    ("ncbi.nlm.nih.gov", rf"/articles/PMC(\d{{1,9}}){_END}", _number(Kind.PMCID, "PMC{}")),
    ("europepmc.org", rf"/MED/(\d{{1,8}}){_END}", _number(Kind.PMID)),
    ("europepmc.org", rf"/PMC(\d{{1,9}}){_END}", _number(Kind.PMCID, "PMC{}")),
    (
        "ssrn.com",
        rf"(?:[?&]abstract(?:_?id)?=|/abstract(?:_?id)?[=/]|^/)(\d{{1,10}}){_END}",
        _number(Kind.SSRN),
    ),
    # addresses that hold a DOI, or all of it but the prefix
    ("doi.org doi.acm.org dx.plos.org libkey.io", _ANY_DOI, doi),
    ("doi.org shortdoi.org", rf"^/10/({SHORT_DOI})/?$", short_doi),
    # Not the pages of the site itself: doi.org/resources.
    ("doi.org shortdoi.org", r"^/(?=[a-z]+\d)([a-z0-9]{3,8})/?$", short_doi),
    ("nature.com", rf"/(?:articles|full|pdf|abs)/{_NATURE_ARTICLE}", _nature),
    ("nature.com", _FLAT_DOI, _viewed_doi),
    ("springer.com springeropen.com biomedcentral.com", _FLAT_DOI, _viewed_doi),
    ("dl.acm.org", rf"/(?!10\.5555/){_FLAT_DOI}", _viewed_doi),  # 10.5555: no DOI service knows it
    ("dl.acm.org", r"/citation\.cfm\?(?:.*&)?id=(\d+\.\d+)", _doi("10.1145/{}")),
    ("plos.org", r"[?&]id=(?:info:doi/)?(10\.\d{4,9}/[^&]+)", doi),
    ("plos.org plosone.org", _FLAT_DOI, _viewed_doi),
    ("biorxiv.org medrxiv.org", r"/(10\.\d{4,9}/[\d.]*\d)", doi),
    (
        "biorxiv.org medrxiv.org",
        r"/(?:early/\d{4}/\d\d/\d\d|cgi/content/[\w-]+)/([\d.]*\d)",
        _doi("10.1101/{}"),
    ),
    (
        "elifesciences.org",
        rf"^/(?:articles|reviewed-preprints)/(\d{{5,6}})(?:v\d)?{_END}",
        _doi("10.7554/elife.{}"),
    ),
    (_DOI_IN_PATH, rf"/{_ANY_DOI}", _viewed_doi),
)

_ROWS: Final[dict[str, list[tuple[re.Pattern[str], Build]]]] = {}
for _hosts, _pattern, _build in _TABLE:
    _compiled = re.compile(_pattern, re.ASCII | re.IGNORECASE)
    for _host in _hosts.split():
        _ROWS.setdefault(_host, []).append((_compiled, _build))

HOSTS: Final = tuple(_ROWS)
"""The hosts that the table knows, for addresses written without `https://`."""

_PROXIES: Final = Proxies((*_ROWS, *LISTING_HOSTS))
_MOST_LAYERS: Final = 8


# --- looking up -------------------------------------------------------------------------------


def look_up(address: str) -> Reference | NoPaper | None:
    """What the address shows: a paper by id, a page, or no paper; None if it is no http(s) address.

    Proxies, redirects and archives are unwrapped: what they lead to counts.
    """
    return _look_up(address, _MOST_LAYERS)


def _look_up(address: str, layers: int) -> Reference | NoPaper | None:
    parts = _normalise(address)
    # Dropping the end of an address can lay bare punctuation: `/a.?utm_source=x`.
    while parts and (page := parts.geturl()) != (trimmed := trim(page)):
        parts = _normalise(trimmed)
    if not parts:
        return None
    if reference := _by_table(parts):
        return reference
    for inner in inner_addresses(parts, _PROXIES) if layers else ():
        found = _look_up(inner.address, layers - 1)
        if found and (inner.sure or (isinstance(found, Reference) and found.kind is not Kind.PAGE)):
            return found
    host, target = parts.hostname or "", _target(parts)
    if target == "/" and host.removeprefix("www.") in _ROWS:
        return LIST
    return no_paper(host, target) or Reference(Kind.PAGE, parts.geturl())


def _by_table(parts: SplitResult) -> Reference | None:
    target = _target(parts)
    labels = (parts.hostname or "").split(".")
    for start in range(len(labels)):
        for pattern, build in _ROWS.get(".".join(labels[start:]), ()):
            if (found := pattern.search(target)) and (reference := build(*found.groups())):
                return reference
    return None


def _target(parts: SplitResult) -> str:
    return unquote(parts.path) + ("?" + unquote(parts.query) if parts.query else "")


_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_TRACKING = re.compile(
    r"utm_\w*|[gdm]clid|gclsrc|gbraid|wbraid|fbclid|msclkid|yclid|twclid|ttclid|igshid|igsh"
    r"|mc_[ce]id|mkt_tok|_hs(?:enc|mi)|_ga|_gl|ref_src|sharing_token",
    re.ASCII | re.IGNORECASE,
)
_PRINTABLE_ASCII: Final = "".join(map(chr, range(33, 127)))


def _normalise(address: str) -> SplitResult | None:
    """Small scheme and host; no name and password, default port, tracking parameter, fragment."""
    try:
        parts = urlsplit(address)
        host, port = _ascii_host(parts.hostname or ""), parts.port
    except ValueError:  # brackets, port or host that cannot be
        return None
    if parts.scheme not in _DEFAULT_PORTS or not host:
        return None
    if port is not None and port != _DEFAULT_PORTS[parts.scheme]:
        host += f":{port}"
    query = "&".join(
        pair
        for pair in parts.query.split("&")
        if pair and not _TRACKING.fullmatch(pair.partition("=")[0])
    )
    path = quote(parts.path or "/", safe=_PRINTABLE_ASCII)
    query = quote(query, safe=_PRINTABLE_ASCII)
    return urlsplit(urlunsplit((parts.scheme, host, path, query, "")))


_GLUED_TEXT = re.compile(r"(\.[a-z]{2,})[^\x00-\x7f][^.]*$")
_IPV6 = re.compile(r"[0-9a-f:.]+")
_HOST_NAME = re.compile(
    r"[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*"
)


def _ascii_host(host: str) -> str:
    """Punycode for other letters, which also shows a look-alike for what it is. "" if no host."""
    if ":" in host:
        return f"[{host}]" if _IPV6.fullmatch(host) else ""
    if len(host) > 253:
        return ""
    if not host.isascii():
        # `https://example.com에서`: no top-level domain mixes scripts, so the rest is prose.
        host = _GLUED_TEXT.sub(r"\1", host)
        host = host if host.isascii() else host.encode("idna").decode("ascii").lower()
    host = host.removesuffix(".")
    return host if _HOST_NAME.fullmatch(host) else ""
