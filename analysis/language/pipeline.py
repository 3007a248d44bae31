"""From an article to the tables of its sentences, tokens and mentions."""

from __future__ import annotations

import re
from collections import Counter
from itertools import chain, pairwise, starmap
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.article import Article
from analysis.language import features, gazetteer, names, roles, store
from analysis.language.lexicon import in_context
from analysis.language.network import decode, distinct
from analysis.language.tokenise import tokenise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

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
        n_tokens`` (int), ``role`` (one of :data:`analysis.tables.ROLES`).

        ``tokens``: ``article_id, token, sentence`` (int, from 0 within the article), ``start, end, text, norm`` (lower
        case, straight quotes), ``lemma, upos`` (universal tag), ``xpos`` (Penn tag), ``is_word`` (bool: has a letter or
        a digit), ``is_stop`` (bool: is in ``data/stopwords.txt``), ``entity`` (BIO tag). Every character that is not
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
            check_english(article)
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
_STRINGS = pd.StringDtype(na_value=np.nan)  # what pandas calls "str"


# Language

_MIN_LETTERS = 40
_MIN_ENGLISH_SHARE = 0.5  # of 1,902 English texts the least had 0.70, of news in 25 languages the most 0.49
_SAMPLE_CHARS = 20_000


def english_share(text: str) -> float:
    """Give the share (0 to 1) of a text's letters that stand in English words; NaN for a text too short to judge.

    Only the beginning of a long text is looked at. Words with a capital, which may be names, do not count, unless the
    text is all in capitals.
    """
    classes = store.load_pairs("classes")
    sample = features.plain(text[:_SAMPLE_CHARS])
    words = Counter(_LETTERS.findall(sample.lower() if sample.isupper() else sample))
    counts = {form: count * len(form) for form, count in words.items() if not form[0].isupper()}
    letters = sum(counts.values())
    return sum(counts[form] for form in counts if form in classes) / letters if letters >= _MIN_LETTERS else np.nan


_LETTERS = re.compile(r"[^\W\d_]+")


def check_english(article: Article) -> None:
    """Raise if an article is not in English.

    Raises
    ------
    NotEnglishError
        If less than half of its letters, names aside, stand in English words; a text of a few words is let pass.
    """
    share = english_share(article.text)
    if share < _MIN_ENGLISH_SHARE:
        raise NotEnglishError(
            f"{article.id} is not in English: {share:.0%} of its letters, names aside, stand in English words, "
            f"expected at least {_MIN_ENGLISH_SHARE:.0%}; with force it is annotated all the same"
        )


# Annotation


class Words(NamedTuple):
    """The words of some articles, sentence after sentence."""

    forms: list[str]
    lengths: np.ndarray  # words in each sentence
    articles: np.ndarray  # the article of each sentence, as its number among those


def _annotate(articles: Sequence[Article]) -> Annotations:
    words, spans, paragraphs = _find_words(articles)
    columns = label(words)
    ids = pd.array([article.id for article in articles], dtype=_STRINGS)
    firsts = np.cumsum(words.lengths) - words.lengths
    sentence_article = words.articles
    sentence = _count_within(sentence_article)
    token_sentence = np.repeat(np.arange(len(words.lengths)), words.lengths)
    token_article = sentence_article[token_sentence]
    start, end = spans[firsts, 0], spans[firsts + words.lengths - 1, 1]
    text = _texts(articles, sentence_article, start, end)
    titles = np.array([article.title_span or (-1, -1) for article in articles]).reshape(-1, 2)[sentence_article]
    in_title = (start < titles[:, 1]) & (end > titles[:, 0])
    is_verb = np.fromiter((tag in _VERBAL for tag in columns["upos"]), dtype=bool, count=len(token_sentence))
    sentences = pd.DataFrame(
        {
            "article_id": ids.take(sentence_article),
            "sentence": sentence,
            "paragraph": paragraphs,
            "start": start,
            "end": end,
            "text": text,
            "n_tokens": words.lengths,
            "role": _roles(
                sentence_article, text, in_title, _sums(columns["is_word"], firsts), _sums(is_verb, firsts) > 0
            ),
        }
    )
    tokens = pd.DataFrame(
        {
            "article_id": ids.take(token_article),
            "token": _count_within(token_article),
            "sentence": sentence[token_sentence],
            "start": spans[:, 0],
            "end": spans[:, 1],
            "text": pd.array(words.forms, dtype=_STRINGS),
            **columns,
        }
    )
    found = names.mentions(columns["entity"].tolist())
    first, last = np.array([each[:2] for each in found], dtype=np.int64).reshape(-1, 2).T
    labels = [each[2] for each in found]
    mention_article = token_article[first]
    start, end = spans[first, 0], spans[last, 1]
    text = _texts(articles, mention_article, start, end)
    begins = set(firsts.tolist())
    before = ["" if place in begins else features.plain(words.forms[place - 1]) for place in first.tolist()]
    mentions = pd.DataFrame(
        {
            "article_id": ids.take(mention_article),
            "mention": _count_within(mention_article),
            "sentence": sentence[token_sentence[first]],
            "start": start,
            "end": end,
            "text": text,
            "label": pd.array(labels, dtype=_STRINGS),
            "name": pd.array(names.canonical(text, labels, mention_article, before), dtype=_STRINGS),
        }
    )
    return Annotations(sentences, tokens, mentions)


_VERBAL = frozenset({"VERB", "AUX"})


def _sums(flags: np.ndarray, firsts: np.ndarray) -> np.ndarray:
    """Count the flags of each sentence, by where sentences begin."""
    return np.add.reduceat(np.asarray(flags, dtype=np.int64), firsts) if len(firsts) else np.zeros(0, dtype=np.int64)


def _roles(owners: np.ndarray, *columns: Sequence[Any]) -> Any:
    """Return the roles of sentences, article by article; ``owners`` gives the article of each."""
    ends = np.flatnonzero(np.diff(owners, append=-1)) + 1
    found: list[str] = []
    for low, high in pairwise([0, *ends.tolist()]):
        found += roles.find_roles(*(list(column[low:high]) for column in columns))
    return pd.array(found, dtype=_STRINGS)


def _count_within(groups: np.ndarray) -> np.ndarray:
    """Count the rows of each group from 0; the rows of a group stand together."""
    if not len(groups):
        return np.zeros(0, dtype=np.int64)
    places = np.arange(len(groups))
    is_first = np.concatenate([[True], groups[1:] != groups[:-1]])
    return places - np.maximum.accumulate(np.where(is_first, places, 0))


def _texts(articles: Sequence[Article], of: np.ndarray, start: np.ndarray, end: np.ndarray) -> Any:
    triples = zip(of.tolist(), start.tolist(), end.tolist(), strict=True)
    return pd.array([articles[a].text[s:e] for a, s, e in triples], dtype=_STRINGS)


def _find_words(articles: Sequence[Article]) -> tuple[Words, np.ndarray, np.ndarray]:
    """Cut articles into words and sentences; give them, the span of each word and the paragraph of each sentence."""
    lists = store.load_json("tokens")
    cut = [
        (owner, place, tokenise(article.text, start, end, lists))
        for owner, article in enumerate(articles)
        for place, (start, end) in enumerate(article.paragraphs)
    ]
    columns = features.break_columns((articles[owner].text, found) for owner, _, found in cut)
    spans = np.array([*chain.from_iterable(found for _, _, found in cut)], dtype=np.int64).reshape(-1, 2)
    lengths = np.array([len(found) for _, _, found in cut], dtype=np.int64)
    owners, places = np.array([each[:2] for each in cut], dtype=np.int64).reshape(-1, 2).T
    headings = np.array([_after_title(article) for article in articles], dtype=np.int64).reshape(-1, 2)
    low, high = headings[np.repeat(owners, lengths)].T
    in_heading = (low <= spans[:, 0]) & (spans[:, 0] < high)
    firsts = np.flatnonzero(_starts_sentence(columns, lengths) & ~in_heading)
    paragraph = np.repeat(np.arange(len(cut)), lengths)[firsts]
    words = Words(columns["form"], np.diff(np.append(firsts, len(spans))), owners[paragraph])
    return words, spans, places[paragraph]


def _after_title(article: Article) -> Span:
    """Give what stands after a title up to the end of the publisher: it begins no sentence of its own."""
    both = article.title_span and article.publisher_span
    return (article.title_span[1], article.publisher_span[1]) if both else (0, 0)


def _starts_sentence(columns: Mapping[str, Sequence[str]], lengths: np.ndarray) -> np.ndarray:
    """Say for each word of some paragraphs whether a sentence begins with it; with the first one always does.

    After a word, comma, colon or dash, where sentences seldom end, a break must be surer than elsewhere.
    """
    labels, scores = break_scores(store.reader("breaks"), columns, lengths)
    lead = scores[:, labels.index("B")] - scores[:, labels.index("I")]
    is_open = [last[-1].isalnum() or last[-1] in _OPEN for last in columns["form"][:-1]]
    lead[1:] -= np.where(is_open, _SURER, np.float32(0))
    starts = lead > 0
    starts[np.cumsum(lengths) - lengths] = True
    return starts


_OPEN = ",;:-–—"
_SURER = np.float32(1.25)


def break_scores(
    reader: features.Reader, columns: Mapping[str, Sequence[str]], lengths: np.ndarray
) -> tuple[list[str], np.ndarray]:
    """Give the labels of breaks, and the score of each (column) for each word (row) of paragraphs of these lengths."""
    labels, pieces = reader.networks["breaks"].heads["break"].labels, _pieces(lengths)
    scores = np.empty((int(lengths.sum()), len(labels)), dtype=np.float32)
    for words, of in _slices(pieces):
        known = {name: values[words] for name, values in columns.items()}
        scores[words] = reader.scores("breaks", known, pieces[of])["break"]
    return labels, scores


def label(words: Words) -> dict[str, Any]:
    """Give the columns of the tokens that the models and word lists say."""
    columns = describe(words)
    xpos, upos, entity = predict(columns, words)
    starts = {0, *np.cumsum(words.lengths).tolist()}
    entity = names.without_loose_ends(entity, columns["form"], xpos, starts)
    entity = names.without_lone_titles(entity, columns["form"], starts)
    entity = names.as_listed(entity, columns["form"], store.load_pairs("gazetteer"))
    for place in names.proper_nouns(entity, columns["form"], xpos):
        xpos[place], upos[place] = "NNP", "PROPN"

    rows, numbers = distinct(zip(columns["form"], xpos, upos, strict=True))
    places = np.array(numbers, dtype=np.int64)
    norms = [form.lower() for form, _, _ in rows]
    lemma, stop_words = store.lemmatiser(), store.stop_words()
    lemmas = pd.array([lemma(*row) for row in rows], dtype=_STRINGS).take(places)
    if others := in_context(columns["form"], xpos, starts):
        lemmas[[*others]] = [*others.values()]
    return {
        "norm": pd.array(norms, dtype=_STRINGS).take(places),
        "lemma": lemmas,
        "upos": pd.array(upos, dtype=_STRINGS),
        "xpos": pd.array(xpos, dtype=_STRINGS),
        "is_word": np.array([any(map(str.isalnum, norm)) for norm in norms], dtype=bool)[places],
        "is_stop": np.array([norm in stop_words for norm in norms], dtype=bool)[places],
        "entity": pd.array(entity, dtype=_STRINGS),
    }


def describe(words: Words) -> dict[str, list[str]]:
    """Describe each word as far as it can be before it has a tag, by the names in :attr:`features.Part.of`."""
    index = store.load_pairs("gazetteer")
    plain_of = {form: features.plain(form) or form for form in set(words.forms)}
    plain = list(map(plain_of.__getitem__, words.forms))
    ends = np.cumsum(words.lengths)
    bounds = zip((ends - words.lengths).tolist(), ends.tolist(), strict=True)
    sentences = [plain[start:end] for start, end in bounds]
    circumstances = [features.circumstances(forms) for forms in sentences]
    marks = [gazetteer.marks(forms, index) for forms in sentences]
    seen: list[list[str]] = []
    for here in _documents(words):
        seen.extend(features.seen(sentences[here], circumstances[here]))
    return {
        "form": plain,
        "circumstance": list(chain.from_iterable(circumstances)),
        "seen": list(chain.from_iterable(seen)),
        "mark": list(chain.from_iterable(marks)),
    }


def _documents(words: Words) -> Iterator[slice]:
    """Give the sentences of each article."""
    cuts = np.flatnonzero(np.diff(words.articles)) + 1
    return starmap(slice, pairwise([0, *cuts.tolist(), len(words.lengths)]))


def predict(columns: Mapping[str, list[str]], words: Words) -> tuple[list[str], list[str], list[str]]:
    """Give the Penn tag, the universal tag and the BIO label of each word."""
    found: tuple[list[str], list[str], list[str]] = ([], [], [])
    reader = store.reader("tokens")
    for here, lengths, groups in batches(columns, words):
        known = {name: values[here] for name, values in columns.items()}
        xpos, upos = _tags(reader, known, lengths)
        found[0].extend(xpos)
        found[1].extend(upos)
        if "names" in reader.networks:  # which is trained on what the network of tags says
            scores = reader.scores("names", known | {"tag": xpos}, lengths, groups)["entity"]
            found[2].extend(decode(scores, reader.networks["names"].heads["entity"].labels, lengths))
    return found


def _tags(
    reader: features.Reader, columns: Mapping[str, Sequence[str]], lengths: np.ndarray
) -> tuple[list[str], list[str]]:
    """Give the tags of each word: of both kinds the likeliest, or, if these do not go together, the likeliest pair."""
    scores, heads = reader.scores("tags", columns, lengths), reader.networks["tags"].heads
    one = store.clues().look_again(scores["xpos"], heads["xpos"].labels, columns["form"], lengths)
    two = scores["upos"]
    dollars = [place for place, form in enumerate(columns["form"]) if form[-1] == "$" and form[0].isalpha()]
    one[np.ix_(dollars, [tag == "$" for tag in heads["xpos"].labels])] = _CERTAIN  # *US$*, which treebanks hardly have
    xpos, upos, possible = one.argmax(axis=1), two.argmax(axis=1), store.tags_agree()
    odd = np.flatnonzero(~possible[xpos, upos])
    joint = np.where(possible, one[odd, :, None] + two[odd, None, :], -np.inf).reshape(len(odd), possible.size)
    xpos[odd], upos[odd] = np.unravel_index(joint.argmax(axis=1), possible.shape)
    labels = [heads[name].labels for name in ("xpos", "upos")]
    return tuple([known[number] for number in of.tolist()] for known, of in zip(labels, (xpos, upos), strict=True))


_CERTAIN = 1e6


def batches(columns: Mapping[str, Sequence[str]], words: Words) -> Iterator[tuple[slice, np.ndarray, np.ndarray]]:
    """Cut articles into batches that are not too large for memory.

    Yields
    ------
    tuple
        The words of a batch, the length of each of its sentences, and the :func:`group` of each word. A long article is
        cut in the same places whatever comes before it, and its parts are grouped apart.
    """
    parts = []
    for sentences in _documents(words):
        pieces = _pieces(words.lengths[sentences])
        parts.extend(pieces[of] for _, of in _slices(pieces))
    sizes = np.array([part.sum() for part in parts], dtype=np.int64)
    for here, of in _slices(sizes):
        owners = np.repeat(np.arange(of.stop - of.start), sizes[of])
        yield here, np.concatenate(parts[of]), group(columns["form"][here], owners.tolist())


def group(forms: Sequence[str], owners: Sequence[int]) -> np.ndarray:
    """Group the words with a capital, however they are written: the same word of the same document.

    Parameters
    ----------
    forms
        The normalised forms.
    owners
        The document of each.

    Returns
    -------
    numpy.ndarray
        The number of each word's group, from 0, or -1 for a word without a capital.
    """
    numbers: dict[tuple[int, str], int] = {}
    return np.array(
        [
            numbers.setdefault((owner, form.lower()), len(numbers)) if form[0].isupper() else -1
            for form, owner in zip(forms, owners, strict=True)
        ],
        dtype=np.int64,
    )


def _slices(lengths: np.ndarray) -> Iterator[tuple[slice, slice]]:
    """Cut sequences of words into runs that are not too large for memory: the words, and the sequences, of each."""
    ends = np.cumsum(lengths)
    low = start = 0
    while low < len(lengths):
        high = max(low + 1, int(np.searchsorted(ends, start + _WORDS_AT_ONCE, side="right")))
        end = int(ends[high - 1])
        yield slice(start, end), slice(low, high)
        low, start = high, end


_WORDS_AT_ONCE = 10_000


def _pieces(lengths: np.ndarray) -> np.ndarray:
    """Cut the lengths of sequences that are too large for memory."""
    return np.array(
        [min(_WORDS_AT_ONCE, length - low) for length in lengths.tolist() for low in range(0, length, _WORDS_AT_ONCE)],
        dtype=np.int64,
    )
