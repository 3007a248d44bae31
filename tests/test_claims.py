"""Who says what: claims, their sources and stances, and which are contested."""

import json
from pathlib import Path

import pytest

from analysis.article import Article
from analysis.content.claims import find_claims
from analysis.content.contested import contested
from analysis.language import annotate
from analysis.language.coreference import resolve
from tests.conftest import case_parameter

TESTS = Path(__file__).parent
CASES, CONTESTED = (
    json.loads((TESTS / "cases" / f"{name}.json").read_text(encoding="utf-8")) for name in ("claims", "contested")
)
#: What a case leaves out of a claim; speaker and source are the same unless it says otherwise.
USUAL = {"is_speech": True, "form": "indirect"}
#: What is compared only where a case gives it.
OPTIONAL = ("addressee", "source_kind", "parent")


def bare(text):
    """Return a content or a source without marks at its ends and a leading *that*."""
    words = text.strip(" \n\"'“”‘’«»„.,:;?!–—-")
    return words.removeprefix("that ").removeprefix("That ")


def analyse(texts):
    """Return the tables of texts, an article each, named by their numbers."""
    articles = [Article.from_text(text, id=str(number)) for number, text in enumerate(texts)]
    annotations = annotate(articles, force=True)
    return articles, annotations, find_claims(articles, *annotations, resolve(*annotations))


@pytest.fixture(scope="module")
def found():
    """Return the claims of each case."""
    table = analyse([case["text"] for case in CASES])[2].claims
    return {
        case["label"]: table[table["article_id"] == str(number)].to_dict("records") for number, case in enumerate(CASES)
    }


@pytest.fixture(scope="module")
def pairs():
    """Return the contested claims of each report."""
    _, (_, tokens, mentions), claims = analyse([case["text"] for case in CONTESTED])
    table = contested(*claims, tokens, mentions)
    return {
        case["label"]: table[table["article_id"] == str(number)].to_dict("records")
        for number, case in enumerate(CONTESTED)
    }


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


@pytest.mark.parametrize("case", map(case_parameter, CASES))
def test_claims_of_a_sentence_or_two(case, found):
    claims = found[case["label"]]
    assert [claim["text"] for claim in claims if not case["expected"]] == []
    assert len(claims) == len(case["expected"])
    wrong = [faults(*both) for both in zip(claims, case["expected"], strict=True)]
    assert not any(wrong), (wrong, claims)
