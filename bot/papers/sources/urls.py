"""Where the services are, and how often they want to be asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from bot.core.http.rate_limit import Pace


@dataclass(frozen=True)
class SourceUrls:
    """Base addresses of the services; a test or a mirror brings its own."""

    arxiv_url: str = "https://export.arxiv.org/api/query"
    crossref_url: str = "https://api.crossref.org/works"
    datacite_url: str = "https://api.datacite.org/dois"
    doi_url: str = "https://doi.org"
    openreview_url: str = "https://api2.openreview.net"
    openreview_v1_url: str = "https://api.openreview.net"
    semantic_scholar_url: str = "https://api.semanticscholar.org/graph/v1"


PACES: Final[Mapping[str, Pace]] = {
    # arXiv's terms of use: one request in three seconds, a single connection.
    "export.arxiv.org": Pace(1, timedelta(seconds=3)),
    "arxiv.org": Pace(1, timedelta(seconds=3)),
    # Without a key everybody in the world shares one quota.
    "api.semanticscholar.org": Pace(1, timedelta(seconds=1.1)),
    "api.crossref.org": Pace(3, timedelta(seconds=0.2)),
    "api.datacite.org": Pace(2, timedelta(seconds=0.2)),
    "api2.openreview.net": Pace(1, timedelta(seconds=0.5)),
    "api.openreview.net": Pace(1, timedelta(seconds=0.5)),
}
"""For `core.http.Limits`. Services that live elsewhere (see `SourceUrls`) are asked freely."""
