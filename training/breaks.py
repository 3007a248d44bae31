"""Training of the network of sentence breaks."""

from __future__ import annotations

import re
from functools import cache
from itertools import accumulate, chain, groupby, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis import resources
from analysis.language import features, names, prediction
from analysis.language.tagger import Tagger
from analysis.language.tokenise import TokenLists, tokenise
from training import fit
from training.corpora import Document, Word, running_text
from training.lexicon import listed_names

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from analysis.language.features import Lexicon
    from analysis.language.models import Models
    from analysis.language.network import Network

__all__ = ["BreakExamples", "abbreviate", "in_lines", "lay_out_news", "lay_out_treebanks", "train_breaks"]

_PLAN = fit.Hyperparameters(width=96, n_layers=5, epochs=14, feature_dropout=0.25, min_count=3)
#: Folds of the treebanks: a network trained on all but one predicts that one's breaks (jack-knifing).
_N_FOLDS = 4
#: The weight of these predictions beside the labels.
_JACKKNIFE_WEIGHT = 0.3
#: Networks whose mean the last network learns from, and the weight of that beside known labels.
_N_ENSEMBLE = 4
_ENSEMBLE_WEIGHT = 0.7

#: Marks that may end a sentence.
_END = re.compile(r"""[.?!…:"”’')\]]+""")
#: A paragraph that begins and ends like a sentence.
_PROSE = re.compile(r"""["“‘'(]*[A-Z0-9].* .*[.?!]["”’')]*""")
#: What follows names of persons and organisations, and replaces those of locations.
_ABBREVIATIONS = {
    "person": ("Jr.", "Sr."),
    "organization": ("Inc.", "Co.", "Corp.", "Ltd."),
    "location": ("U.S.", "U.K.", "U.S.", "U.N."),
}


class BreakExamples(NamedTuple):
    """Texts cut into words, and where sentences begin in them.

    Attributes
    ----------
    columns
        The inputs of ``features.BREAK_TEMPLATES``, for each word.
    lengths
        Words in each text.
    labels
        ``B`` for a word that begins a sentence, otherwise ``I``.
    weights
        The weight of predictions beside the label, from 0 to 1 (nothing else is known), for each word as a column.
    """

    columns: dict[str, list[str]]
    lengths: NDArray[np.int64]
    labels: list[str]
    weights: NDArray[np.float32]

    @classmethod
    def concatenate(cls, parts: Sequence[BreakExamples]) -> BreakExamples:
        """Return the texts of all parts, one after the other."""
        return cls(
            {name: list(chain.from_iterable(part.columns[name] for part in parts)) for name in parts[0].columns},
            np.concatenate([part.lengths for part in parts]),
            list(chain.from_iterable(part.labels for part in parts)),
            np.concatenate([part.weights for part in parts]),
        )


def lay_out_treebanks(documents: Iterable[Document], lists: TokenLists) -> BreakExamples:
    """Lay out each paragraph of documents as a text, and each document as one line."""
    texts = []
    for document in documents:
        for paragraph in [*document.paragraphs, document.sentences]:
            text, sentences, _ = Document(document.name, [paragraph]).plain()
            texts.append((text, {start for start, _ in sentences}))
    return _cut(texts, lists)


def lay_out_news(unchanged: Iterable[Document], abbreviated: Iterable[Document], lists: TokenLists) -> BreakExamples:
    """Lay out news, of which only paragraphs are known, as lines of several paragraphs, some with abbreviations.

    Each paragraph begins a sentence. Within one, a sentence may begin only after a mark that may end one; whether it
    does is left to predictions.
    """
    demonyms = frozenset(listed_names()["norp"])
    with_abbreviations = in_lines(abbreviated, lambda words: abbreviate(words, demonyms))
    words = _cut(chain(in_lines(unchanged), with_abbreviations), lists)
    may_end = [False, *(bool(_END.fullmatch(form)) for form in words.columns["form"][:-1])]
    is_open = [may and label == "I" for may, label in zip(may_end, words.labels, strict=True)]
    return words._replace(weights=np.array(is_open, dtype=np.float32)[:, None])


def _forms(words: Sequence[Word]) -> list[str]:
    return [word.form for word in words]


def in_lines(
    news: Iterable[Document], forms_of: Callable[[Sequence[Word]], list[str]] = _forms
) -> Iterator[tuple[str, set[int]]]:
    """Yield lines of successive paragraphs of news, each with the characters at which a paragraph begins in it.

    Paragraphs that do not begin and end like a sentence, such as headings, are left out.
    """
    for document in news:
        lines = [running_text(forms_of(sentence.words)) for sentence in document.sentences]
        for is_prose, run in groupby(lines, key=lambda line: bool(_PROSE.fullmatch(line))):
            if is_prose:
                paragraphs = list(run)
                yield " ".join(paragraphs), set(accumulate((len(line) + 1 for line in paragraphs[:-1]), initial=0))


def abbreviate(words: Sequence[Word], demonyms: Container[str]) -> list[str]:
    """Return the forms of a paragraph with abbreviations, which only what follows shows to end a sentence or not.

    They replace months before a number and demonyms before a capital, and follow or replace names before a capital and
    at the end.
    """

    def shortened(form: str, after: str) -> str:
        if form in demonyms and after[0].isupper():
            return "U.S."
        return f"{form[:3]}." if form in _months() and after[0].isdigit() else form

    forms = [shortened(form, after) for form, after in pairwise([*_forms(words), "."])]
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


@cache
def _months() -> frozenset[str]:
    return frozenset(resources.data().read_word_lists("months.txt"))


def _cut(texts: Iterable[tuple[str, set[int]]], lists: TokenLists) -> BreakExamples:
    """Tokenise texts, each given with the characters at which sentences begin in it."""
    cut = [(text, tokenise(text, 0, len(text), lists), starts) for text, starts in texts]
    columns = features.break_columns((text, spans) for text, spans, _ in cut)
    lengths = np.array([len(spans) for _, spans, _ in cut])
    labels = ["B" if start in starts else "I" for _, spans, starts in cut for start, _ in spans]
    return BreakExamples(columns, lengths, labels, np.full((len(labels), 1), _JACKKNIFE_WEIGHT, dtype=np.float32))


def train_breaks(treebanks: Sequence[Document], news: Sequence[Document], models: Models) -> Network:
    """Train the network of sentence breaks, by self-training and distillation.

    First, networks trained on other folds of the treebanks predict the breaks of each fold, so that a break which the
    words do not show counts for less (label smoothing by jack-knifing). Their mean predicts the breaks of half of the
    news. Then an ensemble is trained on both. The last network is distilled from its mean, on the other half too.

    References
    ----------
    G. Hinton, O. Vinyals and J. Dean 2015, Distilling the knowledge in a neural network, arXiv:1503.02531.
    """
    lists, lexicon = models.token_lists, models.lexicon
    folds = [lay_out_treebanks(treebanks[fold::_N_FOLDS], lists) for fold in range(_N_FOLDS)]
    others = [BreakExamples.concatenate([other for other in folds if other is not fold]) for fold in folds]
    networks = [_fit(words, fit.Labels.one_hot(words.labels), lexicon) for words in others]
    half = lay_out_news(news[::2], news[1::2], lists)
    predicted = [_predict([network], fold, lexicon) for network, fold in zip(networks, folds, strict=True)]
    predicted.append(_predict(networks, half, lexicon))
    words = BreakExamples.concatenate([*folds, half])
    labels = fit.Labels.one_hot(words.labels).interpolate(fit.Labels.concatenate(predicted), words.weights)
    networks = [_fit(words, labels, lexicon, seed=seed) for seed in range(_N_ENSEMBLE)]
    words = BreakExamples.concatenate([words, lay_out_news(news[1::2], news[::2], lists)])
    distilled = labels.interpolate(_predict(networks, words, lexicon), _ENSEMBLE_WEIGHT)
    return _fit(words, distilled, lexicon, epochs=2 * _PLAN.epochs)


def _fit(words: BreakExamples, labels: fit.Labels, lexicon: Lexicon, **changes: Any) -> Network:
    """Fit a network; ``changes`` are hyperparameters that differ from the usual ones."""
    found = features.extract(words.columns, features.BREAK_TEMPLATES, lexicon)
    blocks = np.ones(len(words.lengths), dtype=np.int64)
    groups = np.full(int(words.lengths.sum()), -1)
    examples = fit.Examples(found, words.lengths, blocks, groups, {"break": labels})
    return fit.fit(examples, lexicon.vectors, _PLAN._replace(**changes))


def _predict(networks: Sequence[Network], words: BreakExamples, lexicon: Lexicon) -> fit.Labels:
    """Return the predictions of networks: the softmax of the mean of their logits."""
    taggers = [Tagger(network, features.BREAK_TEMPLATES, lexicon) for network in networks]
    logits = [prediction.break_logits(tagger, words.columns, words.lengths) for tagger in taggers]
    mean: NDArray[np.floating[Any]] = sum(logits[1:], logits[0]) / len(logits)
    return fit.Labels.softmax(taggers[-1].labels("break"), mean)
