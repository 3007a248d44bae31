"""From an article to the tables of its sentences, tokens and mentions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.article import Article
from analysis.language import features, names, store
from analysis.language.lexicon import lemma
from analysis.language.sequence import Batch
from analysis.language.tokenise import tokenise

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Span = tuple[int, int]


class Annotations(NamedTuple):
    """The tables of the language module: one row a sentence, a token, a mention."""

    sentences: pd.DataFrame
    tokens: pd.DataFrame
    mentions: pd.DataFrame


class NotEnglishError(ValueError):
    """An article that is not in English; its message is one line for a person."""


def annotate(articles: Article | Iterable[Article], *, force: bool = False) -> Annotations:
    """Find the sentences, tokens and names of one or more articles.

    Parameters
    ----------
    articles
        One article, or any number of them.
    force
        Annotate even what is not English. The tags then mean little.

    Returns
    -------
    Annotations
        Three tables. In each, ``article_id`` (str) comes first, ``start`` and ``end`` (int, characters) are a half-open
        span of ``Article.text``, and ``text`` (str) is what stands there.

        ``sentences``: ``article_id, sentence, paragraph`` (int, from 0 within the article), ``start, end, text,
        n_tokens`` (int), ``is_title`` (bool: overlaps the article's title).

        ``tokens``: ``article_id, token, sentence`` (int, from 0 within the article), ``start, end, text, norm`` (lower
        case, straight quotes), ``lemma, upos`` (universal tag), ``xpos`` (Penn tag), ``is_word`` (bool: has a letter or a
        digit), ``is_stop`` (bool: is in ``data/stopwords.txt``), ``entity`` (BIO tag). Every character that is not
        blank belongs to one token.

        ``mentions``: ``article_id, mention, sentence`` (int, from 0 within the article), ``start, end, text, label``
        (one of ``names.LABELS``), ``name`` (canonical: the same for all mentions of the same thing).

    Raises
    ------
    NotEnglishError
        If an article is not in English, unless ``force`` is true.

    Notes
    -----
    How often the tags, lemmas and names are right on text that the models have not seen is in :func:`card`.

    Examples
    --------
    >>> article = Article.from_text("Egypt denied it.", id="a")
    >>> annotate(article).tokens[["text", "lemma", "upos"]].to_numpy().tolist()
    [['Egypt', 'Egypt', 'PROPN'], ['denied', 'deny', 'VERB'], ['it', 'it', 'PRON'], ['.', '.', 'PUNCT']]
    """
    tables: list[Annotations] = []
    pending: list[Article] = []
    length = 0
    for article in [articles] if isinstance(articles, Article) else articles:
        if not force:
            _check_english(article)
        pending.append(article)
        length += len(article.text)
        if length > _BATCH_CHARS:
            tables.append(_annotate(pending))
            pending, length = [], 0
    if pending or not tables:
        tables.append(_annotate(pending))
    if len(tables) == 1:
        return tables[0]
    return Annotations(*(pd.concat(parts, ignore_index=True) for parts in zip(*tables, strict=True)))


_BATCH_CHARS = 200_000
_BATCH_TOKENS = 30_000


def card() -> dict[str, Any]:
    """Give the model card: what the models were trained on and how often they are right on text they have not seen.

    Returns
    -------
    dict
        As ``python -m analysis.language.evaluate`` wrote it.
    """
    return json.loads((store.MODELS / "card.json").read_bytes())


# Language

_MIN_LETTERS = 40
_MIN_ENGLISH_SHARE = 0.5
_SAMPLE_CHARS = 20_000


def english_share(text: str) -> float:
    """Give the share (0 to 1) of a text's letters that stand in English words; NaN for a text too short to judge.

    Only the beginning of a long text is looked at. Capitalised words, which may be names, count half.
    """
    classes = store.load_pairs("classes")
    sample = features.plain(text[:_SAMPLE_CHARS])
    letters = english = 0.0
    for start, end in tokenise(sample, 0, len(sample), store.load_json("tokens")):
        form = sample[start:end]
        if form[0].isalpha():
            weight = len(form) * (0.5 if form[0].isupper() else 1.0)
            letters += weight
            english += weight * (form.lower() in classes)
    return english / letters if letters >= _MIN_LETTERS else float("nan")


def _check_english(article: Article) -> None:
    share = english_share(article.text)
    if share < _MIN_ENGLISH_SHARE:
        raise NotEnglishError(
            f"{article.id} is not in English: {share:.0%} of its letters stand in English words, expected at least "
            f"{_MIN_ENGLISH_SHARE:.0%}; pass force=True to annotate it all the same"
        )


# Annotation


class Words(NamedTuple):
    """The words of some articles, sentence after sentence."""

    forms: list[str]
    spans: np.ndarray  # one row a word: start, end
    lengths: np.ndarray  # words in each sentence
    paragraphs: np.ndarray  # the paragraph of each sentence
    articles: np.ndarray  # the article of each sentence, as its number among those


def _annotate(articles: Sequence[Article]) -> Annotations:
    words = _find_words(articles)
    columns = label(words)
    ids = pd.array([article.id for article in articles], dtype="str")
    firsts = np.cumsum(words.lengths) - words.lengths
    sentence_article = words.articles
    sentence = _count_within(sentence_article)
    token_sentence = np.repeat(np.arange(len(words.lengths)), words.lengths)
    token_article = sentence_article[token_sentence]
    start, end = words.spans[firsts, 0], words.spans[firsts + words.lengths - 1, 1]
    titles = np.array([article.title_span or (-1, -1) for article in articles]).reshape(-1, 2)[sentence_article]
    sentences = pd.DataFrame(
        {
            "article_id": ids.take(sentence_article),
            "sentence": sentence,
            "paragraph": words.paragraphs,
            "start": start,
            "end": end,
            "text": _texts(articles, sentence_article, start, end),
            "n_tokens": words.lengths,
            "is_title": (start < titles[:, 1]) & (end > titles[:, 0]),
        }
    )
    entities = names.repair(columns["entity"], token_sentence)
    columns["entity"] = pd.array(entities, dtype="str")
    tokens = pd.DataFrame(
        {
            "article_id": ids.take(token_article),
            "token": _count_within(token_article),
            "sentence": sentence[token_sentence],
            "start": words.spans[:, 0],
            "end": words.spans[:, 1],
            "text": pd.array(words.forms, dtype="str"),
            **columns,
        }
    )
    found = names.mentions(entities)
    mention_article = token_article[found["first"]]
    start, end = words.spans[found["first"], 0], words.spans[found["last"], 1]
    text = _texts(articles, mention_article, start, end)
    mentions = pd.DataFrame(
        {
            "article_id": ids.take(mention_article),
            "mention": _count_within(mention_article),
            "sentence": sentence[token_sentence[found["first"]]],
            "start": start,
            "end": end,
            "text": text,
            "label": pd.array(found["label"], dtype="str"),
            "name": pd.array(names.canonical(text, found["label"], mention_article), dtype="str"),
        }
    )
    return Annotations(sentences, tokens, mentions)


def _count_within(groups: np.ndarray) -> np.ndarray:
    """Number the rows of each group from 0; the rows of a group stand together."""
    if not len(groups):
        return np.zeros(0, dtype=np.int64)
    places = np.arange(len(groups))
    is_first = np.concatenate([[True], groups[1:] != groups[:-1]])
    return places - np.maximum.accumulate(np.where(is_first, places, 0))


def _texts(articles: Sequence[Article], of: np.ndarray, start: np.ndarray, end: np.ndarray) -> Any:
    triples = zip(of.tolist(), start.tolist(), end.tolist(), strict=True)
    return pd.array([articles[a].text[s:e] for a, s, e in triples], dtype="str")


def _find_words(articles: Sequence[Article]) -> Words:
    """Cut articles into words and sentences."""
    lists = store.load_json("tokens")
    spans: list[Span] = []
    forms: list[str] = []
    types: list[Any] = []
    sizes, paragraphs, owners = [], [], []
    for number, article in enumerate(articles):
        text = article.text
        for place, (start, end) in enumerate(article.paragraphs):
            found = tokenise(text, start, end, lists)
            if found:
                spans.extend(found)
                here = [text[s:e] for s, e in found]
                forms.extend(here)
                types.extend(features.break_types(found, here))
                sizes.append(len(found))
                paragraphs.append(place)
                owners.append(number)
    starts_sentence = np.zeros(len(forms), dtype=bool)
    model = store.load_model("breaks")
    known, numbers = _number(types)
    batch = Batch(numbers, np.array(sizes, dtype=np.int64))
    scores = model.scores(batch, features.break_attributes(known, store.load_pairs("classes")))[batch.places]
    starts_sentence = scores[:, model.labels.index("B")] > scores[:, model.labels.index("I")]
    first_words = np.cumsum(sizes, dtype=np.int64) - np.array(sizes, dtype=np.int64)
    starts_sentence[first_words] = True
    firsts = np.flatnonzero(starts_sentence)
    paragraph = np.repeat(np.arange(len(sizes)), sizes)[firsts] if sizes else np.zeros(0, dtype=np.int64)
    return Words(
        forms,
        np.array(spans, dtype=np.int64).reshape(-1, 2),
        np.diff(np.append(firsts, len(forms))),
        np.array(paragraphs, dtype=np.int64)[paragraph],
        np.array(owners, dtype=np.int64)[paragraph],
    )


def _number(types: Sequence[Any]) -> tuple[list[Any], np.ndarray]:
    """Give the types that occur, and the number (from 1) of the type at each place."""
    numbers: dict[Any, int] = {}
    places = [numbers.setdefault(type_, len(numbers) + 1) for type_ in types]
    return list(numbers), np.array(places, dtype=np.int64)


def label(words: Words) -> dict[str, Any]:
    """Give the columns of the tokens that the models say."""
    classes, lemmas = store.load_pairs("classes"), store.load_pairs("lemmas")
    stop_words = store.stop_words()
    plain = [features.plain(form) or form for form in words.forms]
    circumstances: list[str] = []
    at = 0
    for length in words.lengths.tolist():
        circumstances.extend(features.circumstances(plain[at : at + length]))
        at += length
    lengths = _pieces(words.lengths)
    types, numbers = _number(list(zip(plain, circumstances, strict=True)))
    batch = Batch(numbers, lengths)
    attributes = features.tag_attributes(types, classes)
    tags = {}
    for name in ("xpos", "upos"):
        model = store.load_model(name)
        tags[name] = pd.array(model.labels, dtype="str").take(model.decode(batch, model.scores(batch, attributes)))
    types, numbers = _number(list(zip(plain, circumstances, tags["xpos"], strict=True)))
    batch = Batch(numbers, lengths)
    model = store.load_model("names")
    entity = model.decode(batch, model.scores(batch, features.name_attributes(types, classes)))
    rows, places = _number(list(zip(plain, tags["xpos"], tags["upos"], strict=True)))
    norms = [form.lower() for form, _, _ in rows]
    places = places - 1
    return {
        "norm": pd.array(norms, dtype="str").take(places),
        "lemma": pd.array([lemma(*row, lemmas) for row in rows], dtype="str").take(places),
        "upos": tags["upos"], "xpos": tags["xpos"],
        "is_word": np.array([any(map(str.isalnum, norm)) for norm in norms], dtype=bool)[places],
        "is_stop": np.array([norm in stop_words for norm in norms], dtype=bool)[places],
        "entity": np.array(model.labels, dtype=object)[entity],
    }


_LONGEST = 120


def _pieces(lengths: np.ndarray) -> np.ndarray:
    """Cut the lengths of very long sentences, which are none, so that decoding takes no more steps than this."""
    if not len(lengths) or lengths.max() <= _LONGEST:
        return lengths
    return np.array(
        [size for n in lengths.tolist() for size in [_LONGEST] * (n // _LONGEST) + [n % _LONGEST] if size]
    )  # fmt: skip
