"""The language module: spans that hold for any text, and annotation that is right where it has been checked."""

import functools
import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain, pairwise, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.article import Article, ArticleError
from analysis.language import (
    Annotations,
    NotEnglishError,
    annotate,
    card,
    features,
    measured,
    network,
    pipeline,
    rescoring,
    store,
)
from analysis.language.names import LABELS, as_listed, canonical
from analysis.language.network import HEAVIEST, TOP, Begun, Head, Layer, Network, decode
from training import evaluate, fit, taught, train
from training.corpora import Sentence, Word, read_conllu, read_names

PROJECT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("DATELINE_SHARED") or PROJECT.parent / "shared")
CASES = Path(__file__).parent / "cases"

COLUMNS = {
    "sentences": ["article_id", "sentence", "paragraph", "start", "end", "text", "n_tokens", "role"],
    "tokens": [
        "article_id", "token", "sentence", "start", "end", "text", "norm", "lemma", "upos", "xpos",
        "is_word", "is_stop", "entity",
    ],
    "mentions": ["article_id", "mention", "sentence", "start", "end", "text", "label", "name"],
}  # fmt: skip


@pytest.fixture(scope="module")
def annotated(seed):
    return annotate(seed)


def check(article, tables):
    """Hold the contract of the tables for one article."""
    for name, columns in COLUMNS.items():
        table = getattr(tables, name)
        assert list(table.columns) == columns
        assert (table["article_id"] == article.id).all()
        assert [article.text[s:e] for s, e in zip(table["start"], table["end"], strict=True)] == list(table["text"])
        assert list(table[name.removesuffix("s")]) == list(range(len(table)))
        assert not table.isna().to_numpy().any()
    sentences, tokens, mentions = tables
    for table in (sentences, tokens, mentions):
        assert (table["start"].to_numpy()[1:] >= table["end"].to_numpy()[:-1]).all()
    covered = np.zeros(len(article.text), dtype=int)
    for start, end in zip(tokens["start"], tokens["end"], strict=True):
        covered[start:end] += 1
    blank = np.array([char.isspace() for char in article.text], dtype=bool)
    assert (covered[~blank] == 1).all()
    counts = tokens.groupby("sentence").size()
    assert list(counts) == list(sentences["n_tokens"])
    firsts = tokens.groupby("sentence")["start"].first()
    assert list(firsts) == list(sentences["start"])
    for paragraph, start, end in zip(sentences["paragraph"], sentences["start"], sentences["end"], strict=True):
        low, high = article.paragraphs[paragraph]
        assert low <= start < end <= high
    assert set(mentions["label"]) <= set(LABELS)
    assert (tokens["entity"].str.startswith("B-").sum()) == len(mentions)


def test_the_tables_of_the_seed_keep_their_contract(seed, annotated):
    check(seed, annotated)


@pytest.mark.parametrize("batch_chars", [10**6, 100, 10])
def test_many_articles_are_one_after_the_other_in_batches_of_any_size(seed, annotated, monkeypatch, batch_chars):
    monkeypatch.setattr(pipeline, "_BATCH_CHARS", batch_chars)
    other = Article.from_text("Rain fell on Cairo. Nobody was surprised by it.", id="other")
    for all_three, first, second in zip(annotate([seed, other, seed]), annotated, annotate(other), strict=True):
        pd.testing.assert_frame_equal(all_three, pd.concat([first, second, first], ignore_index=True))


def test_the_same_word_is_grouped_within_an_article_and_within_its_parts(monkeypatch):
    monkeypatch.setattr(pipeline, "_WORDS_AT_ONCE", 3)
    forms = ["Cairo", "fell", "CAIRO", "Cairo", "Cairo"]
    words = pipeline.Words(forms, np.array([4, 1]), np.array([0, 1]))
    found = [(lengths.tolist(), groups.tolist()) for _, lengths, groups in pipeline.batches({"form": forms}, words)]
    assert found == [([3], [0, -1, 0]), ([1, 1], [0, 1])]


def test_no_article_gives_empty_tables():
    tables = annotate([])
    for name, columns in COLUMNS.items():
        assert list(getattr(tables, name).columns) == columns
        assert len(getattr(tables, name)) == 0


def test_annotation_gives_the_same_tables_again(seed, annotated):
    for first, second in zip(annotated, annotate(seed), strict=True):
        pd.testing.assert_frame_equal(first, second)


def test_threads_annotate_at_once(seed):
    articles = [Article.from_text(seed.text[start:end], id="a") for start, end in seed.paragraphs]
    expected = [annotate(article, force=True) for article in articles]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    try:
        for _ in range(5):
            store.reader.cache_clear()
            with ThreadPoolExecutor(4) as threads:
                found = list(threads.map(functools.partial(annotate, force=True), articles))
            for one, other in zip(chain(*expected), chain(*found), strict=True):
                pd.testing.assert_frame_equal(one, other)
    finally:
        sys.setswitchinterval(interval)


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=300))
def test_any_text_keeps_the_contract(text):
    try:
        article = Article.from_text(text, id="any")
    except ArticleError:
        return
    check(article, annotate(article, force=True))


HARD = [*"U.S. ’s don’t . ... “ ” http://a.b - Al 3.5% ( ) \xad İ".split(" "), " ", "\n\n"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(HARD), min_size=1, max_size=60))
def test_any_run_of_hard_tokens_keeps_the_contract(parts):
    try:
        article = Article.from_text("".join(parts), id="any")
    except ArticleError:
        return
    check(article, annotate(article, force=True))


LONG = ["x" * 50_000, "a." * 5_000, "- a " * 3_000]


@pytest.mark.parametrize("text", ["a", "\u202eabc", "😀 a 👩‍👩‍👧", "\ud800a", "é́́́", *LONG])
def test_a_hostile_text_keeps_the_contract(text):
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
def test_hostile_texts_keep_the_contract():
    articles = [Article.from_text(text, id=f"h{number}") for number, text in enumerate(hostile_texts())]
    together = annotate(articles, force=True)
    groups = [dict(iter(table.groupby("article_id", sort=False))) for table in together]
    for article in articles:
        parts = (groups[n].get(article.id, together[n].iloc[:0]).reset_index(drop=True) for n in range(3))
        check(article, Annotations(*parts))


def golden_rules():
    file = SHARED / "evals" / "sentences" / "golden_rules.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [case for case in map(json.loads, lines) if case["set"] == "golden_en"]


@pytest.mark.skipif(not golden_rules(), reason=f"no golden rules in {SHARED}")
def test_most_golden_rules_of_sentences_hold():
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


def test_a_long_line_keeps_the_contract(seed):
    text = " ".join(seed.text.split())
    article = Article.from_text(" ".join([text] * 20), id="long")
    check(article, annotate(article))


def test_a_damaged_model_file_is_not_loaded(tmp_path, monkeypatch):
    for path in store.MODELS.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "lemmas.tsv").write_bytes(b"was\tbe\n")
    monkeypatch.setattr(store, "MODELS", tmp_path)
    with pytest.raises(store.ModelError, match=r"lemmas\.tsv has the SHA-256"):
        store.model_bytes("lemmas.tsv")


SEED_TAGS = json.loads((CASES / "language-seed.json").read_text(encoding="utf-8"))


def test_every_tag_of_the_seed_is_right(annotated):
    gold = [cell.rsplit("/", 1) for cell in SEED_TAGS["tags"].split()]
    assert list(annotated.tokens["text"]) == [form for form, _ in gold]
    wrong = [
        f"{form}/{given} for {tags}"
        for (form, tags), given in zip(gold, annotated.tokens["xpos"], strict=True)
        if given not in tags.split("|")
    ]
    assert not wrong


def test_the_sentences_of_the_seed_are_right(annotated):
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
def test_tokens_are_those_of_universal_dependencies(case):
    tokens = annotate(Article.from_text(case["text"], id="case"), force=True).tokens
    assert list(tokens["text"]) == case["expected"]


def test_tokens_say_how_a_word_is_written_and_whether_it_is_a_word_or_a_stop_word():
    tokens = annotate(Article.from_text("It’s 5 o’clock – SHE said: “Go.”", id="a")).tokens
    assert " ".join(tokens["norm"]) == "it 's 5 o'clock – she said : \" go . \""
    assert tokens["is_word"].tolist() == [True] * 4 + [False, True, True, False, False, True, False, False]
    assert tokens.loc[tokens["is_stop"], "text"].tolist() == ["It", "’s", "SHE"]


SENTENCES = json.loads((CASES / "language-sentences.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", SENTENCES, ids=[case["label"] for case in SENTENCES])
def test_sentences_of_news_are_found_in_a_paragraph_and_in_one_of_several(case):
    prose = " ".join(case["sentences"])
    alone, between = (Article.from_text(text, id="case") for text in (prose, f"The news\n\n{prose}\n\nAll is well."))
    assert list(annotate(alone, force=True).sentences["text"]) == case["sentences"]
    assert list(annotate(between, force=True).sentences["text"])[1:-1] == case["sentences"]


NAMES = json.loads((CASES / "language-names.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", NAMES, ids=[case["label"] for case in NAMES])
def test_mentions_of_one_thing_share_a_name(case):
    texts, labels, expected = zip(*case["mentions"], strict=True)
    assert canonical(texts, labels, [0] * len(texts)) == list(expected)


def test_a_listed_name_has_the_label_of_its_list():
    """If it is found whole: part of a longer name is another name, and a single word says too little."""
    index = {"al": "qaeda=armed_group", "court": "of justice=body", "reuters": "=agency"}
    forms = ["al", "-", "Qaeda", "met", "Reuters", "Court", "of", "Justice", "Court", "of"]
    tags = ["B-person", "I-person", "I-person", "O", "B-person", "B-misc", "I-misc", "I-misc", "B-misc", "I-misc"]
    found = as_listed(tags, forms, index)
    assert found[:4] == ["B-organization", "I-organization", "I-organization", "O"]
    assert found[4:] == ["B-person", "B-organization", "I-organization", "I-organization", "B-misc", "I-misc"]
    assert as_listed(["B-date", "I-date"], ["At", "noon"], index) == ["B-date", "I-date"]


def test_a_listed_armed_group_is_an_organization_whatever_the_network_says(monkeypatch):
    said = ["NNP", "HYPH", "NNP", "VBD", "."], ["PROPN"] * 5, ["B-person", "I-person", "I-person", "O", "O"]
    monkeypatch.setattr(pipeline, "predict", lambda *_: said)
    mentions = annotate(Article.from_text("Al-Qaida fled.", id="a")).mentions
    assert mentions[["text", "label"]].to_numpy().tolist() == [["Al-Qaida", "organization"]]


def test_names_are_not_matched_across_articles():
    found = canonical(["Muammar Gaddafi", "Gaddafi"], ["person", "person"], [0, 1])
    assert found == ["Muammar Gaddafi", "Gaddafi"]


def test_an_acronym_with_full_stops_is_a_name_too():
    article = Article.from_text("The U.S. said on Monday that it would not attend the talks in Cairo.", id="dots")
    found = annotate(article).mentions
    assert list(found["text"]) == ["U.S.", "Monday", "Cairo"]
    assert found["name"][0] == "United States"


def test_the_title_line_is_one_sentence_and_the_title(annotated):
    assert list(annotated.sentences["role"] == "title") == [True] + [False] * (len(annotated.sentences) - 1)
    assert annotated.sentences["text"][0].endswith("militias – Al-Tahrir News Network")


def test_what_stands_between_a_title_and_the_end_of_the_publisher_begins_no_sentence():
    article = Article.from_text("Is Libya lost? - BBC News\n\nThe army denied it.", id="a")
    assert list(annotate(article).sentences["text"]) == ["Is Libya lost? - BBC News", "The army denied it."]


def test_a_sentence_is_of_the_title_if_it_overlaps_it():
    article = replace(Article.from_text("It rained. Cairo fell. Who won?", id="a"), title_span=(11, 20))
    assert list(annotate(article).sentences["role"] == "title") == [False, True, False]


ELSEWHERE = json.loads((CASES / "language-elsewhere.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", ELSEWHERE, ids=[case["label"] for case in ELSEWHERE])
def test_another_language_is_told_in_one_line(case):
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
        "Ismail Haniyeh, Yahya Sinwar, Mohammed Deif, Marwan Issa, Rawhi Mushtaha, Khaled Meshaal",
        "THE GOVERNMENT SAID ON MONDAY THAT THE TALKS HAD ENDED WITHOUT A RESULT",
    ],
)
def test_a_few_words_names_and_capitals_are_not_refused(text):
    assert len(annotate(Article.from_text(text, id="short")).tokens)


def test_the_card_is_of_these_files_and_says_the_same_to_people():
    assert (store.MODELS / "MODEL_CARD.md").read_text(encoding="utf-8") == evaluate.as_markdown(card())
    assert card()["others"] == evaluate.with_checksums(evaluate.OTHERS, evaluate.shipped)
    assert {name: about["sha256"] for name, about in card()["models"].items()} == store.checksums()


def test_what_was_measured_is_said_in_a_sentence():
    for what in ("sentences", "tokens", "upos", "xpos", "lemma", "mentions"):
        said = re.fullmatch(r"Measured: (\d\d\.\d\d?) % of .+, on .+; see the model card\.", measured(what))
        assert float(said[1]) > (80 if what == "mentions" else 95)
    with pytest.raises(ValueError, match="expected one of sentences, tokens"):
        measured("poems")


def is_legal(labels):
    return all(two[0] != "I" or one[1:] == two[1:] for one, two in pairwise(["O", *labels]))


@pytest.mark.parametrize("spread", [0.5, 4, 20])
def test_decoding_finds_the_best_legal_labels(spread):
    """However sure the scores are: only runs of words that may be of a name are searched."""
    random = np.random.default_rng(0)
    labels, lengths = ["B-x", "B-y", "I-x", "I-y", "O"], np.array([1, 5, 2, 5, 1, 4])
    scores = (spread * random.normal(size=(lengths.sum(), len(labels)))).astype(np.float32)
    found, at = decode(scores, labels, lengths), 0
    scores[scores[:, :4].max(axis=1) <= scores[:, 4] - 12, :4] = -np.inf  # these are surely of no name
    for length in lengths:
        legal = [path for path in product(range(len(labels)), repeat=length) if is_legal([labels[n] for n in path])]
        best = max(legal, key=lambda path: sum(scores[at + place, label] for place, label in enumerate(path)))
        assert found[at : at + length] == [labels[n] for n in best]
        at += length


def made_up_network(random, width=8):
    def layer(n_inputs, n_outputs=width, scale=0.01):
        weights = random.integers(-127, 128, size=(n_inputs, n_outputs)).astype(np.int8)
        return Layer(weights, random.normal(size=n_outputs).astype(np.float32), np.float32(scale))

    layers = [layer(3 * width) for _ in range(4)]
    heads = {"entity": Head(["B-x", "I-x", "O"], layer(width, 3))}
    return Network({"low": ["a", "b"], "known": ["", "?"]}, layer(6), layer(12), layers, layer(width), heads)


def test_a_network_adds_up_exactly_what_whole_numbers_come_to(monkeypatch):
    """In pieces of any size, and as plain integers word by word, with blanks at the ends of a sentence."""
    random = np.random.default_rng(0)
    made = made_up_network(random)
    lengths, groups = np.array([3, 1, 6]), np.array([0, -1, 1, 0, -1, -1, 1, 2, 0, -1])
    types, of = random.integers(0, TOP, size=(7, 8), dtype=np.uint8), np.array([0, 1, 2, 0, 3, 4, 1, 5, 0, 6])
    begun = Begun(types, of)
    found = made.scores(begun, lengths, groups)["entity"]
    monkeypatch.setattr(network, "_ROWS_AT_ONCE", 2)
    assert (made.scores(begun, lengths, groups)["entity"] == found).all()

    def said(layer, inputs):
        sums = (np.asarray(inputs, dtype=np.int64) @ layer.weights.astype(np.int64)).astype(np.float32)
        return np.clip(np.rint(sums * np.float32(layer.scale) + layer.bias), 0, TOP).astype(np.int64)

    values = types[of].astype(np.int64)
    sentence = np.repeat(np.arange(3), lengths)
    blank = np.zeros(8, dtype=np.int64)
    for number, layer in enumerate(made.layers):
        if number == 2:
            largest = {group: values[groups == group].max(axis=0) for group in range(3)}
            values = np.array(
                [
                    np.minimum(row + said(made.same, largest[group]), TOP) if group >= 0 else row
                    for row, group in zip(values, groups, strict=True)
                ]
            )
        before = [values[n - 1] if n and sentence[n - 1] == sentence[n] else blank for n in range(10)]
        after = [values[n + 1] if n < 9 and sentence[n + 1] == sentence[n] else blank for n in range(10)]
        values = np.minimum(values + said(layer, np.hstack([before, values, after])), TOP)
    sums = (values @ made.heads["entity"].layer.weights.astype(np.int64)).astype(np.float32)
    assert (found == sums * made.heads["entity"].layer.scale).all()


def test_weights_too_heavy_to_be_added_up_exactly_are_refused():
    heavy = Layer(np.full((3 * 160, 160), 127, dtype=np.int8), np.zeros(160, dtype=np.float32), 1.0)
    with pytest.raises(ValueError, match=r"may add up to .+, expected less than 8,388,608"):
        _ = heavy.filters


def test_what_was_forgotten_is_looked_up_anew(seed, annotated, monkeypatch):
    monkeypatch.setattr(features, "_REMEMBERED", 8)
    monkeypatch.setattr(store, "reader", functools.cache(store.reader.__wrapped__))
    for text in ("Rain fell on Cairo.", seed.text, "Nobody was surprised by it, said Reuters."):
        annotate(Article.from_text(text, id="before"))
    for first, again in zip(annotated, annotate(seed), strict=True):
        pd.testing.assert_frame_equal(first, again)


def test_a_network_is_read_as_it_was_written():
    made = made_up_network(np.random.default_rng(1))
    data = made.to_bytes()
    again = Network.from_bytes(data)
    assert again.to_bytes() == data
    begun, lengths = Begun(np.full((1, 8), 90, dtype=np.uint8), np.zeros(4, dtype=np.int64)), np.array([4])
    groups = np.array([0, -1, 0, 1])
    assert (again.scores(begun, lengths, groups)["entity"] == made.scores(begun, lengths, groups)["entity"]).all()


def test_layers_have_so_few_inputs_that_sums_of_products_stay_exact():
    """Whatever the weights: in single precision whole numbers are exact up to 2 to the power of 24."""
    for name in ("breaks", "tokens"):
        for each in store.reader(name).networks.values():
            layers = [*each.layers, *(head.layer for head in each.heads.values()), *([each.same] if each.same else [])]
            assert all(TOP * HEAVIEST * len(layer.weights) < 2**24 for layer in layers)
            assert HEAVIEST * HEAVIEST * len(each.vector.weights) < 2**24


def test_articles_are_annotated_alike_alone_and_among_others(seed, annotated, monkeypatch):
    """Whatever else is in a batch, and however few words are in one."""
    monkeypatch.setattr(network, "_ROWS_AT_ONCE", 60)
    monkeypatch.setattr(network, "_RUNS_AT_ONCE", 1)
    others = [Article.from_text(f"{name} said no. It met {name} in Cairo.", id=name) for name in ("Egypt", "Amal")]
    for articles in ([seed, *others], [*others, seed]):
        for one, table in zip(annotated, annotate(articles), strict=True):
            here = table[table["article_id"] == seed.id].reset_index(drop=True)
            pd.testing.assert_frame_equal(one, here)


def test_a_long_article_is_cut_where_it_is_long(seed, monkeypatch):
    """Its parts are annotated as if each stood alone, and a sentence without end is cut too."""
    monkeypatch.setattr(pipeline, "_WORDS_AT_ONCE", 50)
    check(seed, annotate(seed))
    endless = Article.from_text(" ".join(["Egypt and"] * 200), id="endless")
    check(endless, annotate(endless, force=True))


SAYINGS = """The_DT_DET minister_NN_NOUN met_VBD_VERB Amal_NNP_PROPN in_IN_ADP Cairo_NNP_PROPN ._._PUNCT
They_PRP_PRON left_VBD_VERB Tunis_NNP_PROPN on_IN_ADP Friday_NNP_PROPN ._._PUNCT
The_DT_DET army_NN_NOUN denied_VBD_VERB it_PRP_PRON ._._PUNCT"""


def write_corpora(folder):
    """Write corpora of three sentences, many times."""
    sentences = [[cell.split("_") for cell in line.split(" ")] for line in SAYINGS.splitlines()]
    for name in ("ewt", "gum"):
        lines = []
        for number in range(6):
            lines.append(f"# newdoc id = {name}_{number}")
            for sentence in sentences[number % 3 :] + sentences[: number % 3]:
                lines.append(f"# text = {' '.join(form for form, _, _ in sentence)}")
                for place, (form, xpos, upos) in enumerate(sentence, start=1):
                    lines.append("\t".join([str(place), form, form.lower(), upos, xpos, *"_____"]))
                lines.append("")
        (folder / name).mkdir(parents=True)
        (folder / name / "train.conllu.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    lines = []
    for number in range(6):
        lines.append(f"# doc {'abc'[number % 3]}_news_{number} africa")
        for sentence in sentences:
            lines += [f"{form} {'B-Location' if form in ('Cairo', 'Tunis') else 'O'}" for form, _, _ in sentence]
            lines.append("")
    for file in ("uner/train.iob2.gz", "wikigold/wikigold.conll.gz"):
        named = "\n".join(line.replace("Location", "LOC") for line in lines if not line.startswith("# "))
        (folder / file).parent.mkdir()
        (folder / file).write_bytes(gzip.compress(named.encode()))
    (folder / "worldwide").mkdir()
    (folder / "worldwide" / "train.bio.gz").write_bytes(gzip.compress("\n".join(lines).encode()))


def write_taught(corpora, path):
    """Write what a larger model might say of these corpora."""
    treebanks = train.read_treebanks(corpora)
    forms = train.lay_out([*treebanks, *train.read_news(corpora)]).forms
    random = np.random.default_rng(0)
    labels = {}
    for head in ("xpos", "upos"):
        names = sorted(set(train.right(treebanks, head)))
        labels[head] = taught.likeliest(names, random.dirichlet(np.ones(len(names)), len(forms)))
    taught.write(path, forms, labels)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no choice of processors on this system")
def test_training_gives_the_same_bytes_whatever_the_hash_seed_and_the_number_of_processors(tmp_path, request):
    write_corpora(tmp_path / "corpora")
    write_taught(tmp_path / "corpora", tmp_path / "taught.npz")
    all_processors = os.sched_getaffinity(0)
    request.addfinalizer(lambda: os.sched_setaffinity(0, all_processors))
    for folder, jobs in (("one", "1"), ("two", "2")):
        os.sched_setaffinity(0, sorted(all_processors)[: int(jobs)])  # which the process that is started inherits
        command = [sys.executable, "-m", "training.train", "--corpora", tmp_path / "corpora"]
        command += ["--taught", tmp_path / "taught.npz", "--models", tmp_path / folder, "--jobs", jobs]
        subprocess.run(command, check=True, cwd=PROJECT, env=os.environ | {"PYTHONHASHSEED": jobs})
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == sorted([*json.loads((store.MODELS / store.CHECKSUMS).read_bytes()), store.CHECKSUMS])
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_training_on_other_corpora_than_were_taught_ends_in_one_line(tmp_path):
    write_corpora(tmp_path / "corpora")
    command = [sys.executable, "-m", "training.train", "--corpora", tmp_path / "corpora"]
    command += ["--models", tmp_path / "models"]
    ended = subprocess.run(command, check=False, cwd=PROJECT, capture_output=True, text=True)
    assert ended.returncode == 1
    assert re.fullmatch(r"\S*taught_tags\.npz is of other corpora than these; make it anew .*\n", ended.stderr)


def test_what_was_taught_of_words_is_read_as_it_was_written_and_of_no_others(tmp_path):
    names, shares = ["NN", "VB", "JJ", "IN"], np.array([[0.1, 0.6, 0.3, 0], [1, 0, 0, 0]])
    said = taught.likeliest(names, shares)
    assert said.numbers.tolist() == [[1, 2, 0], [0, 1, 2]]
    taught.write(tmp_path / "taught.npz", ["train", "it"], {"xpos": said})
    found = taught.read(tmp_path / "taught.npz", ["train", "it"])["xpos"]
    assert found.names == names
    np.testing.assert_allclose(found.shares, said.shares, atol=1 / taught.PARTS)
    np.testing.assert_allclose(found.shares.sum(axis=1), 1, atol=1e-6)
    with pytest.raises(taught.CorporaError, match=r"taught\.npz is of other corpora than these; make it anew"):
        taught.read(tmp_path / "taught.npz", ["train", "her"])


def test_what_is_known_of_a_word_is_mixed_with_what_was_taught_of_it_and_of_more_words():
    known = fit.Labels.certain(["VB", "NN"])
    said = fit.Labels(known.names, np.array([[0, 1]] * 3), np.array([[0.75, 0.25]] * 3))
    mixed = known.mixed(said, 0.5)
    by_word = [
        [sum(share for number, share in zip(*word, strict=True) if number == label) for label in (0, 1)]
        for word in zip(mixed.numbers, mixed.shares, strict=True)
    ]
    assert known.names == ["NN", "VB"]
    assert by_word == [[0.375, 0.625], [0.875, 0.125], [0.75, 0.25]]


def test_where_sentences_seldom_end_a_break_must_be_surer(monkeypatch):
    lead = {"House": 1.3, "fell": 1.2, "It": 0.1}

    def break_scores(_, columns, lengths):
        return ["B", "I"], np.array([[lead.get(form, -9), 0] for form in columns["form"]], dtype=np.float32)

    monkeypatch.setattr(pipeline, "break_scores", break_scores)
    article = Article.from_text("The White House : fell silent . It\n\ndenied", id="a")
    sentences = annotate(article, force=True).sentences
    assert [sentence.split()[0] for sentence in sentences["text"]] == ["The", "House", "It", "denied"]


def test_scores_say_how_likely_labels_are_in_parts_that_add_up_to_one():
    said = fit.Labels.likely(["B", "I"], np.array([[3, 3], [1003, 1001], [0, 40]], dtype=np.float32))
    assert said.names == ["B", "I"]
    assert said.numbers.tolist() == [[0, 1]] * 3
    np.testing.assert_allclose(said.shares, [[0.5, 0.5], [0.8808, 0.1192], [0, 1]], atol=1 / fit.PARTS)
    np.testing.assert_array_equal(said.shares.sum(axis=1), 1)


def test_breaks_are_learnt_from_what_networks_say_of_documents_that_they_do_not_know(tmp_path, monkeypatch):
    towns = [f"town{letter}" for letter in "abcdefgh"]
    rows = [(f"# newdoc id = {town}", f"# text = {town} fell", *_rows(town, "fell"), "\n") for town in towns]
    (tmp_path / "train.conllu.gz").write_bytes(gzip.compress("\n".join(chain.from_iterable(rows)).encode()))
    paragraphs = ["It fell . They left .", "They won the U.S. They won .", "In Mr. Doe 's words", "Sport"]
    news = write_news(tmp_path / "news.bio.gz", paragraphs)
    fitted = []

    def fit_breaks(words, labels, **plan):
        fitted.append((words.columns["form"], labels, plan))
        return set(words.columns["form"])

    def break_scores(learnt, columns, lengths):
        unseen = set(towns) - learnt
        assert not unseen or set(columns["form"]) & {*towns} in (unseen, set())
        scores = dict(zip(towns, range(8), strict=True)) | {"They": 2 if "towna" in unseen else 0, "fell": 9}
        return ["B", "I"], np.array([[scores.get(form, 0), 0] for form in columns["form"]])

    monkeypatch.setattr(train, "_fit_breaks", fit_breaks)
    monkeypatch.setattr(features, "Reader", lambda *given: given[-1]["breaks"])
    monkeypatch.setattr(pipeline, "break_scores", break_scores)
    train.train_breaks(read_conllu(tmp_path / "train.conllu.gz"), read_names(news), store.load_json("tokens"))

    def shares_of_b(labels):
        return ((labels.numbers == labels.names.index("B")) * labels.shares).sum(axis=1)

    *_, (forms, labels, _), (all_forms, all_labels, _) = fitted
    begins = shares_of_b(labels)
    of_treebank, of_news = np.split(begins, [-13])
    assert sorted(forms[:-13]) == sorted([*towns, *["fell"] * len(towns)] * 2)
    assert [form for form, share in zip(forms, of_treebank, strict=False) if share < 0.5] == ["fell"] * 2 * len(towns)
    of_town = {form: share for form, share in zip(forms, of_treebank, strict=False) if form in towns}
    assert sorted(of_town, key=of_town.get) == towns
    assert forms[-13:] == "It fell . They left . They won the U.S. They won .".split()
    they = 1 / (1 + np.exp(-0.5))  # the networks give it 2, 0, 0 and 0
    np.testing.assert_allclose(of_news, [1, 0, 0, they, 0, 0, 1, 0, 0, 0, 0, 0, 0], atol=1 / fit.PARTS)
    assert len({plan.get("seed") for _, _, plan in fitted}) > 2
    assert all_forms == forms + forms[-13:]  # the news is learnt once more as abbreviated
    said = shares_of_b(all_labels)[-13:]  # by networks that know all: 0, and 9 of what fell
    np.testing.assert_allclose(said, [1 if form == "fell" else 0.5 for form in forms[-13:]], atol=1 / fit.PARTS)
    np.testing.assert_allclose(shares_of_b(all_labels)[-26:-13], 0.3 * of_news + 0.7 * said, atol=1 / fit.PARTS)


@pytest.mark.parametrize(
    ("paragraph", "expected"),
    [
        ("They flew him to [location Costa Rica] .", "They flew him to the U.S."),
        ("She went off to the [location Congo] .", "She went off to the U.K."),
        ("The [norp French] President met French fans .", "The U.S. President met French fans ."),
        ("[organization Sky News] Editor [person Ann Wu] quit .", "Sky News Inc. Editor Ann Wu quit ."),
        ("It has hired [person Ann Wu] .", "It has hired Ann Wu Sr."),
        ("It rained from [date March 8] to [date May] .", "It rained from Mar. 8 to May ."),
    ],
)
def test_names_are_abbreviated_at_the_end_and_before_a_capital(paragraph, expected):
    words, label = [], None
    for part in paragraph.split():
        if part[0] == "[":
            label, begins = part[1:], True
            continue
        tag = f"{'B' if begins else 'I'}-{label}" if label else "O"
        words.append(Word(0, 0, part.rstrip("]"), entity=tag))
        label, begins = (None if part[-1] == "]" else label), False
    assert " ".join(train.abbreviated(words, {"French"})) == expected


def test_news_is_scored_by_its_paragraphs_and_by_sentences_that_begin_after_no_mark(monkeypatch, tmp_path):
    news = write_news(tmp_path / "news.bio.gz", ["Cairo fell . They left .", "They won again .", "News"])
    line = "Cairo fell. They left. They won again."
    starts = [line.index(word) for word in ("Cairo", "They", "left", "again")]

    def annotated(article, *, force):
        assert article.text == line
        return pipeline.Annotations(pd.DataFrame({"start": starts}), pd.DataFrame(), pd.DataFrame())

    monkeypatch.setattr(pipeline, "annotate", annotated)
    scores = evaluate.score_news(read_names(news))
    assert scores == {"found": 50.0, "n": 2, "unmarked": 66.67, "n_within": 3}


def write_news(path, paragraphs):
    """Write paragraphs as a corpus of names that has none."""
    rows = [(*(f"{form} O" for form in paragraph.split()), "") for paragraph in paragraphs]
    path.write_bytes(gzip.compress("\n".join(chain.from_iterable(rows)).encode()))
    return path


def _rows(*forms):
    return ["\t".join([str(place), form, *"________"]) for place, form in enumerate(forms, start=1)]


def test_a_treebank_is_read_to_its_end_without_a_blank_line_there(tmp_path):
    lines = ["# newdoc id = a", "# text = It fell", *_rows("It", "fell"), "", "# text = So", *_rows("So")]
    (tmp_path / "train.conllu.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    (document,) = read_conllu(tmp_path / "train.conllu.gz")
    assert [sentence.text for sentence in document.sentences] == ["It fell", "So"]


def test_names_of_three_classes_are_completed_by_others_found_apart_from_them():
    known = ["B-misc", "B-location", "O", "B-location", "O", "O", "O", "B-misc"]
    found = ["B-misc", "B-facility", "I-facility", "I-facility", "O", "B-date", "B-person", "O"]
    completed = train.completed(known, found, start=1)
    assert completed == ["B-misc", "B-location", "O", "B-location", "O", "B-date", "O", "O"]


@pytest.mark.skipif(not (SHARED / "corpora").is_dir(), reason=f"no corpora in {SHARED}")
def test_a_second_look_mends_much_more_than_it_breaks(monkeypatch):
    documents = [d for name in train.TREEBANKS for d in read_conllu(SHARED / "corpora" / name / "dev.conllu.gz")]
    words = train.lay_out(documents)
    columns = pipeline.describe(words)
    again, _, _ = pipeline.predict(columns, words)
    monkeypatch.setattr(store, "clues", rescoring.Clues.none)
    first, _, _ = pipeline.predict(columns, words)
    changed = [
        (new == gold, old == gold)
        for new, old, gold in zip(again, first, train.right(documents, "xpos"), strict=True)
        if new != old
    ]
    assert sum(mended for mended, _ in changed) > 1.5 * sum(broken for _, broken in changed) > 0


@pytest.mark.parametrize(
    ("sentence", "word", "tag"),
    [
        ("The president, who has publicly backed but not met them, left.", "met", "VBN"),
        ("She has repeatedly warned and twice sued the company .", "sued", "VBN"),
        ("Residents of Boxborough , Massachusetts gather every year .", "gather", "VBP"),
        ("The militants who officials say hide in the hills attacked a town .", "hide", "VBP"),
        ("The minister had the workers leave the plant .", "leave", "VB"),
        ("Officials watched the protesters leave the square .", "leave", "VB"),
        ("He asked that the witness be called .", "be", "VB"),
    ],
)
def test_far_words_tell_the_form_of_a_verb(sentence, word, tag):
    tokens = annotate(Article.from_text(sentence, id="a"), force=True).tokens
    assert list(tokens.loc[tokens["text"] == word, "xpos"]) == [tag]


@pytest.mark.parametrize(
    ("tagged", "expected"),
    [
        ("militants_NNS who_WP officials_NNS say_VBP hide_?", "let nothing "),
        ("Officials_NNS watched_VBD the_DT protesters_NNS leave_?", "let let "),
        ("The_DT army_NN did_VBD not_RB leave_?", "let do "),
        ("It_PRP has_VBZ to_TO stop_VB and_CC leave_?", "let VB "),
        ("They_PRP demanded_VBD that_IN he_PRP resign_?", "let ask "),
        ("It_PRP had_VBD the_DT protesters_NNS leave_?", "let have "),
        ("It_PRP had_VBD long_RB been_VBN said_VBN that_IN they_PRP leave_?", "let nothing "),
        ("The_DT page_NN says_VBZ Leave_?", "let nothing capital"),
        ("When_WRB it_PRP rains_VBZ ,_, towns_NNS flood_?", "let nothing "),
        ("On_IN Friday_NNP leave_?", "let nothing adverbial"),
        ("Leave_?", "let nothing first"),
    ],
)
def test_what_lets_a_base_form_stand_is_a_clue(tagged, expected):
    forms, tags = zip(*(cell.split("_") for cell in tagged.split()), strict=True)
    assert expected in rescoring.clues(forms, tags, len(tags) - 1)


def test_clues_decide_between_tags_that_are_close_and_touch_no_others():
    labels = ["NN", "NNP", "VB", "VBP"]
    scores = np.array([[9, 0, 0, 0], [0, 1, 8, 7], [0, 9, 8, 7], [8, 0, 1, 7]], dtype=np.float32)
    weights = np.zeros((1, len(rescoring.TAGS)), dtype=np.int8)
    weights[0, rescoring.TAGS.index("VBP")] = 2 * rescoring.WEIGHT_STEPS
    known = rescoring.Clues({"-1 NN": 0}, weights)
    assert rescoring.Clues.from_bytes(known.to_bytes()).numbers == known.numbers
    again = known.look_again(scores, labels, ["towns", "flood", "Flood", "flood"], np.array([2, 2]))
    assert again.argmax(axis=1).tolist() == [0, 3, 1, 0]
    assert again.max(axis=1).tolist() == scores.max(axis=1).tolist()
    assert (again[[0, 2]] == scores[[0, 2]]).all()
    assert (again[:, 1] == scores[:, 1]).all()
    unchanged = rescoring.Clues.none().look_again(
        scores, labels, ["towns", "flood", "Flood", "flood"], np.array([2, 2])
    )
    assert unchanged.argmax(axis=1).tolist() == scores.argmax(axis=1).tolist()


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
def test_lemmas_of_names_numbers_and_words_that_a_treebank_has_wrong(word, expected):
    assert store.lemmatiser()(*word) == expected


def test_lemmas_that_neighbours_tell():
    words = ["It", "'s", "been", "10", "PM", "and", "she", "'s", "seen", "PM", "Le", "Pen"]
    document = train.Document("d", [[Sentence("", [Word(0, 0, form) for form in words])]])
    lemmas = pipeline.label(train.lay_out([document]))["lemma"]
    assert list(lemmas) == ["it", "have", "be", "10", "p.m.", "and", "she", "be", "see", "PM", "Le", "Pen"]


def test_lemmas_do_not_hang_on_the_article_before():
    articles = [Article.from_text(text, id=text[:2]) for text in ("It began in 2014", "PM Modi left.", "That's")]
    alone = [lemma for article in articles for lemma in annotate(article).tokens["lemma"]]
    assert list(annotate(articles).tokens["lemma"]) == alone
    assert "p.m." not in alone


def test_dollars_of_a_country_are_a_currency():
    tokens = annotate(Article.from_text("It owes US$50,000 a year, HK$20 and A$3 billion.", id="a")).tokens
    found = tokens[tokens["text"].str.endswith("$")]
    assert found[["text", "xpos", "upos", "entity"]].to_numpy().tolist() == [
        [form, "$", "SYM", "B-money"] for form in ("US$", "HK$", "A$")
    ]


def test_what_is_misspelt_teaches_no_lemma(tmp_path):
    rows = ["1\tThe\tthe\tDET\tDT\t_\t_\t_\t_\t_", "2\tboarder\tborder\tNOUN\tNN\tTypo=Yes\t_\t_\t_\t_"]
    with gzip.open(tmp_path / "dev.conllu.gz", "wt") as file:
        file.write("# newdoc id = d\n# text = The boarder\n" + "\n".join(rows) + "\n\n")
    words = read_conllu(tmp_path / "dev.conllu.gz")[0].sentences[0].words
    assert [train.is_misspelt(word) for word in words] == [False, True]


def test_models_are_whole_for_who_reads_while_they_are_written(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "MODELS", tmp_path)
    store.write_model("words.tsv", b"old\t1\n")
    with (tmp_path / store.CHECKSUMS).open() as checksums, (tmp_path / "words.tsv").open() as model:
        store.write_model("words.tsv", b"new\t2\n")
        assert json.load(checksums) == {"words.tsv": hashlib.sha256(b"old\t1\n").hexdigest()}
        assert model.read() == "old\t1\n"
    assert store.load_pairs("words") == {"new": "2"}
    assert sorted(path.name for path in tmp_path.iterdir()) == [store.CHECKSUMS, "words.tsv"]
