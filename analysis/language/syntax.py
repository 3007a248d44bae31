"""Syntax: the head of each word and the relation to it, by basic Universal Dependencies.

A word's vector is made as in :mod:`analysis.language.network`, then by dilated convolutions over its sentence. A pair
of words is scored by a bilinear form of the two (one as the head, the other as its dependent), plus what each of them
expects of the distance to the other. Each word takes the candidate with the highest score. Where that is no tree, or
has several roots, the algorithm of Chu, Liu and Edmonds finds the best tree with one. The relation to the head is the
likeliest by a layer over the word, its head and the distance between them. :mod:`training.syntax` trains the parser.

Weights and activations are whole numbers of eight bits, sums of their products are exact, and scores are rounded to
steps of 1 / ``SCORE_STEPS``. The trees are therefore identical on all processors. Of candidates with the same score the
first is taken.

References
----------
T. Dozat and C. Manning 2017, Deep biaffine attention for neural dependency parsing, ICLR. F. Yu and V. Koltun 2016,
Multi-scale context aggregation by dilated convolutions, ICLR. J. Edmonds 1967, Optimum branchings, Journal of Research
of the National Bureau of Standards. R. Zmigrod, T. Vieira and R. Cotterell 2020, Please mind the root, EMNLP.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from analysis.language.network import ACTIVATION_STEPS, MAX_ACTIVATION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.language.network import NetworkInput
    from analysis.language.tagger import Tagger

__all__ = ["DILATIONS", "N_DISTANCES", "ROOT", "Parser", "Tree", "best_heads", "distances", "is_tree"]

#: How far the outer taps of each convolution are from its middle, in words.
DILATIONS = (1, 2, 4, 8, 16, 1)
#: The head of the root of a sentence.
ROOT = -1
#: Relations of the root of a sentence, and of the root of a further piece of one that is cut.
_ROOT_RELATION = "root"
_PIECE_RELATION = "parataxis"
#: Penn tags of finite verbs, and by how many logits their score as roots is raised: after a name with an apposition the
#: network is too fond of the name. On the dev parts of the treebanks this changes next to nothing.
_FINITE_TAGS = ("MD", "VBD", "VBP", "VBZ")
_FINITE_BONUS = 1
#: A root that is one of these is none if a finite verb without a subject modifies it; relations of that verb, of
#: subjects, and of what makes a noun a predicate.
_NOUN_TAGS = frozenset(["NN", "NNS", "NNP", "NNPS"])
_CLAUSES, _SUBJECTS = frozenset(["acl"]), frozenset(["nsubj", "csubj", "expl"])
_OF_PREDICATES = frozenset(["aux", "cop", "nsubj"])
#: Relations of clauses whose subject may have been taken for the object of the verb before, and of words that join.
_LOOSE_CLAUSES = frozenset(["ccomp", "parataxis"])
_LINKING = frozenset(["cc", "mark"])
#: How many steps of a score make 1.0 (a logit).
SCORE_STEPS = 1024
#: The distance of a head is that of the last bound that it reaches, to the left or to the right.
_BOUNDS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 18, 26)
N_DISTANCES = 2 * len(_BOUNDS)
#: Words that are parsed at a time, and the share of them that may be padding, beside some words.
_ROWS_AT_ONCE = 1024
_MAX_PADDING, _FREE_PADDING = 0.08, 64
#: Below this, single precision holds whole numbers exactly.
_MAX_EXACT = 1 << 24
#: A longer sentence is cut.
_MAX_WORDS = 256
#: The score of what cannot be a head, and what is added to that of what must be the root.
_NEVER = -(2.0**46)
_CERTAIN = 1 << 28


class Tree(NamedTuple):
    """Heads and relations of words.

    Attributes
    ----------
    heads
        The head of each word, as an index into all words that were parsed, or ``ROOT``; int64.
    relations
        The relation of each word to its head.
    """

    heads: NDArray[np.int64]
    relations: list[str]


class Parser:
    """Finds the trees of sentences. Threads may share a parser.

    Parameters
    ----------
    tagger
        The network of the parser, with the features that it embeds. Its output layers are those of
        :mod:`training.syntax`.

    Raises
    ------
    ValueError
        If weights are so large that sums may not be exact.
    """

    def __init__(self, tagger: Tagger) -> None:
        for layer in (*tagger.network.convolutions, *(head.layer for head in tagger.network.heads.values())):
            largest = np.abs(layer.weights).sum(axis=0).max() * MAX_ACTIVATION
            if largest >= _MAX_EXACT:
                raise ValueError(f"weights of a layer may add up to {largest:,.0f}, expected less than {_MAX_EXACT:,}")
        self._tagger = tagger
        self._layers = {name: head.layer for name, head in tagger.network.heads.items()}
        self._labels = tagger.labels("relation")
        self._root = self._labels.index(_ROOT_RELATION)
        self._clauses, self._subjects, self._of_predicates = (
            [index for index, label in enumerate(self._labels) if label.split(":")[0] in names]
            for names in (_CLAUSES, _SUBJECTS, _OF_PREDICATES)
        )

    def parse(self, columns: Mapping[str, Sequence[str]], lengths: NDArray[np.int64]) -> Tree:
        """Parse sentences.

        Parameters
        ----------
        columns
            For each input of the feature templates, its value for each word.
        lengths
            Words in each sentence.
        """
        inputs = self._tagger.inputs(columns)
        xpos = np.array([*columns["xpos"], ""])
        is_finite = np.isin(xpos, _FINITE_TAGS)
        pieces, is_first = _cut(lengths)
        starts = np.cumsum(pieces) - pieces
        heads, relations = np.empty((2, len(inputs.type_ids)), dtype=np.int64)
        for group in _groups(pieces):
            offsets = np.arange(pieces[group].max())[:, None]
            is_word = offsets < pieces[group]
            words = starts[group] + offsets
            words = np.where(is_word, words, -1)
            hidden = self._encode(inputs, words)
            scores = self._scores(hidden, pieces[group])
            scores[:, :, 0] += (_FINITE_BONUS * SCORE_STEPS) * is_finite[words.T]
            own = best_heads(scores, pieces[group]).T
            found = self._relations(hidden, own)
            tags = xpos[np.maximum(words, 0)]
            if len(roots := self._missed_roots(own, found, np.where(is_word, tags, ""))):
                scores[roots[:, 1], roots[:, 0], 0] += _CERTAIN
                own = best_heads(scores, pieces[group]).T
                found = self._relations(hidden, own)
            heads[words[is_word]], relations[words[is_word]] = own[is_word], found[is_word]
        names = [*self._labels, _PIECE_RELATION]
        firsts = np.maximum.accumulate(np.where(is_first, starts, 0))
        relations[heads == 0] = self._root
        starts, firsts = np.repeat(starts, pieces), np.repeat(firsts, pieces)
        heads = np.where(heads > 0, starts + heads - 1, ROOT)
        if not is_first.all():
            roots = np.flatnonzero(heads == ROOT)
            # The roots of further pieces depend on that of the first.
            first_root = dict(zip(starts[roots].tolist(), roots.tolist(), strict=True))
            for root in roots.tolist():
                if starts[root] != firsts[root]:
                    heads[root], relations[root] = first_root[int(firsts[root])], len(names) - 1
        return _with_own_subjects(Tree(heads, list(map(names.__getitem__, relations.tolist()))), columns["xpos"])

    def _missed_roots(
        self, heads: NDArray[np.int64], relations: NDArray[np.int64], xpos: NDArray[np.str_]
    ) -> NDArray[np.int64]:
        """Return finite verbs that are the root, though the tree has them modify a noun that is.

        In *The group, a band of rebels, fled*, a verb that had no subject could not modify the noun without a *who* or
        *that*: such clauses have a subject of their own. The arrays have a column for each sentence; the result has the
        row and the column of each verb.
        """
        clauses = np.isin(relations, self._clauses) & (heads > 0) & np.isin(xpos, _FINITE_TAGS)
        found: dict[int, int] = {}
        for row, column in np.argwhere(clauses).tolist():
            own, own_relations = heads[:, column], relations[:, column]
            children = own_relations[own == row + 1]
            root = int(np.flatnonzero((own == 0) & (xpos[:, column] != ""))[0])
            is_noun = (
                xpos[root, column] in _NOUN_TAGS
                and not np.isin(own_relations[own == root + 1], self._of_predicates).any()
            )
            if is_noun and not np.isin(children, self._subjects).any():
                found.setdefault(column, row)
        return np.array([(row, column) for column, row in found.items()], dtype=np.int64).reshape(-1, 2)

    def _encode(self, inputs: NetworkInput, words: NDArray[np.int64]) -> NDArray[np.float32]:
        """Compute the hidden vectors of words, shape (words of a sentence, sentences, width).

        ``words`` has a column for each sentence, and −1 where it has ended.
        """
        width = inputs.type_vectors.shape[1]
        n = words.shape[1]
        flat = words.reshape(-1)
        blank = np.flatnonzero(flat < 0)
        hidden = inputs.type_vectors.take(inputs.type_ids[flat], axis=0).astype(np.float32)
        hidden[blank] = 0
        for dilation, layer in zip(DILATIONS, self._tagger.network.convolutions, strict=True):
            before, here, after = layer.taps
            sums = hidden @ here
            apart = dilation * n
            if apart < len(hidden):
                sums[apart:] += hidden[:-apart] @ before
                sums[:-apart] += hidden[apart:] @ after
            hidden += layer.activate(sums)
            np.minimum(hidden, MAX_ACTIVATION, out=hidden)
            hidden[blank] = 0
        return hidden.reshape(*words.shape, width)

    def _scores(self, hidden: NDArray[np.float32], lengths: NDArray[np.int64]) -> NDArray[np.float64]:
        """Score candidates, in whole numbers; shape (sentences, words, root and words)."""
        layers = self._layers
        rows = np.ascontiguousarray(hidden.transpose(1, 0, 2))
        n, length, width = rows.shape
        rows = rows.reshape(-1, width)
        dependent, head = (layers[name].activate(rows @ layers[name].weights) for name in ("dependent", "head"))

        def steps(values: NDArray[Any], name: str, unit: float) -> NDArray[Any]:
            values = values * np.float32(layers[name].scale)
            if layers[name].bias.size:
                values += layers[name].bias
            values *= np.float32(SCORE_STEPS / unit)
            return np.rint(values, out=values)

        scores = np.empty((n, length, length + 1))
        scores[:, :, 0] = steps(dependent @ layers["root"].weights, "root", ACTIVATION_STEPS).reshape(n, length)
        products = (dependent @ layers["bilinear"].weights).astype(np.float64).reshape(n, length, -1)
        candidates = head.astype(np.float64).reshape(n, length, -1).transpose(0, 2, 1)
        scores[:, :, 1:] = steps(products @ candidates, "bilinear", ACTIVATION_STEPS**2)
        buckets = distances(length)
        rows_of, columns_of = np.indices(buckets.shape)
        own = steps(dependent @ layers["dependent_distance"].weights, "dependent_distance", ACTIVATION_STEPS)
        scores[:, :, 1:] += own.reshape(n, length, -1)[:, rows_of, buckets]
        own = steps(head @ layers["head_distance"].weights, "head_distance", ACTIVATION_STEPS)
        scores[:, :, 1:] += own.reshape(n, length, -1)[:, columns_of, buckets]
        scores[:, np.arange(length), np.arange(1, length + 1)] = _NEVER
        beyond = np.arange(1, length + 1) > lengths[:, None]
        scores[:, :, 1:][np.broadcast_to(beyond[:, None], (n, length, length))] = _NEVER
        return scores

    def _relations(self, hidden: NDArray[np.float32], heads: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the likeliest relation of each word that is not a root."""
        layers = self._layers
        length, n, width = hidden.shape
        at = np.maximum(heads - 1, 0)
        is_root = (heads == 0).reshape(-1)
        rows = hidden.reshape(-1, width)
        of_head = (rows @ layers["relation_head"].weights) * np.float32(layers["relation_head"].scale)
        of_head = of_head.take((at * n + np.arange(n)).reshape(-1), axis=0)
        apart = layers["relation_distance"].weights * np.float32(layers["relation_distance"].scale)
        of_head += apart.take(distances(length)[np.arange(length)[:, None], at].reshape(-1), axis=0)
        of_head[is_root] = 0
        own = layers["relation_dependent"]
        sums = rows @ own.weights
        sums *= np.float32(own.scale)
        sums += own.bias
        sums += of_head
        values = np.clip(np.rint(sums, out=sums), 0, MAX_ACTIVATION, out=sums)
        logits = values @ layers["relation"].weights * np.float32(layers["relation"].scale) + layers["relation"].bias
        logits[:, self._root] = -np.inf
        found: NDArray[np.int64] = logits.argmax(axis=1).reshape(length, n)
        return found


@lru_cache(maxsize=256)
def distances(length: int) -> NDArray[np.int64]:
    """Return the class of the distance from each word of a sentence (row) to each candidate head (column)."""
    apart = np.arange(length) - np.arange(length)[:, None]
    classes = np.maximum(np.searchsorted(_BOUNDS, np.abs(apart), side="right") - 1, 0)
    result: NDArray[np.int64] = np.where(apart < 0, classes, classes + len(_BOUNDS))
    result.setflags(write=False)
    return result


def _cut(lengths: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Cut long sentences; return the lengths of the pieces, and whether each is the first of its sentence."""
    n_pieces = np.maximum(-(-lengths // _MAX_WORDS), 1)
    is_first = np.zeros(int(n_pieces.sum()), dtype=bool)
    ends = np.cumsum(n_pieces)
    is_first[ends - n_pieces] = True
    pieces = np.full(len(is_first), _MAX_WORDS)
    pieces[ends - 1] = lengths - (n_pieces - 1) * _MAX_WORDS
    return pieces, is_first


def _groups(lengths: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Yield the indices of sentences of about one length, as many as fit into memory."""
    order = np.argsort(lengths, kind="stable")
    low = n_words = 0
    for high, length in enumerate(lengths[order].tolist()):
        size = (high + 1 - low) * length
        if high > low and (size > _ROWS_AT_ONCE or size - n_words - length > _MAX_PADDING * size + _FREE_PADDING):
            yield order[low:high]
            low, n_words = high, 0
        n_words += length
    if len(order):
        yield order[low:]


# Trees


def _with_own_subjects(tree: Tree, xpos: Sequence[str]) -> Tree:
    """Make an object the subject of a clause without one that follows it: *They fear chaos may help the rebels*.

    Verb, object and clause are as in *fear*, *chaos* and *help*, where the clause has no *that*. It has a finite verb
    and depends on the verb that the object depends on, and nothing stands between the two but what depends on the
    object; marks only around an apposition.
    """
    heads, relations = tree.heads.copy(), [*tree.relations]
    children: dict[int, list[int]] = {}
    for word, head in enumerate(heads.tolist()):
        children.setdefault(head, []).append(word)
    for clause in [word for word, relation in enumerate(relations) if relation in _LOOSE_CLAUSES]:
        verb, own = int(heads[clause]), children.get(clause, [])
        is_finite = xpos[clause] in _FINITE_TAGS or any(xpos[word] in _FINITE_TAGS for word in own)
        if not is_finite or xpos[verb][0] != "V" or any(relations[word].split(":")[0] in _SUBJECTS for word in own):
            continue
        if any(relations[word] in _LINKING and word < clause for word in own):
            continue
        before = [word for word in children[verb] if word < clause and relations[word] == "obj" and word > verb]
        if not before:
            continue
        start = min([clause, *(word for word in own if word < clause)])
        between = range(before[-1] + 1, start)
        is_apposed = any(relations[word] == "appos" for word in children.get(before[-1], []))
        if any(relations[word] == "punct" for word in between) and not is_apposed:
            continue
        if all(_is_below(heads, word, before[-1]) for word in between):
            heads[before[-1]], relations[before[-1]] = clause, "nsubj"
            relations[clause] = "ccomp"
    return Tree(heads, relations)


def _is_below(heads: NDArray[np.int64], word: int, head: int) -> bool:
    """Return whether a word depends on another, directly or not."""
    while word != ROOT:
        if word == head:
            return True
        word = int(heads[word])
    return False


def best_heads(scores: NDArray[np.float64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the heads of the words of the best tree of each sentence, with one root.

    Parameters
    ----------
    scores
        Whole numbers below 2 to the power of 30 in size; the score of each candidate (from column 1 on; column 0 is for
        the root) as the head of each word, shape (sentences, words, 1 + words).
    lengths
        Words in each sentence; those after them are ignored.

    Returns
    -------
    numpy.ndarray
        Numbers of words from 1, 0 for the root; shape (sentences, words).

    Examples
    --------
    >>> best_heads(np.array([[[5.0, -1, 9], [4, 9, -1]]]), np.array([2])).tolist()
    [[0, 1]]
    """
    heads = scores.argmax(axis=2)
    for number in np.flatnonzero(~is_tree(heads, lengths)).tolist():
        length = int(lengths[number])
        heads[number, :length] = _maximum_tree(scores[number, :length, : length + 1])
    return heads


def is_tree(heads: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return whether the heads of each sentence, numbered as :func:`best_heads` does, are a tree with one root."""
    n, length = heads.shape
    is_word = np.arange(length) < lengths[:, None]
    n_roots = ((heads == 0) & is_word).sum(axis=1)
    ancestors = np.zeros((n, length + 1), dtype=np.int64)
    ancestors[:, 1:] = heads * is_word
    for _ in range(length.bit_length()):
        ancestors = np.take_along_axis(ancestors, ancestors, axis=1)
    result: NDArray[np.bool_] = (n_roots == 1) & ~ancestors.any(axis=1)
    return result


def _maximum_tree(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the heads of the words of the best tree of a sentence with one root.

    The candidates for the root are tried in the order of what a tree with each could score at most.
    """
    n = len(scores)
    words = np.arange(n)
    most = scores[:, 1:].max(axis=1)
    bounds = scores[:, 0] - most + most.sum()
    best, best_score = np.zeros(n, dtype=np.int64), -np.inf
    for root in np.argsort(-bounds, kind="stable").tolist():
        if bounds[root] <= best_score:
            break
        full = np.full((n + 1, n + 1), -np.inf)
        full[1:, 1:] = scores[:, 1:]
        full[1 + root] = -np.inf
        full[1 + root, 0] = scores[root, 0]
        heads = _arborescence(full)[1:]
        score = scores[words, heads].sum()
        if score > best_score:
            best, best_score = heads, score
    return best


def _arborescence(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the heads of the best tree over nodes, of which the first is the root (Chu, Liu and Edmonds)."""
    heads = scores.argmax(axis=1)
    heads[0] = 0
    inside = _find_cycle(heads.tolist())
    if not inside:
        return heads
    is_other = np.ones(len(scores), dtype=bool)
    is_other[inside] = False
    others = np.flatnonzero(is_other)
    # The cycle becomes one node, the last: what enters it takes the place of one of its arcs.
    in_cycle, out_of_cycle = scores[inside], scores[others]
    entering = in_cycle[:, others] - in_cycle[np.arange(len(inside)), heads[inside]][:, None]
    leaving = out_of_cycle[:, inside]
    n = len(others)
    contracted = np.full((n + 1, n + 1), -np.inf)
    contracted[:n, :n] = out_of_cycle[:, others]
    contracted[n, :n] = entering.max(axis=0)
    contracted[:n, n] = leaving.max(axis=1)
    found = _arborescence(contracted)
    cycle = np.array(inside)
    into, entry = found[:n], found[n]
    heads[others] = np.where(into < n, others[np.minimum(into, n - 1)], cycle[leaving.argmax(axis=1)])
    heads[cycle[entering[:, entry].argmax()]] = others[entry]
    heads[0] = 0
    return heads


def _find_cycle(heads: list[int]) -> list[int]:
    """Return the nodes of a cycle, or none; the root is its own head."""
    state = [0] * len(heads)  # the walk in which each node was reached
    state[0] = -1
    for start in range(1, len(heads)):
        node = start
        while state[node] == 0:
            state[node] = start
            node = heads[node]
        if state[node] == start:
            cycle = [node]
            while heads[cycle[-1]] != node:
                cycle.append(heads[cycle[-1]])
            return sorted(cycle)
    return []
