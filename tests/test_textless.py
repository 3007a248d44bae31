"""A report without its article's text: no passage of it is packed, and whoever has the article can verify."""

import io
import json
import re
import zipfile

import pandas as pd
import pytest

from analysis import Article, make_report, read_article
from analysis.article import write_article
from analysis.cli import main
from analysis.report import ReportError, bundle_report, make_attribution, verify_report, verify_textless

from .test_report import TABLE, write_notebook

STORY = "Rain in Cairo\n\nIt rained all of the day in the old city, said a man who sells bread there."
SPANS = """
found = [(m.start(), m.end(), m[0]) for m in __import__("re").finditer(r"[A-Za-z]+", story.text)]
marks = pd.DataFrame(found, columns=["start", "end", "text"]).assign(upos="NOUN", n=1.5)
counted = pd.DataFrame({"lemma": ["rain", "city"], "first_start": [0, 5], "n": [2, 1], "forms": ["rain", "-1 city"]})
quoting = pd.DataFrame({"forms": ["a man; it rained all of the day in the old city"], "n": [1]})
show(
    Table(marks, id="marks", caption="Marks."),
    Table(counted, id="counted", caption="Counted."),
    Table(quoting, id="quoting", caption="Quoting."),
    Text(story.text, marks, id="marked", caption="Marked.", by="text"),
)
"""

pytestmark = pytest.mark.usefixtures("warm_throughout")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return a report, the folder of its notebooks, and its article's file."""
    folder = tmp_path_factory.mktemp("textless")
    notebooks = write_notebook(folder / "notebooks", "1-words.ipynb", TABLE, SPANS)
    article = Article.from_text(STORY, id="rain", publisher="Nile Times", published="2014-10-02")
    write_article(article, folder / "story.txt")
    attribution = make_attribution("Doe, Jane")
    options = {"parameters": {"n": 3}, "notebooks": notebooks, "attribution": attribution}
    return make_report(article, out=folder / "report", **options), notebooks, folder / "story.txt"


@pytest.fixture
def bundle(made, tmp_path):
    return bundle_report(made[0], tmp_path / "bundle.zip", without_text=True)


def contents(bundle):
    with zipfile.ZipFile(bundle) as file:
        return {name.removeprefix("report/"): file.read(name) for name in file.namelist()}


def test_tables_keep_spans_or_words_and_the_manifest_says_what_went(bundle):
    packed = contents(bundle)
    assert sorted(packed) == [
        ".zenodo.json",
        "CITATION.cff",
        "article.json",
        "numbers.json",
        "numbers.tex",
        "ro-crate-metadata.json",
        *(f"tables/{name}" for name in ("counted.csv", "counted.parquet", "marked.csv", "marks.csv", "marks.parquet")),
        *("tables/quoting.csv", "tables/quoting.parquet", "without-text.json"),
    ]
    heads = {
        name: packed[f"tables/{name}.csv"].decode().split("\n")[0] for name in ("marks", "marked", "counted", "quoting")
    }
    assert heads == {"marks": "start,end,upos,n", "marked": "start,end", "counted": "lemma,n,forms", "quoting": "n"}
    assert packed["tables/counted.csv"].decode() == "lemma,n,forms\nrain,2,rain\ncity,1,'-1 city\n"
    assert list(pd.read_parquet(io.BytesIO(packed["tables/marks.parquet"])).columns) == heads["marks"].split(",")
    manifest = json.loads(packed["without-text.json"])
    assert manifest["columns_left_out"]["tables/marks.csv"] == ["text"]
    assert {"article.txt", "report.html", "report.pdf", "report.docx", "tables.xlsx"} <= manifest["left_out"].keys()
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in manifest["left_out"].values())


def test_bundle_is_the_same_bytes_each_time(made, bundle, tmp_path):
    assert bundle_report(made[0], tmp_path / "again.zip", without_text=True).read_bytes() == bundle.read_bytes()
    with pytest.raises(ReportError, match="cannot be packed without its text"):
        bundle_report(made[0], tmp_path / "forced.zip", without_text=True, force=True)


def test_no_passage_of_the_seed_article_is_packed(seed_report, seed, tmp_path):
    """No six words in a row of the article's body; the report says its title."""
    body = seed.text[seed.paragraphs[1][0] :]
    words = re.findall(r"\w+", body)
    runs = {" ".join(words[at : at + 6]) for at in range(len(words) - 5)}
    for name, data in contents(bundle_report(seed_report, tmp_path / "seed.zip", without_text=True)).items():
        text = " ".join(re.findall(r"\w+", data.decode(errors="replace")))
        assert not [run for run in runs if run in text], name


def test_whoever_has_the_article_can_verify_folder_and_zip_file(made, bundle, tmp_path, capsys):
    _, notebooks, story = made
    assert verify_textless(bundle, read_article(story), notebooks=notebooks).is_identical
    with zipfile.ZipFile(bundle) as file:
        file.extractall(tmp_path)
    folder = tmp_path / "report"
    with pytest.raises(ReportError, match="is without its article; name that by --article"):
        verify_report(folder, notebooks=notebooks)
    assert main(["verify", str(folder)]) == 1
    (folder / "tables" / "marks.csv").write_text("start\n", encoding="utf-8")
    (folder / "tables" / "counted.csv").unlink()
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    found = verify_textless(folder, read_article(story), notebooks=notebooks)
    assert found.damaged == [
        "notes.txt: was not there when the bundle was made",
        "tables/counted.csv: is missing",
        "tables/marks.csv: is not what is left of the same made again",
    ]
    assert found.differences == []
    assert not found.is_identical


def test_changed_record_is_noticed(made, bundle, tmp_path):
    _, notebooks, story = made
    with zipfile.ZipFile(bundle) as file:
        file.extractall(tmp_path)
    record = tmp_path / "report" / "ro-crate-metadata.json"
    entities = json.loads(record.read_text(encoding="utf-8"))
    (page,) = (entity for entity in entities["@graph"] if entity["@id"] == "report.html")
    page["sha256"] = "0" * 64
    record.write_text(json.dumps(entities), encoding="utf-8")
    found = verify_textless(tmp_path / "report", read_article(story), notebooks=notebooks)
    assert [line.partition(":")[0] for line in found.differences] == ["report.html"]
    assert [line.partition(":")[0] for line in found.damaged] == ["ro-crate-metadata.json"]


@pytest.mark.parametrize(
    ("of", "text", "said"),
    [
        (
            "bundle",
            f"{STORY} And more.",
            r"the article is another than the report's: its SHA-256 is \w{8}…, expected \w{8}…",
        ),
        ("report", STORY, "has its article, as no without-text.json is there; leave out --article"),
        ("story", STORY, "is neither a report nor its bundle: File is not a zip file"),
    ],
)
def test_what_cannot_be_verified_is_said_in_one_line(made, bundle, of, text, said):
    report, notebooks, story = made
    path = {"bundle": bundle, "report": report, "story": story}[of]
    with pytest.raises(ReportError, match=said):
        verify_textless(path, Article.from_text(text, id="rain"), notebooks=notebooks)


REFERENCE = """
from analysis import Number, read_articles, show

show(Number(len(list(read_articles([reference]))), id="articles"))
"""


def test_report_with_a_reference_is_verified_by_whoever_has_that_too(tmp_path, capsys):
    parameters = 'article = "a"  # a\nreference = ""  # b'
    notebooks = write_notebook(tmp_path / "notebooks", "1-a.ipynb", REFERENCE, parameters=parameters)
    rows, others = tmp_path / "rows.jsonl", tmp_path / "others.jsonl"
    rows.write_text('{"id": "1", "text": "one"}\n{"id": "2", "text": "two"}\n')
    others.write_text('{"id": "1", "text": "three"}\n')
    article, given = Article.from_text("Rain"), {"reference": str(rows)}
    report = make_report(article, out=tmp_path / "report", parameters=given, notebooks=notebooks)
    bundle = bundle_report(report, without_text=True)
    assert verify_textless(bundle, article, reference=str(rows), notebooks=notebooks).is_identical
    with pytest.raises(ReportError, match=r"made with other articles, reference\.jsonl; name them by --reference"):
        verify_textless(bundle, article, notebooks=notebooks)
    with pytest.raises(ReportError, match=r"are others than those of .*: the SHA-256 of reference\.jsonl is \w{8}…"):
        verify_textless(bundle, article, reference=str(others), notebooks=notebooks)
    story = tmp_path / "story.txt"
    story.write_text("Rain")
    assert main(["verify", str(bundle), "--article", str(story), "--reference", str(tmp_path / "none.jsonl")]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert main(["verify", str(report), "--reference", str(rows)]) == 2
    assert "--reference goes with --article" in capsys.readouterr().err


def test_reference_that_no_report_has_is_told(made, bundle, tmp_path):
    with pytest.raises(ReportError, match="compared with no articles; leave out --reference"):
        verify_textless(bundle, read_article(made[2]), reference="x.jsonl", notebooks=made[1])


def test_zip_file_that_would_write_elsewhere_is_refused(made, tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as file:
        file.writestr("../evil.txt", "x")
    with pytest.raises(ReportError, match="is no bundle: expected one folder in it"):
        verify_textless(tmp_path / "x.zip", Article.from_text(STORY))
    assert not (tmp_path.parent / "evil.txt").exists()
