"""What the demo knows of papers, with and without a network."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.demo.catalogue import CATALOGUE
from bot.demo.resolver import DemoResolver
from bot.papers.references.identifiers import Kind, Reference
from bot.papers.references.text import parse
from bot.papers.sources.record import Answer, NotFound, PaperRecord, Unavailable

FOUND = PaperRecord("Something else")
UNKNOWN = [Reference(Kind.ARXIV, "0704.0001")]


class Network:
    """Answers at once, or never."""

    def __init__(self, answer: Answer | None) -> None:
        self._answer = answer
        self.asked = 0

    async def resolve(self, references: Sequence[Reference]) -> Answer:
        self.asked += 1
        if self._answer is None:
            await asyncio.Event().wait()
        assert self._answer is not None
        return self._answer


@pytest.mark.parametrize("paper", CATALOGUE, ids=lambda paper: paper.title)
async def test_a_well_known_paper_is_found_by_link_and_by_title(paper):
    network = Network(FOUND)
    resolver = DemoResolver(network)
    assert paper.url is not None
    assert await resolver.resolve(parse(paper.url)) is paper
    assert await resolver.resolve([Reference(Kind.TITLE, paper.title.upper())]) is paper
    assert not network.asked


def test_the_catalogue_is_complete():
    assert len(CATALOGUE) >= 25
    assert len({paper.title for paper in CATALOGUE}) == len(CATALOGUE)
    for paper in CATALOGUE:
        assert paper.authors
        assert paper.venue
        assert 1900 < (paper.year or 0) < 2100
        assert len(paper.abstract or "") > 100


async def test_what_is_not_well_known_comes_from_the_network():
    assert await DemoResolver(Network(FOUND)).resolve(UNKNOWN) is FOUND
    no = NotFound("There is no such paper.")
    assert await DemoResolver(Network(no)).resolve(UNKNOWN) is no


@pytest.mark.parametrize(
    "network",
    [None, Network(None), Network(Unavailable("Semantic Scholar is away."))],
    ids=["none", "hanging", "away"],
)
@pytest.mark.parametrize("asked", [UNKNOWN, [Reference(Kind.TITLE, "My own paper")]])
async def test_without_a_network_it_says_so_soon(network, asked):
    """ "Details follow" would never come true where time is skipped."""
    answer = await DemoResolver(network, patience=0.01).resolve(asked)
    assert isinstance(answer, NotFound)
    assert "This demo can't look that paper up" in answer.reason


async def test_a_network_that_hangs_is_left_alone_for_a_while():
    network = Network(None)
    resolver = DemoResolver(network, patience=0.01)
    for _ in range(3):
        await resolver.resolve(UNKNOWN)
    assert network.asked == 1
