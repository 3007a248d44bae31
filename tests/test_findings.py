"""Findings and briefs: what a report says first, each sentence held to its table."""

import json
import math
import re

import pandas as pd
import pytest

from analysis import Article, Brief, Finding, annotate, charts, content, findings, measures, summary
from analysis.exhibits import Figure, Page, read_record
from analysis.statements import SILENT, Statement
from analysis.summary.clauses import COLUMNS, Clauses
from analysis.summary.disputes import Disputes
from analysis.tables import check, empty
from tests.conftest import PROJECT, case_parameter

BRIEFS = json.loads((PROJECT / "tests" / "cases" / "briefs.json").read_text(encoding="utf-8"))

REPORT = """Army denies shelling clinic

Nairobi, 4 March 2015 – Aid workers said that the army shelled a clinic in Juba on Monday.

Army spokesman Omar Said denied that the army shelled the clinic. "We did not shell the clinic," he told reporters.

Mary Akol, a nurse, said that two patients were killed. The minister plans to visit Juba next week.
"""


@pytest.fixture(scope="module")
def told():
    """Return an article, what it was annotated with, its contents, and its brief."""
    article = Article.from_text(REPORT, id="clinic", published="2015-03-04")
    annotations = annotate(article)
    contents = content.find_contents(article, annotations)
    scores = summary.score_sentences(annotations.sentences, annotations.tokens, annotations.mentions)
    chosen = summary.summarise(scores, contents.contested)
    return article, annotations, contents, summary.brief(chosen[chosen.selected], contents, annotations)


def test_each_line_of_a_brief_stands_in_the_text(told):
    article, _, _, brief = told
    check("brief", brief)
    assert len(brief) > 10
    assert [article.text[start:end] for start, end in zip(brief.start, brief.end, strict=True)] == brief.text.tolist()


def test_a_brief_says_who_says_what_and_how(told):
    claims = told[3][told[3]["part"] == "claims"]
    assert ("Omar Said", "deny") in set(zip(claims.name, claims.caveat, strict=True))
    by_words = {row.text: row.caveat for row in told[3].itertuples() if row.part == "events"}
    assert "according to aid workers" in by_words["the army shelled a clinic in Juba on Monday"]
    assert "lies ahead" in next(note for text, note in by_words.items() if "visit" in text)


def test_a_brief_says_what_named_persons_are(told):
    speakers = told[3][told[3]["part"] == "speakers"].set_index("name")["caveat"]
    assert speakers["Omar Said"] == "Army spokesman"
    assert speakers["Mary Akol"] == "nurse"


def test_a_brief_has_nothing_that_the_tables_do_not_hold(told):
    _, _, contents, brief = told
    for part, table in (("claims", contents.claims), ("times", contents.times)):
        own = brief[brief["part"] == part]
        assert set(zip(own.start, own.end, strict=True)) <= set(zip(table.start, table.end, strict=True))
    for clause in brief[brief["part"] == "events"].itertuples():
        assert ((clause.start <= contents.events.start) & (contents.events.end <= clause.end)).any()


@pytest.mark.parametrize("case", [case_parameter(case) for case in BRIEFS])
def test_the_lines_of_a_part(case):
    article = Article.from_text(case["text"], id="a")
    annotations = annotate(article, force=True)
    brief = summary.brief(annotations.sentences.head(0), content.find_contents(article, annotations), annotations)
    own = brief[brief["part"] == case["part"]]
    assert own[["text", "caveat"]].to_numpy().tolist() == case["expected"]


def test_a_brief_tells_of_no_claim_whose_speaker_rests_on_a_weak_link(told):
    _, annotations, contents, _ = told
    for margin, is_told in ((3.0, True), (0.5, False)):
        is_pronoun = annotations.coreference["kind"] == "pronoun"
        chains = annotations.coreference.assign(margin=annotations.coreference["margin"].mask(is_pronoun, margin))
        brief = summary.brief(annotations.sentences.head(0), contents, annotations._replace(coreference=chains))
        assert brief["text"].str.contains("We did not shell the clinic").any() == is_told


def test_a_brief_has_no_claim_that_ends_within_a_phrase():
    tokens = annotate(Article.from_text("Ann Lee ate in the old inn.", id="a"), force=True).tokens
    clauses = Clauses({name: tokens[name].tolist() for name in COLUMNS})
    assert [clauses.is_cut(0, end) for end in (7, 11, 18, 22, 26)] == [False, False, True, True, False]
    tokens = annotate(Article.from_text("His death at age 73 was announced.", id="a"), force=True).tokens
    clauses = Clauses({name: tokens[name].tolist() for name in COLUMNS})
    assert [clauses.is_cut(0, end) for end in (16, 19)] == [True, False]


@pytest.mark.parametrize(
    ("said", "is_clause"), [("now targeted by raids", False), ("it was targeted by raids", True), ("rebels fled", True)]
)
def test_a_brief_quotes_no_bare_participle_of_what_is_said(said, is_clause):
    text = f"Ann Lee spoke of the Front, {said}, in Oslo."
    tokens = annotate(Article.from_text(text, id="a"), force=True).tokens
    clauses = Clauses({name: tokens[name].tolist() for name in COLUMNS})
    start, end = text.index(said), text.index(said) + len(said)
    verb = text.index("fled") if "fled" in said else text.index("targeted")
    assert (clauses.main(verb, verb + 4, [(start, end)]) is not None) == is_clause


@pytest.mark.parametrize(
    ("said", "is_joined"),
    [
        ("the ship passed a test and rejected reports that its steering had failed", True),
        ("the ship passed a test and left the port", False),
        ("the ship passed a test and Ann Lee rejected reports of a leak", False),
    ],
)
def test_what_denies_after_what_is_said_may_be_who_speaks(said, is_joined):
    text = f"Colm Avery said {said}."
    tokens = annotate(Article.from_text(text, id="a"), force=True).tokens
    clauses = Clauses({name: tokens[name].tolist() for name in COLUMNS})
    assert clauses.joins_cue(text.index(said), len(text) - 1) == is_joined


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("Columbia rebutted Exxon’s accusation | that its articles were misleading.", "deny; said by Exxon"),
        (
            "The army rejected Human Rights Watch’s claim | that it had shelled the town.",
            "deny; said by Human Rights Watch",
        ),
    ],
)
def test_a_denial_tells_whose_words_it_is_about(text, note):
    start, text = text.index("|"), text.replace("| ", "")
    tokens = annotate(Article.from_text(text, id="a"), force=True).tokens
    disputes = Disputes({name: tokens[name].tolist() for name in COLUMNS})
    cue = next(word for word in ("rebutted", "rejected") if word in text)
    assert disputes.note("deny", cue, (text.index(cue), start), (start, len(text) - 1)) == note


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A stampede near Mecca killed two.", ["Mecca"]),
        ("Ann Lee left the US for Cairo.", ["United States", "Cairo"]),
        ("Ann Lee left the United States. The U.S. shrugged.", ["United States"]),
    ],
)
def test_places_have_names_that_the_article_has(text, names):
    article = Article.from_text(text, id="a")
    annotations = annotate(article, force=True)
    brief = summary.brief(annotations.sentences.head(0), content.find_contents(article, annotations), annotations)
    assert brief.loc[brief["part"] == "places", "name"].tolist() == names


def test_a_brief_of_nothing_is_empty():
    annotations = annotate(Article.from_text("Yes.", id="a"), force=True)
    contents = content.find_contents(Article.from_text("Yes.", id="a"), annotations)
    assert summary.brief(empty("summary"), contents, annotations).empty
    shown = Brief(empty("brief"), id="b", caption="What it says.", parts=summary.BRIEF_PARTS)
    assert "Nothing that is sure was found." in shown.html()
    assert "No contested claims were found." in shown.html()


def test_a_brief_is_recorded_and_shown_whole(told):
    brief = Brief(
        told[3], id="brief", caption="What it says.", parts=summary.BRIEF_PARTS, errors={"claims": "Half right."}
    )
    again = read_record(brief.record)
    assert list(again.shown_parts()) == list(brief.shown_parts())
    assert again.data.equals(brief.data)
    page = brief.html(page=Page(told[0].text, {}))
    assert page.count("<h3>") == len(summary.BRIEF_PARTS)
    assert "Half right." in page
    assert re.search(r"<b>Omar Said</b> <small>\(deny\)</small>: <a href=\"#c\d+-\d+\">", page)
    with pytest.raises(ValueError, match="brief 'b' has the part 'summary'; expected one of claims"):
        Brief(told[3], id="b", caption="What.", parts={"claims": "Claims"})


def test_a_long_line_of_a_brief_is_cut_between_words():
    row = {"article_id": "a", "part": "claims", "item": 0, "name": "A", "start": 0, "end": 500, "text": "word " * 100}
    brief = Brief(pd.DataFrame([row | {"caveat": ""}]), id="b", caption="C.", parts={"claims": "Claims"})
    (part,) = brief.shown_parts()
    assert part.items[0][0].text.endswith("word …")
    assert len(part.items[0][0].text) < 270


# Findings

CASES = [
    (findings.tags, {"upos": [], "n": [], "share": [], "reference_share": [], "p_adjusted": []}, "too short"),
    (findings.names, {"name": ["A", "B"], "n": [2, 1], "n_sentences": [1, 1]}, "No name comes more than twice"),
    (findings.names, {"name": ["A", "B"], "n": [4, 4], "n_sentences": [1, 1]}, "A and B are named most, 4 times each"),
    (findings.names, {"name": [], "n": [], "n_sentences": []}, "No name was found."),
    (findings.claims, {"speaker": [], "is_speech": []}, "No claim was found"),
    (findings.contested, {"speaker": [], "other_speaker": []}, "No two claims were found that contradict each other."),
    (findings.events, {"claim": [], "polarity": [], "modality": []}, "No event was found."),
    (findings.places, {"name": [], "kind": [], "country": []}, "No place was found"),
    (findings.times, {"type": [], "value": [], "earliest": [], "latest": []}, "No time"),
    (findings.keyness, {"lemma": [], "n": [], "log_ratio": [], "log_ratio_low": [], "p_adjusted": []}, "No word"),
    (findings.diversity, {"measure": ["mattr"], "value": [math.nan]}, "too short"),
    (findings.agreement, {"method_a": [], "method_b": [], "kendall_tau": []}, "too few sentences"),
    (findings.summary, {"n_words": [], "excluded": [], "selected": []}, "no sentence"),
]


@pytest.mark.parametrize(("function", "columns", "said"), CASES)
def test_a_finding_says_where_the_number_does_not_hold(function, columns, said):
    assert said in function(pd.DataFrame(columns)).text


SILENT_CASES = [
    (findings.terms, {"lemma": ["a"], "n": [2], "rate_per_1000": [1.0], "dispersion": [math.nan]}),
    (findings.pairs, {"left": ["A", "A"], "right": ["B", "C"], "n": [4, 4]}),
    (findings.pairs, {"left": [], "right": [], "n": []}),
    (findings.voices, {"speaker": ["A", "B"], "n_words": [4, 4], "share": [0.5, 0.5]}),
    (findings.roles, {"name": [], "n_subject": [], "n_agent": [], "n_object": [], "n_passive": []}),
    (findings.noun_phrases, {"head": ["a"], "n": [1], "phrase": ["big a"]}),
    (findings.chains, {"refers_to": [], "n": []}),
]


@pytest.mark.parametrize(("function", "columns"), SILENT_CASES)
def test_a_finding_is_silent_where_there_is_nothing_to_say(function, columns):
    assert function(pd.DataFrame(columns)) == SILENT


def test_findings_count_what_the_tables_hold(told):
    _, annotations, contents, _ = told
    counts = measures.counts(annotations.sentences, annotations.tokens)
    length = findings.length(counts)
    assert length.value == counts.set_index("measure")["value"]["sentence_length_mean"]
    assert length.low <= length.value <= length.high
    events = findings.events(contents.events)
    plain = contents.events.query("modality in ['happened', 'ongoing'] and polarity == 'positive' and claim < 0")
    assert events.value == len(plain) / len(contents.events)


def test_a_finding_compares_only_where_chance_hardly_explains_the_difference():
    columns = ["upos", "n", "share", "reference_share", "p_adjusted"]
    rows = [("ADJ", 60, 0.12, 0.07, 0.06), ("NOUN", 440, 0.88, 0.93, 0.5)]
    assert "No part of speech differs" in findings.tags(pd.DataFrame(rows, columns=columns)).text
    rows[0] = ("ADJ", 60, 0.12, 0.07, 0.04)
    assert "12.0 % of the words are adjectives" in findings.tags(pd.DataFrame(rows, columns=columns)).text


def test_a_finding_is_recorded_with_its_number():
    finding = Finding(Statement("Two of three.", 2 / 3, 0.2, 0.9, "share of words"), id="share", notes=["Wilson 1927."])
    again = read_record(finding.record)
    assert again == finding
    assert (again.number.value, again.number.unit) == (2 / 3, "share of words")
    assert again.caption == "Two of three."
    assert read_record(Finding(Statement("No number."), id="none").record).number is None
    with pytest.raises(TypeError, match=r"expected what analysis\.findings returns"):
        Finding("Two.", id="two")


def test_a_silent_finding_shows_nothing(capsys):
    from analysis import show

    show(Finding(SILENT, id="nothing"), Finding(Statement("Rain."), id="rain"))
    assert capsys.readouterr().out == "Rain.\n"


def test_a_chart_with_nothing_to_draw_is_a_sentence():
    figure = Figure(charts.top_terms(empty("terms")), id="top", caption="Words.")
    assert figure.instead.startswith("Not drawn: ")
    assert figure.paths == []
    assert figure.files() == {}
    assert read_record(figure.record).record == figure.record
    assert str(figure.html("Figure 1")).startswith(
        '<p class="exhibit none" id="top"><b>Figure 1.</b> Words. Not drawn: '
    )
