"""Addresses inside other addresses: what proxies, redirects and web archives wrap.

    https://www-nature-com.ezproxy.example.edu/articles/x      a library's proxy: see `proxies`
    https://login.example.edu/login?url=https://doi.org/...    its login: in the query
    https://www.google.com/url?q=https%3A%2F%2Farxiv.org/...   a redirect: in the query
    https://web.archive.org/web/2020/https://arxiv.org/...     an archive: in the path

Pure. `inner_addresses` takes off one layer.
"""

import re
from base64 import b64decode, urlsafe_b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, unquote

from bot.papers.references.proxies import Proxies


@dataclass(frozen=True)
class Inner:
    """An address inside another. `sure`: the outer one is there for nothing but to lead to it."""

    address: str
    sure: bool


def inner_addresses(parts: SplitResult, proxies: Proxies) -> Iterator[Inner]:
    """The addresses that this one wraps, the likeliest first; for most addresses none."""
    host = (parts.hostname or "").lower()
    if proxied := proxies.host_behind(host):
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        yield Inner(f"https://{proxied}{path}", sure=True)
        return
    sure = bool(_WRAPPER.search(host) or _LOGIN_PATH.search(parts.path))
    for text in (*_encoded(host, parts), *_in_query(parts), *_in_path(host, parts)):
        if (address := _as_address(text, bare=sure)) and len(address) < len(parts.geturl()):
            yield Inner(address, sure)


# --- hosts whose addresses are there for what they wrap ---------------------------------------

_WRAPPER = re.compile(
    r"(?:^|\.)(?:"
    r"google\.(?:\w{2,3}\.)?\w{2,3}|webcache\.googleusercontent\.com|ampproject\.org"
    r"|(?:l|lm)\.(?:facebook|instagram|messenger|threads)\.(?:com|net)|facebook\.com"
    r"|slack-redir\.net|safelinks\.protection\.outlook\.com|office\.net"
    r"|urldefense\.(?:com|us|proofpoint\.com)|proofpoint\.com|clicktime\.symantec\.com"
    r"|secure-web\.cisco\.com|linkprotect\.cudasvc\.com|fireeye\.com|avanan\.click"
    r"|duckduckgo\.com|bing\.com|yahoo\.com|yandex\.\w{2,3}|vk\.com|ok\.ru|steamcommunity\.com"
    r"|href\.li|anonym\.to|nullrefer\.com|link\.(?:zhihu|juejin|csdn)\.(?:com|cn|net)"
    r"|t\.umblr\.com|out\.reddit\.com|youtube\.com|linkedin\.com|disq\.us|exit\.sc|getpocket\.com"
    r"|t\.me|telegram\.me|openathens\.net|feedproxy\.google\.com|feedly\.com|inoreader\.com"
    r"|(?:web|web-beta|wayback|www)\.archive\.org|archive\.(?:ph|today|is|li|md|vn|fo)"
    r"|archive-it\.org|arquivo\.pt|webarchive\.[\w.-]+|12ft\.io|r\.jina\.ai|via\.hypothes\.is"
    r")$"
)
_LOGIN_PATH = re.compile(r"/(?:login|signin|sso|wayf|redirector)(?:[./]|$)", re.IGNORECASE)

# --- in the query -----------------------------------------------------------------------------

_TARGET = re.compile(
    r"(?:q|u|url|uri|qurl|rurl|to|a|z|go|goto|link|href|out|uddg|pfurl|imgurl|imgrefurl|deeplink"
    r"|continue|next|service|(?:final|orig(?:inal)?)_?ur[il]|target\w{0,12}|dest\w{0,12}"
    r"|re(?:direct|turn)[\w-]{0,12}|redir\w{0,8}|forward\w{0,8}|term|text|ru|l|r)",
    re.IGNORECASE,
)
_BARE = re.compile(r"https?:/{0,2}(?=[^/\s])", re.IGNORECASE)


def _in_query(parts: SplitResult) -> Iterator[str]:
    query = parts.query
    if _BARE.match(unquote(query)):
        yield query  # `href.li/?https://...`
    pairs = query.split("&")
    for at, pair in enumerate(pairs):
        name, _, value = pair.partition("=")
        if not _TARGET.fullmatch(name):
            continue
        if _LOGIN_PATH.search(parts.path) and _BARE.match(value):
            value = "&".join([value, *pairs[at + 1 :]])  # a proxy's login takes all that follows
        # Google's cache: `q=cache:Ab3x:https://... with the words that were searched for`.
        if value.lower().startswith(("cache:", "cache%3a")):
            value = re.sub(r"(?i)^cache:(?:[\w-]{6,20}:)?", "", unquote(value))
            value = re.split(r"[+\s]", value, maxsplit=1)[0]
        yield value


# --- in the path ------------------------------------------------------------------------------

_IN_PATH = re.compile(r"(?<=[/=_])https?(?::|%(?:25)*3a)", re.IGNORECASE)
_ARCHIVED = re.compile(
    r"^/(?:web|wayback|archive|all|[a-z-]*/?\d{1,6})?/?(?:wayback/|archive/)?"
    r"(?:\d{4,14}\*?|\*|newest|oldest)(?:[a-z]{2}_)?/(?=[\w-]+\.)"
)


def _in_path(host: str, parts: SplitResult) -> Iterator[str]:
    path = parts.path
    rest = f"?{parts.query}" if parts.query else ""
    if found := _IN_PATH.search(path):
        text = path[found.start() :]
        if ":" in found[0]:
            yield text + rest
        else:  # encoded: a slash ends it, if it has any of its own
            yield text.split("/RK=")[0]
            yield text.split("/")[0]
    elif _WRAPPER.search(host) and (archived := _ARCHIVED.match(path)):
        yield path[archived.end() :] + rest
    elif _WRAPPER.search(host) and (amp := re.match(r"/(?:amp|[cv])/s/(?=[\w-]+\.)", path)):
        yield path[amp.end() :] + rest


# --- with a code of their own -----------------------------------------------------------------

_RUNS: Final = {
    letter: length
    for length, letter in enumerate(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", start=2
    )
}


_CODED = re.compile(r"(?<=[=/])(?:a1)?(aHR0c[\w+=-]{10,2000})")  # `http` in Base64


def _encoded(host: str, parts: SplitResult) -> Iterator[str]:
    """What some mail filters, and Bing among others, do to an address."""
    if "urldefense" in host and (third := re.match(r"/v3/__(.+?)__;([\w=/+-]*)", parts.path)):
        yield _without_stars(third[1], third[2])
    second = re.search(r"(?:^|&)u=(http[^&]+)", parts.query)
    if second and "urldefense" in host and "/v2" in parts.path:
        yield unquote(second[1].replace("-", "%").replace("_", "/"))
    other = re.match(r"/v\d/_{2,3}(https?:.+?)_{2,3}(?:\.|$)", parts.path)
    if other and "avanan" in host:
        yield other[1]
    for coded in _CODED.findall(unquote(f"{parts.path}?{parts.query}")):
        text = coded.replace("+", "-").rstrip("=")
        try:
            yield urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("utf-8")
        except (NotBase64, ValueError):
            continue


def _without_stars(text: str, replaced: str) -> str:
    """`urldefense.com/v3`: stars stand for characters that follow in Base64."""
    try:
        padded = replaced.replace("-", "+").replace("_", "/") + "=" * (-len(replaced) % 4)
        characters = b64decode(padded).decode("utf-8", "ignore")
    except (NotBase64, ValueError):
        return text
    at = 0

    def put_back(match: re.Match[str]) -> str:
        nonlocal at
        length = _RUNS.get(match[1] or "", 1)
        at += length
        return characters[at - length : at]

    return re.sub(r"\*(?:\*(.))?", put_back, text)


# --- reading what was found -------------------------------------------------------------------

_HOST_FIRST = re.compile(r"(?:[\w-]{1,63}\.){1,5}[a-z]{2,10}/", re.IGNORECASE)
_ENCODED_TWICE: Final = 4


def _as_address(text: str, *, bare: bool) -> str | None:
    """An http(s) address, decoded as often as it was encoded; without a scheme where `bare`."""
    for _ in range(_ENCODED_TWICE):
        if scheme := _BARE.match(text):
            host = re.split(r"[/?#]", text[scheme.end() :], maxsplit=1)[0]
            if "%" not in host:
                secure = scheme[0].lower().startswith("https")
                return f"http{'s' if secure else ''}://{text[scheme.end() :]}"
        elif bare and _HOST_FIRST.match(text):
            return f"https://{text}"
        if text == (decoded := unquote(text)):
            return None
        text = decoded
    return None
