"""Summaries: methods on texts whose answer a reader can see, budgets, exclusions, spans, determinism."""

import itertools
import math
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import Article, summary
from analysis.language import annotate
from analysis.language.roles import find_roles
from analysis.summary.actors import actors
from tests.conftest import PROJECT
from tests.simple_tables import mentions, tables

TITLE = "Fog closes the port of Dover"
ARTICLE = f"""{TITLE}

By Ann Lee

29 September 2014

Thick fog closed the port of Dover on Monday, and ferries waited at sea. The port said that ferries would sail when \
the fog lifted.

Drivers waited in long queues near the port of Dover. Some slept in cars.

“I have never seen such fog in my life,” said a driver. Shops sold all bread by noon.

Ferries wait outside the port when fog is thick. The fog may lift on Tuesday.

© 2014 Daily Echo. All rights reserved."""


@pytest.fixture(scope="module")
def article():
    sentences, tokens = tables(ARTICLE, title=TITLE)
    return sentences, tokens, mentions(tokens)


@pytest.fixture(scope="module")
def scores(article):
    return summary.score_sentences(*article)


# Scores


def test_every_sentence_has_its_row_and_its_span(article, scores):
    assert len(scores) == len(article[0])
    assert all(ARTICLE[a:b] == t for a, b, t in scores[["start", "end", "text"]].to_numpy())
    assert scores.columns.tolist()[-len(summary.METHODS) :] == list(summary.METHODS)


def test_what_is_no_sentence_is_excluded_and_says_why(scores):
    reasons = dict(zip(scores["text"], scores["excluded"], strict=True))
    assert reasons[TITLE] == "title"
    assert reasons["By Ann Lee"] == "by-line"
    assert reasons["29 September 2014"] == "dateline"
    assert reasons["All rights reserved."] == "boilerplate"
    assert reasons["The fog may lift on Tuesday."] == ""
    gone = scores[scores["excluded"] != ""]
    assert gone[list(summary.METHODS)].isna().all(axis=None)
    assert scores.drop(gone.index)[list(summary.METHODS)].notna().all(axis=None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("CAIRO (Reuters) -", "dateline"),
        ("Published: 14:11 GMT, 25 October 2013", "dateline"),
        ("Reporting by Ann Lee in Cairo; editing by Bob Roe", "by-line"),
        ("Photo: Ann Lee", "caption"),
        ("The bridge in May (AP Photo/Ann Lee)", "caption"),
        ("Scroll down for video .", "caption"),
        ("Click here to read the report.", "boilerplate"),
        ("https://example.org/news", "boilerplate"),
        ("PUBLISHED: .", "dateline"),
        ("Last updated at 1:11 AM on 15th June 2011 .", "dateline"),
        ("Posted to Iraq in 2003, the soldier says that he came home a changed man.", ""),
        ("By .", "by-line"),
        ("CNN's Ann Lee contributed to this report.", "by-line"),
        ("Donations that the firm says contributed to the growth of the town came from abroad.", ""),
        ("Scroll down to watch video .", "caption"),
        ("Caught: Bob Roe (pictured left) is in jail .", "caption"),
        ("Follow @@annlee .", "boilerplate"),
        ("Like us on Facebook .", "boilerplate"),
        ("E-mail to a friend .", "boilerplate"),
        ("Read more: Fog at sea.", "boilerplate"),
        ("Sources: Ann Lee, Bob Roe", "boilerplate"),
        ("The two say that they would follow us to the court.", ""),
        ("Join us in prayer, says the bishop to the crowd.", ""),
        ("Share this with your friends, says the mayor.", ""),
        ("This report is the work of a committee of ten.", ""),
        ("Photos by the agency say that the camp is empty.", ""),
        ("By Tuesday the storm is at the coast of Kent.", ""),
        ("CNN's Ann Lee reports.", "by-line"),
        ("This story is part of a series.", "boilerplate"),
        ("Sources told the Echo that the port is shut.", ""),
        ("Watch Ann Lee on the fog »", "boilerplate"),
        ("For confidential support call the Samaritans on 08457 90 90 90 .", "boilerplate"),
        ("The opinions expressed in this commentary are solely those of Ann Lee.", "boilerplate"),
        ("DOVER, England (CNN) -- The port is shut and ferries wait at sea, the harbour master says.", ""),
        ("Mayor says reporting by the paper was false and that he will sue its owner for it.", ""),
        ("By Monday the army had taken the town, and by Tuesday it had lost the town to the rebels again.", ""),
        ("March is the month in which ferries sail again.", ""),
    ],
)
def test_a_line_is_told_from_a_sentence(text, reason):
    sentences, tokens = tables(f"{text}\n\nThe dog saw the cat in the park and it ran.")
    is_verb = (tokens["upos"] == "VERB") | tokens["norm"].isin(["says", "taken", "is"])
    n_words, has_verb = (
        column.groupby(tokens["sentence"]).sum().tolist() for column in (tokens["is_word"], is_verb.astype(int))
    )
    roles = find_roles(sentences["text"].tolist(), [False] * len(sentences), n_words, has_verb)
    assert summary.candidates.excluded(np.array(roles, dtype=object)).tolist() == [reason, ""]


def excluded_in(text):
    """Annotate a raw text, and give why each sentence is none of a summary."""
    article = Article.from_text(text)
    scores = summary.score_sentences(*annotate(article), methods=["lead"])
    return dict(zip(scores["text"], scores["excluded"], strict=True))


REPORT = ["A farmer from Kent was jailed today for selling stolen sheep .", "Police found 40 animals in a barn ."]


@pytest.mark.parametrize(
    "head",
    [
        "By . Ann Lee . PUBLISHED: . 10:23 EST, 5 March 2014 . | . UPDATED: . 02:37 EST, 6 March 2014 .",
        "By . Daily Echo Reporter . Last updated at 1:11 AM on 15th June 2011 . Scroll down for video .",
        "By . Ann Lee for Echo Online . and Bob Roe . Follow @@annlee . UPDATED: . 07:12 GMT, 9 October 2011 .",
        "By\n\nAnn Lee\n\nPUBLISHED:\n\n10:23 EST, 5 March 2014\n\n|\n\nUPDATED:\n\n02:37 EST, 6 March 2014\n\n",
    ],
)
def test_the_lines_that_scraped_news_begins_with_are_no_summary(head):
    found = excluded_in(" ".join([head, *REPORT]))
    assert len(found) > 4
    assert [text for text, reason in found.items() if not reason] == REPORT


def test_a_line_that_a_scraper_closed_is_a_caption_unless_every_sentence_is_spaced():
    told = ["A farmer from Kent was jailed today.", "He sold stolen sheep to a butcher.", "Police found 40 in a barn."]
    caption = "The barn near Ashford where police found the stolen sheep ."
    found = excluded_in(" ".join([*told[:2], caption, told[2]]))
    assert [text for text, reason in found.items() if reason] == [caption]
    assert found[caption] == "caption"
    assert set(excluded_in(" ".join([*told, caption]).replace(".", " .")).values()) == {""}


def test_an_editors_note_ends_where_the_report_opens():
    note = "Editor's note: Ann Lee teaches history in Kent. She writes on farms. Her views are her own."
    lead = "(CNN) -- Sheep have mattered for a very long time in the hills of Kent."
    found = excluded_in(f"{note} {lead} They still do and they always will.")
    assert {reason for text, reason in found.items() if text in note} == {"boilerplate"}
    assert not any(reason for text, reason in found.items() if "Sheep" in text or "They" in text)
    alone = excluded_in(f"{note} Sheep have mattered for a very long time in the hills of Kent.")
    assert list(alone.values()).count("boilerplate") == 1


def test_the_method_lead_follows_the_text(scores):
    kept = scores.loc[scores["excluded"] == "", "lead"]
    assert kept.is_monotonic_decreasing
    assert kept.iloc[0] == 1


@pytest.mark.parametrize(
    "method", [m for m in summary.METHODS if m not in {"lead", "lexrank", "edmundson", "dateline"}]
)
def test_a_method_prefers_the_sentence_that_shares_the_articles_words(method):
    text = (
        "Bakers like cake. Fog closed the port and fog kept ferries from the port. Ferries left the port in fog. "
        "Fog hid ferries. Teachers read novels."
    )
    sentences, tokens = tables(text)
    found = summary.score_sentences(sentences, tokens, mentions(tokens), methods=[method])
    assert found[method].idxmax() in {1, 2, 3}
    assert found[method].iloc[[0, 4]].max() < found[method].max()


def test_lexrank_prefers_the_sentence_that_most_are_like():
    """A walk along likeness comes most often to the hub; a sentence that is like no other keeps its even share."""
    text = "Bakers like cake. Fog closed ports. Fog fell. Ports sold. Noon closed. Teachers read novels."
    sentences, tokens = tables(text)
    found = summary.score_sentences(sentences, tokens, mentions(tokens), methods=["lexrank"])["lexrank"]
    assert found.idxmax() == 1
    assert found[[0, 5]].tolist() == pytest.approx([1 / 6, 1 / 6])
    assert (found[[2, 3, 4]] < 1 / 6).all()


def test_lexrank_tells_sentences_apart_where_no_two_are_much_alike(seed):
    annotated = annotate(seed)
    found = summary.score_sentences(*annotated, methods=["lexrank"])["lexrank"].dropna()
    assert found.idxmax() != found.index[0]


def test_luhn_scores_the_densest_run_of_frequent_words():
    sentences, tokens = tables("fog closed one two three four port. fog closed port. cats sat on very many mats.")
    found = summary.score_sentences(sentences, tokens, mentions(tokens), methods=["luhn"])["luhn"]
    # All of the first sentence is one run of three in seven; the second is one of three in three; the third has none.
    assert found.tolist() == [pytest.approx(9 / 7), pytest.approx(3), 0]


def test_textrank_of_two_sentences_alike_is_even():
    sentences, tokens = tables("Fog closed ports. Ports fear fog.")
    found = summary.score_sentences(sentences, tokens, mentions(tokens), methods=["textrank", "lexrank"])
    assert found["textrank"].tolist() == pytest.approx([0.5, 0.5])


def test_edmundson_counts_words_of_the_title():
    sentences, tokens = tables("Fog closes port\n\nCats wait. Dogs bark. Dogs bark at fog.", title="Fog closes port")
    found = summary.score_sentences(sentences, tokens, mentions(tokens), methods=["edmundson"])["edmundson"]
    assert found[3] > found[2]


def test_dateline_does_not_say_the_same_twice():
    first = "Thick fog closed the port of Dover on Monday."
    text = f"{first} {first} Ferries waited at sea for ten hours with lorries aboard. Shops sold all bread by noon."
    sentences, tokens = tables(text)
    found = summary.summarise(summary.score_sentences(sentences, tokens, mentions(tokens)), n_sentences=2)
    assert found.loc[found["selected"], "sentence"].tolist() == [0, 2]


def test_duplicate_sentences_keep_their_own_scores():
    sentences, tokens = tables("Fog closed the port. Rain fell in town. Fog closed the port.")
    found = summary.score_sentences(sentences, tokens, mentions(tokens))
    assert found["lead"].tolist() == pytest.approx([1, 2 / 3, 1 / 3])
    assert summary.summarise(found, method="textrank", n_sentences=1)["selected"].tolist() == [True, False, False]


def test_scores_do_not_depend_on_the_hash_seed():
    code = (
        "from tests.simple_tables import tables, mentions; import tests.test_summary as t; "
        "from analysis import summary; "
        "s, k = tables(t.ARTICLE, title=t.TITLE); "
        "f = summary.score_sentences(s, k, mentions(k)); "
        "print(f.to_csv() + summary.key_phrases(k, s).to_csv() + summary.glance(s, k, mentions(k)).to_csv())"
    )
    found = {
        subprocess.check_output([sys.executable, "-c", code], cwd=PROJECT, env={"PYTHONHASHSEED": seed})
        for seed in "12"
    }
    assert len(found) == 1


# Length


def test_a_summary_of_sentences(scores):
    found = summary.summarise(scores, method="lead", n_sentences=2)
    assert found.loc[found["selected"], "rank"].tolist() == [1, 2]
    assert found.loc[found["excluded"] != "", "rank"].isna().all()
    assert sorted(found["rank"].dropna()) == list(range(1, found["rank"].notna().sum() + 1))


def test_a_summary_of_words_fills_its_budget_with_what_fits(scores):
    for budget in (1, 12, 25, 40, 1000):
        chosen = summary.summarise(scores, method="lsa", n_words=budget).query("selected")
        assert len(chosen)
        assert chosen["n_words"].sum() <= budget or len(chosen) == 1


def test_a_summary_of_a_share(scores):
    whole = summary.summarise(scores, share=1.0)
    assert (whole["selected"] == (whole["excluded"] == "")).all()
    half = summary.summarise(scores, share=0.5).query("selected")
    assert half["n_words"].sum() <= whole.query("selected")["n_words"].sum() / 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "led"}, "method is 'led'; expected one of 'lead', 'luhn'"),
        ({"n_words": 5, "share": 0.5}, "n_words and share are given; expected one of n_sentences, n_words, share"),
        ({"n_sentences": 0}, "n_sentences is 0; expected above 0"),
        ({"share": 1.5}, "share is 1.5; expected above 0 and up to 1"),
    ],
)
def test_a_wrong_length_or_method_says_what_is_expected(scores, options, message):
    with pytest.raises(ValueError, match=message):
        summary.summarise(scores, **options)


# Agreement


def test_agreement_is_kendalls_tau_of_every_pair(scores):
    found = summary.agreement(scores)
    assert len(found) == math.comb(len(summary.METHODS), 2)
    kept = scores[scores["excluded"] == ""]
    ranks = {m: kept[m].rank(method="first", ascending=False).tolist() for m in summary.METHODS}
    for row in found.itertuples():
        a, b = ranks[row.method_a], ranks[row.method_b]
        agreed = [(a[i] - a[j]) * (b[i] - b[j]) > 0 for i, j in itertools.combinations(range(len(a)), 2)]
        assert row.kendall_tau == pytest.approx(2 * np.mean(agreed) - 1)
        assert row.overlap == len({i for i in range(len(a)) if a[i] <= 3 and b[i] <= 3}) / 3


def test_agreement_of_a_few_sentences_is_too_few_to_compare():
    sentences, tokens = tables("Fog closed the port. Rain fell in town.")
    found = summary.agreement(summary.score_sentences(sentences, tokens, mentions(tokens)))
    assert found["kendall_tau"].isna().all()


# Key phrases


def test_key_phrases_are_runs_of_nouns_with_their_place(article):
    found = summary.key_phrases(article[1], article[0])
    assert found["score"].is_monotonic_decreasing
    assert found["score"].between(0, 1).all()
    assert found["agreement"].between(0, 1).all()
    spans = found[["first_start", "first_end", "phrase"]].to_numpy()
    assert all(ARTICLE[a:b].casefold() == phrase.casefold() for a, b, phrase in spans)


def test_key_phrases_count_one_phrase_of_the_same_lemmas_once():
    sentences, tokens = tables("the port of dover. the ports of dover.")
    tokens["lemma"] = tokens["lemma"].replace("ports", "port")
    found = summary.key_phrases(tokens, sentences).set_index("phrase")
    assert found.loc["port", "n"] == 2


def test_key_phrases_leave_out_the_part_of_a_better_phrase():
    sentences, tokens = tables("the air strike hit. the air strike fell. the strike fell.")
    found = summary.key_phrases(tokens, sentences)["phrase"].tolist()
    assert "air strike" in found
    assert "strike" not in found


def test_key_phrases_leave_out_what_is_no_sentence_but_the_title(article):
    phrases = " ".join(summary.key_phrases(article[1], article[0], n=100)["phrase"]).casefold()
    assert "ann lee" not in phrases
    assert "rights" not in phrases
    assert "fog" in phrases


def test_key_phrases_of_some_methods(article):
    found = summary.key_phrases(article[1], article[0], methods=["rake"], n=3)
    assert len(found) == 3
    assert {"yake", "keyness"}.isdisjoint(found.columns)
    with pytest.raises(ValueError, match="methods is 'bert'; expected one of 'yake'"):
        summary.key_phrases(article[1], article[0], methods=["bert"])


# At a glance


def test_a_glance_answers_with_spans(article):
    sentences, tokens, _ = article
    named = pd.DataFrame({
        "article_id": "a", "sentence": [3, 3, 4], "start": [ARTICLE.index("Dover on"), ARTICLE.index("Monday"), 0],
        "end": [ARTICLE.index("Dover on") + 5, ARTICLE.index("Monday") + 6, 3], "text": ["Dover", "Monday", "Fog"],
        "label": ["location", "date", "product"], "name": ["Dover", "Monday", "Fog"],
    })  # fmt: skip
    found = summary.glance(sentences, tokens, named)
    assert all(ARTICLE[a:b] == t for a, b, t in found[["start", "end", "text"]].to_numpy())
    answers = found.groupby("question")["answer"].agg(list)
    assert answers["where"] == ["Dover"]
    assert answers["when"][0] == "on Monday"
    assert answers["what"][0] == "closed the port"


@pytest.mark.parametrize(
    ("tagged", "who"),
    [
        ("The/DET/DT mayor/NOUN/NN of/ADP/IN Dover/PROPN/NNP also/ADV/RB resigned/VERB/VBD", "The mayor of Dover"),
        ("Ann/PROPN/NNP Lee/PROPN/NNP ,/PUNCT/, 43/NUM/CD ,/PUNCT/, has/AUX/VBZ resigned/VERB/VBN", "Ann Lee"),
        ("The/DET/DT port/NOUN/NN was/AUX/VBD shut/VERB/VBN by/ADP/IN police/NOUN/NN on/ADP/IN land/NOUN/NN", "police"),
        ("The/DET/DT port/NOUN/NN was/AUX/VBD shut/VERB/VBN at/ADP/IN noon/NOUN/NN", "The port"),
        ("Fog/NOUN/NN came/VERB/VBD ,/PUNCT/, said/VERB/VBD Ann/PROPN/NNP Lee/PROPN/NNP", "Fog"),
        ("It/PRON/PRP is/AUX/VBZ fog/NOUN/NN ,/PUNCT/, said/VERB/VBD Ann/PROPN/NNP Lee/PROPN/NNP", "Ann Lee"),
        ("As/SCONJ/IN fog/NOUN/NN fell/VERB/VBD ,/PUNCT/, ferries/NOUN/NNS waited/VERB/VBD", "ferries"),
        ("Men/NOUN/NNS held/VERB/VBN at/ADP/IN sea/NOUN/NN on/ADP/IN Monday/PROPN/NNP met/VERB/VBD", None),
        ("He/PRON/PRP fears/VERB/VBZ chaos/NOUN/NN", None),
        ("Fog/NOUN/NN in/ADP/IN the/DET/DT port/NOUN/NN", None),
    ],
)
def test_an_actor_is_the_subject_of_the_main_verb(tagged, who):
    text, upos, xpos = zip(*(word.split("/") for word in tagged.split()), strict=True)
    ends = np.cumsum([len(word) + 1 for word in text]) - 1
    norm = [word.lower() for word in text]
    lemma = ["be" if word == "was" else "say" if word == "said" else word for word in norm]
    columns = {"sentence": [0] * len(text), "start": ends - [*map(len, text)], "end": ends, "norm": norm,
               "lemma": lemma, "upos": upos, "xpos": xpos}  # fmt: skip
    found = actors({name: np.array(values) for name, values in columns.items()}, {0}, {"say"})
    assert [" ".join(text)[a.start : a.end] for a in found] == ([who] if who else [])
    assert all(a.start <= a.core_start < a.core_end <= a.end for a in found)


def test_a_glance_names_who_acts_before_who_is_named():
    text = "Egypt closed its border with Libya on Monday. The mayor of Cairo and Ann Lee agreed. Bob Roe did not."
    found = summary.glance(*annotate(Article.from_text(text))).query("question == 'who'")
    assert found["answer"].tolist()[:2] == ["Egypt", "The mayor of Cairo and Ann Lee"]
    assert found["label"].tolist()[:2] == ["location", "actor"]
    assert {"Ann Lee", "Bob Roe"} <= set(found["answer"])
    assert all(text[a:b] == t for a, b, t in found[["start", "end", "text"]].to_numpy())


# All of them

EVERY = {
    "score_sentences": summary.score_sentences,
    "summarise": lambda s, t, m: summary.summarise(summary.score_sentences(s, t, m)),
    "agreement": lambda s, t, m: summary.agreement(summary.score_sentences(s, t, m)),
    "key_phrases": lambda s, t, _m: summary.key_phrases(t, s),
    "glance": summary.glance,
}


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("text", [ARTICLE, "Rain.", "…", "1 2 3", "Yes! Yes! Yes!"])
def test_a_summary_leaves_its_input_and_repeats_itself(name, text):
    sentences, tokens = tables(text, title=TITLE)
    named = mentions(tokens)
    before = [frame.copy(deep=True) for frame in (sentences, tokens, named)]
    first = EVERY[name](sentences, tokens, named)
    pd.testing.assert_frame_equal(first, EVERY[name](sentences, tokens, named))
    for frame, copy in zip((sentences, tokens, named), before, strict=True):
        pd.testing.assert_frame_equal(frame, copy)


@pytest.mark.parametrize("name", EVERY)
def test_a_summary_of_nothing_is_an_empty_table_with_the_same_columns(name, article):
    empty = EVERY[name](*(frame.iloc[:0] for frame in article))
    assert len(empty) == 0
    assert empty.columns.tolist() == EVERY[name](*article).columns.tolist()


@pytest.mark.parametrize("name", EVERY)
def test_two_articles_in_one_table_are_summarised_apart(name, article):
    other = tables("Rain fell on Libya. Rain fell on Egypt. Sun shone on Malta.", article_id="b")
    other = (*other, mentions(other[1]))
    together = EVERY[name](*(pd.concat(pair, ignore_index=True) for pair in zip(article, other, strict=True)))
    apart = pd.concat([EVERY[name](*article), EVERY[name](*other)], ignore_index=True)
    pd.testing.assert_frame_equal(together, apart, check_dtype=False)


def test_the_seed_article_is_summarised_by_its_own_sentences(seed):
    tables = annotate(seed)
    scores = summary.score_sentences(tables.sentences, tables.tokens, tables.mentions)
    chosen = summary.summarise(scores, n_words=100).query("selected")
    assert len(chosen) >= 2
    assert chosen["n_words"].sum() <= 100
    assert all(seed.text[a:b] == t for a, b, t in chosen[["start", "end", "text"]].to_numpy())
    phrases = summary.key_phrases(tables.tokens, tables.sentences)
    assert {"air strikes", "Libya"} <= set(phrases["phrase"])
    answers = summary.glance(tables.sentences, tables.tokens, tables.mentions)
    assert all(seed.text[a:b] == t for a, b, t in answers[["start", "end", "text"]].to_numpy())
    assert set(answers["question"]) == {"who", "what", "when", "where"}


@settings(max_examples=40)
@given(st.lists(st.sampled_from(["fog", "port", "rain", "sea", "the", "1", "Dover"]), min_size=1, max_size=40))
def test_any_text_is_scored_without_a_gap(words):
    text = " ".join(word + ("." if i % 5 == 4 else "") for i, word in enumerate(words))
    sentences, tokens = tables(text)
    found = summary.score_sentences(sentences, tokens, mentions(tokens))
    kept = found[found["excluded"] == ""]
    assert np.isfinite(kept[list(summary.METHODS)].to_numpy(dtype=float)).all()
    assert summary.summarise(found)["selected"].sum() == min(3, len(kept))
