"""Words and what the models predict for them, in batches that fit into memory."""

from __future__ import annotations

from itertools import chain, pairwise, starmap
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis.language import features, gazetteer
from analysis.language.decoding import decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.language.models import Models
    from analysis.language.rescoring import Rescorer
    from analysis.language.tagger import Tagger

    Columns = Mapping[str, Sequence[str]]

__all__ = [
    "Words",
    "batches",
    "break_logits",
    "group_capitalised",
    "normalised",
    "predict_names",
    "predict_tags",
    "word_columns",
]

#: Words that are tagged together.
_BATCH_WORDS = 10_000
#: The logit of a tag that is certain.
_CERTAIN = 1e6


class Words(NamedTuple):
    """The words of articles, sentence after sentence.

    Attributes
    ----------
    forms
        The form of each word, as seen (:func:`analysis.invisible.visible`).
    lengths
        Words in each sentence, shape (sentences,), int64.
    articles
        The number of the article of each sentence, shape (sentences,), int64.
    after_tabs
        The indices of the words before which a tab stands, as between the cells of a table.
    joined
        The indices of the words before which nothing stands.
    """

    forms: list[str]
    lengths: NDArray[np.int64]
    articles: NDArray[np.int64]
    after_tabs: frozenset[int] = frozenset()
    joined: frozenset[int] = frozenset()

    @property
    def starts(self) -> list[int]:
        """The index of the first word of each sentence, then the number of words."""
        return [0, *np.cumsum(self.lengths).tolist()]


def normalised(words: Words) -> list[str]:
    """Return the normalised form of each word; one that is invisible stays as it is."""
    forms = {form: features.normalise(form) or form for form in set(words.forms)}
    return list(map(forms.__getitem__, words.forms))


def word_columns(words: Words, models: Models) -> dict[str, list[str]]:
    """Return the inputs of ``features.TOKEN_TEMPLATES`` that are known before a word has a tag."""
    forms = normalised(words)
    sentences = [forms[start:end] for start, end in pairwise(words.starts)]
    contexts = [features.case_contexts(sentence) for sentence in sentences]
    gazetteer_tags = [gazetteer.tag(sentence, models.gazetteer) for sentence in sentences]
    document_cases: list[list[str]] = []
    for rows in _documents(words):
        document_cases.extend(features.document_cases(sentences[rows], contexts[rows]))
    return {
        "form": forms,
        "case_context": list(chain.from_iterable(contexts)),
        "document_case": list(chain.from_iterable(document_cases)),
        "gazetteer_tag": list(chain.from_iterable(gazetteer_tags)),
    }


def predict_tags(
    columns: Columns, words: Words, models: Models, *, rescorer: Rescorer | None = None
) -> tuple[list[str], list[str]]:
    """Return the Penn tag and the universal tag of each word.

    Each is the likeliest. Where the two do not occur together in the treebanks, the likeliest pair that does is taken.

    Parameters
    ----------
    columns
        What :func:`word_columns` returns.
    words
        The words.
    models
        The models.
    rescorer
        The model that re-scores uncertain tags, if it is not that of ``models``.
    """
    rescorer = rescorer or models.rescorer
    labels = {head: models.tags.labels(head) for head in ("xpos", "upos")}
    is_dollar = [tag == "$" for tag in labels["xpos"]]
    possible = models.tag_pairs
    found: dict[str, list[str]] = {"xpos": [], "upos": []}
    for rows, lengths, _ in batches(words):
        batch = {name: values[rows] for name, values in columns.items()}
        logits = models.tags.logits(batch, lengths)
        one = rescorer.rescore(logits["xpos"], labels["xpos"], batch["form"], lengths)
        two = logits["upos"]
        # *US$*, which the treebanks hardly have.
        dollars = [index for index, form in enumerate(batch["form"]) if form[-1] == "$" and form[0].isalpha()]
        one[np.ix_(dollars, is_dollar)] = _CERTAIN
        xpos, upos = one.argmax(axis=1), two.argmax(axis=1)
        odd = np.flatnonzero(~possible[xpos, upos])
        joint = np.where(possible, one[odd, :, None] + two[odd, None, :], -np.inf).reshape(len(odd), possible.size)
        xpos[odd], upos[odd] = np.unravel_index(joint.argmax(axis=1), possible.shape)
        for head, tags in (("xpos", xpos), ("upos", upos)):
            found[head] += map(labels[head].__getitem__, tags.tolist())
    return found["xpos"], found["upos"]


def predict_names(columns: Columns, words: Words, models: Models) -> list[str]:
    """Return the BIO tag of each word.

    Parameters
    ----------
    columns
        What :func:`word_columns` returns, with ``xpos``, the predicted Penn tags.
    words
        The words.
    models
        The models.
    """
    tags = models.names.labels("entity")
    found: list[str] = []
    for rows, lengths, owners in batches(words):
        batch = {name: values[rows] for name, values in columns.items()}
        groups = group_capitalised(batch["form"], owners.tolist())
        found += decode(models.names.logits(batch, lengths, groups)["entity"], tags, lengths)
    return found


def group_capitalised(forms: Sequence[str], owners: Sequence[int]) -> NDArray[np.int64]:
    """Group the capitalised mentions of the same word, in whatever case, in the same document.

    Parameters
    ----------
    forms
        The normalised forms.
    owners
        The document of each.

    Returns
    -------
    numpy.ndarray
        The id of each word's group, from 0, or −1 for a word without a capital; shape (words,), int64.

    Examples
    --------
    >>> group_capitalised(["Cairo", "fell", "CAIRO", "Cairo"], [0, 0, 0, 1]).tolist()
    [0, -1, 0, 1]
    """
    ids: dict[tuple[int, str], int] = {}
    return np.array(
        [
            ids.setdefault((owner, form.lower()), len(ids)) if form[0].isupper() else -1
            for form, owner in zip(forms, owners, strict=True)
        ],
        dtype=np.int64,
    )


def break_logits(tagger: Tagger, columns: Columns, lengths: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return the logits of the labels of breaks, shape (words, labels), float32.

    Parameters
    ----------
    tagger
        The tagger of sentence breaks.
    columns
        What :func:`features.break_columns` returns.
    lengths
        Words in each paragraph.
    """
    pieces = _pieces(lengths)
    logits = np.empty((int(lengths.sum()), len(tagger.labels("break"))), dtype=np.float32)
    for words, rows in _slices(pieces):
        batch = {name: values[words] for name, values in columns.items()}
        logits[words] = tagger.logits(batch, pieces[rows])["break"]
    return logits


# Batches


def batches(words: Words) -> Iterator[tuple[slice, NDArray[np.int64], NDArray[np.int64]]]:
    """Cut articles into batches that fit into memory.

    Yields
    ------
    tuple
        The words of a batch, the length of each of its sentences in words, and the document of each word as a number
        within the batch. A long article is cut into several documents, at the same places whatever stands before it.
    """
    parts: list[NDArray[np.int64]] = []
    for sentences in _documents(words):
        pieces = _pieces(words.lengths[sentences])
        parts.extend(pieces[rows] for _, rows in _slices(pieces))
    sizes = np.array([part.sum() for part in parts], dtype=np.int64)
    for words_of_batch, rows in _slices(sizes):
        owners = np.repeat(np.arange(rows.stop - rows.start), sizes[rows])
        yield words_of_batch, np.concatenate(parts[rows]), owners


def _documents(words: Words) -> Iterator[slice]:
    """Yield the sentences of each article."""
    cuts = np.flatnonzero(np.diff(words.articles)) + 1
    return starmap(slice, pairwise([0, *cuts.tolist(), len(words.lengths)]))


def _slices(lengths: NDArray[np.int64]) -> Iterator[tuple[slice, slice]]:
    """Cut sequences of words into runs that fit into memory; yield the words and the sequences of each run."""
    ends = np.cumsum(lengths)
    low = start = 0
    while low < len(lengths):
        high = max(low + 1, int(np.searchsorted(ends, start + _BATCH_WORDS, side="right")))
        end = int(ends[high - 1])
        yield slice(start, end), slice(low, high)
        low, start = high, end


def _pieces(lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Cut the lengths of sequences that do not fit into memory."""
    return np.array(
        [min(_BATCH_WORDS, length - low) for length in lengths.tolist() for low in range(0, length, _BATCH_WORDS)],
        dtype=np.int64,
    )
