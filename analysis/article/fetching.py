"""Fetching an address: by http or https only, from public hosts only unless asked, within limits of time and size."""

from __future__ import annotations

import http.client
import ipaddress
import os
import socket
import threading
import time
import urllib.error
import urllib.request
import zlib
from functools import partial
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote, urlsplit, urlunsplit

from analysis.article.model import ArticleError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ALLOW_PRIVATE", "fetch"]

#: The environment variable that, as ``1``, lets addresses of one's own machine or network be fetched.
ALLOW_PRIVATE = "DATELINE_ALLOW_PRIVATE"
_LIMIT_SECONDS = 30
_LIMIT_BYTES = 20_000_000
_CHUNK_BYTES = 65_536
_USER_AGENT = "dateline (https://pypi.org/project/dateline)"
_SCHEMES = ("http", "https")
#: What may stand in an address as it is; anything else, a space or a letter that is not ASCII, is escaped.
_SAFE = "%/:=&?~#+!$,;'@()*[]"
#: The windows of zlib for a gzip or zlib header, and for deflate without one.
_ANY_HEADER = 47
_NO_HEADER = -15


def fetch(url: str, *, allow_private: bool | None = None) -> tuple[bytes, str | None]:
    """Fetch what is at an address.

    Parameters
    ----------
    url
        The address, ``http`` or ``https``, as are those that it redirects to.
    allow_private
        Whether it may be on this machine or its network. ``None`` asks the environment variable
        ``DATELINE_ALLOW_PRIVATE``.

    Returns
    -------
    tuple
        The bytes, decompressed; and the encoding that the server declares, if it does.

    Raises
    ------
    ArticleError
        If it cannot be fetched whole within thirty seconds and twenty million bytes.
    """
    if allow_private is None:
        allow_private = os.environ.get(ALLOW_PRIVATE) == "1"
    deadline = _Deadline(_LIMIT_SECONDS)
    reason = ""
    try:
        opener = urllib.request.build_opener(
            _Redirects, _Http(deadline, allow_private), _Https(deadline, allow_private)
        )
        headers = {"User-Agent": _USER_AGENT, "Accept-Encoding": "gzip, deflate"}
        request = urllib.request.Request(_escape(url), headers=headers)  # noqa: S310 - the handlers take http(s) only
        with deadline, opener.open(request, timeout=_LIMIT_SECONDS) as answer:
            data = b"".join(_read(answer))
            charset = answer.headers.get_content_charset()
    except urllib.error.HTTPError as error:
        reason = f"the server answered {error.code} {error.reason}"
        error.close()
    except Exception as error:  # noqa: BLE001 - what a server sends can make any part of this fail
        reason = str(getattr(error, "reason", "") or error) or type(error).__name__
        if isinstance(error, http.client.HTTPException):
            reason = f"the answer is broken off or malformed ({type(error).__name__}: {reason})"
    if not reason and not deadline.has_passed:
        return data, charset
    if deadline.has_passed:
        reason = f"it took longer than {_LIMIT_SECONDS} seconds"
    raise ArticleError(f"{url} cannot be read: {' '.join(reason.split())}")


def _escape(url: str) -> str:
    """Return an address in ASCII."""
    parts = urlsplit(url)
    if not parts.hostname:
        raise ValueError("the address has no host; expected https://host/…")
    port = f":{parts.port}" if parts.port else ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname.encode("idna").decode()
    if parts.username is not None:
        raise ValueError("the address has a user name; save the page and read the file")
    if " " in url or any(ord(c) < ord(" ") for c in url):
        raise ValueError("the address has a space or control character in it")
    return urlunsplit((parts.scheme.lower(), host + port, quote(parts.path, _SAFE), quote(parts.query, _SAFE), ""))


def _read(answer: Any) -> Iterator[bytes]:
    """Yield the body of an answer, decompressed, up to the limit of its size."""
    encoding = (answer.headers.get("Content-Encoding") or "identity").strip().lower()
    if encoding not in ("identity", "gzip", "x-gzip", "deflate"):
        raise ValueError(f"it is compressed as {encoding!r:.40}; expected gzip, deflate or none")
    decompressor = None if encoding == "identity" else zlib.decompressobj(_ANY_HEADER)
    n_read = n_yielded = 0
    while chunk := answer.read1(_CHUNK_BYTES):
        if decompressor and not n_read and encoding == "deflate" and chunk[0] & 0x0F != zlib.DEFLATED:
            decompressor = zlib.decompressobj(_NO_HEADER)
        n_read += len(chunk)
        while chunk:
            data = decompressor.decompress(chunk, _LIMIT_BYTES) if decompressor else chunk
            chunk = decompressor.unconsumed_tail if decompressor else b""
            n_yielded += len(data)
            if max(n_read, n_yielded) > _LIMIT_BYTES:
                raise ValueError(f"it is larger than {_LIMIT_BYTES // 10**6} million bytes")
            yield data
    if answer.length or (decompressor and n_read and not decompressor.eof):
        raise http.client.IncompleteRead(b"")


class _Deadline:
    """A limit of the time of a whole fetch: what is still connected when it passes is cut off."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        for connected in self._sockets:
            connected.close()

    @property
    def has_passed(self) -> bool:
        return time.monotonic() >= self._end

    def watch(self, connected: socket.socket) -> None:
        """Cut a connection off when the time is over."""
        # A second handle on the connection, since TLS takes the first over.
        self._sockets.append(connected.dup())
        if self.has_passed:
            self._cut()

    def remaining(self) -> float:
        """Return the seconds that are left, and a little more than none."""
        return max(self._end - time.monotonic(), 0.001)

    def _cut(self) -> None:
        for connected in self._sockets:
            try:
                connected.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


def _connect(address: tuple[str, int], *_: object, deadline: _Deadline, allow_private: bool) -> socket.socket:
    """Connect to a host, of whose addresses only public ones are tried unless private ones are allowed.

    The address that is checked is the one that is connected to, so that a name cannot stand for another in between.
    """
    host, port = address
    error: OSError | None = None
    for family, kind, protocol, _name, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        if not allow_private:
            _check_is_public(host, str(place[0]))
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(deadline.remaining())
            connection.connect(place)
        except OSError as failure:
            connection.close()
            error = failure
            continue
        deadline.watch(connection)
        return connection
    raise error or OSError(f"{host} has no address")


def _check_is_public(host: str, place: str) -> None:
    ip = ipaddress.ip_address(place.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    if not ip.is_global or ip.is_multicast:
        named = place if host == place else f"{host} ({place})"
        advice = f"to allow it, set {ALLOW_PRIVATE}=1, or allow_private=True in Python"
        raise ValueError(f"{named} is a private address; {advice}")


class _Guarded:
    """What the handlers of http and https share: connections by :func:`_connect`."""

    def __init__(self, deadline: _Deadline, allow_private: bool) -> None:  # noqa: FBT001 - a handler's options
        super().__init__()
        self._deadline = deadline
        self._allow_private = allow_private

    def _connection(self, kind: type[http.client.HTTPConnection], request: urllib.request.Request) -> Any:
        # A proxy is a person's choice, and mostly private; it is the proxy that then finds the host.
        is_proxied = request.has_proxy() or getattr(request, "_tunnel_host", None)
        allow_private = self._allow_private or bool(is_proxied)
        if is_proxied and not self._allow_private:
            _check_name(urlsplit(request.full_url).hostname or "")

        connect = partial(_connect, deadline=self._deadline, allow_private=allow_private)

        def make(host: str, **options: Any) -> http.client.HTTPConnection:
            connection = kind(host, **options)
            cast("Any", connection)._create_connection = connect  # noqa: SLF001 - there is no other way to check the address
            return connection

        return make


def _check_name(host: str) -> None:
    """Check a host that a proxy will find: its name can only be judged by what it says."""
    try:
        _check_is_public(host, str(ipaddress.ip_address(host)))
    except ipaddress.AddressValueError:
        pass
    except ValueError as error:
        if "private" in str(error):
            raise
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        _check_is_public(host, "127.0.0.1")


class _Http(_Guarded, urllib.request.HTTPHandler):
    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection(http.client.HTTPConnection, req), req)


class _Https(_Guarded, urllib.request.HTTPSHandler):
    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection(http.client.HTTPSConnection, req), req)


class _Redirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(  # noqa: PLR0917 - as its base
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        if urlsplit(newurl).scheme.lower() not in _SCHEMES:
            raise ValueError(f"it redirects to {newurl:.100}; expected http or https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)
