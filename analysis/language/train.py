"""Train every model file: ``python -m analysis.language.train --corpora DIR``.

The same corpora give the same files, byte for byte: inputs are read in a fixed order, nothing is drawn at random that
has no seed, and no file holds a time.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.language import features, lexicon, sequence, store
from analysis.language.corpora import Document, Sentence, read_conllu, read_names
from analysis.language.tokenise import learn, tokenise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: The treebanks and the corpora of names, by the folder that holds them.
TREEBANKS = ("ewt", "gum")

_PERCEPTRON = {"max_iterations": 10, "feature.minfreq": 2}
_BREAKS = {"max_iterations": 80, "c1": 0.1, "c2": 0.05}


def is_held_out(document: Document) -> bool:
    """Say whether a document of ``corpora/worldwide`` is kept for scoring: news from Egypt, Algeria and Al Jazeera."""
    return document.name.startswith(("eg_", "alg_", "asia_aljazeera_"))


class Numbers:
    """Numbers types as they come, from 1."""

    def __init__(self) -> None:
        self._known: dict[Any, int] = {}

    def __call__(self, types: Iterable[Any]) -> list[int]:
        """Give the number of each type."""
        return [self._known.setdefault(type_, len(self._known) + 1) for type_ in types]

    @property
    def types(self) -> list[Any]:
        """The types, in the order of their numbers."""
        return list(self._known)


def plain_forms(sentence: Sentence) -> list[str]:
    """Give the normalised forms of a sentence's words."""
    return [features.plain(word.form) or word.form for word in sentence.words]


def tag_types(sentence: Sentence) -> Iterator[tuple[str, str]]:
    """Give the types of a sentence's words, as tags are told by."""
    forms = plain_forms(sentence)
    return zip(forms, features.circumstances(forms), strict=True)


def batch_of(sequences: Sequence[Sequence[int]]) -> sequence.Batch:
    """Lay sentences of type numbers end to end."""
    return sequence.Batch(
        np.array([number for numbers in sequences for number in numbers], dtype=np.int64),
        np.array([len(numbers) for numbers in sequences], dtype=np.int64),
    )


def train_breaks(documents: Sequence[Document], lists: Any, classes: dict[str, str]) -> sequence.Model:
    """Train the model of sentence breaks, on paragraphs as they are and on documents run together in one line."""
    number, sequences, labels = Numbers(), [], []
    for document in documents:
        for paragraphs in ([p] for p in [*document.paragraphs, document.sentences]):
            text, sentences, _ = Document(document.name, paragraphs).plain()
            starts = {start for start, _ in sentences}
            spans = tokenise(text, 0, len(text), lists)
            sequences.append(number(features.break_types(spans, [text[s:e] for s, e in spans])))
            labels.append(["B" if start in starts else "I" for start, _ in spans])
    attributes = features.break_attributes(number.types, classes)
    return sequence.train(sequences, labels, attributes, features.BREAK_TEMPLATES, parameters=_BREAKS, chained=False)


def train_tags(sentences: Sequence[Sentence], field: str, classes: dict[str, str]) -> sequence.Model:
    """Train a model of Penn tags (``xpos``) or of universal tags (``upos``)."""
    number = Numbers()
    sequences = [number(tag_types(sentence)) for sentence in sentences]
    labels = [[getattr(word, field) for word in sentence.words] for sentence in sentences]
    attributes = features.tag_attributes(number.types, classes)
    return sequence.train(sequences, labels, attributes, features.TAG_TEMPLATES, parameters=_PERCEPTRON, algorithm="ap")


def predict_tags(sentences: Sequence[Sentence], model: sequence.Model, classes: dict[str, str]) -> list[list[str]]:
    """Give the tags that a model predicts for the words of sentences."""
    number = Numbers()
    batch = batch_of([number(tag_types(sentence)) for sentence in sentences])
    labels = model.decode(batch, model.scores(batch, features.tag_attributes(number.types, classes)))
    cuts = np.cumsum(batch.lengths)[:-1]
    return [[model.labels[label] for label in part] for part in np.split(labels, cuts)]


def train_names(sentences: Sequence[Sentence], tagger: sequence.Model, classes: dict[str, str]) -> sequence.Model:
    """Train the model of names."""
    number = Numbers()
    tags = predict_tags(sentences, tagger, classes)
    sequences = [
        number((*type_, tag) for type_, tag in zip(tag_types(sentence), here, strict=True))
        for sentence, here in zip(sentences, tags, strict=True)
    ]
    labels = [[word.entity for word in sentence.words] for sentence in sentences]
    attributes = features.name_attributes(number.types, classes)
    return sequence.train(
        sequences, labels, attributes, features.NAME_TEMPLATES, parameters=_PERCEPTRON, algorithm="ap"
    )


def train_all(corpora: Path) -> Iterator[tuple[str, bytes]]:
    """Train the models one by one; give the name of each file and what is in it."""
    treebanks = [d for name in TREEBANKS for d in read_conllu(corpora / name / "train.conllu.gz")]
    sentences = [s for document in treebanks for s in document.sentences]
    words = [(plain, word) for s in sentences for plain, word in zip(plain_forms(s), s.words, strict=True)]

    lists = learn((s.text, [(w.start, w.end) for w in s.words]) for s in sentences)
    yield "tokens.json", json.dumps(lists, ensure_ascii=False, indent=0).encode()
    forms = lexicon.inflections(
        gzip.decompress(store.data_file("inflections.csv.gz").read_bytes()).decode().splitlines()
    )
    classes = lexicon.classes(forms, ((plain, word.xpos) for plain, word in words))
    yield "classes.tsv", _pairs(classes)
    analysed = ((plain, w.xpos, w.upos, w.lemma) for plain, w in words if w.lemma != "_")
    yield "lemmas.tsv", _pairs(lexicon.learn_lemmas(analysed, forms))

    yield "breaks.npz", train_breaks(treebanks, lists, classes).to_bytes()
    tagger = train_tags(sentences, "xpos", classes)
    yield "xpos.npz", tagger.to_bytes()
    yield "upos.npz", train_tags(sentences, "upos", classes).to_bytes()
    news = [d for d in read_names(corpora / "worldwide" / "train.bio.gz") if not is_held_out(d)]
    yield "names.npz", train_names([s for d in news for s in d.sentences], tagger, classes).to_bytes()


def _pairs(table: dict[str, str]) -> bytes:
    return "".join(f"{key}\t{value}\n" for key, value in table.items()).encode()


def main() -> None:
    """Train all models and write them with their checksums."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--corpora", type=Path, required=True, help="the folder that holds ewt, gum, worldwide, …")
    parser.add_argument("--out", type=Path, default=store.MODELS, help="where to write the models (the package)")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    checksums = {}
    for name, data in train_all(arguments.corpora):
        (arguments.out / name).write_bytes(data)
        checksums[name] = hashlib.sha256(data).hexdigest()
        print(f"{name}: {len(data) / 1e6:.2f} MB, sha256 {checksums[name]}", flush=True)
    text = json.dumps(checksums, indent=2, sort_keys=True) + "\n"
    (arguments.out / store.CHECKSUMS).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
