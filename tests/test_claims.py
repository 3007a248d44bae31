"""Who says what: claims, their sources and stances, and which are contested."""

import json
import sys
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from analysis import tables
from analysis.article import Article
from analysis.content import embedding, find_contents, sources, stance
from analysis.content.attribution import default_attributor
from analysis.content.claims import find_claims
from analysis.content.quotations import quotation_states
from analysis.language import annotate
from tests.conftest import case_parameter

TESTS = Path(__file__).parent
CASES, CONTESTED, SEED_CLAIMS = (
    json.loads((TESTS / "cases" / f"{name}.json").read_text(encoding="utf-8"))
    for name in ("claims", "contested", "claims-seed")
)
#: What a case leaves out of a claim; the speaker is the source unless the case names one.
USUAL = {"is_speech": True, "form": "indirect"}
#: What is compared only where a case gives it.
OPTIONAL = ("addressee", "source_kind", "parent")
GOLD = TESTS / "gold" / "stances.tsv"


def bare(text):
    """Return a content or a source without marks at its ends and a leading *that*."""
    return text.strip(" \n\"'“”‘’«»„.,:;?!–—-").removeprefix("that ").removeprefix("That ")


def analyse(articles):
    """Return the tables of articles, those of claims last."""
    annotations = annotate(articles, force=True)
    return annotations, find_claims(articles, *annotations)


def of_cases(cases):
    """Return an article for each case, named by its number."""
    return [Article.from_text(case["text"], id=str(number)) for number, case in enumerate(cases)]


def by_label(cases, table):
    """Return the rows of the article of each case, as dictionaries."""
    return {
        case["label"]: table[table["article_id"] == str(number)].to_dict("records") for number, case in enumerate(cases)
    }


@pytest.fixture(scope="module")
def claims():
    """Return the tables of claims of all cases."""
    return analyse(of_cases(CASES))[1]


@pytest.fixture(scope="module")
def found(claims):
    """Return the claims of each case."""
    return by_label(CASES, claims.claims)


@pytest.fixture(scope="module")
def pairs():
    """Return the contested claims of each report."""
    articles = of_cases(CONTESTED)
    return by_label(CONTESTED, find_contents(articles, annotate(articles, force=True)).contested)


def faults(claim, expected):
    """Return the columns in which a claim is not as expected."""
    expected = {"speaker": expected["source"], **USUAL, **expected}
    contents = expected["text"] if isinstance(expected["text"], list) else [expected["text"]]
    wrong = [name for name in ("stance", "is_speech", "form") if claim[name] != expected[name]]
    wrong += [name for name in ("source", "speaker") if bare(claim[name]) != bare(expected[name])]
    wrong += [name for name in OPTIONAL if name in expected and claim[name] != expected[name]]
    if bare(claim["text"]) not in map(bare, contents):
        wrong.append("text")
    if expected["cue"] not in claim["cue"] or (claim["cue"] and not expected["cue"]):
        wrong.append("cue")
    return wrong


@pytest.mark.parametrize("case", list(map(case_parameter, CASES)))
def test_claims_of_a_sentence_or_two(case, found):
    claims = found[case["label"]]
    assert [claim["text"] for claim in claims if not case["expected"]] == []
    assert len(claims) == len(case["expected"])
    wrong = [faults(*both) for both in zip(claims, case["expected"], strict=True)]
    assert not any(wrong), (wrong, claims)


def test_claims_point_into_the_article(claims):
    tables.check("claims", claims.claims)
    tables.check("claim_parts", claims.claim_parts)
    texts = {str(number): case["text"] for number, case in enumerate(CASES)}
    for row in claims.claims.itertuples():
        text = texts[row.article_id]
        assert text[row.start : row.end] == row.text
        for start, end, words in (
            (row.source_start, row.source_end, row.source),
            (row.cue_start, row.cue_end, row.cue),
        ):
            assert (text[start:end] if start >= 0 else "") == words
    for row in claims.claim_parts.itertuples():
        assert texts[row.article_id][row.start : row.end] == row.text


def test_pieces_of_a_broken_content_are_its_parts(claims):
    number = next(str(number) for number, case in enumerate(CASES) if case["label"].endswith("broken by the cue"))
    own = claims.claim_parts[claims.claim_parts["article_id"] == number]
    assert list(own["text"]) == ["“The vaccine,”", "“works in children too.”"]


def test_claims_of_articles_together_are_those_of_each_alone(claims):
    for number in (0, 8, 60):
        (one,) = of_cases([CASES[number]])
        alone = analyse(one)[1]
        for table, own in zip(claims, alone, strict=True):
            together = table[table["article_id"] == str(number)].assign(article_id="0").reset_index(drop=True)
            pd.testing.assert_frame_equal(together, own)


def test_claims_of_the_seed_are_those_that_a_careful_reader_lists(seed):
    found = find_contents(seed, annotate(seed))
    assert found.claims[["speaker", "stance", "text"]].to_numpy().tolist() == SEED_CLAIMS
    pairs = found.contested[["speaker", "other_speaker", "other_stance"]].to_numpy().tolist()
    assert pairs == [[who, "Egypt; United Arab Emirates", "deny"] for who in ("US officials", "Fajr Libya")]


def test_a_full_cache_of_words_does_not_change_the_claims(seed, monkeypatch):
    monkeypatch.setattr(embedding, "_CACHE_SIZE", 8)
    annotations = annotate(seed)
    found = find_claims(seed, *annotations)
    attributor = default_attributor.__wrapped__()
    rain = Article.from_text("Rain fell, he said.", id="rain")
    for article in (seed, rain, seed):
        again = find_claims(article, *annotate(article, force=True), attributor=attributor)
    for first, last in zip(found, again, strict=True):
        pd.testing.assert_frame_equal(first, last)


@pytest.mark.parametrize(
    "text",
    [
        "Stead disputed the figure and said",
        "We were asked to wait in",
        "He claimed that £14m had already",
        "The planners have twice denied this, and the drawings",
        "The ministry denied withdrawing the money and said that Brackton had failed to apply in",
        "The department's own modelling suggests a fall of 9 per cent at most, and only if parking charges rise",
    ],
)
def test_a_text_may_break_off_within_a_sentence(text):
    (article,) = of_cases([{"text": text}])
    claims = find_contents(article, annotate(article, force=True)).claims
    assert all(text[claim.start : claim.end] == claim.text for claim in claims.itertuples())


def test_no_text_has_no_claims():
    _, claims = analyse([])
    assert [len(table) for table in claims] == [0, 0]


# Stances


def test_every_stance_is_in_the_scheme_and_has_cues():
    scheme = stance.scheme()
    assert set(scheme) == set(tables.STANCES)
    assert {row.negated for row in scheme.values()} <= set(scheme)
    assert all(row.definition and row.example and row.example_2 and row.counter_example for row in scheme.values())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("He <say> | it rain", "assert"),
        ("He <deny> | it", "deny"),
        ("He do not <deny> | it", "leave open"),
        ("He never <say> | it", "decline"),
        ("He not only <deny> | it", "deny"),
        ("He do not wait , but <say> | it rain", "assert"),
        ("He <refuse> to confirm | it", "decline"),
        ("He <refuse> | to leave", "refuse"),
        ("He <refuse> | to rule out a vote", "leave open"),
        ("He <decline> | to comment", "decline"),
        ("He <reject> | the offer", "refuse"),
        ("He <reject> | the claim", "deny"),
        ("He <reject> | the claim as soon as possible", "deny"),
        ("He <reject> | the letter as a forgery", "deny"),
        ("He <rule> <out> | a vote", "refuse"),
        ("He <rule> <out> | sell the club", "refuse"),
        ("He <deny> | sell the club", "deny"),
        ("He <deny> | the club will close", "deny"),
        ("He <deny> | the plan to close it", "deny"),
        ("He <deny> | the new club a license", stance.NONE),
        ("He <deny> | the visa", stance.NONE),
        ("The offer be <reject> by him |", "refuse"),
        ("The claim be <reject> by him |", "deny"),
        ("He <repudiate> | the club who wait", "condemn"),
        ("He <dismiss> | the new claim", "deny"),
        ("He <dismiss> | the new plan", "refuse"),
        ("He <dismiss> | the club as a toy", "condemn"),
        ("He <disavow> | the claim", "deny"),
        ("He <disavow> | the club", "condemn"),
        ("He <counter> | that the club will close", "assert"),
        ("He <counter> | the claim", "deny"),
        ("He <counter> | the club", stance.NONE),
        ("He <disavow> | the club , he say", "condemn"),
        ("He <write> <a> <letter> <dispute> | the claim", "deny"),
        ("He <say> <the> <club> | we stay", "assert"),
        ("He <deny> <the> <claim> <and> <say> | we stay", "assert"),
        ("He <rebut> : “ | we stay ”", "assert"),
        ("He never <admit> | it", "decline"),
        ("Doctors Without Borders <say> | it rain", "assert"),
        ("He leave without <say> | it", "decline"),
        ("It fail after he <refuse> | to wait", "refuse"),
        ("He fail to <condemn> | it", "decline"),
        ("He do not “ <rule> <out> | a vote", "leave open"),
        ("With no plan he wait and <admit> | it", "admit"),
        ("He <ask> | whether it rain", "ask"),
        ("He <ask> | the court to wait", "demand"),
        ("He <ask> | that she wait", "demand"),
        ("He <ask> | about the plan to wait", "ask"),
        ("He <tell> | them that it rain", "assert"),
        ("He <tell> them | to wait", "demand"),
        ("He <call> <for> | a truce", "demand"),
        ("He <call> | it a truce", "assert"),
        ("He do not <condemn> | it", "decline"),
        ("He do not <fear> | it", "doubt"),
        ("He do not <object> to | it", "agree"),
        ("He neither <confirm> nor deny | it", "leave open"),
        ("He be <know> as | it", stance.NONE),
        ("He <walk> : | it", "assert"),
    ],
)
def test_stance_of_a_cue(words, expected):
    """Words in angle brackets are the cue, and the content follows the bar."""
    listed = words.replace("|", "").split()
    content = words.split().index("|")
    cue = [number for number, word in enumerate(listed) if word.startswith("<")]
    lemmas = [word.strip("<>").lower() for word in listed]
    verbs = {"dispute", "rain", "wait", "leave", "comment", "confirm", "rule", "walk"}
    words_of = {
        "VERB": {*verbs, "sell", "close", "stay"},
        "AUX": {"will"},
        "PRON": {"we"},
        "NOUN": {"offer", "claim", "vote", "letter", "plan", "club", "license", "visa", "toy"},
        "DET": {"the", "a"},
        "ADJ": {"new"},
        "PUNCT": set(",:“”"),
    }
    tags = {word: tag for tag, words in words_of.items() for word in words}
    upos = ["VERB" if f"<{lemma}>" in listed else tags.get(lemma, "X") for lemma in lemmas]
    told = stance.read_cue(lemmas, upos, (cue[0], cue[-1] + 1), (content, len(lemmas)))
    assert told.stance == expected
    assert told.is_known == ("walk" not in lemmas)


def test_nouns_are_cues_only_as_nouns():
    cue, content = (1, 2), (2, 3)
    assert stance.read_cue(["the", "report", "it"], ["DET", "NOUN", "PRON"], cue, content).is_known
    assert not stance.read_cue(["the", "dictum", "it"], ["DET", "NOUN", "PRON"], cue, content).is_known
    assert stance.read_cue(["no", "fear", "it"], ["DET", "NOUN", "PRON"], cue, content).stance == "doubt"
    assert not stance.read_cue(["to", "fear", "it"], ["PART", "VERB", "PRON"], cue, content).is_speech


# Sources


@pytest.mark.parametrize(
    ("words", "mentions", "expected"),
    [
        ("Ann/NNP Lee/NNP", [(0, 2, "Ann Lee", "person")], ("Ann Lee", "person")),
        ("Toyota/NNP", [(0, 1, "Toyota", "organization")], ("Toyota", "organization")),
        ("Egypt/NNP", [(0, 1, "Egypt", "location")], ("Egypt", "organization")),
        (
            "the/DT envoy/NN ,/, Ann/NNP Lee/NNP",
            [(3, 5, "Ann Lee", "person")],
            ("Ann Lee", "person"),
        ),
        ("an/DT aide/NN to/IN Ann/NNP Lee/NNP", [(3, 5, "Ann Lee", "person")], ("", "official")),
        (
            "Egypt/NNP and/CC Sudan/NNP",
            [(0, 1, "Egypt", "location"), (2, 3, "Sudan", "location")],
            ("Egypt; Sudan", "organization"),
        ),
        ("he/PRP", [(0, 1, "Ann Lee", "")], ("Ann Lee", "person")),
        ("he/PRP", [], ("", "person")),
        ("I/PRP", [], ("", "writer")),
        ("they/PRP", [], ("", "group")),
        ("it/PRP", [], ("", "unknown")),
        ("the/DT report/NN", [], ("", "document")),
        ("the/DT ministry/NN", [], ("", "organization")),
        ("witnesses/NNS", [], ("", "group")),
        ("a/DT witness/NN", [], ("", "official")),
        ("the/DT king/NN", [(0, 2, "Ann Lee", "")], ("Ann Lee", "official")),
    ],
)
def test_whom_a_source_stands_for(words, mentions, expected):
    forms, tags = zip(*(word.split("/") for word in words.split()), strict=True)
    kinds = {"PRP": "PRON", "NN": "NOUN", "NNS": "NOUN", "NNP": "PROPN", "DT": "DET", "IN": "ADP", "CC": "CCONJ"}
    lemmas = [{"witnesses": "witness"}.get(form, form.lower()) for form in forms]
    upos = [kinds.get(tag, "PUNCT") for tag in tags]
    named = [sources.Named(*each) for each in mentions]
    assert sources.identify((0, len(forms)), lemmas, tags, upos, named) == expected


# Quotation marks


@pytest.mark.parametrize(
    ("text", "states"),
    [
        ("“ Rain , ” he said", "( i i ) o o"),
        ('" Rain , " he said', "( i i ) o o"),
        ("« Rain » he said", "( i ) o o"),
        ("„ Rain “ he said", "( i ) o o"),
        ("‘ Rain ’ he said", "( i ) o o"),
        ("“ He ' s ‘ in ’ ” now", "( i i i i i i ) o"),
        ("“ Rain and more", "( u u u"),
        ("Rain ” he said", "o o o o"),
        ("he said : “ One . ” Then “ two", "o o o ( i i ) o ( u"),
        ("the miners ' wives", "o o o o"),
    ],
)
def test_what_stands_in_quotation_marks(text, states):
    words = text.split()
    expected = ["" if state == "o" else state for state in states.split()]
    assert quotation_states(words, [True] * len(words)) == expected


def test_a_mark_that_is_never_closed_does_not_turn_the_rest_inside_out():
    words = ['"', "Rain", ",", "he", "said", ".", '"', "Snow", ".", '"', "He", "left"]
    spaces = [False, False, False, True, True, False, True, False, False, False, True, True]
    assert "".join(state or "o" for state in quotation_states(words, spaces)) == "oooooo(ii)oo"


def test_an_apostrophe_between_blanks_opens_nothing():
    words = ["the", "Beatles", "'", "label", "and", "Apple", "'", "store"]
    assert quotation_states(words, [True, True, True, True, True, True, True, True]) == [""] * 8


def test_an_apostrophe_opens_nothing():
    words = ["the", "miners", "'", "and", "sailors", "'", "wives"]
    assert quotation_states(words, [True, True, False, True, True, False, True]) == [""] * 7


# Contested claims


@pytest.mark.parametrize("case", list(map(case_parameter, CONTESTED)))
def test_contested_claims_of_a_report(case, pairs):
    rows = pairs[case["label"]]
    found = [[row[name] for name in ("speaker", "text", "other_speaker", "other_text")] for row in rows]
    assert len(found) == len(case["expected"]), found
    for cells, expected in zip(found, case["expected"], strict=True):
        assert all(part in whole for part, whole in zip(expected[1::2], cells[1::2], strict=True))
        assert all(name in words for name, words in zip(cells[::2], expected[::2], strict=True))


def test_contested_claims_of_articles_that_were_read(shared):
    gold = pd.read_csv(TESTS / "gold" / "contested.tsv", sep="\t", skiprows=2)
    rows = map(json.loads, (shared / "evals" / "wikinews.jsonl").read_text(encoding="utf-8").splitlines())
    articles = [Article.from_text(row["text"], id=row["id"]) for row in rows if row["id"] in set(gold["article_id"])]
    found = find_contents(articles, annotate(articles, force=True)).contested
    places = ["article_id", "start", "end", "other_start", "other_end"]
    right = gold.loc[gold["read"] == "right", places].to_numpy().tolist()
    assert found[places].to_numpy().tolist() == right


# Gold


@pytest.fixture(scope="module")
def gold_and_found(shared):
    """Return the stances that were labelled by hand, each with the stance of the claim found there, if there is one."""
    gold = pd.read_csv(GOLD, sep="\t", comment="#", keep_default_na=False)
    rows = map(json.loads, (shared / "evals" / "wikinews.jsonl").read_text(encoding="utf-8").splitlines())
    wanted = set(gold["article_id"])
    articles = [Article.from_text(row["text"], id=row["id"]) for row in rows if row["id"] in wanted]
    claims = analyse(articles)[1].claims
    own = {article: rows.to_dict("records") for article, rows in claims.groupby("article_id")}
    return [
        (label, next((claim["stance"] for claim in own.get(label.article_id, []) if is_same(claim, label)), None))
        for label in gold.itertuples()
    ]


def is_same(claim, label):
    """Return whether a claim has the cue of a label, or no cue either, and half of the shorter content in common."""
    shared = min(claim["end"], label.end) - max(claim["start"], label.start)
    is_near = shared >= min(claim["end"] - claim["start"], label.end - label.start) / 2
    if label.cue_start < 0 or claim["cue_start"] < 0:
        return is_near and label.cue_start == claim["cue_start"]
    return is_near and claim["cue_start"] < label.cue_end and label.cue_start < claim["cue_end"]


def test_four_of_five_stances_are_right(gold_and_found, capsys):
    labels = [(label.stance, found) for label, found in gold_and_found if label.fault != "none" and found]
    right = sum(stance == found for stance, found in labels)
    confusions = Counter(each for each in labels if each[0] != each[1]).most_common()
    lines = [f"{stance} taken for {found}: {n}" for (stance, found), n in confusions]
    with capsys.disabled():
        sys.stdout.write("\n".join([f"\nstances: {right} of {len(labels)} right", *lines, ""]))
    assert len(labels) >= 200
    assert right / len(labels) >= 0.8


def test_what_is_no_claim_is_seldom_found(gold_and_found):
    none = [found for label, found in gold_and_found if label.fault == "none"]
    assert sum(found is not None for found in none) / len(gold_and_found) <= 0.08
