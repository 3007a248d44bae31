"""The ends and labels of mentions, and the canonical name that all mentions of a thing share."""

import json
from pathlib import Path

import pytest

from analysis.article import Article
from analysis.language import annotate, default_models, prediction
from analysis.language.boundaries import with_joined_parts, without_directions
from analysis.language.labels import apply_listed_labels, with_one_label, with_shared_labels
from analysis.language.names import (
    canonical,
    mentions,
    without_lone_titles,
    without_loose_ends,
)
from tests.conftest import case_parameter

CASES = Path(__file__).parent / "cases"


def trim(text, tagged, starts=(0,)):
    """Return the trimmed names of words written ``form|xpos``; ``tagged`` has the first and last word of each name."""
    forms, xpos = zip(*(word.rsplit("|", 1) for word in text.split()), strict=True)
    tags = ["O"] * len(forms)
    for first, last in tagged:
        tags[first : last + 1] = ["B-misc", *["I-misc"] * (last - first)]
    found = mentions(without_loose_ends(tags, forms, xpos, starts))
    return [" ".join(forms[first : last + 1]) for first, last, _ in found]


def test_a_lone_article_joins_the_name_that_follows_in_its_sentence():
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
def test_names_are_trimmed_of_marks_at_their_ends(words, expected):
    assert trim(words, [(0, len(words.split()) - 1)]) == [expected]


def test_a_lone_mark_is_no_name():
    assert trim("-|HYPH Avon|NNP", [(0, 0), (1, 1)]) == ["Avon"]


def test_a_lone_title_is_no_person():
    forms = ["Sgt.", "Buchanan", "met", "Prince"]
    tags = ["B-person", "B-person", "O", "B-person"]
    assert without_lone_titles(tags, forms, {0}) == ["O", "B-person", "O", "B-person"]
    assert without_lone_titles(tags, forms, {0, 1}) == tags


def test_a_title_before_a_mention_counts():
    texts = ["Francis", "Francis Ford Coppola", "Francis", "Morsi"]
    found = canonical(texts, ["person"] * 4, [0] * 4, ["Pope", "", "", "Mr"], index={})
    assert found == ["Pope Francis", "Francis Ford Coppola", "Pope Francis", "Morsi"]


def test_titles_in_an_article_are_found():
    article = Article.from_text("King Charles met Charles Michel in Brussels. Charles spoke after Michel.", id="king")
    found = annotate(article).mentions
    persons = found.loc[found["label"] == "person", "name"]
    assert list(persons) == ["King Charles", "Charles Michel", "King Charles", "Charles Michel"]


def test_an_acronym_in_brackets_stands_for_the_name_before_it():
    texts = ["Election Commission", "EC", "European Commission", "EC"]
    labels = ["organization"] * 4
    assert canonical(texts, labels, [0] * 4, ["The", "(", "the", "the"], index={})[1::2] == ["Election Commission"] * 2
    assert canonical(texts, labels, [0] * 4, index={})[1::2] == ["European Commission"] * 2


@pytest.mark.parametrize(("owner", "is_one"), [("Russia", False), ("UN", True)])
def test_a_body_of_one_country_is_not_the_international_one(owner, is_one):
    texts, labels = [owner, "Security Council", "UNSC"], ["location", "organization", "organization"]
    _, council, acronym = canonical(texts, labels, [0] * 3, ["", "'s", "the"], index={})
    assert council == "Security Council"
    assert (council == acronym) is is_one


def test_a_code_in_brackets_is_no_acronym_of_a_place():
    before = ["in", "(", "to", "("]
    for label, name in (("location", "PA"), ("organization", "Philadelphia")):
        found = canonical(
            ["Philadelphia", "PA", "Denver", "CO"], [label, "organization"] * 2, [0] * 4, before, index={}
        )
        assert found == ["Philadelphia", name, "Denver", "CO"]


@pytest.mark.parametrize(
    ("words", "labels", "expected"),
    [
        ("Jim Press spoke ; said Press", "person organization", "person person"),
        ("Press spoke ; said Jim Press", "organization person", "organization person"),
        ("Jim Press spoke ; the Press", "person organization", "person organization"),
        ("Jim Press spoke ; Press shares", "person organization", "person organization"),
        ("Jim Ford spoke ; said Ford", "person organization", "person organization"),
        ("Dutch Health Board ; said DHB", "organization person", "organization organization"),
        ("Dutch Health ; said DH", "organization person", "organization person"),
    ],
)
def test_a_word_has_the_label_of_the_longer_name_that_it_stands_for(words, labels, expected):
    forms, given, tags = words.split(), iter(labels.split()), ["O"]
    for form in forms:
        is_name, goes_on = form[0].isupper(), tags[-1] != "O"
        tags.append("O" if not is_name else f"I-{tags[-1][2:]}" if goes_on else f"B-{next(given)}")
    found = with_shared_labels(
        tags[1:], forms, ["NN"] * len(forms), {0, len(forms)}, [0] * len(forms), index={"ford": "=firm"}
    )
    assert [label for _, _, label in mentions(found)] == expected.split()


@pytest.mark.parametrize(
    ("words", "labels", "expected"),
    [
        ("western Sudan", "location location", ["Sudan"]),
        ("to western and Sudan", "- location - location", ["Sudan"]),
        ("West", "location", ["West"]),
        ("north", "misc", ["north"]),
    ],
)
def test_a_direction_alone_is_no_place(words, labels, expected):
    forms = words.split()
    tags = ["O" if label == "-" else f"B-{label}" for label in labels.split()]
    found = mentions(without_directions(tags, forms))
    assert [" ".join(forms[first : last + 1]) for first, last, _ in found] == expected


def test_parts_of_a_name_are_joined_within_a_sentence():
    forms, tags = ["Kafr", "el", "-", "Sheikh"], ["B-location", "I-location", "O", "B-person"]
    assert with_joined_parts(tags, forms, {0}) == ["B-location", *["I-location"] * 3]
    assert with_joined_parts(tags, forms, {0, 3}) == tags


def test_nouns_in_names_are_proper_nouns():
    tokens = annotate(Article.from_text("Steve Jobs opened an embassy in Tel Aviv.", id="a")).tokens
    rows = tokens[["text", "xpos", "upos", "lemma"]].to_numpy().tolist()
    assert ["Jobs", "NNP", "PROPN", "Jobs"] in rows
    assert ["Tel", "NNP", "PROPN", "Tel"] in rows


NAMES = json.loads((CASES / "language-names.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", NAMES, ids=[case["label"] for case in NAMES])
def test_mentions_of_one_thing_share_a_name(case):
    texts, labels, expected = zip(*case["mentions"], strict=True)
    assert canonical(texts, labels, [0] * len(texts), index=default_models().gazetteer) == list(expected)


MENTIONS = json.loads((CASES / "language-mentions.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", [*map(case_parameter, MENTIONS)])
def test_the_names_of_a_text(case):
    found = annotate(Article.from_text(case["text"], id="a"), force=True).mentions
    assert found[["text", "label", "name"]].to_numpy().tolist() == case["expected"]


#: Where an amount may stand in a sentence.
FRAMES = [
    "The firm lost {} last year.",
    "It paid {} for the company.",
    "Profits rose by {} in May.",
    "The project will cost {}, officials said.",
    "He was fined {} by a court in Paris.",
    "{} was spent on the school.",
    "They raised {}.",
    "Debts of {} were written off.",
    "The minister promised {} in aid.",
    "About {} is missing, police said.",
    "The club offered more than {} for the player.",
    "A grant worth {} went to Leeds.",
]
AMOUNTS = (
    "$5m; €5m; €3bn; €2.5 million; ¥1tn; ¥20 billion; US$4m; US$3.5bn; A$3m; A$3 million; C$30m; HK$2bn; NZ$5m; R$5m; "
    "£2.5 million; £5m; £400,000; SR 5 million; SR5m; QR20m; QR 20 million; KD 3bn; KD3m; BD 2m; JD 5 million; Dh10m; "
    "Dhs 50 million; AED3bn; EGP 500m; LE 40 million; OMR 3m; Rs 200 crore; ₹500 crore; ₹3bn; RM 20 million; ₩30bn; "
    "₦5bn; ₺40m; ₪12m; CHF 5m; EUR 5 million; EUR5m; USD 3bn; 40 million euros; 3bn dirhams; 5m riyals"
).split("; ")


def test_an_amount_in_any_currency_is_money():
    pairs = [(amount, frame.format(amount)) for amount in AMOUNTS for frame in FRAMES]
    found = annotate((Article.from_text(text, id=f"a{n}") for n, (_, text) in enumerate(pairs)), force=True).mentions
    money = found[found["label"] == "money"].groupby("article_id")["text"].agg(list)
    n_right = sum(money.get(f"a{n}", []) == [amount] for n, (amount, _) in enumerate(pairs))
    assert n_right >= 0.95 * len(pairs)


def test_a_listed_name_takes_the_label_of_its_list():
    """Only a whole name of several words: part of a longer name is another name, and one word is ambiguous."""
    index = {"al": "qaeda=armed_group", "court": "of justice=body", "reuters": "=agency"}
    forms = ["al", "-", "Qaeda", "met", "Reuters", "Court", "of", "Justice", "Court", "of"]
    tags = ["B-person", "I-person", "I-person", "O", "B-person", "B-misc", "I-misc", "I-misc", "B-misc", "I-misc"]
    found = apply_listed_labels(tags, forms, index)
    assert found[:4] == ["B-organization", "I-organization", "I-organization", "O"]
    assert found[4:] == ["B-person", "B-organization", "I-organization", "I-organization", "B-misc", "I-misc"]
    assert apply_listed_labels(["B-date", "I-date"], ["At", "noon"], index) == ["B-date", "I-date"]


@pytest.mark.parametrize(
    ("words", "labels", "expected"),
    [
        ("WHO left", "person", "organization"),
        ("WHO left", "location", "location"),
        ("EU or E.U.", "location organization", "organization organization"),
        ("Israel left Israel", "person location", "location location"),
        ("Israel left Israel ; Mr Israel left", "person location person", "person location person"),
        ("Chad met Chad Lee in Chad", "person person+ location", "person person location"),
    ],
)
def test_a_thing_has_one_label_in_an_article(words, labels, expected):
    index = {"world": "health organization=body", "european": "union=body", "israel": "=country", "chad": "=country"}
    forms, given = words.split(), labels.split()
    tags = ["O"] * len(forms)
    for at, form in enumerate(forms):
        if form in {"WHO", "EU", "E.U.", "Israel", "Chad"}:
            label = given.pop(0)
            tags[at] = f"B-{label.removesuffix('+')}"
            if label.endswith("+"):
                tags[at + 1] = "I-person"
    found = with_one_label(tags, forms, {0, len(forms)}, [0] * len(forms), index=index)
    assert [label for _, _, label in mentions(found)] == expected.split()


def test_a_listed_armed_group_is_an_organization_whatever_the_network_predicts(monkeypatch):
    monkeypatch.setattr(prediction, "predict_names", lambda *_: ["B-person", "I-person", "I-person", "O", "O"])
    mentions = annotate(Article.from_text("Al-Qaida fled.", id="a")).mentions
    assert mentions[["text", "label"]].to_numpy().tolist() == [["Al-Qaida", "organization"]]


def test_an_owner_in_another_article_owns_nothing():
    texts = ["Kenya", "Ministry of Health", "Kenyan Ministry of Health"]
    labels = ["location", "organization", "organization"]
    assert canonical(texts, labels, [0, 1, 1], [""] * 3, index={})[1:] == ["Kenyan Ministry of Health"] * 2
    assert canonical(texts, labels, [0] * 3, [""] * 3, index={}) == texts


def test_names_are_not_matched_across_articles():
    found = canonical(["Muammar Gaddafi", "Gaddafi"], ["person", "person"], [0, 1], index={})
    assert found == ["Muammar Gaddafi", "Gaddafi"]


@pytest.mark.parametrize(
    "text",
    [
        "Moody’s cut Greece. Analysts at Moody's said so. Moody's agreed.",
        "Paul O’Neill met Ann Lee in Cairo. Mr O'Neill spoke. O'Neill left.",
        "Sinead O'Connor sang in Dublin. O’Connor was late. Later O’Connor left.",
        "Moody's Investors Service met in Cairo. Moody’s agreed with Moody’s analysts.",
    ],
)
def test_a_name_written_with_two_apostrophes_is_shown_as_it_stands(text):
    mentions = annotate(Article.from_text(f"Ratings fall in Europe\n\n{text}", id="a")).mentions
    assert [name for name in mentions["name"] if name not in text and name != "Europe"] == []
    assert mentions["name"].str.contains("['’]").sum() == 3
