"""Trees: well formed, the best, the same on every machine and in every batch."""

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import annotate, tables
from analysis.article import Article
from analysis.language.syntax import ROOT, best_heads, distances, is_tree
from tests.conftest import case_parameter

CASES = json.loads((Path(__file__).parent / "cases" / "language-syntax.json").read_text(encoding="utf-8"))


def _is_tree(heads):
    """Return whether heads, numbered from 1 with 0 for the root, are a tree with one root: the slow way."""
    for word in range(1, len(heads) + 1):
        ancestor, seen = word, set()
        while ancestor and ancestor not in seen:
            seen.add(ancestor)
            ancestor = heads[ancestor - 1]
        if ancestor:
            return False
    return heads.count(0) == 1


@st.composite
def _scores(draw, max_words=12):
    """Draw scores of candidate heads, of few values so that many tie."""
    n = draw(st.integers(1, max_words))
    largest = draw(st.sampled_from([1, 3, 100, 2**29]))
    values = draw(st.lists(st.integers(-largest, largest), min_size=n * (n + 1), max_size=n * (n + 1)))
    scores = np.array(values, dtype=float).reshape(n, n + 1)
    scores[np.arange(n), np.arange(1, n + 1)] = -(2.0**46)
    return scores


@given(_scores())
def test_any_scores_give_a_tree_with_one_root(scores):
    """Heads form a tree with one root, and the vectorised check says so."""
    heads = best_heads(scores[None], np.array([len(scores)]))
    assert _is_tree(heads[0].tolist())
    assert is_tree(heads, np.array([len(scores)])).all()


@given(_scores(max_words=4))
def test_the_tree_is_the_best(scores):
    """No tree with one root scores higher."""
    n = len(scores)
    trees = [heads for heads in product(range(n + 1), repeat=n) if _is_tree(list(heads))]
    best = max(scores[np.arange(n), list(heads)].sum() for heads in trees)
    assert scores[np.arange(n), best_heads(scores[None], np.array([n]))[0]].sum() == best


@given(st.lists(st.integers(0, 5), min_size=5, max_size=5))
def test_check_of_trees(heads):
    """The vectorised check agrees with the slow one, whatever stands after a sentence."""
    padded = np.array([[*heads, 3, 0]])
    assert is_tree(padded, np.array([5])).tolist() == [_is_tree(heads)]


def test_classes_of_distances():
    """Distances to the left and to the right are told apart, and far ones are alike."""
    assert distances(4)[1].tolist() == [0, 12, 12, 13]
    assert distances(60)[0, 26] == distances(60)[0, 59] == 23


def _check_tables(text):
    tokens = annotate(Article.from_text(text, id="a"), force=True).tokens
    for _, own in tokens.groupby("sentence"):
        first = own["token"].iloc[0]
        heads = [0 if head == ROOT else head - first + 1 for head in own["head"]]
        assert _is_tree(heads)
        assert ((own["deprel"] == "root") == (own["head"] == ROOT)).all()
    return list(zip(tokens["head"], tokens["deprel"], strict=True))


@given(st.lists(st.sampled_from(["Cairo", "denied", "the", ",", "that", "“", "is", "3", "-", "of"]), max_size=40))
def test_any_text_gives_trees(words):
    """Each sentence of any text is a tree whose root alone has the relation *root*."""
    _check_tables(" ".join(["It", *words]))


def test_long_sentences_give_trees():
    """A sentence that is cut for memory is one tree."""
    found = _check_tables("He said that " + "Egypt and the " * 300 + "Sudan agreed.")
    assert sum(head == ROOT for head, _ in found) == 1


def test_trees_do_not_depend_on_the_batch(seed):
    """An article has the same trees alone and among others."""
    others = [Article.from_text("It rained. " * n, id=f"o{n}") for n in (1, 40, 200)]
    alone = annotate(seed).tokens
    among = annotate([*others, seed], force=True).tokens
    among = among[among["article_id"] == seed.id].reset_index(drop=True)
    assert alone.equals(among)


def test_without_syntax():
    """Without syntax all else is the same, but there are no chains."""
    text = "Egypt denied on Monday that it had closed the crossing."
    full, words = annotate(text, force=True), annotate(text, force=True, syntax=False)
    assert list(full.coreference["text"]) == ["Egypt", "it"]
    tables.check("coreference", words.coreference)
    assert words.coreference.empty
    assert full.mentions.equals(words.mentions)
    tokens, without = full.tokens, words.tokens
    assert (without["head"] == ROOT).all()
    assert (without["deprel"] == "").all()
    assert tokens.drop(columns=["head", "deprel"]).equals(without.drop(columns=["head", "deprel"]))


@pytest.mark.parametrize("case", [*map(case_parameter, CASES)])
def test_relations(case):
    """The words in question have the right head and relation."""
    tokens = annotate(Article.from_text(case["text"], id="a"), force=True).tokens
    text = tokens["text"].tolist()
    found = {
        f"{word} ←{deprel}— {text[head] if head >= 0 else 'ROOT'}"
        for word, head, deprel in zip(text, tokens["head"], tokens["deprel"], strict=True)
    }
    assert set(case["expected"]) <= found
