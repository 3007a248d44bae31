"""Attribution: which words of an article say something, who says it, and by which words that is told.

A network labels each word three times over: whether it belongs to the *content* of an attribution (what is said or
thought), to its *cue* (*said*, *according to*) and to its *source* (who says it). Its convolutions are dilated, so that
each label depends on the 32 words to either side. A linker then chooses for each piece of content one of the cues, or
none, and for each cue one of the sources, or none: by the dot product of vectors of the two, made from the network's
vectors of their first and last words, plus biases for how far apart they are. :mod:`training.attribution` trains both.

Weights and activations are whole numbers of eight bits, and scores are rounded to steps of 1 / ``SCORE_STEPS``: the
result is identical on all processors.

References
----------
E. Newell, D. Margolin and D. Ruths 2018, An attribution relations corpus for political news, LREC: content, cue and
source. F. Yu and V. Koltun 2016, Multi-scale context aggregation by dilated convolutions, ICLR. T. Dozat and C. Manning
2017, Deep biaffine attention for neural dependency parsing, ICLR: scores of pairs.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis.content.columns import values_of
from analysis.content.embedding import Embedder
from analysis.content.quotations import quotation_states
from analysis.language import features
from analysis.language.models import default_models
from analysis.language.network import MAX_ACTIVATION, Network
from analysis.resources import MODELS, Folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from analysis.language.features import Lexicon
    from analysis.language.network import Layer

    Span = tuple[int, int]

__all__ = [
    "CUE",
    "DILATIONS",
    "LABELS",
    "LINKS",
    "N_BIASES",
    "PARTS",
    "VECTOR_STEPS",
    "Attribution",
    "Attributor",
    "Leads",
    "Places",
    "Words",
    "convolve",
    "default_attributor",
    "pad",
    "read_words",
    "relations",
]

#: How far the outer taps of each convolution are from its middle, in words.
DILATIONS = (1, 2, 4, 8, 16, 1)
#: The words of an article are convolved between this many blank rows before and after them.
_REACH = max(DILATIONS)
#: Articles are convolved together up to this number of words: of more, the vectors do not fit in the cache.
_WORDS_AT_ONCE = 1200
CUE = "cue"
#: The parts of an attribution, each labelled by a head of its own.
PARTS = ("content", CUE, "source")
#: What is linked to what.
LINKS = {"content": CUE, CUE: "source"}
#: The labels of each head: outside of a span, its first word, its other words.
LABELS = ("O", "B", "I")
#: How many steps of a score, and of the numbers of a vector that a linker multiplies, make 1.0.
SCORE_STEPS = 1024
VECTOR_STEPS = 64
#: What it costs to begin or to end a piece of content, and what a word of a part gains (logits); chosen on the dev part
#: of PolNeAR.
_SWITCH_COST = 0.7
_GAINS = {"content": 0.2, CUE: 1.3, "source": 0.6}
#: A piece is never linked to what is further away, in words.
_MAX_DISTANCE = 200
_NEVER = -(1 << 40)

#: The distance between two spans is that of the last bound that it reaches, before or after.
_BOUNDS = (0, 1, 2, 3, 4, 6, 8, 12, 18, 28, 45)
#: Sentences, paragraphs and cues between two spans count up to these numbers.
_MOST_SENTENCES, _MOST_PARAGRAPHS, _MOST_CUES = 3, 2, 4
#: How many biases each table has: distances, sentences, paragraphs and cues between.
N_BIASES = {
    "distance": 2 * len(_BOUNDS) + 3,
    "sentences": 2 * _MOST_SENTENCES + 1,
    "paragraphs": 2 * _MOST_PARAGRAPHS + 1,
    "cues": _MOST_CUES + 1,
}


#: For each of ``PARTS`` how much more each word scores within it than outside, in steps.
Leads = dict[str, list[int]]


class Places(NamedTuple):
    """The number of the sentence and of the paragraph of each word of an article."""

    sentence: NDArray[np.int64]
    paragraph: NDArray[np.int64]


class Words(NamedTuple):
    """The words of an article.

    Attributes
    ----------
    columns
        For each input of the templates of :mod:`analysis.content.embedding`, and for the universal tag (``upos``), its
        value for each word.
    places
        Where the words stand.
    """

    columns: Mapping[str, Sequence[str]]
    places: Places

    @property
    def n(self) -> int:
        """How many words there are."""
        return len(self.places.sentence)


def read_words(sentences: pd.DataFrame, tokens: pd.DataFrame) -> Iterator[Words]:
    """Yield the words of each article of the tables, in order."""
    texts = tokens["text"].tolist()
    plain = {text: features.normalise(text) or text for text in set(texts)}
    forms = [plain[text] for text in texts]
    start, end = tokens["start"].to_numpy(), tokens["end"].to_numpy()
    article = tokens["article_id"].to_numpy()
    sentence = tokens["sentence"].to_numpy()
    first_rows = np.flatnonzero((sentence[1:] != sentence[:-1]) | (article[1:] != article[:-1])) + 1
    sentence_bounds = [0, *first_rows.tolist(), len(forms)] if forms else [0]
    of_sentence = np.repeat(np.arange(len(sentence_bounds) - 1), np.diff(sentence_bounds))
    # Sentences without words are in neither.
    has_words = sentences["n_tokens"].to_numpy() > 0
    paragraph = sentences["paragraph"].to_numpy()[has_words]
    owner = sentences["article_id"].to_numpy()[has_words]
    new_article = np.append(True, owner[1:] != owner[:-1])[: len(owner)]
    new_paragraph = new_article | np.append(True, paragraph[1:] != paragraph[:-1])[: len(owner)]
    of_paragraph = (np.cumsum(new_paragraph) - 1)[of_sentence]
    paragraph_bounds = [*np.flatnonzero(np.diff(of_paragraph, prepend=-1)).tolist(), len(forms)]
    spaces = np.append(False, start[1:] > end[:-1]).tolist()
    lemmas = values_of(tokens["lemma"].str.lower())
    columns: dict[str, list[str]] = {
        "form": forms,
        "case_context": [],
        "xpos": values_of(tokens["xpos"]),
        "upos": values_of(tokens["upos"]),
        "lemma": lemmas,
        "entity": values_of(tokens["entity"]),
        "quotation": [],
        "deprel": values_of(tokens["deprel"]),
        "head": _lemmas_of_heads(tokens, lemmas),
    }
    for low, high in pairwise(sentence_bounds):
        columns["case_context"] += features.case_contexts(forms[low:high])
    edge = np.full((2, len(forms)), "", dtype=object)
    for bounds, first_mark, last_mark in ((sentence_bounds, "s", "S"), (paragraph_bounds, "p", "P")):
        edge[0, bounds[:-1]] = first_mark
        edge[1, np.array(bounds[1:], dtype=np.int64) - 1] = last_mark
    columns["edge"] = (edge[0] + edge[1]).tolist()
    for low, high in pairwise(paragraph_bounds):
        columns["quotation"] += quotation_states(forms[low:high], spaces[low:high])
    article_bounds = [*np.flatnonzero(new_article[of_sentence] & (np.diff(of_sentence, prepend=-1) > 0)), len(forms)]
    for low, high in pairwise(article_bounds):
        yield Words(
            {name: values[low:high] for name, values in columns.items()},
            Places(of_sentence[low:high], of_paragraph[low:high]),
        )


class Attribution(NamedTuple):
    """An attribution, in half-open spans of words of an article.

    Attributes
    ----------
    content
        The pieces of what is said, in order.
    cue
        The words that tell it is said; None where there are none.
    source
        Who says it; None where the text does not say so.
    """

    content: tuple[Span, ...]
    cue: Span | None
    source: Span | None


class Attributor:
    """Finds attributions. Threads may share an attributor.

    Parameters
    ----------
    network
        The network. Its output layers are those of :mod:`training.attribution`.
    lexicon
        The lexicon that features are looked up in.
    """

    def __init__(self, network: Network, lexicon: Lexicon) -> None:
        self._network, self._embedder = network, Embedder(network, lexicon)
        self._layers = {name: head.layer for name, head in network.heads.items()}
        names = [f"{part}.{name}" for part in LINKS for name in N_BIASES]
        self._biases = {name: _steps(self._layers[name].weights, self._layers[name])[:, 0] for name in names}

    def find(self, words: Words) -> list[Attribution]:
        """Find the attributions of an article, in order of their content."""
        return next(self.read([words]))[0]

    def read(self, articles: Sequence[Words]) -> Iterator[tuple[list[Attribution], Leads]]:
        """Yield the attributions of each article, in order of their content, and how far each of its words leads."""
        for batch in _batches(articles):
            vectors = [self._embedder.embed(words.columns) for words in batch]
            for words, hidden in zip(batch, _encode(self._network, vectors), strict=True):
                yield self._read(hidden, words.places)

    def _read(self, hidden: NDArray[np.float32], places: Places) -> tuple[list[Attribution], Leads]:
        scores = {part: self._scores(part, hidden) for part in PARTS}
        spans = {part: _spans(part, scores[part], places) for part in PARTS}
        chosen = {part: self._link(part, hidden, spans, places) for part in LINKS}
        groups: dict[tuple[int, int], list[Span]] = {}
        for piece, cue in zip(spans["content"], chosen["content"], strict=True):
            # Pieces of one cue are one attribution; a piece without a cue stands for itself.
            groups.setdefault((cue, -1 if cue >= 0 else piece[0]), []).append(piece)
        found = []
        for (cue, _), pieces in groups.items():
            source = chosen["cue"][cue] if cue >= 0 else -1
            found.append(
                Attribution(
                    tuple(pieces),
                    spans["cue"][cue] if cue >= 0 else None,
                    spans["source"][source] if source >= 0 else None,
                )
            )
        leads = {part: (np.maximum(*steps.T[1:]) - steps[:, 0]).tolist() for part, steps in scores.items()}
        return sorted(found, key=lambda each: each.content), leads

    def _scores(self, part: str, hidden: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return the scores of ``LABELS`` for each word, in steps."""
        logits = hidden @ self._layers[part].weights * np.float32(self._layers[part].scale)
        steps = np.rint(logits.astype(np.float64) * SCORE_STEPS).astype(np.int64)
        steps[:, 1:] += round(_GAINS[part] * SCORE_STEPS)
        return steps

    def _link(
        self, part: str, hidden: NDArray[np.float32], spans: Mapping[str, Sequence[Span]], places: Places
    ) -> list[int]:
        """Return for each span of a part the index of the span that it is linked to, or −1."""
        ours, others = spans[part], spans[LINKS[part]]
        if not ours or not others:
            return [-1] * len(ours)
        own_ends, other_ends = (np.array(each, dtype=np.int64) - np.array([0, 1]) for each in (ours, others))
        one, two = (hidden[each].reshape(len(each), -1) for each in (own_ends, other_ends))
        layers = {name: self._layers[f"{part}.{name}"] for name in ("dependent", "head", "none")}
        products = _project(one, layers["dependent"]) @ _project(two, layers["head"]).T  # exact
        scores = np.empty((len(ours), len(others) + 1), dtype=np.int64)
        scores[:, 0] = _steps(one @ layers["none"].weights, layers["none"])[:, 0]
        scores[:, 1:] = np.rint(products * (SCORE_STEPS / VECTOR_STEPS**2))
        cues = np.array(spans[CUE], dtype=np.int64)[:, 0]
        for name, classes in relations(own_ends, other_ends, places, cues).items():
            scores[:, 1:] += self._biases[f"{part}.{name}"][classes]
        apart = np.maximum(other_ends[:, 0] - own_ends[:, 1:], own_ends[:, :1] - other_ends[:, 1])
        scores[:, 1:][apart > _MAX_DISTANCE] = _NEVER
        return (scores.argmax(axis=1) - 1).tolist()


@cache
def default_attributor() -> Attributor:
    """Return the attributor of the package."""
    return Attributor(Network.from_bytes(Folder(MODELS).read_bytes("claims.npz")), default_models().lexicon)


def _project(vectors: NDArray[np.float32], layer: Layer) -> NDArray[np.float64]:
    """Return the vectors of spans that the linker multiplies, in whole numbers."""
    sums = (vectors @ layer.weights).astype(np.float64)
    return np.rint(sums * float(layer.scale))


def _steps(sums: NDArray[np.float32], layer: Layer) -> NDArray[np.int64]:
    """Scale sums of products to steps of a score, and add the bias."""
    scaled = sums.astype(np.float64) * (float(layer.scale) * SCORE_STEPS)
    if layer.bias.size:
        scaled += layer.bias.astype(np.float64) * SCORE_STEPS
    return np.rint(scaled).astype(np.int64)


def _batches(articles: Iterable[Words]) -> Iterator[list[Words]]:
    """Yield articles in runs that have up to ``_WORDS_AT_ONCE`` words, or are one article that has more."""
    batch: list[Words] = []
    for words in articles:
        if batch and sum(each.n for each in batch) + words.n > _WORDS_AT_ONCE:
            yield batch
            batch = []
        batch.append(words)
    if batch:
        yield batch


def pad(articles: Sequence[NDArray[np.float32]]) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]:
    """Copy the vectors of words of articles between blank rows; return all rows, and those of each article."""
    blank = np.zeros((_REACH, articles[0].shape[1]), dtype=np.float32)
    padded = np.concatenate([*(part for each in articles for part in (blank, each)), blank])
    ends = np.cumsum([_REACH + len(each) for each in articles]).tolist()
    return padded, [padded[end - len(each) : end] for each, end in zip(articles, ends, strict=True)]


def _encode(network: Network, articles: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    """Compute the hidden vectors of the words of articles from their initial ones: whole numbers."""
    padded, hidden = pad(articles)
    rows = padded[_REACH:-_REACH]
    ends = np.cumsum([len(each) + _REACH for each in articles[:-1]], dtype=np.int64)
    between = (ends[:, None] - np.arange(1, _REACH + 1)).ravel()
    for dilation, layer in zip(DILATIONS, network.convolutions, strict=True):
        rows += convolve(padded, layer, dilation)
        np.minimum(rows, MAX_ACTIVATION, out=rows)
        rows[between] = 0
    return hidden


def convolve(padded: NDArray[np.float32], layer: Layer, dilation: int) -> NDArray[np.float32]:
    """Return the activations of a dilated convolution from what :func:`pad` returns, for all rows up to the last word.

    The rows between articles have some too.
    """
    kept, places = layer.compact
    low, high = _REACH, len(padded) - _REACH
    before, here, after = kept.taps
    sums = padded[low:high] @ here
    sums += padded[low - dilation : high - dilation] @ before
    sums += padded[low + dilation : high + dilation] @ after
    return kept.activate(sums).take(places, axis=1, mode="wrap")  # which checks no place


def relations(
    ours: NDArray[np.int64], others: NDArray[np.int64], places: Places, cues: NDArray[np.int64]
) -> dict[str, NDArray[np.int64]]:
    """Return how each span (row) and each span of others (column) are apart, as indices into the tables of biases.

    Parameters
    ----------
    ours, others
        The first and last word of each span, shape (spans, 2).
    places
        Where the words stand.
    cues
        The first words of all cues, in order.
    """
    one, two = ours[:, None, :], others[None, :, :]
    first, last = one[..., 0], one[..., 1]
    after = np.maximum(two[..., 0] - last, 0)
    before = np.maximum(first - two[..., 1], 0)
    size = np.searchsorted(_BOUNDS, np.maximum(after, before), side="right")
    low, high = np.minimum(last, two[..., 1]), np.maximum(first, two[..., 0])
    between = np.searchsorted(cues, high, side="left") - np.searchsorted(cues, low, side="right")

    def signed(numbers: NDArray[np.int64], most: int) -> NDArray[np.int64]:
        return np.clip(numbers[two[..., 0]] - numbers[first], -most, most) + most

    return {
        "distance": np.where(before > 0, -size, size) + len(_BOUNDS) + 1,
        "sentences": signed(places.sentence, _MOST_SENTENCES),
        "paragraphs": signed(places.paragraph, _MOST_PARAGRAPHS),
        "cues": np.clip(between, 0, _MOST_CUES),
    }


def _lemmas_of_heads(tokens: pd.DataFrame, lemmas: Sequence[str]) -> list[str]:
    """Return the lemma of the head of each word, empty for a root."""
    heads, numbers = tokens["head"].to_numpy(), tokens["token"].to_numpy()
    rows = np.arange(len(tokens)) - numbers + heads  # the rows of an article are adjacent
    return [lemmas[row] if head >= 0 else "" for row, head in zip(rows.tolist(), heads.tolist(), strict=True)]


# Decoding


def _spans(part: str, scores: NDArray[np.int64], places: Places) -> list[Span]:
    """Return the spans of a part, in order; those of content end with their sentence."""
    if part == "content":
        return _cut(_likeliest_runs(scores, round(_SWITCH_COST * SCORE_STEPS)), places.sentence)
    return _runs(scores.argmax(axis=1))


def _runs(labels: NDArray[np.int64]) -> list[Span]:
    """Return the runs of words within: a run begins with B, or with I after O, by their indices in ``LABELS``."""
    outside, first, later = range(len(LABELS))
    bounded = np.concatenate([[outside], labels, [outside]])
    before, here = bounded[:-1], bounded[1:]
    is_start = (here == first) | ((here == later) & (before == outside))
    is_end = (before != outside) & (here != later)
    return list(zip(np.flatnonzero(is_start).tolist(), np.flatnonzero(is_end).tolist(), strict=True))


def _likeliest_runs(scores: NDArray[np.int64], cost: int) -> list[Span]:
    """Return the runs of words with the highest score, where each begin and each end has a cost (Viterbi's algorithm).

    ``scores`` has a column each for a word outside, at the beginning and inside of a run.
    """
    # How much more it scores that a word begins a run, or is inside of one, than that it is outside; ``leads`` has that
    # of the best runs in which the word before is inside, over those in which it is outside.
    begin, within = scores[:, 1] - scores[:, 0] - cost, scores[:, 2] - scores[:, 0]
    lead = _NEVER
    leads = [lead]
    for gain, stay, better in zip(begin.tolist(), within.tolist(), np.maximum(begin, within).tolist(), strict=True):
        # Which is ``max(max(lead, 0) + gain, lead + stay) - max(lead - cost, 0)``.
        lead = better + min(lead, cost) if lead > 0 else max(gain, lead + stay)
        leads.append(lead)
    before = np.array(leads[:-1], dtype=np.int64)
    begins = (np.maximum(before, 0) + begin > before + within).tolist()
    labels = [0] * len(begins)
    is_inside = leads[-1] > 0
    for index in range(len(begins) - 1, -1, -1):
        if not is_inside:
            is_inside = leads[index] > cost
        elif begins[index]:
            labels[index], is_inside = 1, leads[index] > 0
        else:
            labels[index] = 2
    return _runs(np.array(labels, dtype=np.int64))


def _cut(spans: Sequence[Span], sentence: NDArray[np.int64]) -> list[Span]:
    """Cut spans where a sentence ends."""
    starts = np.flatnonzero(np.diff(sentence)) + 1
    pieces: list[Span] = []
    for start, end in spans:
        low, high = np.searchsorted(starts, [start + 1, end])
        pieces += pairwise([start, *starts[low:high].tolist(), end])
    return pieces
