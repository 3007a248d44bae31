"""Who is who: chains of names, descriptions and pronouns."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import tables
from analysis.article import Article, read_article
from analysis.language import annotate
from analysis.language.coreference import choose_best, resolve
from analysis.language.entities import Similarity
from analysis.language.models import default_models
from analysis.language.network import WordVectors
from analysis.language.referring import PERSON, Named, country_of, lists
from analysis.resources import data

CASES = json.loads((Path(__file__).parent / "cases" / "language-coreference.json").read_text(encoding="utf-8"))


def with_trees(annotations, trees):
    """Return the tables with trees written as in CoNLL-U, ``head:relation`` for each word of each sentence."""
    sentences, tokens, mentions, *_ = annotations
    firsts = tokens.groupby("sentence")["token"].min()
    heads, relations = [], []
    for first, tree in zip(firsts, trees, strict=True):
        for word in tree.split():
            head, _, relation = word.partition(":")
            heads.append(first + int(head) - 1 if int(head) else -1)
            relations.append(relation)
    return sentences, tokens.assign(head=heads, deprel=pd.array(relations, dtype="str")), mentions


def chains(table):
    """Return the name and the mentions of each chain."""
    return [[chain["name"].iloc[0], list(chain["text"])] for _, chain in table.groupby("chain")]


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_chains_of_a_sentence_or_two(case):
    annotations = annotate(Article.from_text(case["text"], id="a"), force=True)
    found = resolve(*with_trees(annotations, case["trees"]))
    tables.check("coreference", found)
    assert chains(found) == case["expected"]


def test_mentions_point_into_the_article():
    article = Article.from_text("Maria Lopez met John Carter in Rome.\n\nHe thanked her, and she smiled.", id="a")
    found = annotate(article).coreference
    assert len(found)
    assert [article.text[row.start : row.end] for row in found.itertuples()] == list(found["text"])
    assert not found.duplicated(["start", "end"]).any()


def test_articles_are_resolved_one_by_one():
    texts = ["Maria Lopez met John Carter. He thanked her.", "He left.", "Anna Berg spoke. She was tired."]
    articles = [Article.from_text(text, id=str(number)) for number, text in enumerate(texts)]
    together = annotate(articles, force=True).coreference
    alone = [annotate(article, force=True).coreference for article in articles]
    pd.testing.assert_frame_equal(together, pd.concat(alone, ignore_index=True))
    assert list(together["article_id"].unique()) == ["0", "2"]


def test_inputs_are_not_changed_and_the_same_comes_out_twice():
    annotations = annotate("Anna Berg spoke. She was tired.", force=True)[:3]
    copies = [table.copy() for table in annotations]
    pd.testing.assert_frame_equal(resolve(*annotations), resolve(*annotations))
    for table, copy in zip(annotations, copies, strict=True):
        pd.testing.assert_frame_equal(table, copy)


def test_no_words_have_no_chains():
    pd.testing.assert_frame_equal(resolve(*annotate([])[:3]), tables.empty("coreference"))


def test_a_tie_is_no_choice():
    assert choose_best([5, 5, 1]) == (0, 0)
    assert choose_best([1, 5, 5]) == (-1, 0)
    assert choose_best([0]) == (-1, 0)


def test_scores_are_whole_numbers():
    for scorer in default_models().antecedents.values():
        for part in scorer:
            assert (part == part.round()).all()


@pytest.mark.parametrize(
    ("name", "label", "country"),
    [
        ("Egyptian", "norp", "Egypt"),
        ("US", "location", "United States"),
        ("Burma", "location", "Myanmar"),
        ("Emirates", "organization", ""),
        ("Cairo", "location", ""),
    ],
)
def test_words_for_what_is_of_a_country(name, label, country):
    assert country_of(Named(0, 0, label, name)) == country


def test_countries_stand_once():
    words = [word for line in data().read_lines("demonyms.tsv") for word in line.split("\t")]
    assert len(words) == len(set(words))


def test_nouns_are_compared_by_whole_numbers():
    vectors = WordVectors({"a": 1, "b": 2, "c": 3}, np.array([[3, 4], [4, 3], [-3, -4]], dtype=np.int8))
    compare = Similarity(vectors)
    assert [compare("a", noun) for noun in ("a", "b", "c", "d")] == [4, 3, 1, 0]


def test_nouns_with_a_gender_are_persons():
    known = lists()
    assert {known.things[noun] for noun in known.noun_genders} == {PERSON}


def test_the_seed_is_resolved_as_a_careful_reader_would():
    path = next((Path(__file__).parents[1] / "seeds").glob("000_*.txt"))
    found = annotate(read_article(path)).coreference
    pronouns = found[found["kind"] == "pronoun"].sort_values("start")
    # The last "it" of the article, in "making it clear", refers to nothing.
    expected = [["it", "Egypt"], ["its", "Egypt"], ["its", "Egypt"], ["his", "Abdel-Fattah Al-Sisi"]]
    assert pronouns[["text", "name"]].to_numpy().tolist() == expected
    described = found[(found["kind"] == "nominal") & (found["name"] != "")].sort_values("start")
    assert described[["text", "name"]].to_numpy().tolist() == [
        ["the country’s most active terrorist group", "Ansar Beit Al-Maqdis"],
        ["The Egyptian president", "Abdel-Fattah Al-Sisi"],
        ["a coalition of extremist Islamist groups", "Fajr Libya"],
    ]
