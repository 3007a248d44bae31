"""The words that name events, their classes, and the verbs that tell who takes part."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from analysis import resources

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["NOUN", "OF", "VERB", "EventClass", "Lexicon", "event_classes", "event_codebook", "lexicon"]

#: The kinds of words of ``data/event_words.tsv``.
NOUN, OF, VERB = "noun", "noun/of", "verb"


class EventClass(NamedTuple):
    """A row of ``data/event_classes.tsv``."""

    name: str
    planned: str
    sign: str
    definition: str
    example: str


@cache
def event_classes() -> dict[str, EventClass]:
    """Return the classes of events by their names."""
    rows = [EventClass(*line.split("\t")) for line in resources.data().read_lines("event_classes.tsv")[1:]]
    return {row.name: row for row in rows}


def event_codebook() -> str:
    """Return the codebook of the classes of events, in Markdown.

    Examples
    --------
    >>> event_codebook().splitlines()[-1].split(" | ")[1:3]
    ['conflict', 'To use arms against another side: bomb, shell, invade, clash.']
    """
    lines = ["## Classes of events", "", "What the column `kind` of `events` may be, after PLOVER (Open Event Data", ""]
    lines[2] += (
        " Alliance 2018). What is demanded is DEMAND and what is refused REJECT, whatever the act; without a class,"
    )
    lines[2] += " `kind` is empty."
    lines += ["| class | sign | what one does | example | planned or offered |", "|---|---|---|---|---|"]
    for each in event_classes().values():
        lines.append(f"| {each.name} | {each.sign} | {each.definition} | {each.example} | {each.planned} |")
    return "\n".join([*lines, ""])


class Lexicon(NamedTuple):
    """What is known of words that name events.

    Attributes
    ----------
    classes
        The class of a verb or noun, by its kind (``verb``, ``noun``, ``noun/of``) and lemma.
    nouns
        Lemmas of nouns that stand in ``classes``, alone or with another word.
    verbs
        Lemmas of verbs of some kinds: those that are no event by themselves (``light``, ``occurring``, ``aspect``,
        ``stative``), and those that tell who takes part (``getting``, ``controlling``, ``transitive``).
    plans
        Lemmas of nouns that an infinitive may follow: whose plan, offer or effort it is does what it tells.
    telling
        Lemmas of verbs that say of what depends on them how sure it is.
    """

    classes: Mapping[tuple[str, str], str]
    nouns: frozenset[str]
    verbs: Mapping[str, frozenset[str]]
    plans: frozenset[str]
    telling: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """Return the words of ``data/event_words.tsv`` and ``data/event_verbs.tsv``."""
    data = resources.data()
    rows = (line.split("\t") for line in data.read_lines("event_words.tsv"))
    classes: dict[tuple[str, str], str] = {}
    for name, kind, words in rows:
        for word in words.split():
            classes.setdefault((kind, word), name)
    verbs = {kind: frozenset(words) for kind, words in data.read_word_lists("event_verbs.tsv").items()}
    contexts = [word for words in data.read_word_lists("event_contexts.tsv").values() for word in words]
    plans = frozenset(word.removesuffix("/noun") for word in contexts if word.endswith("/noun"))
    nouns = frozenset(part for kind, word in classes if kind in (NOUN, OF) for part in word.split("_"))
    return Lexicon(classes, nouns, verbs, plans, frozenset(word for word in contexts if "/" not in word))
