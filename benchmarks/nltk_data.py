"""Data for NLTK's own chain, made by NLTK from the corpora, for where NLTK's is not at hand.

NLTK's code learns Punkt's parameters, a perceptron tagger and a maximum entropy chunker of names, and writes them into
files in its own formats. They are learnt from less text, and in fewer rounds, than those that NLTK offers, so that they
are right less often. The time per word depends on them a little: the chain was a tenth slower with a tagger learnt from
6,000 sentences, which has fewer words with a single tag. :mod:`benchmarks.language` times the chain with them.
"""

from __future__ import annotations

import contextlib
import io
import random
from typing import TYPE_CHECKING

import nltk
from nltk.chunk.named_entity import NEChunkParserTagger
from nltk.classify import MaxentClassifier
from nltk.classify.maxent import save_maxent_params
from nltk.tag.perceptron import PerceptronTagger
from nltk.tokenize.punkt import PunktTrainer, save_punkt_params

from analysis.language import default_models
from training.corpora import read_news, read_treebanks

if TYPE_CHECKING:
    from pathlib import Path

_ARTICLES = 80  # of the news
_LABELS = ("person", "location", "organization", "facility", "norp", "misc")  # as many as NLTK's chunker has
_PUNKT = "tokenizers/punkt_tab/english"
_TAGGER = "taggers/averaged_perceptron_tagger_eng"
_WORDS = "corpora/words"
_CHUNKER = "chunkers/maxent_ne_chunker_tab/english_ace_multiclass"


def make(corpora: Path, folder: Path) -> None:
    """Learn the data from the corpora, write it into a new folder, and add that to NLTK's search path."""
    random.seed(0)  # the perceptron shuffles
    nltk.data.path.insert(0, str(folder))
    for name in (_PUNKT, _TAGGER, _WORDS, _CHUNKER):
        (folder / name).mkdir(parents=True)
    with contextlib.redirect_stdout(io.StringIO()):  # NLTK prints where it writes
        sentences = [sentence for document in read_treebanks(corpora) for sentence in document.sentences]
        punkt = PunktTrainer(" ".join(sentence.text for sentence in sentences))
        save_punkt_params(punkt.get_params(), str(folder / _PUNKT))

        tagger = PerceptronTagger(load=False)
        tagger.train([[(word.form, word.xpos) for word in sentence.words] for sentence in sentences], nr_iter=1)
        tagger.save_to_json("eng", str(folder / _TAGGER))

        words = "\n".join(filter(str.isascii, default_models().classes))
        (folder / _WORDS / "en-basic").write_text(words, encoding="ascii")

        news = [sentence for document in read_news(corpora)[:_ARTICLES] for sentence in document.sentences]
        names = [[word.entity if word.entity[2:] in _LABELS else "O" for word in sentence.words] for sentence in news]
        forms = [tagger.tag([word.form for word in sentence.words]) for sentence in news]
        chunker = _Chunker([list(zip(*pair, strict=True)) for pair in zip(forms, names, strict=True)]).classifier()
        encoding = chunker._encoding  # noqa: SLF001 - NLTK's own chunker writes what it has learnt likewise
        mapping = encoding._mapping  # noqa: SLF001
        save_maxent_params(chunker.weights(), mapping, encoding.labels(), {}, str(folder / _CHUNKER))


class _Chunker(NEChunkParserTagger):
    """NLTK's chunker, learnt in one round."""

    def _classifier_builder(self, train: list) -> MaxentClassifier:
        return MaxentClassifier.train(train, algorithm="iis", trace=0, max_iter=1)
