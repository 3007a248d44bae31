"""Where an article says things are: places, which of their namesakes is meant, and where they lie."""

import json
from pathlib import Path

import pandas as pd
import pytest

from analysis import resources, tables
from analysis.article import Article
from analysis.content import find_places, places
from analysis.content.gazetteer import FILE, default_gazetteer, place_key, sound_alike
from analysis.language import annotate

CASES = json.loads((Path(__file__).parent / "cases" / "places.json").read_text(encoding="utf-8"))


def places_of(texts):
    articles = [Article.from_text(text, title="Rain", id=str(number)) for number, text in enumerate(texts)]
    _, tokens, mentions, _ = annotate(articles, force=True)
    return tables.check("places", find_places(tokens, mentions))


@pytest.fixture(scope="module")
def found():
    return places_of([case["text"] for case in CASES])


@pytest.mark.parametrize("number", [pytest.param(n, id=case["label"]) for n, case in enumerate(CASES)])
def test_places_of_a_sentence_or_two(number, found):
    own = found[found["article_id"] == str(number)]
    rows = [
        [*row[:4], *(None if pd.isna(degrees) else round(degrees) for degrees in row[4:])]
        for row in own[["text", "name", "country", "kind", "latitude", "longitude"]].itertuples(index=False)
    ]
    assert rows == CASES[number]["expected"]


def test_rows_point_into_the_article(found):
    for row in found.itertuples():
        assert CASES[int(row.article_id)]["text"][row.start : row.end] == row.text


def test_what_is_not_found_has_nothing_but_its_name(found):
    unknown = found[found["kind"] == ""]
    assert len(unknown) >= 2
    assert unknown["latitude"].isna().all()
    assert unknown["geonames_id"].isna().all()
    assert (unknown["country"] == "").all()
    assert (unknown["name"] == unknown["text"]).all()


def test_places_of_articles_together_are_those_of_each_alone(found):
    for number in (1, 4, 13):
        alone = places_of([CASES[number]["text"]])
        together = found[found["article_id"] == str(number)].assign(article_id="0").reset_index(drop=True)
        pd.testing.assert_frame_equal(together, alone)


def test_a_name_has_one_meaning_in_an_article():
    own = places_of(["He left Paris, Texas, in May. In Paris he had been a clerk. Texas is large."])
    assert set(own[own["text"] == "Paris"]["country"]) == {"US"}


def test_a_mention_of_two_places_is_two_rows():
    mentions = tables.frame("mentions", [("a", 0, 0, 8, 31, "Sukoharjo, Central Java", "location", "Sukoharjo")])
    tokens = annotate("He left Sukoharjo, Central Java.", force=True).tokens.assign(article_id="a")
    own = find_places(tokens, mentions)
    assert own[["start", "end", "text"]].to_numpy().tolist() == [[8, 17, "Sukoharjo"], [19, 31, "Central Java"]]


def test_a_long_article_compares_no_place_with_all_others(monkeypatch):
    def n_distances(n):
        lines = default_gazetteer()._lines[:: 100_000 // n]  # noqa: SLF001
        names = [cells[1] for cells in (line.split("\t") for line in lines) if not cells[1].startswith("=")]
        spans = [(12 * i, 12 * i + 10) for i in range(len(names))]
        mentions = [("a", i, i, *spans[i], name, "location", name) for i, name in enumerate(names)]
        tokens = pd.DataFrame({"article_id": "a", "start": [start for start, _ in spans], "text": names})
        tokens = tokens.assign(lemma=names, upos="PROPN")
        calls = []
        monkeypatch.setattr(places, "_distance_km", lambda *sites: calls.append(sites) or 1000.0)
        find_places(tokens, tables.frame("mentions", mentions))
        return len(calls)

    assert n_distances(400) < 6 * n_distances(100)


@pytest.mark.parametrize("text", ["Rain", "1 2 3", "Roses are red", "Muslims and Democrats met."])
def test_texts_without_places_give_no_rows(text):
    assert places_of([text]).empty


# The gazetteer


def test_every_place_of_the_list_is_found_by_each_of_its_names():
    for line in resources.data().read_lines("regions.tsv"):
        kind, country, latitude, _, *names = line.split("\t")
        for name in names:
            sites = default_gazetteer().find(name)
            assert any(
                (site.kind, site.country) == (kind, country) and abs(site.latitude - float(latitude)) < 0.01
                for site in sites
            ), name


def test_every_other_name_leads_to_a_place():
    lines = default_gazetteer()._lines  # noqa: SLF001
    assert lines == sorted(lines)
    keys = {line.partition("\t")[0] for line in lines}
    others = [line.split("\t")[1] for line in lines if line.split("\t")[1].startswith("=")]
    assert {own[1:] for own in others} <= keys
    assert len(keys) > 100_000
    assert len(resources.data().read_bytes(FILE)) <= 3_000_000


@pytest.mark.parametrize("name", ["Gaza", "gaza", "The Gaza", "Gáza"])
def test_a_name_is_found_in_any_spelling_of_its_letters(name):
    assert default_gazetteer().find(name) == default_gazetteer().find("Gaza")


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Marsa-Matrouh", "Marsá Maţrūḩ", True),
        ("Hodeidah", "Al Ḩudaydah", True),
        ("Mbanza Congo", "Mbanza Kongo", True),
        ("Kogelo", "Kāgal", False),
        ("Kitaakita", "Kitakata", False),
        ("Lima", "Lome", False),
    ],
)
def test_transliterations_sound_alike(one, other, alike):
    assert sound_alike(one, other) == sound_alike(other, one) == alike


def test_a_key_of_a_key_is_itself():
    for name in ("Saint-Denis", "Côte d’Ivoire", "The Hague", "Łódź", "Mount Vernon"):
        assert place_key(place_key(name)) == place_key(name)
