"""The pages in a real browser: no script of an article runs, tables sort and filter, axe finds no violation."""

import json
import os
from pathlib import Path

import pandas as pd
import pytest

from analysis import Article, Number, Table, Text
from analysis.article import write_article
from analysis.report.cache import describe_inputs
from analysis.report.citation import cite_article
from analysis.report.content import Code, Content, Numbered, Numbers, Output, Section, Step
from analysis.report.index import write_index
from analysis.report.page import write_page
from analysis.report.provenance import write_record

from .browser import Browser, needs_chromium

pytestmark = needs_chromium

PAYLOADS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></style></textarea><svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
]


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    browser = Browser(tmp_path_factory.mktemp("chromium"))
    yield browser
    browser.close()


def page_of(text: str, *, rows: int = 15) -> str:
    """Return a page that has a text wherever a page can have a text."""
    article = Article.from_text(
        f"{text} 1\n\n{text} It rained.", title=text, publisher=text, published=text, url=text, id="x",
        inferred={"published": text},
    )  # fmt: skip
    table = pd.DataFrame({"start": range(rows), "end": range(1, rows + 1), "word": [text] * rows, "n": range(rows)})
    marks = pd.DataFrame({"start": [0], "end": [len(text)], "label": [text]})
    crossing = pd.DataFrame({"start": [0, 1], "end": [2, len(text) + 1], "label": [text, text]})
    layers = {text: marks, "crossing": crossing}
    other = pd.DataFrame({"start": [0], "end": [4], "label": [text]})
    blocks = [
        Numbered(
            Table(table, id="words", caption=text, notes=[text], columns={"word": text, "n": "n"}), "Table 1", "c"
        ),
        Numbered(Text(article.text, layers, id="story", caption=text, by="label"), "Text 1", "c"),
        Numbered(Text(f"Sun {text}", {text: other}, id="other", caption=text, by="label"), "Text 2", "c"),
        Output(text, is_warning=True),
        Numbers([Number(1, id="n", unit=text)], "c"),
    ]
    return write_page(article, Content([Section("1-a", f"Is it {text}?", [], [Step("", blocks)])]))


@pytest.mark.slow
def test_no_script_or_request_of_an_article_runs(browser, tmp_path, request):
    payloads = list(PAYLOADS)
    folder = Path(os.environ.get("DATELINE_SHARED", Path(__file__).parents[2] / "shared"))
    if folder.is_dir():
        lines = (folder / "evals" / "hostile" / "xss.jsonl").read_text(encoding="utf-8").splitlines()
        payloads += [json.loads(line)["payload"] for line in lines]
    path = tmp_path / "page.html"
    for payload in payloads:
        if not any(map(str.isalnum, payload)):
            continue
        path.write_text(page_of(payload), encoding="utf-8")
        browser.open(path)
        assert browser.run("window.hit") is None, payload
        assert browser.run("[...document.scripts].filter(script => script.type != 'application/json').length") == 1, (
            payload
        )
        assert browser.run("document.querySelectorAll('svg, iframe, object, [onload], [onerror]').length") == 0, payload
        assert browser.requests() == [path.resolve().as_uri()], payload


def test_tables_sort_by_a_heading_and_filter_by_a_word(browser, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(page_of("rain"), encoding="utf-8")
    browser.open(path)
    cells = "[...document.querySelectorAll('#words tbody tr')].filter(r => !r.hidden).map(r => r.cells[1].textContent)"
    assert browser.run(cells)[:3] == ["0", "1", "2"]
    browser.run("document.querySelectorAll('#words th button')[1].click()")
    assert browser.run(cells)[:3] == ["14", "13", "12"]
    browser.run("document.querySelectorAll('#words th button')[1].click()")
    assert browser.run(cells)[:3] == ["0", "1", "2"]
    browser.run("document.querySelectorAll('#words th button')[1].click()")
    assert browser.run(cells)[:3] == ["0", "1", "2"]
    browser.run("b = document.querySelector('#words input'); b.value = '13'; b.dispatchEvent(new Event('input')); 1")
    assert browser.run(cells) == ["13"]


def test_tables_page_sort_and_filter_over_all_rows(browser, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(page_of("rain" * 20, rows=50), encoding="utf-8")
    browser.open(path)
    cells = "[...document.querySelectorAll('#words tbody tr')].map(row => row.cells[1].textContent)"
    status = "document.querySelector('#words .pager [role=status]').textContent"
    assert browser.run(cells) == [str(n) for n in range(20)]
    assert browser.run(status) == "1 to 20 of 50"
    browser.run("[...document.querySelectorAll('#words .pager button')].at(-1).click()")
    assert browser.run(cells) == [str(n) for n in range(20, 40)]
    browser.run("document.querySelectorAll('#words th button')[1].click()")
    assert browser.run(cells)[:2] == ["49", "48"]
    sorting = "[...document.querySelectorAll('#words th')].map(head => head.getAttribute('aria-sort'))"
    assert browser.run(sorting) == ["none", "descending"]
    browser.run("b = document.querySelector('#words input'); b.value = '45'; b.dispatchEvent(new Event('input')); 1")
    assert browser.run(cells) == ["45"]
    assert browser.run(status) == "1 to 1 of 1 found, of 50"
    assert browser.run("document.querySelector('#words tbody a').hash") == "#c45-46"


LIT = "[...(CSS.highlights.get('lit') ?? [])].map(range => range.toString())"


@pytest.mark.parametrize("text", ["Rain in Cairo", "\N{CLOUD WITH RAIN}\r\nRain"])
def test_a_row_and_its_words_light_each_other(browser, tmp_path, text):
    article = Article.from_text(f"{text} and Giza.", id="x")
    words = [(at, at + len(word), word) for word in ("Rain", "Giza") if (at := article.text.index(word)) >= 0]
    table = Table(pd.DataFrame(words, columns=["start", "end", "text"]), id="words", caption="Words.")
    path = tmp_path / "page.html"
    content = Content([Section("1-a", "Which?", [], [Step("", [Numbered(table, "Table 1", "c")])])])
    path.write_text(write_page(article, content), encoding="utf-8", newline="")
    browser.send("Emulation.setFocusEmulationEnabled", enabled=True)
    browser.open(path)
    browser.run("document.querySelectorAll('#words tbody a')[1].focus()")
    assert browser.run(LIT) == ["Giza"]
    browser.run("document.querySelector('.source').focus()")
    for key in ["ArrowRight", "ArrowRight", "ArrowLeft", "Enter"]:
        browser.press(key)
    assert browser.run(LIT) == ["Rain"]
    assert browser.run("[...document.querySelectorAll('tr.lit a')].map(link => link.textContent)") == ["Rain"]
    assert browser.run("document.activeElement.textContent") == "Table 1"


def test_layers_of_the_article_are_switched_without_a_script(browser, tmp_path):
    article = Article.from_text("Rain in Cairo.", id="x")
    where = pd.DataFrame({"start": [8], "end": [13], "label": ["location"]})
    texts = [
        Text(article.text, where, id="names-in-place", caption="Names.", by="label"),
        Text(article.text, where, id="chains-in-place", caption="Chains.", by="label"),
    ]
    blocks = [Numbered(text, f"Text {n}", "c") for n, text in enumerate(texts, 1)]
    path = tmp_path / "page.html"
    path.write_text(write_page(article, Content([Section("1-a", "Which?", [], [Step("", blocks)])])), encoding="utf-8")
    browser.send("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(path)
    width = "parseFloat(getComputedStyle(document.querySelector('.source mark.{}')).borderBottomWidth)"
    colour = "getComputedStyle(document.querySelector('.source mark.{}')).borderBottomColor"
    clear = "rgba(0, 0, 0, 0)"
    assert browser.run(colour.format("names")) != clear
    assert browser.run(colour.format("chains")) == clear
    browser.run("document.getElementById('layer-chains').click()")
    assert browser.run(colour.format("chains")) != clear
    assert browser.run(width.format("chains")) > browser.run(width.format("names"))
    browser.send("Emulation.setScriptExecutionDisabled", value=False)
    assert path.read_text(encoding="utf-8").count("Rain in") == 1


def test_code_on_the_page_has_all_that_the_notebook_has(browser, tmp_path):
    code = "words = story.text.split()[:3]  # three\nassert len(words) <= 3 and words[0] != 'no', words"
    path = tmp_path / "page.html"
    content = Content([Section("1-a", "Which?", [], [Step("", [Code(code)])])])
    path.write_text(write_page(Article.from_text("Rain.", id="x"), content), encoding="utf-8")
    browser.open(path)
    browser.run("document.querySelectorAll('details').forEach(details => { details.open = true })")
    assert browser.run("document.querySelector('.hl').innerText").strip() == code


def test_positions_are_hidden_until_asked_for(browser, tmp_path):
    table = Table(pd.DataFrame({"start": [0], "text": ["Rain"]}), id="words", caption="Words.")
    path = tmp_path / "page.html"
    content = Content([Section("1-a", "Which?", [], [Step("", [Numbered(table, "Table 1", "c")])])])
    path.write_text(write_page(Article.from_text("Rain.", id="x"), content), encoding="utf-8")
    browser.open(path)
    assert browser.run("document.querySelector('#words table').innerText") == "text\nRain"
    browser.run("document.getElementById('offsets').click()")
    assert browser.run("document.querySelector('#words table').innerText").split() == [
        "from",
        "character",
        "text",
        "0",
        "Rain",
    ]


def test_the_article_stands_beside_the_exhibits_where_the_window_is_wide(browser, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(page_of("Rain in Cairo", rows=50), encoding="utf-8")
    browser.send("Emulation.setDeviceMetricsOverride", width=1280, height=800, deviceScaleFactor=1, mobile=False)
    browser.open(path)
    sides = browser.run(
        "['#words', '.article'].map(s => document.querySelector(s).getBoundingClientRect()).map(r => [r.left, r.right])"
    )
    assert sides[0][1] <= sides[1][0]
    assert sides[1][1] <= 1280
    browser.run("document.querySelector('#words tbody a').click()")
    assert browser.run("scrollY") == 0
    browser.send("Emulation.clearDeviceMetricsOverride")


def test_bounds_and_infinite_values_sort_by_size(browser, tmp_path):
    values = pd.DataFrame({"value": [0.5, -0.0002, 0.0, float("inf"), 0.0002, float("nan"), -0.5, 0.002]})
    content = Content(
        [
            Section(
                "1-a",
                "Which?",
                [],
                [Step("", [Numbered(Table(values, id="values", caption="Values."), "Table 1", "c")])],
            )
        ]
    )
    path = tmp_path / "page.html"
    path.write_text(write_page(Article.from_text("Rain.", id="rain"), content), encoding="utf-8")
    browser.open(path)
    browser.run("document.querySelector('#values th button').click()")
    cells = browser.run("[...document.querySelectorAll('#values tbody td')].map(cell => cell.textContent)")
    assert cells == ["∞", "0.500", "0.002", "<0.001", "0.000", ">−0.001", "−0.500", "–"]


def test_a_mark_within_another_is_lower(browser, tmp_path):
    marks = pd.DataFrame({"start": [0, 8], "end": [13, 13]})
    text = Text("Rain in Cairo", marks, id="story", caption="Rain.")
    path = tmp_path / "page.html"
    content = Content([Section("1-a", "Which?", [], [Step("", [Numbered(text, "Text 1", "c")])])])
    path.write_text(write_page(Article.from_text("Sun.", id="x"), content), encoding="utf-8")
    browser.open(path)
    depth = "document.querySelector('#story mark{}').getBoundingClientRect().bottom"
    assert browser.run(depth.format(" mark")) < browser.run(depth.format(""))


def test_the_index_filters_by_words(browser, tmp_path):
    for number, title in enumerate(["Rain in Cairo", "Sun in Giza"]):
        article = Article.from_text(f"{title}\n\nIt was so.", id=f"a{number}")
        (tmp_path / article.id).mkdir()
        write_article(article, tmp_path / article.id / "article.txt")
        write_record(
            tmp_path / article.id,
            article,
            Content([]),
            citation=cite_article(article),
            parameters={},
            changed={},
            inputs=describe_inputs([]),
            key="",
        )
    browser.open(write_index(tmp_path))
    rows = "[...document.querySelectorAll('tbody tr')].filter(r => !r.hidden).map(r => r.cells[1].textContent)"
    assert browser.run(rows) == ["Rain in Cairo", "Sun in Giza"]
    browser.run("b = document.getElementById('search'); b.value = 'giza sun'; b.dispatchEvent(new Event('input')); 1")
    assert browser.run(rows) == ["Sun in Giza"]
    assert browser.run("document.getElementById('count').textContent") == "1 of 2"


def test_a_row_links_to_its_span_in_the_article(browser, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(page_of("rain"), encoding="utf-8")
    browser.open(path)
    browser.run("document.querySelector('#words tbody a').click()")
    assert browser.run("document.querySelector(':target').textContent") == "r"


def test_the_page_fits_narrow_and_wide_windows(browser, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(page_of("rain" * 60), encoding="utf-8")
    for width in (320, 768, 3840):
        browser.send("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
        browser.open(path)
        assert browser.run("document.documentElement.scrollWidth") <= width
    browser.send("Emulation.clearDeviceMetricsOverride")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(browser, tmp_path, scheme):
    axe = os.environ.get("DATELINE_AXE")
    if not axe:
        pytest.skip("DATELINE_AXE is not set: the path of axe-core's axe.min.js")
    (tmp_path / "page.html").write_text(page_of("Rain in Cairo"), encoding="utf-8")
    browser.send("Page.setBypassCSP", enabled=True)
    media = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.send("Emulation.setEmulatedMedia", features=media)
    for path in (tmp_path / "page.html", write_index(tmp_path)):
        browser.open(path)
        browser.run(Path(axe).read_text(encoding="utf-8") + "; 1")
        violations = browser.run("axe.run().then(r => r.violations.map(v => [v.id, v.nodes[0].html]))")
        assert violations == []
    browser.send("Page.setBypassCSP", enabled=False)


def test_a_link_into_a_folded_section_opens_it(browser, tmp_path):
    table = Table(pd.DataFrame({"text": ["Rain"]}), id="words", caption="Words.")
    path = tmp_path / "page.html"
    content = Content([Section("1-a", "Which?", [], [Step("Words", more=[Numbered(table, "Table A1", "c")])])])
    path.write_text(write_page(Article.from_text("Rain.", id="x"), content), encoding="utf-8")
    browser.open(path)
    is_seen = "document.getElementById('words').checkVisibility()"
    assert not browser.run(is_seen)
    browser.run("new Promise(done => { addEventListener('hashchange', done); location.hash = '#words' }).then(() => 1)")
    assert browser.run(is_seen)
