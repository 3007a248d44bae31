"""Training and scoring of the models: the same bytes from the same corpora, and what the networks learn from."""

import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analysis import resources
from analysis.article import Article
from analysis.language import card, default_models, pipeline, prediction
from analysis.language.scorer import Scorer, scorers_from_bytes, scorers_to_bytes
from analysis.resources import CHECKSUMS, MODELS, Folder
from training import (
    breaks,
    chains,
    coreference,
    evaluate,
    fit,
    meantime,
    phrases,
    places,
    rescoring,
    teacher_labels,
    train,
)
from training.augmentation import augment
from training.card import as_markdown
from training.corpora import TREEBANKS, Word, gold, lay_out, read_conllu, read_names, read_news, read_treebanks
from training.model_files import write_model

PROJECT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("DATELINE_SHARED") or PROJECT.parent / "shared")


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
                verb = 1 + [upos for _, _, upos in sentence].index("VERB")
                for index, (form, xpos, upos) in enumerate(sentence, start=1):
                    head, deprel = (0, "root") if upos == "VERB" else (verb, "dep")
                    cells = [str(index), form, form.lower(), upos, xpos, "_", str(head), deprel, "_", "_"]
                    lines.append("\t".join(cells))
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
    text = "The minister said that Amal met the army in Cairo."
    spans = {"source": [[0, 12]], "cue": [[13, 17]], "content": [[18, len(text)]]}
    sayings = [json.dumps({"id": f"a{number}", "text": text, "attributions": [spans]}) for number in range(6)]
    (folder / "polnear").mkdir()
    for part in ("train", "dev"):
        (folder / "polnear" / f"{part}.jsonl.gz").write_bytes(gzip.compress("\n".join(sayings).encode()))
    (folder / "worldwide" / "train.bio.gz").write_bytes(gzip.compress("\n".join(lines).encode()))


def write_teacher_labels(corpora, path):
    """Write what a teacher might predict for these corpora."""
    treebanks = read_treebanks(corpora)
    forms = lay_out([*treebanks, *read_news(corpora)]).forms
    random = np.random.default_rng(0)
    labels = {}
    for head in ("xpos", "upos"):
        names = sorted(set(gold(treebanks, head)))
        labels[head] = teacher_labels.likeliest(names, random.dirichlet(np.ones(len(names)), len(forms)))
    teacher_labels.write(path, forms, labels)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no choice of processors on this system")
def test_training_is_byte_identical_for_any_hash_seed_and_number_of_processors(tmp_path, request):
    write_corpora(tmp_path / "corpora")
    write_teacher_labels(tmp_path / "corpora", tmp_path / "labels.npz")
    all_processors = os.sched_getaffinity(0)
    request.addfinalizer(lambda: os.sched_setaffinity(0, all_processors))
    started = []
    for folder, jobs in (("one", "1"), ("two", "2")):
        os.sched_setaffinity(0, sorted(all_processors)[: int(jobs)])  # which the process that is started inherits
        command = [sys.executable, "-m", "training", "train", "--corpora", tmp_path / "corpora"]
        command += ["--teacher-labels", tmp_path / "labels.npz", "--models", tmp_path / folder, "--jobs", jobs]
        started.append(subprocess.Popen(command, cwd=PROJECT, env=os.environ | {"PYTHONHASHSEED": jobs}))
    assert [process.wait() for process in started] == [0, 0]
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == sorted([*default_models().folder.checksums, CHECKSUMS])
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


def test_training_without_matching_teacher_labels_ends_in_one_line(tmp_path):
    write_corpora(tmp_path / "corpora")
    command = [sys.executable, "-m", "training", "train", "--corpora", tmp_path / "corpora"]
    command += ["--models", tmp_path / "models", "--only", "tags"]
    ended = subprocess.run(command, check=False, cwd=PROJECT, capture_output=True, text=True)
    assert ended.returncode == 1
    assert re.fullmatch(r"\S*taught_tags\.npz is of other corpora than these; make it anew .*\n", ended.stderr)


@pytest.mark.slow
@pytest.mark.skipif(not (SHARED / "corpora").is_dir(), reason=f"no corpora in {SHARED}")
def test_training_rebuilds_the_shipped_word_tables(tmp_path):
    train.train(SHARED / "corpora", tmp_path / "unused", tmp_path, steps=["words"])
    for name in default_models().folder.checksums:
        assert (tmp_path / name).read_bytes() == (MODELS / name).read_bytes(), name


def test_commands_are_the_modules_that_have_a_main():
    ended = subprocess.run(
        [sys.executable, "-m", "training", "dance"], check=False, cwd=PROJECT, capture_output=True, text=True
    )
    assert ended.returncode == 1
    commands = "train,evaluate,rescoring,coreference,teacher,vectors,word-lists,gazetteer,outlines"
    assert ended.stderr == f"usage: python -m training {{{commands}}} …\n"


def test_teacher_labels_are_read_as_written_and_only_for_their_words(tmp_path):
    names, probabilities = ["NN", "VB", "JJ", "IN"], np.array([[0.1, 0.6, 0.3, 0], [1, 0, 0, 0]])
    labels = teacher_labels.likeliest(names, probabilities)
    assert labels.ids.tolist() == [[1, 2, 0], [0, 1, 2]]
    teacher_labels.write(tmp_path / "labels.npz", ["train", "it"], {"xpos": labels})
    found = teacher_labels.read(tmp_path / "labels.npz", ["train", "it"])["xpos"]
    assert found.names == names
    np.testing.assert_allclose(found.probabilities, labels.probabilities, atol=1 / fit.PROBABILITY_STEPS)
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1, atol=1e-6)
    with pytest.raises(teacher_labels.CorporaError, match=r"labels\.npz is of other corpora than these; make it anew"):
        teacher_labels.read(tmp_path / "labels.npz", ["train", "her"])


def test_labels_are_interpolated_with_those_of_more_words():
    known = fit.Labels.one_hot(["VB", "NN"])
    others = fit.Labels(known.names, np.array([[0, 1]] * 3), np.array([[0.75, 0.25]] * 3))
    mixed = known.interpolate(others, 0.5)
    by_word = [
        [sum(share for id_, share in zip(*word, strict=True) if id_ == label) for label in (0, 1)]
        for word in zip(mixed.ids, mixed.probabilities, strict=True)
    ]
    assert known.names == ["NN", "VB"]
    assert by_word == [[0.375, 0.625], [0.875, 0.125], [0.75, 0.25]]


def test_softmax_is_quantised_and_sums_to_one():
    labels = fit.Labels.softmax(["B", "I"], np.array([[3, 3], [1003, 1001], [0, 40]], dtype=np.float32))
    assert labels.names == ["B", "I"]
    assert labels.ids.tolist() == [[0, 1]] * 3
    np.testing.assert_allclose(
        labels.probabilities, [[0.5, 0.5], [0.8808, 0.1192], [0, 1]], atol=1 / fit.PROBABILITY_STEPS
    )
    np.testing.assert_array_equal(labels.probabilities.sum(axis=1), 1)


def test_breaks_are_trained_on_predictions_for_held_out_documents(tmp_path, monkeypatch):
    towns = [f"town{letter}" for letter in "abcdefgh"]
    rows = [(f"# newdoc id = {town}", f"# text = {town} fell", *_rows(town, "fell"), "\n") for town in towns]
    (tmp_path / "train.conllu.gz").write_bytes(gzip.compress("\n".join(chain.from_iterable(rows)).encode()))
    paragraphs = ["It fell . They left .", "They won the U.S. They won .", "In Mr. Doe 's words", "Sport"]
    news = write_news(tmp_path / "news.bio.gz", paragraphs)
    fitted = []

    def fit_breaks(words, labels, _, **changes):
        fitted.append((words.columns["form"], labels, changes))
        return set(words.columns["form"])

    def break_logits(tagger, columns, _):
        unseen = set(towns) - tagger.seen
        assert not unseen or set(columns["form"]) & {*towns} in (unseen, set())
        margins = dict(zip(towns, range(8), strict=True)) | {"They": 2 if "towna" in unseen else 0, "fell": 9}
        return np.array([[margins.get(form, 0), 0] for form in columns["form"]])

    class FakeTagger:
        def __init__(self, network, *_):
            self.seen = network

        def labels(self, _):
            return ["B", "I"]

    monkeypatch.setattr(breaks, "_fit", fit_breaks)
    monkeypatch.setattr(breaks, "Tagger", FakeTagger)
    monkeypatch.setattr(prediction, "break_logits", break_logits)
    breaks.train_breaks(read_conllu(tmp_path / "train.conllu.gz"), read_names(news), default_models())

    def probabilities_of_b(labels):
        return ((labels.ids == labels.names.index("B")) * labels.probabilities).sum(axis=1)

    *_, (forms, labels, _), (all_forms, all_labels, _) = fitted
    begins = probabilities_of_b(labels)
    of_treebank, of_news = np.split(begins, [-13])
    assert sorted(forms[:-13]) == sorted([*towns, *["fell"] * len(towns)] * 2)
    assert [form for form, share in zip(forms, of_treebank, strict=False) if share < 0.5] == ["fell"] * 2 * len(towns)
    of_town = {form: share for form, share in zip(forms, of_treebank, strict=False) if form in towns}
    assert sorted(of_town, key=of_town.get) == towns
    assert forms[-13:] == "It fell . They left . They won the U.S. They won .".split()
    they = 1 / (1 + np.exp(-0.5))  # the networks predict 2, 0, 0 and 0
    np.testing.assert_allclose(of_news, [1, 0, 0, they, 0, 0, 1, 0, 0, 0, 0, 0, 0], atol=1 / fit.PROBABILITY_STEPS)
    assert len({changes.get("seed") for _, _, changes in fitted}) > 2
    assert all_forms == forms + forms[-13:]  # the news once more, with abbreviations
    distilled = probabilities_of_b(all_labels)[-13:]  # by networks that have seen all towns: 0, and 9 for *fell*
    np.testing.assert_allclose(
        distilled, [1 if form == "fell" else 0.5 for form in forms[-13:]], atol=1 / fit.PROBABILITY_STEPS
    )
    np.testing.assert_allclose(
        probabilities_of_b(all_labels)[-26:-13], 0.3 * of_news + 0.7 * distilled, atol=1 / fit.PROBABILITY_STEPS
    )


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
    assert " ".join(breaks.abbreviate(words, {"French"})) == expected


def test_news_is_scored_by_paragraphs_and_by_breaks_after_no_mark(monkeypatch, tmp_path):
    news = write_news(tmp_path / "news.bio.gz", ["Cairo fell . They left .", "They won again .", "News"])
    line = "Cairo fell. They left. They won again."
    starts = [line.index(word) for word in ("Cairo", "They", "left", "again")]

    def annotated(article, **_):
        assert article.text == line
        return pipeline.Annotations(pd.DataFrame({"start": starts}), *[pd.DataFrame()] * 3)

    monkeypatch.setattr(pipeline, "annotate", annotated)
    scores = evaluate.score_news(read_names(news), default_models())
    assert scores == {"found": 50.0, "n": 2, "unmarked": 66.67, "n_within": 3}


def write_news(path, paragraphs):
    """Write paragraphs as a corpus of names that has none."""
    rows = [(*(f"{form} O" for form in paragraph.split()), "") for paragraph in paragraphs]
    path.write_bytes(gzip.compress("\n".join(chain.from_iterable(rows)).encode()))
    return path


def _rows(*forms):
    return ["\t".join([str(index), form, *"________"]) for index, form in enumerate(forms, start=1)]


def test_a_treebank_without_a_final_blank_line_is_read_to_its_end(tmp_path):
    lines = ["# newdoc id = a", "# text = It fell", *_rows("It", "fell"), "", "# text = So", *_rows("So")]
    (tmp_path / "train.conllu.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    (document,) = read_conllu(tmp_path / "train.conllu.gz")
    assert [sentence.text for sentence in document.sentences] == ["It fell", "So"]


def test_known_names_are_completed_by_predictions_that_do_not_overlap():
    known = ["B-misc", "B-location", "O", "B-location", "O", "O", "O", "B-misc"]
    predicted = ["B-misc", "B-facility", "I-facility", "I-facility", "O", "B-date", "B-person", "O"]
    completed = train.complete_labels(known, predicted, start=1)
    assert completed == ["B-misc", "B-location", "O", "B-location", "O", "B-date", "O", "O"]


@pytest.mark.skipif(not (SHARED / "corpora").is_dir(), reason=f"no corpora in {SHARED}")
def test_rescoring_corrects_many_more_tags_than_it_breaks():
    documents = [d for name in TREEBANKS for d in read_conllu(SHARED / "corpora" / name / "dev.conllu.gz")]
    changed = [tags for tags in rescoring.changes(documents, default_models()) if tags[0] != tags[1]]
    n_corrected = sum(new == correct for _, new, correct in changed)
    n_broken = sum(old == correct for old, _, correct in changed)
    assert n_corrected > 1.5 * n_broken > 0


def test_misspelt_words_are_recognised(tmp_path):
    rows = ["1\tThe\tthe\tDET\tDT\t_\t_\t_\t_\t_", "2\tboarder\tborder\tNOUN\tNN\tTypo=Yes\t_\t_\t_\t_"]
    with gzip.open(tmp_path / "dev.conllu.gz", "wt") as file:
        file.write("# newdoc id = d\n# text = The boarder\n" + "\n".join(rows) + "\n\n")
    words = read_conllu(tmp_path / "dev.conllu.gz")[0].sentences[0].words
    assert [train.is_misspelt(word) for word in words] == [False, True]


def test_model_files_are_replaced_atomically(tmp_path):
    write_model(tmp_path, "words.tsv", b"old\t1\n")
    with (tmp_path / CHECKSUMS).open() as checksums, (tmp_path / "words.tsv").open() as model:
        write_model(tmp_path, "words.tsv", b"new\t2\n")
        assert json.load(checksums) == {"words.tsv": hashlib.sha256(b"old\t1\n").hexdigest()}
        assert model.read() == "old\t1\n"
    assert Folder(tmp_path).read_bytes("words.tsv") == b"new\t2\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == [CHECKSUMS, "words.tsv"]


def test_the_card_describes_the_shipped_files():
    assert (MODELS / "MODEL_CARD.md").read_text(encoding="utf-8") == as_markdown(card())
    checksums = default_models().folder.checksums | resources.data().checksums
    others = {name: sha256 for source in card()["others"].values() for name, sha256 in source["files"].items()}
    assert others == {name: checksums[name] for name in others}
    assert list(others) == [name for source in evaluate.OTHERS.values() for name in source["files"]]
    models = {name: about["sha256"] for name, about in card()["models"].items()}
    assert models == default_models().folder.checksums


NEWS = """# doc a_news_1 africa
Amal B-Person
Haddad I-Person
said O
Reuters B-Organization
paid O
$ B-Money
5 I-Money
million I-Money
in O
Egypt B-Location
on O
Friday B-Date
. O

Haddad B-Person
's O
firm O
moved O
to O
Egypt B-Location
in O
2016 B-Date
. O

The O
president O
left O
on O
Sunday B-Misc
night O
. O
"""


@pytest.fixture
def news(tmp_path):
    path = tmp_path / "train.bio.gz"
    path.write_bytes(gzip.compress(NEWS.encode()))
    return read_names(path)


def test_a_weekday_before_a_time_of_day_is_a_date(news):
    assert gold(news, "entity")[-3:-1] == ["B-date", "O"]


def test_made_examples_have_other_names_of_the_same_labels(news):
    made = {}
    for document in augment(news * 40, default_models().token_lists):
        made.setdefault(document.name, []).extend(
            " ".join(f"{word.form}/{word.entity[0]}" for word in s.words) for s in document.sentences
        )
    assert any("dinars/I" in text or "€/B" in text for text in made["amounts"])
    assert any("'s/I said/O" in text or "'s/I paid/O" in text for text in made["firms"])
    assert any("Crown/O Prince/O Amal/B Haddad/I" in text for text in made["titles"])
    assert any("The/O Crown/O Prince/O left/O" in text for text in made["lone_titles"])
    assert any("the/O Kingdom/B of/I Egypt/I" in text for text in made["states"])
    assert any("1990s/B" in text for text in made["decades"])
    assert "President/O Leaves/O on/O Sunday/B Night/O" in made["headlines"]
    assert any("Egypt/B" in text and "Amal/B Egypt/I" in text for text in made["namesakes"])
    assert all("Haddad/B 's/O" in text for text in made["owners"])


def test_made_examples_are_the_same_from_the_same_news(news):
    lists = default_models().token_lists
    one, two = (gold(augment(news * 2, lists), "form") for _ in range(2))
    assert one == two


def test_measures_of_chains_on_an_example_by_hand():
    keys = [[frozenset("abc"), frozenset("de")]]
    found = [[frozenset("ab"), frozenset("cde")]]
    assert chains.muc(keys, found) == pytest.approx(2 / 3)
    # a and b: 2/3 each, c: 1/3, d and e: 1 each, and the same the other way round
    assert chains.b_cubed(keys, found) == pytest.approx(11 / 15)
    assert chains.ceaf(keys, found) == pytest.approx(4 / 5)


def test_a_scorer_learns_which_value_is_right_and_is_the_same_after_writing():
    sizes = {"size": 3, "colour": 2}
    examples = [coreference.Example([(0, 0), (1, 1), (2, n % 2)], [2]) for n in range(200)]
    scorer = Scorer.quantise(sizes, coreference.fit_scorer(examples, sizes, seed=0))
    scores = scorer.score([(0, 0), (1, 1), (2, 1)])
    assert max(scores) == scores[2]
    assert scorers_from_bytes(scorers_to_bytes({"a": scorer}))["a"].score([(0, 0), (1, 1), (2, 1)]) == scores


TREEBANK = """\
# newdoc id = news
# text = Old dogs in Cairo barked.
1\tOld\told\tADJ\tJJ\t_\t2\tamod\t_\t_
2\tdogs\tdog\tNOUN\tNNS\t_\t5\tnsubj\t_\t_
3\tin\tin\tADP\tIN\t_\t4\tcase\t_\t_
4\tCairo\tCairo\tPROPN\tNNP\t_\t2\tnmod\t_\t_
5\tbarked\tbark\tVERB\tVBD\t_\t0\troot\t_\tSpaceAfter=No
6\t.\t.\tPUNCT\t.\t_\t5\tpunct\t_\t_

"""


def test_noun_phrases_are_those_of_the_treebank(tmp_path):
    path = tmp_path / "dev.conllu.gz"
    path.write_bytes(gzip.compress(TREEBANK.encode()))
    found = phrases.find_phrases(path, default_models())
    assert {span[1:] for span in found["gold"]} == {(0, 8), (12, 17)}
    assert found["trees"] == found["chunker"] == found["gold"]
    path.write_bytes(gzip.compress(TREEBANK.replace("amod", "dep").encode()))
    assert {span[1:] for span in phrases.find_phrases(path, default_models())["gold"]} == {(4, 8), (12, 17)}
    assert evaluate.score_phrases(path, default_models())["trees"] == {
        "precision": 50.0,
        "recall": 50.0,
        "f1": 50.0,
        "n": 2,
    }


def test_the_card_shows_names_of_pronouns_by_genre():
    figures = {"precision": None, "recall": 0.0, "n_right": 0, "n_found": 0, "n_gold": 2}
    scores = {"pronouns": {"news": figures}, "chains": {"MUC": 50.0, "B3": 40.0, "CEAFe": 30.0, "CoNLL": 40.0}}
    markdown = as_markdown(card() | {"coreference": {"gum-dev, raw text": scores}})
    assert "| names of *he, she, it, they*: gum-dev, raw text | precision | recall | found | with a name |" in markdown
    assert "\n| news | – | 0.0 | 0 | 2 |\n" in markdown
    assert "\n| gum-dev, raw text | 50.0 | 40.0 | 30.0 | 40.0 |\n" in markdown


# Time expressions on MEANTIME


def test_values_on_the_half_of_meantime_that_rules_were_made_on(shared):
    scores = meantime.score(meantime.read_marked(shared / meantime.FILE, is_held_out=False))
    assert scores["value"]["f1"] >= 85
    assert scores["overlap"]["f1"] >= 92


def test_halves_of_meantime_share_no_article(shared):
    halves = [
        {each.article.id for each in meantime.read_marked(shared / meantime.FILE, is_held_out=is_held_out)}
        for is_held_out in (True, False)
    ]
    assert not halves[0] & halves[1]
    assert sum(map(len, halves)) == 60


def test_expressions_are_paired_by_value_where_several_overlap():
    own = Article.from_text("He left on Monday night or Tuesday.", id="a", published="2014-09-17")
    marked = meantime.Marked(own, len(own.text), [meantime.Expression(11, 34, "2014-09-16")])
    pairs = list(meantime.pair([marked]))
    assert [each.found.value for each in pairs] == ["2014-09-16", "2014-09-15TNI"]
    assert meantime.score([marked])["value"] == {"precision": 50.0, "recall": 100.0, "f1": 66.67, "n": 1}


# Places


def test_distances_are_those_of_great_circles():
    cairo, tripoli = (30.06, 31.25), (32.89, 13.19)
    assert places.distance_km(*cairo, [tripoli[0]], [tripoli[1]]).round(-1).tolist() == [1740.0]


def test_scores_count_what_is_near(tmp_path):
    text = "Police in Paris arrested two men, the French ministry said. Nobody knows Qxarthopolis."
    marked = [{"start": 10, "end": 15, "lat": 48.9, "lon": 2.4}, {"start": 73, "end": 85, "lat": 0, "lon": 0}]
    rows = [{"id": f"x{n}", "url": "", "text": text, "toponyms": marked} for n in range(8)]
    file = tmp_path / places.FILE.rpartition("/")[2]
    file.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    halves = [places.read_marked(file, is_held_out=half) for half in (True, False)]
    assert {each.article.id for half in halves for each in half} == {row["id"] for row in rows}
    assert min(map(len, halves)) > 0
    assert [each.found is not None for each in places.pair(halves[0][:1])] == [True, False]
    assert places.score(halves[0]) == {"found": 50.0, "near": 100.0, "country": 100.0, "n": 2 * len(halves[0])}
