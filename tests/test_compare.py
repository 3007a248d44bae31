"""Comparisons of finished reports: reading them, the compare stages and their error rate, charts, page and record."""

import hashlib
import json
import re
import shutil
import zipfile
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
import pytest
from docx import Document

from analysis import charts, compare, layout, measures, tables
from analysis.cli import main
from analysis.exhibits import Table
from analysis.exhibits.files import to_csv
from analysis.kernels.forking import VARIABLE
from analysis.report import ParameterError, ReportError, make_comparison, verify_comparison, write_figures
from analysis.report.comparison import with_relative_paths
from tests import simple_tables
from tests.conftest import PROJECT, check_rounded
from tests.tampering import record, tamper

pytestmark = pytest.mark.usefixtures("warm_throughout")

POST = """The market fell on Monday in London. Traders sold shares, and the market closed low. A trader said that Paris
and London feared a long fall."""
HERALD = """The car plant in Detroit closed on Monday. Workers said that the car was old. A worker feared for Detroit
and for Flint, and the union left the plant."""


HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


def write_report(folder, article_id, text, **fields):
    """Write the files of a report that a comparison reads, for a text that a few rules tag."""
    sentences, tokens = simple_tables.tables(text, article_id=article_id)
    mentions = simple_tables.mentions(tokens)
    results = {
        "counts": measures.counts(sentences, tokens, resamples=50),
        "diversity": measures.diversity(tokens),
        "readability": measures.readability(sentences, tokens, resamples=50),
        "terms": measures.terms(tokens),
        "names": measures.names(mentions),
        "cooccurrence": measures.cooccurrence(mentions),
        "voices": tables.empty("voices"),
        "stances": tables.empty("stances"),
    }
    write_tables(folder, article_id, results, **fields)


def write_tables(folder, article_id, results, **fields):
    """Write a report with these tables, by the names that they have in analysis.tables; the others are empty."""
    (folder / layout.TABLES_FOLDER).mkdir(parents=True)
    exhibits = {table: exhibit for exhibit, table in layout.READ_EXHIBITS.items()}
    for name, exhibit in exhibits.items():
        table = results.get(name, tables.empty(name))
        for path, data in Table(table, id=exhibit, caption=name).files().items():
            (folder / path).write_bytes(data)
    (folder / layout.ARTICLE_FIELDS).write_text(json.dumps({"id": article_id, **fields}))
    graph = [
        {"@id": "./", "identifier": article_id},
        {"@id": "#article", "identifier": article_id, "name": article_id},
        {"@id": "#dateline", "softwareVersion": "0", "sha256": "0" * 64},
    ]
    (folder / layout.RECORD).write_text(json.dumps({"@graph": graph}))
    for path in [path for path in folder.rglob("*") if path.is_file() and path.name != layout.RECORD]:
        record(folder, path.relative_to(folder).as_posix())


@pytest.fixture(scope="module")
def folder_of_reports(tmp_path_factory):
    """Return a folder of 13 reports: six per publisher, in three months, and one without publisher and date."""
    folder = tmp_path_factory.mktemp("compare") / "reports"
    for i in range(6):
        month = ("2014-08", "2014-09", "2014-10")[i // 2]
        more = "\n\nA trader bought gold." * i
        write_report(folder / f"post-{i}", f"post-{i}", POST + more, publisher="Post", published=f"{month}-0{i + 1}")
        write_report(folder / f"herald-{i}", f"herald-{i}", HERALD, publisher="Herald", published=f"{month}-1{i}")
    write_report(folder / "stray", "stray", "Nothing known. " + "Zebra zebra. " * 40, title=f"{HOSTILE} & Söhne")
    return folder


@pytest.fixture(scope="module")
def articles(folder_of_reports):
    return compare.read_reports(folder_of_reports)


# Contracts

SELECTIONS = {
    "two groups": lambda articles: articles,
    "one group": lambda articles: articles[articles.publisher == "Post"],
    "one report": lambda articles: articles.head(1),
    "no publisher and no date": lambda articles: articles[articles.publisher.isna()],
    "no report": lambda articles: articles.head(0),
}


@pytest.mark.parametrize("selection", SELECTIONS)
def test_every_stage_returns_the_table_of_its_contract(selection, articles):
    selected = SELECTIONS[selection](articles).reset_index(drop=True)
    inputs = {"reports": selected, "article_measures": compare.measures_by_article(selected)}
    stages = {name: stage for name, stage in tables.STAGES.items() if name.startswith("compare.")}
    functions = {f"compare.{name}": getattr(compare, name) for name in compare.__all__}
    others = {"compare.inferred_notes"}
    assert stages.keys() == {name for name, function in functions.items() if callable(function)} - others
    for name, stage in stages.items():
        if name == "compare.read_reports":
            tables.check("reports", articles)
        else:
            found = functions[name](*(inputs[table] for table in stage.requires))
            check_rounded(tables.check(stage.returns, found))


def test_dir_lists_public_names_only():
    assert dir(compare) == sorted(compare.__all__)


# Reports


def test_read_reports_sorts_articles_by_date_and_reads_their_fields(articles, folder_of_reports):
    assert list(articles.columns) == tables.TABLES["reports"].names
    assert articles.article_id.tolist()[:3] == ["post-0", "post-1", "herald-0"]
    assert articles.article_id.iloc[-1] == "stray"
    first, last = articles.iloc[0], articles.iloc[-1]
    assert (first.publisher, first.published, first.year, first.month) == ("Post", "2014-08-01", "2014", "2014-08")
    assert first.n_words == len(re.findall(r"\w+", POST))
    assert first.report == (folder_of_reports / "post-0").as_posix()
    assert last[["publisher", "published", "month"]].isna().all()


def test_read_reports_accepts_folders_globs_and_lists(articles, folder_of_reports, tmp_path):
    listed = tmp_path / "list.csv"
    articles.assign(report=[f"reports/{i}" for i in articles.article_id], note="x").to_csv(listed, index=False)
    (tmp_path / "reports").symlink_to(folder_of_reports)
    ids = articles.article_id.tolist()
    for reports in (
        [folder_of_reports / i for i in reversed(ids)],
        [f"{folder_of_reports}/post-*", f"{folder_of_reports}/herald-*", folder_of_reports / "stray"],
    ):
        assert compare.read_reports(reports).article_id.tolist() == ids
    again = compare.read_reports(listed)
    pd.testing.assert_frame_equal(
        again.drop(columns=["report", "note"]), articles.drop(columns="report"), check_dtype=False
    )
    assert set(again.note) == {"x"}


def test_columns_file_adds_and_replaces_columns(folder_of_reports, tmp_path):
    """Values stay text, and "NA" is the code of a country."""
    path = tmp_path / "more.csv"
    path.write_text("id,desk,publisher\npost-0,NA,The Post\nherald-0,7,Herald\nunknown,8,None\n")
    articles = tables.check("reports", compare.read_reports(folder_of_reports, columns=path)).set_index("article_id")
    assert articles.desk.dropna().to_dict() == {"post-0": "NA", "herald-0": "7"}
    assert articles.publisher.dropna().to_dict() == {"post-0": "The Post", "herald-0": "Herald"}
    assert compare.groups(articles.reset_index(), by="desk").group.tolist() == ["7", "NA", "no desk"]


def test_year_and_month_are_missing_where_they_are_not_certain(tmp_path):
    for i, published in enumerate(["2014-09-28/2014-09-30", "2014-09-30/2014-10-01", "2014", None]):
        write_report(tmp_path / str(i), str(i), "Rain fell.", published=published)
    articles = compare.read_reports(tmp_path).set_index("article_id")
    assert articles.month.dropna().to_dict() == {"0": "2014-09"}
    assert articles.year.dropna().to_dict() == {"0": "2014", "1": "2014", "2": "2014"}


@pytest.fixture(scope="module")
def partly_inferred(tmp_path_factory):
    """Return a folder of six reports, two of an inferred date, one of an inferred outlet, one of a repaired text."""
    folder = tmp_path_factory.mktemp("inferred")
    inferred = [{"published": "the address"}, {"published": "a line", "publisher": "the address"}, {"text": "repaired"}]
    for i, how in enumerate([*inferred, None, None, None]):
        fields = {"published": f"2014-0{8 + i % 2}-01", "publisher": "Post", "inferred": how}
        write_report(folder / str(i), str(i), "Rain fell.", **{name: value for name, value in fields.items() if value})
    return folder


def test_what_was_inferred_is_told_by_article_by_group_and_in_a_footnote(partly_inferred):
    articles = tables.check("reports", compare.read_reports(partly_inferred))
    assert articles.set_index("article_id").inferred[lambda cells: cells != ""].to_dict() == {
        "0": "published",
        "1": "publisher, published",
    }
    by_month = compare.groups(articles, by="month")
    assert by_month[["group", "n_articles", "compared", "note"]].to_numpy().tolist() == [
        ["2014-08", 3, True, "1 of 3 dates inferred"],
        ["2014-09", 3, True, "1 of 3 dates inferred"],
    ]
    assert compare.groups(articles, by="publisher").note.tolist() == [
        "too few to compare with: 0 of 3 articles in other groups; 1 of 6 publishers inferred"
    ]
    assert compare.inferred_notes(articles, "year") == [
        "2 of 6 dates inferred: the source of the article does not state it."
    ]
    assert compare.inferred_notes(articles, "n_words") == compare.inferred_notes(articles, "gone") == []


def test_what_the_user_states_is_not_inferred(partly_inferred, tmp_path):
    (tmp_path / "more.csv").write_text("id,published\n0,2014-08-02\n1,2014-09-02\n")
    articles = compare.read_reports(partly_inferred, columns=tmp_path / "more.csv").set_index("article_id")
    assert articles.inferred[lambda cells: cells != ""].to_dict() == {"1": "publisher"}
    (tmp_path / "list.csv").write_text(
        f"report,published\n{partly_inferred}/0,2014-08-02\n{partly_inferred}/1,2014-09-01\n"
    )
    articles = compare.read_reports(tmp_path / "list.csv").set_index("article_id")
    assert articles.inferred[lambda cells: cells != ""].to_dict() == {"1": "publisher, published"}


def test_cells_that_a_spreadsheet_takes_for_formulas_are_guarded_and_read_back(tmp_path):
    titles = ["=HYPERLINK(1)", "-2 points", "@post says", "'-30 degrees', says man", "It's wet", "\t=1"]
    for i, title in enumerate(titles):
        write_report(tmp_path / "of" / str(i), str(i), "Rain fell.", title=title)
    articles = compare.read_reports(tmp_path / "of").assign(stance=["+", "-", "'", "'x", "=", "＋1"])
    listed = with_relative_paths(articles, tmp_path / "out")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "articles.csv").write_bytes(to_csv(listed))
    written = pd.read_csv(tmp_path / "out" / "articles.csv", dtype=str)
    assert not any(str(cell).startswith(layout.FORMULA_STARTS) for cell in written[["title", "stance"]].to_numpy().flat)
    again = compare.read_reports(tmp_path / "out" / "articles.csv")
    assert again.title.tolist() == titles
    assert again.stance.tolist() == articles.stance.tolist()


@pytest.mark.parametrize(
    ("reports", "columns", "message"),
    [
        ("{tmp}/gone", None, "no such folder: {tmp}/gone; expected reports"),
        ("{tmp}/no-*", None, "no such folder: {tmp}/no-"),
        ("{tmp}", None, "{tmp} holds no report: expected folders with article.json"),
        ("{tmp}/list.csv", None, "{tmp}/list.csv: {tmp}/x is no report"),
        ("{tmp}/other.csv", None, "has no column report; received title"),
        ("{folder}", "{tmp}/list.csv", "{tmp}/list.csv has the columns report; expected also article_id"),
        ("{folder}", "{tmp}/ids.csv", "{tmp}/ids.csv names none of the articles; expected ids such as"),
        ("{folder}", "{tmp}/twice.csv", "has the article 'post-0' twice; expected one row an article"),
        ("{folder}", "{tmp}/gone.csv", "{tmp}/gone.csv cannot be read as CSV: "),
    ],
)
def test_invalid_input_exits_with_a_one_line_message(reports, columns, message, *, folder_of_reports, tmp_path, capsys):
    (tmp_path / "list.csv").write_text("report\nx\n")
    (tmp_path / "other.csv").write_text("title\nx\n")
    (tmp_path / "ids.csv").write_text("id,desk\nx,1\n")
    (tmp_path / "twice.csv").write_text("id,desk\npost-0,1\npost-0,2\n")
    where = {"tmp": tmp_path, "folder": folder_of_reports}
    arguments = ["compare", reports.format(**where)]
    arguments += ["-p", "columns", columns.format(**where)] if columns else []
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("dateline: ")
    assert error.count("\n") == 1
    assert message.format(**where) in error


def test_read_reports_rejects_two_reports_of_one_article(folder_of_reports, tmp_path):
    shutil.copytree(folder_of_reports / "post-0", tmp_path / "again")
    with pytest.raises(ValueError, match=r"two reports are of the article 'post-0': .*again"):
        compare.read_reports([folder_of_reports, tmp_path])


def test_unreadable_table_is_named_in_the_error(folder_of_reports, tmp_path):
    """What was changed after the reports were listed is found when it is read."""
    articles = compare.read_reports(shutil.copytree(folder_of_reports / "post-0", tmp_path / "damaged"))
    (tmp_path / "damaged" / "tables" / "names.parquet").write_bytes(b"PAR1")
    with pytest.raises(ValueError, match=r"damaged/tables/names\.parquet cannot be read: .*; make the report again"):
        compare.names_over_time(articles)


def test_read_reports_skips_comparisons(articles, folder_of_reports, tmp_path):
    (tmp_path / "comparison-by-year").mkdir()
    (tmp_path / "comparison-by-year" / "comparison.json").write_text("{}")
    shutil.copytree(folder_of_reports / "post-0", tmp_path / "post-0")
    for reports in (tmp_path, sorted(tmp_path.iterdir())):
        assert compare.read_reports(reports).article_id.tolist() == ["post-0"]
    for reports in ([], tmp_path / "comparison-by-year"):
        with pytest.raises(ValueError, match=r"holds no report: expected folders with article\.json and ro-crate"):
            compare.read_reports(reports)


# Groups and their terms


def test_groups_notes_which_groups_are_too_small(articles):
    found = compare.groups(articles).set_index("group")
    assert found.compared.to_dict() == {"Herald": True, "Post": True, "no publisher": False}
    few = compare.groups(articles[articles.article_id.isin(["post-0", "herald-0", "herald-1", "herald-2"])])
    assert few.note.tolist() == [
        "too few to compare with: 1 of 3 articles in other groups", "too few to compare: 1 of 3 articles",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="no column 'desk' to group the articles by; there are article_id, title"):
        compare.groups(articles, by="desk")
    many = pd.DataFrame({"title": map(str, range(101)), "n_words": 1})
    assert compare.names_over_time(articles.assign(day=articles.index), period="day", n=1).period.nunique() == 13
    with pytest.raises(ValueError, match="the column title makes 101 groups, '0' and so on; expected at most 100"):
        compare.groups(many, by="title")


def test_group_terms_finds_the_words_of_each_group(articles):
    found = compare.group_terms(articles)
    post, herald = (found[found.group == group].set_index("lemma") for group in ("Post", "Herald"))
    assert (post.loc["market", ["n", "n_articles", "rest_n", "of_articles"]] == [12, 6, 0, 6]).all()
    assert {"car", "plant", "worker"} <= set(herald.query("p_adjusted < .05 and log_ratio > 0").index)
    assert {"market", "trader"} <= set(post.query("p_adjusted < .05 and log_ratio > 0").index)
    # The article without a publisher is neither in a group nor among the articles that a group is compared with.
    assert "zebra" not in set(found.lemma)
    # Of two groups, each is the other one's reference.
    both = post.index.intersection(herald.index)
    assert len(both)
    np.testing.assert_allclose(post.log_ratio[both], -herald.log_ratio[both])
    np.testing.assert_allclose(post.p[both], herald.p[both], rtol=0.25)  # each group has its own random permutations


def test_group_terms_agrees_with_the_formulas_of_measures(articles):
    row = compare.group_terms(articles).query("group == 'Post' and lemma == 'feared'").iloc[0]
    total, rest = (articles.n_words[articles.publisher == name].sum() for name in ("Post", "Herald"))
    assert abs(row.keyness) == pytest.approx(float(measures.log_likelihood(row.n, total, row.rest_n, rest)))
    assert row.log_ratio == pytest.approx(float(measures.log_ratio(row.n, total, row.rest_n, rest)[0]))
    assert row.dispersion == pytest.approx(
        float(measures.dispersion([1] * 6, articles.n_words[articles.publisher == "Post"]))
    )


def write_counts(folder, table, sizes):
    """Write reports with the given counts (one row per article, one column per word), half of them of each group."""
    for i, (counts, size) in enumerate(zip(table, sizes, strict=True)):
        present = np.flatnonzero(counts)
        terms = pd.DataFrame({"article_id": str(i), "lemma": [f"w{j}" for j in present], "upos": "NOUN"})
        total = pd.DataFrame({"article_id": [str(i)], "measure": "words", "value": float(size)})
        write_tables(
            folder / f"{i:03}", str(i), {"terms": terms.assign(n=counts[present]), "counts": total},
            publisher="A" if i < len(sizes) // 2 else "B",
        )  # fmt: skip
    return compare.read_reports(folder)


def test_p_agrees_with_the_exact_permutation_test(tmp_path):
    """Six articles can be drawn of twelve in 924 ways, which are all enumerated here."""
    rng = np.random.default_rng(3)
    table = np.column_stack([rng.poisson(rate, 12) for rate in (0.6, 1, 2, 4, 8)])
    table[:6, 2] += 2
    sizes = rng.integers(80, 200, 12)
    found = compare.group_terms(write_counts(tmp_path, table, sizes), min_articles=1)
    found = found.query("group == 'A'").set_index("lemma")
    assert len(found) >= 4
    for j in [int(word[1:]) for word in found.index]:
        residual = table[:, j] - sizes * table[:, j].sum() / sizes.sum()
        observed = abs(residual[:6].sum())
        exact = np.mean([abs(residual[list(chosen)].sum()) >= observed - 1e-9 for chosen in combinations(range(12), 6)])
        independent = measures.rates_p(table[:6, j].sum(), sizes[:6].sum(), table[6:, j].sum(), sizes[6:].sum())
        assert found.p[f"w{j}"] >= max(1 / comb(12, 6), float(independent)) - 1e-9
        exact = max(exact, float(independent))
        assert found.p[f"w{j}"] == pytest.approx(exact, abs=0.02 if exact < 0.1 else 0.06)
    excludes_zero = (found.log_ratio_low > 0) | (found.log_ratio_high < 0)
    assert (excludes_zero == (found.p < 0.05)).all()


def test_random_groups_have_no_significant_terms(tmp_path):
    """Of clustered words in random groups at most 5 % have p below .05; more have, under a test of single words."""
    rng = np.random.default_rng(0)
    bursts = rng.negative_binomial(0.3, 0.3 / (0.3 + rng.uniform(0.5, 5, 300)), size=(40, 300))
    articles = write_counts(tmp_path, bursts, np.full(40, 400))
    found = compare.group_terms(articles).query("group == 'A'")
    p_of_words = measures.rates_p(found.n, 8000, found.rest_n, 8000)
    assert len(found) > 250
    assert (found.p < 0.05).mean() <= 0.05
    assert (p_of_words < 0.05).mean() > 0.2
    assert (found.p_adjusted > 0.05).all()


def test_word_of_a_single_article_is_not_significant_for_its_group(tmp_path):
    table = np.full((8, 3), 2)
    table[0, 0] = 40
    table[4:, 1] = 0
    found = compare.group_terms(write_counts(tmp_path, table, np.full(8, 100))).query("group == 'A'").set_index("lemma")
    assert found.keyness["w0"] > 20
    assert found.p["w0"] > 0.2
    assert found.dispersion["w0"] > 0.5
    assert found.n_articles["w1"] == 4
    table[1:, 0] = 0
    assert "w0" not in set(compare.group_terms(write_counts(tmp_path / "b", table, np.full(8, 100))).lemma)


def test_log_ratio_has_the_sign_of_the_difference(tmp_path):
    """A count of zero is replaced by one half, so a side too small to expect the word is evidence of nothing."""
    table = np.zeros((10, 2), dtype=int)
    table[:5, 0] = 2
    table[:5, 1] = 9
    found = compare.group_terms(write_counts(tmp_path, table, np.repeat([1000, 20], 5)))
    assert set(found.lemma) == set()
    found = compare.group_terms(write_counts(tmp_path / "even", table, np.full(10, 400)))
    assert found.groupby("lemma").size().tolist() == [2, 2]
    assert (np.sign(found.log_ratio) == np.sign(found.keyness)).all()


def test_group_terms_selects_words_by_rank_and_tag(articles):
    every = compare.group_terms(articles)
    few = compare.group_terms(articles, n=2)
    assert (few.groupby("group").size() <= 4).all()
    assert few[few.group == "Post"].lemma.tolist()[:2] == every[every.group == "Post"].lemma.tolist()[:2]
    assert set(compare.group_terms(articles, tags=["VERB"]).upos) == {"VERB"}


def test_group_terms_does_not_depend_on_the_order_of_articles(articles):
    before = articles.copy()
    key = ["group", "lemma"]
    found = compare.group_terms(articles).sort_values(key, ignore_index=True)
    shuffled = compare.group_terms(articles.sample(frac=1, random_state=1)).sort_values(key, ignore_index=True)
    pd.testing.assert_frame_equal(shuffled, found)
    pd.testing.assert_frame_equal(articles, before)


def test_article_without_publisher_and_date_is_in_no_group_and_no_period(articles):
    alone = articles[articles.article_id == "stray"].reset_index(drop=True)
    assert compare.groups(alone).iloc[:, [0, 1, 3]].to_numpy().tolist() == [["no publisher", 1, False]]
    values = compare.measures_by_article(alone)
    assert len(values) == len(compare.COMPARABLE_MEASURES)
    over_time = (compare.name_pairs_over_time, compare.names_over_time)
    for stage in (compare.group_terms, *over_time, compare.stances_over_time, compare.voices_over_time):
        assert stage(alone).empty
    assert charts.measures_side_by_side(compare.measures_by_group(values, alone)).get_label().startswith("Not drawn")


def test_group_terms_of_a_single_group_are_empty(articles):
    found = compare.group_terms(articles[articles.publisher == "Post"])
    assert found.empty
    assert charts.group_terms(found).get_label() == "Not drawn: too few articles to set groups apart."


# Names


def test_names_over_time_returns_shares_of_the_articles_of_a_period(articles):
    found = compare.names_over_time(articles, n=3)
    assert found.name.drop_duplicates().tolist()[0] == "Monday"  # in all twelve
    detroit = found[found.name == "Detroit"]
    assert detroit.period.tolist() == ["2014-08", "2014-09", "2014-10"]
    assert detroit[["n", "n_articles", "of_articles", "share"]].to_numpy().tolist() == [[4, 2, 4, 0.5]] * 3
    assert ((found.low <= found.share) & (found.share <= found.high)).all()
    assert compare.names_over_time(articles, labels=["location"]).empty


def test_names_over_time_ignores_case_and_shows_the_most_frequent_spelling(tmp_path):
    spellings = [("OBAMA", "person"), ("Obama", "person"), ("Obama", "organization")]
    total = pd.DataFrame({"measure": ["words"], "value": 9.0})
    for i, (name, label) in enumerate(spellings):
        names = pd.DataFrame({"article_id": [str(i)], "name": name, "label": label, "n": i + 1})
        write_tables(tmp_path / str(i), str(i), {"names": names, "counts": total}, published="2014-09-28")
    found = compare.names_over_time(compare.read_reports(tmp_path))
    assert found[["name", "label", "n", "n_articles"]].to_numpy().tolist() == [["Obama", "person", 6, 3]]


@pytest.fixture(scope="module")
def quoting(tmp_path_factory):
    """Return four reports: the army is given the word in all and denies in one, a nurse is in two of one month."""
    folder = tmp_path_factory.mktemp("quoting")
    total = pd.DataFrame({"measure": ["words"], "value": 9.0})
    for i, month in enumerate(("2014-08", "2014-08", "2014-09", "2014-09")):
        rows = [("The Army" if i else "the army", "official", 2), *[("a nurse", "official", 1)] * (i < 2)]
        voices = pd.DataFrame(rows, columns=["speaker", "source_kind", "n"]).assign(article_id=str(i))
        told = [("the army", "deny" if i == 3 else "assert", 2), *[("a nurse", "fear", 1)] * (i < 2)]
        stances = pd.DataFrame(told, columns=["speaker", "stance", "n"]).assign(article_id=str(i))
        results = {"counts": total, "voices": voices, "stances": stances}
        write_tables(folder / str(i), str(i), results, published=f"{month}-10", publisher="Post")
    return compare.read_reports(folder)


def test_voices_over_time_are_shares_of_articles(quoting):
    found = compare.voices_over_time(quoting)
    columns = ["speaker", "period", "n", "n_articles", "of_articles", "share"]
    assert found[columns].to_numpy().tolist() == [
        ["The Army", "2014-08", 4, 2, 2, 1.0],
        ["The Army", "2014-09", 4, 2, 2, 1.0],
        ["a nurse", "2014-08", 2, 2, 2, 1.0],
        ["a nurse", "2014-09", 0, 0, 2, 0.0],
    ]
    assert ((found.low <= found.share) & (found.share <= found.high)).all()
    by_publisher = compare.voices_over_time(quoting, period="publisher", n=1)
    assert by_publisher[["period", "n"]].to_numpy().tolist() == [["Post", 8]]
    assert "the share of articles with each of 2 speakers" in charts.over_time(found).get_label()


def test_stances_over_time_are_of_all_speakers_or_of_some(quoting):
    found = compare.stances_over_time(quoting)
    assert found[found.period == "2014-09"][["stance", "n_articles"]].to_numpy().tolist() == [
        ["assert", 1],
        ["fear", 0],
        ["deny", 1],
    ]
    assert set(compare.stances_over_time(quoting, speaker="ARMY").stance) == {"assert", "deny"}
    assert "the share of articles with each of 3 stances" in charts.over_time(found).get_label()


@pytest.fixture(scope="module")
def telling(tmp_path_factory):
    """Return four reports: Oslo bombs Lima in all, and helps Aden in one, whose help another denies."""
    folder = tmp_path_factory.mktemp("telling")
    total = pd.DataFrame({"measure": ["words"], "value": 9.0})
    for i, month in enumerate(("2014-08", "2014-08", "2014-09", "2014-09")):
        told = [("Oslo", "Lima", "FIGHT", "positive", "happened")] * (1 + (i == 0))
        told += [("Oslo; Rome", "Aden", "AID", "negative" if i else "positive", "planned")] * (i < 2)
        told += [("Oslo", "", "FIGHT", "positive", "denied")]
        columns = ["actor_name", "target_name", "kind", "polarity", "modality"]
        events = pd.DataFrame(told, columns=columns).assign(article_id=str(i))
        seen = [("Lima", "PE", "capital"), ("France", "FR", "demonym"), *[("Aden", "YE", "town")] * (i < 2)]
        places = pd.DataFrame(seen, columns=["name", "country", "kind"]).assign(article_id=str(i))
        results = {"counts": total, "events": events, "places": places}
        write_tables(folder / str(i), str(i), results, published=f"{month}-10", publisher="Post")
    return compare.read_reports(folder)


def test_interactions_over_time_are_shares_of_articles(telling):
    found = compare.interactions_over_time(telling)
    columns = ["actor", "target", "period", "n", "n_articles", "share"]
    assert found[columns].to_numpy().tolist() == [
        ["Oslo", "Lima", "2014-08", 3, 2, 1.0],
        ["Oslo", "Lima", "2014-09", 2, 2, 1.0],
        ["Oslo", "Aden", "2014-08", 1, 1, 0.5],
        ["Oslo", "Aden", "2014-09", 0, 0, 0.0],
        ["Rome", "Aden", "2014-08", 1, 1, 0.5],
        ["Rome", "Aden", "2014-09", 0, 0, 0.0],
    ]
    assert ((found.low <= found.share) & (found.share <= found.high)).all()
    by_publisher = compare.interactions_over_time(telling, period="publisher", n=1)
    assert by_publisher[["period", "n"]].to_numpy().tolist() == [["Post", 5]]
    assert "articles with each of 3 pairs of one who acts on another" in charts.over_time(found).get_label()


def test_events_over_time_are_of_classes_and_not_of_what_is_denied(telling):
    found = compare.events_over_time(telling)
    assert found[["kind", "period", "n", "n_articles"]].to_numpy().tolist() == [
        ["FIGHT", "2014-08", 3, 2],
        ["FIGHT", "2014-09", 2, 2],
        ["AID", "2014-08", 1, 1],
        ["AID", "2014-09", 0, 0],
    ]
    assert "articles with each of 2 classes of events" in charts.over_time(found).get_label()


def test_places_over_time_leave_out_names_of_peoples(telling):
    found = compare.places_over_time(telling)
    assert found[["name", "country", "period", "n_articles"]].to_numpy().tolist() == [
        ["Lima", "PE", "2014-08", 2],
        ["Lima", "PE", "2014-09", 2],
        ["Aden", "YE", "2014-08", 2],
        ["Aden", "YE", "2014-09", 0],
    ]


def test_name_pairs_over_time_counts_sentences_and_articles(articles):
    found = compare.name_pairs_over_time(articles, period="year")
    pair = found.query("left == 'Detroit' and right == 'Flint'").iloc[0]
    assert (pair[["period", "n", "n_articles", "of_articles"]] == ["2014", 6, 6, 12]).all()
    assert not (found.left == found.right).any()
    assert found.duplicated(["left", "right", "period"]).sum() == 0
    assert compare.name_pairs_over_time(articles, among=1).empty


# Measures


def test_measures_by_group_averages_over_articles(articles):
    values = compare.measures_by_article(articles, measures=["word_length_mean", "smog"])
    assert values.groupby("article_id").measure.agg(list).tolist() == [["word_length_mean", "smog"]] * 13
    found = compare.measures_by_group(values, articles, seed=1).set_index(["group", "measure"])
    own = values[values.article_id.str.startswith("post") & (values.measure == "word_length_mean")].value
    row = found.loc["Post", "word_length_mean"]
    assert row.value == pytest.approx(own.mean())
    assert row.low < row.value < row.high
    assert row.sd == pytest.approx(own.std())
    undefined = found.loc["Post", "smog"]
    assert undefined.note == "too few to measure: 0 articles, 1 wanted for a value"
    assert np.isnan(undefined.value)
    few = compare.measures_by_group(values, articles, by="month").query("measure == 'word_length_mean'")
    assert few.note.unique().tolist() == ["too few to measure: 4 articles, 5 wanted for an interval"]
    pd.testing.assert_frame_equal(
        found, compare.measures_by_group(values, articles, seed=1).set_index(found.index.names)
    )


def test_unknown_measure_is_named_in_the_error(articles):
    with pytest.raises(
        ValueError, match="measures has 'lx', which no report has; expected some of 'automated_readability"
    ):
        compare.measures_by_article(articles, measures=["lix", "lx"])


# The whole comparison


@pytest.fixture(scope="module")
def comparison(articles, folder_of_reports):
    return make_comparison(articles, out=folder_of_reports / "comparison-by-publisher", parameters={"seed": 7})


def test_comparison_page_links_to_every_report(comparison, articles, folder_of_reports):
    page = (comparison / "comparison.html").read_text()
    assert "<title>13 articles by publisher – a Dateline report</title>" in page
    links = re.findall(r'<a href="(\.\./[^"]+/report\.html)">', page)
    assert [link.split("/")[1] for link in links] == articles.article_id.tolist()
    assert all(
        (comparison / link).parent.resolve() == (folder_of_reports / link.split("/")[1]).resolve() for link in links
    )
    assert not re.search(r'(?:src|href)="https?:', page.split('id="reports"')[1].split("</section>")[0])
    assert "&lt;script&gt;alert(1)" in page
    assert page.count("<script>") == page.count("<script") - page.count('<script type="application/json">') == 1
    assert "<img src=x" not in page
    ids = re.findall(r'<figure class="exhibit \w+" id="([a-z-]+)">', page)
    assert {"articles", "groups", "group-terms", "names-over-time", "pairs-over-time", "group-measures"} <= set(ids)
    for name in ("group-terms", "article-measures", "articles"):
        assert len(pd.read_parquet(comparison / "tables" / f"{name}.parquet"))
    assert b"/Title(How to cite)" in (comparison / "comparison.pdf").read_bytes()
    record = json.loads((comparison / "comparison.json").read_text())
    assert record["parameters"] == {"seed": 7}
    assert "notebook compare.ipynb" in record["inputs"]
    assert set(record["files"]) == {
        path.relative_to(comparison).as_posix() for path in comparison.rglob("*") if path.is_file()
    } - {"comparison.json"}


def test_comparison_is_a_word_document_and_a_workbook_as_well(comparison):
    document = Document(comparison / "comparison.docx")
    shown = [paragraph.text for paragraph in document.paragraphs]
    assert shown[0] == "13 articles by publisher"
    assert [text.partition(":")[0] for text in shown if ": comparison-by-publisher-" in text] == ["Report"]
    assert len(document.inline_shapes) == len(list((comparison / "figures").glob("*.png")))
    assert shown[-2] == "How to cite"
    assert "13 articles by publisher" in shown[-1]
    with zipfile.ZipFile(comparison / "tables.xlsx") as workbook:
        sheets = re.findall(r'<sheet name="([^"]+)"', workbook.read("xl/workbook.xml").decode())
    tables = [path.stem for path in (comparison / "tables").glob("*.parquet")]
    assert sorted(sheets) == sorted(["Contents", "Codebook", *(name[:31] for name in tables)])


def test_comparison_of_moved_reports_is_byte_identical(comparison, folder_of_reports, tmp_path, monkeypatch):
    """Also if they are listed in another order, a comparison is among them, and no warm process is there."""
    monkeypatch.delenv(VARIABLE, raising=False)
    shutil.copytree(folder_of_reports, tmp_path / "moved")
    monkeypatch.chdir(tmp_path)
    again = tmp_path / "moved" / "comparison-by-publisher"
    assert main(["compare", "moved", "-p", "seed", "7", "--out", str(again)]) == 0
    files = {path.relative_to(comparison) for path in comparison.rglob("*") if path.is_file()}
    assert files == {path.relative_to(again) for path in again.rglob("*") if path.is_file()}
    assert [name for name in files if (comparison / name).read_bytes() != (again / name).read_bytes()] == []


@pytest.mark.slow
def test_verify_proves_a_comparison_or_lists_what_differs(folder_of_reports, tmp_path, capsys):
    """Also with further columns, and beside a folder that is no report."""
    (tmp_path / "mine.csv").write_text("article_id,desk\npost-0,007\nherald-0,NA\n")
    reports = shutil.copytree(folder_of_reports, tmp_path / "reports", ignore=shutil.ignore_patterns("comparison*"))
    out = tmp_path / "elsewhere" / "by-desk"
    compared = ["-p", "columns", str(tmp_path / "mine.csv"), "-p", "seed", "7", "--out", str(out)]
    assert main(["compare", str(reports), "--by", "desk", *compared]) == 0
    capsys.readouterr()
    assert main(["verify", str(tmp_path), str(out)]) == 1
    output, errors = capsys.readouterr()
    assert f"{tmp_path} is no report" in errors
    assert output == f"{out}: identical, every byte of it made again from its record\n"

    path = reports / "post-0" / "ro-crate-metadata.json"
    digests = [hashlib.sha256(path.read_bytes()).hexdigest()[:8]]
    path.write_text(path.read_text() + " ")
    digests.append(hashlib.sha256(path.read_bytes()).hexdigest()[:8])
    (out / "numbers.tex").write_text("x")
    assert main(["verify", str(out)]) == 1
    output = capsys.readouterr().out
    assert f"report ../../reports/post-0: is {digests[1]}…, recorded {digests[0]}…" in output
    assert "numbers.tex: is not what was recorded" in output
    assert "made again, these files differ" in output
    shutil.rmtree(reports / "post-0")
    assert main(["verify", str(out)]) == 1
    assert "post-0 is no report" in capsys.readouterr().err


def test_figures_of_a_comparison_are_drawn_for_a_paper(comparison, tmp_path):
    before = {path: path.read_bytes() for path in comparison.rglob("*") if path.is_file()}
    (path, *others) = write_figures(comparison, tmp_path / "out", n_columns=1, title=False)
    assert {path.stem for path in (path, *others)} == {path.stem for path in (comparison / "figures").glob("*.svg")}
    assert path.with_suffix(".tex").read_text(encoding="utf-8").count("width=\\ifdim\\linewidth<85mm") == 1
    assert before == {path: path.read_bytes() for path in comparison.rglob("*") if path.is_file()}


def test_verify_rejects_an_incomplete_comparison(articles, tmp_path):
    (tmp_path / "comparison.json").write_text("{}")
    with pytest.raises(ReportError, match=r"is no whole comparison \('files'\); make it again"):
        verify_comparison(tmp_path, articles)


def test_comparison_of_one_report_states_what_cannot_be_compared(seed_report, tmp_path):
    out = make_comparison(compare.read_reports(seed_report), out=tmp_path / "out")
    page = (out / "comparison.html").read_text()
    assert "<h1>1 article by publisher</h1>" in page
    for reason in (
        "too few to compare: 1 of 3 articles",
        "<dd>1 of 1, in brackets below</dd>",
        "<td>[2014-09-28 to 2014-09-30]</td>",
        "Not drawn: too few articles to set groups apart.",
        "Not drawn: all articles are of one period, 2014-09: nothing changes over time.",
        "There is none.",
    ):
        assert reason in page
    assert not list((out / "notebooks").glob("*/"))
    assert not re.search("Traceback|class=.warning", page)


def test_invalid_parameter_or_folder_is_rejected_before_the_notebook_runs(
    articles, tmp_path, capsys, folder_of_reports
):
    with pytest.raises(ParameterError, match="no notebook has a parameter 'n_term'; there are by, columns"):
        make_comparison(articles, out=tmp_path / "x", parameters={"n_term": 3})
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "thesis.doc").write_text("mine")
    with pytest.raises(ReportError, match=r"holds thesis\.doc, which is no part of a"):
        make_comparison(articles, out=tmp_path / "kept")
    with pytest.raises(ParameterError, match="parameter period is 'week'; expected a column of the articles: article"):
        make_comparison(articles, out=tmp_path / "x", parameters={"period": "week"})
    assert main(["compare", str(folder_of_reports), "--by", "desk"]) == 2
    assert "no column 'desk' to group the articles by" in capsys.readouterr().err
    out = ["--out", str(tmp_path / "x")]
    assert main(["compare", str(folder_of_reports), "-p", "measures", '["mtld", "lx"]', *out]) == 2
    assert capsys.readouterr().err.startswith("dateline: measures has 'lx', which no report has; expected some of 'aut")
    assert main(["compare", str(folder_of_reports), "-p", "n_terms", "0", *out]) == 2
    assert not (tmp_path / "x").exists()


@pytest.mark.repository
def test_notebook_defaults_name_existing_reports_columns_and_measures():
    """The folder is found from any working folder, and every report has the columns."""
    from analysis.report import COMPARE, notebook_parameters

    parameters = {name: parameter.default for name, parameter in notebook_parameters(COMPARE).items()}
    assert (PROJECT / parameters["reports"]).is_dir()
    assert {parameters["by"], parameters["period"]} <= set(tables.TABLES["reports"].names)
    assert parameters["measures"] == list(compare.COMPARABLE_MEASURES)


@pytest.fixture(scope="module")
def few_reports(folder_of_reports, tmp_path_factory, seed_report):
    """Return a folder with a few reports, the seed's among them."""
    folder = tmp_path_factory.mktemp("few") / "reports"
    for name in ("post-0", "post-1", "herald-0"):
        shutil.copytree(folder_of_reports / name, folder / name)
    shutil.copytree(seed_report, folder / "report")
    return folder


DAMAGED = json.loads((PROJECT / "tests" / "cases" / "damaged-reports.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", DAMAGED, ids=lambda case: case["label"])
def test_damaged_report_is_left_out_in_one_line(few_reports, tmp_path, case):
    reports = shutil.copytree(few_reports, tmp_path / "reports")
    tamper(reports / "report", case["steps"])
    lines = []
    left = compare.read_reports(reports, leave_out=lines.append)
    assert sorted(left["article_id"]) == ["herald-0", "post-0", "post-1"]
    assert [line.count("\n") for line in lines] == [0]
    expected = f"{reports / 'report'} is no whole report: {case['expected']}"
    assert lines[0].startswith(expected)
    with pytest.raises(ValueError, match=re.escape(expected)):
        compare.read_reports(reports)


def test_damage_to_what_is_not_compared_costs_nothing(few_reports, tmp_path):
    reports = shutil.copytree(few_reports, tmp_path / "reports")
    (reports / "report" / "report.pdf").unlink()
    (reports / ".report.making-host-1-x").mkdir()
    (reports / ".report.making-host-1-x" / "article.json").write_text("{}")
    assert len(compare.read_reports(reports)) == 4


def test_compare_says_in_one_line_what_it_leaves_out(few_reports, tmp_path, capsys, monkeypatch):
    reports = shutil.copytree(few_reports, tmp_path / "reports")
    tamper(reports / "report", [["remove", "tables/names.parquet"]])
    compared = []
    monkeypatch.setattr("analysis.report.make_comparison", lambda articles, **_: compared.append(articles) or tmp_path)
    assert main(["compare", str(reports)]) == 0
    assert [len(articles) for articles in compared] == [3]
    line = f"{reports / 'report'} is no whole report: tables/names.parquet is missing; make it again; it is left out"
    assert capsys.readouterr().err == f"dateline: {line}\n"


# Two side by side


@pytest.fixture
def two(tmp_path):
    """Return the reports table of two articles."""
    write_report(tmp_path / "post", "post", POST)
    write_report(tmp_path / "herald", "herald", HERALD)
    return compare.read_reports(tmp_path)


def test_two_articles_are_laid_side_by_side(two):
    found = tables.check("side_by_side", compare.side_by_side(two, left="post"))
    words = found[found["kind"] == "word"].set_index("item")
    assert words.loc["market", ["left_n", "right_n", "found_in"]].tolist() == [2, 0, "left"]
    assert words.loc["Monday", "found_in"] == "both"
    for row in found.itertuples():
        assert (row.log_ratio > 0) == (row.left_per_1000 > row.right_per_1000)
    turned = compare.side_by_side(two, left="herald", right="post")
    assert turned.groupby("kind").size().tolist() == found.groupby("kind").size().tolist()
    assert set(turned["left"]) == {"herald"}


def test_two_are_found_without_being_named_only_if_there_are_two(two, tmp_path):
    assert set(compare.side_by_side(two)["found_in"]) == {"both", "left", "right"}
    write_report(tmp_path / "third", "third", POST)
    three = compare.read_reports(tmp_path)
    assert compare.side_by_side(three).empty
    assert not compare.side_by_side(three, right="third").empty
    assert compare.side_by_side(three.head(1)).empty


def test_a_side_that_no_article_has_is_one_line(two):
    with pytest.raises(ValueError, match="no article has 'times' as article_id; expected one of"):
        compare.side_by_side(two, left="times")
    with pytest.raises(ValueError, match="the articles have no column 'outlet'"):
        compare.side_by_side(two, by="outlet")
