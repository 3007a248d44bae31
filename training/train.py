"""Train the model files.

The same corpora yield the same files, byte for byte: inputs are read in a fixed order, random numbers are seeded, and
no file holds a time. Features are extracted by the same functions as in annotation.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import compress
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis import resources
from analysis.content.attribution import Attributor
from analysis.language import features, money, names, prediction, rescoring
from analysis.language.models import Models
from analysis.language.network import Network
from analysis.language.tagger import Tagger
from analysis.language.tokenise import learn_lists
from training import (
    attribution,
    breaks,
    confidence,
    coreference,
    fit,
    lexicon,
    polnear,
    pruning,
    syntax,
    teacher_labels,
)
from training.augmentation import augment
from training.corpora import (
    SHARED_LABELS,
    Document,
    Word,
    gold,
    lay_out,
    read_news,
    read_other_names,
    read_treebanks,
)
from training.model_files import write_model

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Executor


__all__ = ["STEPS", "TEACHER_LABELS", "complete_labels", "is_misspelt", "main", "train"]

_TAGS = fit.Hyperparameters(width=160, n_layers=4, epochs=16, feature_dropout=0.15, min_count=5)
_NAMES = fit.Hyperparameters(
    width=128, n_layers=4, epochs=8, feature_dropout=0.25, batch=4000, min_count=3, excluded=("usage",)
)
_SYNTAX = syntax.Hyperparameters(width=224, arc=160, relation=160, epochs=28, feature_dropout=0.2)
_CLAIMS = attribution.Hyperparameters(width=192, link=64, epochs=10, feature_dropout=0.2)
_PRUNED_CLAIMS = pruning.Plan(kept=640, epochs=2, rate=0.15)

#: The file of ``data/`` with the teacher's labels of the words of the treebanks and the news.
TEACHER_LABELS = "taught_tags.npz"
#: The weight of the teacher's labels where the tag is known.
_TEACHER_WEIGHT = 0.5
#: How likely a tag of the news must be for it to count as correct.
_MIN_PROBABILITY = 0.8
#: Universal tags of words whose lemma and tags are those of the misspelt word.
_MISSPELT_UPOS = ("NOUN", "PROPN", "VERB", "ADJ", "ADV", "INTJ", "NUM", "X")

#: The step that reads what the one before wrote.
_PRUNING = "pruning"
#: What can be trained alone, and the files that each step writes, in order.
STEPS = {
    "words": ("tokens.json", "gazetteer.tsv", "classes.tsv", "usage.tsv", "pairs.tsv", "lemmas.tsv"),
    "breaks": ("breaks.npz",),
    "tags": ("tags.npz",),
    "rescoring": ("clues.npz",),
    "syntax": ("syntax.npz",),
    "names": ("names.npz",),
    "coreference": ("nouns.tsv", "antecedents.npz"),
    "claims": ("claims.npz",),
    _PRUNING: ("claims.npz",),
    "confidence": ("confidence.tsv",),
}
#: Word vectors, which :mod:`training.vectors` makes.
_VECTORS = "vectors.npz"
#: Bytes below which processes keep freed memory; asking for it anew takes a third of the time.
_KEPT_BYTES = str(2**32)


# Tags


def _train_tags(treebanks: Sequence[Document], news: Sequence[Document], labels_file: Path, folder: Path) -> Network:
    """Train the network of tags on the treebanks and on the teacher's labels of them and of the news (distillation)."""
    words = lay_out([*treebanks, *news])
    return _fit_tags(words, _tag_labels(treebanks, words, labels_file), Models.in_folder(folder))


def _tag_labels(treebanks: Sequence[Document], words: prediction.Words, labels_file: Path) -> dict[str, fit.Labels]:
    """Return the tags of words, of which the first are those of the treebanks."""
    return {
        head: fit.Labels.one_hot(gold(treebanks, head)).interpolate(taught, _TEACHER_WEIGHT)
        for head, taught in teacher_labels.read(labels_file, words.forms).items()
    }


def _fit_tags(words: prediction.Words, labels: Mapping[str, fit.Labels], models: Models) -> Network:
    """Fit a network of tags."""
    found = features.extract(prediction.word_columns(words, models), (features.WORD,), models.lexicon)
    blocks = np.ones(len(words.lengths), dtype=np.int64)
    groups = np.full(int(words.lengths.sum()), -1)
    return fit.fit(fit.Examples(found, words.lengths, blocks, groups, labels), models.lexicon.vectors, _TAGS)


def _uncertain_examples(
    treebanks: Sequence[Document], news: Sequence[Document], labels_file: Path, held_out: int, folder: Path
) -> list[fit.UncertainExample]:
    """Return the uncertain words of one half of the documents, for a network trained on the other half (jack-knifing).

    Words of the news count only where the teacher is sure of their tag.
    """
    models = Models.in_folder(folder)
    documents = [*treebanks, *news]
    words = lay_out(documents)
    labels, taught = _tag_labels(treebanks, words, labels_file), teacher_labels.read(labels_file, words.forms)["xpos"]
    is_held_out = np.repeat(words.articles, words.lengths) % 2 == held_out
    kept = {head: each.take(~is_held_out) for head, each in labels.items()}
    others = lay_out([document for number, document in enumerate(documents) if number % 2 != held_out])
    tagger = Tagger(_fit_tags(others, kept, models), (features.WORD,), models.lexicon)

    known = gold(treebanks, "xpos")
    tags = [*known, *(taught.names[id_] for id_ in taught.ids[len(known) :, 0].tolist())]
    tags = list(compress(tags, is_held_out))
    is_likely = taught.probabilities[len(known) :, 0] > _MIN_PROBABILITY
    is_sure = np.append(np.ones(len(known), dtype=bool), is_likely)[is_held_out]
    words = lay_out(documents[held_out::2])
    columns = prediction.word_columns(words, models)
    examples = []
    for rows, lengths, _ in prediction.batches(words):
        batch = {name: values[rows] for name, values in columns.items()}
        logits = tagger.logits(batch, lengths)["xpos"]
        found = rescoring.find_uncertain(logits, tagger.labels("xpos"), batch["form"], lengths)
        for index, own, sentence_features in zip(found.indices.tolist(), found.logits, found.features, strict=True):
            if is_sure[rows][index]:
                examples.append(fit.UncertainExample(own, sentence_features, tags[rows][index]))
    column_of = {tag: column for column, tag in enumerate(rescoring.TAGS)}
    return [each for each in examples if each.tag in column_of and np.isfinite(each.logits[column_of[each.tag]])]


# Names


def _train_names(news: Sequence[Document], others: Sequence[Document], folder: Path) -> Network:
    """Train the network of names, with predicted tags as a feature.

    Of other documents only names with ``SHARED_LABELS`` are known. Where there are any, the network of names in the
    folder predicts the rest.
    """
    models = Models.in_folder(folder)
    news = [*news, *augment(news, models.token_lists)]
    words = lay_out([*news, *others])
    forms = prediction.normalised(words)
    words = words._replace(forms=money.shown(forms, money.read_amounts(forms, set(words.starts))))
    columns: dict[str, Any] = prediction.word_columns(words, models)
    columns["xpos"], _ = prediction.predict_tags(columns, words, models)
    tags = gold([*news, *others], "entity")
    if others:
        predicted = prediction.predict_names(columns, words, models)
        tags = complete_labels(tags, predicted, len(gold(news, "entity")))
    found = features.extract(columns, features.TOKEN_TEMPLATES, models.lexicon)
    owners = np.repeat(words.articles, words.lengths).tolist()
    groups = prediction.group_capitalised(columns["form"], owners)
    blocks = np.bincount(words.articles)
    examples = fit.Examples(found, words.lengths, blocks, groups, {"entity": fit.Labels.one_hot(tags)})
    return fit.fit(examples, models.lexicon.vectors, _NAMES)


def _write_names(news: Sequence[Document], others: Sequence[Document], folder: Path, pool: Executor) -> None:
    """Train the network of names on the news alone, then on all documents, with what the first finds in the others."""
    for more in ([], others):
        write_model(folder, "names.npz", pool.submit(_train_names, news, more, folder).result().to_bytes())


def complete_labels(known: Sequence[str], predicted: Sequence[str], start: int) -> list[str]:
    """Add predicted names with other labels than ``SHARED_LABELS`` to the known names of words from ``start`` on.

    A predicted name is added only where it does not overlap a known one.
    """
    result = [tag if index < start or tag[2:] in SHARED_LABELS else "O" for index, tag in enumerate(known)]
    for first, last, label in names.mentions(predicted):
        rows = slice(first, last + 1)
        if first >= start and label not in SHARED_LABELS and set(result[rows]) == {"O"}:
            result[rows] = predicted[rows]
    return result


# Words


def is_misspelt(word: Word) -> bool:
    """Return whether the annotation of a word is that of its misspelt form; not of contractions (*its* for *it's*)."""
    return word.is_typo and word.upos in _MISSPELT_UPOS


def _write_words(treebanks: Sequence[Document], folder: Path) -> None:
    """Make and write the lists and tables of words."""
    sentences = [s for document in treebanks for s in document.sentences]
    words = [(features.normalise(word.form) or word.form, word) for s in sentences for word in s.words]
    lists = learn_lists((s.text, [(w.start, w.end) for w in s.words]) for s in sentences)
    write_model(folder, "tokens.json", json.dumps(lists._asdict(), ensure_ascii=False, indent=0).encode())
    listed = lexicon.listed_names()
    towns = resources.data().read_lines("towns.txt")
    write_model(folder, "gazetteer.tsv", _lines(lexicon.build_gazetteer(listed, towns, lists)))
    inflected = _data_lines("inflections.csv.gz")
    rows = (line.split("\t") for line in _data_lines("word_frequencies.tsv.gz")[1:])
    frequencies = {form: int(frequency) for form, frequency, _ in rows if int(frequency)}
    forms = lexicon.inflections(inflected, {word.lemma for _, word in words}, frequencies)
    classes = lexicon.classes(forms, ((form, word.xpos) for form, word in words))
    write_model(folder, "classes.tsv", _lines(classes))
    write_model(folder, "usage.tsv", _lines(lexicon.usage(inflected, frequencies, classes)))
    write_model(folder, "pairs.tsv", _lines(lexicon.tag_pairs((word.xpos, word.upos) for _, word in words)))
    analysed = ((form, w.xpos, w.upos, w.lemma) for form, w in words if w.lemma != "_" and not is_misspelt(w))
    write_model(folder, "lemmas.tsv", _lines(lexicon.learn_lemmas(analysed, forms, classes, listed["norp"])))


def _data_lines(name: str) -> list[str]:
    return gzip.decompress(resources.data().read_bytes(name)).decode().splitlines()


def _lines(table: Mapping[str, str]) -> bytes:
    return "".join(f"{key}\t{value}\n" for key, value in table.items()).encode()


# All of it


def train(
    corpora: Path, labels_file: Path, folder: Path, *, steps: Sequence[str] = tuple(STEPS), jobs: int = 1
) -> None:
    """Train models one after the other, each on the predictions of those before it.

    Parameters
    ----------
    corpora
        The folder of the corpora.
    labels_file
        The teacher's labels of the words of these corpora.
    folder
        Where to write the model files. Those that ``steps`` do not write, and that are not there, are copied from the
        package.
    steps
        Which of ``STEPS`` to take; all unless given.
    jobs
        How many networks to train at a time; the files are the same.
    """
    folder.mkdir(parents=True, exist_ok=True)
    treebanks, news = read_treebanks(corpora), read_news(corpora)
    shipped = resources.Folder(resources.MODELS)
    written = {name for step in steps if step != _PRUNING for name in STEPS[step]}
    for name in sorted({_VECTORS, *shipped.checksums} - written):
        if not (folder / name).exists():
            write_model(folder, name, shipped.read_bytes(name))
    if "words" in steps:
        _write_words(treebanks, folder)

    os.environ.update(MALLOC_MMAP_THRESHOLD_=_KEPT_BYTES, MALLOC_TRIM_THRESHOLD_=_KEPT_BYTES)
    # Each network in a process of its own, for memory.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        pending = {}
        if "breaks" in steps:
            pending["breaks"] = pool.submit(_train_breaks, treebanks, news, folder)
        if "tags" in steps:
            pending["tags"] = pool.submit(_train_tags, treebanks, news, labels_file, folder)
        halves = range(2) if "rescoring" in steps else ()
        examples = [pool.submit(_uncertain_examples, treebanks, news, labels_file, half, folder) for half in halves]
        for step, network in pending.items():
            write_model(folder, f"{step}.npz", network.result().to_bytes())
        if examples:
            rescorer = fit.fit_rescorer([each for half in examples for each in half.result()])
            write_model(folder, "clues.npz", rescorer.to_bytes())
        _train_on_tags(corpora, treebanks, news, folder=folder, steps=steps, pool=pool)


def _train_on_tags(
    corpora: Path,
    treebanks: Sequence[Document],
    news: Sequence[Document],
    *,
    folder: Path,
    steps: Sequence[str],
    pool: ProcessPoolExecutor,
) -> None:
    """Train what learns from predicted tags: trees, names, and chains and claims, which learn from names as well."""
    parser = pool.submit(_train_syntax, treebanks, folder) if "syntax" in steps else None
    if "names" in steps:
        _write_names(news, read_other_names(corpora), folder, pool)
    if parser:
        write_model(folder, "syntax.npz", parser.result().to_bytes())
    if "coreference" in steps:
        for name, content in pool.submit(_train_coreference, corpora, folder).result().items():
            write_model(folder, name, content)
    if "claims" in steps:
        write_model(folder, "claims.npz", pool.submit(_train_claims, corpora, folder).result().to_bytes())
    if _PRUNING in steps:
        write_model(folder, "claims.npz", pool.submit(_prune_claims, corpora, folder).result().to_bytes())
    if "confidence" in steps:
        write_model(folder, "confidence.tsv", pool.submit(_train_confidence, corpora, folder).result())


def _train_breaks(treebanks: Sequence[Document], news: Sequence[Document], folder: Path) -> Network:
    return breaks.train_breaks(treebanks, news, Models.in_folder(folder))


def _train_syntax(treebanks: Sequence[Document], folder: Path) -> Network:
    models = Models.in_folder(folder)
    return syntax.fit(syntax.gold_trees(treebanks, models), models.lexicon.vectors, _SYNTAX)


def _train_coreference(corpora: Path, folder: Path) -> dict[str, bytes]:
    """Return the content of the model files of coreference, by name."""
    return coreference.train_coreference(corpora, Models.in_folder(folder))


def _train_claims(corpora: Path, folder: Path) -> Network:
    models = Models.in_folder(folder)
    return attribution.fit(polnear.read_documents(corpora, "train", models), models, _CLAIMS)


def _prune_claims(corpora: Path, folder: Path) -> Network:
    models = Models.in_folder(folder)
    network = Network.from_bytes(models.folder.read_bytes("claims.npz"))
    documents = polnear.read_documents(corpora, "train", models)
    return pruning.prune(network, documents, models, _CLAIMS, _PRUNED_CLAIMS)


def _train_confidence(corpora: Path, folder: Path) -> bytes:
    """Return the content of the file of weights."""
    models = Models.in_folder(folder)
    attributor = Attributor(Network.from_bytes(models.folder.read_bytes("claims.npz")), models.lexicon)
    documents = polnear.read_documents(corpora, "dev", models)
    return confidence.to_bytes(confidence.fit(confidence.find_examples(documents, attributor)))


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command ``train``."""
    parser = argparse.ArgumentParser(prog="python -m training train", description="Train the model files.")
    parser.add_argument("--corpora", type=Path, required=True, help="the folder that holds ewt, gum, worldwide, …")
    parser.add_argument("--teacher-labels", type=Path, help=f"made by the command teacher (default: {TEACHER_LABELS})")
    parser.add_argument("--models", type=Path, default=resources.MODELS, help="where to write (default: the package)")
    parser.add_argument("--only", nargs="+", choices=STEPS, default=list(STEPS), help="what to train (default: all)")
    parser.add_argument("--jobs", type=int, default=1, help="how many networks to train at a time (default: 1)")
    options = parser.parse_args(arguments)
    labels_file = options.teacher_labels or resources.data().path / TEACHER_LABELS
    try:
        train(options.corpora, labels_file, options.models, steps=options.only, jobs=options.jobs)
    except teacher_labels.CorporaError as error:
        sys.exit(str(error))
