"""At a glance: who, what, when and where, from the leading sentences."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from analysis.measures import NAME_LABELS, inputs
from analysis.summary.actors import actors
from analysis.summary.candidates import excluded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def glance(
    sentences: pd.DataFrame,
    tokens: pd.DataFrame,
    mentions: pd.DataFrame,
    *,
    n_sentences: int = 5,
    n: int = 5,
) -> pd.DataFrame:
    """Answer who, what, when and where from the names, verbs and times of each article's leading sentences.

    Parameters
    ----------
    sentences, tokens, mentions
        The tables of the articles, as for :func:`score_sentences`; tokens with end and xpos, mentions with start, end
        and text.
    n_sentences
        How many of the first sentences that may be in a summary to read.
    n
        Answers to each question at most.

    Returns
    -------
    DataFrame
        One row an answer, in the order who, what, when, where: article_id; question; answer (a name in its canonical
        form, the words of an actor, an event or a time); label (of the name; *actor*; *event*; *time*); n (mentions of
        the name in the whole article, otherwise 1); sentence; start, end, text (where it first stands in the leading
        sentences).
        Who acts comes first, by place: the subject of each sentence's main verb, or the agent of a passive one; then
        the other names, ordered by n, nations and groups after persons and organizations. Events and times are ordered
        by place.

    Notes
    -----
    A selection by rule, not an understanding. A subject is told by tags and order, without a parser: in the leading
    sentences of the news of GUM, with its own tags, 68 of the 75 that were told were right, of 88 that there are
    (pronouns apart). *What* is the first verb of a sentence that is none of saying, with what follows it up to the next
    noun, whoever its subject may be.

    Examples
    --------
    >>> sentences = pd.DataFrame({
    ...     "article_id": ["a"], "sentence": 0, "paragraph": 0, "start": 0, "end": 31,
    ...     "text": "Egypt shut its border on Monday .", "role": "body"})
    >>> words = "Egypt shut its border on Monday .".split()
    >>> starts = [0, 6, 11, 15, 22, 25, 32]
    >>> tokens = pd.DataFrame({
    ...     "article_id": "a", "sentence": 0, "start": starts, "end": [s + len(w) for s, w in zip(starts, words)],
    ...     "text": words, "norm": [w.lower() for w in words],
    ...     "lemma": ["Egypt", "shut", "its", "border", "on", "Monday", "."],
    ...     "upos": ["PROPN", "VERB", "PRON", "NOUN", "ADP", "PROPN", "PUNCT"],
    ...     "xpos": ["NNP", "VBD", "PRP$", "NN", "IN", "NNP", "."], "is_word": [True] * 6 + [False], "is_stop": False})
    >>> mentions = pd.DataFrame({
    ...     "article_id": ["a"], "sentence": 0, "start": 0, "end": 5, "text": "Egypt", "label": "location",
    ...     "name": "Egypt"})
    >>> glance(sentences, tokens, mentions)[["question", "answer", "start"]].values.tolist()
    [['who', 'Egypt', 0], ['what', 'shut its border', 6], ['when', 'on Monday', 22], ['where', 'Egypt', 0]]
    """
    rows = []
    for article_id, sentence, token, mention in inputs.aligned(
        sentences=(sentences, ("sentence", "start", "text", "role")),
        tokens=(tokens, ("sentence", "start", "end", "norm", "lemma", "upos", "xpos", "is_word")),
        mentions=(mentions, _Mention._fields),
    ):
        kept = np.flatnonzero(excluded(sentence["role"]) == "")[:n_sentences]
        leading = {sentence["sentence"][i]: (sentence["start"][i], sentence["text"][i]) for i in kept}
        named = [_Mention(*row) for row in zip(*(mention[name] for name in _Mention._fields), strict=True)]
        answers = {
            "who": _who(token, named, leading),
            "what": _events(token, leading),
            "when": _times(named, leading),
            "where": _named(named, leading, _WHERE),
        }
        rows += [(article_id, question, *answer) for question, found in answers.items() for answer in found[:n]]
    columns = ["article_id", "question", "answer", "label", "n", "sentence", "start", "end", "text"]
    return pd.DataFrame(rows, columns=columns)


class _Mention(NamedTuple):
    sentence: int
    start: int
    end: int
    text: str
    label: str
    name: str


_WHO = (("person", "organization"), ("norp",))
_WHERE = (("location", "facility"),)
_SAYING = frozenset(
    """add announce ask be believe call claim confirm do expect get have insist know make need note report say see seem
    speak state stress suggest tell think want warn""".split()
)
#: A month's name, whole or short.
MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_UNIT = r"(?:days?|weeks?|weekends?|months?|years?|decades?)"
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day(?:\s+(?:morning|afternoon|evening|night))?"
_SPAN = rf"(?:week|weekend|month|year|night|spring|summer|autumn|{MONTH})"
_TIME = re.compile(
    rf"\b(?:(?:on|last|this|next|early|late|since|by)\s+)?{_DAY}\b"
    r"|\b(?:yesterday|today|tonight|tomorrow)\b"
    rf"|\b(?:last|this|next|earlier this|later this)\s+{_SPAN}\b"
    rf"|\b(?:(?:over|in|for)\s+)?(?:the\s+)?(?:past|last|next)\s+(?:\w+\s+)?{_UNIT}\b"
    rf"|\b\w+\s+{_UNIT}\s+ago\b"
    rf"|\b(?:\d{{1,2}}\s+)?{MONTH}(?:\s+\d{{1,2}}\b)?(?:,?\s+\d{{4}}\b)?(?=\W|$)"
    r"|\bin\s+(?:19|20)\d\d\b"
)
_MAX_EVENT_TOKENS = 8


_Leading = dict[int, tuple[int, str]]


def _who(token: dict[str, NDArray], mentions: list[_Mention], leading: _Leading) -> list[tuple]:
    """Give the actors of the leading sentences by place, then the other names of persons, organizations and groups."""
    total = Counter(m.name for m in mentions)
    rows: dict[str, tuple] = {}
    for actor in actors(token, leading, _SAYING):
        inside = [m for m in mentions if actor.start <= m.start and m.end == actor.core_end]
        if inside and inside[0].label in NAME_LABELS:
            m = inside[0]
            rows.setdefault(m.name, (m.name, m.label, total[m.name], m.sentence, m.start, m.end, m.text))
        elif not inside:
            begin, text = leading[actor.sentence]
            phrase = text[actor.start - begin : actor.end - begin]
            answer = " ".join(phrase.split())
            rows.setdefault(answer, (answer, "actor", 1, actor.sentence, actor.start, actor.end, phrase))
    for row in _named(mentions, leading, _WHO):
        rows.setdefault(row[0], row)
    return list(rows.values())


def _named(mentions: list[_Mention], leading: _Leading, labels: Sequence[Sequence[str]]) -> list[tuple]:
    """Give the names of some labels in the leading sentences, by group of labels, the most mentioned first."""
    group = {label: i for i, group in enumerate(labels) for label in group}
    total = Counter(m.name for m in mentions)
    first: dict[str, _Mention] = {}
    for m in mentions:
        if m.sentence in leading and m.label in group:
            first.setdefault(m.name, m)
    rows = [(m.name, m.label, total[m.name], m.sentence, m.start, m.end, m.text) for m in first.values()]
    return sorted(rows, key=lambda row: (group[row[1]], -row[2]))


def _times(mentions: list[_Mention], leading: _Leading) -> list[tuple]:
    """Give the dates that the mentions have, and the times that they miss, by place."""
    spans = {}
    for sentence, (begin, text) in leading.items():
        for found in _TIME.finditer(text):
            spans[begin + found.start(), begin + found.end()] = (sentence, found.group())
    spans |= {(m.start, m.end): (m.sentence, m.text) for m in mentions if m.label == "date" and m.sentence in leading}
    rows, reached = [], -1
    # Of two that overlap, the one that begins first, and of those the longer.
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= reached:
            sentence, text = spans[start, end]
            rows.append((" ".join(text.split()), "time", 1, sentence, start, end, text))
            reached = end
    return rows


def _events(token: dict[str, NDArray], leading: _Leading) -> list[tuple]:
    """Give the first verb of each sentence that is none of saying, with what follows it up to the next noun."""
    columns = (token[name].tolist() for name in ("sentence", "start", "end", "lemma", "upos"))
    own: dict[int, list[tuple]] = defaultdict(list)
    for sentence, *rest in zip(*columns, strict=True):
        if sentence in leading:
            own[sentence].append(rest)
    rows = []
    for sentence, (begin, text) in leading.items():
        words = own[sentence]
        verbs = (
            i for i, (*_, lemma, upos) in enumerate(words) if upos == "VERB" and inputs.normalise(lemma) not in _SAYING
        )
        verb = next(verbs, None)
        if verb is None:
            continue
        start, end = words[verb][:2]
        has_noun = False
        for _, later, _, upos in words[verb + 1 : verb + 1 + _MAX_EVENT_TOKENS]:
            is_noun = upos in {"NOUN", "PROPN"}
            if upos == "PUNCT" and not has_noun and text[later - begin - 1] in "-‐‑":
                continue
            if upos == "PUNCT" or (has_noun and not is_noun):
                break
            if is_noun:
                has_noun, end = True, later
        phrase = text[start - begin : end - begin]
        rows.append((" ".join(phrase.split()), "event", 1, sentence, start, end, phrase))
    return rows
