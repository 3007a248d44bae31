"""The role of each line and sentence in the make-up of an article."""

import json
from pathlib import Path

import pytest

from analysis.article import Article
from analysis.language import annotate
from analysis.language.roles import find_roles

CASES = json.loads((Path(__file__).parent / "cases" / "roles.json").read_text(encoding="utf-8"))
TITLE = "Ferries collide in thick fog"
BEFORE = "The harbour authority in Bergen said on Monday that two ferries had collided near the old lighthouse."
AFTER = "Nobody was hurt, but forty passengers were taken ashore in small boats while engineers looked at the hulls."


@pytest.fixture(scope="module")
def roles():
    """Return the different roles of the sentences of each line, between paragraphs of an article, in order."""
    articles = [
        Article.from_text("\n\n".join((TITLE, BEFORE, case["text"], AFTER)), id=f"case-{number:04}", title=TITLE)
        for number, case in enumerate(CASES)
    ]
    sentences = annotate(articles, force=True).sentences
    by_article = [list(own) for _, own in sentences.groupby("article_id", sort=True)["role"]]
    assert {(own[0], own[1], own[-1]) for own in by_article} <= {
        ("title", "body", "body"),
        ("title", "body", "boilerplate"),
    }
    return [list(dict.fromkeys(own[2:-1])) for own in by_article]


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case["text"][:60] for case in CASES])
def test_role_of_a_line(roles, number):
    assert roles[number] == CASES[number]["expected"]


@pytest.mark.parametrize(
    "label",
    ["Politics", "EXCLUSIVE", "UK news", "World | Middle East", "Home > Business > Markets", "Long read", "Live"],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_section_label_is_no_headline_and_no_body(label, place):
    lines = [TITLE, "By Ann Lee", BEFORE, AFTER]
    lines.insert(place, label)
    article = Article.from_text("\n\n".join(lines), id="a")
    roles = ["title", "byline", "body", "body"]
    roles.insert(place, "boilerplate")
    assert article.title == TITLE
    assert list(annotate(article).sentences["role"]) == roles


@pytest.mark.parametrize("line", ["World leaders meet", "Opinion polls", "Live music is back", "Sport for all"])
def test_a_headline_that_begins_like_a_section_label_is_one(line):
    assert Article.from_text(f"{line}\n\n{BEFORE}", id="a").title == line


def test_a_section_label_within_the_body_is_an_item():
    texts, verbs = ["The port is shut.", "Politics", "A ship burns."], [True, False, True]
    assert find_roles(texts, [False] * 3, [4, 1, 3], verbs) == ["body", "item", "body"]


def test_a_stated_title_is_found_below_a_section_label():
    article = Article.from_text(f"Politics\n\n{TITLE}\n\n{BEFORE}", id="a", title=TITLE)
    assert article.text[slice(*article.title_span)] == TITLE


IN_CONTEXT = [
    pytest.param(case, id=f"{name}: {case['label']}")
    for name in ("bullets", "bios")
    for case in json.loads((Path(__file__).parent / "cases" / f"roles-{name}.json").read_text(encoding="utf-8"))
]


@pytest.mark.parametrize("case", IN_CONTEXT)
def test_roles_of_lines_that_depend_on_others(case):
    found = annotate(Article.from_text(f"{TITLE}\n\n{case['text']}", id="a", title=TITLE), force=True).sentences
    assert found[["text", "role"]].to_numpy().tolist()[1:] == case["expected"]


def test_what_stands_before_a_credit_in_its_paragraph_is_a_caption():
    texts = [
        "The port is shut.",
        "A ship burns.",
        "It is old.",
        "Photo: AFP",
        "He left.",
        "She left.",
        "It left.",
        "Ann Lee/AP",
    ]
    verbs = [True, True, True, False, True, True, True, False]
    found = find_roles(texts, [False] * 8, [4, 3, 3, 2, 2, 2, 2, 2], verbs, [0, 1, 1, 1, 2, 2, 2, 2])
    assert found == ["body", "caption", "caption", "credit", "body", "body", "body", "credit"]


def test_all_after_the_end_of_a_press_release_is_boilerplate():
    texts = [
        "The port is shut.",
        "The ministry ends its inquiry.",
        "-ENDS-",
        "Notes to editors",
        "The firm has 90 ships.",
    ]
    found = find_roles(texts, [False] * 5, [4, 5, 1, 3, 5], [True, True, False, False, True])
    assert found == ["body", "body", "boilerplate", "boilerplate", "boilerplate"]


@pytest.mark.parametrize(
    "part", ["AP/", "Aa and ", "Aa via ", "Ann Lee, ", "10:31 ", "a|", "(left) ", "Reporting by Aa "]
)
def test_no_pattern_takes_long(part):
    assert len(find_roles([part * 60 + "/ @ reporter (x", "It rained."], [False] * 2, [9, 2], [False, True])) == 2


def test_lines_after_a_pointer_are_headlines_of_other_articles():
    texts = ["The port is shut.", "Read more", "Storm closes ports", "Mayor resigns", "Ferries wait at sea.", "Fog"]
    found = find_roles(texts, [False] * 6, [4, 2, 3, 2, 4, 2], [True] * 6, range(6))
    assert found == ["body", "boilerplate", "boilerplate", "boilerplate", "body", "body"]


def test_headings_of_blocks_that_begin_with_a_time_are_items():
    blocks = [
        "14:31 'We have not asked anyone to leave their homes'",
        "Police have dismissed reports that the village of Sandhythe is being cleared.",
        "13:47 Minister defends response",
        "The environment minister said that the barriers were closed in time.",
        "12:58 “Schools may stay shut on Monday” says council",
        "The county council will tell teachers on Sunday.",
    ]
    text = "\n\n".join((TITLE, *blocks))
    sentences = annotate(Article.from_text(text, id="a", title=TITLE), force=True).sentences
    assert sentences["role"].tolist() == ["title", *["item", "body"] * 3]
    alone = annotate(Article.from_text("\n\n".join((TITLE, *blocks[:2])), id="a", title=TITLE), force=True).sentences
    assert alone["role"].tolist() == ["title", "body", "body"]
