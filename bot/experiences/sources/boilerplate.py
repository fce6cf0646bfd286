"""What stands around an experience rather than in it: navigation, bylines, dates, share buttons."""

import re
import unicodedata
from functools import lru_cache

_LONGEST_FURNITURE = 160
_LONGEST_LABEL = 40
LONGEST_NAVIGATION = 300
_MOST_SPACES = 100  # and signs, in which two lines with the same words differ
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,? *)?"
_CLOCK = r"(?:,? (?:at )?\d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]\.?m\.?)?)?"
_DAY = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH},? \d{{4}}|"
    rf"{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|{_MONTH},? \d{{4}}|"
    r"\d{4} ?[-./年년] ?\d{1,2} ?[-./月월]? ?(?:\d{1,2})? ?[일日.]?|"
    r"\d{1,2}[-./]\d{1,2}[-./]\d{2,4})"
)
_DATE = _WEEKDAY + _DAY + _CLOCK
_SHARED = (
    r"(?: (?:this|it|on|via|with|article|post|story|to|by|the|your|friends|twitter|facebook|"
    r"linkedin|reddit|whatsapp|x|email|pinterest|and|or|,))*"
)


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_FURNITURE = _any(
    r"(?:본문|컨텐츠|콘텐츠|메뉴|주메뉴)(?:으로)? ?(?:바로 ?가기|건너뛰기)|본문으로 이동",
    r"(?:skip|jump|go) (?:to|over)(?: the)?(?: main)? "
    r"(?:content|navigation|body|menu|text|post)s?",
    r"(?:メイン)?(?:コンテンツ|本文)(?:へ|に)(?:スキップ|移動)|跳(?:到|至|转到)(?:正文|内容)",
    r"(?:~|about )?\d{1,3}(?: ?[-–] ?\d{1,3})?[ -]?(?:min(?:ute)?s?|분|分)[ -]?(?:to )?"
    r"(?:read(?:ing)?(?: time)?|소요|걸림|で読めます)",
    r"(?:estimated )?reading time:? .{1,30}|읽는 ?(?:데|시간).{0,20}",
    rf"(?:please )?(?:share|tweet|pin|email){_SHARED}[:.!]?",
    r"(?:please )?(?:subscribe|follow (?:us|me))(?: .{1,80})?",
    r"공유(?:하기)?|구독(?:하기)?|좋아요(?: ?공감)?|URL ?복사|이웃추가|신고하기",
    r"シェア(?:する)?|ツイート|分享(?:到.{0,10})?",
    r"(?:table of )?contents|toc|on this page|in this (?:article|post)|목차|차례|目次|目录",
    r"(?:leave a|no|\d+) comments?|comments?|(?:read|continue|see|learn) (?:more|reading).{0,60}",
    r"view (?:on|in|original).{0,60}|back to (?:top|home)|permalink|print|advertisement|광고",
    r"the post .{1,120} (?:first )?appeared (?:first )?on .{1,60}",
    r"(?:edit|improve) this (?:page|post)",
    r"(?:previous|next|older|newer)(?: post| article)?s?",
    r"\[## ?.{0,60} ?##\]|\[?…\]?|[*\-_=~·•.—–#|/\s]+",  # a picture's place, a rule
)
_PRELUDE = _any(
    r"(?:(?:posted|published|updated|last (?:updated|modified)|written|date|created)"
    rf"(?: on| at)?:? )?{_DATE}",
    r"(?:(?:written|posted|published|interview(?:ed)?|words|text|photos?|guest post|a post)[ :]*)?"
    r"by:? .{2,60}",
    r"(?:authors?|글쓴이|작성자|글|저자|著者|文|作者|執筆) ?[:：|] ?.{1,60}",
    r"home|main|홈|ホーム|首页|blog|블로그|about|archives?|tags?|categor(?:y|ies)|menu|메뉴",
    r"search|검색|posts?|all|(?:categor(?:y|ies)|tags?|filed under|posted in|카테고리|분류|태그)"
    r" ?[:：] ?.{1,100}",
    r"(?:introduction|intro|overview|preface|foreword|prologue|tl;? ?dr:?|summary|outline|agenda|"
    r"들어가며|들어가기(?: 전에| 앞서)?|시작하며|서론|개요|프롤로그|はじめに|概要|前言|序)[:.]?",
    r"(?:hi|hello|hey)(?: there| everyone| all| folks)?[!.,]?|안녕하세요[.!]?",
)
_SENTENCE = re.compile(r"[.!?。！？…:;](?:[\"'”’)\]]*)(?:\s|$)|[다요죠음함됨]\.?$")
_LINK_TEXT = re.compile(r"<a[^>]*>(.*?)</a>", re.DOTALL)
_INNER_LINK = re.compile(r'<a href="[^"]*#[^"]*">(.*?)</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def is_furniture(words: str, block: str) -> bool:
    """Whether a block belongs to the page, wherever it stands: a button, a skip link, a rule."""
    if len(words) > _LONGEST_FURNITURE:
        return _is_contents(words, block)
    return bool(_FURNITURE.fullmatch(words.strip(" »›→>|"))) or _is_contents(words, block)


def is_prelude(words: str, block: str, title: str) -> bool:
    """Whether a block before the experience's first words says nothing of it.

    That is the title once more, a byline, a date, a crumb of navigation, or a short line that is no
    sentence: a name, a section of the blog. Headings of sections that follow are not.
    """
    if same_words(words, title) or _PRELUDE.fullmatch(words) or _is_navigation(words, block):
        return True
    is_line = block.lstrip().startswith("<p") or not block.lstrip().startswith("<")
    return is_line and len(words) <= _LONGEST_LABEL and not _SENTENCE.search(words)


def same_words(one: str, other: str) -> bool:
    """Whether two lines are the same but for case, punctuation and spaces."""
    if abs(len(one) - len(other)) > _MOST_SPACES:
        return False
    return bool(key := _letters(one)) and key == _letters(other)


@lru_cache(maxsize=256)
def _letters(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalnum, text))


def _is_contents(words: str, block: str) -> bool:
    """A list of nothing but links into the same page."""
    if not block.startswith(("<ul", "<ol")) or "#" not in block:
        return False
    inside = sum(len(_TAG.sub("", text)) for text in _INNER_LINK.findall(block))
    return inside >= len(words) * 0.7


def _is_navigation(words: str, block: str) -> bool:
    """Nothing but short links."""
    if "<a" not in block or len(words) > LONGEST_NAVIGATION:
        return False
    links = [_TAG.sub("", text).strip() for text in _LINK_TEXT.findall(block)]
    if not links or max(map(len, links)) > _LONGEST_LABEL:
        return False
    return sum(map(len, links)) >= len(words.replace(" ", "")) * 0.7
