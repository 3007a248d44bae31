"""Charts say what their tables hold, legibly, whatever the article."""

import io
import re
import subprocess
import sys
from collections import Counter
from itertools import combinations

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from analysis import charts

KINDS = ("location", "organization", "person", "norp", "date", "misc", "facility", "money", "product", "other")
UPOS = ("NOUN", "VERB", "ADJ", "ADV", "NUM", "ADP", "X")
METHODS = ("lead", "luhn", "textrank", "lexrank", "lsa", "sumbasic", "kl", "edmundson", "own")

SEED = (
    "Egypt offers training to Libya\n"
    "Egypt has offered to train pro-government forces in Libya, officials in Cairo said. The Egyptian government fears chaos.\n"
    "Officials from Egypt and Libya met in Cairo and Marsa-Matrouh. Libya and Egypt denied air strikes; Reuters saw the air "
    "strikes in Tripoli. President Abdel-Fattah Al-Sisi called on the United Nations to support Libya.\n"
)
VOCABULARY = [
    f"{a}{b}{c}" for a in ("ba", "de", "mo", "Ri", "Tu") for b in "aeiou" for c in ("n", "rk", "sht", "lla", "")
]


def _long_text(words=20_000):
    rng = np.random.default_rng(1)
    drawn = rng.choice(VOCABULARY, size=words, p=(1 / np.arange(1, 126)) / (1 / np.arange(1, 126)).sum())
    lines = [" ".join(drawn[i : i + 25]) + "." for i in range(0, words, 25)]
    return "A long article\n" + "\n".join(" ".join(lines[i : i + 2]) for i in range(0, len(lines), 2))


TEXTS = {
    "one word": "Rain",
    "thirty words": "Storm hits coast\nA storm hit the coast of Norway on Tuesday, and police in Bergen closed two roads. Nobody was "
    "hurt, the Norwegian government said in a statement to Reuters.",
    "seed": SEED,
    "20,000 words": _long_text(),
    "hostile": "Cost $5_000 $x^2$ \\frac{1}{2} & <b>bold</b> 100% of C:\\new\n"
    f"北京 met नई दिल्ली and Μόσχα and القاهرة by 🦊🦊. {'Llanfair' * 12} saw {'W' * 60} $a_b$ and $a_c$. The\ufffd _under_ "
    f"Tab\tbed \u202eReversed\u202c Zero\u200bWidth {'É' * 50}. $ $$ __ 北京 $5_000.",
}


def _tables(text):
    """Make each table that a chart takes, by splitting at blanks: realistic in shape, not in tagging."""
    rng = np.random.default_rng(0)
    tokens, sentences = [], []
    at = 0
    for paragraph, line in enumerate(text.splitlines()):
        for part in re.split(r"(?<=\.) ", line):
            words = part.split(" ")
            for word in words:
                start = text.index(word, at) if word else at
                tokens.append((len(sentences), start, word.strip(".,;") or "blank"))
                at = start + len(word)
            sentences.append((len(sentences), paragraph, len(words), paragraph == 0 and "\n" in text))
    tokens = pd.DataFrame(tokens, columns=["sentence", "start", "word"])
    sentences = pd.DataFrame(sentences, columns=["sentence", "paragraph", "n_tokens", "is_title"])
    s = len(sentences)

    first = tokens.groupby("word", sort=False)["start"].agg(["size", "min"])
    ratio = rng.normal(1, 3, len(first))
    terms = pd.DataFrame(
        {
            "lemma": first.index,
            "upos": ["PROPN" if w[0].isupper() else UPOS[len(w) % 7] for w in first.index],
            "n": first["size"].to_numpy(),
            "rate_per_1000": 1000 * first["size"].to_numpy() / len(tokens),
            "keyness": np.abs(ratio) * first["size"].to_numpy(),
            "log_ratio": ratio,
            "log_ratio_low": ratio - 1,
            "log_ratio_high": ratio + 1.5,
            "first_start": first["min"].to_numpy(),
        }
    )
    words = terms["lemma"].head(12)
    occurrences = tokens[tokens["word"].isin(words)].assign(position=lambda t: t["start"] / len(text))
    share = rng.dirichlet(np.ones(17))
    tags = pd.DataFrame(
        {
            "upos": list(charts._PARTS_OF_SPEECH),
            "n": (share * len(tokens)).astype(int),
            "share": share,
            "reference_share": share[::-1],
        }
    )
    mentions = tokens[tokens["word"].str[0].str.match(r"[^a-z,.;]")].rename(columns={"word": "name"})
    mentions = mentions.assign(label=[KINDS[len(name) % 10] for name in mentions["name"]])
    grouped = mentions.groupby(["name", "label"], sort=False)["sentence"].agg(n="size", n_sentences="nunique")
    names = grouped.reset_index()
    together = Counter(
        pair
        for _, part in mentions.groupby("sentence")
        for pair in combinations(sorted(set(zip(part["name"], part["label"], strict=True))), 2)
    )
    cooccurrence = pd.DataFrame(
        [(a, b, ka, kb, n) for ((a, ka), (b, kb)), n in together.items()],
        columns=["left", "right", "left_label", "right_label", "n"],
    )
    adjacent = Counter(zip(tokens["word"][:-1], tokens["word"][1:], strict=True))
    collocations = pd.DataFrame(
        [(a, b, n, 14 - i / 50) for i, ((a, b), n) in enumerate(adjacent.items())],
        columns=["left", "right", "n", "log_dice"],
    )
    summary = pd.DataFrame({"sentence": range(s), **{method: rng.gamma(2, 1, s) for method in METHODS}})
    summary["rank"] = summary["own"].rank(ascending=False, method="first").astype(int)
    summary["selected"] = summary["rank"] <= 3
    agreement = pd.DataFrame(
        [(a, b, rng.uniform(-1, 1) if s > 1 else np.nan) for a, b in combinations(METHODS, 2)],
        columns=["method_a", "method_b", "kendall_tau"],
    )
    tone = pd.DataFrame(
        {"sentence": range(s), "compound": np.round(np.tanh(rng.normal(0, 1, s)) * rng.integers(0, 2, s), 4)}
    )
    measures = pd.DataFrame(
        [
            ("Flesch–Kincaid grade", 15.2, "grade", 13.1, 17.4, ""),
            ("SMOG", np.nan, "grade", np.nan, np.nan, "too few sentences"),
            ("Coleman–Liau", 14.8, "grade", np.nan, np.nan, ""),
            ("Flesch reading ease", 28.1, "points", 20.0, 36.4, ""),
        ],
        columns=["measure", "value", "unit", "low", "high", "note"],
    )
    found = locals()
    wanted = "sentences terms occurrences tags mentions names cooccurrence collocations summary agreement tone measures"
    return {name: found[name].assign(article_id="a") for name in wanted.split()}


CHARTS = {
    charts.sentence_lengths: ["sentences"],
    charts.sentence_scores: ["summary"],
    charts.tone: ["tone"],
    charts.top_terms: ["terms"],
    charts.frequency_rank: ["terms"],
    charts.vocabulary_growth: ["terms"],
    charts.dispersion: ["occurrences"],
    charts.keyness: ["terms"],
    charts.tag_profile: ["tags"],
    charts.measures_intervals: ["measures"],
    charts.names: ["names"],
    charts.name_positions: ["mentions"],
    charts.name_network: ["cooccurrence", "names"],
    charts.collocation_network: ["collocations"],
    charts.agreement: ["agreement"],
}
each_chart = pytest.mark.parametrize("chart", CHARTS, ids=lambda chart: chart.__name__)
each_text = pytest.mark.parametrize("text", TEXTS)


@pytest.fixture(scope="module")
def tables():
    return {name: _tables(text) for name, text in TEXTS.items()}


def _draw(chart, tables, **options):
    return chart(*(tables[name] for name in CHARTS[chart]), **options)


def _svg(figure):
    file = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "test", "svg.fonttype": "path"}):
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def _texts(figure):
    """Give the texts that are drawn, each with its box in pixels."""
    figure.draw_without_rendering()
    texts = list(figure.texts)
    for axes in figure.axes:
        texts += axes.texts
        if not axes.axison:
            continue
        texts += [axes.xaxis.label, axes.yaxis.label, axes.title]
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            ticks = axis.get_major_ticks() + axis.get_minor_ticks()
            texts += [tick.label1 for tick in ticks if low <= tick.get_loc() <= high]
    return [(t.get_text(), t.get_window_extent()) for t in texts if t.get_visible() and t.get_text().strip()]


def _words(figure):
    return [text for text, _ in _texts(figure)]


@each_text
@each_chart
def test_every_text_is_legible(chart, text, tables):
    """No text lies over another or sticks out of the figure, and the figure keeps to its measure."""
    figure = _draw(chart, tables[text])
    assert isinstance(figure, Figure)
    width, height = figure.get_size_inches()
    assert width == charts.WIDTH_INCHES
    assert 0.8 <= height <= 10
    texts = _texts(figure)
    slack = 0.5
    for words, box in texts:
        assert box.x0 >= -slack, words
        assert box.y0 >= -slack, words
        assert box.x1 <= width * figure.dpi + slack, words
        assert box.y1 <= height * figure.dpi + slack, words
    for (a, one), (b, other) in combinations(texts, 2):
        across = min(one.x1, other.x1) - max(one.x0, other.x0)
        down = min(one.y1, other.y1) - max(one.y0, other.y0)
        assert across <= slack or down <= slack, f"{a!r} lies over {b!r}"


@each_text
@each_chart
def test_the_label_is_alternative_text(chart, text, tables):
    """Each figure is described in plain sentences: what kind of chart, of what."""
    alt = _draw(chart, tables[text]).get_label()
    assert re.match(r"(Bar|Dot|Paired|Strip|Dispersion|Line|Step|Network|Heat|Small|Empty)", alt)
    assert alt.endswith(".")
    assert "\n" not in alt
    assert "nan" not in alt


@each_chart
@pytest.mark.parametrize("text", ["seed", "hostile"])
def test_the_same_table_gives_the_same_bytes(chart, text, tables):
    """Nothing of the moment, of the tables' index or of the caller's settings is in a figure."""
    before = {name: tables[text][name].copy() for name in CHARTS[chart]}
    plain = _svg(_draw(chart, tables[text]))
    settings = {"font.size": 20, "axes.facecolor": "black", "axes.grid": True, "axes.grid.axis": "both", "xtick.labelsize": 30,
                "text.parse_math": True, "lines.linewidth": 9, "font.family": "serif", "figure.autolayout": True}  # fmt: skip
    with mpl.rc_context(settings):
        figure = _draw(chart, {name: table.set_axis(range(7, 7 + len(table))) for name, table in tables[text].items()})
        assert mpl.rcParams["font.size"] == 20
    assert _svg(figure) == plain
    for name, table in before.items():
        pd.testing.assert_frame_equal(tables[text][name], table)


@each_chart
def test_a_table_without_rows_gives_an_honest_frame(chart, tables):
    """Nothing to draw is said in one line, in the frame and in the alternative text."""
    empty = {name: table.head(0) for name, table in tables["seed"].items()}
    figure = _draw(chart, empty)
    (message,) = _words(figure)
    assert figure.get_label() == f"Empty chart: {message}."
    assert not figure.axes[0].lines


@each_chart
def test_a_missing_column_is_named(chart, tables):
    """A wrong table is refused with what it has and what it lacks."""
    with pytest.raises(ValueError, match=r"has the columns sentinel; expected also \w+"):
        chart(
            *(pd.DataFrame({"sentinel": [1]}) for _ in CHARTS[chart]),
            **({"methods": ["own"]} if chart is charts.sentence_scores else {}),
        )


@each_chart
def test_two_articles_are_refused(chart, tables):
    """A chart shows one article: rows of two would be drawn over each other."""
    both = [pd.concat([tables["seed"][name], tables["seed"][name].assign(article_id="b")]) for name in CHARTS[chart]]
    with pytest.raises(ValueError, match="2 articles"):
        chart(*both)


def test_importing_charts_is_light():
    """Matplotlib loads with the first chart, and pyplot never."""
    code = (
        "import sys, analysis.charts as charts, pandas as pd\n"
        "assert 'matplotlib' not in sys.modules\n"
        "charts.tone(pd.DataFrame({'sentence': [1], 'compound': [0.5]}))\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
