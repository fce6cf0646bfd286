"""Addresses that people give, and the sentences they get when one of them does not work."""

import re
from collections.abc import Mapping
from functools import lru_cache

import aiohttp
from yarl import URL

from bot.core.errors import FetchFailed, FetchRefused
from bot.core.http.guard import NotPublicError, literal
from bot.core.text import escape

_HOST_NAME = re.compile(r"(?=.{1,253}\.?$)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?", re.IGNORECASE)


def web_address(url: str, params: Mapping[str, str] | None = None) -> URL:
    """The parsed address, or FetchRefused with a sentence for the person who gave it."""
    parsed = _parsed(url.strip())
    return parsed.update_query(params) if params else parsed


@lru_cache(maxsize=4_096)  # feeds are asked again and again
def _parsed(url: str) -> URL:
    try:
        parsed = URL(url)
        scheme, host = parsed.scheme.lower(), parsed.raw_host or ""
        if scheme and scheme not in ("http", "https"):
            raise FetchRefused(
                f"I can only read http and https addresses, not {escape(scheme[:20])}."
            )
        if not scheme or not _is_host(host):
            raise FetchRefused("That isn't a web address.")
        if parsed.user is not None or parsed.password is not None:
            raise FetchRefused("That address contains a user name. Please give me one without.")
        return parsed.with_fragment(None)
    except ValueError as error:  # yarl's word for a port, a bracket or an encoding that is wrong
        raise FetchRefused("That isn't a web address.") from error


def redirected(url: URL, location: str) -> URL:
    """Where a `Location` header leads."""
    try:
        target = url.join(URL(location))
    except ValueError as error:
        raise FetchFailed(f"{named(url)} redirects to a broken address.") from error
    return web_address(str(target))


def _is_host(host: str) -> bool:
    return literal(host) is not None or _HOST_NAME.fullmatch(host) is not None


def named(url: URL) -> str:
    """The site, for a sentence."""
    return shown(url.raw_host or "That site")


def shown(host: str) -> str:
    """A host name as chat text; the underscore is the only letter in it that could format."""
    return host.replace("_", r"\_")


def not_public(url: URL) -> FetchRefused:
    """The refusal of an address that is not public."""
    # The address behind the name stays unsaid: it would map somebody's private network.
    return FetchRefused(f"{named(url)} isn't on the public internet, so I can't read it.")


def explained(error: Exception, url: URL) -> FetchFailed | FetchRefused:
    """What went wrong on the way, in plain words."""
    name = named(url)
    match error:
        case aiohttp.ClientConnectorError() if isinstance(error.os_error, NotPublicError):
            return not_public(url)
        case aiohttp.ClientConnectorDNSError():
            return FetchFailed(f"I can't find a site called {name}.")
        case aiohttp.ClientConnectorCertificateError():
            return FetchFailed(f"{name} has no valid certificate.")
        case aiohttp.ClientSSLError():
            return FetchFailed(f"I can't make a secure connection to {name}.")
        case TimeoutError():
            return FetchFailed(f"{name} took too long to answer.")
        case aiohttp.ClientConnectorError():
            return FetchFailed(f"I can't connect to {name}.")
        case aiohttp.InvalidURL():
            return FetchRefused("That isn't a web address.")
        case aiohttp.ClientConnectionError() | aiohttp.ClientPayloadError():
            return FetchFailed(f"{name} closed the connection too early.")
        case _:
            return FetchFailed(f"{name} sent a response I can't read.")
