"""Noun phrases and clauses: found by trees, with spans in the text."""

import json
import re

import pandas as pd
import pytest

from analysis import Article, annotate, measures, summary
from tests.conftest import PROJECT

CASES = json.loads((PROJECT / "tests" / "cases" / "measures-hyphens.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def seed_tables(seed):
    return annotate(seed)


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("The rival groups met two senior officials.", ["rival groups", "two senior officials"]),
        (
            "The US-led air strikes hit the country’s most active group.",
            ["US-led air strikes", "country’s most active group"],
        ),
        ("It rained.", []),
        ("Big and small dogs ran.", ["Big and small dogs"]),
        ("Critics praised Mark Twain’s very old house in New York.", ["Mark Twain’s very old house", "New York"]),
        ("Groups with strong ties to the city met in March 2021.", ["strong ties", "March 2021"]),
        ("The mayor of Cairo’s house burnt down.", ["Cairo’s house"]),
        ("The soldiers controlling the old airport left.", ["old airport"]),
        ("The Bank of England warned the Greens.", ["Bank of England"]),
        ("A £2.5bn-a-year tax and a $10-million prize are planned.", ["£2.5bn-a-year tax", "$10-million prize"]),
    ],
)
def test_noun_phrases_of_a_sentence(text, phrases):
    found = measures.noun_phrases(annotate(Article.from_text(text)).tokens)
    assert [p for p in found.phrase if " " in p] == phrases


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_phrases_keep_their_hyphens(case):
    article = annotate(Article.from_text(case["text"]))
    found = measures.noun_phrases(article.tokens)
    assert found["phrase"].tolist() == case["expected"]
    assert all(case["text"][a:b] == phrase for a, b, phrase in found[["start", "end", "phrase"]].to_numpy())
    key = summary.key_phrases(article.sentences, article.tokens)
    assert set(case["expected"]) <= set(key["phrase"])
    cut = [phrase for phrase in key["phrase"] if re.search(rf"(?:\w-{re.escape(phrase)}\b)", case["text"])]
    assert not cut


def test_the_span_of_a_phrase_is_its_text_without_overlap(seed, seed_tables):
    found = measures.noun_phrases(seed_tables.tokens)
    assert len(found) > 80
    for row in found.itertuples():
        assert " ".join(seed.text[row.start : row.end].split()) == row.phrase
    assert (found.end.to_numpy()[:-1] <= found.start.to_numpy()[1:]).all()


def test_heads_are_counted_by_article(seed_tables):
    twice = pd.concat([seed_tables.tokens, seed_tables.tokens.assign(article_id="again")])
    found = measures.noun_phrases(twice)
    one, other = (found[found.article_id == i].drop(columns="article_id") for i in found.article_id.unique())
    pd.testing.assert_frame_equal(one.reset_index(drop=True), other.reset_index(drop=True))
    assert found.n.max() == found.groupby(["article_id", "head"]).size().max()


def test_described_only_leaves_out_single_nouns(seed_tables):
    described = measures.noun_phrases(seed_tables.tokens, described_only=True)
    assert described.phrase.str.contains("[ -]", regex=True).mean() > 0.9
    assert len(described) < len(measures.noun_phrases(seed_tables.tokens))


def test_tokens_without_trees_raise(seed):
    with pytest.raises(ValueError, match=r"the tokens have no trees; expected those of annotate\(…, syntax=True\)"):
        measures.noun_phrases(annotate(seed, syntax=False).tokens)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rained.", [("main", "It rained")]),
        (
            "Ann Lee said that the port was closed.",
            [("main", "Ann Lee said that the port was closed"), ("complement", "that the port was closed")],
        ),
        (
            "When it rained, she met a man who sells boats.",
            [
                ("main", "When it rained, she met a man who sells boats"),
                ("adverbial", "When it rained"),
                ("relative", "who sells boats"),
            ],
        ),
        (
            "Troops crossed the river and took the town.",
            [("main", "Troops crossed the river and took the town"), ("main", "and took the town")],
        ),
        (
            "Egypt offered to train troops.",
            [("main", "Egypt offered to train troops"), ("open complement", "to train troops")],
        ),
    ],
)
def test_clauses_of_a_sentence(text, expected):
    found = measures.clauses(annotate(Article.from_text(text)).tokens)
    assert [(kind, text[start:end]) for kind, start, end in found[["kind", "start", "end"]].to_numpy()] == expected


def test_clauses_need_trees():
    with pytest.raises(ValueError, match="no trees"):
        measures.clauses(annotate(Article.from_text("It rained."), syntax=False).tokens)


def test_a_gerund_and_its_noun_are_one_phrase():
    text = "The council was not asked for planning permission. The firm applied for planning permission in May."
    sentences, tokens, *_ = annotate(Article.from_text(text, id="gerund"))
    key = summary.key_phrases(sentences, tokens)
    assert key.loc[key["phrase"] == "planning permission", "n"].tolist() == [2]
    assert not {"permission", "planning"} & set(key["phrase"])
