"""Measures: formulas against published figures, tables against what a reader can count, short texts, spans."""

import json
import math
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import measures
from analysis.measures import texts
from analysis.resources import data
from tests.conftest import PROJECT
from tests.simple_tables import mentions, tables

CASES = json.loads((PROJECT / "tests" / "cases" / "measures.json").read_text(encoding="utf-8"))
ARTICLE = (
    "Egypt trains Libya forces\n\nEgypt has offered to train pro-government forces in Libya. The air strikes hit "
    "Libya.\n\nUS officials didn’t say who staged the air strikes. Egypt denied the air strikes, and the country's "
    "army said that “Libya” asked for help.\n\nLibya asked Egypt for help. The forces of Libya fear Egypt."
)


def words_table(words):
    return pd.DataFrame({"article_id": "a", "start": range(len(words)), "norm": words, "is_word": True})


def measure(formula, text, **options):
    sentences, tokens = tables(text)
    found = measures.readability(tokens.assign(upos="NOUN"), sentences, strict=False, resamples=0, **options)
    return found.set_index("measure")["value"][formula]


# Formulas


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_a_formula_gives_the_published_figure(case):
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
#: Figures that rest on something other than the formula, by implementation: why ours differ.
OTHERWISE = {
    ("TextDescriptives", "flesch"): "counts the places where a word may be hyphenated, not its syllables",
    ("TextDescriptives", "oliver_twist"): "splits hyphenated words and clitics, of which Dickens has many",
    ("textstat", "automated"): "counts punctuation as characters",
    ("textstat", "LONG_TEXT"): "finds another number of sentences",
    ("textstat", "PUNCT_TEXT"): "joins the parts of hyphenated words and drops digits",
}


def test_formulas_agree_with_other_implementations(shared):
    """Holds all reference values whose text both sides count alike; none may be left without a reason."""
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
            found = math.sqrt(_of_passage("maas", passages[row["text_id"]], {}) * math.log(10))
        elif kind in REFERENCE_NAMES and passages.get(row["text_id"], "").strip():
            if any(row["impl"] == impl and (part in kind or part in row["text_id"]) for impl, part in OTHERWISE):
                continue
            found = _of_passage(REFERENCE_NAMES[kind], passages[row["text_id"]], row["options"])
        else:
            continue
        tolerance = max(row.get("abs_tol", 0), abs(expected) * row.get("rel_tol", 0))
        assert found == pytest.approx(expected, abs=max(tolerance, 1e-6)), (row["id"], row["impl"], kind)
        checked += 1
    assert checked >= 50


def _of_passage(name, text, options):
    if name in {"ttr", "mattr", "mtld", "hdd", "yule_k", "maas"}:
        bare = "".join(c for c in text.lower() if not c.isdigit() and c not in "-–—")
        known = {key: options[key] for key in ("window", "threshold", "draws") if key in options}
        words = tables(bare)[1].query("is_word")["norm"].tolist()
        return measures.diversity(words_table(words), strict=False, **known).set_index("measure")["value"][name]
    return measure(name, text)


def test_keyness_orders_words_as_quanteda_does():
    target, reference = "a a a b b c c c c c c d e f g h h".split(), "a a b c c d d d d e f h".split()
    both = [pd.DataFrame({"article_id": "a", "lemma": w, "is_word": True}) for w in (target, reference)]
    found = measures.keyness(both[0], reference=both[1], min_n=1, min_expected=0)
    assert found["lemma"].tolist()[:2] == ["c", "g"]
    assert found["lemma"].tolist()[-1] == "d"
    assert (np.sign(found["keyness"]) == np.sign(found["log_ratio"])).all()


def test_fisher_p_is_the_tail_of_the_hypergeometric_distribution():
    for both, left, right, total in [(0, 3, 4, 9), (2, 5, 4, 30), (5, 5, 5, 5), (1, 40, 70, 900), (9, 12, 20, 400)]:
        ways = [math.comb(left, k) * math.comb(total - left, right - k) for k in range(both, min(left, right) + 1)]
        exact = sum(ways) / math.comb(total, right)
        assert measures.fisher_p(both, left, right, total) == pytest.approx(exact, rel=1e-9)


@given(st.integers(0, 3), st.integers(3, 500), st.integers(0, 3), st.integers(3, 50_000))
def test_a_log_ratio_says_nothing_sooner_than_the_opposite_of_the_rates(n, total, other_n, other_total):
    found = measures.log_ratio(n, total, other_n, other_total)
    difference = n * other_total - other_n * total
    assert np.isnan(found).all() if not n and not other_n else not found[0] * difference < 0
    assert np.isfinite(found).all() or not n or not other_n


def test_p_of_two_rates_is_the_binomial_tail():
    for n, total, other_n, other_total in [(3, 100, 9, 1000), (0, 50, 5, 500), (7, 400, 600, 10**5), (2, 30, 0, 90)]:
        share, all_n = total / (total + other_total), n + other_n
        chance = [math.comb(all_n, k) * share**k * (1 - share) ** (all_n - k) for k in range(all_n + 1)]
        exact = min(1, 2 * min(math.fsum(chance[: n + 1]), math.fsum(chance[n:])))
        assert measures.rates_p(n, total, other_n, other_total) == pytest.approx(exact, rel=1e-9)


def test_every_option_says_what_it_may_be():
    with pytest.raises(ValueError, match=r"measure is 'dpp'; expected one of 'dp', 'dp_norm'"):
        measures.dispersion([1, 2], [3, 3], measure="dpp")
    with pytest.raises(ValueError, match=r"correction is 'bonferoni'; expected one of 'benjamini-hochberg'"):
        measures.adjust_p([0.1], correction="bonferoni")
    with pytest.raises(ValueError, match="the tokens table has no column lemma"):
        measures.terms(words_table(["a"]))


# Words


@pytest.fixture(scope="module")
def article():
    sentences, tokens = tables(ARTICLE, title="Egypt trains Libya forces")
    return sentences, tokens, mentions(tokens)


def test_terms_count_what_a_reader_counts(article):
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


def test_a_word_that_no_reference_lists_is_key_but_no_more_than_the_rarest_listed():
    tokens = tables("Zzyzx met Zzyzx. The Zzyzx fell.")[1]
    found = measures.terms(tokens).iloc[0]
    assert found["reference_per_1000"] == 500 / 1e6
    assert np.isfinite(found[["keyness", "log_ratio", "log_ratio_low", "log_ratio_high"]].astype(float)).all()


def test_keyness_finds_the_word_that_the_article_avoids(article):
    reference = pd.DataFrame({"lemma": ["Libya", "peace", "air"], "n": [1, 90, 9]})
    found = measures.keyness(article[1], reference=reference)
    last = found.iloc[-1]
    assert (last["lemma"], last["n"]) == ("peace", 0)
    assert last["keyness"] < 0
    assert last["log_ratio_high"] < 0


@given(st.lists(st.sampled_from(["fog", "port", "the", "Dover", "1", ".", "rain", "zzyzx"]), min_size=1, max_size=60))
def test_terms_add_up_and_their_p_are_chances(words):
    tokens = tables(" ".join(words))[1]
    found = measures.terms(tokens, content_only=False)
    assert found["n"].sum() == tokens["is_word"].sum()
    assert (found["rate_per_1000"].sum() == pytest.approx(1000)) or found.empty
    tested = found.dropna(subset="p")
    assert tested["p"].between(0, 1).all()
    assert (tested["p"] <= tested["p_adjusted"]).all()
    assert ((tested["log_ratio_low"] <= tested["log_ratio"]) & (tested["log_ratio"] <= tested["log_ratio_high"])).all()
    assert found["dispersion"].dropna().between(0, 1 + 1e-12).all()


def test_occurrences_lie_where_the_words_are(article):
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


# Texts


def test_written_words_are_the_words_between_spaces():
    tokens = tables("US-led troops didn’t enter the country's “no-man’s-land”.")[1]
    token = {column: tokens[column].to_numpy() for column in tokens.columns}
    written = [word.text for word in texts.written_words(token)]
    assert written == ["US-led", "troops", "didn’t", "enter", "the", "country's", "no-man’s-land"]


def test_readability_refuses_a_short_text_and_says_why(article):
    found = measures.readability(article[1], article[0])
    assert found["value"].isna().all()
    assert found["note"].str.match(r"too few to measure: \d+ words, 100 wanted").all()


def test_readability_of_a_long_text_has_an_interval_around_its_value():
    text = " ".join(f"The {'very ' * (i % 4)}old minister of {'defence' if i % 2 else 'war'} spoke." for i in range(40))
    sentences, tokens = tables(text)
    found = measures.readability(tokens, sentences)
    assert found["value"].notna().all()
    assert (found["low"] <= found["value"]).all()
    assert (found["value"] <= found["high"]).all()
    pd.testing.assert_frame_equal(found, measures.readability(tokens, sentences))


def test_diversity_refuses_a_short_text():
    found = measures.diversity(words_table(["a", "b", "a"])).set_index("measure")
    assert found.loc["ttr", "value"] == pytest.approx(2 / 3)
    assert found.drop("ttr")["value"].isna().all()
    assert found.loc["mtld", "note"] == "too few to measure: 3 words, 100 wanted for a value"


@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=60), st.integers(1, 20))
def test_mattr_is_the_mean_over_every_window(words, window):
    found = measures.diversity(words_table(words), window=window, strict=False).set_index("measure")["value"]["mattr"]
    ratios = [len(set(words[i : i + window])) / window for i in range(len(words) - window + 1)]
    assert found == pytest.approx(np.mean(ratios) if ratios else np.nan, nan_ok=True)


def test_syllables_of_words_outside_the_list_of_exceptions():
    words = {"militia": 3, "Benghazi’s": 3, "co-operation": 5, "Xi": 1, "didn't": 2, "police-controlled": 4}
    assert {word: measures.syllables(word) for word in words} == words


def test_tone_carries_its_warning_and_leaves_silence_neutral(article):
    found = measures.tone(article[1], article[0])
    assert found["compound"].between(-1, 1).all()
    assert (found["note"] == measures.TONE_WARNING).all()
    assert found.loc[found["n_scored"] == 0, "compound"].eq(0).all()
    assert all(ARTICLE[a:b] == t for a, b, t in found[["start", "end", "text"]].to_numpy())


# All of them

EVERY = {
    "terms": lambda _s, t, _m: measures.terms(t),
    "keyness": lambda _s, t, _m: measures.keyness(t),
    "occurrences": lambda _s, t, _m: measures.occurrences(t, ["Libya"]),
    "tag_profile": lambda _s, t, _m: measures.tag_profile(t),
    "concordance": lambda _s, t, _m: measures.concordance(t, "libya"),
    "collocations": lambda _s, t, _m: measures.collocations(t),
    "names": lambda _s, _t, m: measures.names(m),
    "cooccurrence": lambda _s, _t, m: measures.cooccurrence(m),
    "counts": lambda s, t, _m: measures.counts(s, t),
    "lengths": lambda s, t, _m: measures.lengths(s, t),
    "diversity": lambda _s, t, _m: measures.diversity(t),
    "readability": lambda s, t, _m: measures.readability(t, s),
    "tone": lambda s, t, _m: measures.tone(t, s),
}  # fmt: skip


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize(
    "text", [ARTICLE, "Rain.", "…", "1 2 3", "Libya Libya"], ids=["article", "word", "mark", "digits", "two"]
)
def test_a_measure_leaves_its_input_and_repeats_itself(name, text):
    sentences, tokens = tables(text)
    found = mentions(tokens)
    before = [frame.copy(deep=True) for frame in (sentences, tokens, found)]
    first = EVERY[name](sentences, tokens, found)
    pd.testing.assert_frame_equal(first, EVERY[name](sentences, tokens, found))
    for frame, copy in zip((sentences, tokens, found), before, strict=True):
        pd.testing.assert_frame_equal(frame, copy)


@pytest.mark.parametrize("name", EVERY)
def test_a_measure_of_nothing_is_an_empty_table_with_the_same_columns(name):
    full = tables(ARTICLE)
    full = (*full, mentions(full[1]))
    empty = EVERY[name](*(frame.iloc[:0] for frame in full))
    assert len(empty) == 0
    assert empty.columns.tolist() == EVERY[name](*full).columns.tolist()
    assert empty.columns[0] == "article_id"


@pytest.mark.parametrize("name", EVERY)
def test_two_articles_in_one_table_are_measured_apart(name):
    one, two = tables(ARTICLE), tables("Rain fell on Libya. Rain fell on Egypt.", article_id="b")
    one, two = (*one, mentions(one[1])), (*two, mentions(two[1]))
    together = EVERY[name](*(pd.concat(pair, ignore_index=True) for pair in zip(one, two, strict=True)))
    apart = pd.concat([EVERY[name](*one), EVERY[name](*two)], ignore_index=True)
    pd.testing.assert_frame_equal(together, apart, check_dtype=False)


def test_every_data_file_has_a_checksum_and_a_line_in_the_readme():
    described = re.findall(r"^\| `([^`]+)` \|", (PROJECT / "data" / "README.md").read_text("utf-8"), re.MULTILINE)
    files = {p.name for p in (PROJECT / "data").iterdir()} - {"README.md", "LICENSES.txt", "SHA256.json"}
    assert files == set(described) == data().checksums.keys()
    assert all(data().read_bytes(name) for name in files)


def test_importing_the_measures_is_light():
    code = "import sys, analysis.measures; print([m for m in ('scipy', 'matplotlib', 'nltk') if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], cwd=PROJECT, text=True).strip() == "[]"
