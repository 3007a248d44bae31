"""Train every model file: ``python -m analysis.language.train --corpora DIR``.

The same corpora give the same files, byte for byte: inputs are read in a fixed order, what is shuffled has a seed, and
no file holds a time. Words become what the models see by the same functions as in annotation.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.language import annotation, features, fit, gazetteer, lexicon, store
from analysis.language.corpora import Document, read_conllu, read_names
from analysis.language.tokenise import learn, tokenise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from concurrent.futures import Executor

    from analysis.language.sequence import Template

TREEBANKS = ("ewt", "gum")

_PERCEPTRON = {"max_iterations": 10, "feature.minfreq": 2}
_CAREFUL = {"max_iterations": 60, "c1": 0.3, "c2": 0.01}
_SHARES = (1.0, 3.0, 1.0)
_SEEDS = (0, 1, 2)
_FOLDS = 3


def is_held_out(document: Document) -> bool:
    """Say whether a document of ``corpora/worldwide`` is kept for scoring: news from Egypt, Algeria and Al Jazeera."""
    return document.name.startswith(("eg_", "alg_", "asia_aljazeera_"))


def lay_out(documents: Sequence[Document]) -> annotation.Words:
    """Lay the words of documents out as annotation does."""
    sentences = [(number, s) for number, document in enumerate(documents) for s in document.sentences]
    forms = [word.form for _, sentence in sentences for word in sentence.words]
    return annotation.Words(
        forms,
        np.zeros((len(forms), 2), dtype=np.int64),
        np.array([len(sentence.words) for _, sentence in sentences], dtype=np.int64),
        np.zeros(len(sentences), dtype=np.int64),
        np.array([number for number, _ in sentences], dtype=np.int64),
    )


def train_breaks(documents: Sequence[Document], lists: Any) -> fit.Fitted:
    """Train the model of sentence breaks, on paragraphs as they are and on documents run together in one line."""
    columns: dict[str, list[str]] = {"form": [], "gap": [], "quote": []}
    lengths, labels = [], []
    for document in documents:
        for paragraph in [*document.paragraphs, document.sentences]:
            text, sentences, _ = Document(document.name, [paragraph]).plain()
            starts = {start for start, _ in sentences}
            spans = tokenise(text, 0, len(text), lists)
            for name, values in features.break_columns(spans, [text[s:e] for s, e in spans]).items():
                columns[name].extend(values)
            lengths.append(len(spans))
            labels.extend("B" if start in starts else "I" for start, _ in spans)
    return fit.fit(
        features.attributes(columns, features.BREAK_PARTS, store.lexicon()),
        lengths,
        labels,
        features.BREAK_TEMPLATES,
        parameters=_PERCEPTRON,
        seeds=_SEEDS,
        chained=False,
    )


def train_labels(
    columns: Mapping[str, Sequence[str]],
    lengths: np.ndarray,
    labels: Sequence[str],
    templates: Sequence[Template],
    **how: Any,
) -> fit.Fitted:
    """Train a model of tags or names on words of which something is known, by the names in :attr:`Part.of`."""
    attributes = features.attributes(columns, features.TOKEN_PARTS, store.lexicon())
    return fit.fit(attributes, lengths.tolist(), labels, templates, **how)


def train_tags(documents: Sequence[Document], keep: Callable[[str, bytes], None], pool: Executor) -> None:
    """Train the models of tags: a first one of Penn tags, and two that see what it says of the whole sentence.

    These learn from what the first says of documents that it has not seen: as many first models are trained as there
    are folds, each without the documents of its fold. The final model of Penn tags is a blend of three: the first, one
    like it that was trained with more care, and the second.
    """
    folds = [list(documents[fold::_FOLDS]) for fold in range(_FOLDS)]
    told = [pool.submit(_tell_tags, store.MODELS, fold, rest) for fold, rest in _turns(folds)]
    first = pool.submit(_first_tags, documents, parameters=_PERCEPTRON, seeds=_SEEDS)
    careful = pool.submit(_first_tags, documents, algorithm="lbfgs", parameters=_CAREFUL)
    ordered = [document for fold in folds for document in fold]
    words = lay_out(ordered)
    tag = [label for future in told for label in future.result()]
    columns = annotation.describe(words) | {"tag": tag, "finite": annotation.finite(tag, words.lengths)}
    second = {
        field: pool.submit(
            train_labels,
            columns,
            words.lengths,
            right(ordered, field),
            features.TAG_AGAIN_TEMPLATES,
            parameters=_PERCEPTRON,
            seeds=seeds,
        )
        for field, seeds in (("upos", _SEEDS), ("xpos", (0,)))
    }
    xpos = fit.blend([future.result() for future in (first, careful, second["xpos"])], _SHARES)
    models = {"xpos_first": first.result(), "xpos": xpos, "upos": second["upos"].result()}
    keep("tags.npz", fit.family(models).to_bytes())


def _first_tags(documents: Sequence[Document], **how: Any) -> fit.Fitted:
    words = lay_out(documents)
    return train_labels(
        annotation.describe(words), words.lengths, right(documents, "xpos"), features.TAG_TEMPLATES, **how
    )


def _tell_tags(models: Path, fold: Sequence[Document], rest: Sequence[Document]) -> list[str]:
    """Give what a first model of tags that was trained on the rest says of a fold."""
    with _borrowed(models, _LISTS):
        first = _first_tags(rest, parameters=_PERCEPTRON)
        store.write_model("tags.npz", fit.family({"xpos_first": first}).to_bytes())
        return tagged(fold)[1]["tag"]


def train_names(documents: Sequence[Document], keep: Callable[[str, bytes], None], pool: Executor) -> None:
    """Train the models of names, the second in the same way as the second models of tags.

    A fold is some outlets: the second model learns from what the first says of outlets that it has not seen.
    """
    outlets = sorted({document.group for document in documents})
    folds = [[d for d in documents if outlets.index(d.group) % _FOLDS == fold] for fold in range(_FOLDS)]
    told = [pool.submit(_tell_names, store.MODELS, fold, rest) for fold, rest in _turns(folds)]
    all_first = pool.submit(_first_names, documents)
    ordered = [document for fold in folds for document in fold]
    words, columns = tagged(ordered)
    columns = annotation.for_names(columns)
    first = [label for future in told for label in future.result()]
    columns |= {"first": first, "document": annotation.often(words, columns["form"], first)}
    labels, how = right(ordered, "entity"), {"parameters": _PERCEPTRON, "seeds": _SEEDS}
    again = train_labels(columns, words.lengths, labels, features.NAME_AGAIN_TEMPLATES, **how)
    keep("names.npz", fit.family({"names_first": all_first.result(), "names": again}).to_bytes())


def _first_names(documents: Sequence[Document]) -> fit.Fitted:
    words, columns = tagged(documents)
    labels = right(documents, "entity")
    return train_labels(
        annotation.for_names(columns), words.lengths, labels, features.NAME_TEMPLATES, parameters=_PERCEPTRON
    )


def _tell_names(models: Path, fold: Sequence[Document], rest: Sequence[Document]) -> list[str]:
    """Give what a first model of names that was trained on the rest says of a fold."""
    with _borrowed(models, [*_LISTS, "tags.npz"]):
        store.write_model("names.npz", fit.family({"names_first": _first_names(rest)}).to_bytes())
        words, columns = tagged(fold)
        return annotation.predict_first("names", "names_first", annotation.for_names(columns), words.lengths)


@contextmanager
def _borrowed(models: Path, names: Iterable[str]) -> Iterator[None]:
    """Work with copies of some model files in a folder of one's own."""
    with tempfile.TemporaryDirectory() as folder:
        store.use(Path(folder))
        for name in names:
            store.write_model(name, (models / name).read_bytes())
        try:
            yield
        finally:
            store.use(models)


_LISTS = ("tokens.json", "gazetteer.tsv", "classes.tsv", "usage.tsv", "lemmas.tsv")


def _turns(folds: Sequence[list[Document]]) -> Iterator[tuple[list[Document], list[Document]]]:
    """Give each fold and the documents of all others."""
    for number, fold in enumerate(folds):
        yield fold, [document for other in (*folds[:number], *folds[number + 1 :]) for document in other]


def tagged(documents: Sequence[Document]) -> tuple[annotation.Words, dict[str, list[str]]]:
    """Describe the words of documents, with the tags that the first model of tags predicts."""
    words = lay_out(documents)
    columns = annotation.describe(words)
    return words, columns | {"tag": annotation.predict_first("tags", "xpos_first", columns, words.lengths)}


def right(documents: Sequence[Document], field: str) -> list[str]:
    """Give what the corpus says of each word: its ``xpos``, ``upos`` or ``entity``."""
    return [getattr(word, field) for document in documents for s in document.sentences for word in s.words]


def train_all(corpora: Path, keep: Callable[[str, bytes], None], *, jobs: int = 1) -> None:
    """Train the models one by one, each on what those before it predict.

    Parameters
    ----------
    corpora
        The folder of the corpora.
    keep
        Is given the name of each model file and what is in it, and must make it the one that is loaded from then on.
    jobs
        How many models to train at a time; the files are the same.
    """
    treebanks = [d for name in TREEBANKS for d in read_conllu(corpora / name / "train.conllu.gz")]
    sentences = [s for document in treebanks for s in document.sentences]
    words = [(features.plain(word.form) or word.form, word) for s in sentences for word in s.words]

    lists = learn((s.text, [(w.start, w.end) for w in s.words]) for s in sentences)
    keep("tokens.json", json.dumps(lists, ensure_ascii=False, indent=0).encode())
    index = gazetteer.build(lists, store.read_list("gazetteer.tsv"), store.read_list("towns.txt"))
    keep("gazetteer.tsv", _pairs(index))
    inflected = _data_lines("inflections.csv.gz")
    forms = lexicon.inflections(inflected, {word.lemma for _, word in words})
    classes = lexicon.classes(forms, ((plain, word.xpos) for plain, word in words))
    keep("classes.tsv", _pairs(classes))
    rows = (line.split("\t") for line in _data_lines("word_frequencies.tsv.gz")[1:])
    frequencies = {form: int(frequency) for form, frequency, _ in rows if int(frequency)}
    keep("usage.tsv", _pairs(lexicon.usage(inflected, frequencies, classes)))
    keep("pairs.tsv", _pairs(lexicon.tag_pairs((word.xpos, word.upos) for _, word in words)))
    analysed = ((plain, w.xpos, w.upos, w.lemma) for plain, w in words if w.lemma != "_")
    keep("lemmas.tsv", _pairs(lexicon.learn_lemmas(analysed, forms)))

    news = read_names(corpora / "worldwide" / "train.bio.gz")
    with ProcessPoolExecutor(jobs, initializer=store.use, initargs=(store.MODELS,)) as pool:
        breaks = pool.submit(train_breaks, treebanks, lists)
        train_tags(treebanks, keep, pool)
        train_names([document for document in news if not is_held_out(document)], keep, pool)
        keep("breaks.npz", fit.family({"breaks": breaks.result()}).to_bytes())


def _data_lines(name: str) -> list[str]:
    return gzip.decompress(store.data_file(name).read_bytes()).decode().splitlines()


def _pairs(table: dict[str, str]) -> bytes:
    return "".join(f"{key}\t{value}\n" for key, value in table.items()).encode()


def main() -> None:
    """Train all models and write them with their checksums."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--corpora", type=Path, required=True, help="the folder that holds ewt, gum, worldwide, …")
    parser.add_argument("--models", type=Path, default=store.MODELS, help="where to write them (default: the package)")
    parser.add_argument("--jobs", type=int, default=1, help="how many models to train at a time (default: 1)")
    arguments = parser.parse_args()
    arguments.models.mkdir(parents=True, exist_ok=True)
    store.use(arguments.models)
    train_all(arguments.corpora, _write, jobs=arguments.jobs)


def _write(name: str, data: bytes) -> None:
    """Write a model file and its checksum, so that the models after it can use it."""
    checksums = store.write_model(name, data)
    sys.stdout.write(f"{name}: {len(data) / 1e6:.2f} MB, sha256 {checksums}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
