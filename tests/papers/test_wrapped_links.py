"""Links that somebody else's address wraps, and addresses that show no paper."""

from urllib.parse import quote

import pytest

from bot.papers.references.listings import CHAT, LIST, MODEL
from bot.papers.references.text import Kind, Reference, identify, no_paper_in, parse

ARXIV = "https://arxiv.org/abs/1706.03762"
NATURE = "https://www.nature.com/articles/nature14539"
CODED, TWICE = quote(ARXIV, safe=""), quote(quote(ARXIV, safe=""), safe="")
SIGNS = "https://doi.org/10.1016/S0(6)7"


@pytest.mark.parametrize(
    "wrapped",
    [
        # A library's proxy, in the host
        "https://arxiv-org.proxy.lib.example.edu/abs/1706.03762",
        "https://www-arxiv-org.libproxy1.example.ac.uk/abs/1706.03762v2",
        "http://arxiv.org.ezproxy.example.edu/abs/1706.03762",
        "http://arxiv.org.ezproxy.example.edu:2048/abs/1706.03762",
        "https://0-arxiv-org.lib.example.edu/abs/1706.03762",
        "https://0-arxiv.org.pugwash.lib.example.ac.uk/abs/1706.03762",
        "https://arxiv-org.eu1.proxy.openathens.net/abs/1706.03762",
        "https://arxiv-org.translate.goog/abs/1706.03762?_x_tr_sl=en",
        "https://www-semanticscholar-org.idm.oclc.org/arxiv/1706.03762",
        "https://arxiv-org-443.webvpn.example.edu.cn/abs/1706.03762",
        "https://arxiv-org-s.vpn.example.edu.cn:8118/abs/1706.03762",
        "https://0-arxiv-org.mercury.example.ca/abs/1706.03762",
        "https://arxiv-org.inee.bib.example.fr/abs/1706.03762",
        # Its login
        f"https://login.ezproxy.example.edu/login?url={ARXIV}",
        f"https://ezproxy.example.edu:2443/login?qurl={CODED}",
        f"https://ezproxy.example.edu/login/?auth=shibboleth&url={ARXIV}",
        f"https://go.openathens.net/redirector/example.edu?url={CODED}",
        f"https://sp.example.org/Shibboleth.sso/Login?entityID=urn:x&target={CODED}",
        "https://login.proxy.example.edu/login?url=https://arxiv-org.proxy.example.edu/abs/1706.03762",
        # Redirects
        f"https://www.google.com/url?q={ARXIV}&sa=D&usg=AOvVaw",
        f"https://www.google.co.uk/url?sa=t&rct=j&url={CODED}&usg=x",
        f"https://scholar.google.com/scholar_url?url={CODED}&hl=en",
        f"https://l.facebook.com/l.php?u={CODED}&h=AT0",
        f"https://slack-redir.net/link?url={CODED}",
        f"https://eur01.safelinks.protection.outlook.com/?url={CODED}&data=05%7C01&reserved=0",
        f"https://urldefense.com/v3/__{ARXIV}__;!!Abc!Def$",
        f"https://urldefense.com/v3/__{ARXIV.replace('//', '/')}__;!!Abc!Def$",
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__arxiv.org_abs_1706.03762&d=DwMFaQ",
        f"https://duckduckgo.com/l/?uddg={CODED}&rut=0",
        "https://www.bing.com/ck/a?!&&p=1&u=a1aHR0cHM6Ly9hcnhpdi5vcmcvYWJzLzE3MDYuMDM3NjI&ntb=1",
        "https://protection.example.com/?d=arxiv.org&u=aHR0cHM6Ly9hcnhpdi5vcmcvYWJzLzE3MDYuMDM3NjI=",
        f"https://social.example/intent/compose?text={CODED}",
        "https://export.arxiv.org/api/query?id_list=1706.03762",
        f"https://r.search.yahoo.com/_ylt=A/RV=2/RE=1/RO=10/RU={CODED}/RK=2/RS=x-",
        f"https://vk.com/away.php?to={CODED}&cc_key=",
        f"https://steamcommunity.com/linkfilter/?url={ARXIV}",
        f"https://href.li/?{ARXIV}",
        f"https://link.zhihu.com/?target={CODED}",
        f"https://out.reddit.com/t3_x?url={CODED}&token=A",
        f"https://www.youtube.com/redirect?event=video_description&q={CODED}",
        f"https://secure-web.cisco.com/1abc-def/{CODED}",
        f"https://twitter.com/intent/tweet?text=Read&url={CODED}",
        f"https://feeds.example.org/proxy?url={CODED}",
        f"https://anything.example/out/{ARXIV}",
        # Archives
        f"https://web.archive.org/web/20200101000000/{ARXIV}",
        f"https://web.archive.org/web/20200101000000id_/{ARXIV}",
        f"https://web.archive.org/web/2020*/{ARXIV}",
        f"web.archive.org/web/*/{ARXIV}",
        "https://web.archive.org/web/2020/http:/arxiv.org/abs/1706.03762",
        "https://web.archive.org/web/20200101/arxiv.org/abs/1706.03762",
        f"https://archive.ph/2020.01.01-101010/{ARXIV}",
        f"https://archive.is/newest/{ARXIV}",
        f"https://wayback.archive-it.org/123/20200101000000/{ARXIV}",
        f"https://arquivo.pt/wayback/20200101000000/{ARXIV}",
        f"https://webcache.googleusercontent.com/search?q=cache:Ab3xYz_1-x4J:{ARXIV}+attention&hl=en",
        "https://webcache.googleusercontent.com/search?q=cache:arxiv.org/abs/1706.03762",
        # More than one layer, more than one coding
        f"https://www.google.com/url?q={TWICE}",
        f"https://www.google.com/url?q=https://web.archive.org/web/2020/{ARXIV}&sa=D",
        f"https://web.archive.org/web/2020/https://ezproxy.example.edu/login?url={ARXIV}",
        f"https://l.facebook.com/l.php?u={quote(f'https://www.google.com/url?q={CODED}', safe='')}",
    ],
)
def test_a_wrapped_paper_is_the_paper(wrapped: str) -> None:
    assert identify(wrapped) == "arxiv:1706.03762"


@pytest.mark.parametrize(
    ("wrapped", "expected"),
    [
        ("https://www-nature-com.ezproxy.example.edu/articles/nature14539", NATURE),
        ("https://www.nature.com.ezproxy.example.edu/articles/nature14539", NATURE),
        ("https://0-www-nature-com.lib.example.edu/articles/nature14539", NATURE),
        ("https://doi-org.libproxy.example.edu/10.1038/nature14539", NATURE),
        ("https://dx-doi-org.ezp-prod1.example.edu/10.1038/nature14539", NATURE),
        ("https://libkey.io/libraries/222/10.1038/nature14539", NATURE),
        ("https://shortdoi.org/10/gcm2", "https://doi.org/10/gcm2"),
        (
            "https://dl-acm-org.ezproxy.example.edu/doi/10.1145/3292500.3330701",
            "10.1145/3292500.3330701",
        ),
        (
            "https://www-cv--foundation-org.proxy.example.edu/openaccess/content_cvpr_2016/html/"
            "He_Deep_Residual_Learning_CVPR_2016_paper.html",
            "https://openaccess.thecvf.com/content_cvpr_2016/html/"
            "He_Deep_Residual_Learning_CVPR_2016_paper.html",
        ),
        # The rest of a bare address belongs to it, in a proxy's login
        (
            "https://proxy.example.edu/login?url=https://openreview.net/forum?noteId=x&id=YicbFdNTTy",
            "https://openreview.net/forum?id=YicbFdNTTy",
        ),
        (
            f"https://urldefense.com/v3/__{SIGNS.replace('(', '*').replace(')', '*')}__;KCk!!x$",
            SIGNS,
        ),
        # What is inside is an article like any other
        (
            "https://www.google.com/url?q=https://example.org/post?a=1&sa=D",
            "https://example.org/post?a=1",
        ),
        (
            "https://web.archive.org/web/2020/https://example.org/post?a=1",
            "https://example.org/post?a=1",
        ),
        (
            "https://www-sciencedirect-com.ezproxy.example.edu/science/article/pii/S1",
            "https://www.sciencedirect.com/science/article/pii/S1",
        ),
        (
            "https://www-some--journal-org.ezproxy.example.edu/a/1",
            "https://www.some-journal.org/a/1",
        ),
    ],
)
def test_what_is_inside_counts(wrapped: str, expected: str) -> None:
    assert parse(wrapped) == parse(expected) != []


@pytest.mark.parametrize(
    "page",
    [
        "https://proxy-org.example.edu/abs/1706.03762",
        "https://arxiv-org.evil.example/abs/1706.03762",
        "https://arxiv.org.evil.example/abs/1706.03762",
        "https://t.co/AbCdEf",
        "https://archive.ph/AbCdE",
        "https://example.org/login?url=/abs/1706.03762",
        "https://example.org/review?about=https://example.com/other",
        "https://example.org/share?url=https://example.com/other",
        "https://www.google.com/url?q=javascript:alert(1)",
        "https://urldefense.com/v3/__",
        "https://www.bing.com/ck/a?u=a1%%%",
        "https://blog.example.org/https-for-everyone/",
    ],
)
def test_what_wraps_no_paper_stays_a_page(page: str) -> None:
    assert identify(page) == "page"


def test_a_loop_ends() -> None:
    looped = "https://www.google.com/url?q="
    assert identify(looped * 60 + ARXIV) in ("page", "arxiv:1706.03762", "none")
    assert identify(f"https://ezproxy.example.edu/login?url={'https://a.example/login?url=' * 60}")


@pytest.mark.parametrize(
    "text",
    [
        "https://papers.ssrn.com/sol3/papers.cfm?abstract_id=4327171",
        "https://papers.ssrn.com/sol3/papers.cfm?abstract=4327171",
        "https://papers.ssrn.com/sol3/Papers.cfm?download=yes&abstractId=4327171",
        "https://papers.ssrn.com/abstract_id=4327171",
        "https://ssrn.com/abstract=4327171",
        "https://www.ssrn.com/4327171",
        "https://hq.ssrn.com/x.cfm?abstract_id=04327171",
        "10.2139/ssrn.4327171",
        "https://dx.doi.org/10.2139/SSRN.4327171",
        "ssrn:4327171",
        "SSRN: 4327171",
        "https://papers-ssrn-com.ezproxy.example.edu/sol3/papers.cfm?abstract_id=4327171",
    ],
)
def test_ssrn_numbers_and_their_doi_are_one(text: str) -> None:
    assert identify(text) == "ssrn:4327171"


@pytest.mark.parametrize(
    "text",
    [
        "10/gf2z3n",
        "doi:10/gf2z3n",
        "doi: 10/GF2Z3N",
        "Let us read 10/gf2z3n.",
        "https://doi.org/10/gf2z3n",
        "http://dx.doi.org/10/gf2z3n",
        "https://doi.org/gf2z3n",
        "doi.org/10/gf2z3n",
        "https://doi-org.ezproxy.example.edu/10/gf2z3n",
    ],
)
def test_a_short_doi_is_one(text: str) -> None:
    (reference,) = parse(text)
    assert reference == Reference(Kind.DOI, "10/gf2z3n")
    assert parse(reference.url or "") == [reference]


def test_a_short_doi_of_letters_needs_its_label_or_stands_alone() -> None:
    assert identify("10/abc") == identify("doi:10/abc") == "doi:10/abc"
    for prose in ("it costs 10/week", "on 10/22/2026", "10/10 would read", "rated 10/ten", "10/22"):
        assert parse(prose) == []


@pytest.mark.parametrize(
    "address",
    [
        "https://arxiv.org",
        "https://arxiv.org/",
        "https://www.arxiv.org/list/cs.CL/recent",
        "https://arxiv.org/search/?query=attention&searchtype=all",
        "https://arxiv.org/a/lecun_y_1",
        "https://info.arxiv.org/help/",
        "https://arxiv.org/help/api",
        "https://arxiv.org/abs/",
        "https://arxiv.org/archive/cs",
        "https://arxiv.org/year/cs/2024",
        "https://rss.arxiv.org/rss/cs.LG",
        "https://export.arxiv.org/list/stat.ML/new",
        "https://arxiv.org/user/",
        "arxiv.org/list/cs.LG/new",
        "https://www.alphaxiv.org/",
        "https://www.alphaxiv.org/explore",
        "https://www.alphaxiv.org/@someone",
        "https://openreview.net/",
        "https://openreview.net/group?id=ICLR.cc/2024/Conference",
        "https://openreview.net/profile?id=~Yann_LeCun1",
        "https://openreview.net/search?term=attention",
        "https://openreview.net/venue?id=ICLR.cc",
        "https://openreview.net/forum",
        "https://openreview.net/submissions?venue=ICLR.cc/2024/Conference",
        "https://aclanthology.org/",
        "https://aclanthology.org/volumes/2020.acl-main/",
        "https://aclanthology.org/venues/acl/",
        "https://aclanthology.org/events/acl-2023/",
        "https://aclanthology.org/people/c/christopher-d-manning/",
        "https://aclanthology.org/search/?q=x",
        "https://www.aclweb.org/anthology/",
        "https://www.aclweb.org/anthology/venues/acl/",
        "https://proceedings.mlr.press/",
        "https://proceedings.mlr.press/v139/",
        "https://jmlr.org/",
        "https://jmlr.org/papers/v21/",
        "https://www.jmlr.org/papers/",
        "https://jmlr.org/tmlr/papers/",
        "https://papers.nips.cc/",
        "https://papers.nips.cc/paper_files/paper/2017",
        "https://proceedings.neurips.cc/paper/2020",
        "https://neurips.cc/Conferences/2023",
        "https://neurips.cc/virtual/2023/papers.html",
        "https://neurips.cc/",
        "https://proceedings.neurips.cc/papers/search?q=attention",
        "https://openaccess.thecvf.com/menu",
        "https://openaccess.thecvf.com/CVPR2021?day=all",
        "https://openaccess.thecvf.com/",
        "https://openaccess.thecvf.com/CVPR2018.py?day=2018-06-19",
        "https://openaccess.thecvf.com/CVPR2021_workshops/menu",
        "https://www.semanticscholar.org/",
        "https://www.semanticscholar.org/author/Y.-LeCun/1688882",
        "https://www.semanticscholar.org/search?q=attention&sort=relevance",
        "https://www.semanticscholar.org/me/library",
        "https://www.semanticscholar.org/topic/x/1",
        "https://pubmed.ncbi.nlm.nih.gov/",
        "https://pubmed.ncbi.nlm.nih.gov/?term=2017",
        "https://pubmed.ncbi.nlm.nih.gov/advanced/",
        "https://www.ncbi.nlm.nih.gov/pubmed/?term=sleep",
        "https://pmc.ncbi.nlm.nih.gov/search/?term=x",
        "https://www.ncbi.nlm.nih.gov/pmc/journals/1/",
        "https://huggingface.co/",
        "https://huggingface.co/papers",
        "https://huggingface.co/papers/trending",
        "https://huggingface.co/papers/date/2024-05-01",
        "https://huggingface.co/models?search=bert",
        "https://huggingface.co/google",
        "https://huggingface.co/datasets",
        "https://huggingface.co/spaces",
        "https://huggingface.co/collections/google/gemma-1",
        "https://huggingface.co/papers/month/2024-05",
        "https://www.ssrn.com/",
        "https://papers.ssrn.com/sol3/cf_dev/AbsByAuth.cfm?per_id=1",
        "https://scholar.google.com/citations?user=WLN3QrAAAAAJ",
        "https://scholar.google.de/scholar?q=x",
        "https://www.google.com/search?q=attention",
        "https://doi.org/",
        "https://www.nature.com/",
        "https://arxiv-org.proxy.example.edu/list/cs.CL/recent",
        "https://www.google.com/url?q=https://arxiv.org/list/cs.CL/recent&sa=D",
        "https://www.ncbi.nlm.nih.gov/gene/7157",
    ],
)
def test_a_list_is_no_paper(address: str) -> None:
    assert identify(address) == "none"
    assert identify(f"what about {address} then") == "none"
    assert no_paper_in(address) == LIST.reason


@pytest.mark.parametrize(
    "address",
    [
        "https://huggingface.co/google-bert/bert-base-uncased",
        "hf.co/openai/whisper-large-v3",
        "https://huggingface.co/datasets/stanfordnlp/imdb",
        "https://huggingface.co/spaces/org/demo",
        "https://huggingface.co/google-bert/bert-base-uncased/blob/main/README.md",
    ],
)
def test_a_model_card_is_no_paper(address: str) -> None:
    assert (identify(address), no_paper_in(address)) == ("none", MODEL.reason)


@pytest.mark.parametrize(
    "address",
    [
        "https://discord.gg/abcdef",
        "discord.gg/abcdef",
        "https://discord.com/invite/abcdef",
        "https://discord.com/channels/1/2/3",
        "https://discord.com/",
        "https://ptb.discord.com/channels/@me/2/3",
        "https://discordapp.com/invite/x",
        "https://dsc.gg/club",
        "https://discord.com/users/1",
        "https://www.google.com/url?q=https://discord.gg/abcdef",
    ],
)
def test_discord_itself_is_no_paper(address: str) -> None:
    assert (identify(address), no_paper_in(address)) == ("none", CHAT.reason)


@pytest.mark.parametrize(
    "address",
    [
        "https://arxiv.org/abs/1713.00001",
        "https://blog.arxiv.org/2024/01/02/a-post/",
        "https://huggingface.co/blog/rlhf",
        "https://discord.com/blog/how-discord-stores-trillions-of-messages",
        "https://neurips.cc/virtual/2023/poster/71234",
        "https://blog.neurips.cc/2023/12/11/awards/",
        "https://paperswithcode.com/paper/attention-is-all-you-need",
        "https://ui.adsabs.harvard.edu/abs/2016ApJ...826...56R/abstract",
        "https://www.ncbi.nlm.nih.gov/books/NBK1116/",
        "https://www.nature.com/articles/bjc2012123",
        "https://dblp.org/rec/conf/nips/VaswaniSPUJGKP17.html",
        "https://distill.pub/2016/deconv/",
        "https://www.semanticscholar.org/paper/a-title-without-its-number",
    ],
)
def test_an_article_on_a_known_host_stays_a_page(address: str) -> None:
    assert identify(address) == "page"
    assert no_paper_in(address) is None


def test_a_paper_beside_a_list_is_found() -> None:
    assert identify(f"from https://arxiv.org/list/cs.CL/recent: {ARXIV}") == "arxiv:1706.03762"
