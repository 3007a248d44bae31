"""Train every model file: ``python -m training.train --corpora DIR``.

The same corpora give the same files, byte for byte: inputs are read in a fixed order, what is drawn at random has a
seed, and no file holds a time. Words become what the networks see by the same functions as in annotation.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import accumulate, chain, compress, groupby, pairwise
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis.language import features, gazetteer, lexicon, names, pipeline, rescoring, store
from analysis.language.tokenise import learn, tokenise
from training import fit, taught
from training.corpora import Document, Word, read_conllu, read_names, running_text

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence

    from analysis.language.network import Network

TREEBANKS = ("ewt", "gum")

_BREAKS = fit.Plan(width=96, n_layers=5, epochs=14, forgets=0.25, least=3)
_TAGS = fit.Plan(width=160, n_layers=4, epochs=16, forgets=0.15, least=5)
_NAMES = fit.Plan(width=128, n_layers=4, epochs=8, forgets=0.25, batch=4000, least=3, blind=("usage",))

_PARTS = 4  # of the treebanks: what a network has learnt from all but one, it says of that one's breaks
_NETWORKS_SHARE = 0.3  # how far that counts
_N_ENSEMBLE = 4  # networks that say together what the last learns
_ENSEMBLE_SHARE = 0.7  # how far that counts where labels are known


def is_held_out(document: Document) -> bool:
    """Say whether a document of ``corpora/worldwide`` is kept for scoring: news from Egypt, Algeria and Al Jazeera."""
    return document.name.startswith(("eg_", "alg_", "asia_aljazeera_"))


#: What a larger model says of the words of the treebanks and of the news, a file of ``data/``.
TAUGHT = "taught_tags.npz"
_TEACHERS_SHARE = 0.5  # how far that counts where the tag is known
_SURE = 0.8  # how sure it must be for a tag of the news to be taken for right

#: The classes of names that all corpora of names know.
THREE = ("person", "location", "organization")
_MAX_SENTENCES = 24  # in each of the documents that a long one is cut into


def read_treebanks(corpora: Path) -> list[Document]:
    """Read what the treebanks have for training."""
    return [document for name in TREEBANKS for document in read_conllu(corpora / name / "train.conllu.gz")]


def read_news(corpora: Path) -> list[Document]:
    """Read the news that names are learnt from."""
    return [document for document in read_names(corpora / "worldwide" / "train.bio.gz") if not is_held_out(document)]


def read_others(corpora: Path) -> list[Document]:
    """Read other text with names in ``THREE`` classes; what is one long document is cut, as its texts are not told."""
    files = [corpora / "uner" / "train.iob2.gz", corpora / "wikigold" / "wikigold.conll.gz"]
    return [
        Document(document.name, document.paragraphs[low : low + _MAX_SENTENCES])
        for file in files
        for document in read_names(file)
        for low in range(0, len(document.paragraphs), _MAX_SENTENCES)
    ]


def lay_out(documents: Sequence[Document]) -> pipeline.Words:
    """Lay the words of documents out as annotation does."""
    sentences = [(number, s) for number, document in enumerate(documents) for s in document.sentences]
    forms = [word.form for _, sentence in sentences for word in sentence.words]
    return pipeline.Words(
        forms,
        np.array([len(sentence.words) for _, sentence in sentences], dtype=np.int64),
        np.array([number for number, _ in sentences], dtype=np.int64),
    )


class Breaks(NamedTuple):
    """Texts cut into words, and where sentences begin in them.

    Attributes
    ----------
    columns
        What is known of each word, by the names in :attr:`features.Part.of`.
    lengths
        Words in each text.
    labels
        ``B`` for a word that begins a sentence, else ``I``.
    shares
        How far what networks say counts beside that, for each word (a column): from 0 to 1, where nothing else is
        known.
    """

    columns: dict[str, list[str]]
    lengths: np.ndarray
    labels: list[str]
    shares: np.ndarray

    @classmethod
    def joined(cls, parts: Sequence[Breaks]) -> Breaks:
        """Give the texts of all parts, one after the other."""
        return cls(
            {name: list(chain.from_iterable(part.columns[name] for part in parts)) for name in parts[0].columns},
            np.concatenate([part.lengths for part in parts]),
            list(chain.from_iterable(part.labels for part in parts)),
            np.concatenate([part.shares for part in parts]),
        )


def lay_out_breaks(documents: Iterable[Document], lists: Any) -> Breaks:
    """Lay documents of treebanks out paragraph by paragraph as they are, and each run together in one line."""
    texts = []
    for document in documents:
        for paragraph in [*document.paragraphs, document.sentences]:
            text, sentences, _ = Document(document.name, [paragraph]).plain()
            texts.append((text, {start for start, _ in sentences}))
    return _cut(texts, lists)


def lay_out_news(plain: Iterable[Document], shortened: Iterable[Document], lists: Any) -> Breaks:
    """Lay news out, of which only paragraphs are known, in lines of several: some as it is, some with abbreviations.

    A sentence begins with each paragraph. Within one, none begins but after a mark that may end one; whether it does
    there, only networks say.
    """
    demonyms = frozenset(gazetteer.by_class(store.read_list("gazetteer.tsv"))["norp"])
    abbreviations = in_lines(shortened, lambda words: abbreviated(words, demonyms))
    words = _cut(chain(in_lines(plain), abbreviations), lists)
    may_end = [False, *(bool(_END.fullmatch(form)) for form in words.columns["form"][:-1])]
    is_open = [may and label == "I" for may, label in zip(may_end, words.labels, strict=True)]
    return words._replace(shares=np.array(is_open, dtype=np.float32)[:, None])


_END = re.compile(r"""[.?!…:"”’')\]]+""")


def _forms(words: Sequence[Word]) -> list[str]:
    return [word.form for word in words]


def in_lines(
    news: Iterable[Document], forms_of: Callable[[Sequence[Word]], list[str]] = _forms
) -> Iterator[tuple[str, set[int]]]:
    """Write news in lines of paragraphs that follow one another; give each, and where paragraphs begin in it.

    What does not begin and end like a sentence, say a heading, is left out.
    """
    for document in news:
        lines = [running_text(forms_of(sentence.words)) for sentence in document.sentences]
        for is_prose, run in groupby(lines, key=lambda line: bool(_PROSE.fullmatch(line))):
            if is_prose:
                paragraphs = list(run)
                yield " ".join(paragraphs), set(accumulate((len(line) + 1 for line in paragraphs[:-1]), initial=0))


_PROSE = re.compile(r"""["“‘'(]*[A-Z0-9].* .*[.?!]["”’')]*""")


def abbreviated(words: Sequence[Word], demonyms: Container[str]) -> list[str]:
    """Give the forms of a paragraph with abbreviations, so that only what follows tells which of them end a sentence.

    They are put for months before a number, for demonyms before a capital, and with or for names before a capital and
    at the end.
    """

    def short(form: str, after: str) -> str:
        if form in demonyms and after[0].isupper():
            return "U.S."
        return f"{form[:3]}." if form in _MONTHS and after[0].isdigit() else form

    forms = [short(form, after) for form, after in pairwise([*_forms(words), "."])]
    for first, last, label in reversed(names.mentions([word.entity for word in words])):
        after = forms[last + 1 :]
        is_last = after == ["."]
        if label in _ABBREVIATIONS and (is_last or (after and after[0][0].isupper())):
            name = [_ABBREVIATIONS[label][first % len(_ABBREVIATIONS[label])]]
            if label != "location":
                name = forms[first : last + 1] + name
            elif is_last and forms[first - 1] != "the":
                name = ["the", *name]
            forms[first:] = name if is_last else name + after
    return forms


_MONTHS = "January February March April June July August September October November December".split()
#: What stands after names of persons and organisations, and in place of those of locations.
_ABBREVIATIONS = {
    "person": ("Jr.", "Sr."),
    "organization": ("Inc.", "Co.", "Corp.", "Ltd."),
    "location": ("U.S.", "U.K.", "U.S.", "U.N."),
}


def _cut(texts: Iterable[tuple[str, set[int]]], lists: Any) -> Breaks:
    """Cut texts into words; with each goes where sentences begin in it."""
    cut = [(text, tokenise(text, 0, len(text), lists), starts) for text, starts in texts]
    columns = features.break_columns((text, spans) for text, spans, _ in cut)
    lengths = np.array([len(spans) for _, spans, _ in cut])
    labels = ["B" if start in starts else "I" for _, spans, starts in cut for start, _ in spans]
    return Breaks(columns, lengths, labels, np.full((len(labels), 1), _NETWORKS_SHARE, dtype=np.float32))


def train_breaks(treebanks: Sequence[Document], news: Sequence[Document], lists: Any) -> Network:
    """Train the network of sentence breaks, on those that are known and on what other networks say of each.

    First come networks that have learnt from other documents of the treebanks alone, so that a break which the words do
    not tell counts for less. Of the news none has, so that there they say what all of them come to. Then several learn
    from all of that. Each is wrong where chance has it, but together they are less so, and the last learns what they
    say together, of more news as well.

    References
    ----------
    G. Hinton, O. Vinyals and J. Dean 2015, Distilling the knowledge in a neural network, arXiv:1503.02531.
    """
    parts = [lay_out_breaks(treebanks[part::_PARTS], lists) for part in range(_PARTS)]
    others = [Breaks.joined([other for other in parts if other is not part]) for part in parts]
    networks = [_fit_breaks(words, fit.Labels.certain(words.labels)) for words in others]
    unknown = lay_out_news(news[::2], news[1::2], lists)
    said = [_said_together([network], part) for network, part in zip(networks, parts, strict=True)]
    said.append(_said_together(networks, unknown))
    words = Breaks.joined([*parts, unknown])
    labels = fit.Labels.certain(words.labels).mixed(fit.Labels.joined(said), words.shares)
    networks = [_fit_breaks(words, labels, seed=seed) for seed in range(_N_ENSEMBLE)]
    words = Breaks.joined([words, lay_out_news(news[1::2], news[::2], lists)])
    return _fit_breaks(words, labels.mixed(_said_together(networks, words), _ENSEMBLE_SHARE), epochs=2 * _BREAKS.epochs)


def _fit_breaks(words: Breaks, labels: fit.Labels, **plan: int) -> Network:
    return _fit(words.columns, features.BREAK_PARTS, words.lengths, {"break": labels}, _BREAKS._replace(**plan))


def _said_together(networks: Sequence[Network], words: Breaks) -> fit.Labels:
    """Give what networks say of breaks, by the means of their scores."""
    found = []
    for network in networks:
        reader = features.Reader(features.BREAK_PARTS, store.lexicon(), {"breaks": network})
        labels, scores = pipeline.break_scores(reader, words.columns, words.lengths)
        found.append(scores)
    return fit.Labels.likely(labels, sum(found) / len(found))


def train_tags(treebanks: Sequence[Document], news: Sequence[Document], taught_tags: Path) -> Network:
    """Train the network of tags, on what the treebanks say of their words and a larger model of these and of news."""
    words = lay_out([*treebanks, *news])
    return fit_tags(words, tag_labels(treebanks, words, taught_tags))


def tag_labels(treebanks: Sequence[Document], words: pipeline.Words, taught_tags: Path) -> dict[str, fit.Labels]:
    """Give the tags that words, the first of which are those of the treebanks, have or may have."""
    return {
        name: fit.Labels.certain(right(treebanks, name)).mixed(said, _TEACHERS_SHARE)
        for name, said in taught.read(taught_tags, words.forms).items()
    }


def fit_tags(words: pipeline.Words, labels: Mapping[str, fit.Labels]) -> Network:
    """Fit a network of tags."""
    return _fit(pipeline.describe(words), (features.WORD,), words.lengths, labels, _TAGS)


def find_cases(treebanks: Sequence[Document], news: Sequence[Document], taught_tags: Path, held: int) -> list[fit.Case]:
    """Find the words of every other document that a network is in doubt of which has learnt from the others alone.

    Of the words of the news, only those count of which the larger model is sure.
    """
    documents = [*treebanks, *news]
    words = lay_out(documents)
    labels, said = tag_labels(treebanks, words, taught_tags), taught.read(taught_tags, words.forms)["xpos"]
    is_held = np.repeat(words.articles, words.lengths) % 2 == held
    kept = {name: of._replace(numbers=of.numbers[~is_held], shares=of.shares[~is_held]) for name, of in labels.items()}
    network = fit_tags(lay_out([document for n, document in enumerate(documents) if n % 2 != held]), kept)

    gold = right(treebanks, "xpos")
    tags = [*gold, *(said.names[number] for number in said.numbers[len(gold) :, 0].tolist())]
    tags = list(compress(tags, is_held))
    is_sure = np.append(np.ones(len(gold), dtype=bool), said.shares[len(gold) :, 0] > _SURE)[is_held]
    words = lay_out(documents[held::2])
    columns = pipeline.describe(words)
    reader = features.Reader((features.WORD,), store.lexicon(), {"tags": network})
    cases = []
    for here, lengths, _ in pipeline.batches(columns, words):
        forms = columns["form"][here]
        known = {name: values[here] for name, values in columns.items()}
        scores = reader.scores("tags", known, lengths)["xpos"]
        found = rescoring.doubts(scores, network.heads["xpos"].labels, forms, lengths)
        rows = zip(found.words.tolist(), found.scores, found.clues, strict=True)
        cases.extend(fit.Case(row, clues, tags[here][word]) for word, row, clues in rows if is_sure[here][word])
    may_be = dict(zip(rescoring.TAGS, range(len(rescoring.TAGS)), strict=True))
    return [case for case in cases if case.right in may_be and np.isfinite(case.scores[may_be[case.right]])]


def train_names(news: Sequence[Document], others: Sequence[Document] = ()) -> Network:
    """Train the network of names, on the tags that the network of tags gives.

    Of other documents only names in ``THREE`` classes are known. Other names that the network of names which is there
    finds apart from these are taken for right.
    """
    documents = [*news, *others]
    words = lay_out(documents)
    columns = pipeline.describe(words)
    xpos, _, found = pipeline.predict(columns, words)
    return _fit(
        columns | {"tag": xpos},
        features.TOKEN_PARTS,
        words.lengths,
        {"entity": fit.Labels.certain(completed(right(documents, "entity"), found, len(right(news, "entity"))))},
        _NAMES,
        blocks=np.bincount(words.articles),
        groups=pipeline.group(columns["form"], np.repeat(words.articles, words.lengths).tolist()),
    )


def completed(known: Sequence[str], found: Sequence[str], start: int) -> list[str]:
    """Add to names in ``THREE`` classes, from one word on, the other names that were found apart from them."""
    result = [tag if place < start or tag[2:] in THREE else "O" for place, tag in enumerate(known)]
    for first, last, label in names.mentions(found):
        here = slice(first, last + 1)
        if first >= start and label not in THREE and set(result[here]) == {"O"}:
            result[here] = found[here]
    return result


def _fit(
    columns: Mapping[str, Sequence[str]],
    parts: Sequence[features.Part],
    lengths: np.ndarray,
    labels: Mapping[str, fit.Labels],
    plan: fit.Plan,
    *,
    blocks: np.ndarray | None = None,
    groups: np.ndarray | None = None,
) -> Network:
    """Fit a network to words of which something is known, by the names in :attr:`Part.of`."""
    attributes = features.attributes(columns, parts, store.lexicon())
    blocks = np.ones(len(lengths), dtype=np.int64) if blocks is None else blocks
    groups = np.full(int(lengths.sum()), -1) if groups is None else groups
    return fit.fit(fit.Examples(attributes, lengths, blocks, groups, labels), store.lexicon().vectors, plan)


def is_misspelt(word: Word) -> bool:
    """Say whether what is said of a word is said of it as misspelt: not of contractions (*its* for *it's*)."""
    return word.is_typo and word.upos in ("NOUN", "PROPN", "VERB", "ADJ", "ADV", "INTJ", "NUM", "X")


def right(documents: Sequence[Document], field: str) -> list[str]:
    """Give what the corpus says of each word: its ``xpos``, ``upos`` or ``entity``."""
    return [getattr(word, field) for document in documents for s in document.sentences for word in s.words]


def train_all(corpora: Path, taught_tags: Path, *, jobs: int = 1) -> None:
    """Train the models one by one, each on what those before it predict.

    Parameters
    ----------
    corpora
        The folder of the corpora.
    taught_tags
        What ``benchmarks/teacher.py`` has written of these corpora.
    jobs
        How many models to train at a time; the files are the same.
    """
    treebanks, news = read_treebanks(corpora), read_news(corpora)
    sentences = [s for document in treebanks for s in document.sentences]
    words = [(features.plain(word.form) or word.form, word) for s in sentences for word in s.words]

    lists = learn((s.text, [(w.start, w.end) for w in s.words]) for s in sentences)
    _write("tokens.json", json.dumps(lists, ensure_ascii=False, indent=0).encode())
    listed = gazetteer.by_class(store.read_list("gazetteer.tsv"))
    index = gazetteer.build(lists, listed, store.read_list("towns.txt"))
    _write("gazetteer.tsv", _pairs(index))
    inflected = _data_lines("inflections.csv.gz")
    forms = lexicon.inflections(inflected, {word.lemma for _, word in words})
    classes = lexicon.classes(forms, ((plain, word.xpos) for plain, word in words))
    _write("classes.tsv", _pairs(classes))
    _write("vectors.npz", store.SHIPPED.joinpath("vectors.npz").read_bytes())  # made by benchmarks/word_vectors.py
    rows = (line.split("\t") for line in _data_lines("word_frequencies.tsv.gz")[1:])
    frequencies = {form: int(frequency) for form, frequency, _ in rows if int(frequency)}
    _write("usage.tsv", _pairs(lexicon.usage(inflected, frequencies, classes)))
    _write("pairs.tsv", _pairs(lexicon.tag_pairs((word.xpos, word.upos) for _, word in words)))
    analysed = ((plain, w.xpos, w.upos, w.lemma) for plain, w in words if w.lemma != "_" and not is_misspelt(w))
    _write("lemmas.tsv", _pairs(lexicon.learn_lemmas(analysed, forms, classes, listed["norp"])))

    # Each in a process of its own, which has loaded none of the models before they were there. It keeps the memory it
    # once had: to give back that of each step and ask for it again would take a third of the time.
    os.environ.update(MALLOC_MMAP_THRESHOLD_=_MEMORY, MALLOC_TRIM_THRESHOLD_=_MEMORY)
    alone: dict[str, Any] = {"mp_context": get_context("spawn"), "max_tasks_per_child": 1}
    with ProcessPoolExecutor(jobs, initializer=store.use, initargs=(store.MODELS,), **alone) as pool:
        breaks = pool.submit(train_breaks, treebanks, news, lists)
        tags = pool.submit(train_tags, treebanks, news, taught_tags)
        cases = [pool.submit(find_cases, treebanks, news, taught_tags, held) for held in (0, 1)]
        _write("breaks.npz", breaks.result().to_bytes())
        _write("tags.npz", tags.result().to_bytes())
        _write("clues.npz", fit.fit_clues([case for half in cases for case in half.result()]).to_bytes())
        _write("names.npz", pool.submit(train_names, news).result().to_bytes())
        _write("names.npz", pool.submit(train_names, news, read_others(corpora)).result().to_bytes())


_MEMORY = str(2**32)  # bytes, more than a step needs


def _data_lines(name: str) -> list[str]:
    return gzip.decompress(store.data_file(name).read_bytes()).decode().splitlines()


def _pairs(table: dict[str, str]) -> bytes:
    return "".join(f"{key}\t{value}\n" for key, value in table.items()).encode()


def main() -> None:
    """Train all models and write them with their checksums."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--corpora", type=Path, required=True, help="the folder that holds ewt, gum, worldwide, …")
    parser.add_argument("--taught", type=Path, help=f"what benchmarks/teacher.py wrote (default: data/{TAUGHT})")
    parser.add_argument("--models", type=Path, default=store.MODELS, help="where to write them (default: the package)")
    parser.add_argument("--jobs", type=int, default=1, help="how many models to train at a time (default: 1)")
    arguments = parser.parse_args()
    arguments.models.mkdir(parents=True, exist_ok=True)
    store.use(arguments.models)
    try:
        train_all(arguments.corpora, arguments.taught or store.data_file(TAUGHT), jobs=arguments.jobs)
    except taught.CorporaError as error:
        sys.exit(str(error))


def _write(name: str, data: bytes) -> None:
    """Write a model file and its checksum, so that the models after it can use it."""
    checksum = store.write_model(name, data)
    sys.stdout.write(f"{name}: {len(data) / 1e6:.2f} MB, sha256 {checksum}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
