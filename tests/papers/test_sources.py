"""The sources on small answers made by hand: what no recording has."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.errors import FetchFailed, FetchRefused
from bot.core.http.client import HttpClient, Response, TooLarge
from bot.papers.references.identifiers import Kind, Reference
from bot.papers.sources import clean
from bot.papers.sources.arxiv import ArxivSource, UnreadableFeedError, parse_feed
from bot.papers.sources.citeproc import parse_work
from bot.papers.sources.datacite import parse_datacite
from bot.papers.sources.doi import DoiSource
from bot.papers.sources.metatags import parse_page
from bot.papers.sources.openreview import OpenReviewSource, parse_note
from bot.papers.sources.page import PageSource
from bot.papers.sources.record import Answer, NotFound, PaperRecord, Unavailable
from bot.papers.sources.resolver import Resolver, combine
from bot.papers.sources.semantic_scholar import SemanticScholarSource, parse_match, parse_paper
from bot.papers.sources.tex import without_tex

ARXIV = Reference(Kind.ARXIV, "1706.03762")
DOI = Reference(Kind.DOI, "10.1000/x(1)")
NOTE = Reference(Kind.OPENREVIEW, "AbC")

Reply = Response | Exception


class FakeWeb:
    """Answers by the beginning of the address; everything else does not exist."""

    def __init__(self, **hosts: Reply | Callable[[str], Reply]) -> None:
        self.hosts = {host.replace("_", "."): reply for host, reply in hosts.items()}
        self.asked: list[str] = []

    async def get(self, url: str, *, params: Mapping[str, str] | None = None, **_: Any) -> Response:
        query = "&".join(f"{name}={value}" for name, value in (params or {}).items())
        address = f"{url}?{query}" if query else url
        self.asked.append(address)
        host = url.split("/")[2]
        reply = self.hosts.get(host, answer("not here", status=404))
        if callable(reply):
            reply = reply(address)
        if isinstance(reply, Exception):
            raise reply
        return replace(reply, url=address)


def client(web: FakeWeb) -> HttpClient:
    return cast(HttpClient, web)


def answer(body: object, *, status: int = 200, kind: str = "application/json") -> Response:
    data = (
        body
        if isinstance(body, bytes)
        else (body if isinstance(body, str) else json.dumps(body)).encode()
    )
    return Response(status, "", {"Content-Type": kind}, data)


def feed(*entries: str) -> Response:
    start = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">'
    return answer(f"{start}{''.join(entries)}</feed>", kind="application/atom+xml")


def entry(
    paper: str = "1706.03762v7", title: str = "Attention Is All You Need", more: str = ""
) -> str:
    return (
        f"<entry><id>http://arxiv.org/abs/{paper}</id><title>{title}</title>"
        f"<published>2017-06-12T17:57:34Z</published><summary>The dominant models.</summary>"
        f"<author><name>Ashish Vaswani</name></author>{more}</entry>"
    )


def page(head: str, body: str = "", *, status: int = 200) -> Response:
    return answer(
        f"<html><head>{head}</head><body>{body}</body></html>", status=status, kind="text/html"
    )


def work(**fields: Any) -> Response:
    return answer({"message": {"DOI": "10.1000/X(1)", "title": ["A title"], **fields}})


def scholar(**fields: Any) -> Response:
    ids = {"DOI": "10.1000/x(1)", "CorpusId": 7}
    return answer({"paperId": "ab" * 20, "title": "A title", "externalIds": ids, **fields})


def record(found: Answer | None) -> PaperRecord:
    assert isinstance(found, PaperRecord), found
    return found


BUSY = FetchFailed("arXiv is asking me to slow down.", retry_after=timedelta(seconds=40))
DOWN = FetchFailed("I can't connect to it.")


# --- plain text ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("  A\n  title  ", "A title"),
        ("The <i>lac</i> operon", "The lac operon"),
        ("H<sub>2</sub>O &amp; CO<sub>2</sub>", "H2O & CO2"),
        ("p110α (\n   <i>PIK3CA</i>\n  )", "p110α (PIK3CA)"),
        ("AT&amp;amp;T", "AT&T"),
        ("&lt;i&gt;In vivo&lt;/i&gt; tests", "In vivo tests"),
        ("if a<b and c>d", "if a<b and c>d"),
        ("Sorting in O(n<sup>2</sup>) when x &lt; y", "Sorting in O(n2) when x < y"),
        ("0", "0"),
        ("<br/>", ""),
        (
            r"Schr\"odinger's {\O}re, na\"{\i}ve Erd\H{o}s and \'Ecole",
            "Schrödinger's Øre, naïve Erdős and École",
        ),
        (r"An $\mathcal{O}(n^{2})$ bound for $\alpha$-R\'enyi", "An O(n^2) bound for α-Rényi"),
        (r"$\frac{1}{2}$ of $\{1, \dots, n\}$", "1/2 of {1, …, n}"),
        ("Between $5 and $10", "Between $5 and $10"),
        (r"Solving $\begin{array}{c} x \end{array}$", r"Solving $\begin{array}{c} x \end{array}$"),
        (r"100\% of \emph{all} R\&D", "100% of all R&D"),
    ],
)
def test_titles_become_plain_text(written: str, meant: str) -> None:
    assert clean.title(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("<jats:title>Abstract</jats:title><jats:p>We show.</jats:p>", "We show."),
        (
            "<jats:sec><jats:title>Methods</jats:title><jats:p>We\n did.</jats:p></jats:sec>",
            "Methods: We did.",
        ),
        ("<p>One.</p><p>Two.</p>", "One. Two."),
        ("Abstract: We show", "We show"),
        ("Abstract We show", "We show"),
        ("Abstract interpretation is old.", "Abstract interpretation is old."),
        ("play a key role in ac(cid:173) quisition", "play a key role in acquisition"),
        (
            "for <jats:tex-math>$$x$$</jats:tex-math><mml:math><mml:mi>x</mml:mi></mml:math> here",
            "for x here",
        ),
        ("", None),
        ("<p> </p>", None),
        (None, None),
    ],
)
def test_abstracts_become_one_paragraph(written: str | None, meant: str | None) -> None:
    assert clean.abstract(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Vaswani, Ashish", "Ashish Vaswani"),
        ("Ashish Vaswani", "Ashish Vaswani"),
        ("King, Martin Luther, Jr.", "Martin Luther King, Jr."),
        ("Robert Downey, Jr.", "Robert Downey, Jr."),
        ("van der Maaten, Laurens", "Laurens van der Maaten"),
        ("OpenAI", "OpenAI"),
        ("Acme, Inc.", "Acme, Inc."),
    ],
)
def test_names_are_turned_round(written: str, meant: str) -> None:
    assert clean.person(written) == meant


@given(st.text() | st.text(alphabet=r"\${}a<i>/&;\"'^ "))
def test_any_text_can_be_made_plain(text: str) -> None:
    for made in (clean.title(text), clean.abstract(text) or "x", without_tex(text) and "x"):
        assert "\n" not in made
    assert clean.title(clean.title("Safe title")) == "Safe title"


# --- arXiv --------------------------------------------------------------------------------------


async def test_arxiv_is_asked_for_one_id_without_version() -> None:
    web = FakeWeb(export_arxiv_org=feed(entry(more="<arxiv:doi>10.5555/AbC</arxiv:doi>")))
    found = record(await ArxivSource(client(web)).resolve(ARXIV))
    assert web.asked == ["https://export.arxiv.org/api/query?id_list=1706.03762&max_results=1"]
    assert found == PaperRecord(
        title="Attention Is All You Need",
        authors=("Ashish Vaswani",),
        year=2017,
        venue="arXiv",
        abstract="The dominant models.",
        url="https://arxiv.org/abs/1706.03762",
        pdf_url="https://arxiv.org/pdf/1706.03762",
        references=frozenset({ARXIV, Reference(Kind.DOI, "10.5555/abc")}),
    )


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (feed(), NotFound),
        (feed(entry(paper="2001.00001v1")), NotFound),
        (
            feed("<entry><id>http://arxiv.org/api/errors#x</id><title>Error</title></entry>"),
            NotFound,
        ),
        (feed(entry(title="Error")), PaperRecord),  # a paper may be called so
        (feed(entry(title="0")), PaperRecord),
        (answer("Rate exceeded.", kind="text/plain"), Unavailable),
        (answer("<html><body>Maintenance</body></html>", kind="text/html"), Unavailable),
        (answer("", status=500), Unavailable),
        (answer("", status=403), Unavailable),
        (BUSY, Unavailable),
        (FetchRefused("It isn't on the public internet."), Unavailable),
    ],
)
async def test_arxivs_yes_no_and_not_now(reply: Reply, kind: type[Answer]) -> None:
    found = await ArxivSource(client(FakeWeb(export_arxiv_org=reply))).resolve(ARXIV)
    assert type(found) is kind


async def test_a_pause_that_was_asked_for_is_handed_on() -> None:
    found = await ArxivSource(client(FakeWeb(export_arxiv_org=BUSY))).resolve(ARXIV)
    assert found == Unavailable("arXiv is asking me to slow down.", timedelta(seconds=40))


@pytest.mark.parametrize(
    "body",
    [b"", b"<feed", b"<rss/>", b'<!DOCTYPE x [<!ENTITY a "b">]><feed/>', b"\xff\xfe\x00", b"null"],
)
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadableFeedError):
        parse_feed(body)


# --- DOIs ---------------------------------------------------------------------------------------


async def test_a_doi_is_quoted_and_the_host_is_polite() -> None:
    web = FakeWeb(api_crossref_org=work())
    source = DoiSource(client(web), contact="mailto:ann@club.example")
    found = record(await source.resolve(Reference(Kind.DOI, "10.1000/a<1>;2#3?4%5")))
    assert web.asked == [
        "https://api.crossref.org/works/10.1000%2Fa%3C1%3E%3B2%233%3F4%255?mailto=ann@club.example"
    ]
    assert found.references == {DOI}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"title": ["", "Second"]}, {"title": "Second"}),
        ({"title": ["Main"], "subtitle": ["the rest"]}, {"title": "Main: the rest"}),
        ({"title": ["Main: the rest"], "subtitle": ["The Rest"]}, {"title": "Main: the rest"}),
        ({"title": ["Why?"], "subtitle": ["An answer"]}, {"title": "Why? An answer"}),
        ({"author": [{"name": "Club, of Rome"}]}, {"authors": ("Club, of Rome",)}),
        ({"author": [{"family": "Plato"}]}, {"authors": ("Plato",)}),
        ({"author": [{"given": "Ann", "family": "Lee"}] * 2}, {"authors": ("Ann Lee",)}),
        ({"author": None, "editor": [{"given": "Ed", "family": "I"}]}, {"authors": ("Ed I",)}),
        ({"issued": {"date-parts": [[None]]}}, {"year": None}),
        (
            {"issued": {"date-parts": [[None]]}, "published-online": {"date-parts": [[2011, 2]]}},
            {"year": 2011},
        ),
        ({"issued": {"date-parts": []}, "created": {"date-parts": [[2004]]}}, {"year": None}),
        ({"issued": {"raw": "c. 1999"}}, {"year": 1999}),
        ({"container-title": ["Cell &amp; Co"]}, {"venue": "Cell & Co"}),
        ({"institution": [{"name": "bioRxiv"}]}, {"venue": "bioRxiv"}),
        ({"event": {"name": "ICML"}}, {"venue": "ICML"}),
        (
            {"link": [{"URL": "https://x.org/p.pdf", "content-type": "application/pdf"}]},
            {"pdf_url": None},
        ),
    ],
)
def test_crossrefs_odd_fields(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    found = record(parse_work({"DOI": "10.1000/1", "title": ["T"], **fields}))
    assert {name: getattr(found, name) for name in expected} == expected


def test_a_pdf_under_an_open_licence_is_linked() -> None:
    link = {"URL": "https://x.org/p.pdf", "content-type": "application/pdf"}
    licence = {"URL": "http://creativecommons.org/licenses/by/4.0/"}
    found = record(parse_work({"title": "T", "link": [link], "license": [licence]}))
    assert found.pdf_url == "https://x.org/p.pdf"


def test_a_preprint_is_joined_with_its_paper_but_not_with_its_review() -> None:
    relation = {
        "is-preprint-of": [{"id-type": "doi", "id": "10.1000/PAPER"}],
        "has-review": [{"id-type": "doi", "id": "10.1000/review"}],
        "is-identical-to": [{"id-type": "uri", "id": "https://example.org"}],
    }
    found = record(parse_work({"DOI": "10.1000/1", "title": "T", "relation": relation}))
    assert {one.value for one in found.references} == {"10.1000/1", "10.1000/paper"}


def test_datacites_odd_fields() -> None:
    found = record(
        parse_datacite(
            {
                "attributes": {
                    "doi": "10.5072/ABC",
                    "titles": [
                        {"title": "Untertitel", "titleType": "Subtitle"},
                        {"title": "The title", "lang": "en"},
                    ],
                    "creators": [
                        {"name": "Lee, Ann"},
                        {"name": "Kim, Bo", "givenName": "Bo", "familyName": "Kim"},
                        {"name": "Institute, the", "nameType": "Organizational"},
                    ],
                    "publisher": {"name": "Zenodo"},
                    "publicationYear": "2020",
                    "descriptions": [
                        {"description": "p. 3", "descriptionType": "SeriesInformation"},
                        {"description": "What we did.", "descriptionType": "Abstract"},
                    ],
                    "identifiers": [{"identifierType": "arXiv", "identifier": "arXiv:2001.00001"}],
                    "relatedIdentifiers": [
                        {
                            "relationType": "IsIdenticalTo",
                            "relatedIdentifierType": "DOI",
                            "relatedIdentifier": "https://doi.org/10.1000/Same",
                        },
                        {
                            "relationType": "Cites",
                            "relatedIdentifierType": "DOI",
                            "relatedIdentifier": "10.1000/other",
                        },
                    ],
                }
            }
        )
    )
    assert found.title == "The title"
    assert found.authors == ("Ann Lee", "Bo Kim", "Institute, the")
    assert (found.year, found.venue, found.abstract) == (2020, "Zenodo", "What we did.")
    assert {str(one) for one in found.references} == {
        "doi:10.5072/abc",
        "arxiv:2001.00001",
        "doi:10.1000/same",
    }


DATACITE = answer({"data": {"attributes": {"doi": DOI.value, "titles": [{"title": "A title"}]}}})
CSL = answer({"DOI": DOI.value, "title": "A title", "author": [{"literal": "Ann Lee"}]})


@pytest.mark.parametrize(
    ("crossref", "datacite", "doi_org", "kind"),
    [
        (work(), DOWN, DOWN, PaperRecord),
        (None, DATACITE, DOWN, PaperRecord),
        (DOWN, DATACITE, DOWN, PaperRecord),
        (None, None, CSL, PaperRecord),
        (DOWN, None, CSL, PaperRecord),
        (None, None, None, NotFound),
        (DOWN, None, None, NotFound),  # doi.org is sure
        (DOWN, None, DOWN, Unavailable),
        (None, DOWN, page("<title>The publisher's page</title>"), Unavailable),
        (None, None, page("<title>The publisher's page</title>"), Unavailable),  # it exists
        (None, None, answer("", status=406), Unavailable),
        (page("<title>Just a moment...</title>"), None, DOWN, Unavailable),
        (answer([1]), None, DOWN, Unavailable),
    ],
)
async def test_the_registries_are_asked_in_turn(
    crossref: Reply | None, datacite: Reply | None, doi_org: Reply | None, kind: type[Answer]
) -> None:
    replies = {"api_crossref_org": crossref, "api_datacite_org": datacite, "doi_org": doi_org}
    web = FakeWeb(**{host: reply for host, reply in replies.items() if reply is not None})
    assert type(await DoiSource(client(web)).resolve(DOI)) is kind


# --- OpenReview ---------------------------------------------------------------------------------


def note(**fields: Any) -> Response:
    content = {
        "title": {"value": "A title"},
        "authors": {"value": ["Ann Lee", "Bo Kim"]},
        "abstract": {"value": "We show."},
        "venue": {"value": "ICLR 2024 poster"},
        "pdf": {"value": "/pdf/abc.pdf"},
    }
    one = {"id": "AbC", "forum": "AbC", "content": content, "cdate": 1695000000000}
    return answer({"notes": [{**one, **fields}]})


async def test_api_2_wraps_its_values() -> None:
    web = FakeWeb(api2_openreview_net=note())
    assert await OpenReviewSource(client(web)).resolve(NOTE) == PaperRecord(
        title="A title",
        authors=("Ann Lee", "Bo Kim"),
        year=2024,
        venue="ICLR 2024 poster",
        abstract="We show.",
        url="https://openreview.net/forum?id=AbC",
        pdf_url="https://openreview.net/pdf/abc.pdf",
        references=frozenset({NOTE}),
    )
    assert web.asked == ["https://api2.openreview.net/notes?id=AbC"]


def test_an_anonymous_submission_has_no_authors() -> None:
    one = {"id": "x", "cdate": 1695000000000, "content": {"title": "T", "authors": ["Anonymous"]}}
    found = record(parse_note(one))
    assert (found.authors, found.year) == ((), 2023)


GONE = answer({"name": "NotFoundError"}, status=404)
FORBIDDEN = answer({"name": "ForbiddenError"}, status=403)
CHALLENGED = answer({"name": "ChallengeRequiredError"}, status=403)


@pytest.mark.parametrize(
    ("v2", "v1", "kind"),
    [
        (GONE, note(), PaperRecord),
        (answer({"notes": []}), note(), PaperRecord),
        (GONE, GONE, NotFound),
        (FORBIDDEN, GONE, NotFound),
        (CHALLENGED, GONE, Unavailable),
        (GONE, CHALLENGED, Unavailable),
        (page("<title>Just a moment...</title>"), GONE, Unavailable),
        (page("<title>Just a moment...</title>", status=403), GONE, Unavailable),
        (BUSY, GONE, Unavailable),
        (note(ddate=1), GONE, NotFound),
        (note(content={}), GONE, NotFound),
        (note(forum="Other"), GONE, NotFound),  # a comment on a comment on itself
        (answer(None), answer(None), Unavailable),
    ],
)
async def test_openreviews_yes_no_and_not_now(v2: Reply, v1: Reply, kind: type[Answer]) -> None:
    web = FakeWeb(api2_openreview_net=v2, api_openreview_net=v1)
    assert type(await OpenReviewSource(client(web)).resolve(NOTE)) is kind


async def test_a_review_leads_to_its_paper() -> None:
    def by_id(address: str) -> Reply:
        return note() if address.endswith("=AbC") else note(id="rev", forum="AbC")

    web = FakeWeb(api2_openreview_net=by_id)
    found = record(await OpenReviewSource(client(web)).resolve(Reference(Kind.OPENREVIEW, "rev")))
    assert found.references == {NOTE}


# --- Semantic Scholar ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reference", "path"),
    [
        (ARXIV, "ARXIV:1706.03762"),
        (DOI, "DOI:10.1000/x%281%29"),
        (Reference(Kind.ACL, "P19-1001"), "ACL:P19-1001"),
        (Reference(Kind.PMID, "123"), "PMID:123"),
        (Reference(Kind.PMCID, "PMC456"), "PMCID:456"),
        (Reference(Kind.S2, "CorpusId:7"), "CorpusId:7"),
        (Reference(Kind.S2, "ab" * 20), "ab" * 20),
        (Reference(Kind.SSRN, "99"), "DOI:10.2139/ssrn.99"),
    ],
)
async def test_every_id_has_its_prefix(reference: Reference, path: str) -> None:
    web = FakeWeb(api_semanticscholar_org=scholar())
    record(await SemanticScholarSource(client(web)).resolve(reference))
    asked = web.asked[0].partition("?")[0]
    assert asked == f"https://api.semanticscholar.org/graph/v1/paper/{path}"


@pytest.mark.parametrize(
    ("title", "agrees"),
    [
        ("attention is all you NEED!", True),
        ("Attention is all you need.", True),
        ("Attention", False),
        ("Attention is all you need, really", False),
        ("???", False),
    ],
)
def test_only_the_same_title_is_a_match(title: str, agrees: bool) -> None:
    found = parse_match({"data": [{"title": "Attention is All you Need"}]}, title)
    assert (found is not None) is agrees


def test_ids_of_semantic_scholar_are_read_in_all_spellings() -> None:
    ids = {
        "ArXiv": "1706.03762",
        "DOI": "10.48550/arXiv.1706.03762",
        "PubMedCentral": "PMC007",
        "PubMed": 8,
        "CorpusId": "13756489",
        "ACL": "P19-1001",
        "DBLP": "x",
    }
    found = record(parse_paper({"title": "T", "externalIds": ids}))
    assert {str(one) for one in found.references} == {
        "arxiv:1706.03762",
        "pmcid:PMC7",
        "pmid:8",
        "s2:CorpusId:13756489",
        "acl:P19-1001",
    }
    assert found.url == "https://arxiv.org/abs/1706.03762"


# --- pages --------------------------------------------------------------------------------------

LAB = "https://lab.example.org/blog/residual-streams"


def read(head: str, body: str = "", address: str = LAB) -> Answer:
    return parse_page(page(head, body).body, address)


def test_highwire_tags_in_any_form() -> None:
    """As PMLR, CVF and JMLR write them: any order, any quotes, any capitals, both name orders."""
    found = record(
        read(
            "<META content='Deep Nets' NAME='citation_title'>"
            '<meta content="He, Kaiming" name=citation_author>'
            '<meta name="citation_author" content="Jian Sun">'
            '<meta name="citation_publication_date" content="">'
            '<meta name="citation_year" content="2015">'
            "<meta name=citation_online_date content=2016/01/02>"
            '<meta name="citation_conference_title" content="Proceedings of the 37th ICML">'
            '<meta name="citation_pdf_url" content="/v1/he15.pdf"><title>Deep Nets</title>',
            '<div id="abstract" class="abstract"><h4>Abstract</h4>'
            "<p>We present H<sub>2</sub>O nets.</p><p>They are deep, residual, and easy to train; "
            "they win all five contests.</p><script>track()</script></div>",
        )
    )
    assert (found.title, found.authors) == ("Deep Nets", ("Kaiming He", "Jian Sun"))
    assert (found.year, found.venue) == (2016, "Proceedings of the 37th ICML")
    assert found.abstract == (
        "We present H2O nets. They are deep, residual, and easy to train; "
        "they win all five contests."
    )
    assert found.pdf_url == "https://lab.example.org/v1/he15.pdf"


def test_dublin_core_alone_is_enough() -> None:
    found = record(
        read(
            '<meta name="DC.Title" content="A thesis"><meta name="DC.Creator" content="Lee, Ann">'
            '<meta property="dc:date" content="2019-05-01">'
            '<meta name="DC.Identifier" content="doi:10.1000/ABC">'
        )
    )
    assert (found.title, found.authors, found.year) == ("A thesis", ("Ann Lee",), 2019)
    assert found.references == {Reference(Kind.DOI, "10.1000/abc")}


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (
            '<meta property="og:title" content="Residual streams"><title>x</title>',
            "Residual streams",
        ),
        ("<title>Residual streams | Ann&#39;s lab</title>", "Residual streams | Ann's lab"),
        (
            '<meta property="og:site_name" content="Ann\'s lab">'
            "<title>Residual streams | Ann's lab</title>",
            "Residual streams",
        ),
        ("<title>Residual streams - Example Lab</title>", "Residual streams"),
        ("<title>500 years of streams</title>", "500 years of streams"),
        ("<title>Error correction in streams</title>", "Error correction in streams"),
        ("<title>Streams - a new view</title>", "Streams - a new view"),
    ],
)
def test_an_article_is_known_by_its_title(head: str, title: str) -> None:
    assert record(read(head)).title == title


@pytest.mark.parametrize(
    ("head", "address"),
    [
        ("<title>Ann's lab</title>", "https://lab.example.org/"),
        ("<title>Ann's lab</title>", "https://lab.example.org"),
        ("", LAB),
        ("<title> </title>", LAB),
        ("<title>404 Not Found</title>", LAB),
        ("<title>Page not found | Ann's lab</title>", LAB),
        ("<title>Error 404</title>", LAB),
        ("<title>Log in</title>", LAB),
        ("<title>Sign in - Google Accounts</title>", LAB),
        ("<title>Redirecting</title>", LAB),
        ("<title>Home</title>", LAB),
        (
            '<meta property="og:site_name" content="Ann"><meta property="og:title" content="Ann">',
            LAB,
        ),
    ],
)
def test_a_page_about_nothing_is_told(head: str, address: str) -> None:
    found = read(head, address=address)
    assert isinstance(found, NotFound)
    assert found.reason.startswith("That page doesn't say which paper it is about.")


@pytest.mark.parametrize(
    "head",
    [
        "<title>Just a moment...</title>",
        "<title>Attention Required! | Cloudflare</title>",
        "<title>Access Denied</title>",
        "<title>A paper</title><script>window._cf_chl_opt={}</script>",
    ],
)
def test_a_challenge_is_no_answer(head: str) -> None:
    assert isinstance(read(head), Unavailable)


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        ("<title>Über Ströme</title>".encode(), None),
        ("<title>Über Ströme</title>".encode(), "utf-8"),
        (b"\xef\xbb\xbf" + "<title>Über Ströme</title>".encode(), "iso-8859-1"),
        ("<title>Über Ströme</title>".encode("latin-1"), None),
        ("<title>Über Ströme</title>".encode("latin-1"), "utf-8"),
        ('<meta charset="windows-1252"><title>Über Ströme</title>'.encode("cp1252"), None),
        ('<meta charset="punycode"><title>Über Ströme</title>'.encode(), "no-such-thing"),
        ('<?xml version="1.0" encoding="utf-8"?><title>Über Ströme</title>'.encode(), None),
        ("<title>Über Ströme</title>".encode() + "ü".encode()[:1], None),  # cut in a character
    ],
)
def test_pages_in_all_encodings(body: bytes, charset: str | None) -> None:
    assert record(parse_page(body, LAB, charset)).title == "Über Ströme"


def test_only_the_beginning_of_a_huge_page_is_read() -> None:
    body = b"<title>Streams</title>" + b"<p>x" * 2_000_000
    assert record(parse_page(body, LAB)).title == "Streams"


@given(st.binary() | st.text(alphabet="<>/=\"'!-[]amet titlehd").map(str.encode))
def test_any_bytes_can_be_a_page(body: bytes) -> None:
    assert isinstance(parse_page(body, LAB), PaperRecord | NotFound | Unavailable)


@pytest.mark.parametrize(
    ("reply", "kind", "says"),
    [
        (page("", status=404), NotFound, "That page doesn't exist."),
        (page("", status=403), Unavailable, "is refusing my requests"),
        (page("", status=500), Unavailable, "error (500)"),
        (page("", status=202), Unavailable, "error (202)"),
        (answer(b"%PDF-1.7 ...", kind="application/octet-stream"), NotFound, "That's a PDF file"),
        (answer(b"...", kind="application/pdf"), NotFound, "That's a PDF file"),
        (answer(b"...", kind="image/png"), NotFound, "That's a picture"),
        (
            TooLarge("That page is larger than 10 MB."),
            NotFound,
            "larger than 10 MB. Please give me",
        ),
        (FetchRefused("It isn't on the public internet."), NotFound, "public internet"),
        (BUSY, Unavailable, "asking me to slow down"),
    ],
)
async def test_what_a_site_answers(reply: Reply, kind: type[Answer], says: str) -> None:
    web = FakeWeb(lab_example_org=reply)
    found = await PageSource(client(web)).resolve(Reference(Kind.PAGE, LAB))
    assert type(found) is kind
    assert says in cast(NotFound, found).reason


# --- the resolver -------------------------------------------------------------------------------


async def resolve(web: FakeWeb, *references: Reference) -> Answer:
    return await Resolver(client(web)).resolve(references)


async def test_arxiv_needs_nobody_else() -> None:
    web = FakeWeb(export_arxiv_org=feed(entry()))
    record(await resolve(web, ARXIV))
    assert len(web.asked) == 1


async def test_arxivs_no_is_final() -> None:
    web = FakeWeb(export_arxiv_org=feed())
    assert await resolve(web, ARXIV) == NotFound("arXiv has no paper with the id 1706.03762.")
    assert len(web.asked) == 1


async def test_while_arxiv_is_away_others_may_know() -> None:
    datacite = {"doi": "10.48550/arXiv.1706.03762", "titles": [{"title": "Attention"}]}
    web = FakeWeb(
        export_arxiv_org=BUSY, api_datacite_org=answer({"data": {"attributes": datacite}})
    )
    found = record(await resolve(web, ARXIV))
    assert (found.title, found.references) == ("Attention", {ARXIV})


async def test_a_no_that_may_be_wrong_is_not_given() -> None:
    """arXiv is away and nobody else knows the paper: it may be an hour old."""
    assert await resolve(FakeWeb(export_arxiv_org=BUSY), ARXIV) == Unavailable(
        "arXiv is asking me to slow down.", timedelta(seconds=40)
    )


async def test_a_doi_that_does_not_exist_is_told() -> None:
    found = await resolve(FakeWeb(), DOI)
    assert isinstance(found, NotFound)
    assert "10.1000/x(1)" in found.reason


async def test_while_the_registries_are_away_the_landing_page_may_tell() -> None:
    def by_accept(address: str) -> Reply:
        return page('<meta name="citation_title" content="A title">')

    web = FakeWeb(
        api_crossref_org=DOWN,
        api_datacite_org=DOWN,
        api_semanticscholar_org=BUSY,
        doi_org=by_accept,
    )
    assert record(await resolve(web, DOI)).references == {DOI}


async def test_a_record_is_completed_from_semantic_scholar() -> None:
    ids = {"DOI": DOI.value, "ArXiv": ARXIV.value}
    web = FakeWeb(
        api_crossref_org=work(issued={"date-parts": [[2020]]}),
        api_semanticscholar_org=scholar(
            abstract="We show.", year=2019, authors=[{"name": "A. Lee"}], externalIds=ids
        ),
    )
    found = record(await resolve(web, DOI))
    assert (found.year, found.abstract, found.authors) == (2020, "We show.", ("A. Lee",))
    assert ARXIV in found.references


@pytest.mark.parametrize("trouble", [BUSY, DOWN, answer({"title": "Another paper altogether"})])
async def test_a_second_source_cannot_spoil_the_first(trouble: Reply) -> None:
    web = FakeWeb(api_crossref_org=work(), api_semanticscholar_org=trouble)
    found = record(await resolve(web, DOI))
    assert (found.title, found.references) == ("A title", {DOI})


def test_records_of_different_papers_are_not_combined() -> None:
    first = PaperRecord(title="Streams")
    assert combine(first, PaperRecord(title="Rivers", year=1999)) == first
    assert combine(first, PaperRecord(title="Streams: a view", year=1999)).year == 1999


@pytest.mark.parametrize(
    "reference",
    [
        Reference(Kind.PMLR, "v139/radford21a"),
        Reference(Kind.JMLR, "v3/bengio03a"),
        Reference(Kind.NEURIPS, "2017/3f5ee243547dee91fbd053c1c4a845aa"),
        Reference(Kind.CVF, "CVPR2016/He_Deep_CVPR_2016"),
        Reference(Kind.ACL, "P19-1001"),
        Reference(Kind.PAGE, LAB),
    ],
)
async def test_proceedings_are_read_from_their_pages(reference: Reference) -> None:
    head = (
        '<meta name="citation_title" content="A title"><meta name="citation_author" content="A B">'
        '<meta name="citation_year" content="2020">'
    )
    host = cast(str, reference.url).split("/")[2]
    found = record(await resolve(FakeWeb(**{host: page(head)}), reference))
    assert reference in found.references
    assert found.url == reference.url


async def test_an_acl_paper_is_found_by_its_doi_while_the_anthology_is_away() -> None:
    def by_doi(address: str) -> Reply:
        if "10.18653%2Fv1%2FP19-1001" in address:
            return answer({"message": {"DOI": "10.18653/v1/p19-1001", "title": ["A title"]}})
        return answer("Resource not found.", status=404)

    web = FakeWeb(aclanthology_org=DOWN, api_crossref_org=by_doi)
    acl = Reference(Kind.ACL, "P19-1001")
    assert record(await resolve(web, acl)).references == {acl}


async def test_ssrn_hides_behind_a_challenge_but_has_dois() -> None:
    web = FakeWeb(
        papers_ssrn_com=page("<title>Just a moment...</title>", status=403),
        api_crossref_org=answer({"message": {"DOI": "10.2139/SSRN.99", "title": ["A title"]}}),
    )
    ssrn = Reference(Kind.SSRN, "99")
    assert record(await resolve(web, ssrn)).references == {ssrn}


async def test_a_title_is_looked_up_and_not_invented() -> None:
    found_title = Reference(Kind.TITLE, "a Title")
    match = {
        "title": "A title",
        "authors": [{"name": "A B"}],
        "year": 2017,
        "abstract": "We show.",
        "externalIds": {"ArXiv": ARXIV.value},
    }
    web = FakeWeb(api_semanticscholar_org=answer({"data": [match]}))
    found = record(await resolve(web, found_title))
    assert (found.references, found.url) == ({ARXIV}, "https://arxiv.org/abs/1706.03762")
    missing = await resolve(web, Reference(Kind.TITLE, "Gravity *hill*"))
    assert missing == NotFound(r"I can't find a paper called “Gravity \*hill\*”.")
    away = await resolve(FakeWeb(api_semanticscholar_org=BUSY), found_title)
    assert isinstance(away, Unavailable)


async def test_of_several_references_the_best_is_asked_first() -> None:
    web = FakeWeb(export_arxiv_org=feed(entry()))
    lab = Reference(Kind.PAGE, LAB)
    assert record(await resolve(web, lab, ARXIV)).references == {ARXIV, lab}
    assert len(web.asked) == 1


async def test_no_references_are_no_paper() -> None:
    assert isinstance(await resolve(FakeWeb()), NotFound)


@pytest.mark.parametrize("kind", Kind)
async def test_when_nothing_answers_every_kind_waits(kind: Kind) -> None:
    """The whole internet is away: nobody is told that a good link is wrong."""

    class Offline(FakeWeb):
        async def get(self, url: str, **_: Any) -> Response:
            raise DOWN

    values = {Kind.PAGE: LAB, Kind.NEURIPS: "2017/abc", Kind.CVF: "CVPR2016/He_CVPR_2016"}
    found = await resolve(Offline(), Reference(kind, values.get(kind, "1706.03762")))
    assert isinstance(found, Unavailable)


# --- whatever they send -------------------------------------------------------------------------

NAMES = """
    title titles subtitle author authors given family name literal issued date-parts DOI doi content
    value id forum notes venue publicationYear attributes creators identifiers relatedIdentifiers
    identifierType container publisher externalIds ArXiv PubMed CorpusId openAccessPdf url data
    descriptions relation is-preprint-of link license institution event invitation cdate
"""
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(NAMES.split()), inner, max_size=6)
    ),
    max_leaves=30,
)


@given(ANYTHING)
def test_no_json_can_break_a_parser(value: Any) -> None:
    for parse in (parse_work, parse_datacite, parse_paper):
        parse(value)
    parse_match(value, "title")
    parse_note(value if isinstance(value, dict) else {})
