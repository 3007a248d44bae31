"""Reading: any source becomes an untouched text with spans of its parts, or an error of one clear line."""

import codecs
import hashlib
import json
import subprocess
import sys

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import Article, ArticleError, articles_table, read_article, read_articles, resources, tables
from analysis import article as package
from analysis.article import count_articles, write_article, write_articles
from analysis.article.model import safe_name

from .conftest import PROJECT, SEED

STORY = "Rain in Cairo – Nile Times\n\nIt rained on Monday.\n\nIt was wet."


def spans(article):
    return [article.text[start:end] for start, end in article.paragraphs]


def test_seed_is_read_completely(seed):
    assert seed.text.encode() == SEED.read_bytes()
    assert seed.sha256 == hashlib.sha256(SEED.read_bytes()).hexdigest()
    assert seed.title == "Egypt offers military training to Libya to combat threat from militias"
    assert seed.text[slice(*seed.title_span)] == seed.title
    assert seed.publisher == "Al-Tahrir News Network"
    assert seed.text[slice(*seed.publisher_span)] == seed.publisher
    assert len(seed.paragraphs) == 15
    assert seed.id == "egypt-offers-military-training-to-libya-to-combat-threat-a5cfbe26"


def test_seed_sidecar_states_what_was_inferred(seed):
    assert seed.published == "2014-09-28/2014-09-30"
    assert "last week" in seed.inferred["published"]


@given(st.text())
def test_paragraphs_cover_the_unchanged_text(text):
    try:
        article = Article.from_text(text)
    except ArticleError:
        assert not any(map(str.isalnum, text))
        return
    assert len(article.text) == len(text)
    assert [c for c, d in zip(article.text, text, strict=True) if c != d] == []
    ends = [0]
    for start, end in article.paragraphs:
        assert ends[-1] <= start < end
        assert article.text[start:end] == article.text[start:end].strip()
        assert not article.text[ends[-1] : start].strip()
        ends.append(end)
    assert not article.text[ends[-1] :].strip()


@given(st.text(alphabet=st.characters(exclude_categories=["Cc"]) | st.sampled_from("\r\n\t"), min_size=1))
def test_written_article_is_read_back_equal(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("article")
    try:
        article = Article.from_text(text, publisher="Nile Times", inferred={"publisher": "by its address"})
    except ArticleError:
        return
    write_article(article, folder / "article.txt")
    assert read_article(folder / "article.txt") == article


@given(st.text(min_size=1) | st.text("ab-.", min_size=90, max_size=120))
def test_a_printable_id_is_kept_and_any_other_is_made_so(article_id):
    kept = Article.from_text("word", id=article_id).id
    assert kept
    assert kept.isprintable()
    assert kept == article_id or safe_name(article_id) == kept
    assert (kept == article_id) or not article_id.isprintable() or article_id != article_id.strip()
    assert Article.from_text("word", id=kept).id == kept


@given(st.text(min_size=1) | st.text("ab-.", min_size=90, max_size=120))
def test_safe_names_are_names_of_folders_anywhere(article_id):
    name = safe_name(article_id)
    assert name
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
    assert not name.startswith(".")
    assert len(name) <= 100
    assert safe_name(name) == name


@pytest.mark.parametrize("article_id", ["a/b", "../etc", "café", "=1+1", "https://example.org/a?b#c", "a b", "x" * 200])
def test_an_id_that_names_no_folder_is_kept(article_id):
    assert Article.from_text("word", id=article_id).id == article_id
    assert safe_name(article_id) != article_id


@pytest.mark.parametrize("article_id", ["a\nb", "a\0b", " a", "a\u200bb", "a\ud800", "x" * 501])
def test_an_id_that_cannot_be_printed_is_made_safe(article_id):
    assert Article.from_text("word", id=article_id).id == safe_name(article_id)


def test_an_unsafe_id_never_has_the_name_of_a_safe_one():
    assert safe_name("a-b") == "a-b"
    assert safe_name("a/b").startswith("a-b-")


def test_identity_covers_every_field_that_is_not_derived():
    fields = {"id": "a", "title": "Rain", "publisher": "Nile Times", "published": "2014", "url": "http://a"}
    fields |= {"encoding": "cp1252", "inferred": {"url": "the footer", "published": "the URL"}}
    article = Article.from_text("It rained.", **fields)
    inferred = (("published", "the URL"), ("url", "the footer"))
    assert article.identity == ("a", article.sha256, "Rain", "Nile Times", "2014", "http://a", "cp1252", inferred)
    others = [Article.from_text("It rained!", **fields)]
    others += [Article.from_text("It rained.", **fields | {name: None}) for name in fields if name != "encoding"]
    others += [Article.from_text("It rained.", **fields | {"encoding": "utf-8"})]
    assert len({article.identity, *(other.identity for other in others)}) == len(others) + 1


def test_identity_is_the_same_json_whatever_the_order_of_inferred(seed):
    fields = {"url": "the footer", "published": "the URL"}
    one, other = (
        Article.from_text("It rained.", inferred=dict(items)) for items in (fields.items(), reversed(fields.items()))
    )
    assert json.dumps(one.identity) == json.dumps(other.identity)
    assert json.loads(json.dumps(seed.identity))[:2] == [seed.id, seed.sha256]


@pytest.mark.parametrize(
    ("line", "title", "publisher"),
    [
        ("Rain in Cairo – Nile Times", "Rain in Cairo", "Nile Times"),
        ("Rain in Cairo | BBC News", "Rain in Cairo", "BBC News"),
        ("Rain in Cairo - example.com", "Rain in Cairo", "example.com"),
        ("Rain – what to expect", "Rain – what to expect", None),
        ("Rain in Cairo", "Rain in Cairo", None),
        ("‘It will not stop,’ says minister", "‘It will not stop,’ says minister", None),
        ("“Rain is rain”", "“Rain is rain”", None),
        ("Rain (again)", "Rain (again)", None),
        ("It rained in Cairo.", None, None),
        ("The minister said on Monday that it would rain: “It will not stop until the Nile is full.”", None, None),
        ("“It rained. It rained again. The Nile was full. 'And then it rained.'”", None, None),
        ("It rained in Cairo (see below.)", None, None),
        ("It rained in Cairo.[1][citation needed]", None, None),
        ("It rained in Cairo.’ »", None, None),
    ],
)
def test_title_and_publisher_are_found_in_the_first_line(line, title, publisher):
    article = Article.from_text(f"{line}\n\nIt was wet.")
    assert (article.title, article.publisher) == (title, publisher)


@pytest.mark.parametrize(
    ("above", "title"),
    [
        ("March 4, 2015", "Rain in Cairo"),
        ("Published: 10:31 GMT, 4 March 2015", "Rain in Cairo"),
        ("By Ann Lee", "Rain in Cairo"),
        ("By Ann Lee | The Gazette | 5 May 2020", "Rain in Cairo"),
        ("By Ann Lee and Bo Ray · 5 May 2020", "Rain in Cairo"),
        ("By Tram | Egypt", "By Tram | Egypt"),
        ("PRESS RELEASE\n\nFor immediate release\n\n4 March 2015", "Rain in Cairo"),
        ("Rain in March 2015", "Rain in March 2015"),
        ("By the Nile", "By the Nile"),
        ("CAIRO, March 4, 2015 (AP) — Rain", "CAIRO, March 4, 2015 (AP) — Rain"),
    ],
)
def test_date_byline_and_mark_of_a_release_above_a_headline_are_no_title(above, title):
    article = Article.from_text(f"{above}\n\nRain in Cairo\n\nIt was wet.")
    assert article.title == article.text[slice(*article.title_span)] == title


@pytest.mark.parametrize(
    "line",
    [
        "By Jane Smith, BBC News, Nairobi",
        "By Jane Smith and Bo Ray in Oslo",
        "BY JANE SMITH",
        "Sign up for the Daily Brief",
        "Subscribe to our newsletter",
        "Skip to content",
    ],
)
def test_what_stands_above_a_headline_is_none(line):
    assert Article.from_text(f"{line}\n\nRain in Cairo\n\nIt rained.").title == "Rain in Cairo"


@pytest.mark.parametrize("line", ["By George, he did it", "Sign-up sheets vanish", "Subscribers flee"])
def test_a_headline_that_begins_like_a_line_above_one_is_one(line):
    assert Article.from_text(f"{line}\n\nIt rained.").title == line


def test_date_is_never_a_title():
    assert Article.from_text("4 March 2015\n\nIt rained.\n\nIt was wet.").title is None


def test_known_publisher_is_found_without_an_outlet_word():
    article = Article.from_text("Rain in Cairo – Mada Masr\n\nIt was wet.", publisher="Mada Masr")
    assert article.text[slice(*article.publisher_span)] == "Mada Masr"


def test_outlet_words_are_what_a_title_line_is_compared_with():
    words = resources.data().read_lines("outlet_words.txt")
    assert words == sorted({word.lower() for word in words})
    assert all(map(str.isalnum, words))
    for word in words:
        assert Article.from_text(f"Rain – Nile {word.title()}\n\nIt was wet.").publisher == f"Nile {word.title()}"


def test_lines_without_blank_lines_are_paragraphs():
    assert spans(Article.from_text("Rain in Cairo\nIt rained.\nIt was wet.")) == [
        "Rain in Cairo",
        "It rained.",
        "It was wet.",
    ]


WRAPPED = (
    "The minister said on Monday that the talks would go on until\n"
    "both of the governments had agreed on the terms of the treaty,\n"
    "which was first proposed in March by the mediators."
)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("parts", "title"),
    [(["Talks go on", WRAPPED, "It was wet."], "Talks go on"), ([WRAPPED.removesuffix("."), "It was wet."], None)],
)
def test_hard_wrapped_lines_are_one_paragraph(newline, parts, title):
    parts = [part.replace("\n", newline) for part in parts]
    for gap in (newline * 2, f"{newline} {newline}"):
        article = Article.from_text(gap.join(parts))
        assert (spans(article), article.title) == (parts, title)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends_are_kept(tmp_path, newline):
    path = tmp_path / "a.txt"
    path.write_bytes(STORY.replace("\n", newline).encode())
    article = read_article(path)
    assert article.text == STORY.replace("\n", newline)
    assert spans(article) == ["Rain in Cairo – Nile Times", "It rained on Monday.", "It was wet."]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (STORY.encode(), "utf-8"),
        (codecs.BOM_UTF8 + STORY.encode(), "utf-8-sig"),
        (STORY.encode("utf-16"), "utf-16"),
        (STORY.encode("cp1252"), "cp1252"),
    ],
)
def test_encoding_is_detected_and_recorded(tmp_path, data, encoding):
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    article = read_article(path)
    assert (article.text, article.encoding) == (STORY, encoding)


@pytest.mark.parametrize(
    ("data", "text", "n_stray"),
    [
        ("It’s the café of Pe".encode() + b"\xf1a: \x93it\x94.", "It’s the café of Peña: “it”.", 3),
        ("Rain fell in Cairo’s ".encode() + b"caf\xe9 of Pe\xf1a.", "Rain fell in Cairo’s café of Peña.", 2),
        ("It’s cut: ".encode() + "”".encode()[:2], "It’s cut: \N{REPLACEMENT CHARACTER}", 2),
        ("It’s no character: ".encode() + b"\x81", "It’s no character: \N{REPLACEMENT CHARACTER}", 1),
    ],
)
def test_stray_bytes_in_utf8_are_read_as_cp1252(tmp_path, data, text, n_stray):
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    article = read_article(path)
    assert (article.text, article.encoding) == (text, f"utf-8 (stray bytes: {n_stray})")


@pytest.mark.parametrize(
    "text",
    [
        "“It’ll cost €5m – maybe €6m,” he said.",
        "“We’re not paying – it’s ‘crazy’,” Peña said.",
        "• It’s up\n• It’s down\n• “So what?”",
        "Peña",
        "VIVA ESPAÑA",
        "José Peña met Zoë Müller-Škoda, of the Île-de-France, in São Paulo: it was 40\xa0°C.",
        "“The café’s naïve owner, Sigurður,” he said, “is…”",
        "Die Straße wäre für Fußgänger zu gefährlich, hieß es.",
        "Der „Spaß“ hieß „Spaß“ im „CAFÉ”.",
        "Åsa köpte ägg på lördag; det är ödesmättat.",
    ],
)
def test_short_western_text_is_read_as_cp1252(tmp_path, text):
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode("cp1252"))
    article = read_article(path)
    assert (article.text, article.encoding) == (text, "cp1252")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Президент заявил, что правительство должно представить законопроект.", "koi8_r"),
        ("Ο πρόεδρος δήλωσε χθες ότι η κυβέρνηση πρέπει να παρουσιάσει το σχέδιο νόμου.", "cp1253"),
        (
            "Prezydent powiedział, że rząd powinien przedstawić projekt, i partie się nie zgadzają i żądają głosów.",
            "cp1250",
        ),
        ("Prezident řekl, že vláda České republiky by měla příští týden předložit návrh zákona.", "cp1250"),
        ("Cumhurbaşkanı dün yaptığı açıklamada tasarısını sunması gerektiğini söyledi.", "cp1254"),
        ("大統領は昨日、政府は来週法案を提出すべきだと述べた。", "cp932"),
    ],
)
def test_short_text_in_another_encoding_is_read_in_it(tmp_path, text, encoding):
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    assert read_article(path).text == text


def test_encodings_of_real_files_are_detected(shared):
    folder = shared / "evals" / "hostile" / "encodings"
    expected = [json.loads(line) for line in (folder / "expected.jsonl").read_text().splitlines()]
    found = {case["file"]: read_article(folder / case["file"]).encoding for case in expected}
    wrong = {
        case["file"]: found[case["file"]]
        for case in expected
        if codecs.lookup(found[case["file"]].removesuffix("-sig")) != codecs.lookup(case["encoding"])
    }
    assert len(expected) >= 17
    assert wrong == {}


PAGE = """<!doctype html><html><head><meta charset="utf-8"><title>Rain in Cairo | Nile Times</title>
<meta property="og:title" content="Rain in Cairo"><meta property="og:site_name" content="Nile Times">
<meta property="article:published_time" content="2014-10-02T08:00:00Z"></head><body><nav><a href="/">Home</a></nav>
<article><h1>Rain in Cairo</h1>
<p>It rained in Cairo on Monday for the first time in a year, and the old town was soon under water.</p>
<p>“We have never seen anything like it,” said Ahmad Said, who has sold tea beside the Nile all his life.</p>
</article><footer>Copyright Nile Times, all rights reserved</footer></body></html>"""


def test_page_becomes_an_article_without_its_navigation(tmp_path):
    path = tmp_path / "a.html"
    path.write_text(PAGE, encoding="utf-8")
    article = read_article(path)
    assert (article.title, article.publisher, article.published) == ("Rain in Cairo", "Nile Times", "2014-10-02")
    assert article.text[slice(*article.title_span)] == "Rain in Cairo"
    assert "Ahmad Said" in article.text
    assert "Copyright" not in article.text


@pytest.mark.parametrize("charset", ["ISO-8859-1", "us-ascii", "windows-1252", "undefined", "nope"])
def test_page_declared_latin_1_is_read_as_cp1252(tmp_path, charset):
    path = tmp_path / "a.html"
    path.write_bytes(PAGE.replace("utf-8", charset).encode("cp1252"))
    article = read_article(path)
    assert article.encoding == "cp1252"
    assert "“We have never seen anything like it,” said" in article.text


ROWS = pd.DataFrame(
    {
        "id": ["r1", "r2"],
        "text": ["Rain in Cairo\n\nIt rained.", "Sun in Giza\n\nIt shone, “they said”."],
        "publisher": ["Nile Times", None],
        "published": ["2014-10-02", "2014-10-03"],
    }
)


@pytest.fixture(params=["jsonl", "csv", "parquet"])
def rows(request, tmp_path):
    path = tmp_path / f"rows.{request.param}"
    match request.param:
        case "jsonl":
            ROWS.to_json(path, orient="records", lines=True)
        case "csv":
            ROWS.to_csv(path, index=False)
        case "parquet":
            ROWS.to_parquet(path)
    return path


def test_rows_are_read_all_or_by_id(rows):
    one, two = read_articles([rows])
    assert (one.id, one.publisher, one.published, one.title) == ("r1", "Nile Times", "2014-10-02", "Rain in Cairo")
    assert (two.id, two.publisher, two.text) == ("r2", None, ROWS.text[1])
    assert read_article(f"{rows}#r2") == two
    with pytest.raises(ArticleError, match="more than one article"):
        read_article(rows)
    with pytest.raises(ArticleError, match="no article with id 'r3'"):
        read_article(f"{rows}#r3")


def test_counting_agrees_with_reading(rows, tmp_path):
    (tmp_path / "a.txt").write_text("It rained.")
    sources = [rows, f"{rows}#r2", tmp_path / "a.txt", tmp_path / "gone.txt", f"{tmp_path}/*.txt", SEED]
    assert count_articles(sources) == len(list(read_articles(sources))) == 7


def test_strict_reading_stops_at_the_first_error(tmp_path):
    with pytest.raises(ArticleError, match="no such file"):
        list(read_articles([SEED, tmp_path / "gone.txt"], strict=True))


def test_written_rows_are_read_back_equal(rows, tmp_path):
    write_articles(read_articles([rows]), tmp_path / "again.jsonl")
    assert list(read_articles([tmp_path / "again.jsonl"])) == list(read_articles([rows]))


def test_bad_row_never_stops_the_others(tmp_path):
    path = tmp_path / "rows.jsonl"
    rows = [{"id": 1, "text": "one"}, {"id": 2, "text": ""}, {"id": 1, "text": "again"}, {"id": 3, "text": "three"}]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    results = list(read_articles([path, tmp_path / "gone.txt"]))
    assert [r.id for r in results if isinstance(r, Article)] == ["1", "3"]
    assert [str(r).removeprefix(f"{tmp_path}/") for r in results if isinstance(r, ArticleError)] == [
        "rows.jsonl, line 2 has no text",
        "rows.jsonl, line 3: a second article with the id '1' was left out",
        f"no such file: {tmp_path}/gone.txt",
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{nope", "line 2 cannot be read as JSON: "),
        (b"[" * 100_000, "line 2 cannot be read as JSON: maximum recursion depth"),
        (b'["a", "b"]', r"line 2: got \['a', 'b'\]; expected an object"),
        ('{"id": "b", "text": "naïve"}'.encode("latin-1"), r"line 2 is not UTF-8 \(byte 0xEF\): save it as UTF-8"),
        (b'\xff{"id": "b"}\r\n\r\n', r"line 2 is not UTF-8 \(byte 0xFF\)"),
    ],
)
def test_bad_line_of_json_never_stops_the_others(tmp_path, line, message):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b'{"id": "a", "text": "one"}\n' + line + b'\n{"id": "c", "text": "three"}\n')
    one, bad, three = read_articles([path])
    assert (one.id, three.id) == ("a", "c")
    with pytest.raises(ArticleError, match=message):
        raise bad
    assert "\n" not in str(bad)
    assert read_article(f"{path}#c") == three
    with pytest.raises(ArticleError, match=f"no article with id 'b'; .*{message}"):
        read_article(f"{path}#b")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("b,naïve,", r"row 2 is not UTF-8 \(byte 0xEF\): save it as UTF-8"),
        ("b,one, two,", "row 2: expected 3 cells, got 4; put quotes round a cell with a comma or line end in it"),
        ("b,one", "row 2: expected 3 cells, got 2; "),
    ],
)
def test_bad_row_of_csv_never_stops_the_others(tmp_path, row, message):
    path = tmp_path / "rows.csv"
    path.write_bytes(f"id,text,url\na,one,\n{row}\n\nc,three,\n".encode("latin-1"))
    one, bad, three = read_articles([path])
    assert (one.id, three.id) == ("a", "c")
    with pytest.raises(ArticleError, match=message):
        raise bad


@pytest.mark.parametrize(
    ("row", "line"), [('b,"He said "yes", twice",', 3), ('b,"one,', 5), ('b,"one\ntwo,\nbb,"one",', 5)]
)
def test_wrong_quote_ends_a_csv_with_an_error(tmp_path, row, line):
    path = tmp_path / "rows.csv"
    path.write_text(f"id,text,url\na,one,\n{row}\nc,three,\nd,four,\n")
    one, bad = read_articles([path])
    assert one.id == "a"
    assert str(bad).startswith(
        f"{path}, row 2 (up to line {line}): a quote is not closed, or not doubled within a cell ("
    )
    assert str(bad).endswith("); no more rows were read")


def test_dates_in_parquet_become_iso_8601(tmp_path):
    days = pd.to_datetime(["2014-10-04", "2014-10-04 08:30", None], format="ISO8601")
    table = pd.DataFrame({"text": ["one", "two", "three"], "published": days})
    expected = ["2014-10-04", "2014-10-04T08:30:00", None]
    for zone in (None, "UTC"):
        table.assign(published=days.tz_localize(zone)).to_parquet(tmp_path / "rows.parquet")
        found = [article.published for article in read_articles([tmp_path / "rows.parquet"])]
        assert [day and day.removesuffix("+00:00") for day in found] == expected


def test_cells_become_text_or_an_error(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text(
        '{"id": 7, "title": NaN, "publisher": null, "url": "", "published": 2014, "text": "one"}\n'
        '{"title": ["a"], "text": "two"}\n{"title": true, "text": "three"}\n{"text": NaN}\n'
    )
    article, *bad = read_articles([path])
    assert (article.id, article.title, article.publisher, article.url) == ("7", None, None, None)
    assert article.published == "2014"
    assert [str(error).removeprefix(f"{path}, ") for error in bad] == [
        "line 2: title is ['a']; expected a string",
        "line 3: title is True; expected a string",
        "line 4 has no text",
    ]


def test_folders_and_globs_are_expanded_in_order_of_name(tmp_path):
    for name in ("b.txt", "a.txt", ".hidden"):
        (tmp_path / name).write_text(f"Story {name}\n\nIt rained.")
    (tmp_path / "a.json").write_text('{"publisher": "Nile Times"}')
    assert [a.title for a in read_articles([tmp_path])] == ["Story a.txt", "Story b.txt"]
    assert [a.title for a in read_articles([f"{tmp_path}/b*"])] == ["Story b.txt"]
    assert [str(e) for e in read_articles([f"{tmp_path}/*.md"])] == [f"no file matches {tmp_path}/*.md"]


@pytest.mark.parametrize("article_id", ["a/b", "a#b", "#", "https://example.org/a#b", "a b", "=1"])
@pytest.mark.parametrize("name", ["rows.jsonl", "a#b.jsonl"])
def test_a_row_is_found_by_any_id(tmp_path, name, article_id):
    ids = [article_id, "b", "a"]
    lines = (json.dumps({"id": one, "text": f"It rained on {number} days."}) for number, one in enumerate(ids))
    (tmp_path / name).write_text("\n".join(lines))
    assert read_article(f"{tmp_path / name}#{article_id}").id == article_id


def test_an_address_that_is_not_of_the_web_is_told():
    with pytest.raises(ArticleError, match="no such file: ftp://a/b; an address is http or https"):
        read_article("ftp://a/b")


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.txt", b"", "is empty"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1", "is a binary file; expected a text"),
        ("a.txt", "Fog shut the port.".encode("utf-16-le"), "has zero bytes, as UTF-16 without a byte order mark"),
        ("a.md", "“Fog” shut the café.".encode("utf-16-be"), "has zero bytes, as UTF-16 without a byte order mark"),
        ("a.html", "<html><p>Fog shut the port.".encode("utf-16-le"), "has zero bytes, as UTF-16 without"),
        ("a.txt", b"\0\0\1\0\0\0" * 9, "is a binary file; expected a text"),
        ("a.txt", b" -- \n", "the text has no word in it"),
        ("a.html", b"<html><body><script>x = 1</script></body></html>", "no article text"),
        ("a.json", b'{"text": "It rained."}', "is a .json file; expected a text, a page"),
        ("a.TSV", b"id\ttext\n1\tIt rained.\n", "is a .TSV file; expected a text, a page"),
        ("a.rtf", b"{\\rtf1 It rained.}", "is a .rtf file; expected a text, a page"),
        ("a.txt", b"{\\rtf1 It rained.}", "is an RTF document; expected a text, a page"),
        ("a.txt", b"%PDF-1.4\n1 0 obj\n", "is a PDF; expected a text, a page"),
        ("a.html", b"%PDF-1.4\n1 0 obj\n", "is a PDF; expected a text, a page"),
        ("a.csv", b"title\nx\n", "expected text and any of"),
        ("a.jsonl", b"{nope\n", "line 1 cannot be read as JSON"),
        ("a.parquet", b"nope", "cannot be read as Parquet"),
        ("a.csv", "text\nna\xefve\n".encode("latin-1"), "is not UTF-8"),
    ],
)
def test_unreadable_file_is_an_error_of_one_line(tmp_path, name, data, message):
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(ArticleError, match=message) as error:
        read_article(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("sidecar", "message"),
    [
        ('{"date": "2014"}', "got date; expected an object with any of id, title"),
        ('{"title": 5}', "title is 5; expected a string"),
        ('{"publisher": ["Nile", "Times"]}', r"publisher is \['Nile', 'Times'\]; expected a string"),
        ('{"encoding": true}', "encoding is True; expected a string"),
        ('{"inferred": [1]}', r"inferred is \[1\]; expected an object of strings"),
        ('{"inferred": {"title": 1}}', "inferred is {'title': 1}; expected an object of strings"),
        ("[1]", r"got \[1\]; expected an object"),
        ("[" * 100_000, "cannot be read as JSON: maximum recursion depth"),
        ("{nope", "cannot be read as JSON"),
        ("", "a.json is empty"),
    ],
)
def test_bad_sidecar_never_stops_other_articles(tmp_path, sidecar, message):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text(f"It rained on {name}.")
    (tmp_path / "a.json").write_text(sidecar)
    bad, good = read_articles([tmp_path])
    with pytest.raises(ArticleError, match=message):
        raise bad
    assert "\n" not in str(bad)
    assert good.text == "It rained on b.txt."


def test_null_in_a_sidecar_is_missing(tmp_path):
    (tmp_path / "a.txt").write_text("It rained.")
    (tmp_path / "a.json").write_text('{"title": null, "encoding": null, "publisher": "Nile"}')
    article = read_article(tmp_path / "a.txt")
    assert (article.title, article.encoding, article.publisher) == (None, "utf-8", "Nile")


def test_lone_surrogates_in_metadata_are_replaced():
    article = Article.from_text("It rained.", title="Rain \ud83d", publisher="\ud83dNile", url="http://\ud83d")
    assert (article.title, article.publisher, article.url) == ("Rain \ufffd", "\ufffdNile", "http://\ufffd")
    assert article.id.startswith("rain-")


@pytest.mark.repository
def test_relative_path_is_found_in_the_project_from_any_folder(tmp_path, monkeypatch, seed):
    monkeypatch.chdir(tmp_path)
    assert read_article("seeds/000_a515cb56a3bc3877.txt") == seed


def test_articles_table_keeps_its_contract(seed):
    table = tables.check("articles", articles_table(iter([seed, Article.from_text("It rained.", url="http://a")])))
    assert table.length_chars.tolist() == [2675, 10]
    assert table.publisher.isna().tolist() == [False, True]
    tables.check("articles", articles_table([seed]))
    tables.check("articles", articles_table([]))


def test_package_shows_only_its_public_names():
    assert dir(package) == sorted(package.__all__)
    assert all(hasattr(package, name) for name in package.__all__)


def test_importing_the_package_loads_no_heavy_library():
    heavy = {"charset_normalizer", "numpy", "pandas", "pyarrow", "trafilatura", "urllib.request"}
    code = "import sys, analysis.article; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, cwd=PROJECT, capture_output=True, text=True)
    assert not heavy & set(loaded.stdout.split())


def test_a_second_row_with_the_id_that_is_read_is_told_of(tmp_path):
    rows = [{"id": name, "text": text} for name, text in (("a", "Rain."), ("b", "Sun."), ("a", "Snow."))]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)) + "\n{", encoding="utf-8")
    told = []
    assert read_article(f"{path}#b", leave_out=told.append).text == "Sun."
    assert told == []
    assert read_article(f"{path}#a", leave_out=told.append).text == "Rain."
    assert told == [f"{path}, line 3: a second article with the id 'a' was left out"]
