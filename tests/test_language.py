"""Annotation: tables that keep their contract for any text, and that are correct where this has been checked."""

import functools
import json
import os
import re
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import measures, tables
from analysis.article import Article, ArticleError
from analysis.invisible import visible_places
from analysis.language import (
    Annotations,
    Models,
    NotEnglishError,
    annotate,
    decoding,
    default_models,
    measured,
    network,
    pipeline,
    prediction,
    tagger,
)
from analysis.language.roles import find_roles
from analysis.resources import MODELS, ResourceError

PROJECT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("DATELINE_SHARED") or PROJECT.parent / "shared")
CASES = Path(__file__).parent / "cases"


@pytest.fixture(scope="module")
def annotated(seed):
    return annotate(seed)


def check(article, annotations):
    """Check the tables of one article: their contract, and that they agree with each other and with the text."""
    for name, table in annotations._asdict().items():
        tables.check(name, table)
        assert (table["article_id"] == article.id).all()
        assert [article.text[s:e] for s, e in zip(table["start"], table["end"], strict=True)] == list(table["text"])
        if name != "coreference":  # chains cross each other
            assert list(table[name.removesuffix("s")]) == list(range(len(table)))
            assert (table["start"].to_numpy()[1:] >= table["end"].to_numpy()[:-1]).all()
    sentences, tokens, mentions, chains = annotations
    assert sorted(set(chains["chain"])) == list(range(chains["chain"].nunique()))
    assert set(chains["start"]) <= set(tokens["start"])
    assert set(chains["end"]) <= set(tokens["end"])
    covered = np.zeros(len(article.text), dtype=int)
    for start, end in zip(tokens["start"], tokens["end"], strict=True):
        covered[start:end] += 1
    places = visible_places(article.text, 0, len(article.text))
    visible = [place for place in places if not article.text[place].isspace()]
    assert (covered[visible] == 1).all()
    assert (covered <= 1).all()
    counts = tokens.groupby("sentence").size()
    assert list(counts) == list(sentences["n_tokens"])
    firsts = tokens.groupby("sentence")["start"].first()
    assert list(firsts) == list(sentences["start"])
    for paragraph, start, end in zip(sentences["paragraph"], sentences["start"], sentences["end"], strict=True):
        low, high = article.paragraphs[paragraph]
        assert low <= start < end <= high
    assert (tokens["entity"].str.startswith("B-").sum()) == len(mentions)


def test_seed_tables_keep_their_contract(seed, annotated):
    check(seed, annotated)


@pytest.mark.parametrize("batch_chars", [10**6, 100, 10])
def test_batch_size_does_not_change_the_tables(seed, annotated, monkeypatch, batch_chars):
    monkeypatch.setattr(pipeline, "_BATCH_CHARS", batch_chars)
    other = Article.from_text("Rain fell on Cairo. Nobody was surprised by it.", id="other")
    for together, first, second in zip(annotate([seed, other, seed]), annotated, annotate(other), strict=True):
        pd.testing.assert_frame_equal(together, pd.concat([first, second, first], ignore_index=True))


def test_batches_cut_long_articles_into_documents(monkeypatch):
    monkeypatch.setattr(prediction, "_BATCH_WORDS", 3)
    words = prediction.Words(["Cairo", "fell", "CAIRO", "Cairo", "Cairo"], np.array([4, 1]), np.array([0, 1]))
    found = [(lengths.tolist(), owners.tolist()) for _, lengths, owners in prediction.batches(words)]
    assert found == [([3], [0, 0, 0]), ([1, 1], [0, 1])]


def test_no_articles_yield_empty_tables_that_keep_their_contract():
    for name, table in annotate([])._asdict().items():
        pd.testing.assert_frame_equal(table, tables.empty(name))
        tables.check(name, table)


def test_an_article_without_paragraphs_yields_empty_tables_that_keep_their_contract():
    models = Models.in_folder(MODELS)  # which have annotated nothing before
    for name, table in annotate(Article(id="empty", text="x"), models=models)._asdict().items():
        assert tables.check(name, table).empty


def test_a_text_is_annotated_as_an_article_and_a_path_is_read(tmp_path):
    text = "It rained in Cairo. Nobody was surprised by it."
    path = tmp_path / "rain.txt"
    path.write_text(text, encoding="utf-8")
    expected = annotate(Article.from_text(text))
    for found in (annotate(text), annotate(path)):
        for one, other in zip(expected, found, strict=True):
            pd.testing.assert_frame_equal(one.drop(columns="article_id"), other.drop(columns="article_id"))


@pytest.mark.parametrize(
    ("source", "received"),
    [
        (None, "NoneType"),
        (b"It rained.", "bytes with int in it"),
        (["It rained."], "list with str in it"),
        (pd.DataFrame({"text": ["It rained."]}), "DataFrame with str in it"),
    ],
)
def test_what_is_no_article_raises_in_one_line(source, received):
    with pytest.raises(TypeError, match=f"^annotate was given {received}; expected an Article, a text") as caught:
        annotate(source)
    assert "\n" not in str(caught.value)


def test_the_docstring_of_annotate_has_all_columns():
    for name in Annotations._fields:
        for column in tables.TABLES[name].names:
            assert f"* {column} (" in annotate.__doc__


def test_annotation_is_repeatable(seed, annotated):
    for first, second in zip(annotated, annotate(seed), strict=True):
        pd.testing.assert_frame_equal(first, second)


def test_threads_share_models_that_are_not_yet_loaded(seed):
    articles = [Article.from_text(seed.text[start:end], id="a") for start, end in seed.paragraphs]
    expected = [annotate(article, force=True) for article in articles]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    try:
        for _ in range(3):
            models = Models.in_folder(MODELS)
            with ThreadPoolExecutor(4) as threads:
                found = list(threads.map(functools.partial(annotate, force=True, models=models), articles))
            for one, other in zip(chain(*expected), chain(*found), strict=True):
                pd.testing.assert_frame_equal(one, other)
    finally:
        sys.setswitchinterval(interval)


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=300))
def test_tables_of_any_text_keep_their_contract(text):
    try:
        article = Article.from_text(text, id="any")
    except ArticleError:
        return
    check(article, annotate(article, force=True))


HARD = [*"U.S. ’s don’t . ... “ ” http://a.b - Al 3.5% ( ) \xad İ".split(" "), " ", "\n\n"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(HARD), min_size=1, max_size=60))
def test_tables_of_hard_tokens_keep_their_contract(parts):
    try:
        article = Article.from_text("".join(parts), id="any")
    except ArticleError:
        return
    check(article, annotate(article, force=True))


LONG = ["x" * 50_000, "a." * 5_000, "- a " * 3_000]


@pytest.mark.parametrize("text", ["a", "\u202eabc", "😀 a 👩‍👩‍👧", "\ud800a", "é́́́", *LONG])
def test_tables_of_a_hostile_text_keep_their_contract(text):
    article = Article.from_text(text, id="hostile")
    check(article, annotate(article, force=True))


def hostile_texts():
    """Read the hostile texts that are at hand."""
    folder = SHARED / "evals" / "hostile"
    if not folder.exists():
        return []
    naughty = json.loads((folder / "blns.json").read_text(encoding="utf-8"))
    lines = (folder / "xss.jsonl").read_text(encoding="utf-8").splitlines()
    scripts = [value for line in lines for value in json.loads(line).values() if isinstance(value, str)]
    stress = (folder / "utf8-stress.txt").read_bytes().decode("utf-8", errors="replace")
    return [text for text in [*naughty, *scripts, stress] if any(map(str.isalnum, text))]


@pytest.mark.skipif(not hostile_texts(), reason=f"no hostile texts in {SHARED}")
def test_tables_of_hostile_texts_keep_their_contract():
    articles = [Article.from_text(text, id=f"h{number}") for number, text in enumerate(hostile_texts())]
    together = annotate(articles, force=True)
    groups = [dict(iter(table.groupby("article_id", sort=False))) for table in together]
    for article in articles:
        parts = (groups[n].get(article.id, together[n].iloc[:0]).reset_index(drop=True) for n in range(len(together)))
        check(article, Annotations(*parts))


def golden_rules():
    file = SHARED / "evals" / "sentences" / "golden_rules.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [case for case in map(json.loads, lines) if case["set"] == "golden_en"]


@pytest.mark.skipif(not golden_rules(), reason=f"no golden rules in {SHARED}")
def test_most_golden_rules_of_sentence_breaks_hold():
    cases = golden_rules()
    articles = [Article.from_text(case["text"], id=case["id"]) for case in cases]
    sentences = annotate(articles, force=True).sentences
    right = sum(
        list(sentences.loc[sentences["article_id"] == article.id, "text"]) == case["sentences"]
        for article, case in zip(articles, cases, strict=True)
    )
    assert right >= GOLDEN_RULES_RIGHT


#: Of 48, when the models were last trained.
GOLDEN_RULES_RIGHT = 35


def test_tables_of_a_long_line_keep_their_contract(seed):
    text = " ".join(seed.text.split())
    article = Article.from_text(" ".join([text] * 20), id="long")
    check(article, annotate(article))


def test_each_part_of_the_models_is_loaded_once():
    models = Models.in_folder(MODELS)
    assert models.gazetteer is models.gazetteer
    assert models.tags is models.tags
    assert default_models() is default_models()


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"was\tbe\n", r"lemmas\.tsv has the SHA-256 \w+, expected \w+; install"), (None, r"lemmas\.tsv cannot be read")],
)
def test_an_altered_or_missing_model_file_raises_in_one_line(tmp_path, content, message):
    shutil.copytree(MODELS, tmp_path, dirs_exist_ok=True)
    (tmp_path / "lemmas.tsv").unlink()
    if content:
        (tmp_path / "lemmas.tsv").write_bytes(content)
    with pytest.raises(ResourceError, match=message) as caught:
        annotate("It rained.", models=Models.in_folder(tmp_path))
    assert "\n" not in str(caught.value)


SEED_TAGS = json.loads((CASES / "language-seed.json").read_text(encoding="utf-8"))


def test_every_tag_of_the_seed_is_correct(annotated):
    expected = [cell.rsplit("/", 1) for cell in SEED_TAGS["tags"].split()]
    assert list(annotated.tokens["text"]) == [form for form, _ in expected]
    wrong = [
        f"{form}/{found} for {tags}"
        for (form, tags), found in zip(expected, annotated.tokens["xpos"], strict=True)
        if found not in tags.split("|")
    ]
    assert not wrong


def test_the_sentences_of_the_seed_are_correct(annotated):
    assert len(annotated.sentences) == SEED_TAGS["sentences"]
    bodies = annotated.sentences["text"][1:]
    assert bodies.str.endswith(".").all()
    assert bodies.str[0].str.isupper().all()


@pytest.mark.parametrize(("name", "label"), SEED_TAGS["names"])
def test_a_name_in_the_seed_is_found_whole(annotated, name, label):
    found = annotated.mentions.loc[annotated.mentions["text"] == name, "label"]
    assert len(found)
    assert set(found) == {label}


TOKENS = json.loads((CASES / "language-tokens.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", TOKENS, ids=[case["label"] for case in TOKENS])
def test_tokens_follow_universal_dependencies(case):
    tokens = annotate(Article.from_text(case["text"], id="case"), force=True).tokens
    assert list(tokens["text"]) == case["expected"]


INVISIBLE = json.loads((CASES / "language-invisible.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", INVISIBLE, ids=[case["label"] for case in INVISIBLE])
def test_invisible_characters_change_nothing_but_the_text(case):
    article = Article.from_text(case["text"], id="case")
    annotations = annotate(article, force=True)
    check(article, annotations)
    expected = annotate(Article.from_text(case["expected"], id="case"), force=True)
    for found, own in zip(annotations, expected, strict=True):
        pd.testing.assert_frame_equal(*(table.drop(columns=["start", "end", "text"]) for table in (found, own)))


def test_invisible_characters_beside_a_blank_are_in_no_token():
    tokens = annotate(
        Article.from_text("\u200eAid\u200b reached the \u2066camp\u2069\u200b, he said\xad.", id="a")
    ).tokens
    assert list(tokens["text"]) == ["Aid", "reached", "the", "camp\u2069\u200b", ",", "he", "said\xad", "."]
    assert list(tokens["norm"]) == ["aid", "reached", "the", "camp", ",", "he", "said", "."]


def test_invisible_characters_count_in_no_measure(seed):
    hidden = re.sub(r"(?<=[a-z])(?=[aeiou])", "\u200b", seed.text)
    clean, other = (annotate(Article.from_text(text, id="a")) for text in (seed.text, hidden))
    for measure in (measures.terms, measures.diversity, measures.noun_phrases):
        columns = [name for name in measure(clean.tokens) if not name.endswith(("start", "end"))]
        pd.testing.assert_frame_equal(measure(clean.tokens)[columns], measure(other.tokens)[columns])
    for count in (measures.counts, measures.readability):
        pd.testing.assert_frame_equal(*(count(each.sentences, each.tokens) for each in (clean, other)))
    assert list(measures.names(clean.mentions)["forms"]) == list(measures.names(other.mentions)["forms"])


def test_an_emoji_is_one_token_whatever_it_is_made_of():
    emoji = ["❤️", "👩‍👩‍👧", "👍🏽", "🇬🇧", "1️⃣", "🏴\U000e0067\U000e0062\U000e007f", "✨", "😀", "😀"]
    tokens = annotate(Article.from_text(f"We met {' '.join(emoji[:-2])} {''.join(emoji[-2:])} today.", id="a")).tokens
    assert list(tokens["text"]) == list(tokens["norm"].replace("we", "We")) == ["We", "met", *emoji, "today", "."]


def test_tokens_have_norm_is_word_and_is_stop():
    tokens = annotate(Article.from_text("It’s 5 o’clock – SHE said: “Go.”", id="a")).tokens
    assert " ".join(tokens["norm"]) == "it 's 5 o'clock – she said : \" go . \""
    assert tokens["is_word"].tolist() == [True] * 4 + [False, True, True, False, False, True, False, False]
    assert tokens.loc[tokens["is_stop"], "text"].tolist() == ["It", "’s", "SHE"]


@pytest.mark.parametrize(
    ("text", "stop_words"),
    [
        ("The US and the WHO met in May.", ["The", "and", "the", "in"]),
        ("US, WHO to meet", ["to"]),
        ("WHO IS THIS MAN?", ["WHO", "IS", "THIS"]),
        ("WHO did this? The man WHO did it fled.", ["WHO", "did", "this", "The", "WHO", "did", "it"]),
        ("IT spending rose. IT grew.", []),
        ("IT was raining.", ["IT", "was"]),
        ("IT MAY RAIN AGAIN IN JUNE, MAYOR SAYS", ["IT", "MAY", "AGAIN", "IN"]),
        ("Its IT staff and IT firms joined IS, he said.", ["Its", "and", "he"]),
        (
            "It may help us, he said. It IS so. He did NOT.",
            ["It", "may", "us", "he", "It", "IS", "so", "He", "did", "NOT"],
        ),
        ("Theresa May may resign.", ["may"]),
        ("FINALLY someone says MAY I HELP YOU?", ["someone", "MAY", "I", "YOU"]),
        ("They INSULTED me when I ASK THEM questions.", ["They", "me", "when", "I", "THEM"]),
    ],
)
def test_names_that_look_like_stop_words_are_none(text, stop_words):
    tokens = annotate(Article.from_text(text, id="a"), force=True).tokens
    assert tokens.loc[tokens["is_stop"], "text"].tolist() == stop_words


SENTENCES = json.loads((CASES / "language-sentences.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", SENTENCES, ids=[case["label"] for case in SENTENCES])
def test_sentences_of_news_are_found_alone_and_between_paragraphs(case):
    prose = " ".join(case["sentences"])
    alone, between = (Article.from_text(text, id="case") for text in (prose, f"The news\n\n{prose}\n\nAll is well."))
    assert list(annotate(alone, force=True).sentences["text"]) == case["sentences"]
    assert list(annotate(between, force=True).sentences["text"])[1:-1] == case["sentences"]


def test_an_acronym_with_full_stops_is_a_mention():
    article = Article.from_text("The U.S. said on Monday that it would not attend the talks in Cairo.", id="dots")
    found = annotate(article).mentions
    assert list(found["text"]) == ["U.S.", "Monday", "Cairo"]
    assert found["name"][0] == "U.S."


def test_the_title_line_is_one_sentence_with_the_role_title(annotated):
    assert list(annotated.sentences["role"] == "title") == [True] + [False] * (len(annotated.sentences) - 1)
    assert annotated.sentences["text"][0].endswith("militias – Al-Tahrir News Network")


def test_no_sentence_begins_between_title_and_publisher():
    article = Article.from_text("Is Libya lost? - BBC News\n\nThe army denied it.", id="a")
    assert list(annotate(article).sentences["text"]) == ["Is Libya lost? - BBC News", "The army denied it."]


@pytest.mark.parametrize("stamp", ["10:15 AM EST, Tuesday March 4, 2025", "Published: 10.31 a.m. GMT, 4 March 2015"])
def test_no_sentence_begins_within_a_time_stamp(stamp):
    sentences = annotate(Article.from_text(f"Fog shuts port\n\n{stamp}\n\nThe army denied it.", id="a")).sentences
    assert list(sentences["text"])[1] == stamp
    assert list(sentences["role"]) == ["title", "dateline", "body"]


def test_a_sentence_that_overlaps_the_title_has_the_role_title():
    article = replace(Article.from_text("It rained. Cairo fell. Who won?", id="a"), title_span=(11, 20))
    assert list(annotate(article).sentences["role"] == "title") == [False, True, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Photo by Ann Lee", "credit"),
        ("File photo: Reuters", "credit"),
        ("Ann Lee/Getty Images", "credit"),
        ("(AP Photo/Ann Lee)", "credit"),
        ("Mourners in Cairo on Friday (AP Photo/Ann Lee)", "caption"),
        ("Pictured: mourners in Cairo", "caption"),
        ("CAIRO (Reuters) -", "dateline"),
        ("Sept. 3, 2014", "dateline"),
        ("May 2014", "item"),
        ("(Additional reporting by Ann Lee)", "byline"),
        ("To read it all, CLICK HERE.", "boilerplate"),
        ("The army shut the port on Friday.", "body"),
    ],
)
def test_patterns_tell_the_role_of_a_sentence(text, expected):
    has_verb = "shut" in text
    roles = find_roles(["The port is shut.", text], [False, False], [4, len(text.split())], [True, has_verb])
    assert roles == ["body", expected]


def test_a_bare_byline_and_an_editors_note_extend_to_what_follows():
    texts = ["By", "Ann Lee and Bo Ray", "Editor's note: This is old.", "It was updated.", "Cairo (CNN) -- Fog fell."]
    roles = find_roles(texts, [False] * 5, [1, 5, 5, 3, 4], [False, False, True, True, True])
    assert roles == ["byline", "byline", "boilerplate", "boilerplate", "body"]


ELSEWHERE = json.loads((CASES / "language-elsewhere.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", ELSEWHERE, ids=[case["label"] for case in ELSEWHERE])
def test_another_language_raises_in_one_line(case):
    article = Article.from_text(case["text"], id=case["label"])
    with pytest.raises(NotEnglishError, match=f"{case['label']} is not in English") as caught:
        annotate(article)
    assert "\n" not in str(caught.value)
    check(article, annotate(article, force=True))


@pytest.mark.parametrize(
    "text",
    [
        "Tripoli.",
        "Egypt offers military training",
        "Al-Sisi meets Netanyahu, Abbas in Sharm El-Sheikh",
        "Xi (习近平) met Fumio Kishida.",
        "2014",
        "Ismail Haniyeh, Yahya Sinwar, Mohammed Deif, Marwan Issa, Rawhi Mushtaha, Khaled Meshaal",
        "THE GOVERNMENT SAID ON MONDAY THAT THE TALKS HAD ENDED WITHOUT A RESULT",
        "The oﬃcial ﬂag of the ﬁrm was ﬂown by oﬃcers, who ﬁrst ﬁlled the oﬃce with ﬂowers",
    ],
)
def test_short_texts_names_capitals_and_ligatures_are_not_refused(text):
    assert len(annotate(Article.from_text(text, id="short")).tokens)


def test_measured_returns_one_sentence():
    for what in ("sentences", "tokens", "upos", "xpos", "lemma", "mentions"):
        match = re.fullmatch(r"Measured: (\d\d\.\d\d?) % of .+, on .+; see the model card\.", measured(what))
        assert float(match[1]) > (80 if what == "mentions" else 95)
    with pytest.raises(ValueError, match="expected one of sentences, tokens"):
        measured("poems")


def test_a_full_cache_of_word_types_does_not_change_the_tables(seed, annotated, monkeypatch):
    monkeypatch.setattr(tagger, "_CACHE_SIZE", 8)
    models = Models.in_folder(MODELS)
    for text in ("Rain fell on Cairo.", seed.text, "Nobody was surprised by it, said Reuters."):
        annotate(text, models=models)
    for first, again in zip(annotated, annotate(seed, models=models), strict=True):
        pd.testing.assert_frame_equal(first, again)


def test_articles_are_annotated_the_same_alone_and_among_others(seed, annotated, monkeypatch):
    """Whatever else is in a batch, and however few words are in one."""
    monkeypatch.setattr(network, "_ROWS_AT_ONCE", 60)
    monkeypatch.setattr(decoding, "_RUNS_AT_ONCE", 1)
    others = [Article.from_text(f"{name} said no. It met {name} in Cairo.", id=name) for name in ("Egypt", "Amal")]
    for articles in ([seed, *others], [*others, seed]):
        for one, table in zip(annotated, annotate(articles), strict=True):
            here = table[table["article_id"] == seed.id].reset_index(drop=True)
            pd.testing.assert_frame_equal(one, here)


def test_tables_of_an_article_longer_than_a_batch_keep_their_contract(seed, monkeypatch):
    """A sentence without end is cut too."""
    monkeypatch.setattr(prediction, "_BATCH_WORDS", 50)
    check(seed, annotate(seed))
    endless = Article.from_text(" ".join(["Egypt and"] * 200), id="endless")
    check(endless, annotate(endless, force=True))


def test_breaks_after_open_marks_need_a_larger_margin(monkeypatch):
    margins = {"House": 1.3, "fell": 1.2, "It": 0.1}

    def break_logits(tagger, columns, lengths):
        assert tagger.labels("break") == ["B", "I"]
        return np.array([[margins.get(form, -9), 0] for form in columns["form"]], dtype=np.float32)

    monkeypatch.setattr(prediction, "break_logits", break_logits)
    article = Article.from_text("The White House : fell silent . It\n\ndenied", id="a")
    sentences = annotate(article, force=True).sentences
    assert [sentence.split()[0] for sentence in sentences["text"]] == ["The", "House", "It", "denied"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (("fled", "VBD", "VERB"), "flee"),  # *flead* in a treebank
        (("chaos", "NN", "NOUN"), "chaos"),  # *chao* in a treebank
        (("Sadrists", "NNPS", "PROPN"), "Sadrist"),
        (("Democratic", "NNP", "ADJ"), "Democratic"),
        (("Peruvian", "JJ", "ADJ"), "Peruvian"),
        (("democratic", "JJ", "ADJ"), "democratic"),
        (("25,000", "CD", "NUM"), "25000"),
        (("X", "NN", "NOUN"), "X"),
        (("Militias", "NNS", "NOUN"), "militia"),
        (("HIV", "NN", "NOUN"), "HIV"),
        (("AIDS", "NN", "NOUN"), "AIDS"),
        (("NGOs", "NNS", "NOUN"), "NGO"),
        (("MPs", "NNS", "NOUN"), "MP"),
        (("GDP", "NN", "NOUN"), "GDP"),  # *gdp* in a treebank
        (("COVID-19", "NN", "NOUN"), "COVID-19"),
        (("HELP", "NN", "NOUN"), "help"),
        (("MURDERS", "NNS", "NOUN"), "murder"),
    ],
)
def test_lemmas_of_names_numbers_acronyms_and_mistakes_of_a_treebank(word, expected):
    assert default_models().lemmatise(*word) == expected


def test_lemmas_that_depend_on_neighbours():
    words = ["It", "'s", "been", "10", "PM", "and", "she", "'s", "seen", "PM", "Le", "Pen"]
    columns = pipeline.token_columns(
        prediction.Words(words, np.array([len(words)]), np.array([0])), default_models(), syntax=False
    )
    assert list(columns["lemma"]) == ["it", "have", "be", "10", "p.m.", "and", "she", "be", "see", "PM", "Le", "Pen"]


LEMMAS = json.loads((CASES / "language-lemmas.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", LEMMAS, ids=[case["label"] for case in LEMMAS])
def test_lemmas_of_texts(case):
    tokens = annotate(Article.from_text(case["text"], id="case"), force=True).tokens
    assert dict(zip(tokens["text"], tokens["lemma"], strict=True)) | case["expected"] == dict(
        zip(tokens["text"], tokens["lemma"], strict=True)
    )


def test_lemmas_do_not_depend_on_the_previous_article():
    articles = [Article.from_text(text, id=text[:2]) for text in ("It began in 2014", "PM Modi left.", "That's")]
    alone = [lemma for article in articles for lemma in annotate(article).tokens["lemma"]]
    assert list(annotate(articles).tokens["lemma"]) == alone
    assert "p.m." not in alone


def test_dollars_of_a_country_are_tagged_as_currency():
    tokens = annotate(Article.from_text("It owes US$50,000 a year, HK$20 and A$3 billion.", id="a")).tokens
    found = tokens[tokens["text"].str.endswith("$")]
    assert found[["text", "xpos", "upos", "entity"]].to_numpy().tolist() == [
        [form, "$", "SYM", "B-money"] for form in ("US$", "HK$", "A$")
    ]


@pytest.mark.parametrize(
    "text",
    [
        (
            "The gnocchi and the burrata of the trattoria were with the tagliatelle and the pesto of the osteria, the"
            " maître d’hôtel of the brasserie served bouillabaisse, cassoulet and choucroute to the arrondissement."
        ),
        (
            "The shogi and the sumo of the basho were with the rikishi and the yokozuna of the heya, the gyoji of the"
            " dohyo blew the horagai to the kabuki and the bunraku of the matsuri."
        ),
        (
            "The bhangra and the ghazal of the mushaira were with the dhol and the tabla of the gharana, the panchayat"
            " of the tehsil gave the lathi to the sarpanch of the zila parishad."
        ),
    ],
)
def test_english_with_many_loan_words_is_not_refused(text):
    assert len(annotate(Article.from_text(text, id="a")).sentences) == 1
