"""The language module: spans that hold for any text, and annotation that is right where it has been checked."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.article import Article, ArticleError, read_article
from analysis.language import NotEnglishError, annotate, card
from analysis.language.names import LABELS, canonical

PROJECT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("DATELINE_SHARED") or PROJECT.parent / "shared")
CASES = Path(__file__).parent / "cases"
SEED = "seeds/000_a515cb56a3bc3877.txt"

COLUMNS = {
    "sentences": ["article_id", "sentence", "paragraph", "start", "end", "text", "n_tokens", "is_title"],
    "tokens": [
        "article_id", "token", "sentence", "start", "end", "text", "norm", "lemma", "upos", "xpos",
        "is_word", "is_stop", "entity",
    ],
    "mentions": ["article_id", "mention", "sentence", "start", "end", "text", "label", "name"],
}  # fmt: skip


@pytest.fixture(scope="module")
def seed():
    return read_article(SEED)


@pytest.fixture(scope="module")
def annotated(seed):
    return annotate(seed)


def check(article, tables):
    """Hold the contract of the tables for one article."""
    for name, columns in COLUMNS.items():
        table = getattr(tables, name)
        assert list(table.columns) == columns
        assert (table["article_id"] == article.id).all()
        assert [article.text[s:e] for s, e in zip(table["start"], table["end"], strict=True)] == list(table["text"])
        assert list(table[name.removesuffix("s")]) == list(range(len(table)))
        assert not table.isna().to_numpy().any()
    sentences, tokens, mentions = tables
    for table in (sentences, tokens, mentions):
        assert (table["start"].to_numpy()[1:] >= table["end"].to_numpy()[:-1]).all()
    covered = np.zeros(len(article.text), dtype=int)
    for start, end in zip(tokens["start"], tokens["end"], strict=True):
        covered[start:end] += 1
    blank = np.array([char.isspace() for char in article.text], dtype=bool)
    assert (covered[~blank] == 1).all()
    counts = tokens.groupby("sentence").size()
    assert list(counts) == list(sentences["n_tokens"])
    firsts = tokens.groupby("sentence")["start"].first()
    assert list(firsts) == list(sentences["start"])
    for paragraph, start, end in zip(sentences["paragraph"], sentences["start"], sentences["end"], strict=True):
        low, high = article.paragraphs[paragraph]
        assert low <= start < end <= high
    assert set(mentions["label"]) <= set(LABELS)
    assert (tokens["entity"].str.startswith("B-").sum()) == len(mentions)


def test_the_tables_of_the_seed_keep_their_contract(seed, annotated):
    check(seed, annotated)


def test_many_articles_are_one_after_the_other(seed, annotated):
    other = Article.from_text("Rain fell on Cairo. Nobody was surprised by it.", id="other")
    tables = annotate([seed, other])
    for both, first, second in zip(tables, annotated, annotate(other), strict=True):
        pd.testing.assert_frame_equal(both, pd.concat([first, second], ignore_index=True))


def test_no_article_gives_empty_tables():
    tables = annotate([])
    for name, columns in COLUMNS.items():
        assert list(getattr(tables, name).columns) == columns
        assert len(getattr(tables, name)) == 0


def test_annotation_changes_nothing_and_repeats(seed, annotated):
    text = seed.text
    for first, second in zip(annotated, annotate(seed), strict=True):
        pd.testing.assert_frame_equal(first, second)
    assert seed.text == text


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=300))
def test_any_text_keeps_the_contract(text):
    try:
        article = Article.from_text(text, id="any")
    except ArticleError:
        return
    check(article, annotate(article, force=True))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "U.S.",
                "’s",
                "don’t",
                ".",
                "...",
                "“",
                "”",
                "http://a.b",
                "-",
                "Al",
                "\n\n",
                " ",
                "3.5%",
                "(",
                ")",
                "\xad",
                "İ",
            ]
        ),
        min_size=1,
        max_size=60,
    )
)
def test_any_run_of_hard_tokens_keeps_the_contract(parts):
    try:
        article = Article.from_text("".join(parts), id="any")
    except ArticleError:
        return
    check(article, annotate(article, force=True))


@pytest.mark.parametrize(
    "text", ["a", "\u202eabc", "😀 a 👩‍👩‍👧", "x" * 50_000, "a." * 5_000, "- a " * 3_000, "\ud800a", "é́́́"]
)
def test_a_hostile_text_keeps_the_contract(text):
    article = Article.from_text(text, id="hostile")
    check(article, annotate(article, force=True))


TOKENS = json.loads((CASES / "language-tokens.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", TOKENS, ids=[case["label"] for case in TOKENS])
def test_tokens_are_those_of_universal_dependencies(case):
    tokens = annotate(Article.from_text(case["text"], id="case"), force=True).tokens
    assert list(tokens["text"]) == case["expected"]


NAMES = json.loads((CASES / "language-names.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", NAMES, ids=[case["label"] for case in NAMES])
def test_mentions_of_one_thing_share_a_name(case):
    texts, labels, expected = zip(*case["mentions"], strict=True)
    assert canonical(texts, labels, [0] * len(texts)) == list(expected)


def test_names_are_not_matched_across_articles():
    found = canonical(["Muammar Gaddafi", "Gaddafi"], ["person", "person"], [0, 1])
    assert found == ["Muammar Gaddafi", "Gaddafi"]


def test_the_title_line_is_one_sentence_and_the_title(annotated):
    assert list(annotated.sentences["is_title"]) == [True] + [False] * (len(annotated.sentences) - 1)


ELSEWHERE = json.loads((CASES / "language-elsewhere.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", ELSEWHERE, ids=[case["label"] for case in ELSEWHERE])
def test_another_language_is_told_in_one_line(case):
    article = Article.from_text(case["text"], id=case["label"])
    with pytest.raises(NotEnglishError, match=f"{case['label']} is not in English") as caught:
        annotate(article)
    assert "\n" not in str(caught.value)
    check(article, annotate(article, force=True))


@pytest.mark.parametrize(
    "text", ["Tripoli.", "Egypt offers military training", "Al-Sisi meets Netanyahu, Abbas in Sharm El-Sheikh"]
)
def test_short_english_is_not_refused(text):
    assert len(annotate(Article.from_text(text, id="short")).tokens)


def test_the_card_holds_what_exhibits_quote():
    found = card()
    assert 90 < found["tags"]["gum-dev"]["xpos"]["accuracy"] < 100
    assert 70 < found["names"]["worldwide, held-out outlets"]["person, location, organization"]["f1"] < 100
