"""Summaries: methods on texts whose result a reader can check, budgets, exclusions, spans, determinism."""

import json
import math
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis import Article, summary
from analysis.content import find_contents
from analysis.language import annotate
from analysis.language.roles import find_roles
from analysis.summary.view import exclusion_reasons
from analysis.tables import STAGES, check, empty
from tests.conftest import PROJECT, check_rounded
from tests.simple_tables import mentions, tables

REPEATS = json.loads((PROJECT / "tests" / "cases" / "summary-repeats.json").read_text(encoding="utf-8"))
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


def test_scores_have_one_row_per_sentence_with_its_span(article, scores):
    assert len(scores) == len(article[0])
    assert all(ARTICLE[a:b] == t for a, b, t in scores[["start", "end", "text"]].to_numpy())
    assert scores.columns.tolist()[-len(summary.METHODS) :] == list(summary.METHODS)


def test_excluded_sentences_have_a_reason_and_no_scores(scores):
    reasons = dict(zip(scores["text"], scores["excluded"], strict=True))
    assert reasons[TITLE] == "title"
    assert reasons["By Ann Lee"] == "by-line"
    assert reasons["29 September 2014"] == "dateline"
    assert reasons["All rights reserved."] == "boilerplate"
    assert reasons["The fog may lift on Tuesday."] == ""
    excluded = scores[scores["excluded"] != ""]
    assert excluded[list(summary.METHODS)].isna().all(axis=None)
    assert scores.drop(excluded.index)[list(summary.METHODS)].notna().all(axis=None)


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
def test_exclusion_reason_of_a_line(text, reason):
    sentences, tokens = tables(f"{text}\n\nThe dog saw the cat in the park and it ran.")
    is_verb = (tokens["upos"] == "VERB") | tokens["norm"].isin(["says", "taken", "is"])
    n_words, has_verb = (
        column.groupby(tokens["sentence"]).sum().tolist() for column in (tokens["is_word"], is_verb.astype(int))
    )
    roles = find_roles(sentences["text"].tolist(), [False] * len(sentences), n_words, has_verb)
    assert exclusion_reasons(np.array(roles, dtype=object)).tolist() == [reason, ""]


def exclusion_reasons_in(text):
    """Annotate a text and return the exclusion reason of each sentence."""
    article = Article.from_text(text)
    scores = summary.score_sentences(*annotate(article)[:3], methods=["lead"])
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
def test_header_lines_of_scraped_news_are_excluded(head):
    found = exclusion_reasons_in(" ".join([head, *REPORT]))
    assert len(found) > 4
    assert [text for text, reason in found.items() if not reason] == REPORT


def test_spaced_full_stop_marks_a_caption_unless_every_sentence_has_one():
    sentences = [
        "A farmer from Kent was jailed today.",
        "He sold stolen sheep to a butcher.",
        "Police found 40 in a barn.",
    ]
    caption = "The barn near Ashford where police found the stolen sheep ."
    found = exclusion_reasons_in(" ".join([*sentences[:2], caption, sentences[2]]))
    assert [text for text, reason in found.items() if reason] == [caption]
    assert found[caption] == "caption"
    assert set(exclusion_reasons_in(" ".join([*sentences, caption]).replace(".", " .")).values()) == {""}


def test_editors_note_is_excluded_up_to_the_opening_of_the_report():
    note = "Editor's note: Ann Lee teaches history in Kent. She writes on farms. Her views are her own."
    lead = "(CNN) -- Sheep have mattered for a very long time in the hills of Kent."
    found = exclusion_reasons_in(f"{note} {lead} They still do and they always will.")
    assert {reason for text, reason in found.items() if text in note} == {"boilerplate"}
    assert not any(reason for text, reason in found.items() if "Sheep" in text or "They" in text)
    alone = exclusion_reasons_in(f"{note} Sheep have mattered for a very long time in the hills of Kent.")
    assert list(alone.values()).count("boilerplate") == 1


def test_lead_scores_decrease_with_position(scores):
    kept = scores.loc[scores["excluded"] == "", "lead"]
    assert kept.is_monotonic_decreasing
    assert kept.iloc[0] == 1


@pytest.mark.parametrize(
    "method", [m for m in summary.METHODS if m not in {"lead", "lexrank", "edmundson", "dateline"}]
)
def test_method_prefers_sentences_of_repeated_terms(method):
    text = (
        "Bakers like cake. Fog closed the port and fog kept ferries from the port. Ferries left the port in fog. "
        "Fog hid ferries. Teachers read novels."
    )
    sentences, tokens = tables(text)
    found = summary.score_sentences(sentences, tokens, mentions(tokens), methods=[method])
    assert found[method].idxmax() in {1, 2, 3}
    assert found[method].iloc[[0, 4]].max() < found[method].max()


def test_lexrank_prefers_the_most_central_sentence():
    """The hub of the graph ranks highest; a sentence that is similar to no other keeps the mean rank."""
    text = "Bakers like cake. Fog closed ports. Fog fell. Ports sold. Noon closed. Teachers read novels."
    sentences, tokens = tables(text)
    found = summary.score_sentences(sentences, tokens, mentions(tokens), methods=["lexrank"])["lexrank"]
    assert found.idxmax() == 1
    assert found[[0, 5]].tolist() == pytest.approx([1 / 6, 1 / 6])
    assert (found[[2, 3, 4]] < 1 / 6).all()


def test_lexrank_lowers_its_threshold_where_few_sentences_are_similar(seed):
    found = summary.score_sentences(*annotate(seed)[:3], methods=["lexrank"])["lexrank"].dropna()
    assert found.idxmax() != found.index[0]


def test_luhn_scores_the_densest_cluster_of_repeated_terms():
    sentences, tokens = tables("fog closed one two three four port. fog closed port. cats sat on very many mats.")
    found = summary.score_sentences(sentences, tokens, mentions(tokens), methods=["luhn"])["luhn"]
    # The first sentence is a cluster of three terms in seven words, the second of three in three; the third has none.
    assert found.tolist() == [pytest.approx(9 / 7), pytest.approx(3), 0]


def test_textrank_ranks_two_similar_sentences_equally():
    sentences, tokens = tables("Fog closed ports. Ports fear fog.")
    found = summary.score_sentences(sentences, tokens, mentions(tokens), methods=["textrank", "lexrank"])
    assert found["textrank"].tolist() == pytest.approx([0.5, 0.5])


def test_edmundson_rewards_terms_of_the_title():
    sentences, tokens = tables("Fog closes port\n\nCats wait. Dogs bark. Dogs bark at fog.", title="Fog closes port")
    found = summary.score_sentences(sentences, tokens, mentions(tokens), methods=["edmundson"])["edmundson"]
    assert found[3] > found[2]


def test_dateline_avoids_a_repeated_sentence():
    first = "Thick fog hid the port of Dover on Monday."
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
        "import sys; from tests.simple_tables import tables, mentions; from analysis import summary; "
        "s, k = tables(sys.argv[1], title=sys.argv[2]); "
        "f = summary.score_sentences(s, k, mentions(k)); "
        "print(f.to_csv() + summary.key_phrases(s, k).to_csv())"
    )
    found = {
        subprocess.check_output(
            [sys.executable, "-c", code, ARTICLE, TITLE], cwd=PROJECT, env=os.environ | {"PYTHONHASHSEED": seed}
        )
        for seed in "12"
    }
    assert len(found) == 1


# Length


def test_summary_of_n_sentences_selects_the_best_ranked(scores):
    found = summary.summarise(scores, method="lead", n_sentences=2)
    assert found.loc[found["selected"], "rank"].tolist() == [1, 2]
    assert found.loc[found["excluded"] != "", "rank"].isna().all()
    assert sorted(found["rank"].dropna()) == list(range(1, found["rank"].notna().sum() + 1))


def test_summary_of_n_words_stays_within_its_budget(scores):
    for budget in (1, 12, 25, 40, 1000):
        chosen = summary.summarise(scores, method="lsa", n_words=budget).query("selected")
        assert len(chosen)
        assert chosen["n_words"].sum() <= budget or len(chosen) == 1


def test_summary_of_a_share_counts_words_of_candidates(scores):
    whole = summary.summarise(scores, share=1.0)
    assert (whole["selected"] == (whole["excluded"] == "")).all()
    half = summary.summarise(scores, share=0.5).query("selected")
    assert half["n_words"].sum() <= whole.query("selected")["n_words"].sum() / 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "led"}, "method is 'led'; expected one of 'lead', 'luhn'"),
        ({"n_words": 5, "share": 0.5}, "n_words and share are given; expected one of n_sentences, n_words, share"),
        ({"n_sentences": 0}, "n_sentences is 0; expected a whole number, 1 or more"),
        ({"share": 1.5}, "share is 1.5; expected a number above 0 and up to 1"),
    ],
)
def test_invalid_length_or_method_raises_with_what_is_expected(scores, options, message):
    with pytest.raises(ValueError, match=message):
        summary.summarise(scores, **options)


@pytest.mark.parametrize("method", summary.METHODS)
@pytest.mark.parametrize("case", REPEATS, ids=lambda case: case["label"])
def test_a_summary_has_no_sentence_twice(case, method):
    """The expected number is that of the sentences of the text that differ."""
    scores = summary.score_sentences(*annotate(Article.from_text(case["text"]))[:3], methods=[method])
    for length in ({"n_sentences": 99}, {"n_words": 999}, {"share": 1.0}):
        chosen = summary.summarise(scores, method=method, **length)
        assert chosen["selected"].sum() == case["expected"]
        assert (chosen["rank"].notna() == (chosen["excluded"] == "")).all()
    # The best of equal sentences is the one that is selected, and those after it make room for others.
    few = summary.summarise(scores, method=method, n_sentences=2)
    assert few["selected"].sum() == 2
    assert few.loc[few["rank"] == 1, "selected"].all()


# Agreement


def test_agreement_is_kendalls_tau_b_of_each_pair_of_methods(scores):
    found = summary.agreement(scores)
    assert len(found) == math.comb(len(summary.METHODS), 2)
    kept = scores[scores["excluded"] == ""]
    ranks = {m: kept[m].rank(method="first", ascending=False).tolist() for m in summary.METHODS}
    for row in found.itertuples():
        tau = stats.kendalltau(kept[row.method_a], kept[row.method_b]).statistic
        assert row.kendall_tau == pytest.approx(tau, nan_ok=True)
        a, b = ranks[row.method_a], ranks[row.method_b]
        assert row.overlap == len({i for i in range(len(a)) if a[i] <= 3 and b[i] <= 3}) / 3


def test_ties_agree_with_nothing():
    alike, rising = [1.0] * 6, [1.0, 2, 3, 4, 5, 6]
    table = pd.DataFrame(
        {"article_id": "a", "excluded": "", "lead": rising, "luhn": alike, "lsa": [1.0, 1, 1, 2, 2, 2]}
    )
    found = summary.agreement(table).set_index(["method_a", "method_b"])["kendall_tau"]
    assert math.isnan(found["lead", "luhn"])
    assert found["lead", "lsa"] == pytest.approx(9 / math.sqrt(15 * 9))


def test_agreement_is_missing_below_five_sentences():
    sentences, tokens = tables("Fog closed the port. Rain fell in town.")
    found = summary.agreement(summary.score_sentences(sentences, tokens, mentions(tokens)))
    assert found["kendall_tau"].isna().all()


# Key phrases


def test_key_phrases_are_ordered_by_score_and_have_spans(article):
    found = summary.key_phrases(article[0], article[1])
    assert found["score"].is_monotonic_decreasing
    assert found["score"].between(0, 1).all()
    assert found["agreement"].between(0, 1).all()
    spans = found[["first_start", "first_end", "phrase"]].to_numpy()
    assert all(ARTICLE[a:b].casefold() == phrase.casefold() for a, b, phrase in spans)


def test_phrases_of_the_same_lemmas_are_counted_together():
    sentences, tokens = tables("the port of dover. the ports of dover.")
    tokens["lemma"] = tokens["lemma"].replace("ports", "port")
    found = summary.key_phrases(sentences, tokens).set_index("phrase")
    assert found.loc["port", "n"] == 2


def test_a_name_is_one_key_phrase_whatever_its_lemmas():
    sentences, tokens, *_ = annotate(Article.from_text("Bo left Manchester United. Fans of Manchester United cheered."))
    row = tokens.index[tokens["norm"] == "united"][0]
    tokens.loc[row, "lemma"] = "unite"
    found = summary.key_phrases(sentences, tokens).set_index("phrase")["n"]
    assert found.filter(like="Manchester United").to_dict() == {"Manchester United": 2}


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Ministers met in the port. The leaders of the fishermen’s groups spoke there.", "fishermen’s groups"),
        ("Fishermen’s groups said no to the plan.", "Fishermen’s groups"),
        ("In May, the mayor met a women's rights group.", "women's rights group"),
        ("It was late, and the teachers’ union agreed.", "teachers’ union"),
    ],
)
def test_key_phrases_keep_a_plural_owner(text, phrase):
    sentences, tokens, *_ = annotate(Article.from_text(text))
    assert phrase in summary.key_phrases(sentences, tokens)["phrase"].tolist()


def test_an_address_is_no_key_phrase():
    text = "Bread prices rose. See https://www.ministry.example/bread or write to bread@ministry.example by Monday."
    sentences, tokens, *_ = annotate(Article.from_text(text, id="a"), force=True)
    assert not summary.key_phrases(sentences, tokens)["phrase"].str.contains("ministry").any()


def test_key_phrases_leave_out_the_part_of_a_better_phrase():
    sentences, tokens = tables("the air strike left. the air strike fell. the strike fell.")
    found = summary.key_phrases(sentences, tokens)["phrase"].tolist()
    assert "air strike" in found
    assert "strike" not in found


def test_key_phrases_come_from_candidates_and_the_title(article):
    phrases = " ".join(summary.key_phrases(article[0], article[1], n=100)["phrase"]).casefold()
    assert "ann lee" not in phrases
    assert "rights" not in phrases
    assert "fog" in phrases


def test_key_phrases_of_chosen_methods_have_only_their_columns(article):
    found = summary.key_phrases(article[0], article[1], methods=["rake"], n=3)
    assert len(found) == 3
    assert {"yake", "keyness"}.isdisjoint(found.columns)
    with pytest.raises(ValueError, match="methods is 'bert'; expected one of 'yake'"):
        summary.key_phrases(article[0], article[1], methods=["bert"])


# At a glance


@pytest.fixture(scope="module")
def glances():
    """Return what each of some texts is at a glance."""
    texts = {
        "negated": "Israel did not bomb the hospital, the army said.",
        "never": "The president said he would never negotiate with the rebels.",
        "none": "No civilians were killed in the raid on Monday.",
        "forbidden": "“We will not allow terrorists to cross the border,” the minister said.",
        "relative": "A missile fired by Yemen’s Houthi movement struck the tanker.",
        "offered": "Egypt offered to train Libyan troops in Sinai.",
        "repeated": "Egypt bombed Tripoli.\n\nEgypt bombed Tripoli on Sunday. Rain fell.",
        "crowded": "Markets fell on Monday after the minister resigned. Finance minister Ola Berg had led the bank. "
        "The bank hired clerks. A firm in Osk bought shares of a mill. Traders sold bonds to the bank. The mill paid "
        "workers. The prime minister, Eva Lund, died on Friday. Shops used the break to sell toys. Farmers bought "
        "seeds.",
        "nothing": "Colourful boxes, for example red ones.",
    }
    articles = [Article.from_text(text, id=name) for name, text in texts.items()]
    found = find_contents(articles, annotate(articles, force=True))
    answers = summary.glance(found.events, found.claims, found.contested)
    spans = answers[["article_id", "start", "end", "text"]].to_numpy()
    assert all(texts[name][a:b] == text for name, a, b, text in spans)
    columns = ["actor", "text", "target", "polarity", "modality", "source"]
    return {name: answers[answers["article_id"] == name][columns].to_numpy().tolist() for name in texts}


def test_news_without_an_object_has_its_place_at_a_glance(glances):
    told = [(actor, text) for actor, text, *_ in glances["crowded"]]
    assert len(told) == 8  # of eleven
    assert {("Markets", "fell"), ("the minister", "resigned"), ("The prime minister, Eva Lund", "died")} <= set(told)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("negated", [["Israel", "did not bomb", "the hospital", "negative", "happened", "the army"]]),
        ("never", [["he", "would never negotiate", "the rebels", "negative", "planned", "The president"]]),
        ("none", [["", "were killed", "civilians", "negative", "happened", ""]]),
        (
            "forbidden",
            [
                ["We", "will not allow", "terrorists", "negative", "planned", "the minister"],
                ["terrorists", "to cross", "the border", "negative", "possible", "the minister"],
            ],
        ),
        (
            "relative",
            [
                ["Yemen’s Houthi movement", "fired", "A missile", "positive", "happened", ""],
                ["A missile fired by Yemen’s Houthi movement", "struck", "the tanker", "positive", "happened", ""],
            ],
        ),
        ("offered", [["Egypt", "offered to train", "Libyan troops", "positive", "offered", "Egypt"]]),
        ("repeated", [["Egypt", "bombed", "Tripoli", "positive", "happened", ""]]),
        ("nothing", []),
    ],
)
def test_glance_never_turns_a_sentence_on_its_head(glances, name, expected):
    assert [row for row in glances[name] if row[0] != "Rain"] == expected


def test_a_summary_pairs_an_accusation_with_its_denial():
    texts = ["Fog fell.", "Lee blamed Roe.", "Rain fell.", "Roe denied it."]
    starts = [0, 10, 26, 37]
    scores = pd.DataFrame({"article_id": "a", "text": texts, "start": starts, "n_words": 2, "excluded": ""})
    scores["lead"] = [1.0, 0.9, 0.8, 0.7]
    pairs = pd.DataFrame({"article_id": ["a"], "start": [12], "other_start": [41]})
    for n, expected in ((1, [0]), (2, [1, 3]), (3, [0, 1, 3]), (4, [0, 1, 2, 3])):
        chosen = summary.summarise(scores, pairs, method="lead", n_sentences=n)
        assert chosen.index[chosen["selected"]].tolist() == expected
    elsewhere = summary.summarise(scores, pairs.assign(article_id="b"), method="lead", n_sentences=2)
    assert elsewhere.index[elsewhere["selected"]].tolist() == [0, 1]


# Every stage


def run_stages(sentences, tokens, mentions):
    """Return the table of every stage of the package, each run on the tables that it requires."""
    made = {"sentences": sentences, "tokens": tokens, "mentions": mentions}
    made |= {name: empty(name) for name in ("events", "claims", "contested")}
    for name, stage in STAGES.items():
        if name.startswith("summary."):
            function = getattr(summary, name.removeprefix("summary."))
            made[stage.returns] = function(*(made[table] for table in stage.requires))
    return {name: made[name] for name in ("scores", "summary", "agreement", "key_phrases")}


def test_every_stage_keeps_its_contract(seed):
    annotated = annotate(seed)[:3]
    other = annotate(Article.from_text("Rain fell on Libya.\n\nRain fell on Egypt."))[:3]
    both = [pd.concat(pair, ignore_index=True) for pair in zip(annotated, other, strict=True)]
    nothing = [empty(name) for name in ("sentences", "tokens", "mentions")]
    for inputs in (annotated, both, nothing):
        for name, table in run_stages(*inputs).items():
            check(name, table)
            # Quotients of whole numbers are the same on every processor as they are.
            if name != "agreement":
                check_rounded(table)
            assert table.empty == (inputs is nothing)
            if name in {"scores", "summary"}:
                assert set(summary.METHODS) <= set(table.columns)


def test_stage_docstrings_name_their_columns():
    assert "n_words (int64, words): words in the sentence" in summary.score_sentences.__doc__


@pytest.mark.parametrize("text", [ARTICLE, "Rain.", "…", "1 2 3", "Yes! Yes! Yes!"])
def test_every_stage_leaves_its_input_unchanged_and_repeats_itself(text):
    sentences, tokens = tables(text, title=TITLE)
    inputs = (sentences, tokens, mentions(tokens))
    before = [frame.copy(deep=True) for frame in inputs]
    first, second = run_stages(*inputs), run_stages(*inputs)
    for name, table in first.items():
        pd.testing.assert_frame_equal(table, second[name])
    for frame, copy in zip(inputs, before, strict=True):
        pd.testing.assert_frame_equal(frame, copy)


def test_articles_in_one_table_do_not_affect_each_other(article):
    sentences, tokens = tables("Rain fell on Libya. Rain fell on Egypt. Sun shone on Malta.", article_id="b")
    other = (sentences, tokens, mentions(tokens))
    both = run_stages(*(pd.concat(pair, ignore_index=True) for pair in zip(article, other, strict=True)))
    first, second = run_stages(*article), run_stages(*other)
    for name, table in both.items():
        pd.testing.assert_frame_equal(table, pd.concat([first[name], second[name]], ignore_index=True))


def test_seed_article_is_summarised_by_its_own_sentences(seed):
    annotated = annotate(seed)
    scores = summary.score_sentences(*annotated[:3])
    chosen = summary.summarise(scores, n_words=100).query("selected")
    assert len(chosen) >= 2
    assert chosen["n_words"].sum() <= 100
    assert all(seed.text[a:b] == t for a, b, t in chosen[["start", "end", "text"]].to_numpy())
    phrases = summary.key_phrases(annotated.sentences, annotated.tokens)
    assert {"air strikes", "Libya"} <= set(phrases["phrase"])
    found = find_contents(seed, annotated)
    answers = summary.glance(found.events, found.claims, found.contested)
    assert all(seed.text[a:b] == t for a, b, t in answers[["start", "end", "text"]].to_numpy())
    assert {"accused", "denied"} <= set(answers["text"])
    assert ["Egypt", "offered"] in answers[["actor", "modality"]].to_numpy().tolist()
    check("glance", answers)


@settings(max_examples=40)
@given(st.lists(st.sampled_from(["fog", "port", "rain", "sea", "the", "1", "Dover"]), min_size=1, max_size=40))
def test_every_candidate_of_any_text_has_finite_scores(words):
    text = " ".join(word + ("." if i % 5 == 4 else "") for i, word in enumerate(words))
    sentences, tokens = tables(text)
    found = summary.score_sentences(sentences, tokens, mentions(tokens))
    kept = found[found["excluded"] == ""]
    assert np.isfinite(kept[list(summary.METHODS)].to_numpy(dtype=float)).all()
    # One that says little without the sentence before it may be left out.
    assert (len(kept) > 0) <= summary.summarise(found)["selected"].sum() <= min(3, len(kept))


def test_no_summary_has_a_sentence_that_says_little_alone():
    text = (
        "Storm shuts port\n\nThe storm closed the port of Dover on Monday. It flooded two streets of the town. "
        'The mayor, Ann Lee, spoke at the town hall. "Everything is upside down here. You are wet until you are dry," '
        "Lee said. She did not say when the port of Dover would open. "
        "Three years after it was first due, the dam of Dover is not ready."
    )
    annotations = annotate(Article.from_text(text, id="a"), force=True)
    scores = summary.score_sentences(annotations.sentences, annotations.tokens, annotations.mentions)
    leaning = scores.loc[scores["leans"] & (scores["excluded"] == ""), "text"].tolist()
    assert [each.split()[0] for each in leaning] == ["It", '"Everything', "You", "She"]
    for n in range(1, len(scores)):
        chosen = summary.summarise(scores, n_sentences=n)
        rows = chosen.index[chosen["selected"] & chosen["leans"]]
        assert chosen.loc[rows - 1, "selected"].all()
    by_score = scores.assign(lsa=scores["leans"].astype(float))
    chosen = summary.summarise(by_score, method="lsa", n_sentences=2)
    assert chosen.loc[chosen["selected"], "leans"].all()  # as the method is published


@pytest.mark.parametrize(
    ("sentence", "leans"),
    [
        ("It was a milestone: the first jet landed in Oslo.", False),
        ("It is clear that the port will close.", False),
        ("According to Ann Lee, she left.", False),
        ("His wounds are not thought to be grave.", True),
        ("This has raised rumours of a strike.", True),
        ("That bridge is safe.", False),
        ("Pilgrims on the plain of Arafat", True),
        ("Close the door.", False),
        ('"We will go."', True),
        ('"We will go," Ann Lee said.', False),
    ],
)
def test_what_says_little_without_the_sentence_before(sentence, leans):
    annotations = annotate(Article.from_text(f"Rain fell in Oslo.\n\n{sentence}", id="a"), force=True)
    scores = summary.score_sentences(annotations.sentences, annotations.tokens, annotations.mentions, methods="lead")
    assert scores["leans"].tolist()[-1] == leans


@pytest.mark.parametrize(
    ("text", "whole", "part"),
    [
        ("Mrs Anjali Gupta bought a ladder. Mrs Gupta left. Mr Pike told Mrs Gupta so.", "Anjali Gupta", "Gupta"),
        ("Merkel resigned on Monday. Angela Merkel had led the party for years.", "Angela Merkel", "Merkel"),
        ("Carlos D’Souza said so. D’Souza left, and Sinead O’Brien came.", "Carlos D’Souza", "D’Souza"),
        ("The mayor Paula Reyes spoke. “No,” said Reyes.", "Paula Reyes", "Reyes"),
    ],
)
def test_a_surname_beside_the_whole_name_is_one_phrase(text, whole, part):
    sentences, tokens, *_ = annotate(Article.from_text(text), force=True)
    found = summary.key_phrases(sentences, tokens).set_index("phrase")["n"]
    assert found[whole] >= 2
    assert part not in found
