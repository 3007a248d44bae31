"""Charts say what their tables hold, legibly, whatever the article."""

import io
import re
import subprocess
import sys
from itertools import combinations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from analysis import charts, measures, summary
from tests import simple_tables
from tests.conftest import SEED

LABELS = ("location", "organization", "person", "norp", "date", "misc", "facility", "money", "product", "unheard of")
HOSTILE = (
    "$5_000", "$x^2$", r"\frac{1}{2}", "<b>&amp;</b>", "100 %", r"C:\new", "北京市", "नई दिल्ली", "القاهرة", "🦊🦊",
    "W" * 60, "_", "$", "$$", "Llanfair" * 12, "two\nlines\tand a tab", "right\u202eleft\u202c", "\u200b", "É" * 50,
    "�", "a", "",
)  # fmt: skip


def long_text(words=20_000):
    rng = np.random.default_rng(1)
    vocabulary = [
        a + b + c for a in ("ba", "de", "Mo", "Ri", "tu") for b in "aeiou" for c in ("n", "rk", "sht", "lla", "b")
    ]
    rate = 1 / np.arange(1, len(vocabulary) + 1)
    drawn = rng.choice(vocabulary, size=words, p=rate / rate.sum())
    return "Title\n\n" + "\n\n".join(" ".join(drawn[i : i + 25]) + "." for i in range(0, words, 25))


TEXTS = {
    "one word": "Rain",
    "thirty words": "Storm hits coast\n\nA storm hit the coast of Norway on Tuesday, and police in Bergen and Oslo "
    "closed two roads. Nobody was hurt by the storm, the government of Norway said in a statement to Reuters.",
    "seed": SEED.read_text(encoding="utf-8"),
    "20,000 words": long_text(),
}


def tables_of(text):
    """Make the tables that charts take: the measures of a text whose words are tagged by a few rules."""
    sentences, tokens = simple_tables.tables(text, title=text.split("\n")[0] if "\n" in text else None)
    tags = np.array(["NOUN", "VERB", "ADJ", "ADV", "NUM"])
    tagged = tokens["upos"].where(tokens["upos"] != "NOUN", tags[tokens["norm"].str.len() % 5])
    tokens = tokens.assign(upos=tagged)
    mentions = simple_tables.mentions(tokens)
    mentions["label"] = [LABELS[len(name) % len(LABELS)] for name in mentions["name"]]
    terms = measures.terms(tokens)
    published = [method for method in summary.METHODS if method != "dateline"]
    scores = summary.score_sentences(sentences, tokens, mentions, methods=published)
    return {
        "sentences": sentences,
        "terms": terms,
        "occurrences": measures.occurrences(tokens, terms["lemma"].head(12)),
        "keyness": measures.keyness(tokens),
        "tags": measures.tag_profile(tokens),
        "mentions": mentions,
        "names": measures.names(mentions, labels=None),
        "cooccurrence": measures.cooccurrence(mentions, labels=None),
        "collocations": measures.collocations(tokens),
        "summary": summary.summarise(scores, method="lexrank"),
        "agreement": summary.agreement(scores),
        "phrases": summary.key_phrases(tokens, sentences),
        "tone": measures.tone(sentences, tokens),
        "measures": measures.readability(sentences, tokens, resamples=100),
    }


def with_hostile_words(tables):
    """Put a hostile string for each different word, name, method or measure."""

    def hostile(column):
        different = column.unique()
        return column.map(dict(zip(different, (HOSTILE * len(different))[: len(different)], strict=True)))

    worded = ("word", "lemma", "phrase", "name", "left", "right", "measure", "note")
    tables = {
        key: table.assign(**{column: hostile(table[column]) for column in worded if column in table.columns})
        for key, table in tables.items()
    }
    methods = dict(zip(summary.METHODS, HOSTILE, strict=False))
    tables["summary"] = tables["summary"].rename(columns=methods)
    tables["agreement"] = tables["agreement"].replace({"method_a": methods, "method_b": methods})
    return tables


TABLES_OF_CHARTS = {
    charts.sentence_lengths: ["sentences"],
    charts.sentence_scores: ["summary"],
    charts.tone: ["tone"],
    charts.top_terms: ["terms"],
    charts.frequency_rank: ["terms"],
    charts.vocabulary_growth: ["terms"],
    charts.dispersion: ["occurrences"],
    charts.keyness: ["keyness"],
    charts.key_phrases: ["phrases"],
    charts.tag_profile: ["tags"],
    charts.measures_intervals: ["measures"],
    charts.names: ["names"],
    charts.name_positions: ["mentions"],
    charts.name_network: ["cooccurrence", "names"],
    charts.collocation_network: ["collocations"],
    charts.agreement: ["agreement"],
}
each_chart = pytest.mark.parametrize("chart", TABLES_OF_CHARTS, ids=lambda chart: chart.__name__)


@pytest.fixture(scope="module")
def tables():
    found = {name: tables_of(text) for name, text in TEXTS.items()}
    return {**found, "hostile": with_hostile_words(found["seed"])}


def drawn(chart, tables):
    return chart(*(tables[name] for name in TABLES_OF_CHARTS[chart]))


def svg(figure):
    file = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "test", "svg.fonttype": "path"}):
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def texts(figure):
    """Give the texts that can be seen, each with its box in pixels."""
    figure.draw_without_rendering()
    found = list(figure.texts)
    for axes in figure.axes:
        found += axes.texts
        if axes.axison:
            found += [axes.xaxis.label, axes.yaxis.label]
            for axis in (axes.xaxis, axes.yaxis):
                low, high = sorted(axis.get_view_interval())
                found += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    return [(text.get_text(), text.get_window_extent()) for text in found if text.get_text().strip()]


def words(figure):
    return [text for text, _ in texts(figure)]


# Every chart, every article


@pytest.mark.parametrize("text", [*TEXTS, "hostile"])
@each_chart
def test_every_text_is_legible(chart, text, tables):
    """No text lies over another or sticks out, the page's width is kept, and what is shown is also told."""
    figure = drawn(chart, tables[text])
    width, height = figure.get_size_inches() * figure.dpi
    assert width == 720
    assert 80 < height < 1000
    half_a_pixel = 0.5
    found = texts(figure)
    for words, box in found:
        sides = (box.x0, box.y0, width - box.x1, height - box.y1)
        assert min(sides) >= -half_a_pixel, f"{words!r} sticks out"
    for (words, box), (others, other) in combinations(found, 2):
        across = min(box.x1, other.x1) - max(box.x0, other.x0)
        down = min(box.y1, other.y1) - max(box.y0, other.y0)
        assert min(across, down) <= half_a_pixel, f"{words!r} and {others!r} lie over each other"
    alt = figure.get_label()
    assert re.match(r"(Bar|Dot|Paired|Strip|Dispersion|Line|Step|Network|Heat|Small|Empty)", alt)
    assert re.search(r"\.$", alt)
    assert not re.search(r"\bnan\b|[\n\t]|  ", alt)


@each_chart
@pytest.mark.parametrize("text", ["seed", "hostile"])
def test_the_same_table_gives_the_same_bytes(chart, text, tables):
    """Nothing of the caller's settings or of a table's index is in a figure, and the table stays as it was."""
    before = {name: table.copy() for name, table in tables[text].items()}
    settings = {
        "font.size": 20, "font.family": "serif", "axes.facecolor": "black", "axes.grid": True, "lines.marker": "o",
        "xtick.labelsize": 30, "text.parse_math": True, "lines.linewidth": 9, "figure.autolayout": True,
    }  # fmt: skip
    with mpl.rc_context(settings):
        moved = drawn(chart, {name: table.set_axis(range(7, 7 + len(table))) for name, table in tables[text].items()})
        assert mpl.rcParams["font.size"] == 20
        saved = svg(moved)
    assert saved == svg(drawn(chart, tables[text]))
    for name, table in before.items():
        pd.testing.assert_frame_equal(tables[text][name], table)


@each_chart
def test_a_table_without_rows_gives_an_honest_frame(chart, tables):
    """That there is nothing to draw is said in one line, in the frame and in the alternative text."""
    figure = drawn(chart, {name: table.head(0) for name, table in tables["seed"].items()})
    (message,) = words(figure)
    assert figure.get_label() == f"Empty chart: {message}."
    assert not figure.axes[0].lines


@each_chart
def test_a_missing_column_is_named(chart, tables):
    """A wrong table is refused with the columns that it has and lacks."""
    with pytest.raises(ValueError, match=r"has the columns sentinel; expected also \w+"):
        drawn(chart, dict.fromkeys(tables["seed"], pd.DataFrame({"sentinel": [1]})))


@each_chart
def test_two_articles_are_refused(chart, tables):
    """A chart shows one article: the rows of two would be drawn over each other."""
    both = {name: pd.concat([table, table.assign(article_id="b")]) for name, table in tables["seed"].items()}
    with pytest.raises(ValueError, match="holds 2 articles"):
        drawn(chart, both)


def test_importing_charts_is_light():
    """Matplotlib loads with the first chart, and pyplot never."""
    code = (
        "import sys, analysis.charts as charts, pandas as pd\n"
        "assert 'matplotlib' not in sys.modules\n"
        "charts.tone(pd.DataFrame({'sentence': [1], 'compound': [0.5]}))\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


# What each chart holds


def strokes(line):
    """Give the height of each upright stroke of a line, by its place."""
    x, y = (np.asarray(values).reshape(-1, 3) for values in line.get_data())
    return {float(place): float(head) for place, head in zip(x[:, 0], y[:, 1], strict=True)}


def test_sentence_lengths_mark_the_title_and_the_median():
    table = pd.DataFrame({
        "sentence": [0, 1, 2, 3], "n_tokens": [4, 10, 6, 30], "paragraph": [0, 1, 1, 2],
        "role": ["title", "body", "body", "body"],
    })  # fmt: skip
    figure = charts.sentence_lengths(table)
    body, title, median = figure.axes[0].lines
    assert strokes(body) == {1: 10, 2: 6, 3: 30}
    assert strokes(title) == {0: 4}
    assert median.get_ydata()[0] == 10
    assert {"title", "median 10", "length (tokens)", "Tokens in each of 4 sentences"} <= set(words(figure))


def test_sentence_scores_mark_what_each_method_ranks_highest_and_what_is_selected():
    """As many are dark as are selected; of equal scores the earlier sentence is; a title has no score."""
    table = pd.DataFrame({
        "sentence": [0, 1, 2, 3], "a": [np.nan, 5.0, 5.0, 1.0], "b": [np.nan, -3.0, -2.0, -1.0],
        "rank": [np.nan, 1, 3, 2], "selected": [False, True, False, False],
    })  # fmt: skip
    figure = charts.sentence_scores(table)
    band, _, a, _, b = figure.axes[0].lines
    assert [set(strokes(line)) for line in (band, a, b)] == [{1}, {1}, {3}]
    assert [text.get_text() for text in figure.axes[0].texts] == ["a", "b"]
    assert "Selected: sentence 1. Highest score: sentence 1 by a and sentence 3 by b." in figure.get_label()
    assert [text.get_text() for text in charts.sentence_scores(table, methods=["b"]).axes[0].texts] == ["b"]


def test_tone_points_up_and_down():
    figure = charts.tone(pd.DataFrame({"sentence": [0, 1, 2], "compound": [0.5, -0.25, 0]}))
    up, down, flat, _ = figure.axes[0].lines
    assert strokes(up) == {0: 0.5}
    assert strokes(down) == {1: -0.25}
    assert flat.get_xdata().tolist() == [2]
    assert "1 above nought, 1 below, 1 at nought" in figure.get_label()


def test_top_terms_are_ordered_by_count_then_place(tables):
    terms = tables["seed"]["terms"].sample(frac=1, random_state=0)
    figure = charts.top_terms(terms, n=5)
    expected = tables["seed"]["terms"].head(5)
    shown = [text.get_text() for text in figure.axes[0].texts]
    assert shown == [*map(str, expected["n"]), *expected["lemma"]]
    assert f"The 5 most frequent of {len(terms)} terms" in words(figure)


def test_frequency_rank_holds_the_first_and_last_rank_of_each_count():
    table = pd.DataFrame({"lemma": list("abcde"), "n": [1, 4, 2, 1, 1], "first_start": range(5)})
    figure = charts.frequency_rank(table)
    zipf, line = figure.axes[0].lines
    assert line.get_xydata().tolist() == [[1, 4], [2, 2], [3, 1], [5, 1]]
    assert zipf.get_xydata().tolist() == [[1, 4], [5, 0.8]]
    assert [text.get_text() for text in figure.axes[0].texts] == ["b", "c", "a + 2 more"]


def test_dispersion_keeps_the_order_of_its_rows():
    table = pd.DataFrame({"word": ["fog", "fog", "bog"], "position": [0.1, 0.5, 0.9]})
    figure = charts.dispersion(table)
    assert [list(strokes(line)) for line in figure.axes[0].lines] == [[0.1, 0.5], [0.9]]
    assert [text.get_text() for text in figure.axes[0].texts] == ["fog", "bog", "times", "2", "1"]


def test_keyness_parts_the_sides_and_opens_what_may_be_nought():
    table = pd.DataFrame({
        "lemma": ["over", "maybe", "under", "untested"], "keyness": [50, 9, -20, np.nan], "log_ratio": [5, 1, -2, 1.0],
        "log_ratio_low": [4, -0.5, -3, 0], "log_ratio_high": [6, 2.5, -1, 2.0],
    })  # fmt: skip
    figure = charts.keyness(table)
    intervals, dots = figure.axes[0].collections
    assert [text.get_text() for text in figure.axes[0].texts] == ["over", "maybe", "under"]
    assert dots.get_offsets().tolist() == [[5, 0], [1, 1], [-2, 3]]
    assert [segment[:, 0].tolist() for segment in intervals.get_segments()] == [[4, 6], [-0.5, 2.5], [-3, -1]]
    is_open = (dots.get_facecolor() == 1).all(axis=1)
    assert is_open.tolist() == [False, True, False]
    largest_first = np.argsort(-dots.get_sizes()).tolist()
    assert largest_first == [0, 2, 1]


def test_key_phrases_look_as_agreed_as_they_are():
    table = pd.DataFrame({
        "phrase": ["border", "air strikes", "troops"], "score": [0.4, 0.9, 0.7], "agreement": [0.25, 1.0, 0.5],
        "n": [1, 5, 2],
    })  # fmt: skip
    figure = charts.key_phrases(table)
    lines = figure.axes[0].lines
    assert [line.get_xdata().tolist() for line in lines] == [[0.9], [0.7], [0.4]]
    assert len({line.get_marker() + str(line.get_markerfacecolor()) for line in lines}) == 3
    assert [text.get_text() for text in figure.axes[0].texts] == [
        "air strikes", "troops", "border", "times", "5", "2", "1",
    ]  # fmt: skip
    assert "All methods agree on 1 of them." in figure.get_label()


def test_measures_of_one_unit_share_an_axis_and_an_undefined_one_says_why():
    table = pd.DataFrame({
        "measure": ["grade_a", "ease", "grade_b"], "value": [15, 28, np.nan], "unit": ["grade", "points", "grade"],
        "low": [13, 20, np.nan], "high": [17, 36, np.nan], "note": ["", "", "too few sentences"],
    })  # fmt: skip
    figure = charts.measures_intervals(table)
    assert [axes.get_xlabel() for axes in figure.axes] == ["grade", "points"]
    assert [text.get_text() for text in figure.axes[0].texts] == ["grade a", "grade b", "too few sentences"]
    assert "grade a 15 (13 to 17), ease 28 (20 to 36) and grade b undefined." in figure.get_label()
    assert words(charts.measures_intervals(table[2:])) == ["too few sentences"]


def test_names_are_grouped_by_kind():
    table = pd.DataFrame({
        "name": ["Libya", "Egyptian", "Cairo"], "label": ["location", "norp", "location"], "n": [9, 6, 1],
        "n_sentences": [8, 6, 1],
    })  # fmt: skip
    figure = charts.names(table)
    assert [text.get_text() for text in figure.axes[0].texts] == ["9", "1", "6", "Libya", "Cairo", "Egyptian"]
    assert {"location", "nationality or group", "sentences, where fewer"} <= set(words(figure))


def test_a_name_stands_in_one_row_under_its_usual_kind():
    table = pd.DataFrame({"name": ["UAE", "Libya", "UAE", "UAE"], "label": ["misc", "location", "location", "location"],
                          "start": [50, 10, 70, 90]})  # fmt: skip
    figure = charts.name_positions(table, length_chars=200)
    assert [text.get_text() for text in figure.axes[0].texts] == ["Libya", "UAE", "mentions", "1", "3"]
    assert [line.get_xdata().tolist() for line in figure.axes[0].lines] == [[10], [50, 70, 90]]
    assert figure.axes[0].get_xlim()[1] >= 200
    assert "miscellaneous" not in words(figure)


def test_a_network_shows_only_names_that_it_joins(tables):
    """Of the wanted names, those that share a sentence with another of them."""
    cooccurrence, names = tables["seed"]["cooccurrence"], tables["seed"]["names"]
    for n in (2, 5, 12):
        figure = charts.name_network(cooccurrence, names, n=n)
        wanted = set(names.loc[names["name"].isin([*cooccurrence["left"], *cooccurrence["right"]]), "name"].head(n))
        pairs = cooccurrence[cooccurrence["left"].isin(wanted) & cooccurrence["right"].isin(wanted)]
        *shown, _ = (text.get_text() for text in figure.axes[0].texts)
        assert set(shown) == {*pairs["left"], *pairs["right"]}
        assert len(figure.axes[0].collections[0].get_segments()) == len(pairs)
        assert f"joined by {len(pairs)} line" in figure.get_label()
    assert "none of the 1 most frequent" in charts.name_network(cooccurrence, names, n=1).get_label()


@pytest.mark.parametrize("n", [2, 3, 9, 25, 40])
@pytest.mark.parametrize("shape", ["chain", "star", "ring", "clique", "pairs"])
def test_a_network_of_any_shape_has_room_for_its_labels(shape, n):
    """Boxes keep apart and within the page, and the same graph lies the same way each time."""
    edges = {
        "chain": [(i, i + 1) for i in range(n - 1)],
        "star": [(0, i) for i in range(1, n)],
        "ring": [(i, (i + 1) % n) for i in range(n)],
        "clique": list(combinations(range(n), 2)),
        "pairs": [(i, i + 1) for i in range(0, n - 1, 2)],
    }[shape]
    boxes = np.column_stack([np.linspace(0.2, 1.5, n), np.full(n, 0.3)])
    place, height = charts._place(edges, boxes)  # noqa: SLF001 - the geometry, apart from any words
    low, high = place - boxes / 2, place + boxes / 2
    assert low.min() >= -1e-4
    assert high[:, 0].max() <= charts.WIDTH_INCHES
    assert high[:, 1].max() <= height + 1e-4
    for i, j in combinations(range(n), 2):
        assert (low[i] >= high[j] - 1e-4).any() or (low[j] >= high[i] - 1e-4).any()
    assert (charts._place(edges, boxes)[0] == place).all()  # noqa: SLF001


def test_agreement_is_one_triangle_whichever_way_its_pairs_are_given():
    """Pairs in both orders and a method with itself add nothing."""
    half = pd.DataFrame({"method_a": ["lead", "lead", "luhn"], "method_b": ["luhn", "lsa", "lsa"],
                         "kendall_tau": [0.4, -0.1, np.nan]})  # fmt: skip
    whole = pd.concat([half, half.rename(columns={"method_a": "method_b", "method_b": "method_a"}),
                       pd.DataFrame({"method_a": ["lead"], "method_b": ["lead"], "kendall_tau": [1.0]})])  # fmt: skip
    shown = [text.get_text() for text in charts.agreement(half).axes[0].texts]
    assert sorted(shown) == sorted(["+0.40", "−0.10", "n/a", "lead", "luhn", "luhn", "lsa"])
    assert [text.get_text() for text in charts.agreement(whole).axes[0].texts] == shown


def test_nothing_to_draw_is_no_number():
    with pytest.raises(ValueError, match="n is 0; expected 1 or more"):
        charts.top_terms(pd.DataFrame({"lemma": ["a"], "upos": "X", "n": 1, "first_start": 0}), n=0)


def test_what_the_font_lacks_stands_as_its_code_point(tables):
    """Names in any script stay apart, and no glyph is missing: that would be a warning, and here an error."""
    shown = words(charts.top_terms(tables["hostile"]["terms"], n=40))
    assert "U+5317 U+4EAC U+5E02" in shown
    assert "$x^2$" in shown
    assert "القاهرة" in shown
    assert any(text.startswith("WWWW") and text.endswith("…") for text in shown)
    assert "北京市" in charts.top_terms(tables["hostile"]["terms"].assign(lemma="北京市")).get_label()
