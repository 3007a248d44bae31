"""Where names end, and the one name that all mentions of a thing share."""

import pytest

from analysis.article import Article
from analysis.language import annotate
from analysis.language.names import canonical, mentions, without_lone_titles, without_loose_ends


def trim(text, tagged, starts=(0,)):
    """Give the names of words written ``form/xpos``, of which the places in ``tagged`` are one name each."""
    forms, xpos = zip(*(word.rsplit("|", 1) for word in text.split()), strict=True)
    tags = ["O"] * len(forms)
    for first, last in tagged:
        tags[first : last + 1] = ["B-misc", *["I-misc"] * (last - first)]
    found = mentions(without_loose_ends(tags, forms, xpos, starts))
    return [" ".join(forms[first : last + 1]) for first, last, _ in found]


def test_an_article_belongs_to_the_name_that_follows_in_its_sentence_alone():
    words = "the|DT Druze|NNPS"
    assert trim(words, [(0, 0), (1, 1)]) == ["the Druze"]
    assert trim(words, [(0, 0), (1, 1)], starts=(0, 1)) == ["Druze"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Sofia|NNP ,|,", "Sofia"),
        ("Anglo|JJ -|HYPH", "Anglo"),
        ("$|$ 149|CD /|,", "$ 149"),
        ("-|HYPH Avon|NNP", "Avon"),
        ("Bird|NNP Flu|NNP (|-LRB-", "Bird Flu"),
        ("USD|NNP )|-RRB-", "USD"),
        ("Islamic|NNP State|NNP (|-LRB- IS|NNP )|-RRB-", "Islamic State ( IS )"),
        ("Joseph|NNP \"|`` Joe|NNP \"|''", 'Joseph " Joe "'),
        ("Sharm|NNP el|NNP -|HYPH Sheikh|NNP", "Sharm el - Sheikh"),
        ("Toulouse|NNP ,|, in|IN", "Toulouse"),
        ("U.S.|NNP", "U.S."),
    ],
)
def test_a_name_has_no_mark_at_its_ends(words, expected):
    assert trim(words, [(0, len(words.split()) - 1)]) == [expected]


def test_a_mark_alone_is_no_name():
    assert trim("-|HYPH Avon|NNP", [(0, 0), (1, 1)]) == ["Avon"]


def test_a_title_is_no_person_beside_the_one_who_bears_it():
    forms = ["Sgt.", "Buchanan", "met", "Prince"]
    tags = ["B-person", "B-person", "O", "B-person"]
    assert without_lone_titles(tags, forms, {0}) == ["O", "B-person", "O", "B-person"]
    assert without_lone_titles(tags, forms, {0, 1}) == tags


def test_a_title_is_read_before_a_name_as_well():
    texts = ["Francis", "Francis Ford Coppola", "Francis", "Morsi"]
    found = canonical(texts, ["person"] * 4, [0] * 4, ["Pope", "", "", "Mr"])
    assert found == ["Pope Francis", "Francis Ford Coppola", "Pope Francis", "Morsi"]


def test_the_titles_of_an_article_are_found():
    article = Article.from_text("King Charles met Charles Michel in Brussels. Charles spoke after Michel.", id="king")
    found = annotate(article).mentions
    persons = found.loc[found["label"] == "person", "name"]
    assert list(persons) == ["King Charles", "Charles Michel", "King Charles", "Charles Michel"]


def test_an_acronym_in_brackets_is_of_the_name_before_it():
    texts = ["Election Commission", "EC", "European Commission", "EC"]
    labels = ["organization"] * 4
    assert canonical(texts, labels, [0] * 4, ["The", "(", "the", "the"])[1::2] == ["Election Commission"] * 2
    assert canonical(texts, labels, [0] * 4)[1::2] == ["European Commission"] * 2


@pytest.mark.parametrize(
    ("owner", "expected"), [("Russia", "Security Council"), ("UN", "United Nations Security Council")]
)
def test_a_body_of_one_country_is_not_that_of_all(owner, expected):
    texts, labels = [owner, "Security Council", "Security Council"], ["location", "organization", "organization"]
    assert canonical(texts, labels, [0] * 3, ["", "'s", "the"])[1:] == [expected] * 2


def test_names_tell_that_their_nouns_are_proper_ones():
    tokens = annotate(Article.from_text("Steve Jobs opened an embassy in Tel Aviv.", id="a")).tokens
    rows = tokens[["text", "xpos", "upos", "lemma"]].to_numpy().tolist()
    assert ["Jobs", "NNP", "PROPN", "Jobs"] in rows
    assert ["Tel", "NNP", "PROPN", "Tel"] in rows
