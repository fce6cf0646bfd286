r"""Formulas in titles and abstracts, as plain words: MathML under any prefix, and JATS's TeX.

    Au<mml:math><mml:mi>N</mml:mi></mml:math>-coupled     a formula never grows into a word
    <inline-formula><tex-math>$\sqrt{s}$</tex-math>       TeX between dollars, for `tex` to read

Of a formula that is given twice, as MathML and as TeX, the MathML counts.
"""

import re
from dataclasses import dataclass, field

_TAG = r"</?(?:[\w-]+:)?[\w-]+[^<>]*>"
_TEX = r"<(?:[\w-]+:)?tex(?:-math)?(?=[\s>])[^<>]*>(.{0,5000}?)</(?:[\w-]+:)?tex(?:-math)?\s*>"
_MATH_BEGINS = r"<(?:[\w-]+:)?math(?=[\s>])"
_MATH_ENDS = r"</(?:[\w-]+:)?math\s*>"

_MATH = re.compile(rf"{_MATH_BEGINS}[^<>]*>(.{{0,20000}}?){_MATH_ENDS}", re.DOTALL | re.IGNORECASE)
_TEX_ALONE = re.compile(_TEX, re.DOTALL | re.IGNORECASE)
_BETWEEN = rf"(?:\s|(?!{_MATH_BEGINS}|{_MATH_ENDS}){_TAG}){{0,8}}?"
_TEX_FIRST = re.compile(rf"{_TEX}(?={_BETWEEN}{_MATH_BEGINS})", re.DOTALL | re.IGNORECASE)
_TEX_LAST = re.compile(rf"({_MATH_ENDS}{_BETWEEN}){_TEX}", re.DOTALL | re.IGNORECASE)

# Around a formula while the tags beside it are taken off.
_BEGIN, _END = "\ue010", "\ue011"
_GROWN_BEFORE = re.compile(rf"(?<=[^\W\d_]{{2}}){_BEGIN}(?=[\w$√])")
_GROWN_AFTER = re.compile(rf"(?<=[\w$]){_END}(?=[^\W\d_]{{2}})(?!(?:th|st|nd|rd)\b)")


def mark_formulas(text: str) -> str:
    """The text with its formulas as words, each between marks that `unmark` takes away."""
    if "<" not in text:
        return text
    text = _TEX_LAST.sub(lambda match: match[1], _TEX_FIRST.sub("", text))
    text = _MATH.sub(lambda match: f"{_BEGIN}{_math(match[1])}{_END}", text)
    return _TEX_ALONE.sub(lambda match: f"{_BEGIN}{_between_dollars(match[1])}{_END}", text)


def unmark(text: str) -> str:
    """Without the marks; with a space where a formula would grow into a word."""
    text = _GROWN_AFTER.sub(" ", _GROWN_BEFORE.sub(" ", text))
    return text.replace(_BEGIN, "").replace(_END, "")


def _between_dollars(tex: str) -> str:
    r"""`\documentclass...\begin{document}$$x$$\end{document}` and `\(x\)` as `$x$`."""
    _, begins, document = tex.partition(r"\begin{document}")
    tex = (document.partition(r"\end{document}")[0] if begins else tex).strip()
    return f"${tex.removeprefix(chr(92) + '(').removesuffix(chr(92) + ')').strip('$ ')}$"


# --- MathML -----------------------------------------------------------------------------------

_NODE = re.compile(r"<(/?)(?:[\w-]+:)?([\w-]+)[^<>]*?(/?)>|([^<]+|<)")
_UNSEEN = re.compile(
    "[\u2061-\u2064]|&(?:#x206[1-4]|#828[9]|#829[0-2]|(?:ApplyFunction|af|it|ic));"
)
_LEFT_OUT = frozenset({"annotation", "annotation-xml", "mphantom"})
_TOGETHER = frozenset({"msub", "msup", "msubsup", "mmultiscripts", "mover", "munder", "munderover"})


@dataclass
class _Node:
    name: str
    parts: list[str] = field(default_factory=list)

    def text(self) -> str:
        parts = [part for part in self.parts if part]
        if self.name in _LEFT_OUT:
            return ""
        if self.name == "mspace":
            return " "
        if self.name == "mfrac":
            return "/".join(parts)
        if self.name == "mfenced":
            return f"({','.join(parts)})"
        if self.name in ("msqrt", "mroot"):
            return "√" + "".join(parts[: 1 if self.name == "mroot" else None])
        return "".join(parts) if self.name in _TOGETHER else _side_by_side(parts)


def _math(inside: str) -> str:
    open_nodes = [_Node("math")]
    for closing, name, empty, text in _NODE.findall(inside):
        if text:
            words = _UNSEEN.sub("", text)
            open_nodes[-1].parts.append(words if open_nodes[-1].name == "mtext" else words.strip())
        elif empty:
            open_nodes[-1].parts.append(_Node(name.lower()).text())
        elif not closing:
            open_nodes.append(_Node(name.lower()))
        elif len(open_nodes) > 1:
            done = open_nodes.pop()
            open_nodes[-1].parts.append(done.text())
    while len(open_nodes) > 1:  # cut off
        done = open_nodes.pop()
        open_nodes[-1].parts.append(done.text())
    return open_nodes[0].text()


_WORD_AT_END = re.compile(r"[^\W\d_]{2}$")
_WORD_AT_START = re.compile(r"[^\W\d_]{2}")


def _side_by_side(parts: list[str]) -> str:
    """`13` and `TeV` are "13 TeV", `log` and `n` "log n", but `2` and `x` "2x"."""
    line = ""
    for part in parts:
        word_meets = _WORD_AT_START.match(part) and line[-1:].isalnum()
        meets_word = _WORD_AT_END.search(line) and part[:1].isalpha()
        line += (" " if word_meets or meets_word else "") + part
    return line
