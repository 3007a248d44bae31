"""What happens: events, who takes part, and how sure the article is of them."""

import csv
import json
import sys
from pathlib import Path

import pandas as pd
import pytest

from analysis import resources, tables
from analysis.article import Article
from analysis.content import find_contents, interactions, timeline
from analysis.content.event_lexicon import event_classes, lexicon
from analysis.language import annotate
from tests.conftest import case_parameter

TESTS = Path(__file__).parent
CASES = [
    {"number": str(number), "label": case["text"][:70], **case}
    for number, case in enumerate(json.loads((TESTS / "cases" / "events.json").read_text(encoding="utf-8")))
]
COLUMNS = ["actor", "text", "action", "target", "polarity", "modality"]
GOLD = TESTS / "gold" / "events.tsv"
SIGNED = ["actor", "action", "target", "polarity", "modality"]
TIMES = json.loads((TESTS / "cases" / "event-times.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def found():
    """Return the events of each case, by its number."""
    articles = [Article.from_text(case["text"], id=case["number"]) for case in CASES]
    events = find_contents(articles, annotate(articles, force=True)).events
    return dict(iter(events.groupby("article_id")))


@pytest.mark.parametrize("case", [case_parameter(case) for case in CASES])
def test_events_of_a_sentence(case, found):
    own = found.get(case["number"])
    rows = own[COLUMNS].to_numpy().tolist() if own is not None else []
    assert rows == [[each[name] for name in COLUMNS] for each in case["events"]]


def test_no_negated_modal_or_attributed_event_comes_out_as_a_plain_fact(found):
    plain = {
        number: own[
            (own["polarity"] == "positive") & own["modality"].isin(["happened", "ongoing"]) & (own["claim"] < 0)
        ]
        for number, own in found.items()
    }
    wrong = [
        (case["text"], action)
        for case in CASES
        for action in case.get("no_fact", [])
        if action in set(plain.get(case["number"], pd.DataFrame({"action": []}))["action"])
    ]
    assert wrong == []


@pytest.fixture(scope="module")
def gold_and_found(shared):
    """Return the events that were read by hand, each with the event that is found in its place, if there is one."""
    lines = GOLD.read_text(encoding="utf-8").splitlines()[3:]
    gold = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    rows = map(json.loads, (shared / "evals" / "wikinews.jsonl").read_text(encoding="utf-8").splitlines())
    wanted = {label["article_id"] for label in gold}
    articles = [Article.from_text(row["text"], id=row["id"]) for row in rows if row["id"] in wanted]
    events = find_contents(articles, annotate(articles, force=True)).events.to_dict("records")
    places = {(event["article_id"], str(event["start"]), str(event["end"])): event for event in events}
    return [(label, places.get((label["article_id"], label["start"], label["end"]))) for label in gold]


def test_four_of_five_events_are_as_a_careful_reader_signs_them(gold_and_found, capsys):
    read = [(label, event) for label, event in gold_and_found if event]
    signed = [
        [" ".join(event[name].split()) for name in SIGNED] == [label[name] for name in SIGNED] for label, event in read
    ]
    with capsys.disabled():
        sys.stdout.write(f"\nevents: {sum(signed)} of {len(read)} right\n")
    assert len(read) >= 300
    assert sum(signed) / len(read) >= 0.8


def test_no_event_that_did_not_happen_is_a_plain_fact(gold_and_found):
    wrong = [
        (label["article_id"], label["text"])
        for label, event in gold_and_found
        if event and label["action"] and is_fact(event) and not is_fact(label | {"claim": event["claim"]})
    ]
    assert wrong == []


def is_fact(event):
    is_told = event["polarity"] == "positive" and event["modality"] in ("happened", "ongoing")
    return is_told and event["claim"] < 0


def test_every_word_of_the_lexicon_has_a_class():
    classes = event_classes()
    assert set(lexicon().classes.values()) | {each.planned for each in classes.values()} == classes.keys()


def test_every_context_is_a_modality_or_negative():
    lists = resources.data().read_word_lists("event_contexts.tsv")
    assert lists.keys() <= {*tables.MODALITIES, "negative", "refused"}
    words = [word for own in lists.values() for word in own]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("text", ["Rain", "1 2 3", "x = y + z;", "Roses are red\nViolets are blue", "Who?"])
def test_other_texts_give_no_events(text):
    article = Article.from_text(text, id="a")
    assert find_contents(article, annotate(article, force=True)).events.empty


# Seen together


def of_text(text, published=None):
    article = Article.from_text(text, id="a", published=published)
    return find_contents(article, annotate(article, force=True))


def test_interactions_count_who_acts_on_whom():
    events = of_text(
        "Egypt bombed Libya. Egypt bombed Libya on Monday. Libyan troops attacked Egypt. Norway thanked Libya. "
        "Peru did not attack Chile. Oman may attack Qatar. Storms hit Cuba. The army shelled the rebels."
    ).events
    found = interactions(events)[["actor", "target", "sign", "n"]].to_numpy().tolist()
    assert found == [
        ["Egypt", "Libya", "conflict", 2],
        ["Libyan troops", "Egypt", "conflict", 1],
        ["Norway", "Libya", "cooperation", 1],
    ]


def test_timeline_has_the_events_whose_days_are_known_in_the_order_of_time():
    contents = of_text("Egypt bombed Libya in May 2014. In 2011 Norway sent aid to Libya. Rain fell.", "2014-09-30")
    found = timeline(contents.events, contents.times)
    columns = ["told", "earliest", "latest"]
    assert found[columns].to_numpy().tolist() == [
        ["Norway sent aid to Libya", "2011-01-01", "2011-12-31"],
        ["Egypt bombed Libya", "2014-05-01", "2014-05-31"],
    ]


def test_what_only_describes_is_no_belief_and_who_acts_after_by_stays_there(seed):
    contents = find_contents(seed, annotate(seed))
    events = contents.events
    assert events.loc[events["text"] == "now targeted", "modality"].tolist() == ["happened"]
    told = timeline(events, contents.times)["told"].tolist()
    assert "now targeted by US-led air strikes in Iraq and Syria" in told


@pytest.mark.parametrize("case", [case_parameter(case) for case in TIMES])
def test_an_event_has_the_time_when_it_was(case):
    events = of_text(case["text"], "2014-08-27").events
    assert events.loc[events["action"] == case["action"], "time"].tolist() == [case["time"]]


def test_every_class_is_cooperation_conflict_or_neither():
    assert {each.sign for each in event_classes().values()} == set(tables.SIGNS)
