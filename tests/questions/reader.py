"""Reads the file of an interview with a CommonMark parser, and rebuilds what was said."""

import re
from collections.abc import Iterator
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

NOTE, ASKED_BY, WITH = "Editor's note: ", "asked by ", "An interview with "
Tree = tuple[Any, ...]


class Parser(MarkdownIt):
    """CommonMark, and the tables and strokes that blogs know. Addresses stay as written."""

    def __init__(self) -> None:
        super().__init__("commonmark")
        self.enable(["table", "strikethrough"])

    def normalizeLink(self, url: str) -> str:  # noqa: N802 # the parser's own name
        return url

    def normalizeLinkText(self, link: str) -> str:  # noqa: N802 # the parser's own name
        return link


def inline(token: Token) -> tuple[str, str]:
    """How a paragraph begins (`em`, `strong` or nothing), and its text."""
    children = token.children or []
    text = ""
    for child in children:
        assert child.type in {
            *("text", "hardbreak", "link_open", "link_close"),
            *("em_open", "em_close", "strong_open", "strong_close"),
        }, child
        if child.type == "link_open":
            assert child.markup == "autolink"
        text += "\n" if child.type == "hardbreak" else child.content
    marked = [child.type.partition("_")[0] for child in children if child.type.endswith("_open")]
    marked = [one for one in marked if one != "link"]
    assert len(marked) <= 1, "what people wrote is emphasised"
    return (marked[0] if marked else ""), text


def blocks(body: str) -> Iterator[tuple[str, int, str]]:
    """What the document consists of: headings with their level, paragraphs, quotations."""
    level, quoted, quote = 0, False, []
    for token in Parser().parse(body):
        match token.type:
            case "heading_open":
                level = int(token.tag[1:])
            case "heading_close":
                level = 0
            case "blockquote_open":
                quoted, quote = True, []
            case "blockquote_close":
                quoted = False
                yield "quote", 0, "\n\n".join(quote)
            case "inline" if quoted:
                quote.append(inline(token)[1])
            case "inline":
                mark, text = inline(token)
                yield "heading" if level else mark or "text", level, text
            case other:
                assert other in ("paragraph_open", "paragraph_close"), token


def rebuilt(body: str) -> tuple[str, list[str], list[Tree]]:
    """Who was interviewed, the notes on all of it, and the questions, each with what is below."""
    found = list(blocks(body))
    kind, _, guest = found.pop(0)
    assert kind == "em"
    assert guest.startswith(WITH)
    top: dict[str, Any] = {"level": 1, "notes": [], "follow_ups": []}
    path = [top]
    for kind, level, text in found:
        here = path[-1]
        match kind:
            case "heading":
                while path[-1]["level"] >= level:
                    path.pop()
                assert path[-1]["level"] == level - 1, "a level is left out"
                question = {"title": text, "level": level, "details": [], "answers": []}
                question |= {"notes": [], "follow_ups": []}
                path[-1]["follow_ups"].append(question)
                path.append(question)
            case "quote":
                assert text.startswith(NOTE)
                here["notes"].append(text.removeprefix(NOTE))
            case "em":
                assert text.startswith(ASKED_BY)
                here["asked_by"] = text.removeprefix(ASKED_BY)
            case "strong":
                assert text.endswith(":")
                here["answers"].append((text.removesuffix(":"), []))
            case _ if here["answers"]:
                here["answers"][-1][1].append(text)
            case _:
                here["details"].append(text)
    name = guest.removeprefix(WITH).removesuffix(".")
    return name, [lines(note) for note in top["notes"]], [tree(one) for one in top["follow_ups"]]


def tree(question: dict[str, Any]) -> Tree:
    return (
        question["title"],
        question["asked_by"],
        lines("\n\n".join(question["details"])),
        [(by, lines("\n\n".join(text))) for by, text in question["answers"]],
        [lines(note) for note in question["notes"]],
        [tree(one) for one in question["follow_ups"]],
    )


def lines(text: str) -> list[list[str]]:
    """Its paragraphs, each with its lines; how far they are indented is looked at apart."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return [[line.strip() for line in one.split("\n")] for one in paragraphs]
