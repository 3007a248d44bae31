"""Fetching: an address costs itself alone, whatever its server does, and only public hosts are asked unless allowed."""

import gzip
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from analysis import Article, ArticleError, read_article, read_articles
from analysis.article import fetching

STORY = "Rain in Cairo\n\nIt rained in Cairo on Monday, and the café was “under water”."
PAGE = f"""<!doctype html><html><head><title>Rain</title></head><body><article><h1>Rain in Cairo</h1>
{"<p>It rained in Cairo on Monday for the first time in a year.</p>" * 9}</article></body></html>"""


class Handler(BaseHTTPRequestHandler):
    """A server that answers each path in a way of its own."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        getattr(self, f"send_{self.path.strip('/').partition('%')[0]}")()
        self.close_connection = True

    def send(self, body=b"", status=200, **headers):
        self.send_response(status)
        names = {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body)), "Connection": "close"}
        for name, value in (names | {name.replace("_", "-"): value for name, value in headers.items()}).items():
            if value is not None:
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def send_stor(self):
        self.send(self.path.encode())

    def send_story(self):
        self.send(STORY.encode())

    def send_page(self):
        self.send(PAGE.encode(), Content_Type="text/html")

    def send_gzip(self):
        self.send(gzip.compress(STORY.encode()), Content_Encoding="gzip")

    def send_deflate(self):
        self.send(zlib.compress(STORY.encode()), Content_Encoding="deflate")

    def send_raw_deflate(self):
        compressor = zlib.compressobj(wbits=-15)
        self.send(compressor.compress(STORY.encode()) + compressor.flush(), Content_Encoding="deflate")

    def send_brotli(self):
        self.send(b"\x0b\x02\x80x\x03", Content_Encoding="br")

    def send_half_gzip(self):
        self.send(gzip.compress(STORY.encode())[:-20], Content_Encoding="gzip")

    def send_no_gzip(self):
        self.send(STORY.encode(), Content_Encoding="gzip")

    def send_bomb(self):
        self.send(gzip.compress(b"a" * 3_000_000), Content_Encoding="gzip")

    def send_short(self):
        self.send(STORY.encode(), Content_Length="5000")

    def send_chunk(self):
        self.send(b"50\r\nIt rained", Content_Length=None, Transfer_Encoding="chunked")

    def send_gone(self):
        self.send(b"no", status=404)

    def send_status(self):
        self.wfile.write(b"nonsense\r\n\r\n")

    def send_nothing(self):
        pass

    def send_charset(self):
        self.send(STORY.encode("cp1252"), Content_Type="text/plain; charset=utf\0-8")

    def send_ftp(self):
        self.send(status=302, Location="ftp://127.0.0.1/story")

    def send_file(self):
        self.send(status=302, Location="file:///etc/hostname")

    def send_loop(self):
        self.send(status=302, Location="/loop")

    def send_moved(self):
        self.send(status=301, Location="/story")

    def send_drip(self):
        self.send(Content_Length="5000")
        for _ in range(50):
            self.wfile.write(b"a")
            if stopped.wait(0.1):
                break

    def send_slow_head(self):
        for _ in range(50):
            self.wfile.write(b"HTTP"[:1])
            if stopped.wait(0.1):
                break

    def log_message(self, *_):
        pass


stopped = threading.Event()


@pytest.fixture(scope="module")
def root():
    stopped.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        stopped.set()
        server.shutdown()


@pytest.mark.parametrize("path", ["story", "gzip", "deflate", "raw_deflate", "moved"])
def test_text_is_fetched_and_decompressed(root, path):
    article = read_article(f"{root}/{path}", allow_private=True)
    assert (article.text, article.url) == (STORY, f"{root}/{path}")


def test_page_is_fetched(root):
    assert read_article(f"{root}/page", allow_private=True).title == "Rain in Cairo"


def test_unknown_charset_is_guessed(root):
    article = read_article(f"{root}/charset", allow_private=True)
    assert (article.text, article.encoding) == (STORY, "cp1252")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("brotli", "it is compressed as 'br'; expected gzip, deflate or none"),
        ("half_gzip", "the answer is broken off or malformed"),
        ("no_gzip", "Error -3"),
        ("bomb", "it is larger than 1 million bytes"),
        ("short", "the answer is broken off or malformed"),
        ("chunk", "the answer is broken off or malformed"),
        ("gone", "the server answered 404 Not Found"),
        ("status", "the answer is broken off or malformed"),
        ("nothing", "."),
        ("ftp", "it redirects to ftp://127.0.0.1/story; expected http or https"),
        ("file", "file:///etc/hostname' is not allowed"),
        ("loop", "the server answered 302"),
        ("drip", "it took longer than 1 seconds"),
        ("slow_head", "it took longer than 1 seconds"),
    ],
)
def test_bad_server_costs_its_address_alone(root, monkeypatch, path, message):
    monkeypatch.setattr(fetching, "_LIMIT_BYTES", 1_000_000)
    monkeypatch.setattr(fetching, "_LIMIT_SECONDS", 1)
    bad, good = read_articles([f"{root}/{path}", f"{root}/story"], allow_private=True)
    with pytest.raises(ArticleError, match=message):
        raise bad
    assert str(bad).startswith(f"{root}/{path} cannot be read: ")
    assert "\n" not in str(bad)
    assert isinstance(good, Article)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:1/a b", "http://localhost:port/", "http:///", "http://[::1", "http://\0/", "http://a..b/",
        "http://user:word@localhost/", "http://localhost:99999/", "http://" + "a" * 300 + "/", "https://\udcff/",
    ],
)  # fmt: skip
def test_malformed_address_is_an_article_error(url):
    with pytest.raises(ArticleError, match="cannot be read: ") as error:
        read_article(url, allow_private=True)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "[::1]",
        "0.0.0.0",  # noqa: S104 - it is asked, not bound
        "[::ffff:10.0.0.1]",
        "2130706433",
    ],
)
def test_private_address_is_refused_unless_allowed(monkeypatch, host):
    monkeypatch.delenv(fetching.ALLOW_PRIVATE, raising=False)
    with pytest.raises(ArticleError, match=r"is a private address; to allow it, set DATELINE_ALLOW_PRIVATE=1"):
        read_article(f"http://{host}:9/story")


def test_redirect_to_a_private_address_is_refused(root, monkeypatch):
    checked = []
    monkeypatch.setattr(fetching, "_check_is_public", lambda _host, place: checked.append(place))
    read_article(f"{root}/moved")
    assert checked == ["127.0.0.1", "127.0.0.1"]


def test_environment_allows_private_addresses(root, monkeypatch):
    monkeypatch.setenv(fetching.ALLOW_PRIVATE, "1")
    assert read_article(f"{root}/story").text == STORY
    with pytest.raises(ArticleError, match="is a private address"):
        read_article(f"{root}/story", allow_private=False)


def test_address_in_other_letters_is_escaped(root):
    assert read_article(f"{root}/storÿ?q=ä", allow_private=True).text == "/stor%C3%BF?q=%C3%A4"
