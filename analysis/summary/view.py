"""One article as the methods see it: its candidate sentences, their words and how similar they are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis import measures
from analysis.measures import inputs
from analysis.summary.graph import remove_self_links
from analysis.summary.standing import COLUMNS, leaning

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

__all__ = ["MAX_SENTENCES", "ArticleView", "drop_common_terms", "exclusion_reasons", "located_texts"]

#: Sentences of one article that are scored; those after them are listed without a score.
MAX_SENTENCES = 5000

#: Roles whose reason for exclusion has another name; a body sentence has no reason.
_REASONS = {"body": "", "item": "fragment", "byline": "by-line", "credit": "caption"}
_MAX_SENTENCES_OF_A_TERM = 500


def exclusion_reasons(roles: NDArray[Any]) -> NDArray[Any]:
    """Return why each sentence of one article cannot be in a summary; empty for a candidate.

    Parameters
    ----------
    roles
        The roles of the sentences, in order.

    Examples
    --------
    >>> exclusion_reasons(np.array(["title", "byline", "body"])).tolist()
    ['title', 'by-line', '']
    """
    reasons = np.array([_REASONS.get(role, role) for role in roles.tolist()], dtype=object)
    is_late = (np.arange(len(reasons)) >= MAX_SENTENCES) & (reasons != "title")
    reasons[is_late] = f"beyond the first {MAX_SENTENCES:,}"
    return reasons


def located_texts(sentences: dict[str, NDArray[Any]], rows: NDArray[Any]) -> dict[int, tuple[int, str]]:
    """Return the start and the text of some sentences of one article by their numbers.

    Parameters
    ----------
    sentences
        The columns of the article's sentences by name.
    rows
        Indices of the sentences, or whether each is wanted.
    """
    columns = (sentences[name][rows].tolist() for name in ("sentence", "start", "text"))
    return {number: (start, text) for number, start, text in zip(*columns, strict=True)}


@dataclass(frozen=True, eq=False)
class ArticleView:
    """The columns of one article, and what several methods need of its candidates: sentences that a summary may have.

    A term is a lemma that is no stop word. Arrays have a row per candidate and, where there are two axes, a column per
    term of the vocabulary.

    Attributes
    ----------
    sentences, tokens, mentions
        The columns of the article's tables by name, rows in the order of the text.
    """

    sentences: dict[str, NDArray[Any]]
    tokens: dict[str, NDArray[Any]]
    mentions: dict[str, NDArray[Any]]

    @cached_property
    def reasons(self) -> NDArray[Any]:
        """Why each sentence cannot be in a summary; empty for a candidate."""
        return exclusion_reasons(self.sentences["role"])

    @cached_property
    def leans(self) -> list[bool]:
        """Whether each sentence says little without the one before."""
        paragraphs = dict(zip(self.sentences["sentence"].tolist(), self.sentences["paragraph"].tolist(), strict=True))
        found = leaning({name: self.tokens[name].tolist() for name in COLUMNS}, paragraphs)
        return [number in found for number in paragraphs]

    @cached_property
    def is_candidate(self) -> NDArray[np.bool_]:
        """Whether each sentence may be in a summary."""
        return np.asarray(self.reasons == "")

    @cached_property
    def n_words(self) -> NDArray[np.int64]:
        """Words of each sentence, candidate or not."""
        counts = Counter(self.tokens["sentence"][self.tokens["is_word"]].tolist())
        return np.array([counts[number] for number in self.sentences["sentence"].tolist()], dtype=np.int64)

    def of_candidates(self, column: str) -> NDArray[Any]:
        """Return a column of the sentences table for the candidates alone."""
        return self.sentences[column][self.is_candidate]

    @cached_property
    def row_by_number(self) -> dict[int, int]:
        """The row of each candidate by the number of its sentence."""
        return {number: row for row, number in enumerate(self.of_candidates("sentence").tolist())}

    @property
    def n_candidates(self) -> int:
        """How many sentences may be in a summary."""
        return len(self.row_by_number)

    @cached_property
    def candidate_n_words(self) -> NDArray[np.int64]:
        """Words of each candidate."""
        return self.n_words[self.is_candidate]

    @cached_property
    def words(self) -> list[list[tuple[str, str]]]:
        """The term (empty for a stop word) and the norm of each word of each candidate."""
        words: list[list[tuple[str, str]]] = [[] for _ in self.row_by_number]
        columns = (self.tokens[name].tolist() for name in ("sentence", "lemma", "norm", "is_word", "is_stop"))
        for number, lemma, norm, is_word, is_stop in zip(*columns, strict=True):
            if is_word and number in self.row_by_number:
                term = "" if is_stop else inputs.normalise(lemma)
                words[self.row_by_number[number]].append((term, inputs.normalise(norm)))
        return words

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        """The column of each term, in the order of first occurrence."""
        terms = dict.fromkeys(term for sentence in self.words for term, _ in sentence if term)
        return {term: column for column, term in enumerate(terms)}

    @cached_property
    def term_counts(self) -> csr_array:
        """How often each term occurs in each candidate."""
        from scipy.sparse import csr_array

        cells = [
            (row, self.vocabulary[term]) for row, sentence in enumerate(self.words) for term, _ in sentence if term
        ]
        rows, columns = np.array(cells, dtype=np.int64).reshape(-1, 2).T
        return csr_array(
            (np.ones(len(cells)), (rows, columns)), shape=(self.n_candidates, max(1, len(self.vocabulary)))
        )

    @cached_property
    def incidence(self) -> csr_array:
        """1 for each term that a candidate has, however often."""
        incidence = self.term_counts.copy()
        incidence.data[:] = 1
        return incidence

    @cached_property
    def term_frequency(self) -> NDArray[np.float64]:
        """How often each term occurs in all candidates."""
        return np.asarray(self.term_counts.sum(axis=0)).ravel()

    @cached_property
    def n_terms(self) -> NDArray[np.float64]:
        """Terms of each candidate, repetitions counted."""
        return np.asarray(self.term_counts.sum(axis=1)).ravel()

    @cached_property
    def cosine_similarity(self) -> csr_array:
        """The cosine of every pair of candidates that share a term, 0 on the diagonal.

        A candidate is the set of its terms, each weighted by its inverse document frequency among the candidates.
        """
        from scipy.sparse import diags_array

        incidence = drop_common_terms(self.incidence)
        document_frequency = np.bincount(incidence.indices, minlength=incidence.shape[1])
        weighted = incidence @ diags_array(1 + np.log((1 + incidence.shape[0]) / (1 + document_frequency)))
        norms = np.sqrt(np.asarray((weighted * weighted).sum(axis=1)).ravel())
        unit = diags_array(1 / np.where(norms > 0, norms, 1)) @ weighted
        return remove_self_links(unit @ unit.T)

    @cached_property
    def title_share(self) -> NDArray[np.float64]:
        """Share of the title's terms that each candidate has, of those that any candidate has."""
        titles = set(self.sentences["sentence"][self.sentences["role"] == "title"].tolist())
        in_title = [number in titles for number in self.tokens["sentence"].tolist()]
        title_terms = {inputs.normalise(lemma) for lemma in self.tokens["lemma"][in_title]} & self.vocabulary.keys()
        shared = [len(title_terms.intersection(term for term, _ in sentence)) for sentence in self.words]
        return np.array(shared) / max(1, len(title_terms))

    @cached_property
    def name_share(self) -> NDArray[np.float64]:
        """Share of the article's mentions that the names in each candidate have together."""
        columns = (self.mentions[name].tolist() for name in ("sentence", "label", "name"))
        named = [(number, name) for number, label, name in zip(*columns, strict=True) if label in measures.NAME_LABELS]
        counts = Counter(name for _, name in named)
        shares = np.zeros(self.n_candidates)
        for number, name in dict.fromkeys(named):
            if number in self.row_by_number:
                shares[self.row_by_number[number]] += counts[name] / counts.total()
        return shares


def drop_common_terms(incidence: csr_array) -> csr_array:
    """Return the columns of terms that few enough sentences have: the others would make too many similar pairs."""
    is_common = np.bincount(incidence.indices, minlength=incidence.shape[1]) > _MAX_SENTENCES_OF_A_TERM
    return incidence[:, np.flatnonzero(~is_common)].tocsr() if is_common.any() else incidence
