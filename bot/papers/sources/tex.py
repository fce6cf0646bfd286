"""The little TeX that authors put into titles, names and abstracts, as ordinary letters."""

import re
import unicodedata
from typing import Final

_ACCENTS: Final = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", '"': "\u0308", "=": "\u0304",
    ".": "\u0307", "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "k": "\u0328",
    "r": "\u030a",
}  # fmt: skip
_LETTERS: Final = {
    "ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "AE": "Æ", "oe": "œ",
    "OE": "Œ", "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ",
}  # fmt: skip
_GREEK = (
    "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho "
    "varsigma sigma tau upsilon phi chi psi omega "
    "Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"
)
_SYMBOLS: Final = {
    **dict(zip(_GREEK.split(), "αβγδεζηθικλμνξοπρςστυφχψωΓΔΘΛΞΠΣΦΨΩ", strict=True)),
    "varepsilon": "ε", "vartheta": "θ", "varphi": "φ", "ell": "ℓ", "infty": "∞", "times": "×",
    "cdot": "·", "pm": "±", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥", "neq": "≠", "ne": "≠",
    "approx": "≈", "sim": "∼", "propto": "∝", "to": "→", "rightarrow": "→", "leftarrow": "←",
    "in": "∈", "subset": "⊂", "subseteq": "⊆", "cup": "∪", "cap": "∩", "forall": "∀",
    "exists": "∃", "ll": "≪", "gg": "≫", "sqrt": "√", "partial": "∂", "nabla": "∇", "sum": "∑",
    "prod": "∏", "int": "∫", "ldots": "…", "dots": "…", "cdots": "…", "circ": "°", "mid": "|",
    "log": "log ", "ln": "ln ", "exp": "exp ", "min": "min ", "max": "max ", "poly": "poly ",
    "quad": " ", "lVert": "‖", "rVert": "‖", "langle": "⟨", "rangle": "⟩", "star": "*", "ast": "*",
}  # fmt: skip

_ACCENTED = re.compile(
    r"""\{?\\(?:([`'^"~=.])\s*\{?\\?([A-Za-z])\}?|([uvHckr])\{\\?([A-Za-z])\})\}?"""
)
_LETTER = re.compile(r"\{?\\(ss|o|O|l|L|ae|AE|oe|OE|aa|AA|i|j)(?![A-Za-z])(?:\{\}|\}| (?=[a-z]))?")
_TIE = re.compile(r"(?<=[\w.)}$])~(?=[\w(\\$])")
_DECLARED = re.compile(
    r"\{\\(?:it|bf|em|sc|rm|sl|sf|tt|(?:it|sc|sl|up)shape|bfseries)\s+([^{}]*)\}"
)
_KEPT_CAPITAL = re.compile(r"(?<![\w\\$^_}])\{([A-Z][A-Za-z0-9]*)\}(?!\$)")  # BibTeX's
# As pandoc reads it: no space inside the dollars, no digit after. "$5 and $10" are prices.
_MATH = re.compile(
    r"\$\$([^$]{1,500})\$\$|(?<![\\$])\$(?=\S)([^$]{1,500}?)(?<=\S)\$(?!\d)"
    r"|\\\((.{1,500}?)\\\)|\\\[(.{1,500}?)\\\]"
)
_WRAPPER = re.compile(r"\\(?:emph|text(?:it|bf|tt|sc|rm|sf))\s?\{([^{}]*)\}")
_STYLE = re.compile(
    r"\\(?:(?:text(?:it|bf|tt|sc|rm|sf)?|math(?:rm|bf|cal|bb|it|sf|frak|scr|tt)|mbox|bm|"
    r"operatorname|boldsymbol|it|bf|em|rm|tt|left|right|big|bigl|bigr|displaystyle|"
    r"tilde|widetilde|hat|widehat|bar|overline|vec)(?![A-Za-z])\s?|[,!;: ])"
)
_FRACTION = re.compile(r"\\[dt]?frac\{([^{}]*)\}\{([^{}]*)\}")
_COMMAND = re.compile(r"\\([A-Za-z]+)\s?")
_BRACES = re.compile(r"\{([^{}]*)\}")
_ESCAPED = re.compile(r"\\([$%&#_{}])")


def without_tex(text: str) -> str:
    r"""`Schr\"odinger` as "Schrödinger", `$\alpha^{2}$` as "α^2".

    A formula that is not understood to its end stays as it was written.
    """
    if "\\" in text:
        text = _ACCENTED.sub(_accented, text)
        text = _LETTER.sub(lambda match: _LETTERS[match.group(1)], text)
        text = _DECLARED.sub(r"\1", _TIE.sub(" ", text))
    if "$" in text or "\\" in text:
        text = _MATH.sub(_formula, text)
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", _WRAPPER.sub(r"\1", text))
    return _KEPT_CAPITAL.sub(r"\1", text)


def _accented(match: re.Match[str]) -> str:
    accent, letter = match.group(1) or match.group(3), match.group(2) or match.group(4)
    return unicodedata.normalize("NFC", letter + _ACCENTS[accent])


def _formula(match: re.Match[str]) -> str:
    tex = _STYLE.sub("", next(filter(None, match.groups())))
    tex = tex.replace(r"\{", "\ue000").replace(r"\}", "\ue001")  # those that are to be seen
    tex = _FRACTION.sub(r"\1/\2", tex)
    tex = _COMMAND.sub(lambda command: _SYMBOLS.get(command.group(1), command.group()), tex)
    for _ in range(3):  # nested
        tex = _BRACES.sub(r"\1", tex)
    tex = _ESCAPED.sub(r"\1", tex.replace("\ue000", "{").replace("\ue001", "}"))
    return match.group() if "\\" in tex else tex.strip()
