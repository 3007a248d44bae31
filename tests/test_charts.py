"""Charts show what their tables contain, legibly, whatever the article."""

import datetime as dt
import io
import re
import subprocess
import sys
from collections import Counter
from itertools import combinations, pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from analysis import Article, annotate, charts, measures, summary
from analysis.charts.events import _ticks
from analysis.charts.graph_layout import graph_layout
from analysis.labels import HEADINGS
from analysis.labels import LABELS as WORDS
from analysis.tables import MODALITIES, PLACE_KINDS, SIGNS, empty, frame
from tests import simple_tables
from tests.conftest import SEED

LABELS = ("location", "organization", "person", "norp", "date", "misc", "facility", "money", "product", "unknown label")
HOSTILE_STRINGS = (
    "$5_000", "$x^2$", r"\frac{1}{2}", "<b>&amp;</b>", "100 %", r"C:\new", "北京市", "नई दिल्ली", "القاهرة", "🦊🦊",
    "W" * 60, "_", "$", "$$", "Llanfair" * 12, "two\nlines\tand a tab", "right\u202eleft\u202c", "\u200b", "É" * 50,
    "�", "a", "",
)  # fmt: skip
LONG_NAME = "The Very Long-Named Gazette of Record and Advertiser of the Northern Counties, $5_000 & <b>北京市</b> " * 2
MONTHS = [f"{year}-{month:02}" for year in range(2009, 2019) for month in range(1, 13)]


def long_text(n_words=20_000):
    rng = np.random.default_rng(1)
    vocabulary = [
        a + b + c for a in ("ba", "de", "Mo", "Ri", "tu") for b in "aeiou" for c in ("n", "rk", "sht", "lla", "b")
    ]
    rate = 1 / np.arange(1, len(vocabulary) + 1)
    drawn = rng.choice(vocabulary, size=n_words, p=rate / rate.sum())
    return "Title\n\n" + "\n\n".join(" ".join(drawn[i : i + 25]) + "." for i in range(0, n_words, 25))


TEXTS = {
    "one word": "Rain",
    "thirty words": "Storm hits coast\n\nA storm hit the coast of Norway on Tuesday, and police in Bergen and Oslo "
    "closed two roads. Nobody was hurt by the storm, the government of Norway said in a statement to Reuters.",
    "seed": SEED.read_text(encoding="utf-8"),
    "20,000 words": long_text(),
}


def tables_of(text):
    """Return the tables that charts of one article take, from a text whose words are tagged by a few rules."""
    sentences, tokens = simple_tables.tables(text, title=text.split("\n")[0] if "\n" in text else None)
    tags = np.array(["NOUN", "VERB", "ADJ", "ADV", "NUM"])
    tagged = tokens["upos"].where(tokens["upos"] != "NOUN", tags[tokens["norm"].str.len() % 5])
    relations = np.array(["nsubj", "obj", "obl:agent", "nmod:poss"])[tokens["norm"].str.len() % 4]
    tokens = tokens.assign(upos=tagged, deprel=tokens["deprel"].where(tokens["head"] < 0, relations))
    mentions = simple_tables.mentions(tokens)
    mentions["label"] = [LABELS[len(name) % len(LABELS)] for name in mentions["name"]]
    terms = measures.terms(tokens)
    published = [method for method in summary.METHODS if method != "dateline"]
    scores = summary.score_sentences(sentences, tokens, mentions, methods=published)
    return {
        "lengths": measures.lengths(sentences, tokens),
        "sentences": sentences,
        "tokens": tokens,
        "roles": measures.grammatical_roles(tokens, mentions, empty("coreference")),
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
        "phrases": summary.key_phrases(sentences, tokens),
        "tone": measures.tone(sentences, tokens),
        "measures": measures.readability(sentences, tokens, resamples=100),
        "places": places_of(mentions),
        "interactions": interactions_of(mentions),
        "timeline": timeline_of(mentions),
    }


def places_of(mentions):
    """Return mentions as if they were places, all over the world."""
    kinds = np.array([kind for kind in PLACE_KINDS if kind])
    lengths = mentions["text"].str.len()
    return frame("places", {
        "article_id": mentions["article_id"], "place": range(len(mentions)),
        **mentions[["sentence", "start", "end", "text", "name"]],
        "country": "", "latitude": lengths * 37.7 % 140 - 60, "longitude": lengths * 91.3 % 360 - 180,
        "geonames_id": pd.NA, "kind": kinds[lengths % len(kinds)],
    })  # fmt: skip


def interactions_of(mentions):
    """Return mentions as if each acted on the next."""
    names = mentions["name"].tolist()
    pairs = [pair for pair in dict.fromkeys(pairwise(names)) if pair[0] != pair[1]]
    return frame("interactions", [
        ("a", *pair, SIGNS[len(pair[0]) % 3], 1 + len(pair[1]) % 4, i) for i, pair in enumerate(pairs)
    ])  # fmt: skip


def timeline_of(mentions):
    """Return mentions as if they were events, over many years."""
    days = [(1 + len(text) % 9, 1 + len(text) % 12) for text in mentions["text"]]
    return frame("timeline", [
        ("a", i, 5 * i, 5 * i + 3, "hit", f"{name} hit the coast of a far land", f"20{i % 40:02}-{month:02}-{day:02}",
         f"20{i % 40:02}-{month:02}-{3 * day:02}", "positive", MODALITIES[i % len(MODALITIES)])
        for i, (name, (day, month)) in enumerate(zip(mentions["name"], days, strict=True))
    ])  # fmt: skip


def with_hostile_strings(tables):
    """Replace each distinct word, name, method or measure by a string that is hard to draw."""

    def replace(column):
        distinct = column.unique()
        return column.map(dict(zip(distinct, (HOSTILE_STRINGS * len(distinct))[: len(distinct)], strict=True)))

    text_columns = ("word", "lemma", "phrase", "name", "left", "right", "actor", "target", "told", "measure", "note")
    tables = {
        key: table.assign(**{column: replace(table[column]) for column in text_columns if column in table.columns})
        for key, table in tables.items()
    }
    methods = dict(zip(summary.METHODS, HOSTILE_STRINGS, strict=False))
    tables["summary"] = tables["summary"].rename(columns=methods)
    tables["agreement"] = tables["agreement"].replace({"method_a": methods, "method_b": methods})
    return tables


TABLES_OF_CHARTS = {
    charts.sentence_lengths: ["lengths"],
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
    charts.sentence_tree: ["sentences", "tokens"],
    charts.grammatical_roles: ["roles"],
    charts.names: ["names"],
    charts.name_positions: ["mentions"],
    charts.name_network: ["cooccurrence", "names"],
    charts.collocation_network: ["collocations"],
    charts.agreement: ["agreement"],
    charts.place_map: ["places"],
    charts.interaction_network: ["interactions"],
    charts.timeline: ["timeline"],
}
for_each_chart = pytest.mark.parametrize("chart", TABLES_OF_CHARTS, ids=lambda chart: chart.__name__)


@pytest.fixture(scope="module")
def tables():
    """Return the tables of each text, by name, and those of the seed article with hostile strings."""
    tables = {name: tables_of(text) for name, text in TEXTS.items()}
    return {**tables, "hostile strings": with_hostile_strings(tables["seed"])}


def draw(chart, tables):
    return chart(*(tables[name] for name in TABLES_OF_CHARTS[chart]))


def svg(figure):
    file = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "test", "svg.fonttype": "path"}):
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def texts(figure):
    """Return the visible texts of a figure, each with its bounding box in pixels."""
    figure.draw_without_rendering()
    visible = list(figure.texts)
    for axes in figure.axes:
        visible += axes.texts
        if axes.axison:
            visible += [axes.xaxis.label, axes.yaxis.label]
            for axis in (axes.xaxis, axes.yaxis):
                low, high = sorted(axis.get_view_interval())
                visible += [tick.label1 for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    return [(text.get_text(), text.get_window_extent()) for text in visible if text.get_text().strip()]


def words(figure):
    """Return the visible texts of a figure."""
    return [text for text, _ in texts(figure)]


def axes_texts(figure, panel=0):
    """Return the texts of a panel that come from the data, in the order in which they were drawn."""
    return [text.get_text() for text in figure.axes[panel].texts]


def bar_tops(line):
    """Return the upper end of each vertical bar that a line consists of, by horizontal position."""
    x, y = (np.asarray(values).reshape(-1, 3) for values in line.get_data())
    return {float(position): float(top) for position, top in zip(x[:, 0], y[:, 1], strict=True)}


def assert_legible(figure, *, width_pixels=720):
    """Assert that no text overlaps another or exceeds the figure, and that the figure has an alternative text."""
    width, height = figure.get_size_inches() * figure.dpi
    assert width == pytest.approx(width_pixels)
    assert 80 < height < 1000
    half_a_pixel = 0.5
    visible = texts(figure)
    for text, box in visible:
        distances = (box.x0, box.y0, width - box.x1, height - box.y1)
        assert min(distances) >= -half_a_pixel, f"{text!r} exceeds the figure"
    for (text, box), (other_text, other) in combinations(visible, 2):
        overlap_x = min(box.x1, other.x1) - max(box.x0, other.x0)
        overlap_y = min(box.y1, other.y1) - max(box.y0, other.y0)
        assert min(overlap_x, overlap_y) <= half_a_pixel, f"{text!r} and {other_text!r} overlap"
    alt = figure.get_label()
    assert re.match(r"(Bar|Dot|Dependency|Map|Paired|Strip|Dispersion|Line|Step|Network|Heat|Small|Not drawn)", alt)
    assert re.search(r"\.$", alt)
    assert not re.search(r"\bnan\b|[\n\t]|  ", alt)


# Every chart of one article


@pytest.mark.parametrize("text", [*TEXTS, "hostile strings"])
@for_each_chart
def test_every_text_is_legible(chart, text, tables):
    assert_legible(draw(chart, tables[text]))


@pytest.fixture(params=[True, False], ids=["title", "no title"])
def one_column(request):
    """Let charts be drawn for one column of a paper, with and without titles."""
    charts.set_size(n_columns=1, title=request.param)
    # An SVG has the letters' outlines as they are, not as they are hinted for a screen.
    with mpl.rc_context({"text.hinting": "none"}):
        yield request.param
    charts.set_size()


@pytest.mark.parametrize(
    ("text", "one_column"),
    [("thirty words", True), ("seed", True), ("seed", False), ("hostile strings", True)],
    indirect=["one_column"],
)
@for_each_chart
def test_every_text_is_legible_in_one_column(chart, text, tables, one_column):
    figure = draw(chart, tables[text])
    assert_legible(figure, width_pixels=100 * 85 / 25.4 * 8.5 / 7)
    is_drawn = not figure.get_label().startswith("Not drawn")
    assert bool(figure.get_suptitle()) == (one_column and is_drawn)
    # Reduced to 85 mm, no letter is smaller than 6 points.
    shown = [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]
    assert min((text.get_fontsize() for text in shown if text.get_text()), default=9) * 7 / 8.5 >= 6


@pytest.mark.parametrize(("most", "least"), [(369, 34), (8_206, 999)])
def test_numbers_beside_marks_have_room_in_one_column(one_column, most, least):
    names = [f"Speaker of the House {n}" for n in range(4)]
    counts = np.array([most, least, 9, 1])
    said = pd.DataFrame({"speaker": names, "source_kind": "person", "n_words": counts, "share": counts / counts.sum()})
    named = {"name": names, "n_subject": counts, "n_agent": 0, "n_object": counts[::-1] // 2, "n_passive": 1}
    terms = pd.DataFrame({"lemma": names, "upos": "NOUN", "n": counts, "first_start": range(4)})
    drawn = [charts.voices(said), charts.grammatical_roles(pd.DataFrame(named)), charts.top_terms(terms)]
    for figure in drawn:
        assert_legible(figure, width_pixels=100 * 85 / 25.4 * 8.5 / 7)


@pytest.mark.parametrize("wrong", [0, 3, True, "1"])
def test_size_of_other_columns_raises(wrong):
    with pytest.raises(ValueError, match=r"n_columns is .*; expected 1 or 2"):
        charts.set_size(n_columns=wrong)


@for_each_chart
@pytest.mark.parametrize("text", ["seed", "hostile strings"])
def test_output_is_independent_of_settings_and_index_and_input_is_unchanged(chart, text, tables):
    before = {name: table.copy() for name, table in tables[text].items()}
    settings = {
        "font.size": 20, "font.family": "serif", "axes.facecolor": "black", "axes.grid": True, "lines.marker": "o",
        "xtick.labelsize": 30, "text.parse_math": True, "lines.linewidth": 9, "figure.autolayout": True,
    }  # fmt: skip
    with mpl.rc_context(settings):
        reindexed = {name: table.set_axis(range(7, 7 + len(table))) for name, table in tables[text].items()}
        saved = svg(draw(chart, reindexed))
        assert mpl.rcParams["font.size"] == 20
    assert saved == svg(draw(chart, tables[text]))
    for name, table in before.items():
        pd.testing.assert_frame_equal(tables[text][name], table)


@for_each_chart
def test_table_without_rows_gives_empty_frame_with_reason(chart, tables):
    figure = draw(chart, {name: table.head(0) for name, table in tables["seed"].items()})
    (reason,) = words(figure)
    assert figure.get_label() == f"Not drawn: {reason}."
    assert not figure.axes[0].lines


@for_each_chart
def test_missing_column_raises_with_columns_present_and_expected(chart, tables):
    with pytest.raises(ValueError, match=r"has the columns sentinel; expected also \w+"):
        draw(chart, dict.fromkeys(tables["seed"], pd.DataFrame({"sentinel": [1]})))


@for_each_chart
def test_rows_of_two_articles_raise(chart, tables):
    both = {name: pd.concat([table, table.assign(article_id="b")]) for name, table in tables["seed"].items()}
    with pytest.raises(ValueError, match="holds 2 articles"):
        draw(chart, both)


def test_drawing_zero_things_raises():
    with pytest.raises(ValueError, match="n is 0; expected a whole number, 1 or more"):
        charts.top_terms(pd.DataFrame({"lemma": ["a"], "upos": "X", "n": 1, "first_start": 0}), n=0)


def test_characters_missing_from_the_font_are_shown_as_code_points(tables):
    """Names in any script stay distinct, and there is no warning about missing glyphs."""
    shown = words(charts.top_terms(tables["hostile strings"]["terms"], n=40))
    assert "U+5317 U+4EAC U+5E02" in shown
    assert "$x^2$" in shown
    assert "القاهرة" in shown
    assert any(text.startswith("WWWW") and text.endswith("…") for text in shown)
    assert "北京市" in charts.top_terms(tables["hostile strings"]["terms"].assign(lemma="北京市")).get_label()


def test_numbers_that_round_to_zero_have_no_sign():
    tone = charts.tone(pd.DataFrame({"sentence": [0, 1], "compound": [-0.0002, 0.5]}))
    assert "They run from 0 (sentence 0) to 0.5 (sentence 1)." in tone.get_label()
    pair = pd.DataFrame({"method_a": ["lead"], "method_b": ["luhn"], "kendall_tau": [-0.0002]})
    assert "0.00" in axes_texts(charts.agreement(pair))


# The package


def test_importing_charts_loads_no_matplotlib_and_drawing_loads_no_pyplot():
    code = (
        "import sys, analysis.charts as charts, pandas as pd\n"
        "assert not {'matplotlib', 'scipy'} & set(sys.modules)\n"
        "charts.tone(pd.DataFrame({'sentence': [1], 'compound': [0.5]}))\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_dir_lists_only_charts_and_public_constants():
    assert dir(charts) == sorted(charts.__all__)
    assert all(callable(getattr(charts, name)) or name.isupper() for name in dir(charts))


# Sentences


def test_sentence_lengths_mark_title_and_median():
    table = pd.DataFrame({
        "sentence": [0, 1, 2, 3], "n_words": [4, 10, 6, 30], "paragraph": [0, 1, 1, 2],
        "role": ["title", "body", "body", "body"],
    })  # fmt: skip
    figure = charts.sentence_lengths(table)
    body, title, median = figure.axes[0].lines
    assert bar_tops(body) == {1: 10, 2: 6, 3: 30}
    assert bar_tops(title) == {0: 4}
    assert median.get_ydata()[0] == 10
    assert {"title", "median 10", "length (words)", "Words in each of 3 sentences"} <= set(words(figure))


def test_sentence_scores_highlight_as_many_top_scores_as_sentences_are_selected():
    """The earlier of two equal scores is the higher, and a title has no score."""
    table = pd.DataFrame({
        "sentence": [0, 1, 2, 3], "a": [np.nan, 5.0, 5.0, 1.0], "b": [np.nan, -3.0, -2.0, -1.0],
        "rank": [np.nan, 1, 3, 2], "selected": [False, True, False, False],
    })  # fmt: skip
    figure = charts.sentence_scores(table)
    selected, _, top_of_a, _, top_of_b = figure.axes[0].lines
    assert [set(bar_tops(line)) for line in (selected, top_of_a, top_of_b)] == [{1}, {1}, {3}]
    assert axes_texts(figure) == ["a", "b"]
    assert "Selected: sentence 1. Highest score: sentence 1 by a and sentence 3 by b." in figure.get_label()
    assert axes_texts(charts.sentence_scores(table, methods=["b"])) == ["b"]


def test_tone_draws_positive_up_and_negative_down():
    figure = charts.tone(pd.DataFrame({"sentence": [0, 1, 2], "compound": [0.5, -0.25, 0]}))
    positive, negative, neutral, _ = figure.axes[0].lines
    assert bar_tops(positive) == {0: 0.5}
    assert bar_tops(negative) == {1: -0.25}
    assert neutral.get_xdata().tolist() == [2]
    assert "1 above nought, 1 below, 1 at nought" in figure.get_label()


# Maps


def some_places(*rows):
    return pd.DataFrame(rows, columns=["name", "kind", "latitude", "longitude"])


CAIRO, LIBYA, SINAI = (
    ("Cairo", "capital", 30.06, 31.25),
    ("Libya", "country", 27.0, 17.0),
    ("Sinai", "region", 29.5, 34.0),
)
CHILE = ("Chile", "country", -30.0, -71.0)


def test_a_map_names_its_places_and_says_where_they_lie():
    figure = charts.place_map(some_places(CAIRO, LIBYA, CAIRO, ("Egypt", "demonym", 27.0, 30.0)))
    assert axes_texts(figure) == ["Cairo", "Libya"]
    assert {"Where 2 places lie", "capital", "country", "mark area: mentions (1 to 2)"} <= set(words(figure))
    assert "Cairo (capital, 30° N 31° E, 2) and Libya (country, 27° N 17° E, 1)." in figure.get_label()


def test_a_map_leaves_out_a_far_country_that_is_seldom_named():
    often = [CAIRO, SINAI] * 6
    assert axes_texts(charts.place_map(some_places(*often, CHILE))) == ["Cairo", "Sinai"]
    assert "mark area: mentions (6); beyond the map: Chile" in words(charts.place_map(some_places(*often, CHILE)))
    assert "Chile" in axes_texts(charts.place_map(some_places(*often, *[CHILE] * 3)))


@pytest.mark.parametrize(
    "rows",
    [[CAIRO], [CHILE, CAIRO], [("Fiji", "country", -18, 178), ("Alaska", "region", 64, -150)], [("S", "town", -89, 0)]],
    ids=["one town", "half the world", "both ends", "a pole"],
)
def test_places_lie_within_the_map_and_land_is_drawn(rows):
    figure = charts.place_map(some_places(*rows))
    (axes,) = figure.axes
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    points = [point for marks in axes.collections for point in marks.get_offsets()]
    assert len(points) == len(rows)
    assert all(left <= x <= right and low <= y <= high for x, y in points)
    (land,) = [artist for artist in axes.patches if len(artist.get_path()) > 10]
    assert set(np.round(land.get_path().vertices.ravel() * 100 % 1, 6)) <= {0.0, 1.0}


# Words


def test_top_terms_are_ordered_by_count_then_first_occurrence(tables):
    terms = tables["seed"]["terms"].sample(frac=1, random_state=0)
    figure = charts.top_terms(terms, n=5)
    expected = tables["seed"]["terms"].head(5)
    assert axes_texts(figure) == [*map(str, expected["n"]), *expected["lemma"]]
    assert f"The 5 most frequent of {len(terms)} terms" in words(figure)


def test_frequency_rank_plots_first_and_last_rank_of_each_count():
    table = pd.DataFrame({"lemma": list("abcde"), "n": [1, 4, 2, 1, 1], "first_start": range(5)})
    figure = charts.frequency_rank(table)
    zipf, line = figure.axes[0].lines
    assert line.get_xydata().tolist() == [[1, 4], [2, 2], [3, 1], [5, 1]]
    assert zipf.get_xydata().tolist() == [[1, 4], [5, 0.8]]
    assert axes_texts(figure) == ["b", "c", "a + 2 more"]


def test_dispersion_keeps_order_of_rows():
    table = pd.DataFrame({"word": ["fog", "fog", "bog"], "position": [0.1, 0.5, 0.9]})
    figure = charts.dispersion(table)
    assert [list(bar_tops(line)) for line in figure.axes[0].lines] == [[0.1, 0.5], [0.9]]
    assert axes_texts(figure) == ["fog", "bog", "times", "2", "1"]


def test_keyness_separates_over_and_underuse_and_hollows_intervals_with_zero():
    table = pd.DataFrame({
        "lemma": ["over", "maybe", "under", "untested"], "keyness": [50, 9, -20, np.nan], "log_ratio": [5, 1, -2, 1.0],
        "log_ratio_low": [4, -0.5, -3, 0], "log_ratio_high": [6, 2.5, -1, 2.0],
    })  # fmt: skip
    figure = charts.keyness(table)
    intervals, dots = figure.axes[0].collections
    assert axes_texts(figure) == ["over", "maybe", "under"]
    assert dots.get_offsets().tolist() == [[5, 0], [1, 1], [-2, 3]]
    assert [segment[:, 0].tolist() for segment in intervals.get_segments()] == [[4, 6], [-0.5, 2.5], [-3, -1]]
    is_hollow = (dots.get_facecolor() == 1).all(axis=1)
    assert is_hollow.tolist() == [False, True, False]
    largest_first = np.argsort(-dots.get_sizes()).tolist()
    assert largest_first == [0, 2, 1]


def test_key_phrases_differ_in_mark_by_agreement():
    table = pd.DataFrame({
        "phrase": ["border", "air strikes", "troops"], "score": [0.4, 0.9, 0.7], "agreement": [0.25, 1.0, 0.5],
        "n": [1, 5, 2],
    })  # fmt: skip
    figure = charts.key_phrases(table)
    lines = figure.axes[0].lines
    assert [line.get_xdata().tolist() for line in lines] == [[0.9], [0.7], [0.4]]
    assert len({line.get_marker() + str(line.get_markerfacecolor()) for line in lines}) == 3
    assert axes_texts(figure) == ["air strikes", "troops", "border", "times", "5", "2", "1"]
    assert "All methods agree on 1 of them." in figure.get_label()


# Measures of one article


@pytest.mark.parametrize("chart", [chart for chart in TABLES_OF_CHARTS if chart is not charts.sentence_tree])
def test_charts_show_words_for_codes_as_tables_do(tables, chart):
    # The tree of a sentence has the codes of Universal Dependencies, as its caption says.
    codes = {code for labels in [HEADINGS, *WORDS.values()] for code, label in labels.items() if label != code}
    figure = draw(chart, tables["seed"])
    spoken = re.findall(r"[a-z_]+", figure.get_label())
    codes_of_measures_and_methods = {*WORDS["measure"], *WORDS["method_a"]} & codes - {"types"}
    assert not codes & set(words(figure))
    assert not codes_of_measures_and_methods & set(spoken)


def test_charts_call_parts_of_speech_as_tables_do(tables):
    rows = tables["seed"]["tags"]
    assert set(rows["upos"].map(WORDS["upos"])) <= set(words(charts.tag_profile(rows)))


def test_measures_of_one_unit_share_an_axis_and_undefined_ones_show_their_note():
    table = pd.DataFrame({
        "measure": ["grade_a", "ease", "grade_b"], "value": [15, 28, np.nan], "unit": ["grade", "points", "grade"],
        "low": [13, 20, np.nan], "high": [17, 36, np.nan], "note": ["", "", "too few sentences"],
    })  # fmt: skip
    figure = charts.measures_intervals(table)
    assert [axes.get_xlabel() for axes in figure.axes] == ["grade", "points"]
    assert axes_texts(figure) == ["grade a", "grade b", "too few sentences"]
    assert "grade a 15 (13 to 17), ease 28 (20 to 36) and grade b undefined." in figure.get_label()
    assert words(charts.measures_intervals(table[2:])) == ["too few sentences"]


# Names


LONG = (
    "The settlement, which both firms signed in London on Monday, said that the computer maker could use its name to "
    "market goods that run, play or deliver music, but barred it from selling “physical media” such as records, tapes "
    "or discs, because the label (founded by the band in 1968) had feared for years that buyers would take one firm "
    "for the other."
)


@pytest.mark.parametrize(
    "text", ["Rain fell.", "She “won” the US-led race (at 9.30).", LONG], ids=["two", "marks", "60"]
)
def test_a_tree_has_each_word_and_relation_and_is_legible(text):
    tables = annotate(Article.from_text(text), force=True)
    figure = charts.sentence_tree(tables.sentences, tables.tokens, sentence=0)
    assert_legible(figure)
    tokens = tables.tokens[tables.tokens["deprel"] != "punct"]
    drawn = axes_texts(figure)
    for column in ("lemma", "upos", "deprel"):
        assert not Counter(tokens[column]) - Counter(drawn)
    # With the marks beside them, the words are the whole text.
    unmarked = [word for word in text.split() if word in drawn]
    assert len(unmarked) > 0.8 * len(text.split())
    assert svg(figure) == svg(charts.sentence_tree(tables.sentences, tables.tokens, sentence=0))


def test_arcs_that_leave_a_row_come_in_again_in_the_next():
    tables = annotate(Article.from_text(LONG), force=True)
    figure = charts.sentence_tree(tables.sentences, tables.tokens, sentence=0)
    (axes,) = figure.axes
    width = axes.get_xlim()[1]
    ends = [patch.get_path().vertices for patch in axes.patches]
    leaving = sum(points[-1][0] == width for points in ends)
    assert leaving == sum(points[0][0] == 0 for points in ends) > 2
    assert len({round(text.get_position()[1]) for text in axes.texts if text.get_text() in {"NOUN", "VERB"}}) > 3


def test_a_tree_is_that_of_a_short_sentence_unless_one_is_chosen():
    paragraphs = [
        "Rain",
        "It rained in Oslo all day and all night, and it rained on and on, until nobody could remember the sun.",
        "It stopped late on Monday.",
        "The sun rose.",
    ]
    tables = annotate(Article.from_text("\n\n".join(paragraphs), title="Rain"), force=True)
    alt = charts.sentence_tree(tables.sentences, tables.tokens).get_label()
    assert alt.startswith(
        "Dependency tree of sentence 2, 5 words: “It stopped late on Monday.”. The root is stopped (verb)"
    )
    assert "sentence 3, 3 words" in charts.sentence_tree(tables.sentences, tables.tokens, sentence=3).get_label()
    with pytest.raises(ValueError, match=r"^sentence is 9; expected −1, or 0 to 3$"):
        charts.sentence_tree(tables.sentences, tables.tokens, sentence=9)
    with pytest.raises(ValueError, match="the tokens have no trees"):
        charts.sentence_tree(tables.sentences, tables.tokens.assign(deprel=""))


def test_a_tree_too_high_for_a_page_is_cut_and_says_so():
    tables = annotate(Article.from_text(", ".join([LONG.rstrip(".")] * 4) + "."), force=True)
    figure = charts.sentence_tree(tables.sentences, tables.tokens, sentence=0)
    assert figure.get_size_inches()[1] < 9.5
    assert re.search(r"Sentence 0, the first \d+ of \d+ words", " ".join(words(figure)))


@pytest.mark.parametrize("n", [40, 500])
def test_a_word_with_very_many_dependents_is_drawn_within_a_page(n):
    sentences = pd.DataFrame({"sentence": [0], "n_tokens": [n], "role": ["body"]})
    start = 6 * np.arange(n)
    tokens = pd.DataFrame({"sentence": 0, "token": range(n), "start": start, "end": start + 5, "text": "words"}).assign(
        lemma="word", upos="NOUN", head=np.where(start, 0, -1), deprel=np.where(start, "conj", "root")
    )
    figure = charts.sentence_tree(sentences, tokens)
    assert figure.get_size_inches()[1] < 9.5
    assert f"{n - 13:,} more." in figure.get_label()


def test_roles_leave_out_names_that_neither_act_nor_are_acted_on():
    columns = {"n_subject": [0, 2, 0], "n_agent": [0, 1, 0], "n_object": [0, 1, 1], "n_passive": [0, 0, 3]}
    figure = charts.grammatical_roles(pd.DataFrame({"name": ["Cairo", "Mali", "Chad"], **columns}))
    assert figure.get_label().endswith(": Mali 3 to 1 and Chad 0 to 4.")
    assert axes_texts(figure).count("4") == 1
    assert "Cairo" not in words(figure)


def test_names_are_grouped_by_entity_label():
    table = pd.DataFrame({
        "name": ["Libya", "Egyptian", "Cairo"], "label": ["location", "norp", "location"], "n": [9, 6, 1],
        "n_sentences": [8, 6, 1],
    })  # fmt: skip
    figure = charts.names(table)
    assert axes_texts(figure) == ["9", "1", "6", "Libya", "Cairo", "Egyptian"]
    assert {"location", "nationality or group", "sentences, where fewer"} <= set(words(figure))


def test_name_positions_draw_a_name_once_with_its_most_frequent_label():
    table = pd.DataFrame({
        "name": ["UAE", "Libya", "UAE", "UAE"], "label": ["misc", "location", "location", "location"],
        "start": [50, 10, 70, 90],
    })  # fmt: skip
    figure = charts.name_positions(table, length_chars=200)
    assert axes_texts(figure) == ["Libya", "UAE", "mentions", "1", "3"]
    assert [line.get_xdata().tolist() for line in figure.axes[0].lines] == [[10], [50, 70, 90]]
    assert figure.axes[0].get_xlim()[1] >= 200
    assert "miscellaneous" not in words(figure)


# Networks


@pytest.mark.parametrize("n", [5, 12, 20])
def test_name_network_draws_the_joined_ones_of_the_most_frequent_names(n, tables):
    cooccurrence, names = tables["seed"]["cooccurrence"], tables["seed"]["names"]
    figure = charts.name_network(cooccurrence, names, n=n)
    frequent = set(names.loc[names["name"].isin([*cooccurrence["left"], *cooccurrence["right"]]), "name"].head(n))
    pairs = cooccurrence[cooccurrence["left"].isin(frequent) & cooccurrence["right"].isin(frequent)]
    assert set(axes_texts(figure)) == {*pairs["left"], *pairs["right"]}
    assert len(figure.axes[0].collections[0].get_segments()) == len(pairs)
    assert f"joined by {len(pairs)} line" in figure.get_label()


def test_name_network_of_one_name_is_empty(tables):
    figure = charts.name_network(tables["seed"]["cooccurrence"], tables["seed"]["names"], n=1)
    assert figure.get_label() == "Not drawn: 0 pairs of the 1 most frequent names share a sentence."


def test_collocations_that_chance_explains_are_not_drawn():
    pairs = pd.DataFrame({"left": list("abcd"), "right": list("efgh"), "n": 2, "log_dice": 13.0, "p_adjusted": 0.01})
    assert (
        "joined by 3 collocations"
        in charts.collocation_network(pairs.assign(p_adjusted=[0.01, 0.01, 0.01, 0.2])).get_label()
    )
    few = charts.collocation_network(pairs.assign(p_adjusted=[0.01, 0.01, 0.2, 0.2]))
    assert few.get_label() == "Not drawn: 2 of 4 pairs come together more often than by chance."


@pytest.mark.parametrize("n", [2, 3, 9, 25, 40])
@pytest.mark.parametrize("shape", ["chain", "star", "ring", "clique", "pairs"])
def test_graph_layout_separates_boxes_within_the_page_and_is_deterministic(shape, n):
    edges = {
        "chain": [(i, i + 1) for i in range(n - 1)],
        "star": [(0, i) for i in range(1, n)],
        "ring": [(i, (i + 1) % n) for i in range(n)],
        "clique": list(combinations(range(n), 2)),
        "pairs": [(i, i + 1) for i in range(0, n - 1, 2)],
    }[shape]
    boxes = np.column_stack([np.linspace(0.2, 1.5, n), np.full(n, 0.3)])
    positions, height = graph_layout(edges, boxes)
    lower, upper = positions - boxes / 2, positions + boxes / 2
    assert lower.min() >= -1e-4
    assert upper[:, 0].max() <= charts.WIDTH_INCHES
    assert upper[:, 1].max() <= height + 1e-4
    for i, j in combinations(range(n), 2):
        assert (lower[i] >= upper[j] - 1e-4).any() or (lower[j] >= upper[i] - 1e-4).any()
    assert (graph_layout(edges, boxes)[0] == positions).all()


def test_graph_layout_draws_a_chain_from_left_to_right():
    positions, _ = graph_layout([(0, 1), (1, 2), (2, 3)], np.full((4, 2), 0.1))
    steps = np.diff(positions, axis=0)
    assert np.allclose(steps[:, 0], steps[:, 0].mean(), rtol=0.05)
    assert (steps[:, 0] > 5 * np.abs(steps[:, 1])).all()


def test_graph_layout_places_components_side_by_side_the_largest_first():
    positions, _ = graph_layout([(0, 3), (1, 4), (4, 2)], np.full((5, 2), 0.1))
    x = positions[:, 0]
    assert x[[1, 2, 4]].max() < x[[0, 3]].min()


# Methods


def test_agreement_draws_one_triangle_whatever_the_order_of_pairs():
    """Pairs in both orders, and a method with itself, add nothing."""
    half = pd.DataFrame({
        "method_a": ["lead", "lead", "luhn"], "method_b": ["luhn", "lsa", "lsa"], "kendall_tau": [0.4, -0.1, np.nan],
    })  # fmt: skip
    reversed_half = half.rename(columns={"method_a": "method_b", "method_b": "method_a"})
    diagonal = pd.DataFrame({"method_a": ["lead"], "method_b": ["lead"], "kendall_tau": [1.0]})
    shown = axes_texts(charts.agreement(half))
    assert sorted(shown) == sorted(["+0.40", "−0.10", "n/a", "lead", "Luhn", "Luhn", "LSA"])
    assert axes_texts(charts.agreement(pd.concat([half, reversed_half, diagonal]))) == shown


# Charts of many articles


def group_terms_table(n_groups, words_per_group=9, name="group {}"):
    rng = np.random.default_rng(n_groups)
    size = n_groups * words_per_group
    ratio = np.sort(rng.uniform(0.2, 8, size))[::-1]
    return pd.DataFrame({
        "group": np.repeat([name.format(i) for i in range(n_groups)], words_per_group),
        "lemma": [f"word{i}" if i % 7 else LONG_NAME for i in range(size)], "log_ratio": ratio,
        "log_ratio_low": ratio - 2, "log_ratio_high": ratio + 2, "p_adjusted": rng.uniform(0, 0.2, size),
        "n_articles": 3, "of_articles": 1234,
    })  # fmt: skip


def shares_table(n_names, periods, name="name {}"):
    rng = np.random.default_rng(1)
    share = rng.uniform(0.1, 0.6, n_names * len(periods))
    return pd.DataFrame({
        "name": np.repeat([name.format(i) for i in range(n_names)], len(periods)), "period": periods * n_names,
        "share": share, "low": share - 0.1, "high": share + 0.1, "n_articles": 12,
    })  # fmt: skip


def group_measures_table(n_groups, n_measures=6, name="group {}"):
    rng = np.random.default_rng(2)
    size = n_groups * n_measures
    value = rng.uniform(0, 100, size)
    value[::5] = np.nan
    return pd.DataFrame({
        "group": np.repeat([name.format(i) for i in range(n_groups)], n_measures),
        "measure": [f"measure_{i}_of_sentence_length" for i in range(n_measures)] * n_groups, "value": value,
        "unit": "20 (easy) to 60 (hard), by syllables", "low": value - 5, "high": value + 5,
    })  # fmt: skip


CHARTS_OF_MANY_ARTICLES = {
    "two groups": lambda: charts.group_terms(group_terms_table(2)),
    "one group, one word": lambda: charts.group_terms(group_terms_table(1, 1)),
    "thirty groups": lambda: charts.group_terms(group_terms_table(30)),
    "long group names": lambda: charts.group_terms(group_terms_table(3, name=LONG_NAME + "{}")),
    "one name, two months": lambda: charts.over_time(shares_table(1, MONTHS[:2])),
    "thirty names, ten years": lambda: charts.over_time(shares_table(30, MONTHS, LONG_NAME + "{}"), n=40),
    "three months far apart": lambda: charts.over_time(shares_table(4, [MONTHS[0], MONTHS[1], MONTHS[-1]])),
    "long period names": lambda: charts.over_time(shares_table(3, [f"{i} {LONG_NAME}" for i in range(9)])),
    "one group, one measure": lambda: charts.measures_side_by_side(group_measures_table(2, 1).tail(1)),
    "thirty groups' measures": lambda: charts.measures_side_by_side(group_measures_table(30, 9)),
    "long row labels": lambda: charts.measures_side_by_side(group_measures_table(3, 6, LONG_NAME + "{}")),
    "articles with one title": lambda: charts.measures_side_by_side(
        group_measures_table(50, 4).assign(article_id=lambda table: table["group"], group="T")
    ),
}


@pytest.mark.parametrize("case", CHARTS_OF_MANY_ARTICLES)
def test_every_text_is_legible_in_charts_of_many_articles(case):
    figure = CHARTS_OF_MANY_ARTICLES[case]()
    assert len(texts(figure)) > 3
    assert_legible(figure)
    assert svg(figure) == svg(CHARTS_OF_MANY_ARTICLES[case]())


@pytest.mark.parametrize("one_column", [False], indirect=True)
@pytest.mark.parametrize("case", CHARTS_OF_MANY_ARTICLES)
def test_every_text_is_legible_in_one_column_in_charts_of_many_articles(case, one_column):
    figure = CHARTS_OF_MANY_ARTICLES[case]()
    assert not figure.get_suptitle()
    assert_legible(figure, width_pixels=100 * 85 / 25.4 * 8.5 / 7)


@pytest.mark.parametrize(
    ("figure", "reason"),
    [
        (lambda: charts.group_terms(group_terms_table(2).head(0)), "too few articles to set groups apart"),
        (lambda: charts.over_time(shares_table(2, MONTHS).head(0)), "no names to follow"),
        (
            lambda: charts.over_time(shares_table(2, ["2014-09"])),
            "all articles are of one period, 2014-09: nothing changes over time",
        ),
        (lambda: charts.measures_side_by_side(group_measures_table(2).assign(value=np.nan)), "no measure is defined"),
    ],
)
def test_charts_of_many_articles_give_the_reason_where_there_is_nothing_to_draw(figure, reason):
    assert figure().get_label() == f"Not drawn: {reason}."


def test_group_terms_mark_words_whose_difference_is_not_significant():
    terms = group_terms_table(1, 2).assign(p_adjusted=[0.01, 0.2], lemma=["sure", "unsure"])
    figure = charts.group_terms(terms)
    assert {"adjusted p below .05", "may be chance", "sure", "unsure", "3 of 1,234"} <= set(words(figure))
    assert re.search(r"group 0: sure \(\+[\d.]+\) and unsure \(\+[\d.]+, may be chance\)\.", figure.get_label())


def test_charts_of_many_articles_say_how_many_of_the_groups_and_names_are_drawn():
    assert "Words that set 10 of 30 groups apart" in words(charts.group_terms(group_terms_table(30)))
    measures_chart = charts.measures_side_by_side(group_measures_table(30, 9))
    assert "9 measures of the first 11 of 30 groups" in measures_chart.get_label()
    title = "The first 12 names of 30, in 2 periods from 2009-01 to 2009-02"
    assert title in words(charts.over_time(shares_table(30, MONTHS[:2])))


def test_over_time_keeps_the_distances_between_months_and_joins_only_adjacent_ones():
    figure = charts.over_time(shares_table(1, ["2009-01", "2009-02", "2009-06"]))
    intervals, line = figure.axes[0].lines[:2]
    x = line.get_xdata()
    assert np.isnan(x).sum() == 1
    assert (x[~np.isnan(x)] - x[0]).tolist() == [0, 1, 5]
    assert len(intervals.get_xdata()) == 9


def test_over_time_names_pairs():
    pairs = shares_table(2, MONTHS[:2]).rename(columns={"name": "left"}).assign(right="Cairo")
    figure = charts.over_time(pairs)
    assert "2 pairs of names in 2 periods from 2009-01 to 2009-02" in words(figure)
    assert "name 0 – Cairo" in words(figure)


# Events


def some_interactions(*rows):
    return frame("interactions", [("a", *row, i) for i, row in enumerate(rows)])


def test_interaction_network_draws_an_arrow_a_pair_in_the_colour_of_its_sign():
    pairs = [("Oslo", "Lima", "conflict", 3), ("Lima", "Oslo", "cooperation", 1), ("Oslo", "Aden", "neither", 1)]
    figure = charts.interaction_network(some_interactions(*pairs))
    (axes,) = figure.axes
    assert len(axes.patches) == 3
    assert len({patch.get_edgecolor() for patch in axes.patches}) == 3
    widths = [patch.get_linewidth() for patch in axes.patches]
    assert widths[0] > widths[1] == widths[2]
    assert words(figure)[0] == "Who acts on whom: 3 pairs"
    assert {"Oslo", "Lima", "Aden", "conflict", "cooperation", "neither"} <= set(words(figure))
    assert figure.get_label() == (
        "Network of 3 participants in events, joined by 3 arrows from who acts to who is acted on. Most often: Oslo on "
        "Lima (3, conflict), Lima on Oslo (1, cooperation) and Oslo on Aden (1, neither). Drawn are events of "
        "cooperation, conflict and neither."
    )


def test_interaction_network_of_two_pairs_is_empty():
    pairs = [("Oslo", "Lima", "conflict", 3), ("Oslo", "Lima", "cooperation", 3), ("Lima", "Oslo", "conflict", 1)]
    figure = charts.interaction_network(some_interactions(*pairs))
    assert figure.get_label().startswith("Not drawn: fewer than three pairs")


def test_interaction_network_draws_no_more_than_can_be_read():
    pairs = [(f"a{i}", f"b{i}", "conflict", 40 - i) for i in range(40)]
    figure = charts.interaction_network(some_interactions(*pairs))
    assert words(figure)[0] == "Who acts on whom: 6 of 40 pairs"
    assert "12 of 80 participants" in figure.get_label()


def test_interaction_network_has_long_names_whole_in_several_lines():
    body = "The International Committee of the Red Cross"
    pairs = [(body, "Oslo", "conflict", 3), ("Oslo", "Supercalifragilisticexpialidociousness", "conflict", 3)]
    figure = charts.interaction_network(some_interactions(*pairs, ("Lima", body, "conflict", 1)))
    assert_legible(figure)
    assert " ".join(words(figure)).count("The International\nCommittee of the Red\nCross") == 1
    assert any(re.fullmatch("Supercalifragil.*…", word) for word in words(figure))


def test_timeline_puts_events_in_the_order_of_time():
    days = [("Lima fell", "2014-08-01", "2014-08-31"), ("Oslo voted", "2013-01-01", "2013-12-31")]
    rows = [("a", i, 0, 4, "fell", *each, "positive", "happened") for i, each in enumerate(days)]
    figure = charts.timeline(frame("timeline", rows))
    assert axes_texts(figure)[-2:] == ["Oslo voted", "Lima fell"]
    assert {"2013", "August 2014"} <= set(words(figure))
    assert figure.get_label() == (
        "Strip plot of 2 events by date, the earliest at the top: Oslo voted (2013, happened) and Lima fell (August "
        "2014, happened)."
    )
    marked = [x for line in figure.axes[0].lines for x in line.get_xdata()]
    assert sorted(marked) == marked


@pytest.mark.parametrize(
    ("first", "last", "years"),
    [
        ("1900", "2012", ["1900", "1950", "2000"]),
        ("2007", "2012", ["2008", "2010", "2012"]),
        ("1776", "1783", ["1776", "1778", "1780", "1782"]),
    ],
)
def test_years_of_a_timeline_are_round(first, last, years):
    low, high = (dt.date.fromisoformat(f"{year}-01-01").toordinal() for year in (first, last))
    positions, labels = _ticks(low, high)
    assert labels == years
    assert [dt.date.fromordinal(int(position)).year for position in positions] == [int(year) for year in years]


def test_a_negated_event_has_a_mark_of_its_own_in_the_timeline():
    row = ("a", 0, 0, 4, "did not fall", "Lima did not fall", "2014-08-01", "2014-08-01", "negative", "happened")
    assert "1 Aug 2014, did not happen" in charts.timeline(frame("timeline", [row])).get_label()
