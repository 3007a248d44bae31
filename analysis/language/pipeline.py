"""From an article to the tables of its sentences, tokens, mentions and chains."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from itertools import chain, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd

from analysis import resources, tables
from analysis.article import Article, read_article
from analysis.article.dates import is_date_line, is_time_line
from analysis.language import (
    amendments,
    amounts,
    bodies,
    boundaries,
    common_words,
    coreference,
    corrections,
    features,
    labels,
    money,
    names,
    namesakes,
    prediction,
    roles,
    told,
    whole_names,
)
from analysis.language.breaks import find_starts
from analysis.language.english import check_english
from analysis.language.lemmas import lemmas_in_context, lemmas_in_names
from analysis.language.models import Models, default_models
from analysis.language.prediction import Words
from analysis.language.syntax import ROOT
from analysis.language.tagger import factorise
from analysis.language.tokenise import tokenise
from analysis.options import checked
from analysis.waiting import telling

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    Span = tuple[int, int]

__all__ = [
    "Annotations",
    "annotate",
    "make_tables",
    "token_columns",
]

#: Articles are annotated together up to this length.
_BATCH_CHARS = 200_000
#: Words that may be verbs.
_VERBAL = ["VERB", "AUX"]
_STRINGS = pd.StringDtype(na_value=np.nan)  # what pandas calls "str"


class Annotations(NamedTuple):
    """The tables of the language module."""

    sentences: pd.DataFrame
    tokens: pd.DataFrame
    mentions: pd.DataFrame
    coreference: pd.DataFrame


_Function = TypeVar("_Function", bound=Callable[..., Any])


def _describes_tables(function: _Function) -> _Function:
    """Replace ``{tables}`` in the docstring by the columns of all tables."""
    if function.__doc__:
        columns = "\n\n".join(map(tables.describe, Annotations._fields)).replace("\n", "\n        ")
        function.__doc__ = function.__doc__.replace("{tables}", columns)
    return function


@_describes_tables
@telling("annotating")
@checked
def annotate(
    articles: Article | str | Path | Iterable[Article],
    *,
    force: bool = False,
    syntax: bool = True,
    models: Models | None = None,
) -> Annotations:
    """Find the sentences, tokens, syntax, names and chains of mentions of one or more articles.

    Parameters
    ----------
    articles
        An article, or any number of them; or a text (str), which is annotated as an article and never taken for the
        name of a file; or a file (pathlib.Path), which :func:`analysis.read_article` reads.
    force
        Annotate text that is not in English as well. Its tags mean little.
    syntax
        Whether to parse sentences and find chains, which takes more than half of the time. Without, for those who need
        only words and names, ``head`` is −1 and ``deprel`` empty throughout, and ``coreference`` has no rows.
    models
        The models to use; those of the package unless given.

    Returns
    -------
    Annotations
        Four tables. ``start`` and ``end`` are a half-open span of ``Article.text``, in characters, and ``text`` is
        what stands there. Every character that is neither blank nor invisible belongs to one token. Invisible are soft
        hyphens, zero-width characters, marks of direction, controls and their like (:mod:`analysis.invisible`): inside
        a word they stay in its ``text`` and count for nothing else, beside a blank they count as blank.

        {tables}

    Raises
    ------
    NotEnglishError
        If an article is not in English, unless ``force`` is true.
    TypeError
        If ``articles`` is something else.

    Notes
    -----
    :func:`card` says how often the tags, lemmas, trees and names are right on text that the models have not seen.

    Examples
    --------
    >>> annotate("Egypt denied it.").tokens[["text", "lemma", "upos"]].to_numpy().tolist()
    [['Egypt', 'Egypt', 'PROPN'], ['denied', 'deny', 'VERB'], ['it', 'it', 'PRON'], ['.', '.', 'PUNCT']]
    """
    models = models or default_models()
    parts: list[Annotations] = []
    pending: dict[str, Article] = {}  # by their ids, since an article may be given twice
    length_chars = 0
    for article in _as_articles(articles):
        if not force:
            check_english(article, models=models)
        if length_chars > _BATCH_CHARS or article.id in pending:
            parts.append(_annotate([*pending.values()], models, syntax=syntax))
            pending, length_chars = {}, 0
        pending[article.id] = article
        length_chars += len(article.text)
    if pending:
        parts.append(_annotate([*pending.values()], models, syntax=syntax))
    if not parts:
        return Annotations(*map(tables.empty, Annotations._fields))
    if len(parts) == 1:
        return parts[0]
    return Annotations(*(pd.concat(frames, ignore_index=True) for frames in zip(*parts, strict=True)))


def _as_articles(source: Any) -> Iterator[Article]:
    """Yield the articles of what :func:`annotate` accepts."""
    if isinstance(source, str):
        source = Article.from_text(source)
    elif isinstance(source, Path):
        source = read_article(source)
    if isinstance(source, Article):
        yield source
        return
    for article in source if isinstance(source, Iterable) else [source]:
        if not isinstance(article, Article):
            received = type(source).__name__
            received += f" with {type(article).__name__} in it" if isinstance(source, Iterable) else ""
            raise TypeError(
                f"annotate was given {received}; expected an Article, a text (str), a file (pathlib.Path) or Articles"
            )
        yield article


# Tables


def _annotate(articles: Sequence[Article], models: Models, *, syntax: bool) -> Annotations:
    """Return the tables of at least one article."""
    words, spans, paragraphs = _find_words(articles, models)
    columns = token_columns(words, models, syntax=syntax)
    annotations = make_tables(articles, words, spans, paragraphs, columns, models=models)
    if syntax:
        chains = coreference.resolve(*annotations[:3], models=models)
        annotations = annotations._replace(coreference=chains)
    return annotations


def make_tables(
    articles: Sequence[Article],
    words: Words,
    spans: NDArray[np.int64],
    paragraphs: NDArray[np.int64],
    columns: dict[str, Any],
    *,
    models: Models,
) -> Annotations:
    """Return the tables of articles whose words are known; that of chains has no rows.

    Parameters
    ----------
    articles
        At least one article.
    words
        Their words.
    spans
        The span of each word, shape (words, 2).
    paragraphs
        The paragraph of each sentence.
    columns
        What :func:`token_columns` returns.
    models
        The models, for canonical names.
    """
    ids = pd.array([article.id for article in articles], dtype=_STRINGS)
    firsts = np.cumsum(words.lengths) - words.lengths
    sentence = _number_within(words.articles)
    token_sentence = np.repeat(np.arange(len(words.lengths)), words.lengths)
    token_article = words.articles[token_sentence]

    start, end = spans[firsts, 0], spans[firsts + words.lengths - 1, 1]
    text = _texts(articles, words.articles, start, end)
    titles = np.array([article.title_span or (-1, -1) for article in articles])[words.articles]
    in_title = (start < titles[:, 1]) & (end > titles[:, 0])
    # An infinitive alone makes no sentence: "Inquiry to begin" is a heading.
    is_infinitive = np.append(False, (columns["upos"] == "PART") & (columns["xpos"] == "TO"))[:-1]
    is_verb = columns["upos"].isin(_VERBAL) & ~is_infinitive
    n_words, n_verbs = (np.add.reduceat(flags, firsts, dtype=np.int64) for flags in (columns["is_word"], is_verb))
    sentences = pd.DataFrame(
        {
            "article_id": ids.take(words.articles),
            "sentence": sentence,
            "paragraph": paragraphs,
            "start": start,
            "end": end,
            "text": pd.array(text, dtype=_STRINGS),
            "n_tokens": words.lengths,
            "role": _roles(words.articles, text, *map(np.ndarray.tolist, (in_title, n_words, n_verbs > 0, paragraphs))),
        },
    )
    token = _number_within(token_article)
    head = columns["head"]
    tokens = pd.DataFrame(
        {
            "article_id": ids.take(token_article),
            "token": token,
            "sentence": sentence[token_sentence],
            "start": spans[:, 0],
            "end": spans[:, 1],
            "text": pd.array(_texts(articles, token_article, spans[:, 0], spans[:, 1]), dtype=_STRINGS),
            **columns
            | {
                "entity": pd.array(columns["entity"], dtype=_STRINGS),
                "head": np.where(head >= 0, token[head], head),
            },
        },
    )

    found = names.mentions(columns["entity"])
    first, last = np.array([each[:2] for each in found], dtype=np.int64).reshape(-1, 2).T
    kinds = [each[2] for each in found]
    mention_article = token_article[first]
    start, end = spans[first, 0], spans[last, 1]
    text = _texts(articles, mention_article, start, end)
    spans_of_words = ((start, end) for start, end, _ in found)
    before = names.words_before(spans_of_words, prediction.normalised(words), set(firsts.tolist()))
    name = names.canonical(text, kinds, mention_article, before, index=models.gazetteer, trimmed=True)
    name = amendments.with_own_apostrophes(name, text, mention_article.tolist())
    name = whole_names.whole_names(name, kinds, mention_article.tolist())
    in_capitals = np.array([article.text.isupper() for article in articles])[mention_article]
    name = [each.upper() if is_upper else each for each, is_upper in zip(name, in_capitals, strict=True)]
    mentions = pd.DataFrame(
        {
            "article_id": ids.take(mention_article),
            "mention": _number_within(mention_article),
            "sentence": sentence[token_sentence[first]],
            "start": start,
            "end": end,
            "text": pd.array(text, dtype=_STRINGS),
            "label": pd.array(kinds, dtype=_STRINGS),
            "name": pd.array(name, dtype=_STRINGS),
        },
    )
    return Annotations(sentences, tokens, mentions, tables.empty("coreference"))


def _roles(owners: NDArray[np.int64], *columns: list[Any]) -> Any:
    """Return the roles of sentences, article by article; ``owners`` has the article of each."""
    ends = np.flatnonzero(np.diff(owners, append=-1)) + 1
    found: list[str] = []
    for low, high in pairwise([0, *ends.tolist()]):
        found += roles.find_roles(*(column[low:high] for column in columns))
    return pd.array(found, dtype=_STRINGS)


def _number_within(groups: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of each row within its group, from 0; the rows of a group are adjacent."""
    rows = np.arange(len(groups))
    is_first = np.diff(groups, prepend=-1) != 0
    return rows - np.maximum.accumulate(np.where(is_first, rows, 0))


def _texts(
    articles: Sequence[Article], owners: NDArray[np.int64], start: NDArray[np.int64], end: NDArray[np.int64]
) -> list[str]:
    """Return the texts of spans; ``owners`` has the article of each."""
    triples = zip(owners.tolist(), start.tolist(), end.tolist(), strict=True)
    return [articles[a].text[s:e] for a, s, e in triples]


# Tokens and sentences


def _find_words(articles: Sequence[Article], models: Models) -> tuple[Words, NDArray[np.int64], NDArray[np.int64]]:
    """Return the words of articles, the span of each word and the paragraph of each sentence."""
    cut = [
        (owner, paragraph, found)
        for owner, article in enumerate(articles)
        for paragraph, (start, end) in enumerate(article.paragraphs)
        if (found := tokenise(article.text, start, end, models.token_lists))
    ]
    columns = features.break_columns((articles[owner].text, found) for owner, _, found in cut)
    spans = np.array([*chain.from_iterable(found for _, _, found in cut)], dtype=np.int64).reshape(-1, 2)
    lengths = np.array([len(found) for _, _, found in cut], dtype=np.int64)
    owners, paragraphs = np.array([each[:2] for each in cut], dtype=np.int64).reshape(-1, 2).T
    headings = np.array([_after_title(article) for article in articles], dtype=np.int64)
    low, high = headings[np.repeat(owners, lengths)].T
    in_heading = (low <= spans[:, 0]) & (spans[:, 0] < high)
    stamps = np.array([_is_stamp(articles[owner], paragraph) for owner, paragraph, _ in cut], dtype=bool)
    in_stamp = np.repeat(stamps, lengths)
    in_stamp[np.cumsum(lengths) - lengths] = False
    firsts = np.flatnonzero(find_starts(models.breaks, columns, lengths, models.classes) & ~in_heading & ~in_stamp)
    cut_rows = np.repeat(np.arange(len(cut)), lengths)[firsts]
    before = pairwise((articles[owner].text, *span) for owner, _, found in cut for span in found)
    after_tabs = frozenset(
        at for at, ((_, _, end), (text, start, _)) in enumerate(before, 1) if "\t" in text[end:start]
    )
    joined = frozenset((np.flatnonzero(spans[1:, 0] == spans[:-1, 1]) + 1).tolist())
    words = Words(columns["form"], np.diff(np.append(firsts, len(spans))), owners[cut_rows], after_tabs, joined)
    return words, spans, paragraphs[cut_rows]


def _is_stamp(article: Article, paragraph: int) -> bool:
    """Return whether a paragraph is a time stamp, in which no sentence begins."""
    line = article.text[slice(*article.paragraphs[paragraph])]
    return is_date_line(line) or is_time_line(line)


def _after_title(article: Article) -> Span:
    """Return the span from the end of the title to the end of the publisher, in which no sentence begins."""
    if article.title_span and article.publisher_span:
        return article.title_span[1], article.publisher_span[1]
    return 0, 0


# Tags, lemmas and names


def token_columns(words: Words, models: Models, *, syntax: bool) -> dict[str, Any]:
    """Return the columns of the table of tokens that models and word lists determine.

    ``entity`` is a list, and ``head`` counts all words; see :func:`annotate` for ``syntax``.
    """
    forms, starts = prediction.normalised(words), set(words.starts)
    read = money.read_amounts(forms, starts)
    columns = prediction.word_columns(words._replace(forms=money.shown(forms, read)), models)
    xpos, upos = prediction.predict_tags(columns, words, models)
    owners = np.repeat(words.articles, words.lengths).tolist()
    entity = prediction.predict_names(columns | {"xpos": xpos}, words, models)
    entity = _amend_names(entity, words, xpos, owners, read=read, index=models.gazetteer)
    for index in names.proper_nouns(entity, forms, xpos):
        xpos[index], upos[index] = "NNP", "PROPN"
    acronyms = corrections.acronyms(
        forms, xpos, entity, starts, owners, function_words=_stop_words(), index=models.gazetteer
    )
    entity = labels.with_listed_acronyms(entity, forms, acronyms, models.gazetteer)
    for index in acronyms:
        xpos[index], upos[index] = "NNP", "PROPN"
    for index in corrections.gerunds(forms, xpos, starts):
        xpos[index], upos[index] = "NN", "NOUN"
    for index in corrections.adjectives(forms, xpos, starts):
        xpos[index], upos[index] = "JJ", "ADJ"
    for index in corrections.progressives(forms, xpos, entity, starts, models.classes):
        xpos[index], upos[index] = "VBG", "VERB"
    if syntax and len(forms):
        head, deprel = models.parser.parse(columns | {"xpos": xpos}, words.lengths)
    else:
        head, deprel = np.full(len(forms), ROOT), [""] * len(forms)

    types, ids = factorise(zip(forms, xpos, upos, strict=True))
    type_ids = np.array(ids, dtype=np.int64)
    norms = [form.lower() for form, _, _ in types]
    lemmatise = models.lemmatise
    lemmas = pd.array([lemmatise(*type_) for type_ in types], dtype=_STRINGS).take(type_ids)
    in_context = lemmas_in_names(entity, forms, xpos) | lemmas_in_context(forms, xpos, starts)
    in_context |= {index: each.lemma for index, each in read.items()}
    if in_context:
        lemmas[[*in_context]] = [*in_context.values()]
    return {
        "norm": pd.array(norms, dtype=_STRINGS).take(type_ids),
        "lemma": lemmas,
        "upos": pd.array(upos, dtype=_STRINGS),
        "xpos": pd.array(xpos, dtype=_STRINGS),
        "is_word": np.array([any(map(str.isalnum, norm)) for norm in norms], dtype=bool)[type_ids],
        "is_stop": np.array([_is_stop(form, tag) for form, _, tag in types], dtype=bool)[type_ids],
        "entity": entity,
        "head": head,
        "deprel": pd.array(deprel, dtype=_STRINGS),
    }


def _amend_names(
    entity: list[str],
    words: Words,
    xpos: Sequence[str],
    owners: Sequence[int],
    *,
    read: Mapping[int, money.Reading],
    index: Mapping[str, str],
) -> list[str]:
    """Correct the BIO tags of words by rules: where names begin and end, then their labels.

    Parameters
    ----------
    entity, xpos, owners
        The BIO tag, the Penn tag and the number of the article of each word.
    words
        The words.
    read
        What :func:`money.read_amounts` returns.
    index
        The gazetteer, as :func:`analysis.language.gazetteer.tag` takes it.
    """
    forms, starts = prediction.normalised(words), set(words.starts)
    entity = amendments.without_strays(entity, forms, words.after_tabs)
    entity = names.with_own_possessives(entity, forms, xpos, owners, index)
    entity = names.without_loose_ends(entity, forms, xpos, starts)
    entity = boundaries.with_joined_parts(entity, forms, starts)
    entity = boundaries.with_whole_persons(entity, forms, starts)
    entity = boundaries.without_bodies_after_of(entity, forms)
    entity = boundaries.with_legal_forms(common_words.with_family_names(entity, forms, starts), forms, starts)
    entity = boundaries.with_laws(common_words.with_whole_firms(entity, forms, starts), forms, starts)
    entity = boundaries.with_parted_pairs(entity, forms, starts, owners, joined=words.joined, index=index)
    entity = boundaries.without_directions(boundaries.without_portfolios(entity, forms, starts), forms)
    entity = labels.apply_listed_labels(names.without_lone_titles(entity, forms, starts), forms, index)
    entity = amendments.without_titles(entity, forms, index)
    entity = amendments.with_whole_places(entity, forms, starts, index)
    entity = whole_names.with_joint_places(entity, forms, starts)
    entity = whole_names.with_bodies(entity, forms, starts)
    entity = common_words.with_papers(whole_names.with_teams(entity, forms, starts, owners), forms, starts)
    entity = whole_names.with_universities(entity, forms, starts)
    entity = bodies.with_whole_bodies(entity, forms, starts)
    entity = bodies.with_numbered_units(bodies.with_long_acts(entity, forms, starts), forms, starts)
    entity = namesakes.with_cases(namesakes.with_namesakes(entity, forms, starts), forms, starts)
    entity = amendments.with_peers(entity, forms, starts)
    entity = amendments.with_saints(entity, forms, starts, index)
    entity = whole_names.with_owned_places(entity, forms, xpos, starts, index)
    entity = whole_names.with_hyphenated_places(entity, forms, words.joined)
    entity = amendments.with_whole_dates(entity, forms, starts)
    entity = amounts.with_whole_amounts(entity, forms, xpos, starts)
    entity = amounts.with_ranges(entity, forms, read, starts, words.joined)
    entity = amounts.with_payees(entity, forms, xpos, read, starts=starts, index=index)
    entity = amendments.with_named_days(entity, forms, starts)
    entity = amendments.without_namesakes(entity, forms, xpos, starts, owners, index=index)
    entity = labels.with_places_of_titles(entity, forms, starts, index)
    entity = told.with_told_persons(entity, forms, starts, owners)
    entity = told.with_buildings(entity, forms, starts)
    entity = told.with_told_things(entity, forms, xpos, starts, owners, index=index)
    entity = labels.with_persons_like_places(entity, forms, xpos, owners, index)
    entity = labels.with_one_label(entity, forms, starts, owners, index=index)
    entity = labels.with_places_like_persons(entity, forms, xpos, starts, owners, index=index)
    entity = labels.with_firms_like_persons(entity, forms, owners)
    entity = labels.with_shared_labels(entity, forms, xpos, starts, owners, index=index)
    entity = labels.with_missed_names(entity, forms, xpos, starts, owners, index=index)
    entity = common_words.with_firms(entity, forms, xpos, starts, owners)
    entity = whole_names.with_places_after_of(entity, forms, starts, index)
    entity = told.with_models(bodies.with_places_after_in(entity, forms, starts, owners), forms, words.joined)
    entity = told.without_small_letters(entity, forms, index)
    entity = told.with_works(entity, forms, xpos, starts)
    entity = whole_names.with_storms(entity, forms, starts, owners)
    entity = bodies.with_owned_parties(boundaries.with_states(entity, forms, starts), forms, starts, index)
    entity = bodies.with_owned_works(entity, forms, starts)
    return bodies.with_untold_vessels(whole_names.with_vessels(entity, forms, starts, owners), forms, starts, owners)


def _is_stop(form: str, upos: str) -> bool:
    """Return whether a word is in the list of stop words, and no name or acronym that looks like one (*May*, *IT*)."""
    is_capital = (upos == "PROPN" and form[0].isupper()) or (upos == "NOUN" and form.isupper())
    return form.lower() in _stop_words() and not (is_capital and len(form) > 1)


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(resources.data().read_lines("stopwords.txt"))
