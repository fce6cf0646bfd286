"""What a piece of chat text points at, whatever way people write it."""

import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from bot.papers.references.text import Kind, Reference, canonical, identify, parse

SHA = "204e3073870fae3d05bcbc2f6a8e263d9b72e776"
HASH = "3f5ee243547dee91fbd053c1c4a845aa"
LANCET = "doi:10.1016/s0140-6736(05)67889-3"
WILEY = "doi:10.1002/(sici)1097-0258(19980815/30)17:15/16<1661::aid-sim968>3.0.co;2-2"


def shown(text: str) -> list[str]:
    return [str(reference) for reference in parse(text)]


# --- arXiv ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "1706.03762",
        "1706.03762v5",
        "arXiv:1706.03762",
        "arxiv: 1706.03762v2",
        "ARXIV:1706.03762 [cs.CL]",
        "arXiv.1706.03762",
        "ａｒＸｉｖ：１７０６．０３７６２",
        "논문1706.03762를 읽자",
        "Let us read 1706.03762.",
        "(1706.03762)",
        "1706.03762v5.pdf",
        "https://arxiv.org/abs/1706.03762v5",
        "http://www.arxiv.org/abs/1706.03762?context=cs.LG",
        "arxiv.org/abs/1706.03762",
        "export.arxiv.org/abs/1706.03762",
        "HTTPS://ARXIV.ORG/ABS/1706.03762V5",
        "https://arxiv.org/pdf/1706.03762",
        "https://arxiv.org/pdf/1706.03762v5.pdf",
        "https://arxiv.org/pdf/1706.03762.pdf#page=3",
        "https://arxiv.org/html/1706.03762v7#S3",
        "https://arxiv.org/ftp/arxiv/papers/1706/1706.03762.pdf",
        "https://arxiv.org/abs/1706.03762를 읽읍시다",
        "읽어요:https://arxiv.org/abs/1706.03762。",
        "논문：arxiv.org/pdf/1706.03762",
        "https://arxiv.org/abs/arXiv:1706.03762",
        "https://\u200barxiv.org/abs/\u200b1706.03762\u200b",
        "https://doi.org/10.48550/arXiv.1706.03762",
        "10.48550/ARXIV.1706.03762v1",
        "https://www.alphaxiv.org/abs/1706.03762",
        "https://www.alphaxiv.org/overview/1706.03762v7",
        "https://huggingface.co/papers/1706.03762",
        "hf.co/papers/1706.03762",
        "https://www.arxiv-vanity.com/papers/1706.03762/",
        "https://ar5iv.org/abs/1706.03762",
        "https://ar5iv.labs.arxiv.org/html/1706.03762",
        "http://xxx.lanl.gov/abs/1706.03762",
        "https://scirate.com/arxiv/1706.03762",
        "https://paperswithcode.com/paper/arxiv:1706.03762",
        "https://paperswithcode.com/search?q=1706.03762",
        "https://papers.cool/arxiv/1706.03762",
        "https://www.semanticscholar.org/arxiv/1706.03762",
        "https://api.semanticscholar.org/arXiv:1706.03762",
        "https://ui.adsabs.harvard.edu/abs/2017arXiv170603762V/abstract",
        "https://ui.adsabs.harvard.edu/abs/arXiv:1706.03762",
    ],
)
def test_an_arxiv_paper_in_all_its_spellings(text: str) -> None:
    assert shown(text) == ["arxiv:1706.03762"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cs/0112017", "cs/0112017"),
        ("math.GT/0309136", "math/0309136"),
        ("arXiv:math.GT/0309136v2 [math.GT]", "math/0309136"),
        ("cond-mat.mtrl-sci/9901001", "cond-mat/9901001"),
        ("hep-th/9711200", "hep-th/9711200"),
        ("HEP-TH/9711200", "hep-th/9711200"),
        ("https://arxiv.org/abs/math.GT/0309136v1", "math/0309136"),
        ("https://arxiv.org/pdf/cs/0112017.pdf", "cs/0112017"),
        ("http://www.arxiv.org/PS_cache/math/pdf/0309/0309136v1.pdf", "math/0309136"),
        ("10.48550/arXiv.cs/0112017", "cs/0112017"),
        ("math-ph/0703001", "math-ph/0703001"),
        ("0704.0001", "0704.0001"),
        ("1412.6980", "1412.6980"),
        ("1501.00001", "1501.00001"),
        ("0912.9999", "0912.9999"),
    ],
)
def test_old_arxiv_ids_and_the_borders_of_the_new_ones(text: str, expected: str) -> None:
    assert shown(text) == [f"arxiv:{expected}"]


@pytest.mark.parametrize(
    "text",
    [
        "1713.00001",
        "1700.00001",
        "arXiv:1713.00001",
        "1412.69800",
        "1501.0001",
        "0703.0001",
        "0000.0000",
        "math/0704001",
        "math/0013001",
        "math/9013001",
        "cooking/0112017",
        "cs/011201",
        "cs/01120170",
        "1706.037621",
        "11706.03762",
        "1706.03762.5",
        "$1205.1234",
        "1205.1234%",
        "call 0704.1234-5678",
        "version 3.1706.03762",
    ],
)
def test_what_only_looks_like_an_arxiv_id(text: str) -> None:
    assert shown(text) == []


# --- DOI --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "10.1038/nature14539",
        "doi:10.1038/NATURE14539",
        "DOI: 10.1038/nature14539.",
        "https://doi.org/10.1038/nature14539",
        "http://dx.doi.org/10.1038%2Fnature14539",
        "doi.org/10.1038/nature14539/",
        "https://doi.org/10.1038/nature14539?utm_source=chat#x",
        "10.1038/nature14539를 읽자",
        "10.1038/nature14539(LeCun et al.)",
        "'10.1038/nature14539',",
        "`10.1038/nature14539`",
        "**10.1038/nature14539**",
        "<10.1038/nature14539>",
        "https://www.nature.com/articles/nature14539",
        "nature.com/articles/nature14539",
        "https://www.nature.com/articles/nature14539.pdf",
        "https://www.nature.com/nature/journal/v521/n7553/full/nature14539.html",
        "https://www.nature.com/doifinder/10.1038/nature14539",
        "https://idp.nature.com/articles/nature14539?error=cookies",
    ],
)
def test_a_doi_in_all_its_spellings(text: str) -> None:
    assert shown(text) == ["doi:10.1038/nature14539"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(see https://doi.org/10.1016/S0140-6736(05)67889-3).", LANCET),
        ("[Lancet](https://doi.org/10.1016/S0140-6736(05)67889-3)", LANCET),
        ("https://doi.org/10.1016/S0140-6736%2805%2967889-3", LANCET),
        ("10.1016%2FS0140-6736(05)67889-3", LANCET),
        (WILEY[4:].upper(), WILEY),
        (f"https://doi.org/{WILEY[4:]}", WILEY),
        (WILEY[4:].replace("<", "&lt;").replace(">", "&gt;"), WILEY),
        ("10.1000.10/123", "doi:10.1000.10/123"),
        ("https://link.springer.com/article/10.1007/s11263-015-0816-y", None),
        ("https://link.springer.com/article/10.1007/s11263-015-0816-y/figures/1", None),
        ("https://link.springer.com/content/pdf/10.1007%2Fs11263-015-0816-y.pdf", None),
        (
            "https://link.springer.com/chapter/10.1007/978-3-319-24574-4_28",
            "doi:10.1007/978-3-319-24574-4_28",
        ),
        (
            "https://bmcbiol.biomedcentral.com/articles/10.1186/s12915-020-00001-2",
            "doi:10.1186/s12915-020-00001-2",
        ),
        ("https://dl.acm.org/doi/10.1145/3292500.3330701", "doi:10.1145/3292500.3330701"),
        (
            "https://dl.acm.org/doi/pdf/10.1145/3292500.3330701?download=true",
            "doi:10.1145/3292500.3330701",
        ),
        (
            "https://dl.acm.org/citation.cfm?id=3292500.3330701&dl=ACM",
            "doi:10.1145/3292500.3330701",
        ),
        (
            "https://journals.plos.org/plosone/article?id=10.1371/journal.pone.0000308",
            "doi:10.1371/journal.pone.0000308",
        ),
        (
            "https://journals.plos.org/plosone/article/file?type=printable"
            "&id=10.1371/journal.pone.0000308",
            "doi:10.1371/journal.pone.0000308",
        ),
        (
            "http://www.plosone.org/article/info%3Adoi%2F10.1371%2Fjournal.pone.0000308",
            "doi:10.1371/journal.pone.0000308",
        ),
        ("10.1371/journal.pone.0000308.g001", "doi:10.1371/journal.pone.0000308"),
        (
            "https://www.biorxiv.org/content/10.1101/2020.03.22.002386v1.full.pdf",
            "doi:10.1101/2020.03.22.002386",
        ),
        (
            "https://www.biorxiv.org/content/early/2020/03/24/2020.03.22.002386",
            "doi:10.1101/2020.03.22.002386",
        ),
        ("10.1101/2020.03.22.002386v2", "doi:10.1101/2020.03.22.002386"),
        (
            "https://www.medrxiv.org/content/10.1101/2020.12.30.20249034v2.full-text",
            "doi:10.1101/2020.12.30.20249034",
        ),
        (
            "https://www.nature.com/articles/s41586-021-03819-2_reference.pdf",
            "doi:10.1038/s41586-021-03819-2",
        ),
        ("https://www.nature.com/articles/323533a0", "doi:10.1038/323533a0"),
        ("https://www.nature.com/articles/nmeth.3317", "doi:10.1038/nmeth.3317"),
        (
            "https://www.nature.com/articles/s41599-020-0501-9",
            "doi:10.1057/s41599-020-0501-9",
        ),
        (
            "https://onlinelibrary.wiley.com/doi/full/10.1002/anie.201200001",
            "doi:10.1002/anie.201200001",
        ),
        (
            "https://iopscience.iop.org/article/10.1088/1742-6596/1/1/012001/meta",
            "doi:10.1088/1742-6596/1/1/012001",
        ),
        (
            "https://link.aps.org/doi/10.1103/PhysRevLett.116.061102",
            "doi:10.1103/physrevlett.116.061102",
        ),
        (
            "https://www.frontiersin.org/articles/10.3389/fnins.2020.00001/full",
            "doi:10.3389/fnins.2020.00001",
        ),
        ("https://elifesciences.org/articles/12345v2", "doi:10.7554/elife.12345"),
        # A form that promises more than it holds stays what it is.
        ("10.48550/arXiv.1713.00001", "doi:10.48550/arxiv.1713.00001"),
        ("10.3115/1073083.1073135", "doi:10.3115/1073083.1073135"),
    ],
)
def test_dois_end_where_they_end(text: str, expected: str | None) -> None:
    assert shown(text) == [expected or "doi:10.1007/s11263-015-0816-y"]


@pytest.mark.parametrize("text", ["10.12/abc", "10.1038/", "10.1038/).", "110.1038/x", "doi:x"])
def test_what_only_looks_like_a_doi(text: str) -> None:
    assert shown(text) == []


# --- the other ids ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("P19-1001", "acl:P19-1001"),
        ("acl:p19-1001", "acl:P19-1001"),
        ("2020.acl-main.1", "acl:2020.acl-main.1"),
        ("https://aclanthology.org/P19-1001/", "acl:P19-1001"),
        ("aclanthology.org/P19-1001.pdf", "acl:P19-1001"),
        ("https://aclanthology.org/2020.acl-main.1v2.pdf", "acl:2020.acl-main.1"),
        ("https://www.aclweb.org/anthology/P19-1001", "acl:P19-1001"),
        ("http://aclweb.org/anthology/P/P19/P19-1001.pdf", "acl:P19-1001"),
        ("https://aclanthology.info/papers/P19-1001/p19-1001", "acl:P19-1001"),
        ("https://doi.org/10.18653/v1/P19-1001", "acl:P19-1001"),
        ("10.18653/v1/2020.acl-main.1", "acl:2020.acl-main.1"),
        ("10.3115/v1/p14-1001", "acl:P14-1001"),
        ("https://openreview.net/forum?id=YicbFdNTTy", "openreview:YicbFdNTTy"),
        ("https://openreview.net/pdf?id=YicbFdNTTy", "openreview:YicbFdNTTy"),
        ("https://openreview.net/forum?noteId=abcdefg&amp;id=B1-x_", "openreview:B1-x_"),
        ("https://openreview.net/attachment?id=YicbFdNTTy&name=pdf", "openreview:YicbFdNTTy"),
        ("openreview:YicbFdNTTy", "openreview:YicbFdNTTy"),
        ("https://proceedings.mlr.press/v139/radford21a.html", "pmlr:v139/radford21a"),
        ("http://proceedings.mlr.press/v139/radford21a/radford21a.pdf", "pmlr:v139/radford21a"),
        ("https://proceedings.mlr.press/v139/radford21a", "pmlr:v139/radford21a"),
        ("https://proceedings.mlr.press/v28/jaggi13-supp.pdf", "pmlr:v28/jaggi13"),
        ("http://jmlr.org/proceedings/papers/v9/glorot10a/glorot10a.pdf", "pmlr:v9/glorot10a"),
        (
            "https://raw.githubusercontent.com/mlresearch/v235/main/assets/"
            "abbasi-yadkori24a/abbasi-yadkori24a.pdf",
            "pmlr:v235/abbasi-yadkori24a",
        ),
        ("https://jmlr.org/papers/v21/20-074.html", "jmlr:v21/20-074"),
        ("https://jmlr.org/papers/volume21/20-074/20-074.pdf", "jmlr:v21/20-074"),
        ("http://www.jmlr.org/papers/v3/bengio03a.html", "jmlr:v3/bengio03a"),
        ("http://jmlr.csail.mit.edu/papers/volume3/bengio03a/bengio03a.pdf", "jmlr:v3/bengio03a"),
        (
            "http://www.jmlr.org/papers/volume15/srivastava14a.old/srivastava14a.pdf",
            "jmlr:v15/srivastava14a",
        ),
        (f"https://papers.nips.cc/paper/2017/hash/{HASH}-Abstract.html", f"neurips:2017/{HASH}"),
        (
            f"https://papers.nips.cc/paper_files/paper/2017/file/{HASH}-Paper.pdf",
            f"neurips:2017/{HASH}",
        ),
        (
            f"https://proceedings.neurips.cc/paper/2017/file/{HASH}-Supplemental.zip",
            f"neurips:2017/{HASH}",
        ),
        (
            f"https://proceedings.neurips.cc/paper_files/paper/2023/file/{HASH}"
            "-Paper-Conference.pdf",
            f"neurips:2023/{HASH}",
        ),
        (
            f"https://proceedings.neurips.cc/paper_files/paper/2024/hash/{HASH}"
            "-Abstract-Datasets_and_Benchmarks_Track.html",
            f"neurips:2024/{HASH}-Datasets_and_Benchmarks_Track",
        ),
        (
            "http://papers.nips.cc/paper/7181-attention-is-all-you-need.pdf",
            "neurips:7181-attention-is-all-you-need",
        ),
        (
            "https://openaccess.thecvf.com/content_cvpr_2016/html/He_Deep_CVPR_2016_paper.html",
            "cvf:CVPR2016/He_Deep_CVPR_2016",
        ),
        (
            "http://www.cv-foundation.org/openaccess/content_cvpr_2016/papers/"
            "He_Deep_CVPR_2016_paper.pdf",
            "cvf:CVPR2016/He_Deep_CVPR_2016",
        ),
        (
            "https://openaccess.thecvf.com/content/CVPR2021/papers/Fang_Dual_CVPR_2021_paper.pdf",
            "cvf:CVPR2021/Fang_Dual_CVPR_2021",
        ),
        (
            r"https://openaccess.thecvf.com/content/ACCV2024/papers/Zhao\_Dual\_paper.pdf",
            "cvf:ACCV2024/Zhao_Dual",
        ),
        (
            "https://openaccess.thecvf.com/content/CVPR2021W/AICITY/papers/Doe_paper.pdf",
            "cvf:CVPR2021W/AICITY/Doe",
        ),
        (
            "https://openaccess.thecvf.com/content_CVPRW_2020/papers/w39/Doe_paper.pdf",
            "cvf:content_CVPRW_2020/html/w39/Doe",
        ),
        (f"https://www.semanticscholar.org/paper/Attention-is-All/{SHA}", f"s2:{SHA}"),
        (f"https://www.semanticscholar.org/paper/{SHA}#citing-papers", f"s2:{SHA}"),
        (f"https://pdfs.semanticscholar.org/{SHA[:4]}/{SHA[4:]}.pdf", f"s2:{SHA}"),
        ("https://api.semanticscholar.org/CorpusID:13756489", "s2:CorpusId:13756489"),
        ("CorpusID: 13756489", "s2:CorpusId:13756489"),
        ("S2CID 13756489", "s2:CorpusId:13756489"),
        ("PMID: 26017442", "pmid:26017442"),
        ("pmid:026017442", None),
        ("pmid:26017442", "pmid:26017442"),
        ("https://pubmed.ncbi.nlm.nih.gov/26017442/", "pmid:26017442"),
        ("https://www.ncbi.nlm.nih.gov/pubmed/26017442", "pmid:26017442"),
        ("https://europepmc.org/article/MED/26017442", "pmid:26017442"),
        ("PMC4196866", "pmcid:PMC4196866"),
        ("PMCID: PMC4196866", "pmcid:PMC4196866"),
        ("pmcid:PMC12", "pmcid:PMC12"),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC4196866/pdf/a.pdf", "pmcid:PMC4196866"),
        ("https://pmc.ncbi.nlm.nih.gov/articles/PMC4196866/", "pmcid:PMC4196866"),
        ("https://europepmc.org/articles/PMC4196866", "pmcid:PMC4196866"),
        ("10.2139/ssrn.3234", "ssrn:3234"),
        ("https://papers.ssrn.com/sol3/papers.cfm?abstract_id=3234", "ssrn:3234"),
        ("https://ssrn.com/abstract=3234", "ssrn:3234"),
        (
            "https://papers.ssrn.com/sol3/Delivery.cfm/SSRN_ID3234_code1.pdf?abstractid=3234",
            "ssrn:3234",
        ),
    ],
)
def test_ids_of_other_places(text: str, expected: str | None) -> None:
    assert shown(text) == ([expected] if expected else [])


@pytest.mark.parametrize(
    "text",
    [
        "26017442",
        "17",
        "p19-1001",
        "B19-1001",
        SHA,
        "PMC",
        "pmid: 0",
        "PMC3",
        "JMLR: good",
        "SSRN: x3",
    ],
)
def test_bare_numbers_and_the_like_are_no_ids(text: str) -> None:
    assert shown(text) == []


# --- pages ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HTTPS://Example.COM:443/A?b=1#frag", "https://example.com/A?b=1"),
        ("http://example.com:80", "http://example.com/"),
        ("http://example.com:8080/x", "http://example.com:8080/x"),
        ("https://x.com/a?utm_source=y&id=7&fbclid=z&UTM_Medium=q", "https://x.com/a?id=7"),
        ("https://x.com/a?utm_source=y", "https://x.com/a"),
        ("https://x.com/a.?utm_source=y", "https://x.com/a"),
        ("https://user:secret@x.com/a", "https://x.com/a"),
        ("https://ko.wikipedia.org/wiki/한", "https://ko.wikipedia.org/wiki/%ED%95%9C"),
        ("https://en.wikipedia.org/wiki/A_(b)", "https://en.wikipedia.org/wiki/A_(b)"),
        ("https://bücher.example/x", "https://xn--bcher-kva.example/x"),
        ("https://example.com에서 봤어요", "https://example.com/"),
        ("https://example.com/a를 보세요", "https://example.com/a"),
        ("http://[2001:db8::1]:8000/a", "http://[2001:db8::1]:8000/a"),
        ("https://medium.com/@someone/post", "https://medium.com/@someone/post"),
        ("www.example.com/paper.pdf", "https://www.example.com/paper.pdf"),
        # Known hosts, but not a paper, or not one that exists.
        ("https://arxiv.org/abs/1713.00001", "https://arxiv.org/abs/1713.00001"),
        (
            "https://www.nature.com/articles/bjc2012123",
            "https://www.nature.com/articles/bjc2012123",
        ),
        (
            "https://dl.acm.org/doi/10.5555/3495724.3497619",
            "https://dl.acm.org/doi/10.5555/3495724.3497619",
        ),
        # Hosts that only look known.
        ("https://arxiv.org.evil.example/abs/1706.03762", None),
        ("https://notarxiv.org/abs/1706.03762", None),
        ("https://arxiv.org@evil.example/abs/1706.03762", "https://evil.example/abs/1706.03762"),
        ("https://\u0430rxiv.org/abs/1706.03762", "https://xn--rxiv-43d.org/abs/1706.03762"),
    ],
)
def test_any_other_address_is_a_page_in_one_spelling(text: str, expected: str | None) -> None:
    assert parse(text) == [Reference(Kind.PAGE, expected or text)]


@pytest.mark.parametrize(
    "text",
    [
        "ftp://arxiv.org/abs/1706.03762",
        "file:///etc/10.1038/nature14539",
        "javascript:alert('10.1038/nature14539')",
        "data:text/html,1706.03762",
        "mailto:me@example.com",
        "https://",
        "https://:80/",
        "https://[/",
        "http://[::1",
        "https://x.com:99999/",
        "https://-.com/",
        "https://a..b/",
        "see arxiv.org.",
        "me@arxiv.org/abs/1706",
        "https://x.com/" + "a" * 3000,
    ],
)
def test_what_is_no_address_of_ours(text: str) -> None:
    assert shown(text) == []


# --- whole messages ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[Attention](<https://arxiv.org/abs/1706.03762>)", ["arxiv:1706.03762"]),
        ('[A](https://arxiv.org/abs/1706.03762 "the paper")', ["arxiv:1706.03762"]),
        ("<https://arxiv.org/abs/1706.03762|Attention>", ["arxiv:1706.03762"]),
        ("||https://arxiv.org/abs/1706.03762||", ["arxiv:1706.03762"]),
        ("https://arxiv.org/abs/1706.03762 = arXiv:1706.03762v2", ["arxiv:1706.03762"]),
        ("> 1706.03762,2005.14165", ["arxiv:1706.03762", "arxiv:2005.14165"]),
        (
            "P19-1001; 10.1038/nature14539;10.18653/v1/P19-1001, PMC13900",
            ["acl:P19-1001", "doi:10.1038/nature14539", "pmcid:PMC13900"],
        ),
        ("https://a.com/x,https://b.com/y", ["page:https://a.com/x", "page:https://b.com/y"]),
        (
            "[a](https://x.com/a_(b)),[c](https://x.com/c)를",
            ["page:https://x.com/a_(b)", "page:https://x.com/c"],
        ),
        (
            "__https://x.com/a__ ~~https://x.com/b~~",
            ["page:https://x.com/a", "page:https://x.com/b"],
        ),
        ("『https://x.com/a』、「10.1038/x」", ["page:https://x.com/a", "doi:10.1038/x"]),
        ("<@1706> <:arxiv:170603762> <t:1706037620:R>", []),
        ("Attention Is All You Need", []),
    ],
)
def test_messages(text: str, expected: list[str]) -> None:
    assert shown(text) == expected


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("  Attention  Is\nAll You Need ", "Attention Is All You Need"),
        ('**"Attention Is All You Need"**', "Attention Is All You Need"),
        ("Are Emergent Abilities a Mirage?", "Are Emergent Abilities a Mirage?"),
        ("GPT-4 Technical Report", "GPT-4 Technical Report"),
        ("Fun with\u200b C(n)", "Fun with C(n)"),
        ("논문 읽기", "논문 읽기"),
    ],
)
def test_free_text_is_a_title_only_where_one_is_asked_for(text: str, title: str) -> None:
    assert parse(text, title_allowed=True) == [Reference(Kind.TITLE, title)]
    assert parse(text) == []


def test_words_around_a_reference_are_no_title() -> None:
    assert parse("Attention 1706.03762", title_allowed=True) == [
        Reference(Kind.ARXIV, "1706.03762")
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("https://arxiv.org/abs/1706.03762v5", "arxiv:1706.03762"),
        ("https://www.nature.com/articles/nature14539", "doi:10.1038/nature14539"),
        ("P19-1001 and https://example.com/x", "acl:P19-1001|page"),
        ("https://example.com/x https://example.com/y", "page|page"),
        ("Attention Is All You Need", "title"),
        ("T5", "title"),
        ("", "none"),
        (" \t\n", "none"),
        ("...?!", "none"),
        ("26017442", "none"),
        ("0", "none"),
        ("<@123456> <#9> <@&8> <:wave:77> @here", "none"),
        ("\u200b\u3164", "none"),
        ("🎉", "none"),
        ("arXiv:1713.00001v2", "none"),
        ("1713.00001v2", "none"),
        ("math/0704001", "none"),
        ("PMID: 0", "none"),
        ("ftp://example.com/a", "none"),
        ("javascript:alert(1)", "none"),
    ],
)
def test_identify(line: str, expected: str) -> None:
    assert identify(line) == expected


# --- one paper among several ------------------------------------------------------------------


def test_canonical_prefers_what_readers_prefer() -> None:
    best_first = parse(
        "1706.03762 P19-1001 openreview:YicbFdNTTy 10.1038/nature14539 PMC13900 https://x.com/a"
    )
    assert len(best_first) == 6
    for skipped in range(6):
        assert canonical(reversed(best_first[skipped:])) == best_first[skipped]
    assert canonical([]) is None


@given(st.sets(st.builds(Reference, st.sampled_from(Kind), st.text())))
def test_canonical_does_not_depend_on_the_order(references: set[Reference]) -> None:
    assert canonical(sorted(references)) == canonical(sorted(references, reverse=True))


# --- properties -------------------------------------------------------------------------------

MONTH = "(0[1-9]|1[0-2])"
SHAPES = {
    Kind.ARXIV: rf"(1[5-9]|[2-4]\d){MONTH}\.\d{{5}}|(0[89]|1[0-4]){MONTH}\.\d{{4}}"
    rf"|(cs|math-ph|hep-th)/9[1-9]{MONTH}\d{{3}}",
    Kind.ACL: r"[PNDW][01]\d-[1-9]\d{3}|202\d\.[a-z]{2,9}-[a-z0-9]{1,6}\.\d{1,3}",
    Kind.DOI: r"10\.\d{5}/[a-z0-9()<>;:_%/.,+~-]{1,20}",
    Kind.OPENREVIEW: r"[A-Za-z0-9_-]{5,12}",
    Kind.PMLR: r"v[1-9]\d{0,2}/[a-z]{1,9}\d\d[a-z]{0,2}",
    Kind.JMLR: r"v[1-9]\d?/([a-z]{2,9}\d\d[a-z]|\d\d-\d{3,4})",
    Kind.NEURIPS: r"(19[89]|20[0-4])\d/[0-9a-f]{32}(-round1|-Datasets_and_Benchmarks)?"
    r"|[1-9]\d{0,3}-attention-is-all-you-need",
    Kind.CVF: r"(CVPR|ICCV|WACV|ACCV)20[1-3]\d(W/[A-Z]{2,9})?/[A-Za-z_-]{1,20}",
    Kind.S2: r"[0-9a-f]{40}|CorpusId:[1-9]\d{0,8}",
    Kind.PMID: r"[1-9]\d{0,7}",
    Kind.PMCID: r"PMC[1-9]\d{0,7}",
    Kind.SSRN: r"[1-9]\d{0,6}",
    Kind.PAGE: r"https://[a-z]{1,9}\.example/[a-z0-9/?=&.,()_%~-]{0,30}",
}
VALUES = {
    kind: st.from_regex(re.compile(shape, re.ASCII), fullmatch=True)
    for kind, shape in SHAPES.items()
}

# DOIs and pages are made of anything, so let the parser spell them first.
REFERENCES = st.one_of(
    [
        st.builds(Reference, st.just(kind), values)
        if kind not in (Kind.DOI, Kind.PAGE)
        else values.map(parse).filter(bool).map(lambda found: found[0])
        for kind, values in VALUES.items()
    ]
)


def test_every_kind_but_titles_is_generated() -> None:
    assert set(VALUES) == set(Kind) - {Kind.TITLE}
    assert Reference(Kind.TITLE, "Attention").url is None


@given(REFERENCES)
def test_an_address_leads_back_to_its_reference(reference: Reference) -> None:
    assert reference.url is not None
    assert parse(reference.url) == [reference]


WRAPPINGS = ["{}", "<{}>", "({}).", "{}, and", "읽기: {} 어때요?", "||{}||", "“{}”", "{}\u200b"]
LINKS = ["[it]({})", "[it](<{}>)", '[it]({} "it")', "**{}**", "*{}*!", "_{}_", "「{}」를"]


@given(REFERENCES, st.sampled_from(WRAPPINGS + LINKS))
def test_chat_markup_does_not_hide_an_address(reference: Reference, wrapping: str) -> None:
    assume(reference.value.count("(") == reference.value.count(")"))  # `(see .../a(b)` is unclear
    assert parse(wrapping.format(reference.url)) == [reference]


IDS = REFERENCES.filter(lambda one: one.kind is not Kind.PAGE and "%" not in one.value)


@given(IDS, st.sampled_from(WRAPPINGS))
def test_the_printed_form_can_be_typed_in(reference: Reference, wrapping: str) -> None:
    assert parse(wrapping.format(reference)) == [reference]


# fmt: off
SHARDS = st.sampled_from([
    "https://", "http://[", "arxiv.org/abs/", "1706.03762", "v2", "10.1038/", "10.48550/arXiv.",
    "nature14539", "doi.org/", "www.", "x.com", "P19-1001", "PMC13900", "pmid:", "s2:", "cvf:",
    "math/", "(", ")", "[", "]", "](", "<", ">", "|", ",", ";", ".", "/", "?", "#", "&", "@", "\\",
    "*", "_", "~", "`", '"', "'", " ", "\n", "%2F", "%29", "%25", "utm_source=a", ":80", "&amp;",
    "&lt;", "를", "에서", "é", "ﷺ", "。", "\u0301", "\u200b", "\x00", "\ud800",
])
# fmt: on
MESSAGES = st.one_of(st.text(), st.lists(SHARDS, max_size=25).map("".join))


@given(MESSAGES)
@example("https://x.com/a&utm_a=1&amp;b")
@example("https://doi.org/10.1038/a%252F")
@example("https://x.com/?&&=.")
def test_any_text_gives_references_that_lead_back(text: str) -> None:
    found = parse(text)
    assert len(found) == len(set(found))
    for reference in found:
        assert reference.url is not None
        assert parse(reference.url) == [reference]


@given(MESSAGES)
def test_identify_always_answers(text: str) -> None:
    assert identify(text)


# fmt: off
HOSTILE_PIECES = [
    "(", ")", "[", "<", "](", "a", "a.", "1", "1.", "/", "-", "_", "%", "\u0301\u0315", "ﷺ", "한",
    "http://", "http://[", "http://a(", "http://a)", "https://x.com/a ", "https://x.com/a,",
    "https://arxiv.org/abs/", "https://papers.nips.cc/paper/1-a", "x.arxiv.org/", "www.", "www.a(",
    "10.1000/", "10.1000/((", "10.1000/<1:a>", "1706.03762 ", "math/", "arxiv:", "doi:", "acl:",
    "s2:a", "pmid ", "ftp://", "a+", "<@", "<1:", "<:a:1>", "&amp;", "\u200b", "\ud800", "\x00",
]
# fmt: on


@pytest.mark.parametrize("piece", HOSTILE_PIECES)
def test_hostile_text_of_100_kilobytes_ends(piece: str) -> None:
    size = len(piece.encode("utf-8", "surrogatepass"))
    parse(piece * (100_000 // size), title_allowed=True)
