"""DOIs: Crossref, which has most papers; DataCite, which has the preprints; then doi.org itself."""

import re
from typing import Final
from urllib.parse import quote

from bot.core.http.client import HttpClient
from bot.core.text import escape
from bot.papers.references.identifiers import Kind, Reference
from bot.papers.sources.citeproc import parse_work
from bot.papers.sources.datacite import parse_datacite
from bot.papers.sources.record import Answer, NotFound, PaperRecord, Unavailable
from bot.papers.sources.service_client import ask, is_missing, mapping, read_json, unusable
from bot.papers.sources.urls import SourceUrls

_CSL = "application/vnd.citationstyles.csl+json"
# Their DOIs are built from the id, so a DOI registry can stand in for their own site.
_BUILT: Final = {
    Kind.DOI: "{}",
    Kind.ARXIV: "10.48550/arxiv.{}",
    Kind.ACL: "10.18653/v1/{}",
    Kind.SSRN: "10.2139/ssrn.{}",
}


class DoiSource:
    """Knows DOIs, and the arXiv, ACL and SSRN ids that have one.

    doi.org is the authority: only its 404 is a NotFound. A registry that is away is passed over;
    the answer is Unavailable if none of the others could help.
    """

    def __init__(
        self, client: HttpClient, urls: SourceUrls | None = None, *, contact: str = ""
    ) -> None:
        self._client = client
        self._urls = urls or SourceUrls()
        mail = re.search(r"[\w.+-]+@[\w-]+\.[\w.-]+", contact)
        self._polite = {"mailto": mail.group()} if mail else {}

    async def resolve(self, reference: Reference) -> Answer:
        doi = _BUILT[reference.kind].format(reference.value)
        away: Unavailable | None = None
        for registry in (self._crossref, self._datacite, self._doi_org):
            answer = await registry(doi)
            if isinstance(answer, PaperRecord | NotFound):
                return answer
            away = away or answer
        return away or Unavailable(escape(f"The DOI {doi} has no title or authors yet."))

    async def _crossref(self, doi: str) -> PaperRecord | Unavailable | None:
        url = f"{self._urls.crossref_url}/{quote(doi, safe='')}"
        response = await ask(self._client, url, params=self._polite)
        if isinstance(response, Unavailable):
            return response
        if is_missing(response):
            return None
        answer = mapping(read_json(response))
        if response.status != 200 or not answer:
            return unusable("Crossref", response)
        return parse_work(answer.get("message"))

    async def _datacite(self, doi: str) -> PaperRecord | Unavailable | None:
        url = f"{self._urls.datacite_url}/{quote(doi, safe='')}"
        response = await ask(self._client, url)
        if isinstance(response, Unavailable):
            return response
        if is_missing(response):
            return None
        answer = mapping(read_json(response))
        if response.status != 200 or not answer:
            return unusable("DataCite", response)
        return parse_datacite(answer.get("data"))

    async def _doi_org(self, doi: str) -> Answer | None:
        """Any agency's metadata in one format; a few small agencies don't offer it."""
        url = f"{self._urls.doi_url}/{quote(doi, safe='/')}"
        response = await ask(self._client, url, accept=_CSL)
        if isinstance(response, Unavailable):
            return response
        if response.status == 404:
            return NotFound(
                escape(f"There is no paper with the DOI {doi}. Please check it for a typo.")
            )
        if response.status >= 500:
            return unusable("doi.org", response)
        work = read_json(response)
        if response.status != 200 or not work:
            return None  # it exists, but is described nowhere that we can read
        return parse_work(work)
