"""Behind a proxy: the client's address and scheme are what a trusted proxy says, and nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

Networks = tuple[IPv4Network | IPv6Network, ...]
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class TrustedProxies:
    """WSGI: takes X-Forwarded-For and X-Forwarded-Proto from the networks of PORTAL_PROXIES.

    From the right, the first address that is no trusted proxy's is the client's: what stands left of it the client may
    have written. Requests from elsewhere lose both headers. The host is the Host header, which proxies pass on.
    """

    def __init__(self, app: Wsgi, networks: Networks) -> None:
        self.app, self.networks = app, networks

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        forwarded = environ.pop("HTTP_X_FORWARDED_FOR", "")
        scheme = environ.pop("HTTP_X_FORWARDED_PROTO", "")
        if self._is_trusted(environ.get("REMOTE_ADDR", "")):
            environ["REMOTE_ADDR"] = self._client(forwarded.split(","), environ["REMOTE_ADDR"])
            if scheme in ("http", "https"):
                environ["wsgi.url_scheme"] = scheme
        return self.app(environ, start_response)

    def _client(self, hops: list[str], nearest: str) -> str:
        for hop in reversed([hop.strip() for hop in hops if hop.strip()]):
            address = _address(hop)
            if address is None:
                return nearest
            nearest = str(address)
            if not self._is_trusted(nearest):
                return nearest
        return nearest

    def _is_trusted(self, text: str) -> bool:
        address = _address(text)
        return address is not None and any(address in network for network in self.networks)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
