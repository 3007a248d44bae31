"""Who is who: chains of the mentions of an article that refer to one thing.

Names form chains by their canonical names. Appositions and copulas identify a noun phrase with another mention by
rules; what descriptions (*the Egyptian president*) and pronouns of the third person refer to, small networks choose
among candidates; *I* in a quotation is its speaker. A link that hardly beats the next best one is left out.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from itertools import groupby, pairwise, takewhile
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from analysis import tables
from analysis.language import antecedents, descriptions, referring
from analysis.language.descriptions import may_describe
from analysis.language.entities import Entity, Setting, Similarity, State
from analysis.language.models import default_models
from analysis.language.quotations import find_quotations, find_speakers
from analysis.language.referring import (
    BARE,
    CERTAIN,
    COORDINATION,
    DEFINITE,
    DEMONSTRATIVE,
    HE,
    INDEFINITE,
    IT,
    NAME,
    NOMINAL,
    NOUN_MODIFIER,
    ORGANIZATION_NAME,
    PERSON,
    PERSON_NAME,
    POSSESSED,
    PRONOUN,
    SHE,
    SINGULAR_FIRST,
    SUBJECT,
    THEY,
    Mention,
    Named,
    WordTable,
    lists,
)
from analysis.language.scorer import WEIGHT_STEPS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from analysis.language.models import Models
    from analysis.language.network import WordVectors
    from analysis.language.scorer import Scorer

    #: Chooses among candidates, given their attributes: the index of one and the margin of its score over the next
    #: best, or −1 for none of them.
    Choice = Callable[[Mention, Sequence[Entity], Sequence[Sequence[int]]], tuple[int, int]]

__all__ = ["Chooser", "find_chains", "make_chooser", "prepare", "resolve"]

#: How much the score of what a description refers to must exceed that of no referent.
_DESCRIPTION_MARGIN = WEIGHT_STEPS**2 * 5 // 8
#: The same for what a pronoun refers to as long as the article is read: better a doubtful link than a broken chain.
_WORKING_MARGIN = -3 * WEIGHT_STEPS**2
#: What is added to the scores of candidates with a name for *he* and *she*, who in the news are seldom nameless.
_NAMED_BONUS = WEIGHT_STEPS**2
#: A pronoun is in a chain if its link, and the links on which that rests, have this margin over the next best. *He* and
#: *she* nearly always refer to something, *it* often does not.
_MARGINS = {HE: -(WEIGHT_STEPS**2) // 2, SHE: -(WEIGHT_STEPS**2) // 2, IT: WEIGHT_STEPS**2 // 4, THEY: 0}

#: Forms of noun phrases that may be appositions between commas.
_APPOSITION_FORMS = (DEFINITE, INDEFINITE, POSSESSED)


class Chooser(NamedTuple):
    """Chooses the referents of pronouns of the third person and of descriptions."""

    pronoun: Choice
    description: Choice


def choose_best(scores: Sequence[float], least: int = 0) -> tuple[int, int]:
    """Return the index of the best candidate and its margin, −1 and 0 where it is not better enough than none of them.

    Parameters
    ----------
    scores
        The scores of the candidates and, last, of none of them.
    least
        By how much a candidate must be better than none of them.

    Examples
    --------
    >>> choose_best([3, 9, 5]), choose_best([3, 5, 5]), choose_best([3, 9, 5], least=4)
    ((1, 4), (-1, 0), (-1, 0))
    """
    *candidates, none = scores
    best = max(range(len(candidates)), key=candidates.__getitem__, default=-1)
    if best < 0 or candidates[best] <= none + least:
        return -1, 0
    others = [none, *candidates[:best], *candidates[best + 1 :]]
    return best, int(candidates[best] - max(others))


def make_chooser(scorers: Mapping[str, Scorer]) -> Chooser:
    """Return a chooser by the scorers of ``pronouns`` and ``descriptions``."""
    pronouns, descriptions_ = scorers["pronouns"], scorers["descriptions"]

    def choose_for_pronoun(
        pronoun: Mention, candidates: Sequence[Entity], attributes: Sequence[Sequence[int]]
    ) -> tuple[int, int]:
        scores = pronouns.score(attributes)
        if pronoun.form in (HE, SHE):
            named = (*(bool(each.name) for each in candidates), False)
            scores = [score + _NAMED_BONUS * is_named for score, is_named in zip(scores, named, strict=True)]
        return choose_best(scores, _WORKING_MARGIN)

    return Chooser(
        choose_for_pronoun, lambda _, __, attributes: choose_best(descriptions_.score(attributes), _DESCRIPTION_MARGIN)
    )


# Tables in


class Prepared(NamedTuple):
    """Articles with their mentions, before anything is resolved.

    Attributes
    ----------
    setting
        What is known of the articles.
    mentions
        Their mentions, in the order of their heads.
    named
        The named mentions.
    articles
        The number of the article of each sentence.
    """

    setting: Setting
    mentions: list[Mention]
    named: list[Named]
    articles: list[int]


def prepare(
    sentences: pd.DataFrame,
    tokens: pd.DataFrame,
    mentions: pd.DataFrame,
    noun_things: Mapping[str, int],
    vectors: WordVectors,
) -> Prepared:
    """Find the mentions of articles.

    Parameters
    ----------
    sentences, tokens, mentions
        Their tables.
    noun_things
        What kind of thing nouns stand for, by lemma.
    vectors
        Word vectors, which tell what nouns are similar.
    """
    lengths = sentences["n_tokens"].to_numpy()
    article_ids = sentences["article_id"].to_numpy()
    articles = np.cumsum(np.append(False, article_ids[1:] != article_ids[:-1])[: len(article_ids)])
    sentence_of = np.repeat(np.arange(len(lengths)), lengths)
    named = _named(tokens, mentions, articles[sentence_of])
    words = _word_table(tokens, sentence_of, named)
    dependents = referring.find_dependents(words)
    paragraphs = (articles * (int(sentences["paragraph"].max()) + 1 if len(sentences) else 1)) + sentences["paragraph"]
    found = referring.find_mentions(words, dependents, named, noun_things)
    at = {mention.token: mention for mention in found if mention.kind != COORDINATION}
    starts = [0, *np.cumsum(lengths).tolist()]
    quotations = find_quotations(words, paragraphs := paragraphs.tolist())
    speakers = find_speakers(words, dependents, quotations, starts, at)
    setting = Setting(words, dependents, at, paragraphs, starts, quotations, speakers, Similarity(vectors))
    return Prepared(setting, found, named, articles.tolist())


def _named(tokens: pd.DataFrame, mentions: pd.DataFrame, token_articles: NDArray[np.int64]) -> list[Named]:
    """Return the named mentions with the rows of their words."""
    start, end = tokens["start"].to_numpy(), tokens["end"].to_numpy()
    width = int(end.max()) + 1 if len(end) else 1
    article_of = dict(zip(tokens["article_id"].tolist(), token_articles.tolist(), strict=True))
    owners = np.array([article_of[each] for each in mentions["article_id"].tolist()], dtype=np.int64) * width
    first = np.searchsorted(token_articles * width + start, owners + mentions["start"].to_numpy())
    last = np.searchsorted(token_articles * width + end, owners + mentions["end"].to_numpy())
    return [*map(Named, first.tolist(), last.tolist(), mentions["label"].tolist(), mentions["name"].tolist())]


def _word_table(tokens: pd.DataFrame, sentence_of: NDArray[np.int64], named: Sequence[Named]) -> WordTable:
    rows = np.arange(len(tokens))
    heads = tokens["head"].to_numpy()
    name = [-1] * len(tokens)
    for number, each in enumerate(named):
        name[each.first : each.last + 1] = [number] * (each.last + 1 - each.first)
    return WordTable(
        tokens["norm"].tolist(),
        tokens["lemma"].str.lower().tolist(),
        tokens["upos"].tolist(),
        tokens["xpos"].tolist(),
        np.where(heads < 0, -1, heads + rows - tokens["token"].to_numpy()).tolist(),
        [*map(_without_subtype, tokens["deprel"].tolist())],
        sentence_of.tolist(),
        name,
    )


@lru_cache
def _without_subtype(relation: str) -> str:
    return relation if relation in ("nmod:desc", "nmod:poss") else relation.partition(":")[0]


# Chains


def find_chains(prepared: Prepared, chooser: Chooser) -> list[list[Entity]]:
    """Return the entities of each article, in the order of their first mentions, each with its mentions in order."""
    setting, mentions, named, articles = prepared
    first_sentences = [row for row, (last, number) in enumerate(pairwise([-1, *articles])) if last != number]
    found: list[list[Entity]] = [[] for _ in first_sentences]
    countries: list[Counter[str]] = [Counter() for _ in first_sentences]
    for each in named:
        countries[articles[setting.words.sentence[each.first]]][referring.country_of(each)] += 1
    for number, group in groupby(mentions, key=lambda mention: articles[mention.sentence]):
        own = [*group]
        names = Counter(named[mention.row].name for mention in own if mention.kind == NAME)
        state = State(first_sentences[number], names, _most_frequent(countries[number]))
        found[number] = _Article(own, setting, named, state, chooser).entities()
    return found


def _most_frequent(countries: Counter[str]) -> str:
    """Return the country that is named most often; empty if there is none or a second one is."""
    (country, count), *others = [each for each in countries.most_common(3) if each[0]] or [("", 0)]
    return "" if others and others[0][1] == count else country


class _Article:
    """Resolves the mentions of an article."""

    def __init__(
        self,
        mentions: list[Mention],
        setting: Setting,
        named: Sequence[Named],
        state: State,
        chooser: Chooser,
    ) -> None:
        self.mentions = mentions
        self.setting = setting
        self.named = named
        self.chooser = chooser
        self.state = state
        self.by_name: dict[str, Entity] = {}

    def entities(self) -> list[Entity]:
        """Resolve all mentions and return what they refer to."""
        state, words = self.state, self.setting.words
        found: dict[Entity, None] = {}
        same = self._identified()
        for mention in self.mentions:
            if mention.kind == PRONOUN and mention.form > THEY:
                continue
            entity = self._referent(mention, same)
            entity.add(mention)
            if mention.kind == NAME:
                self._describe_name(entity, mention)
            elif mention.kind == NOMINAL:
                state.describe(entity, mention.noun, mention.modifiers, mention.related)
            found[entity] = None
            state.mention(entity)
            if mention.kind == PRONOUN:
                state.last_pronouns[mention.form] = mention
            head = words.head[mention.token]
            if mention.role == SUBJECT and head >= 0 and words.relation[head] == "root":
                state.topic = mention
        self._add_first_persons()
        return [*found]

    def _referent(self, mention: Mention, same: Mapping[Mention, Mention]) -> Entity:
        """Return what a mention refers to: an entity mentioned before, or a new one."""
        if mention.kind == NAME:
            return self._entity_of_name(mention)
        if mention.kind == PRONOUN:
            candidates = antecedents.pronoun_candidates(mention, self.state, self.setting)
            attributes = antecedents.pronoun_attributes(mention, candidates, self.state, self.setting)
            entity = self._chosen(mention, candidates, self.chooser.pronoun(mention, candidates, attributes))
            if antecedents.refers_to_nothing(mention, self.setting):
                mention.margin = -CERTAIN
            return entity
        if mention in same:
            other = same[mention]
            return other.entity or (self._entity_of_name(other) if other.kind == NAME else Entity())
        if mention.kind == NOMINAL:
            holder = descriptions.find_holder(mention, self.state)
            if holder is not None:
                return holder
        if mention.kind == NOMINAL and mention.form in (DEFINITE, DEMONSTRATIVE):
            candidates = descriptions.description_candidates(mention, self.state)
            if candidates:
                attributes = descriptions.description_attributes(mention, candidates, self.state, self.setting)
                choice = self.chooser.description(mention, candidates, attributes)
                if not self._is_ambiguous(mention, candidates[: choice[0] + 1]):
                    return self._chosen(mention, candidates, choice)
        return Entity()

    def _is_ambiguous(self, description: Mention, candidates: Sequence[Entity]) -> bool:
        """Return whether another candidate is nearer than the last one and as likely.

        In *… strikes against the Islamic State … the group*, the group need not be one of the sentences before, and
        *the country* need not be one named before another.
        """
        if not candidates:
            return False
        chosen, nearer = candidates[-1], [each for each in candidates[:-1] if each.name]
        place = descriptions.match_places(description, chosen)
        if chosen.name and place and any(descriptions.match_places(description, each) == place for each in nearer):
            return True
        if chosen.thing == PERSON_NAME or chosen.last.sentence == description.sentence:
            return False
        return any(each.thing == ORGANIZATION_NAME and each.last.sentence == description.sentence for each in nearer)

    def _chosen(self, mention: Mention, candidates: Sequence[Entity], choice: tuple[int, int]) -> Entity:
        """Return the chosen candidate; its surest mention in this sentence and the one before bears the link."""
        index, margin = choice
        if index < 0:
            return Entity()
        entity = candidates[index]
        before = takewhile(lambda other: mention.sentence - other.sentence <= 1, reversed(entity.mentions))
        mention.margin = min(margin, max((other.margin for other in before), default=entity.last.margin))
        return entity

    def _entity_of_name(self, mention: Mention) -> Entity:
        name = self.named[mention.row].name
        if name not in self.by_name:
            self.by_name[name] = Entity(name)
        return self.by_name[name]

    def _identified(self) -> dict[Mention, Mention]:
        """Return the mention that an apposition or copula identifies a noun phrase with.

        A noun phrase between commas after a name is an apposition even where the tree has it otherwise.
        """
        words, dependents, at = self.setting.words, self.setting.dependents, self.setting.at
        by_end = {mention.last: mention for mention in self.mentions if mention.kind == NAME}
        same = {}
        for mention in self.mentions:
            token = mention.token
            if mention.kind in (COORDINATION, PRONOUN):
                continue
            if self._is_explanation(mention) and words.head[token] in at:
                other = at[words.head[token]]
                if mention.kind == NOMINAL and other.kind != PRONOUN and may_describe(mention, other):
                    same[mention] = other
                elif mention.kind == NAME and self._is_apposition(mention, other):
                    same[other] = mention
            elif mention.kind == NOMINAL and dependents.copula[token] >= 0 and self._identifies(token):
                subject = at.get(dependents.subject[token])
                if subject is not None and mention.form != BARE and may_describe(mention, subject):
                    same[mention] = subject
            elif mention.kind == NOMINAL and mention.form in _APPOSITION_FORMS:
                name = by_end.get(mention.first - 2)
                if name is not None and self._stands_between_commas(mention) and may_describe(mention, name):
                    same[mention] = name
        return same

    def _is_explanation(self, mention: Mention) -> bool:
        """Return whether a mention is an apposition, or a name in its place that the tree has for a lone conjunct."""
        relation, head = self.setting.words.relation[mention.token], self.setting.words.head[mention.token]
        if mention.kind != NAME or relation != "conj":
            return relation == "appos"
        other, conjuncts = self.setting.at.get(head), self.setting.dependents.conjuncts[head]
        is_beside = other is not None and other.last == mention.first - 2 and conjuncts == [mention.token]
        return is_beside and self._stands_between_commas(mention)

    def _is_apposition(self, name: Mention, noun: Mention) -> bool:
        """Return whether a name after a noun tells who that is; whose it is in *a son of the mayor, Al Lee* is open."""
        head = self.setting.at.get(self.setting.words.head[noun.token])
        is_of_person = noun.role == NOUN_MODIFIER and head is not None and head.thing == noun.thing == PERSON
        return noun.kind == NOMINAL and not is_of_person and may_describe(noun, name)

    def _identifies(self, token: int) -> bool:
        """Return whether a copula before a noun says what something is, not what it is not nor where it is."""
        return token not in self.setting.dependents.negated and token not in self.setting.dependents.cased

    def _stands_between_commas(self, mention: Mention) -> bool:
        """Return whether a comma stands before a mention, and a comma, bracket or the sentence's end after it."""
        norms, xpos = self.setting.words.norm, self.setting.words.xpos
        last = mention.last + 1
        return norms[mention.first - 1] == "," and last < len(norms) and (norms[last] in ",(" or xpos[last] == ".")

    def _describe_name(self, entity: Entity, mention: Mention) -> None:
        """Add the nouns that a name is or has with it: a person's title, a body's last word and what it is."""
        words, first, last = self.setting.words, mention.first, mention.last
        if mention.thing != PERSON_NAME:
            self.state.describe(entity, words.norm[last], words.norm[first:last])
            if first and words.head[first - 1] == mention.token and words.lemma[first - 1] in lists().bodies:
                self.state.describe(entity, words.lemma[first - 1])  # *the union Usdaw*
            return
        for row in range(first, mention.token):
            self.state.describe(entity, words.lemma[row], (), mention.related)
        row = first - 1
        start = self.setting.sentence_starts[mention.sentence]
        if row >= start and words.upos[row] in ("NOUN", "PROPN") and words.name[row] < 0:
            before = range(max(start, row - 2), row)
            modifiers = [words.lemma[b] for b in before if words.upos[b] in ("ADJ", "PROPN")]
            self.state.describe(entity, words.lemma[row], modifiers, mention.related)

    def _add_first_persons(self) -> None:
        """Add *I* in quotations to what their speakers' mentions refer to; *we* is the speaker if that is no person."""
        quotations, speakers = self.setting.quotations, self.setting.speakers
        for mention in self.mentions:
            if mention.kind != PRONOUN or mention.form <= THEY:
                continue
            speaker = speakers.get(quotations[mention.token])
            if speaker is None or speaker.entity is None:
                continue
            is_person = speaker.entity.thing in (PERSON_NAME, PERSON, 0)
            if is_person == (mention.form == SINGULAR_FIRST):
                mention.margin = speaker.margin
                speaker.entity.mentions.append(mention)


# Tables out


@tables.stage(requires=("sentences", "tokens", "mentions"), returns="coreference")
def resolve(
    sentences: pd.DataFrame, tokens: pd.DataFrame, mentions: pd.DataFrame, *, models: Models | None = None
) -> pd.DataFrame:
    """Find chains of mentions that refer to one thing.

    Parameters
    ----------
    sentences, tokens, mentions
        The tables of one or more articles.
    models
        The models to use; those of the package unless given.

    Returns
    -------
    pandas.DataFrame
        {columns}

    Notes
    -----
    A chain has two mentions at least, in the order of the text. What is not sure is in no chain: a pronoun without a
    likely referent, *we*, descriptions that nothing in the article explains.
    """
    models = models or default_models()
    prepared = prepare(sentences, tokens, mentions, models.noun_things, models.lexicon.vectors)
    rows = [
        row
        for number, entities in enumerate(find_chains(prepared, make_chooser(models.antecedents)))
        for row in _rows(entities)
    ]
    return _table(rows, sentences, tokens)


def _rows(entities: Sequence[Entity]) -> Iterator[tuple[int, Mention, str]]:
    """Yield the number of the chain, the mention and the name of all mentions in the chains of an article."""
    number = 0
    for entity in entities:
        kept = [each for each in entity.mentions if each.kind != PRONOUN or each.margin >= _MARGINS.get(each.form, 0)]
        if len(kept) > 1:
            for mention in sorted(kept, key=attrgetter("first", "last")):
                yield number, mention, entity.name
            number += 1


def _table(rows: Sequence[tuple[int, Mention, str]], sentences: pd.DataFrame, tokens: pd.DataFrame) -> pd.DataFrame:
    sentence = np.array([mention.sentence for _, mention, _ in rows], dtype=np.int64)
    start = tokens["start"].to_numpy()[[mention.first for _, mention, _ in rows]]
    end = tokens["end"].to_numpy()[[mention.last for _, mention, _ in rows]]
    offsets = sentences["start"].to_numpy()[sentence]
    texts = sentences["text"].to_numpy()[sentence]
    spans = zip(texts, (start - offsets).tolist(), (end - offsets).tolist(), strict=True)
    kinds = {COORDINATION: NOMINAL}
    return tables.frame(
        "coreference",
        {
            "article_id": sentences["article_id"].to_numpy()[sentence],
            "chain": [number for number, *_ in rows],
            "start": start,
            "end": end,
            "text": [text[low:high] for text, low, high in spans],
            "kind": [kinds.get(mention.kind, mention.kind) for _, mention, _ in rows],
            "name": [name for *_, name in rows],
            "margin": [round(m.margin / WEIGHT_STEPS**2, 2) if m.margin < CERTAIN else np.nan for _, m, _ in rows],
        },
    )
