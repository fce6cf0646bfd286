"""What an experience is about: organisation, role, country, season, programme, field.

`facts.toml` has the names and their spellings. What the experience is about beats what it mentions:

    in the title, or a tag of its own                                     10
    beside the internship: "interned at X", "internship in X", "X 인턴"    6
    among the first words of the text                                      3
    each mention, three at most, of what has neither of the first two      1

The highest sum wins; of several that are equal the one that is named first, so that an experience
of three internships has the facts of the first. A sum that is too small for its kind is a mention,
and no fact. Who lists three programmes in a breath takes part in none of them.

A title may name an organisation that the table lacks: "Internship at X", "X 연구팀 인턴". It counts
if the text names it, too.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate, islice
from typing import NamedTuple

KINDS = ("organisation", "role", "country", "season", "programme", "field")

_READ = 6_000  # characters of the text; later ones hardly change the result
_FIRST_WORDS = 600
_OWN, _BESIDE, _EARLY, _MOST_MENTIONS = 10, 6, 3, 3
_ENOUGH = {"organisation": 5, "role": 3, "country": 4, "programme": 6, "field": 3}
_PLAIN_INTERN = "Intern"  # the role where nothing more precise is said
_LIST_WIDTH, _LIST_LENGTH = 80, 3  # so many programmes within so many characters are a list

_BEFORE = re.compile(
    r"\b(?i:intern(?:ed|ing|ships?|s)?|visiting (?:student|researcher)|summer student|"
    r"scheme student|residen(?:t|cy)|praktikum)\b[^.!?\n]{0,50}?[ (](?:at|with|in|from)\s+"
    r"(?:(?:the|an?|of|for|and|in|at|&|[A-Z][\w'’&.-]*),? ?)*$"
)
_AFTER = re.compile(
    r"[^.!?\n,]{0,16}?(?:\binterns?(?:hips?|ed)?\b|인턴|インターン|实习)", re.IGNORECASE
)
_PROGRAMME_BEFORE = re.compile(
    r"\b(?:through|via|under|part of|selected (?:for|as)|accepted (?:to|into|for|in)|"
    r"participat\w+ in|thanks to|recipient of|awarded|funded by|won|offer from|did|as an?)"
    r"(?: (?:the|an?|my|this))?(?: \w+)? $",
    re.IGNORECASE,
)
_PROGRAMME_AFTER = re.compile(
    r"\W{1,2}(?:\w+ ){0,2}?(?:interns?(?:hip)?|scholar(?:s|ship)?|fellow(?:s|ship)?|experience|"
    r"student|프로그램|인턴|참가|장학)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?P<korean>[A-Z][\w&.-]*+(?: [A-Z][\w&.-]*+){0,3}) ?"
    r"(?:[가-힣]{1,6}(?:팀|연구소|연구실|랩|센터) ?)?인턴|"
    r"(?i:\bintern(?:ship|ing|ed|s)?) (?i:at|with) (?:the )?"
    r"(?P<english>[A-Z][\w&.'’-]*+(?: (?:of|for|and|&|[A-Z][\w&.'’-]*+)){0,5})"
)
_WORD = re.compile(r"([A-Za-z0-9\u00c0-\u024f]+)")
_NO_NAMES = frozenset({"AI", "ML", "DL", "IT", "SW", "UX", "UI", "PM", "QA", "R&D", "HR", "CS"})
_CONFIRMED = 2  # times that the text has a name
_SEASONS = {
    "Spring": ("spring", "봄", "春", "printemps", "frühling"),
    "Summer": ("summers", "summer", "여름", "하계", "夏", "été", "sommer"),
    "Autumn": ("autumn", "fall", "가을", "秋", "automne", "herbst"),
    "Winter": ("winter", "겨울", "동계", "冬", "hiver"),
}
_SEASON_OF = {word: season for season, words in _SEASONS.items() for word in words}
_DIGITS = re.compile(r"\d\d")
_NAMES = "|".join(_SEASON_OF)
_SEASON = re.compile(
    rf"(?<![^\W\d_])(?P<a>{_NAMES})(?:\s+of)?[\s,_-]*(?P<b>(?:19|20)\d\d|['’]\d\d)(?!\d)|"
    rf"(?<!\d)(?P<c>(?:19|20)\d\d|['’]?\d\d(?=년|年))(?:년도?|年度?|학년도)?[\s,_-]*(?P<d>{_NAMES})",
    re.IGNORECASE,
)


class _Spelling(NamedTuple):
    text: str
    lower: str
    exact: bool
    kind: str
    name: str


class _Table(NamedTuple):
    """`spellings` by what they begin with: a word, or the first letter of a Korean, Japanese or
    Chinese one, which `letter` finds. The longest come first."""

    spellings: dict[str, tuple[_Spelling, ...]]
    letter: re.Pattern[str]


class _Find(NamedTuple):
    kind: str
    name: str
    start: int
    end: int


@dataclass(slots=True)
class _Evidence:
    own: int = 0
    beside: int = 0
    early: int = 0
    mentions: int = 0
    place: int = -1  # where the best of it stands

    @property
    def weight(self) -> int:
        certain = self.own + self.beside + self.early
        return certain if self.own or self.beside else certain + min(self.mentions, _MOST_MENTIONS)


def facts_of(title: str, text: str, tags: Iterable[str]) -> dict[str, str]:
    """What the rules find, by kind; a kind without a finding is missing."""
    tags, text = tuple(tags), text[:_READ]
    evidence: dict[str, dict[str, _Evidence]] = {kind: {} for kind in KINDS}
    for line in (title, *tags):
        for find in _finds(_unslugged(line)):
            _of(evidence, find).own = _OWN
    _read(text, evidence)
    if not any(each.own for each in evidence["organisation"].values()):
        _read_name(title, text, evidence["organisation"])
    found = {kind: _best(kind, names) for kind, names in evidence.items()}
    found["season"] = _season(title, text, tags)
    return {kind: name for kind, name in found.items() if name}


def _read(text: str, evidence: dict[str, dict[str, _Evidence]]) -> None:
    """Weigh what the text says, mention by mention."""
    finds = list(_finds(text))
    listed = _listed([find for find in finds if find.kind == "programme"])
    for find in finds:
        if find in listed:
            continue
        entry = _of(evidence, find)
        entry.mentions += 1
        if find.start < _FIRST_WORDS:
            entry.early = _EARLY
        if entry.mentions == 1 and not entry.own:
            entry.place = find.start
        if not entry.beside and _is_beside(text, find):
            entry.beside, entry.place = _BESIDE, entry.place if entry.own else find.start


def _read_name(title: str, text: str, organisations: dict[str, _Evidence]) -> None:
    """An organisation that only the title makes known."""
    for found in _NAMED.finditer(title):
        name = found["korean"] or found["english"]
        if name not in _NO_NAMES and text.count(name) >= _CONFIRMED:
            organisations[name] = _Evidence(own=_OWN)


def _of(evidence: dict[str, dict[str, _Evidence]], find: _Find) -> _Evidence:
    return evidence[find.kind].setdefault(find.name, _Evidence())


def _is_beside(text: str, find: _Find) -> bool:
    """Whether the words around a mention make it a part of the internship."""
    before = text[max(0, find.start - 120) : find.start]
    if find.kind == "programme":
        return bool(
            _PROGRAMME_BEFORE.search(before[-40:]) or _PROGRAMME_AFTER.match(text, find.end)
        )
    if find.kind == "role":
        return find.name != _PLAIN_INTERN and bool(
            re.match(r"\s+(?:at|in|with)\b", text[find.end : find.end + 8])
        )
    return bool(_BEFORE.search(before) or _AFTER.match(text, find.end))


def _listed(programmes: list[_Find]) -> set[_Find]:
    """The programmes that are named in a breath with others."""
    listed: set[_Find] = set()
    for index, first in enumerate(programmes):
        near = [find for find in programmes[index:] if find.start - first.start < _LIST_WIDTH]
        if len({find.name for find in near}) >= _LIST_LENGTH:
            listed.update(near)
    return listed


def _best(kind: str, names: dict[str, _Evidence]) -> str | None:
    enough = [name for name in names if names[name].weight >= _ENOUGH[kind]]
    precise = [name for name in enough if name != _PLAIN_INTERN]
    return min(
        precise or enough, key=lambda name: (-names[name].weight, names[name].place), default=None
    )


def _season(title: str, text: str, tags: tuple[str, ...]) -> str | None:
    """The first season with a year: of a tag, of the title, of the first words."""
    for line in (*tags, title, text[:_FIRST_WORDS]):
        if _DIGITS.search(line) and (found := _SEASON.search(line)):
            name = _SEASON_OF[(found["a"] or found["d"]).lower()]
            digits = re.sub(r"\D", "", found["b"] or found["c"])
            return f"{name} {digits if len(digits) == 4 else '20' + digits}"
    return None


def _unslugged(line: str) -> str:
    """A tag such as `machine-learning` as words."""
    return line.replace("-", " ").replace("_", " ") if " " not in line else line


def _finds(text: str) -> Iterator[_Find]:
    """Every spelling of the table in `text`, in order, the longest at each place."""
    lower = text.lower()
    lower = lower if len(lower) == len(text) else text  # a letter that grew would move the rest
    end = 0
    for position, start in _starts(lower):
        if position < end:
            continue
        for spelling in _table().spellings[start]:
            if lower.startswith(spelling.lower, position) and _fits(spelling, text, position):
                end = position + len(spelling.text)
                yield _Find(spelling.kind, spelling.name, position, end)
                break


def _starts(text: str) -> list[tuple[int, str]]:
    """Where a spelling may begin, and with which of the table's beginnings."""
    table = _table()
    pieces = _WORD.split(text)  # what is between words, a word, ...
    ends = islice(accumulate(map(len, pieces)), 1, None, 2)
    starts = [
        (end - len(word), word)
        for word, end in zip(pieces[1::2], ends, strict=True)
        if word in table.spellings
    ]
    if not text.isascii():
        starts += [(found.start(), found[0]) for found in table.letter.finditer(text)]
        starts.sort()
    return starts


def _fits(spelling: _Spelling, text: str, position: int) -> bool:
    end = position + len(spelling.text)
    if spelling.exact and not text.startswith(spelling.text, position):
        return False
    following = text[end : end + 1]
    return not (following.isalnum() and following < "\u0250" and spelling.text[-1].isalnum())


@cache
def _table() -> _Table:
    """Read when it is first needed, so that no start waits for it."""
    names_of = tomllib.loads(files(__package__).joinpath("facts.toml").read_text("utf-8"))
    index: dict[str, list[_Spelling]] = {}
    for kind, names in names_of.items():
        for name, spellings in names.items():
            for text in spellings:
                spelling = _Spelling(text, text.lower(), text != text.lower(), kind, name)
                word = _WORD.match(text)
                index.setdefault(word[0].lower() if word else text[0], []).append(spelling)
    spellings = {
        start: tuple(sorted(found, key=lambda spelling: -len(spelling.text)))
        for start, found in index.items()
    }
    letters = "".join(start for start in spellings if not _WORD.match(start))
    # Korean words begin after a space, Japanese ones in katakana after other letters.
    letter = re.compile(rf"[{letters}](?<![가-힣][가-힣])(?<![ァ-ヶー][ァ-ヶ])")
    return _Table(spellings, letter)
