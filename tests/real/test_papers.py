"""Every recorded answer is served on loopback, as its manifest says, and read through its source.

A service's host becomes the first part of the path: `http://127.0.0.1:port/api.crossref.org/...`.
"""

import csv
import json
import re
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.core.http.client import HttpClient
from bot.core.time.clock import SystemClock
from bot.papers.references.identifiers import Kind, Reference
from bot.papers.sources.arxiv import ArxivSource, UnreadableFeedError, parse_feed
from bot.papers.sources.citeproc import parse_work
from bot.papers.sources.datacite import parse_datacite
from bot.papers.sources.doi import DoiSource
from bot.papers.sources.openreview import OpenReviewSource
from bot.papers.sources.page import PageSource
from bot.papers.sources.record import Answer, NotFound, PaperRecord, Unavailable
from bot.papers.sources.resolver import Resolver
from bot.papers.sources.semantic_scholar import SemanticScholarSource, parse_paper
from bot.papers.sources.urls import SourceUrls

KINDS = ("arxiv", "crossref", "datacite", "csl", "openreview", "s2", "html", "doi-cn")

# --- what is expected of each recording ---------------------------------------------------------

RECORD = """
arxiv/id_1605.08386_s0_m100.xml arxiv/id_1707.08567_s0_m100.xml arxiv/id_2104.12255v1_s0_m100.xml
arxiv/id_astro-ph_0601001_s0_m100.xml arxiv/id_quant-ph_0201082v1_s0_m100.xml
crossref/papis_test_1_multiple_authors.json crossref/papis_test_2_abstract.json
crossref/papis_test_3_conference.json crossref/papis_test_4_multiple_isbn.json
crossref/papis_test_5_aps_article_number.json
crossref/work_10.1002_jor.1100150407.json crossref/work_10.1007_978-3-662-46370-3_13.json
crossref/work_10.1007_s40278-023-41815-2.json crossref/work_10.1016_j.addr.2015.01.008.json
crossref/work_10.1016_j.bbcan.2023.188947.json
crossref/work_10.1016_j.neurobiolaging.2010.03.024.json
crossref/work_10.1016_j.semcdb.2016.08.024.json crossref/work_10.1016_j.xgen.2025.100814.json
crossref/work_10.1021_acs.jctc.2c01235.json crossref/work_10.1023_a_1007154515475.json
crossref/work_10.1038_s41598-018-27044-6.json crossref/work_10.1038_s42256-024-00832-8.json
crossref/work_10.1038_srep16696.json crossref/work_10.1045_january2017-burton.json
crossref/work_10.1063_1.4938384.json crossref/work_10.1073_pnas.1205508109.json
crossref/work_10.1073_pnas.1414271111.json crossref/work_10.1101_2024.04.01.587366.json
crossref/work_10.1109_iccv.2007.4408927.json crossref/work_10.1109_icdcsw.2003.1203662.json
crossref/work_10.1136_esmoopen-2020-000776.json crossref/work_10.1136_jclinpath-2020-206745.json
crossref/work_10.1146_annurev.pathol.4.110807.092311.json crossref/work_10.1186_1471-2148-11-4.json
crossref/work_10.1371_journal.pone.0020476.json crossref/work_10.1371_journal.pone.0033693.json
crossref/work_10.1371_journal.ppat.1008184.json crossref/work_10.14264_uql.2020.791.json
crossref/work_10.3892_ijo_00000353.json crossref/work_10.53731_avg2ykg-gdxppcd.json
crossref/work_10.53731_ybhah-9jy85.json crossref/work_10.54900_rckn8ey-1fm76va-qsrnf.json
crossref/work_10.7554_elife.01567.json
csl/cn_10.1126_science.169.3946.635_transform_application_vnd.citationstyles..json
csl/manubot_arxiv-joss-csl.json csl/manubot_crossref-deep-review-csl.json
csl/manubot_crossref-winter-scabs-csl.json csl/manubot_datacite-thesis-csl.json
csl/manubot_pmc-scihub-study-csl.json csl/manubot_pubmed-scihub-study-csl.json
datacite/10.1594_pangaea.836178.json datacite/10.2312_geowissenschaften.1989.7.181.json
datacite/10.4230_lipics.tqc.2013.93.json datacite/10.48550_arxiv.1902.02534.json
datacite/10.48550_arxiv.2311.16162.json datacite/10.5061_dryad.8515.json
datacite/10.5063_f1m61h5x.json datacite/10.5281_zenodo.1196821.json
datacite/10.5281_zenodo.48440.json datacite/10.6084_m9.figshare.1449060.json
datacite/10.7910_dvn_nj7xso.json
html/aaai_ocs_10193.html html/acl_2021.naacl-main.208.html html/acl_N04-1001.html
html/acl_P17-2044.html html/arxiv_abs_1901.09839.html html/arxiv_abs_1902.02534.html
html/arxiv_abs_1902.02534_head.html html/arxiv_abs_2006.05188.html html/first_monday_ojs3.html
html/hal_jpa-00235190.html html/ieee_6649456.html html/ijcai_2018_0512.html
html/iospress_aic605.html html/nature_news.html html/nber_w29971.html
html/neurips_1988_006f52e9.html html/nips_2019_8668.html html/plos_pone.0213978.html
html/springer_BF02727953.html html/springer_s10924-010-0192-1.html
html/springer_s11926-017-0626-z.html html/usenix_bulekov.html html/usenix_goyal.html
openreview/v1_reply_B1lXNPfx3m.json openreview/v1_reply_HJGsH53x6Q.json
openreview/v1_reply_SkgTS5nxpX.json openreview/v1_reply_rJgwAWZ0j7.json
openreview/v1_submission_HkghWScuoQ.json openreview/v1_submission_r1eLk2mKiX.json
s2/match_An_essential_role_of_active_site_arginine_residue_in_iodide_.json
s2/match_Attention_is_All_you_Need.json
s2/match_Augmenting_large_language_models_with_chemistry_tools..json
s2/match_Augmenting_large_language_models_with_chemistry_tools.json
s2/match_Convalescent-anti-sars-cov-2-plasma_immune-globulin.json
s2/match_High-throughput_screening_of_human_genetic_variants_by_poole.json
s2/match_PaperQA_Retrieval-Augmented_Generative_Agent_for_Scientific_.json
s2/paper_10.1093_mind_lix.236.433.json s2/paper_DOI_10.1007_s40278-023-41815-2.json
s2/paper_DOI_10.1016_j.addr.2015.01.008.json s2/paper_DOI_10.1016_j.xgen.2025.100814.json
s2/paper_DOI_10.1021_acs.jctc.2c01235.json s2/paper_DOI_10.1023_a_1007154515475.json
s2/paper_DOI_10.1038_s42256-024-00832-8.json s2/paper_DOI_10.1063_1.4938384.json
s2/paper_DOI_10.1073_pnas.1414271111.json s2/paper_DOI_10.48550_arxiv.2312.07559.json
"""
# Unknown and malformed ids; a work without a title that nobody else describes; a title search that
# comes back with another paper.
NOT_FOUND = """
arxiv/id_0000.0000_s0_m100.xml arxiv/id_0808.05394_s0_m100.xml arxiv/id_abc_s0_m100.xml
crossref/404_10.48550_arXiv.2304.05376_transform_application_x-bibtex.txt
crossref/work_10.1126_science.169.3946.635_agency.json
doi-ra/404_10.1126_foo.html
s2/err404_author_0_d485.json s2/err404_paper_0_aae0.json
s2/err404_paper_DOI_10.1101_2024.04.01.587366_b99a.json s2/err404_paper_search_match_336e.json
s2/match_Effect_of_native_oxide_layers_on_copper_thin-film_tensile_pr.json
s2/match_Gravity_hill.json s2/match_National_Flag_of_Canada_Day.json
"""
# Challenge pages; answers that say nothing of the paper.
UNAVAILABLE = """
doi-ra/301_10.1126_science.169.3946.635.html doi-ra/302_10.1126_science.169.3946.635.html
html/acs_blocked.html html/tandf_blocked.html
s2/err400_paper_10.1093_mind_lix.236.433_7b6b.json s2/err403_paper_batch_3007.json
"""
EXPECTED: dict[str, type[Answer]] = {
    **dict.fromkeys(RECORD.split(), PaperRecord),
    **dict.fromkeys(NOT_FOUND.split(), NotFound),
    **dict.fromkeys(UNAVAILABLE.split(), Unavailable),
}
# Answers to searches and batches, which no source asks for; the same functions read them. How many
# papers are in each.
PAPERS_IN = {
    "arxiv/id_0808.05394_1707.08567_s0_m100.xml": 1,
    "arxiv/oai_arxivraw_1810.09584.xml": 0,  # another protocol
    "arxiv/q_testing_s0_m10.xml": 10,
    "arxiv/q_testing_s10_m10.xml": 10,
    "arxiv/q_testing_s20_m10.xml": 10,
    "arxiv/q_testing_s30_m10.xml": 10,
    "arxiv/q_testing_s40_m10.xml": 10,
    "arxiv/q_testing_s50_m10.xml": 10,
    "arxiv/q_testing_s5_m10.xml": 10,
    "crossref/title_An_essential_role_of_active_site_arginine_residue_in_iodide_.json": 1,
    "crossref/title_Attention_is_All_you_Need.json": 1,
    "crossref/title_Augmenting_large_language_models_with_chemistry_tools..json": 1,
    "crossref/title_Augmenting_large_language_models_with_chemistry_tools.json": 1,
    "crossref/title_Beta-Blocker_Interruption_or_Continuation_after_Myocardial_I.json": 1,
    "crossref/title_Convalescent-anti-sars-cov-2-plasma_immune-globulin.json": 1,
    "crossref/title_Effect_of_native_oxide_layers_on_copper_thin-film_tensile_pr.json": 1,
    "crossref/title_High-throughput_screening_of_human_genetic_variants_by_poole.json": 1,
    "crossref/title_PaperQA_Retrieval-Augmented_Generative_Agent_for_Scientific_.json": 1,
    "crossref/title_abs12032jsdafn.json": 0,
    "datacite/list_page.json": 1,
    "s2/batch_300714.json": 3,
    "s2/batch_a7829b.json": 0,  # only the authors were asked for
}

# Typed from the recordings: title, first author, last author, how many, year.
TRUTH = {
    "arxiv/id_1605.08386_s0_m100.xml": (
        "Heat-bath random walks with Markov bases", "Caprice Stanley", "Tobias Windisch", 2, 2016),
    "arxiv/id_1707.08567_s0_m100.xml": (
        "Proceedings of Workshop AEW10: Concepts in Information Theory and Communications",
        "Kees A. Schouhamer Immink", "Hirosuke Yamamoto", 34, 2017),
    "arxiv/id_2104.12255v1_s0_m100.xml": (
        "0", "Quan Thoi Minh Nguyen", "Quan Thoi Minh Nguyen", 1, 2021),
    "arxiv/id_quant-ph_0201082v1_s0_m100.xml": (
        "Quantum Computers and Quantum Computer Languages: Quantum Assembly Language and Quantum C "
        "Language", "Stephen Blaha", "Stephen Blaha", 1, 2002),
    "crossref/papis_test_3_conference.json": (
        "DL-Learner Structured Machine Learning on Semantic Web Data",
        "Lorenz Bühmann", "Simon Bin", 4, 2018),
    "crossref/papis_test_4_multiple_isbn.json": (
        "Differentiability with Respect to Initial Data for a Scalar Conservation Law",
        "François Bouchut", "François James", 2, 1999),
    "crossref/work_10.1002_jor.1100150407.json": (
        "Growth hormone secretagogue increases muscle strength during remobilization after canine "
        "hindlimb immobilization", "Richard L. Lieber", None, 12, 1997),
    "crossref/work_10.1007_s40278-023-41815-2.json": (
        "Convalescent-anti-sars-cov-2-plasma/immune-globulin: Fever and mild decrease in baseline "
        "oxygen saturation following off-label use: 3 case reports", None, None, 0, 2023),
    "crossref/work_10.1038_srep16696.json": (
        "Single-molecule FRET studies on alpha-synuclein oligomerization of Parkinson’s disease "
        "genetically related mutants", "Laura Tosatto", "David Klenerman", 8, 2015),
    "crossref/work_10.1045_january2017-burton.json": (
        "The Scholix Framework for Interoperability in Data-Literature Information Exchange",
        "Adrian Burton", "Martin Fenner", 9, 2017),
    "crossref/work_10.1073_pnas.1205508109.json": (
        "Oncogenic mutations mimic and enhance dynamic events in the natural activation of "
        "phosphoinositide 3-kinase p110α (PIK3CA)", "John E. Burke", None, 5, 2012),
    "crossref/work_10.1109_icdcsw.2003.1203662.json": (
        "Accurate and explicit differentiation of wireless and congestion losses",
        "V. Arya", "T. Turletti", 2, 2003),
    "crossref/work_10.1136_jclinpath-2020-206745.json": (
        "Construction of a reference material panel for detecting KRAS / NRAS / EGFR / BRAF / MET "
        "mutations in plasma ctDNA", "Jun Xu", None, 15, 2020),
    "crossref/work_10.14264_uql.2020.791.json": (
        "School truancy and financial independence during emerging adulthood: a longitudinal "
        "analysis of receipt of and reliance on cash transfers",
        "Patricia Maree Collingwood", "Patricia Maree Collingwood", 1, None),
    "crossref/work_10.3892_ijo_00000353.json": (
        "Human bladder cancer cells undergo cisplatin-induced apoptosis that is associated with "
        "p53-dependent and p53-independent responses", "Stravopodis", "Stravopodis", 1, 2009),
    "csl/cn_10.1126_science.169.3946.635_transform_application_vnd.citationstyles..json": (
        "The Structure of Ordinary Water: New data and interpretations are yielding new insights "
        "into this fascinating substance.", "Henry S. Frank", "Henry S. Frank", 1, 1970),
    "csl/manubot_arxiv-joss-csl.json": (
        "Journal of Open Source Software (JOSS): design and first-year review",
        "Arfon M Smith", "Jacob T Vanderplas", 16, 2017),
    "csl/manubot_pmc-scihub-study-csl.json": (
        "Sci-Hub provides access to nearly all scholarly literature",
        "Daniel S Himmelstein", "Casey S Greene", 7, 2018),
    "datacite/10.4230_lipics.tqc.2013.93.json": (
        "The Minimum Size of Qubit Unextendible Product Bases",
        "Nathaniel Johnston", "Nathaniel Johnston", 1, 2013),
    "datacite/10.48550_arxiv.1902.02534.json": (
        "Crowdsourcing open citations with CROCI -- An analysis of the current status of open "
        "citations, and a proposal", "Ivan Heibi", "David Shotton", 3, 2019),
    "datacite/10.7910_dvn_nj7xso.json": (
        "Summary data ankylosing spondylitis GWAS",
        "International Genetics of Ankylosing Spondylitis Consortium (IGAS)", None, 1, 2017),
    "html/aaai_ocs_10193.html": (
        "Privacy-Utility Trade-Off for Time-Series with Application to Smart-Meter Data",
        "Murat A. Erdogdu", "Andrea Montanari", 3, 2015),
    "html/acl_2021.naacl-main.208.html": (
        "How many data points is a prompt worth?", "Teven Le Scao", "Alexander M. Rush", 2, 2021),
    "html/acl_P17-2044.html": (
        "Japanese Sentence Compression with a Large Training Dataset",
        "Shun Hasegawa", "Manabu Okumura", 4, 2017),
    "html/arxiv_abs_1901.09839.html": (
        "Interpreting Deep Neural Networks Through Variable Importance",
        "Jonathan Ish-Horowicz", "Lorin Crawford", 5, 2019),
    "html/first_monday_ojs3.html": (
        "Surveillance, stigma & sociotechnical design for HIV",
        "Calvin Liang", "Os Keyes", 3, 2020),
    "html/hal_jpa-00235190.html": (
        "Déplacement de Knight dans les alliages", "Jacques Friedel", "Jacques Friedel", 1, 1955),
    "html/ieee_6649456.html": (
        "Entropy-driven optimization dynamics for Gaussian vector multiple access channels",
        None, None, 0, None),
    "html/ijcai_2018_0512.html": (
        "Open-Ended Long-form Video Question Answering via Adaptive Hierarchical Reinforced "
        "Networks", "Yueting Zhuang", "Fei Wu", 8, 2018),
    "html/iospress_aic605.html": (
        "Automatic move pruning for single-agent search", "Robert C. Holte", "Neil Burch", 2, 2014),
    "html/nature_news.html": (
        "More than 100 scientific journals have disappeared from the Internet",
        "Diana Kwon", "Diana Kwon", 1, 2020),
    "html/nber_w29971.html": (
        "The Narrow Channel of Quantitative Easing: Evidence from YCC Down Under",
        "David Lucca", "Jonathan H. Wright", 2, 2022),
    "html/neurips_1988_006f52e9.html": (
        "Neural Control of Sensory Acquisition: The Vestibulo-Ocular Reflex",
        "Michael Paulin", "James Bower", 3, 1988),
    "html/plos_pone.0213978.html": (
        "Assessment on reticuloendotheliosis virus infection in specific-pathogen-free chickens "
        "based on detection of yolk antibody", "Yang Li", "Peng Zhao", 11, 2019),
    "html/springer_BF02727953.html": (
        "On the theory of identical particles", "J. M. Leinaas", "J. Myrheim", 2, 1977),
    "html/springer_s10924-010-0192-1.html": (
        "In Vitro Cytotoxicity of Amylose-Based Bioplastic for Packaging Applications",
        "Sanchita Bandyopadhyay-Ghosh", "Mohini Sain", 4, 2010),
    "openreview/v1_submission_HkghWScuoQ.json": (
        "Targeted Dropout", "Aidan N. Gomez", "Geoffrey E. Hinton", 5, 2018),
    "openreview/v1_reply_SkgTS5nxpX.json": (
        "Rethinking the Value of Network Pruning", "Zhuang Liu", "Trevor Darrell", 5, 2018),
    "s2/match_Attention_is_All_you_Need.json": (
        "Attention is All you Need", "Ashish Vaswani", "I. Polosukhin", 8, 2017),
    "s2/paper_DOI_10.1016_j.addr.2015.01.008.json": (
        "Pharmacokinetics, biodistribution and cell uptake of antisense oligonucleotides.",
        "R. Geary", "C. Bennett", 4, 2015),
    "s2/paper_10.1093_mind_lix.236.433.json": (
        "Computing Machinery and Intelligence", None, None, 0, None),
}  # fmt: skip


# --- the stand-in for the services --------------------------------------------------------------


@dataclass(frozen=True)
class Recording:
    """One row of the manifest, with the bytes."""

    file: str
    kind: str
    url: str
    status: int
    content_type: str
    body: bytes

    @property
    def path(self) -> str:
        """Host and path as our own requests have them."""
        parts = urlsplit(self.url)
        path = f"/{parts.netloc}{unquote(parts.path)}".lower()
        if self.kind == "crossref-error":  # recorded for another form of the same unknown work
            path = path.partition("/transform/")[0]
        path = path.removesuffix("/agency")
        if self.kind == "csl-json":
            path = f"/doi.org/{self.json(0)['DOI'].lower()}"
        if self.kind == "s2-paper" and "/paper/doi:" not in path:
            path = path.replace("/paper/", "/paper/doi:")
        return path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.url).query))

    def json(self, item: int | None = None) -> Any:
        value = json.loads(self.body)
        return value[item] if isinstance(value, list) and item is not None else value

    def answers(self, request: web.BaseRequest) -> bool:
        path = request.path.lower()
        if not request.host.startswith("127."):  # a page, asked for by its own host's name
            path = f"/{request.host}{path}"
        if self.kind == "s2-error":
            return path.startswith("/api.semanticscholar.org/")
        asked = {
            name: value
            for name, value in request.query.items()
            if name not in ("fields", "mailto", "max_results")
        }
        if "id_list" in asked:  # the version is ours to drop
            recorded = re.sub(r"v\d+$", "", self.query.get("id_list", ""))
            return path == self.path and asked["id_list"] == recorded
        return path == self.path and asked.items() <= self.query.items()


@pytest.fixture(scope="session")
def recordings(shared: Path) -> dict[str, Recording]:
    folder = shared / "papers"
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as manifest:
        rows = list(csv.DictReader(manifest, delimiter="\t", quoting=csv.QUOTE_NONE))
    return {
        row["file"]: Recording(
            row["file"],
            row["kind"],
            row["url"],
            int(row["status"] or 200),
            row["content_type"],
            (folder / row["file"]).read_bytes(),
        )
        for row in rows
        if row["kind"].startswith(KINDS)
    }


class EveryNameIsHere(AbstractResolver):
    """For landing pages: they have no base address that could be set."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host="127.0.0.1", port=self._port, family=family, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        pass


@asynccontextmanager
async def serving(*recordings: Recording) -> AsyncIterator[tuple[HttpClient, SourceUrls]]:
    """A client and the addresses at which it finds the services."""

    async def handler(request: web.BaseRequest) -> web.StreamResponse:
        for recording in recordings:
            if recording.answers(request):
                headers = {"Content-Type": recording.content_type or "application/json"}
                return web.Response(body=recording.body, status=recording.status, headers=headers)
        return web.Response(status=404, text="Resource not found.")

    runner = web.ServerRunner(web.Server(handler))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    base = f"http://127.0.0.1:{port}"
    urls = SourceUrls(
        **{
            name: f"{base}/{address.removeprefix('https://')}"
            for name, address in vars(SourceUrls()).items()
        }
    )
    client = HttpClient(
        clock=SystemClock(),
        allowed_networks=[ip_network("127.0.0.0/8")],
        resolver=EveryNameIsHere(port),
    )
    try:
        async with client:
            yield client, urls
    finally:
        await runner.cleanup()


async def read(recording: Recording, everything: dict[str, Recording]) -> Answer:
    """What the source that it belongs to makes of a recording."""
    needed = [recording]
    if recording.kind == "openreview-v1-reply":
        needed += [one for one in everything.values() if one.kind == "openreview-v1-note"]
    async with serving(*needed) as (client, urls):
        match recording.kind.split("-"):
            case ["arxiv", *_]:
                paper = re.sub(r"v\d+$", "", recording.query["id_list"])
                return await ArxivSource(client, urls).resolve(Reference(Kind.ARXIV, paper))
            case ["crossref" | "datacite" | "csl" | "doi", *_]:
                doi = re.search(r"/(10\..*)$", recording.path)
                assert doi
                return await DoiSource(client, urls).resolve(Reference(Kind.DOI, doi[1]))
            case ["openreview", *_]:
                note = Reference(Kind.OPENREVIEW, recording.query["id"])
                return await OpenReviewSource(client, urls).resolve(note)
            case ["s2", *_]:
                scholar = SemanticScholarSource(client, urls)
                if "/search/match" in recording.url:
                    return await scholar.resolve(Reference(Kind.TITLE, recording.query["query"]))
                paper = recording.path.rpartition("/paper/")[2].removeprefix("doi:")
                return await scholar.resolve(Reference(Kind.DOI, paper))
            case _:
                address = recording.url.replace("https://", "http://")
                return await PageSource(client).resolve(Reference(Kind.PAGE, address))


# --- the tests ----------------------------------------------------------------------------------


@pytest.mark.parametrize("file", EXPECTED)
async def test_a_recorded_answer_is_understood(file: str, recordings: dict[str, Recording]) -> None:
    answer = await read(recordings[file], recordings)
    assert type(answer) is EXPECTED[file], answer
    if isinstance(answer, PaperRecord):
        assert_presentable(answer)
    else:
        assert re.fullmatch(r"(?:[A-Z]|arXiv)[^\n]{10,300}[.!?]", answer.reason)


@pytest.mark.parametrize("file", TRUTH)
async def test_title_authors_and_year_are_right(
    file: str, recordings: dict[str, Recording]
) -> None:
    record = await read(recordings[file], recordings)
    assert isinstance(record, PaperRecord)
    title, first, last, count, year = TRUTH[file]
    assert record.title == title
    assert record.year == year
    assert len(record.authors) == count
    if first:
        assert record.authors[0] == first
    if last:
        assert record.authors[-1] == last


@pytest.mark.parametrize("file", PAPERS_IN)
def test_lists_of_papers_are_read(file: str, recordings: dict[str, Recording]) -> None:
    records = list(papers_in(recordings[file]))
    assert len(records) == PAPERS_IN[file]
    for record in records:
        assert_presentable(record)


def test_every_recording_has_an_expectation(recordings: dict[str, Recording]) -> None:
    assert set(recordings) == set(EXPECTED) | set(PAPERS_IN)
    assert not set(EXPECTED) & set(PAPERS_IN)


def test_crossrefs_authors_are_all_there(recordings: dict[str, Recording]) -> None:
    """Counted in the raw JSON, for all works: nobody is lost, joined or turned round."""
    for recording in recordings.values():
        if recording.kind.startswith("crossref-work"):
            work = recording.json()["message"]
            record = parse_work(work)
            raw = work.get("author", [])
            assert len(record.authors if record else ()) == len(raw), recording.file
            for name, author in zip(record.authors if record else (), raw, strict=True):
                assert author["family"] in name.split(" ", 1)[-1], recording.file


async def test_ids_are_joined(recordings: dict[str, Recording]) -> None:
    """What is one paper under two addresses is known by both."""

    async def references(file: str) -> set[str]:
        record = await read(recordings[file], recordings)
        assert isinstance(record, PaperRecord)
        return {str(one) for one in record.references}

    assert await references("s2/paper_DOI_10.1038_s42256-024-00832-8.json") >= {
        "arxiv:2304.05376",
        "doi:10.1038/s42256-024-00832-8",
        "pmid:38799228",
        "pmcid:PMC11116106",
        "s2:CorpusId:258059792",
    }
    assert "doi:10.1016/j.xgen.2025.100814" in await references(
        "crossref/work_10.1101_2024.04.01.587366.json"
    )
    assert await references("datacite/10.48550_arxiv.1902.02534.json") == {"arxiv:1902.02534"}
    assert "doi:10.5281/zenodo.1039580" in await references("datacite/10.5281_zenodo.1196821.json")
    assert await references("html/acl_2021.naacl-main.208.html") == {"acl:2021.naacl-main.208"}
    assert await references("html/springer_BF02727953.html") == {"doi:10.1007/bf02727953"}
    assert await references("html/arxiv_abs_1901.09839.html") == {"arxiv:1901.09839"}
    assert await references("openreview/v1_reply_B1lXNPfx3m.json") == {"openreview:HkghWScuoQ"}


async def test_the_resolver_joins_crossref_and_semantic_scholar(
    recordings: dict[str, Recording],
) -> None:
    """A DOI that has no abstract at Crossref, and an arXiv id that only the other one knows."""
    crossref = recordings["crossref/work_10.1038_s42256-024-00832-8.json"]
    scholar = recordings["s2/paper_DOI_10.1038_s42256-024-00832-8.json"]
    doi = Reference(Kind.DOI, "10.1038/s42256-024-00832-8")
    async with serving(crossref, scholar) as (client, urls):
        record = await Resolver(client, urls).resolve([doi])
    assert isinstance(record, PaperRecord)
    assert record.authors[0] == "Andres M. Bran"  # Crossref's name, not "Andrés M Bran"
    assert record.venue == "Nature Machine Intelligence"
    assert Reference(Kind.ARXIV, "2304.05376") in record.references


# --- helpers ------------------------------------------------------------------------------------


def papers_in(recording: Recording) -> Iterator[PaperRecord]:
    if recording.kind.startswith("arxiv"):
        try:
            yield from parse_feed(recording.body)
        except UnreadableFeedError:
            return
        return
    value = recording.json()
    parse: Callable[[object], PaperRecord | None]
    match recording.kind:
        case "crossref-title-search":
            parse, items = parse_work, value["message"]["items"]
        case "datacite-list":
            parse, items = parse_datacite, value["data"]
        case _:
            parse, items = parse_paper, value
    yield from (record for item in items if (record := parse(item)))


def assert_presentable(record: PaperRecord) -> None:
    """Plain text in one line, addresses that can be links, years that can be years."""
    for text in (record.title, *record.authors, record.venue or "x", record.abstract or "x"):
        assert text == " ".join(text.split())
        assert text
        assert not re.search(r"</?\w+>|&\w+;|\(cid:", text)
    assert record.year is None or 1900 < record.year < 2100
    for address in (record.url, record.pdf_url):
        assert address is None or re.fullmatch(r"https?://\S+", address)
