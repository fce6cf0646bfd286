"""The walks through the house lead through functions that exist."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text()
WALKS = {
    title: re.findall(r"(?m)^\d+\. `([\w/]+\.py):(\w+)`", steps)
    for title, steps in re.findall(r"(?ms)^### (A .*?)$(.*?)(?=^##)", PAGE)
}
MOST = 8


def test_there_are_three_short_walks() -> None:
    assert list(WALKS) == ["A vote", "A feed entry", "A question"]
    assert all(1 < len(steps) <= MOST for steps in WALKS.values())


@pytest.mark.parametrize(
    ("file", "name"), sorted({step for steps in WALKS.values() for step in steps})
)
def test_a_step_exists(file: str, name: str) -> None:
    defined = {
        node.name
        for node in ast.walk(ast.parse((ROOT / file).read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert name in defined


def test_every_room_that_is_named_is_there() -> None:
    rooms = re.findall(r"(?m)^\| `((?:bot|cogs)[\w/.]*)` ", PAGE)
    assert len(rooms) > 8
    assert all((ROOT / room).exists() for room in rooms)
