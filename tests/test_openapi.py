"""The check on requests finds what Discord would refuse."""

import os

import pytest

from tests import openapi


@pytest.fixture(autouse=True)
def description() -> None:
    if missing := openapi.missing():
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(f"{missing}, so no request is checked")


def text(content: str) -> dict[str, object]:
    return {"type": 10, "content": content}


def layout(*components: dict[str, object]) -> dict[str, object]:
    return {"flags": 1 << 15, "components": list(components)}


def test_a_right_message_is_right() -> None:
    assert not openapi.message_faults(layout({"type": 17, "components": [text("Hello")]}))


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({"content": "x" * 2001}, "2000"),
        (layout(text("x" * 2000), text("x" * 2001)), "4000"),
        (layout(*[text("x") for _ in range(41)]), "40"),
        ({**layout(text("x")), "content": "both"}, "content"),
        (layout({"type": 1, "components": [{"type": 2, "style": 1, "label": "x" * 81}]}), "80"),
        ({"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}, "exclusive"),
        ({"content": "x", "allowed_mentions": {"users": ["somebody"]}}, "users.0"),
    ],
)
def test_a_wrong_message_is_found(body: dict[str, object], word: str) -> None:
    assert word in " ".join(openapi.message_faults(body))
