"""Library proxies that put the host they lead to into their own name. Pure.

    www-nature-com.ezproxy.example.edu      hyphens for dots; real hyphens doubled, or as they were
    www.nature.com.ezproxy.example.edu      the proxy's name behind it
    0-www.nature.com.lib.example.edu        the same, numbered; so are those with hyphens
    www-nature-com-443.webvpn.example.edu   with the port, or an `s`, of the address behind it

A host that only looks like that (`arxiv.org.evil.example`) is nobody's proxy: what stands behind
must look like a library's, or the number say it.
"""

import re
from collections.abc import Iterable
from typing import Final

_PUBLISHERS: Final = (
    "sciencedirect.com ieee.org jstor.org oup.com cambridge.org degruyter.com emerald.com "
    "worldscientific.com aip.org muse.jhu.edu cell.com thelancet.com nejm.org bmj.com acm.org "
    "jamanetwork.com rsc.org karger.com wiley.com scopus.com webofscience.com proquest.com "
    "oreilly.com direct.mit.edu ebscohost.com elsevier.com google.com archive.org"
)
"""Much read through libraries, though their addresses tell no id."""

_CALLED_PROXY = (
    r"(?:^|[.-])(?:\w*proxy\w*|ezp[\w-]*|idm\.oclc|remotexs|\w*athens|webvpn|vpn|translate\.goog)"
    r"(?:[.-]|$)"
)
_PROXY = re.compile(_CALLED_PROXY)
_LIBRARY = re.compile(
    rf"{_CALLED_PROXY}|(?:^|[.-])(?:\w*lib|lib\w*|bib|biblio\w*|openlink)(?:[.-]|$)|\.edu$|\.(?:edu|ac)\.[a-z]{{2}}$"
)
_NUMBERED = re.compile(r"^\d{1,2}-(?=[a-z])")
_PORT = re.compile(r"-(?:\d{2,5}|s|ssl|https?)(?:-\w)?$")
_ENDS_LIKE_A_HOST = re.compile(r"[a-z0-9]-(?:com|org|net|edu|gov|io|info|eu|uk|de|fr|jp|cn|kr|ch)$")


class Proxies:
    """Recognises proxied hosts: known ones behind any library, others where it is called proxy."""

    def __init__(self, hosts: Iterable[str]) -> None:
        self._known = {*hosts, *_PUBLISHERS.split()}
        self._hyphenated = {
            written: host
            for host in self._known
            for written in (host.replace(".", "-"), host.replace("-", "--").replace(".", "-"))
        }

    def host_behind(self, host: str) -> str | None:
        """`www.nature.com` for `www-nature-com.ezproxy.example.edu`; None if it is no proxy's."""
        if self._is_known(host):
            return None
        numbered = bool(_NUMBERED.match(host))
        host = _NUMBERED.sub("", host)
        first, _, rest = host.partition(".")
        if "." in rest and "-" in first and (numbered or _LIBRARY.search(rest)):
            for label in (first, _PORT.sub("", first)):
                if (found := self._from_hyphens(label)) is not None:
                    return found
            if _PROXY.search(rest) and _ENDS_LIKE_A_HOST.search(first):
                return _dotted(first)
        labels = host.split(".")
        for end in range(len(labels) - 2, 1, -1):
            inner = ".".join(labels[:end])
            behind = ".".join(labels[end:])
            if self._is_known(inner) and (numbered or _LIBRARY.search(behind)):
                return inner
        return None

    def _is_known(self, host: str) -> bool:
        labels = host.split(".")
        return any(".".join(labels[at:]) in self._known for at in range(len(labels)))

    def _from_hyphens(self, label: str) -> str | None:
        """The longest known host at the end of a label; what stands before it is its subdomain."""
        starts = [0, *(at + 1 for at, letter in enumerate(label) if letter == "-")]
        for at in starts:
            if host := self._hyphenated.get(label[at:]):
                before = label[:at].rstrip("-")
                return f"{_dotted(before)}.{host}" if before else host
        return None


def _dotted(label: str) -> str:
    return label.replace("--", "\0").replace("-", ".").replace("\0", "-")
