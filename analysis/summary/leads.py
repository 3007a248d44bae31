"""At a glance: who, what, when and where, from the leading sentences."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from analysis import measures
from analysis.summary.exclusions import MONTH, excluded

if TYPE_CHECKING:
    from collections.abc import Sequence


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
        The tables of the articles, as for :func:`score_sentences`; tokens with end, mentions with start, end and text.
    n_sentences
        How many of the first sentences that may be in a summary to read.
    n
        Answers to each question at most.

    Returns
    -------
    DataFrame
        One row an answer, in the order who, what, when, where: article_id; question; answer (a name in its canonical
        form, an event's words, a time's words); label (of the name; *event*; *time*); n (mentions of the name in the
        whole article, 1 for an event or a time); sentence; start, end, text (where it first stands in the leading
        sentences). Names are ordered by n, events and times by place.

    Notes
    -----
    A selection by rule, not an understanding: who is named most is not always who acts, and *what* is the first verb of
    a sentence that is none of saying, with what follows it up to the next noun, whoever its subject may be.

    Examples
    --------
    >>> sentences = pd.DataFrame({
    ...     "article_id": ["a"], "sentence": 0, "paragraph": 0, "start": 0, "end": 31,
    ...     "text": "Egypt shut its border on Monday .", "is_title": False})
    >>> words = "Egypt shut its border on Monday .".split()
    >>> starts = [0, 6, 11, 15, 22, 25, 32]
    >>> tokens = pd.DataFrame({
    ...     "article_id": "a", "sentence": 0, "start": starts, "end": [s + len(w) for s, w in zip(starts, words)],
    ...     "text": words, "norm": [w.lower() for w in words],
    ...     "lemma": ["Egypt", "shut", "its", "border", "on", "Monday", "."],
    ...     "upos": ["PROPN", "VERB", "PRON", "NOUN", "ADP", "PROPN", "PUNCT"], "is_word": [True] * 6 + [False],
    ...     "is_stop": False})
    >>> mentions = pd.DataFrame({
    ...     "article_id": ["a"], "sentence": 0, "start": 0, "end": 5, "text": "Egypt", "label": "location",
    ...     "name": "Egypt"})
    >>> glance(sentences, tokens, mentions)[["question", "answer", "start"]].values.tolist()
    [['what', 'shut its border', 6], ['when', 'on Monday', 22], ['where', 'Egypt', 0]]
    """
    measures.require(sentences, ("article_id", "sentence", "start", "text", "is_title"), name="sentences")
    measures.require(tokens, ("article_id", "sentence", "start", "end", "lemma", "upos", "is_word"), name="tokens")
    measures.require(mentions, ("article_id", "sentence", "start", "end", "text", "label", "name"), name="mentions")
    rows = []
    for article_id, own in sentences.groupby("article_id", sort=False):
        own_tokens = tokens[tokens["article_id"] == article_id].sort_values("start", kind="stable")
        own_mentions = mentions[mentions["article_id"] == article_id].sort_values("start", kind="stable")
        leading = own[excluded(own, own_tokens) == ""].head(n_sentences)
        answers = {
            "who": _named(own_mentions, leading, _WHO),
            "what": _events(own_tokens, leading),
            "when": _times(own_mentions, leading),
            "where": _named(own_mentions, leading, _WHERE),
        }
        rows += [(article_id, question, *answer) for question, found in answers.items() for answer in found[:n]]
    columns = ["article_id", "question", "answer", "label", "n", "sentence", "start", "end", "text"]
    return pd.DataFrame(rows, columns=columns)


_WHO = ("person", "organization", "norp")
_WHERE = ("location", "facility")
_SAYING = frozenset(
    """add announce ask be believe call claim confirm do expect get have insist know make need note report say see seem
    state stress suggest tell think warn want""".split()
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


def _named(mentions: pd.DataFrame, leading: pd.DataFrame, labels: Sequence[str]) -> list[tuple]:
    """Give the names of some labels in the leading sentences, the most mentioned first."""
    total = mentions["name"].value_counts()
    here = mentions[mentions["sentence"].isin(leading["sentence"]) & mentions["label"].isin(labels)]
    first = here.drop_duplicates("name")
    rows = [
        (m.name, m.label, int(total[m.name]), m.sentence, m.start, m.end, m.text)
        for m in first[["name", "label", "sentence", "start", "end", "text"]].itertuples(index=False)
    ]
    return sorted(rows, key=lambda row: -row[2])


def _times(mentions: pd.DataFrame, leading: pd.DataFrame) -> list[tuple]:
    """Give the dates that the mentions have, and the times that they miss, by place."""
    spans = {}
    for sentence, start, text in leading[["sentence", "start", "text"]].itertuples(index=False):
        for found in _TIME.finditer(text):
            lead = len(found.group()) - len(found.group().lstrip())
            spans[start + found.start() + lead, start + found.end()] = (sentence, found.group().strip())
    dated = mentions[mentions["sentence"].isin(leading["sentence"]) & mentions["label"].eq("date")]
    for m in dated[["start", "end", "sentence", "text"]].itertuples(index=False):
        spans[m.start, m.end] = (m.sentence, m.text)
    rows, reached = [], -1
    # Of two that overlap, the one that begins first, and of those the longer.
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= reached:
            sentence, text = spans[start, end]
            rows.append((" ".join(text.split()), "time", 1, sentence, start, end, text))
            reached = end
    return rows


def _events(tokens: pd.DataFrame, leading: pd.DataFrame) -> list[tuple]:
    """Give each verb that is no verb of saying, with what follows it up to the next noun."""
    rows = []
    for sentence, begin, text in leading[["sentence", "start", "text"]].itertuples(index=False):
        own = list(
            tokens.loc[tokens["sentence"] == sentence, ["start", "end", "lemma", "upos"]].itertuples(index=False)
        )
        reached = -1
        for i, token in enumerate(own):
            if token.upos != "VERB" or token.start < reached or str(token.lemma).casefold() in _SAYING:
                continue
            end, noun = token.end, False
            for later in own[i + 1 : i + 1 + _MAX_EVENT_TOKENS]:
                if later.upos == "PUNCT" or (noun and later.upos not in {"NOUN", "PROPN"}):
                    break
                noun |= later.upos in {"NOUN", "PROPN"}
                end = later.end if noun else end
            words = text[token.start - begin : end - begin]
            rows.append((" ".join(words.split()), "event", 1, sentence, token.start, end, words))
            reached = end
            break
    return rows
