"""What a warm process does before kernels and workers are forked from it, so that they share what it has loaded.

A :class:`~analysis.kernels.ForkServer` takes a function of this module by its name, as in ``analysis.warmup:load``.
Warming up changes no result: a process that is launched plainly does the same work, later and by itself.
"""

from __future__ import annotations

import importlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from matplotlib.figure import Figure as Drawing

    from analysis.exhibits import Exhibit

__all__ = ["load", "load_language", "load_worker", "rehearse"]

_NOTEBOOK_MODULES = (
    "analysis.charts",
    "analysis.content",
    "analysis.exhibits",
    "analysis.findings.contents",
    "analysis.language",
    "analysis.measures",
    "analysis.report.interactive",
    "analysis.summary",
    "matplotlib.backends.backend_svg",
    "matplotlib.figure",
    "matplotlib.style",
    "scipy.sparse.csgraph",
    "scipy.sparse.linalg",
    "scipy.special",
)
#: A line without a verb, for which more patterns are compiled, and a sentence.
_FEW_WORDS = "Rain in Ostrava.\n\nIt rained in Ostrava."
#: Long enough that no measure is undefined for lack of words.
_STORY = """Mayor opens rebuilt bridge in Ostrava – Morning Post

Mayor Jana Nováková opened the rebuilt Miner’s Bridge in Ostrava on Monday, two years after a flood destroyed it. “The
bridge is open, and it is safe,” she said. The European Union and the Czech Republic paid 12 million euros for the
work, which the builders finished three months late.

No flood again.

Critics in Prague said the old bridge could have been saved. Nováková denied that, and said engineers from Germany had
found its piers broken. The Czech Chamber of Engineers, which examined the piers in March 2021, agreed with her.

About 9,000 cars crossed the old bridge each day. Shops near the bridge lost half of their customers while it was
closed, the chamber of commerce says, and four of them shut. The region did not say why. A second bridge, planned by
the region, will open next year; ministers of both countries will visit Ostrava then.
"""


def load() -> None:
    """Load what the notebooks of one report use: their modules, the models and tables that annotate, and a template."""
    for name in _NOTEBOOK_MODULES:
        importlib.import_module(name)
    from analysis.article import Article
    from analysis.content import find_contents
    from analysis.exhibits import Number
    from analysis.language import annotate

    article = Article.from_text(_FEW_WORDS)
    find_contents(article, annotate(article, force=True))
    Number(1, id="number").html()


def load_language() -> None:
    """Load the models that annotate."""
    from analysis.article import Article
    from analysis.language import annotate

    annotate(Article.from_text(_FEW_WORDS), force=True)


def load_worker() -> None:
    """Load what a worker uses that makes reports: its modules, the fonts, and the hashes of the package's files."""
    importlib.import_module("papermill")
    from analysis.report.build import load_writers
    from analysis.report.cache import Inputs

    load_writers()
    Inputs.read()


def rehearse() -> None:
    """Load what a worker uses, and do on a short story what the notebooks do: worth it before hundreds of reports."""
    load_worker()
    from analysis import charts as charts_of
    from analysis import content, findings, measures, summary
    from analysis.article import read_article
    from analysis.exhibits import Brief, Figure, Finding, Table, Text, read_record, show
    from analysis.language import annotate, measured
    from analysis.report import check_parameters

    check_parameters()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "story.txt")
        path.write_text(_STORY, encoding="utf-8")
        article = read_article(path)
    annotations = annotate(article)
    sentences, tokens, mentions, _ = annotations
    exhibits: list[Exhibit] = [
        Table(tokens, id="tokens", caption="Tokens.", notes=[measured("tokens")]),
        Text(article.text, mentions, id="mentions", caption="Mentions.", by="label"),
    ]
    for draw in (_draw_words, _draw_tags, _draw_summary):
        charts = draw(sentences, tokens, mentions)
        exhibits += [Figure(chart, id=f"chart-{n}", caption="A chart.") for n, chart in enumerate(charts)]
    contents = content.find_contents(article, annotations)
    brief = summary.brief(sentences.head(1), contents, annotations)
    exhibits += [
        Brief(brief, id="brief", caption="What it says.", parts=summary.BRIEF_PARTS),
        Finding(findings.claims(contents.claims), id="finding"),
    ]
    claims, claim_parts = contents.claims, contents.claim_parts
    for n, chart in enumerate(
        (
            charts_of.voices(measures.voices(claims, claim_parts)),
            charts_of.claim_positions(claims),
            charts_of.place_map(contents.places),
            charts_of.interaction_network(content.interactions(contents.events)),
            charts_of.timeline(content.timeline(contents.events, contents.times)),
        )
    ):
        exhibits.append(Figure(chart, id=f"voices-{n}", caption="A chart.", data=claims.head(1)))
    show(*exhibits)
    for exhibit in exhibits:
        exhibit.html()
        read_record(exhibit.record)


def _draw_words(sentences: pd.DataFrame, tokens: pd.DataFrame, _: pd.DataFrame) -> Iterator[Drawing]:
    """Measure and draw what ``1-tokenise`` does."""
    from analysis import charts, measures

    measures.counts(sentences, tokens)
    measures.diversity(tokens)
    words = measures.terms(tokens, parts=10)
    all_words = measures.terms(tokens, content_only=False)
    yield charts.sentence_lengths(measures.lengths(sentences, tokens))
    yield charts.top_terms(words)
    yield charts.dispersion(measures.occurrences(tokens, words["lemma"].head(5)))
    yield charts.vocabulary_growth(all_words)
    yield charts.frequency_rank(all_words)
    yield charts.measures_intervals(measures.readability(sentences, tokens))


def _draw_tags(sentences: pd.DataFrame, tokens: pd.DataFrame, mentions: pd.DataFrame) -> Iterator[Drawing]:
    """Measure and draw what ``2-tag`` does."""
    from analysis import charts, measures, tables

    measures.noun_phrases(tokens, described_only=True)
    measures.concordance(tokens, "say")
    told = measures.content_mentions(mentions, sentences)
    names = measures.names(told)
    yield charts.tag_profile(measures.tag_profile(tokens))
    yield charts.sentence_tree(sentences, tokens)
    yield charts.grammatical_roles(measures.grammatical_roles(tokens, mentions, tables.empty("coreference")))
    yield charts.tone(measures.tone(sentences, tokens))
    yield charts.names(names)
    yield charts.name_positions(told)
    yield charts.name_network(measures.cooccurrence(told), names)


def _draw_summary(sentences: pd.DataFrame, tokens: pd.DataFrame, mentions: pd.DataFrame) -> Iterator[Drawing]:
    """Measure and draw what ``3-summarise`` does."""
    from analysis import charts, measures, summary, tables

    summary.glance(*map(tables.empty, ("events", "claims", "contested")))
    scores = summary.score_sentences(sentences, tokens, mentions)
    yield charts.sentence_scores(summary.summarise(scores))
    yield charts.agreement(summary.agreement(scores))
    yield charts.keyness(measures.keyness(tokens))
    yield charts.key_phrases(summary.key_phrases(sentences, tokens))
    yield charts.collocation_network(measures.collocations(tokens, whole_names=True))
