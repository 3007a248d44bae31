"""The way in: what a page, row, export or damaged text says is read or refused, and nothing is invented in silence."""

import codecs
import json
import re
import time
from pathlib import Path

import pytest

from analysis import Article, ArticleError, annotate, read_article, read_articles
from analysis.article import count_articles, dates, pages, repairs, write_article, write_articles

from .conftest import PROJECT


def cases(name):
    """Give the cases of a kind, with their labels as the names of the tests."""
    read = json.loads((PROJECT / "tests" / "cases" / f"{name}.json").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["label"]) for case in read]


@pytest.mark.parametrize("case", cases("reading-dates"))
def test_date_is_read_or_refused(case):
    if case["expected"] is None:
        with pytest.raises(ValueError, match=r"date|calendar|may be|year"):
            dates.parse_date(case["text"])
        return
    found = dates.parse_date(case["text"])
    assert (found or "") == case["expected"]
    assert not found or dates.parse_date(found) == found


def test_bad_date_of_a_row_is_refused_with_its_number(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("text,published\nIt rained.,4 March 2015\nIt rained.,04/03/2015\nIt rained.,2015-13-45\n")
    good, *bad = read_articles([path])
    assert good.published == "2015-03-04"
    assert [str(error).removeprefix(f"{path}, ") for error in bad] == [
        "row 2: published '04/03/2015' may be 4 March or 3 April 2015; expected a date such as 2015-03-04",
        "row 3: published '2015-13-45' is no date that can be read; expected a date such as 2015-03-04",
    ]


@pytest.mark.parametrize("missing", ["nan", "NaN", "None", "NaT", "null", "<NA>", "N/A"])
def test_missing_value_of_a_program_is_missing(tmp_path, missing):
    path = tmp_path / "rows.csv"
    path.write_text(f"id,text,title,publisher,published\na,{missing},,,\nb,It rained.,{missing},{missing},{missing}\n")
    bad, good = read_articles([path])
    assert str(bad) == f"{path}, row 1 has no text"
    assert (good.title, good.publisher, good.published) == (None, None, None)


def test_nan_in_a_sentence_is_a_word(tmp_path):
    (tmp_path / "rows.csv").write_text("text,title\nNan Goldin spoke.,None of us\n")
    (article,) = read_articles([tmp_path / "rows.csv"])
    assert (article.text, article.title) == ("Nan Goldin spoke.", "None of us")


@pytest.mark.parametrize(
    ("name", "data", "where"),
    [
        ("rows.csv", "id,text,text\n1,It rained.,other\n", ""),
        ("rows.csv", "url,text,url\na,It rained.,b\n", ""),
        ("rows.jsonl", '{"id": "1", "text": "It rained.", "text": "other"}\n', ", line 1"),
        ("rows.csv", "url,text,Text\na,It rained.,b\n", ""),
    ],
)
def test_two_columns_of_one_name_are_refused(tmp_path, name, data, where):
    (tmp_path / name).write_text(data)
    (bad,) = read_articles([tmp_path / name])
    with pytest.raises(ArticleError, match=r"2 columns or fields are named '(text|url)'; rename all but one"):
        raise bad
    assert str(bad).startswith(f"{tmp_path / name}{where}")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ('[{"text": "It rained."}]', "a JSON array"),
        ('[{"text": "It rained."},\n{"text": "It snowed."}]\n', "a JSON array"),
        ('[\n {\n  "text": "It rained."\n }\n]\n', "a JSON array"),
        ('{\n "text": "It rained."\n}\n', "a JSON object over many lines"),
        ('\n{"id": "1",\n"text": "It rained."}\n', "a JSON object over many lines"),
    ],
)
def test_json_that_is_no_object_a_line_is_one_error(tmp_path, data, kind):
    path = tmp_path / "rows.jsonl"
    path.write_text(data)
    (bad,) = read_articles([path])
    assert str(bad) == f"{path} holds {kind}; expected one object a line"


def test_broken_first_line_takes_no_other_with_it(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"text": "Rain,\n{"id": "a", "text": "It rained."}\n["It rained."]\n')
    bad, article, other = read_articles([path])
    assert str(bad) == f"{path}, line 1 cannot be read as JSON: Invalid control character at: column 16"
    assert article.id == "a"
    assert str(other) == f"{path}, line 3: got ['It rained.']; expected an object"


def test_columns_are_read_in_any_case(tmp_path):
    (tmp_path / "rows.csv").write_text("Title;Text;Published\nRain;It rained.;2015-03-04\n")
    (tmp_path / "rows.jsonl").write_text('{"TITLE": "Rain", "Text": "It rained.", "Published": "2015-03-04"}\n')
    for name in ("rows.csv", "rows.jsonl"):
        (article,) = read_articles([tmp_path / name])
        assert (article.title, article.text, article.published) == ("Rain", "It rained.", "2015-03-04")


def test_two_columns_that_are_not_read_may_have_one_name(tmp_path):
    (tmp_path / "rows.csv").write_text("text,note,note\nIt rained.,a,b\n")
    (article,) = read_articles([tmp_path / "rows.csv"])
    assert article.text == "It rained."


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize(
    ("name", "data"), [("rows.csv", "id,text\na,Café\n"), ("rows.jsonl", '{"id":"a","text":"Café"}\n')]
)
def test_rows_in_the_encoding_of_their_byte_order_mark_are_read(tmp_path, encoding, name, data):
    (tmp_path / name).write_bytes(data.encode(encoding))
    (article,) = read_articles([tmp_path / name])
    assert (article.id, article.text, article.encoding) == ("a", "Café", encoding)


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("CAIRO (AP) — Aug. 25, 2014 — Two ferries collided.", "2014-08-25"),
        ("CAIRO (AP) — Aug. 25, 2014", "2014-08-25"),
        ("LONDON (Reuters), 25 August 2014 - Two ferries collided.", "2014-08-25"),
        ("CAIRO, Aug. 25, 2014 (AP) — Two ferries collided.", "2014-08-25"),
        ("CAIRO (AP) — Aug. 25 — Two ferries collided.", None),
        ("Cairo fell on Aug. 25, 2014 and rose.", None),
        ("The Post (AP) was founded - Aug. 25, 1914 is the day", None),
    ],
)
def test_date_of_a_dateline_is_read_on_either_side_of_the_agency(line, date):
    assert dates.find_line_date(line) == date


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("Published 10:42, 3 March 2021 | Updated 11:10", "2021-03-03"),
        ("Published 3 March 2021 | Updated 4 March 2021", "2021-03-03"),
        ("Published: 3 March 2021, last updated at 11:10 on 4 March 2021.", "2021-03-03"),
        ("Updated 4 March 2021", None),
        ("3 March 2021, updated by the mayor", None),
    ],
)
def test_date_of_a_line_is_that_of_publication_and_not_of_a_change(line, date):
    assert dates.find_line_date(line) == date


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_rows_of_a_spreadsheet_are_read_whatever_parts_their_cells(tmp_path, encoding, mark, quote):
    rows = [["id", "text", "published"], ["a", '"Fog, and rain; in Bergen"', "2014-10-02"]]
    rows[0] = [f"{quote}{name}{quote}" for name in rows[0]]
    (tmp_path / "rows.csv").write_bytes("".join(f"{mark.join(row)}\r\n" for row in rows).encode(encoding))
    (article,) = read_articles([tmp_path / "rows.csv"])
    assert (article.id, article.text, article.published) == ("a", "Fog, and rain; in Bergen", "2014-10-02")


@pytest.mark.parametrize("name", ["a.txt", "a.html"])
def test_bytes_of_another_encoding_are_told(tmp_path, name):
    text = "The café in Zürich said “no” to the ferries near the old lighthouse, and the harbour closed on Monday."
    mixed = f"<p>{text}</p><p>".encode() + "It cost £5, and the mayor said “never” again.".encode("cp1252") + b"</p>"
    (tmp_path / name).write_bytes(b"<!doctype html><html><body><article>" + mixed if name == "a.html" else mixed)
    article = read_article(tmp_path / name)
    assert "It cost £5, and the mayor said “never” again." in article.text
    assert "bytes that are no UTF-8 read as cp1252 (3)" in article.inferred["text"]
    (tmp_path / name).write_bytes(mixed.decode("cp1252", errors="replace").replace("\ufffd", "").encode())
    assert "cp1252" not in read_article(tmp_path / name).inferred.get("text", "")


def test_utf_16_without_a_mark_is_told(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes("id,text\na,It rained.\n".encode("utf-16")[len(codecs.BOM_UTF16_LE) :])
    (bad,) = read_articles([path])
    assert str(bad) == f"{path} has zero bytes, as UTF-16 without a byte order mark: save it as UTF-8"


@pytest.mark.parametrize("case", cases("reading-repairs"))
def test_text_is_repaired_or_its_faults_are_told(case):
    assert repairs.repair_text(case["text"]) == (case["expected"], case["said"])
    assert repairs.repair_text(case["expected"])[0] == case["expected"]


@pytest.mark.parametrize(
    ("lines", "published"),
    [
        (["Fog shuts port", "CAIRO, Sept. 29, 2014 (AP) — Fog shut the port."], "2014-09-29"),
        (["Fog shuts port", "By Ann Lee", "29 September 2014", "Fog shut the port."], "2014-09-29"),
        (["Fog shuts port", "Published: 10:31 GMT, Monday 29 September 2014", "Fog shut the port."], "2014-09-29"),
        (["Fog shuts port", "29 September 2014 • 6:40am", "Fog shut the port."], "2014-09-29"),
        (["Fog shuts port", "By Ann Lee, 29 September 2014", "Fog shut the port."], "2014-09-29"),
        (
            ["Fog", "Image source, EPA", "Image caption, Fog", "Ann Lee", "BBC", "Published", "29 September 2014"],
            "2014-09-29",
        ),
        (["Fog shuts port", "Sept. 29, 2014 | Ann Lee", "Fog shut the port."], "2014-09-29"),
        (["Fog shuts port", "*By Ann Lee, 29 September 2014*", "Fog shut the port."], "2014-09-29"),
        (["Fog shuts port", "(The Echo, 29 September 2014)", "Fog shut the port."], "2014-09-29"),
        (["Fog shuts port", "Ann Lee / The Echo / 29 September 2014", "Fog shut the port."], "2014-09-29"),
        (["Fog shuts port", "SEPTEMBER 29, 2014 / 5:21 AM EST / CBS/AP", "Fog shut the port."], "2014-09-29"),
        (["Fog shuts port", "29 Sep 2014 - 05h21", "Fog shut the port."], "2014-09-29"),
        (["Fog shuts port", "Published 5:21 AM GMT+3, September 29, 2014", "Fog shut the port."], "2014-09-29"),
        (["Fog shuts port", "29/09/2014 16:12", "Fog shut the port."], "2014-09-29"),
        (["Fog shuts port", "04/03/2014", "Fog shut the port."], None),
        (["Fog shuts port", "Published 16:12 29 Sep 2014 WAT", "Fog shut the port."], "2014-09-29"),
        (["Fog shuts port", "Sept. 29, 2014 4:12 pm (WAT)", "Fog shut the port."], "2014-09-29"),
        (["Fog shuts port", "By noon on 29 September 2014, fog shut the port."], None),
        (["Fog shuts port", "On 29 September 2014, fog shut the port."], None),
        (["Fog shuts port", "CAIRO (AP) — Fog shut the port on Sept. 29, 2014."], None),
        (["Fog shuts port", "Updated: 29 September 2014", "Fog shut the port."], None),
        (["Fog shuts port", "It rained.", "It snowed.", "It hailed.", "It blew.", "29 September 2014"], None),
    ],
)
def test_a_text_is_dated_by_a_line_above_it_or_its_dateline(tmp_path, lines, published):
    (tmp_path / "a.txt").write_text("\n\n".join(lines), encoding="utf-8")
    article = read_article(tmp_path / "a.txt")
    assert article.published == published
    assert ("published" in article.inferred) == bool(published)
    assert not published or article.inferred["published"].startswith("a line of the text: “")
    (tmp_path / "a.json").write_text('{"published": "2015-01-04"}')
    assert read_article(tmp_path / "a.txt").published == "2015-01-04"
    assert read_article(tmp_path / "a.txt").inferred == {}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["The Harbour Gazette — Tuesday, 4 March 2025"], ("The Harbour Gazette", "2025-03-04")),
        (["March 4, 2025 | HARBOUR GAZETTE | Late edition"], ("HARBOUR GAZETTE", "2025-03-04")),
        (["THE NILE TIMES, March 4, 2025"], ("THE NILE TIMES", "2025-03-04")),
        (["The Nile Times", "4 March 2025"], ("The Nile Times", "2025-03-04")),
        (["The Nile Times", "WORLD"], ("The Nile Times", None)),
        (["The Nile Times"], ("The Nile Times", None)),
        (["The Nile Times", "4 March 2025", "Page A4"], ("The Nile Times", "2025-03-04")),
        (["La Stampa, March 4, 2025"], (None, "2025-03-04")),
        (["Al Jazeera | News | Politics", "4 March 2025"], (None, "2025-03-04")),
        (["Posted by admin on March 4, 2025"], (None, "2025-03-04")),
    ],
)
def test_headline_stands_below_a_masthead(tmp_path, lines, expected):
    headline, body = "Fog shuts port", "Fog shut the port on Tuesday. Nobody was hurt."
    (tmp_path / "a.txt").write_text("\n\n".join([*lines, headline, body]), encoding="utf-8")
    article = read_article(tmp_path / "a.txt")
    assert (article.publisher, article.published) == expected
    assert article.title == headline
    assert (article.publisher_span and article.text[slice(*article.publisher_span)]) == expected[0]


@pytest.mark.parametrize(
    "lines",
    [
        ["Title: Fog shuts port", "Author: Ann Lee", "Date: 4 March 2025"],
        ["Author: Ann Lee", "Date: 4 March 2025", "Headline: Fog shuts port"],
        ["From our correspondent", "in Cairo", "", "Fog shuts port", "4 March 2025"],
        ["# Fog shuts port", "*By Ann Lee, 4 March 2025*"],
        ["Fog shuts port – Punch Newspapers", "4 March 2025"],
    ],
)
def test_headline_has_no_mark_before_it_and_no_outlet_after_it(tmp_path, lines):
    (tmp_path / "a.txt").write_text("\n".join([*lines, "", "Fog shut the port. Nobody was hurt."]), encoding="utf-8")
    article = read_article(tmp_path / "a.txt")
    assert (article.title, article.published) == ("Fog shuts port", "2025-03-04")


def test_headline_that_looks_like_an_outlet_is_kept(tmp_path):
    path = tmp_path / "a.txt"
    for headline in (
        "Reporter Quits Daily Mail",
        "Reporter wins prize — 4 March 2025",
        "Fog shuts Nile Times",
        "Title: unknown",
    ):
        path.write_text(f"{headline}\n\nFog shut the port on Tuesday. Nobody was hurt.", encoding="utf-8")
        assert read_article(path).title == headline


@pytest.mark.parametrize("mark", [" - BBC News", " | BBC", " — The Nile Times"])
def test_outlet_in_the_title_of_a_row_is_its_publisher(tmp_path, mark):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": "Fog shut the port.", "title": f"Fog shuts port{mark}"}), encoding="utf-8")
    article = read_article(path)
    assert (article.title, article.publisher) == ("Fog shuts port", mark.strip(" -|—"))


@pytest.mark.parametrize("case", cases("reading-wrapped"))
def test_hard_wrapped_lines_are_joined(case):
    article = Article.from_text(case["text"], title=case.get("given"))
    paragraphs = [" ".join(case["text"][start:end].split()) for start, end in article.paragraphs]
    assert (article.title, paragraphs) == (case["title"], case["paragraphs"])
    if case["title"]:
        assert " ".join(case["text"][slice(*article.title_span)].split()) == case["title"]


@pytest.mark.parametrize("name", ["a.txt", "rows.jsonl"])
def test_repairs_are_recorded_and_printed(tmp_path, name):
    text = "He didnâ€™t know\n\nIt <b>rained</b>."
    (tmp_path / name).write_text(json.dumps({"text": text}) if name == "rows.jsonl" else text, encoding="utf-8")
    article = read_article(tmp_path / name)
    assert (article.title, article.text) == ("He didn’t know", "He didn’t know\n\nIt rained.")
    assert article.inferred == {"text": "HTML tags dropped; mojibake repaired"}
    assert "text: HTML tags dropped; mojibake repaired" in str(article)


def test_title_of_a_row_is_repaired_as_its_text(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"title": "Marks &amp; Spencer", "text": "Marks &amp; Spencer\n\nIt rained."}))
    (article,) = read_articles([path])
    assert article.text[slice(*article.title_span)] == article.title == "Marks & Spencer"


def test_written_article_is_taken_as_it_is(tmp_path):
    article = Article.from_text("The <p>tag</p> didnâ€™t…", id="a", published="Spring 2015", inferred={"title": "x"})
    article_path, rows_path = tmp_path / "a.txt", tmp_path / "rows.jsonl"
    write_article(article, article_path)
    assert read_article(article_path) == article
    dated = Article.from_text("The <p>tag</p> didnâ€™t…", id="a", published="2015", inferred={"published": "x"})
    write_articles([dated], rows_path)
    assert list(read_articles([rows_path])) == [dated]


def test_whole_page_in_a_row_or_text_file_is_extracted(tmp_path):
    page = pages_by_label()["metadata"]["text"]
    (tmp_path / "rows.jsonl").write_text(json.dumps({"id": "a", "text": page}))
    (tmp_path / "a.txt").write_text(page)
    for article in read_articles([tmp_path / "rows.jsonl", tmp_path / "a.txt"]):
        assert (article.title, article.published) == ("Ferries collide in fog", "2015-03-04")
        assert "<" not in article.text


def pages_by_label():
    """Give the pages by their labels."""
    return {case.values[0]["label"]: case.values[0] for case in cases("reading-pages")}


def test_a_page_gives_no_marks_of_notes():
    lines = [
        "The senator from Utah said<sup>1</sup> that he would appeal to the court in Salt Lake City.",
        'The court, of 20 km<sup>2</sup>, is closed, he said.<sup class="r"><a href="#n2"><span>[</span>2]</a></sup>',
    ]
    page = f"<html><body><article><h1>Lee appeals ruling</h1><p>{'</p><p>'.join(lines)}</p></article></body></html>"
    found = pages.extract_article(page).text.splitlines()[-2:]
    assert found[0] == "The senator from Utah said that he would appeal to the court in Salt Lake City."
    assert found[1] == "The court, of 20 km2, is closed, he said."


@pytest.mark.parametrize("case", cases("reading-pages"))
def test_page_gives_what_it_states_and_no_more(case):
    article, expected = pages.extract_article(case["text"]), case["expected"]
    assert (article.title, article.published) == (expected["title"], expected["published"])
    assert article.publisher == expected.get("publisher", article.publisher)
    assert article.text.startswith(f"{expected['title']}\n\n")
    assert article.text.count(expected["title"]) == 1
    inferred = expected.get("inferred", {})
    assert article.inferred.keys() - {"publisher"} == inferred.keys()
    assert all(how in article.inferred[name] for name, how in inferred.items())
    assert [part for part in expected.get("lacks", []) if part in article.text] == []
    assert [part for part in expected.get("holds", []) if part not in article.text] == []


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ("<p>The mayor of the old town spoke to", "it may be cut off: the page breaks off"),
        ("<p>The mayor of the old town spoke to</p></div>", "it may be cut off: the page breaks off"),
        ("<p>The may", "it may be cut off: the page breaks off"),
        ('<p>The mayor spoke.</p><div class="foo', "it may be cut off: the page breaks off"),
        ("<p>The mayor spoke.</p>", ""),
        ("<p>The mayor of the old town spoke.", ""),
        ("<p>The mayor of the old town spoke to</p></BODY>", ""),
        ("<p>The mayor of the old town spoke to</p></article></body ></html>", ""),
    ],
)
def test_page_that_breaks_off_is_told(end, said):
    body = "<p>Fog shut the port of Bergen on Monday, and forty passengers were taken ashore in small boats.</p>"
    page = f"<html><head><title>Rain</title></head><body><article><h1>Rain</h1>{body}{end}"
    assert pages.extract_article(page).inferred.get("text", "") == said


def test_page_that_only_asks_for_javascript_is_refused():
    page = "<html><head><title>Rain</title></head><body><p>Loading...</p><p>Please enable JavaScript.</p></body></html>"
    with pytest.raises(ArticleError, match="it asks for JavaScript; save it from a browser"):
        pages.extract_article(page)


@pytest.mark.parametrize("case", cases("reading-menus"))
def test_page_without_prose_is_refused(case):
    if case["expected"] is None:
        with pytest.raises(ArticleError, match=r"no article text .*: it has menus and links only; give the page"):
            pages.extract_article(case["text"])
        return
    assert pages.extract_article(case["text"]).text == case["expected"]


def test_publisher_of_the_address_alone_is_inferred():
    page = pages_by_label()["an address in figures"]["text"]
    article = pages.extract_article(page)
    assert (article.publisher, article.inferred["publisher"]) == ("example.org", "the page’s address")


@pytest.mark.parametrize("dateline", ["NAIROBI, Kenya", "PESHAWAR Pakistan", "WASHINGTON —"])
def test_the_dateline_of_an_export_is_one(tmp_path, dateline):
    text = next(case.values[0]["text"] for case in cases("reading-exports") if case.values[0]["label"] == "LexisNexis")
    (tmp_path / "export.txt").write_text(text.replace("LENGTH: 45 words", f"LENGTH: 45 words\n\nDATELINE: {dateline}"))
    sentences = annotate(read_article(f"{tmp_path}/export.txt#1")).sentences
    assert dict(zip(sentences["text"], sentences["role"], strict=True))[f"{dateline.rstrip(' —')} —"] == "dateline"


@pytest.mark.parametrize("beginning", ["LEEDS (AP) — ", "Leeds — ", "LEEDS: "])
def test_a_dateline_that_the_text_has_already_is_not_put_before_it(tmp_path, beginning):
    text = next(case.values[0]["text"] for case in cases("reading-exports") if case.values[0]["label"] == "LexisNexis")
    text = text.replace("LENGTH: 45 words", "LENGTH: 45 words\n\nDATELINE: LEEDS").replace(
        "Two ferries", f"{beginning}Two ferries"
    )
    (tmp_path / "export.txt").write_text(text)
    assert read_article(f"{tmp_path}/export.txt#1").text.upper().count("LEEDS") == 1


@pytest.mark.parametrize("owner", ["Guardian Newspapers Limited", "The Irish Times Ltd.", "Dow Jones & Company, Inc."])
def test_the_owner_below_a_document_of_factiva_is_no_text(tmp_path, owner):
    text = next(case.values[0]["text"] for case in cases("reading-exports") if case.values[0]["label"] == "Factiva")
    (tmp_path / "export.txt").write_text(re.sub(r"(?m)^(?=Document )", f"{owner}\n\n", text))
    assert owner not in read_article(f"{tmp_path}/export.txt#1").text


@pytest.mark.parametrize("case", cases("reading-exports"))
def test_export_is_split_or_refused(tmp_path, case):
    path = tmp_path / case["name"]
    path.write_text(case["text"], encoding="utf-8")
    results, expected = list(read_articles([tmp_path])), case["expected"]
    if expected is None:
        assert [result.text for result in results] == [case["text"]]
        return
    if isinstance(expected, str):
        assert [expected in str(result) for result in results] == [True]
        return
    assert [[a.title, a.publisher, a.published] for a in results] == [one[:3] for one in expected]
    for number, (article, (title, *_, byline)) in enumerate(zip(results, expected, strict=True), start=1):
        assert article.id.startswith(f"export-{number}-")
        assert article.text.startswith("\n\n".join(filter(None, (title, byline, ""))) if byline else f"{title}\n\n")
        assert "Document " not in article.text
        assert "LENGTH" not in article.text
        assert f"document {number} of {len(expected)} in an export of " in article.inferred["text"]
        assert read_article(f"{path}#{number}") == article
        assert read_article(f"{path}#{article.id}") == article
    assert count_articles([path]) == count_articles([tmp_path]) == len(expected)
    if len(expected) == 1:
        assert read_article(path) == results[0]
        return
    number = len(expected)
    with pytest.raises(ArticleError, match=rf"{number} articles; name one as {path.name}#1 to {path.name}#{number}"):
        read_article(path)
    with pytest.raises(ArticleError, match=rf"has no article #9; it has {path.name}#1"):
        read_article(f"{path}#9")


@pytest.mark.parametrize(
    ("label", "lost", "expected"),
    [
        ("Factiva", r"(?s)Document D.*", ["", "cut off: the line “Document …” is missing"]),
        ("Factiva", r"Document G\S+", ["2 articles have run together: the line that parts documents is missing"]),
        ("Factiva, a tab after each code", r"AN\tDocument XYZ000020150710\S+", ["", "cut off: the line “Document …”"]),
        ("Nexis Uni", r"(?s)End of Document\s*\Z", ["", "cut off: the line “End of Document” is missing"]),
        ("Nexis Uni, one document", r"(?s)Load-Date.*", ["cut off: the line “End of Document” is missing below it"]),
        (
            "Nexis Uni, two forms",
            r"End of Document(?!\s*\Z)",
            ["2 articles have run together: the line that parts documents is missing"],
        ),
        ("ProQuest", r"(?s)Publication title: [^\n]*\s*_+\s*\Z", ["", "cut off: the line “Publication title:” is"]),
        ("ProQuest, one document", r"(?s)Subject: .*", ["cut off: the line “Publication title:” is missing"]),
        ("LexisNexis", r"(?s) +2 of 2 DOCUMENTS.*", ["the export states 2 documents and ends with number 1"]),
        (
            "LexisNexis in HTML",
            r"(?s)<div class=\"c0\"><p class=\"c1\"><span class=\"c2\">2 of 2.*",
            ["ends with number 1"],
        ),
        ("ProQuest, lines of the text that look like fields", r"\n_+\s*\Z", ["ends with number 1"]),
        ("Nexis Uni with a cover and page numbers", r"(?s)(?<=End of Document\n).*", ["states 2 documents and ends"]),
        ("ProQuest", r"_+(?=\s*Council)", ["2 articles have run together: the line that parts documents is missing"]),
        ("Factiva", r"(?s)120 words.*", ["below it stands the beginning of another article, which is cut off"]),
        ("Factiva", r"(?s)\A.*?(?=Nobody)", ["its beginning may be missing: the line “… words” is not above", ""]),
        (
            "Factiva, a tab after each code",
            r"(?s)\AHD.*?(?=TD)",
            ["its beginning may be missing: the line “… words”", ""],
        ),
        ("Factiva, a tab after each code", r"(?s)WC\t45 words\nPD\t10.*", ["the beginning of another article"]),
        (
            "Factiva, a tab after each code",
            r"(?s)AN\tDocument XYZ000020150709.*",
            ["cut off: the line “Document …” is"],
        ),
        ("Factiva", r"(?s)Document G\w+\s*Council.*", ["cut off: the line “Document …” is missing"]),
        (
            "Nexis Uni",
            r"(?s)\nBody\n+The council.*",
            ["below it stands the beginning of another article, which is cut off"],
        ),
        (
            "Nexis Uni, two forms",
            r"(?s)\A.*?(?=Nobody)",
            ["its beginning may be missing: the line “Body” is not above it", ""],
        ),
        ("LexisNexis", r"(?s)LOAD-DATE: March.*", ["", "cut off: the field LOAD-DATE is missing below it"]),
        ("LexisNexis", r"(?s)\A.* +(?=2 of 2)", ["the export states 2 documents and begins with number 2"]),
    ],
)
def test_no_article_of_a_damaged_export_is_lost_in_silence(tmp_path, label, lost, expected):
    text = next(case.values[0]["text"] for case in cases("reading-exports") if case.values[0]["label"] == label)
    damaged, n_lost = re.subn(lost, "", text)
    (tmp_path / "export.txt").write_text(damaged, encoding="utf-8")
    results = list(read_articles([tmp_path]))
    said = [result.inferred["text"] if isinstance(result, Article) else str(result) for result in results]
    assert n_lost == 1
    assert len(said) == len(expected) <= count_articles([tmp_path])
    for outcome, damage in zip(said, expected, strict=True):
        assert damage in outcome
        assert damage or "missing" not in outcome


@pytest.mark.parametrize("form", [str, Path])
@pytest.mark.parametrize(
    ("source", "texts"), [("a.txt", ["It rained."]), (".", ["It rained.", "It snowed."]), ("*.md", ["It snowed."])]
)
def test_one_source_need_not_be_in_a_list(tmp_path, monkeypatch, form, source, texts):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("It rained.")
    (tmp_path / "b.md").write_text("It snowed.")
    assert [article.text for article in read_articles(form(source))] == texts
    assert count_articles(form(source)) == len(texts)


@pytest.mark.parametrize(
    "source", ["a\0b", "**a", "x" * 5000, "http://[", "\udcff.txt", "rows.jsonl#\udcff", "http://\udcff/", "~", "#"]
)
def test_no_source_stops_the_others(tmp_path, monkeypatch, source):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.txt").write_text("It rained.")
    bad, good = read_articles([source, "good.txt"])
    assert isinstance(bad, ArticleError)
    assert "\n" not in str(bad)
    assert good.text == "It rained."


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.json", b'{"title": "\\ud800", "inferred": {"title": "\\ud800"}, "encoding": "\\ud800"}'),
        ("b.html", b"<html><head><meta charset='utf\0-8'></head><body><p>It rained.</p></body></html>"),
        ("b.html", b"<html><head><script type='application/ld+json'>[{\"@type\": []}, 1, null]</script></head>\xff"),
        ("b.html", b"<" * 2000),
        ("b.html", b"<?xml version='1.0' encoding='nope'?><html><body>"),
        ("b.jsonl", b'{"text": "\\ud800 rain", "title": "\\udfff", "published": 1e999}\n{"text": 1}\n'),
        ("b.csv", b"text\n\0\n"),
        ("b.parquet", b"PAR1" + b"\0" * 100 + b"PAR1"),
    ],
)
def test_no_file_stops_the_others(tmp_path, name, data):
    (tmp_path / "a.txt").write_text("It rained in Cairo.")
    (tmp_path / "z.txt").write_text("It rained in Giza.")
    (tmp_path / name).write_bytes(data)
    *_, good = results = list(read_articles([tmp_path]))
    assert good.text == "It rained in Giza."
    assert all("\n" not in str(result) for result in results if isinstance(result, ArticleError))
    write_articles((result for result in results if isinstance(result, Article)), tmp_path / "all.jsonl")
    json.dumps([result.identity for result in results if isinstance(result, Article)]).encode()


def test_exports_of_one_name_keep_all_their_articles(tmp_path):
    text, other = (case.values[0]["text"] for case in cases("reading-exports")[:2])
    for folder, export in (("2010", text), ("2011", other)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "export.txt").write_text(export, encoding="utf-8")
    articles = list(read_articles([tmp_path / "2010", tmp_path / "2011"]))
    assert len({article.id for article in articles if isinstance(article, Article)}) == len(articles) == 4


@pytest.mark.parametrize("text", ["ab-\n" * 50_000, "<a " * 50_000 + "<b></b>", "Ã© a " * 20_000, "a" * 500_000])
def test_repairs_take_time_in_proportion_to_the_text(text):
    start = time.perf_counter()
    repairs.repair_text(text)
    assert time.perf_counter() - start < 10


def test_link_to_nothing_in_a_folder_is_told(tmp_path):
    (tmp_path / "a.txt").write_text("It rained.")
    (tmp_path / "b.txt").symlink_to("nowhere.txt")
    article, bad = read_articles([tmp_path])
    assert article.text == "It rained."
    assert str(bad) == f"{tmp_path / 'b.txt'} cannot be read: No such file or directory"


@pytest.mark.parametrize(
    ("title", "start"),
    [
        ("Trams return to Łódź", "trams-return-to-lodz-"),
        ("Ferry leaves Tromsø", "ferry-leaves-tromso-"),
        ("Fire in Straßburg", "fire-in-strassburg-"),
        ("Sigurður Þórðarson wins", "sigurdur-thordarson-wins-"),
        ("Trams re\xadturn to Leeds", "trams-return-to-leeds-"),
    ],
)
def test_ids_and_titles_are_without_invisible_and_foreign_letters(title, start):
    article = Article.from_text(f"{title}\n\nTrams returned on Friday, the mayor said. It rained.")
    assert article.id.startswith(start)
    assert article.title == title.replace("\xad", "")
