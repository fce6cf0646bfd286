"""Addresses on well-known hosts that show no paper: lists, searches, people, venues, models. Pure.

Most of these hosts have an id in the address of each paper, so that whatever has none is no paper.
A row reads: these hosts and all below them; what may be a paper or an article all the same, going
by "path?query"; the sentence for the rest. The row of the most specific host counts.
"""

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class NoPaper:
    """An address at which no paper is to be expected; `reason` is a sentence for the member."""

    reason: str


LIST: Final = NoPaper("That's a list of papers. Open one and send its link.")
MODEL: Final = NoPaper("That's a model, a data set or a demo. Open its paper and send that link.")
CHAT: Final = NoPaper("That link leads into Discord, not to a paper. Send the paper's own link.")

_NOTHING: Final = r"(?!)"
_FRONT_PAGE_ONLY: Final = r"^/."

_ROWS: Final[tuple[tuple[str, str, NoPaper], ...]] = (
    (
        "arxiv.org xxx.lanl.gov alphaxiv.org ar5iv.org ar5iv.labs.arxiv.org arxiv-vanity.com",
        r"^/(?:abs|pdf|html|ps|src|e-print|format|ftp|ps_cache|overview|papers)/\S",
        LIST,
    ),
    ("blog.arxiv.org", _FRONT_PAGE_ONLY, LIST),
    ("arxiv-sanity.com papers.cool scirate.com", r"/\d{4}\.\d|/paper/", LIST),
    ("emergentmind.com", r"^/(?:papers|articles|topics)/.", LIST),
    ("paperswithcode.com", r"^/paper/.", LIST),
    ("adsabs.harvard.edu", r"/(?:abs|full|pdf|link_gateway)/.", LIST),
    (
        "openreview.net",
        r"^/(?:forum|pdf|attachment|revisions|notes|references/pdf)\b.*[?&](?:note)?id=.",
        LIST,
    ),
    ("aclanthology.org aclanthology.info aclanthology.coli.uni-saarland.de", _NOTHING, LIST),
    ("aclweb.org", r"^/(?!anthology).", LIST),
    ("mlr.press", _NOTHING, LIST),
    ("jmlr.org jmlr.csail.mit.edu", r"^/(?:beta/)?papers/.*\.(?:pdf|html?)$", LIST),
    (
        "papers.nips.cc papers.neurips.cc proceedings.neurips.cc proceedings.nips.cc "
        "datasets-benchmarks-proceedings.neurips.cc books.nips.cc",
        r"/(?:hash|file)/.|\.pdf$",
        LIST,
    ),
    (
        "neurips.cc nips.cc",
        r"/virtual/\d{4}/(?!events?/)[\w-]+/\d|[?&](?:showEvent|event)=\d",
        LIST,
    ),
    ("blog.neurips.cc", _FRONT_PAGE_ONLY, LIST),
    ("openaccess.thecvf.com", r"/(?:html|papers|supplemental)/.", LIST),
    ("cv-foundation.org", r"/(?:html|papers)/.|^/(?!openaccess).", LIST),
    ("semanticscholar.org", r"^/(?:graph/v1/)?(?:paper|reader|p)/(?!search\b).", LIST),
    ("pdfs.semanticscholar.org", _FRONT_PAGE_ONLY, LIST),
    ("pubmed.ncbi.nlm.nih.gov", _NOTHING, LIST),
    (
        "ncbi.nlm.nih.gov",
        r"^/(?:books|(?:labs/)?pmc/articles)/.",
        LIST,
    ),
    ("pmc.ncbi.nlm.nih.gov", r"^/articles/.", LIST),
    ("europepmc.org", r"^/(?!search|authors?\b|journals?\b|advancesearch).", LIST),
    ("ssrn.com", r"^/(?:sol3/(?:papers|delivery)\.cfm|abstract)\b.*\d", LIST),
    ("huggingface.co hf.co", r"^/(?:blog|learn|docs|posts|tasks)/.|^/papers/.*\d{4}\.\d", LIST),
    (
        "discord.com discordapp.com discord.gg discord.me discord.io discord.li discord.new "
        "dsc.gg invite.gg dis.gd",
        r"^/blog/.",
        CHAT,
    ),
    ("cdn.discordapp.com media.discordapp.net", _FRONT_PAGE_ONLY, CHAT),
    ("scholar.google.com", _NOTHING, LIST),
    ("google.com", r"^/(?!(?:search|webhp)\b).", LIST),
    ("bing.com duckduckgo.com", r"^/(?!(?:search|html|\?q=)\b).", LIST),
    ("dblp.org dblp.uni-trier.de dblp.dagstuhl.de", r"^/rec/.", LIST),
    ("connectedpapers.com", r"^/main/.", LIST),
    ("biorxiv.org medrxiv.org", r"^/content/(?!early/recent).*\d|/10\.\d{4}", LIST),
    ("doi.org", _FRONT_PAGE_ONLY, LIST),
)
_MODEL: Final = re.compile(
    r"^/(?!papers|collections|search|models|datasets/?$|spaces/?$)[^/?]+/[^?]"
)

_BY_HOST: Final = {
    host: (re.compile(pattern, re.ASCII | re.IGNORECASE), answer)
    for hosts, pattern, answer in _ROWS
    for host in hosts.split()
}
LISTING_HOSTS: Final = tuple(_BY_HOST)
_SCHOLAR: Final = re.compile(r"scholar\.google\.(?:\w{2,3}\.)?\w{2,3}")


def no_paper(host: str, target: str) -> NoPaper | None:
    """Why an address without an id is no paper; None where it may be one. `target`: path?query."""
    if _SCHOLAR.fullmatch(host):
        return LIST
    labels = host.split(".")
    for start in range(len(labels)):
        if row := _BY_HOST.get(".".join(labels[start:])):
            may_be_one, answer = row
            if may_be_one.search(target):
                return None
            is_model = host.endswith(("huggingface.co", "hf.co")) and _MODEL.match(target)
            return MODEL if is_model else answer
    return None
