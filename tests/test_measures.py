"""Measures: published values, tables against what a reader can count, short texts, spans, contracts."""

import json
import math
import re
import subprocess
import sys
import unicodedata
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import Article, annotate, measures, summary
from analysis.content import find_claims
from analysis.measures.orthography import orthographic_words
from analysis.resources import data, shipped
from analysis.tables import STAGES, check, empty
from tests.conftest import PROJECT, case_parameter, check_rounded
from tests.simple_tables import mentions, tables


def cases(kind):
    """Return the cases of a kind, each with its label as the id of its test."""
    rows = json.loads((PROJECT / "tests" / "cases" / f"{kind}.json").read_text(encoding="utf-8"))
    return [*map(case_parameter, rows)]


ARTICLE = (
    "Egypt trains Libya forces\n\nEgypt has offered to train pro-government forces in Libya. The air strikes hit "
    "Libya.\n\nUS officials didn’t say who staged the air strikes. Egypt denied the air strikes, and the country's "
    "army said that “Libya” asked for help.\n\nLibya asked Egypt for help. The forces of Libya fear Egypt."
)


def words_table(words):
    return pd.DataFrame({"article_id": "a", "start": range(len(words)), "norm": words, "is_word": True})


def measure(formula, text, **options):
    sentences, tokens = tables(text)
    found = measures.readability(sentences, tokens.assign(upos="NOUN"), strict=False, resamples=0, **options)
    return found.set_index("measure")["value"][formula]


# Formulas


@pytest.mark.parametrize("case", cases("measures"))
def test_formulas_give_published_values(case):
    if "arguments" in case:
        found = getattr(measures, case["formula"])(*case["arguments"])
    elif "counts" in case:
        found = measures.dispersion(case["counts"], case["sizes"], measure=case["formula"])
    elif "words" in case:
        table = measures.diversity(words_table(case["words"].split()), strict=False, **case.get("options", {}))
        found = table.set_index("measure")["value"][case["formula"]]
    else:
        found = measure(case["formula"], case["text"])
    assert found == pytest.approx(case["expected"], rel=1e-4, abs=1e-4)


REFERENCE_NAMES = {
    "ttr": "ttr", "TTR": "ttr", "mattr": "mattr", "MATTR": "mattr", "mtld": "mtld", "hdd": "hdd", "yule_k": "yule_k",
    "maas_a2": "maas",
    "flesch_reading_ease": "flesch_reading_ease", "Flesch": "flesch_reading_ease",
    "flesch_kincaid_grade": "flesch_kincaid_grade", "FOG": "gunning_fog", "smog_index": "smog", "lix": "lix",
    "automated_readability_index": "automated_readability", "Dale-Chall 1948": "dale_chall",
}  # fmt: skip
DISPERSION_NAMES = {
    "Rrel": "range", "D": "d", "D2": "d2", "S": "s", "DA": "da", "DP_egbert2020": "dp_even",
}  # fmt: skip
#: Why values differ from those of another implementation, where the reason is not the formula.
DIFFERENCES = {
    ("TextDescriptives", "flesch"): "counts the places where a word may be hyphenated, not its syllables",
    ("TextDescriptives", "oliver_twist"): "splits hyphenated words and clitics, of which Dickens has many",
    ("textstat", "automated"): "counts punctuation as characters",
    ("textstat", "LONG_TEXT"): "finds another number of sentences",
    ("textstat", "PUNCT_TEXT"): "joins the parts of hyphenated words and drops digits",
}


def test_formulas_agree_with_other_implementations(shared):
    """All reference values agree where both sides count the text alike; DIFFERENCES has the reason for each other."""
    folder = shared / "evals" / "measures"
    passages = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
    checked = 0
    for line in (folder / "reference_values.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        expected, kind = row["expected"], row["measure"]
        if kind.startswith("dispersion ") and kind.split()[1] in DISPERSION_NAMES and expected is not None:
            found = measures.dispersion(row["subfreq"], row["partsize"], measure=DISPERSION_NAMES[kind.split()[1]])
        elif kind == "keyness G2":
            counted = [
                (row[side].split().count(row["feature"]), len(row[side].split())) for side in ("target", "reference")
            ]
            found = measures.log_likelihood(*counted[0], *counted[1])
        elif "spectrum" in row:
            words = [f"w{n}.{i}" for n, types in row["spectrum"].items() for i in range(types) for _ in range(int(n))]
            found = measures.diversity(words_table(words)).set_index("measure")["value"]["yule_k"]
        elif kind == "Maas":
            # quanteda gives the root, and decimal logarithms.
            found = math.sqrt(_value_of("maas", passages[row["text_id"]], {}) * math.log(10))
        elif kind in REFERENCE_NAMES and passages.get(row["text_id"], "").strip():
            if any(row["impl"] == impl and (part in kind or part in row["text_id"]) for impl, part in DIFFERENCES):
                continue
            found = _value_of(REFERENCE_NAMES[kind], passages[row["text_id"]], row["options"])
        else:
            continue
        tolerance = max(row.get("abs_tol", 0), abs(expected) * row.get("rel_tol", 0))
        assert found == pytest.approx(expected, abs=max(tolerance, 1e-6)), (row["id"], row["impl"], kind)
        checked += 1
    assert checked >= 50


def _value_of(name, text, options):
    if name in {"ttr", "mattr", "mtld", "hdd", "yule_k", "maas"}:
        bare = "".join(c for c in text.lower() if not c.isdigit() and c not in "-–—")
        chosen = {key: options[key] for key in ("window", "threshold", "draws") if key in options}
        words = tables(bare)[1].query("is_word")["norm"].tolist()
        return measures.diversity(words_table(words), strict=False, **chosen).set_index("measure")["value"][name]
    return measure(name, text)


def test_keyness_orders_words_as_quanteda_does():
    target, reference = "a a a b b c c c c c c d e f g h h".split(), "a a b c c d d d d e f h".split()
    both = [pd.DataFrame({"article_id": "a", "lemma": w, "is_word": True}) for w in (target, reference)]
    found = measures.keyness(both[0], reference=both[1], min_n=1, min_expected=0)
    assert found["lemma"].tolist()[:2] == ["c", "g"]
    assert found["lemma"].tolist()[-1] == "d"
    assert (np.sign(found["keyness"]) == np.sign(found["log_ratio"])).all()


def test_an_invalid_option_is_an_error_that_lists_the_valid_ones():
    with pytest.raises(ValueError, match=r"measure is 'dpp'; expected one of 'dp', 'dp_norm'"):
        measures.dispersion([1, 2], [3, 3], measure="dpp")
    with pytest.raises(ValueError, match=r"correction is 'bonferoni'; expected one of 'benjamini-hochberg'"):
        measures.adjust_p([0.1], correction="bonferoni")
    with pytest.raises(ValueError, match="the tokens table has no column lemma"):
        measures.terms(words_table(["a"]))


def test_labels_and_methods_are_those_that_there_are(article):
    names = pd.DataFrame({
        "article_id": "a", "sentence": [0, 0], "start": [0, 5], "text": ["Ann", "Kent"],
        "label": ["person", "location"], "name": ["Ann", "Kent"],
    })  # fmt: skip
    assert measures.names(names, labels="person")["name"].tolist() == ["Ann"]
    with pytest.raises(ValueError, match=r"^labels is 'persons'; expected one of 'person'"):
        measures.names(names, labels=["persons"])
    with pytest.raises(ValueError, match=r"^methods is empty; expected one or more of 'yake'"):
        summary.key_phrases(article[0], article[1], methods=[])
    with pytest.raises(ValueError, match=r"^the query is None; expected"):
        measures.concordance(article[1], None)
    with pytest.raises(ValueError, match=r"^tokens is of type list; expected a table with"):
        measures.terms([])


# Words


@pytest.fixture(scope="module")
def article():
    sentences, tokens = tables(ARTICLE, title="Egypt trains Libya forces")
    return sentences, tokens, mentions(tokens)


def test_terms_count_the_words_of_the_text(article):
    found = measures.terms(article[1]).set_index("lemma")
    assert found.loc["Libya", "n"] == ARTICLE.count("Libya")
    assert found.loc["air", "n"] == 3
    assert found["n"].is_monotonic_decreasing
    total = article[1]["is_word"].sum()
    assert found.loc["Libya", "rate_per_1000"] == pytest.approx(1000 * ARTICLE.count("Libya") / total)
    assert found.loc["Libya", "first_start"] == ARTICLE.index("Libya")


def test_a_word_used_once_is_listed_but_not_tested(article):
    found = measures.terms(article[1]).set_index("lemma")
    once = found[found["n"] == 1]
    assert len(once)
    assert once[["keyness", "log_ratio", "p", "p_adjusted", "dispersion"]].isna().all(axis=None)
    assert found.loc["Libya", ["keyness", "log_ratio", "p", "p_adjusted", "dispersion"]].notna().all()


def test_a_word_that_general_english_lacks_has_its_lowest_rate():
    tokens = tables("Zzyzx met Zzyzx. The Zzyzx fell.")[1]
    found = measures.terms(tokens).iloc[0]
    assert found["reference_per_1000"] == 500 / 1e6
    assert np.isfinite(found[["keyness", "log_ratio", "log_ratio_low", "log_ratio_high"]].astype(float)).all()


def test_keyness_finds_a_word_that_the_article_lacks(article):
    reference = pd.DataFrame({"lemma": ["Libya", "peace", "air"], "n": [1, 90, 9]})
    found = measures.keyness(article[1], reference=reference)
    last = found.iloc[-1]
    assert (last["lemma"], last["n"]) == ("peace", 0)
    assert last["keyness"] < 0
    assert last["log_ratio_high"] < 0


@given(st.lists(st.sampled_from(["fog", "port", "the", "Dover", "1", ".", "rain", "zzyzx"]), min_size=1, max_size=60))
def test_terms_sum_to_all_words_and_p_values_are_probabilities(words):
    tokens = tables(" ".join(words))[1]
    found = measures.terms(tokens, content_only=False)
    assert found["n"].sum() == tokens["is_word"].sum()
    assert (found["rate_per_1000"].sum() == pytest.approx(1000)) or found.empty
    tested = found.dropna(subset="p")
    assert tested["p"].between(0, 1).all()
    assert (tested["p"] <= tested["p_adjusted"]).all()
    assert ((tested["log_ratio_low"] <= tested["log_ratio"]) & (tested["log_ratio"] <= tested["log_ratio_high"])).all()
    assert found["dispersion"].dropna().between(0, 1 + 1e-12).all()


@pytest.mark.parametrize("case", cases("measures-titles"))
def test_titles_before_names_are_no_content_words(case):
    tokens = annotate(Article.from_text(case["text"])).tokens
    assert {term.casefold() for term in measures.terms(tokens)["lemma"]} == {w.casefold() for w in case["expected"]}
    assert measures.terms(tokens, content_only=False)["n"].sum() == tokens["is_word"].sum()


@pytest.mark.parametrize("case", cases("measures-names"))
def test_whole_names_are_terms(case):
    tokens = annotate(Article.from_text(case["text"])).tokens
    for table in (measures.terms(tokens, whole_names=True), measures.keyness(tokens, min_n=1)):
        found = dict(zip(table["lemma"], table["n"], strict=True))
        assert {name: found.get(name) for name in case["expected"]} == case["expected"]
        assert found.keys().isdisjoint(case["parts"])
    assert set(case["parts"]) <= set(measures.terms(tokens)["lemma"])


def test_a_name_is_no_more_frequent_in_a_reference_than_its_rarest_word():
    tokens = annotate(Article.from_text("New York is big. New York is old.")).tokens
    by_word = measures.terms(tokens).set_index("lemma")
    name = measures.terms(tokens, whole_names=True).set_index("lemma").loc["New York"]
    assert name["reference_per_1000"] == by_word.loc[["New", "York"], "reference_per_1000"].min()
    assert name["rate_per_1000"] == by_word.loc["York", "rate_per_1000"]
    assert name["upos"] == "PROPN"
    # A reference that tells its names counts them; one of words and counts may list them.
    other = annotate(Article.from_text("York is old. New York is new. New roads lead to York.")).tokens
    assert _rate(tokens, other) == pytest.approx(1000 / other["is_word"].sum())
    assert _rate(tokens, other.drop(columns="entity")) == pytest.approx(3000 / other["is_word"].sum())
    assert _rate(tokens, pd.DataFrame({"lemma": ["new york", "york", "new"], "n": [1, 5, 94]})) == 10
    assert _rate(tokens, pd.DataFrame({"lemma": ["york", "new"], "n": [5, 95]})) == 50


def _rate(tokens, reference):
    found = measures.keyness(tokens, reference=reference).set_index("lemma")
    return found.loc["New York", "reference_per_1000"]


def test_a_word_that_stands_in_names_alone_is_not_lacking():
    tokens = annotate(Article.from_text("New York is big. New York is old.")).tokens
    reference = pd.DataFrame({"lemma": ["new", "peace", "be"], "n": [50, 45, 5]})
    found = measures.keyness(tokens, reference=reference, min_expected=1)["lemma"].tolist()
    assert "peace" in found
    assert "new" not in found
    assert "New" in measures.keyness(tokens, reference=reference, whole_names=False)["lemma"].tolist()


def test_spellings_of_a_name_that_differ_in_a_hyphen_are_one():
    tokens = tables("the Ebola Reston fell. the Ebola-Reston fell.")[1]
    tokens.loc[tokens["text"].isin(["Reston", "-"]), "entity"] = "I-misc"
    tokens.loc[tokens["text"] == "Ebola", "entity"] = "B-misc"
    found = measures.terms(tokens, whole_names=True).set_index("lemma")
    assert found.loc["Ebola Reston", "n"] == 2


def test_occurrences_are_spans_of_the_words(article):
    found = measures.occurrences(article[1], ["Libya", "nowhere", "egypt"])
    assert found["word"].unique().tolist() == ["Libya", "egypt"]
    assert all(ARTICLE[a:b].casefold() == w.casefold() for a, b, w in found[["start", "end", "word"]].to_numpy())
    assert found["position"].between(0, 1, inclusive="left").all()


def test_tag_shares_of_article_and_reference_sum_to_one(article):
    found = measures.tag_profile(article[1])
    assert found["share"].sum() == pytest.approx(1)
    assert found["reference_share"].sum() == pytest.approx(1)


# Contexts


def test_a_concordance_shows_each_hit_in_its_context(article):
    found = measures.concordance(article[1], "air strike*", width=30)
    assert found["text"].tolist() == ["air strikes"] * 3
    assert [ARTICLE[a:b] for a, b in found[["start", "end"]].to_numpy()] == ["air strikes"] * 3
    assert found["left"].tolist()[1].endswith("who staged the")
    assert found["right"].tolist()[2].startswith(", and the country's")


def test_a_concordance_sorts_by_the_words_beside_the_hit(article):
    rights = measures.concordance(article[1], "libya", sort="right")["right"].str.casefold().tolist()
    assert rights == sorted(rights, key=str.split)
    lefts = [left.casefold().split()[::-1] for left in measures.concordance(article[1], "libya", sort="left")["left"]]
    assert lefts == sorted(lefts)


def test_a_concordance_finds_names_by_label_and_by_form(article):
    assert len(measures.concordance(article[1], "person", by="entity")) == (article[1]["entity"] == "B-person").sum()
    tagged = article[1].query("text == 'Libya' and entity != 'O'")
    assert measures.concordance(article[1], "libya", by="entity")["start"].tolist() == tagged["start"].tolist()


def test_collocations_of_adjacent_words(article):
    found = measures.collocations(article[1], window=1).iloc[0]
    assert (found["left"], found["right"], found["n"]) == ("air", "strikes", 3)
    assert found["log_dice"] == pytest.approx(14)


def test_collocations_do_not_cross_sentences():
    tokens = tables("Rain fell. Snow came. Rain fell. Snow came.")[1]
    pairs = measures.collocations(tokens, window=5)[["left", "right"]].to_numpy().tolist()
    assert sorted(map(sorted, pairs)) == [["came", "snow"], ["fell", "rain"]]


def test_collocations_keep_names_whole_on_request():
    tokens = tables("he told Jane Doe lies. she told Jane Doe lies.")[1]
    tokens["entity"] = ["O", "O", "B-person", "I-person", "O", "O"] * 2
    found = measures.collocations(tokens, window=2, whole_names=True)
    assert ("Jane Doe", "lies") in set(zip(found["left"], found["right"], strict=True))


def test_names_are_counted_with_their_sentences_and_forms(article):
    found = measures.names(article[2]).set_index("name")
    assert found.loc["Libya", "n"] == 5
    assert found.loc["Libya", "n_sentences"] == 5
    assert found.loc["Libya", "forms"] == "Libya"


def test_cooccurrence_counts_sentences_not_mentions():
    people = pd.DataFrame({
        "article_id": "a", "sentence": [0, 0, 0, 1], "start": [0, 5, 10, 20], "label": "person",
        "name": ["Ann", "Bob", "Ann", "Ann"],
    })  # fmt: skip
    found = measures.cooccurrence(people)
    assert found[["left", "right", "n"]].to_numpy().tolist() == [["Ann", "Bob", 1]]


# Whole texts


def test_orthographic_words_are_the_words_between_spaces():
    tokens = tables("US-led troops didn’t enter the country's “no-man’s-land”.")[1]
    token = {column: tokens[column].to_numpy() for column in tokens.columns}
    words = [word.text for word in orthographic_words(token)]
    assert words == ["US-led", "troops", "didn’t", "enter", "the", "country's", "no-man’s-land"]


def test_readability_of_a_short_text_is_missing_with_the_reason(article):
    found = measures.readability(article[0], article[1])
    assert found["value"].isna().all()
    assert found["note"].str.match(r"too few to measure: \d+ words, 100 wanted").all()


def test_readability_of_a_long_text_has_an_interval_around_its_value():
    text = " ".join(f"The {'very ' * (i % 4)}old minister of {'defence' if i % 2 else 'war'} spoke." for i in range(40))
    sentences, tokens = tables(text)
    found = measures.readability(sentences, tokens)
    assert found["value"].notna().all()
    assert (found["low"] <= found["value"]).all()
    assert (found["value"] <= found["high"]).all()
    pd.testing.assert_frame_equal(found, measures.readability(sentences, tokens))


def test_diversity_of_a_short_text_is_missing_with_the_reason():
    found = measures.diversity(words_table(["a", "b", "a"])).set_index("measure")
    assert found.loc["ttr", "value"] == pytest.approx(2 / 3)
    assert found.drop("ttr")["value"].isna().all()
    assert found.loc["mtld", "note"] == "too few to measure: 3 words, 100 wanted for a value"


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=60), st.integers(1, 20))
def test_mattr_is_the_mean_over_every_window(words, window):
    found = measures.diversity(words_table(words), window=window, strict=False).set_index("measure")["value"]["mattr"]
    ratios = [len(set(words[i : i + window])) / window for i in range(len(words) - window + 1)]
    assert found == pytest.approx(np.mean(ratios) if ratios else np.nan, nan_ok=True)


def test_syllables_of_words_that_are_not_exceptions():
    words = {"militia": 3, "Benghazi’s": 3, "co-operation": 5, "Xi": 1, "didn't": 2, "police-controlled": 4}
    assert {word: measures.syllables(word) for word in words} == words


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("case", cases("measures-syllables"))
def test_accents_tell_of_syllables(case, form):
    assert measures.syllables(unicodedata.normalize(form, case["text"])) == case["expected"]


def test_measures_are_the_same_for_composed_and_decomposed_letters():
    text = "The naïve café chef kept a recipe, a simile and a cliché. " * 40
    composed, decomposed = (annotate(Article.from_text(unicodedata.normalize(form, text))) for form in ("NFC", "NFD"))
    columns = ["norm", "lemma", "upos", "xpos", "entity"]
    pd.testing.assert_frame_equal(composed.tokens[columns], decomposed.tokens[columns])
    assert "café" in set(decomposed.tokens["norm"])
    of_each = [measures.readability(own.sentences, own.tokens)["value"] for own in (composed, decomposed)]
    pd.testing.assert_series_equal(*of_each)


def test_tone_has_its_warning_and_is_0_without_scored_words(article):
    found = measures.tone(article[0], article[1])
    assert found["compound"].between(-1, 1).all()
    assert (found["note"] == measures.TONE_WARNING).all()
    assert found.loc[found["n_scored"] == 0, "compound"].eq(0).all()
    assert all(ARTICLE[a:b] == t for a, b, t in found[["start", "end", "text"]].to_numpy())


# Grammatical roles and chains

ROLE_CASES = json.loads((PROJECT / "tests" / "cases" / "grammatical-roles.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", [*map(case_parameter, ROLE_CASES)])
def test_what_names_are_in_their_sentences(case):
    _, tokens, mentions, coreference = annotate(Article.from_text(case["text"]), force=True)
    found = measures.grammatical_roles(tokens, mentions, coreference).set_index("name")
    roles = found.filter(regex="^n_")
    assert (found["n"] == roles.sum(axis=1)).all()
    told = {name: {role[2:]: int(n) for role, n in row.items() if n} for name, row in roles.iterrows()}
    assert {name: told.get(name) for name in case["expected"]} == case["expected"]
    assert {name: found.loc[name, "verbs"] for name in case.get("verbs", {})} == case.get("verbs", {})


def test_roles_need_trees(seed):
    _, *own = annotate(seed, syntax=False)
    with pytest.raises(ValueError, match="the tokens have no trees; expected those of annotate"):
        measures.grammatical_roles(*own)


def test_chains_are_marked_by_length_and_tell_whom_a_pronoun_means(seed):
    coreference = annotate(seed).coreference
    found = measures.chains(coreference)
    assert found["mark"].tolist() == list(range(1, len(found) + 1))
    assert found["n"].is_monotonic_decreasing
    assert (found["n"] == found["n_names"] + found["n_descriptions"] + found["n_pronouns"]).all()
    marked = measures.chain_mentions(coreference, n=2)
    assert set(marked["mark"]) == {1, 2}
    assert len(marked) == found["n"].head(2).sum()
    assert set(marked.loc[marked["kind"] == "pronoun", "label"]) == {"1 Egypt"}
    assert set(marked.loc[marked["kind"] == "name", "label"]) == {"1", "2"}


# Stages

MEASURES = sorted(name for name in STAGES if name.startswith("measures."))
REFERENCE = pd.DataFrame({
    "lemma": ["the", "say", "."], "norm": ["the", "said", "."], "upos": ["DET", "VERB", "PUNCT"],
    "is_word": [True, True, False],
})  # fmt: skip
#: What each stage is called with besides its tables; those that are not listed, with nothing.
OPTIONS = {
    "measures.chain_mentions": [{}, {"n": 1}],
    "measures.collocations": [
        {}, {"window": 1, "by": "norm"}, {"whole_names": True, "content_only": False, "min_n": 1},
    ],
    "measures.concordance": [
        {"query": "libya"}, {"query": "the *", "sort": "left"}, {"query": "person", "by": "entity", "sort": "right"},
        {"query": "nn*", "by": "xpos", "sort": "match"},
    ],
    "measures.cooccurrence": [{}, {"labels": None}, {"by": "label"}],
    "measures.counts": [{}, {"resamples": 0}],
    "measures.diversity": [{}, {"strict": False}],
    "measures.keyness": [
        {}, {"reference": REFERENCE}, {"by": "norm", "min_n": 1, "min_expected": 0.1}, {"whole_names": False},
    ],
    "measures.names": [{}, {"labels": None}],
    "measures.noun_phrases": [{}, {"described_only": True}],
    "measures.occurrences": [{"words": ["Libya", "the"]}, {"words": "noun", "by": "upos"}],
    "measures.readability": [{}, {"strict": False, "resamples": 0}],
    "measures.tag_profile": [{}, {"reference": REFERENCE}],
    "measures.terms": [
        {}, {"reference": REFERENCE, "min_n": 1}, {"by": "norm", "content_only": False, "whole_names": True},
    ],
}  # fmt: skip


def run(name, source, **options):
    """Run a stage on the tables that it requires."""
    function = getattr(measures, name.removeprefix("measures."))
    return function(*(source[table] for table in STAGES[name].requires), **options)


def simple(text, **options):
    sentences, tokens = tables(text, **options)
    named = mentions(tokens)
    article = SimpleNamespace(id=tokens["article_id"].iloc[0], text=text)  # no Article has marks alone
    chains = empty("coreference")
    claims = find_claims([article], sentences, tokens, named, chains)
    return {"sentences": sentences, "tokens": tokens, "mentions": named, "coreference": chains, **claims._asdict()}


@pytest.fixture(scope="module")
def annotated(seed):
    """Return the tables of a real article, of two articles, and of none."""
    other = Article.from_text("Rain in Libya\n\nRain fell on Libya and Egypt on Friday, police in Cairo said.")
    one, two = annotate(seed), annotate([seed, other])
    real = one._asdict() | find_claims(seed, *one)._asdict()
    return {
        "a real article": real,
        "two articles": two._asdict() | find_claims([seed, other], *two)._asdict(),
        "no article": {name: empty(name) for name in real},
    }


@pytest.mark.parametrize("which", ["a real article", "two articles", "no article"])
@pytest.mark.parametrize("name", MEASURES)
def test_every_stage_keeps_the_contract_of_its_table(name, which, annotated):
    assert "{columns}" not in getattr(measures, name.removeprefix("measures.")).__doc__
    for options in OPTIONS.get(name, [{}]):
        found = check(STAGES[name].returns, run(name, annotated[which], **options))
        check_rounded(found)
        assert set(found["article_id"]) <= set(annotated[which]["tokens"]["article_id"])
    first = run(name, annotated[which], **OPTIONS.get(name, [{}])[0])
    assert first["article_id"].nunique() == {"a real article": 1, "two articles": 2, "no article": 0}[which]


@pytest.mark.parametrize("name", MEASURES)
@pytest.mark.parametrize(
    "text", [ARTICLE, "Rain.", "…", "1 2 3", "Libya Libya"], ids=["article", "word", "mark", "digits", "two"]
)
def test_a_stage_changes_no_input_and_repeats_its_output(name, text):
    source = simple(text)
    before = {table: rows.copy(deep=True) for table, rows in source.items()}
    options = OPTIONS.get(name, [{}])[0]
    first = check(STAGES[name].returns, run(name, source, **options))
    pd.testing.assert_frame_equal(first, run(name, source, **options))
    for table, copy in before.items():
        pd.testing.assert_frame_equal(source[table], copy)


@pytest.mark.parametrize("name", MEASURES)
def test_two_articles_in_one_table_are_measured_apart(name):
    one, two = simple(ARTICLE), simple("Rain fell on Libya. Rain fell on Egypt.", article_id="b")
    both = {table: pd.concat([one[table], two[table]], ignore_index=True) for table in one}
    options = OPTIONS.get(name, [{}])[0]
    apart = pd.concat([run(name, one, **options), run(name, two, **options)], ignore_index=True)
    pd.testing.assert_frame_equal(run(name, both, **options), apart)


# The package


@pytest.mark.parametrize("module", ["diversity", "readability", "size", "tone"])
def test_a_measure_with_the_name_of_its_module_is_the_function(module):
    code = f"""
import analysis.measures.{module}
from analysis import measures
assert all(callable(function) for function in (measures.diversity, measures.readability, measures.tone))
assert sorted(dir(measures)) == sorted(measures.__all__)
"""
    subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=True)


def test_every_data_file_has_a_checksum_and_a_row_in_the_readme():
    described = re.findall(r"^\| `([^`]+)` \|", (shipped("data") / "README.md").read_text("utf-8"), re.MULTILINE)
    files = {p.name for p in shipped("data").iterdir()} - {"README.md", "LICENSES.txt", "SHA256.json"}
    assert files == set(described) == data().checksums.keys()
    assert all(data().read_bytes(name) for name in files)


def test_importing_the_measures_loads_no_scipy_matplotlib_or_nltk():
    code = "import sys, analysis.measures; print([m for m in ('scipy', 'matplotlib', 'nltk') if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], cwd=PROJECT, text=True).strip() == "[]"


@pytest.mark.parametrize(
    ("text", "absent"),
    [
        ("Mr. Hassan spoke. Mr. Hassan left. Mr. Hassan fell.", ["Mr."]),
        ("Gen. Lee met Sgt Hale. Gen. Lee left Sgt Hale.", ["Gen.", "Sgt"]),
        ("The rain fell and fell. It fell.", ["mr", "mr.", "Mr.", "Mrs."]),
    ],
)
def test_titles_before_names_are_no_key_words(text, absent):
    tokens = annotate(Article.from_text(text, id="a"), force=True).tokens
    found = set(measures.keyness(tokens, min_n=2, min_expected=0.001)["lemma"])
    assert found
    assert not found & set(absent)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("School opens\n\nBy Sara Haddad, Gulf News Staff Reporter\n\n{}", []),
        ("School opens\n\n{}\n\nReporting by Adam Lowe in Tunis; Editing by Nina Marsh.", []),
        ("School opens\n\nPhoto: Omar Kamal / Getty Images\n\n{}", []),
        ("School opens\n\nGulf News Desk\n\n{}", []),
        ("School opens\n\nCAIRO (AP) — A court sat on Sunday.\n\n{}", ["Cairo", "Sunday"]),
        ("School opens\n\nThe union (UGTT) — with others — met.\n\n{}", ["UGTT"]),
    ],
)
def test_who_made_an_article_is_no_content_of_it(text, expected):
    body = "The mayor, Salem Rashed, opened a school on Monday. He said that it would teach 300 children from Ajman."
    sentences, _, named, _ = annotate(Article.from_text(text.format(body), id="a"), force=True)
    found = measures.content_mentions(named, sentences)
    check("mentions", found)
    assert sorted(found["name"]) == sorted([*expected, "Salem Rashed", "Monday", "Ajman"])


@pytest.mark.parametrize("word", ["20", "9/11", "1990"])
def test_a_number_is_no_term_whatever_its_tag(word):
    tokens = pd.DataFrame({
        "article_id": "a", "start": [0, 10], "lemma": [word, "Libya"], "upos": ["NOUN", "PROPN"],
        "is_word": True, "is_stop": False,
    })  # fmt: skip
    assert measures.terms(tokens)["lemma"].tolist() == ["Libya"]
    assert set(measures.terms(tokens, content_only=False)["lemma"]) == {"Libya", word}
