"""Scores of events: sentences of PLOVER and articles of MEANTIME in which those who take part are marked.

References
----------
Open Event Data Alliance 2018, PLOVER: Political Language Ontology for Verifiable Event Records. A. Minard et al. 2016,
MEANTIME, the NewsReader multilingual event and time corpus, LREC.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.article import Article
from analysis.content import find_contents
from analysis.language import annotate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import pandas as pd

    from analysis.language.models import Models

__all__ = ["FILES", "score_meantime", "score_plover"]

#: The files, beside the folder of the corpora.
FILES = {"plover": "evals/events/plover.jsonl", "meantime": "evals/events/meantime.jsonl"}


class _Found(NamedTuple):
    """An event that was found: its class, and the spans of its words, of who acts and of who is acted on.

    A pronoun stands for all mentions of its chain, a relative pronoun for the noun that its clause modifies.
    """

    kind: str
    words: list[tuple[int, int]]
    actor: list[tuple[int, int]]
    target: list[tuple[int, int]]


def score_plover(path: Path, models: Models) -> dict[str, Any]:
    """Score sentences with one event each, marked by hand.

    Returns
    -------
    dict
        Percentages: ``roles`` (an event shares its words with the marked one, and so do its actor and its target),
        ``reversed`` (not so, and actor and target are the wrong way round), ``class`` (an event with the marked words
        has the class), and ``n``. Whoever is marked as both, as in *Oslo and Lima agreed*, need not be found as target.
    """
    rows = _read(path)
    found = _find({row["id"]: row["text_marked"] for row in rows}, models)
    right = turned = classes = n = 0
    for row in rows:
        spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for each in row["spans"]:
            for role in each["role"].split("/"):
                spans[role].append((each["start"], each["end"]))
        if not spans["EVT"]:
            continue
        is_mutual = set(spans["TAR"]) <= set(spans["SRC"])
        own = [each for each in found[row["id"]] if _meet(each.words, spans["EVT"])]
        fits = [
            (not spans["SRC"] or _meet(each.actor, spans["SRC"])) and (is_mutual or _meet(each.target, spans["TAR"]))
            for each in own
        ]
        swapped = [_meet(each.actor, spans["TAR"]) and _meet(each.target, spans["SRC"]) for each in own]
        n += 1
        right += any(fits)
        turned += any(swapped) and not any(fits)
        classes += any(each.kind == row["event"] for each in own)
    return {"roles": _percent(right, n), "reversed": _percent(turned, n), "class": _percent(classes, n), "n": n}


def score_meantime(path: Path, models: Models) -> dict[str, Any]:
    """Score the verbs of articles of which both who acts and who or what is acted on are marked.

    Returns
    -------
    dict
        Percentages: ``recall`` (the verb is found, and its actor and target share characters with the marked ones),
        ``verbs`` (it is found at all), and ``n``.
    """
    rows = _read(path)
    found = _find({row["id"]: row["text"] for row in rows}, models)
    right = verbs = n = 0
    for row in rows:
        for event in row["events"]:
            roles: dict[str, list[tuple[int, int]]] = defaultdict(list)
            for each in event["roles"]:
                roles[each["role"]].append((each["start"], each["end"]))
            if event["pos"] != "VERB" or not roles["Arg0"] or not roles["Arg1"]:
                continue
            own = [each for each in found[row["id"]] if _meet(each.words, [(event["start"], event["end"])])]
            n += 1
            verbs += bool(own)
            right += any(_meet(each.actor, roles["Arg0"]) and _meet(each.target, roles["Arg1"]) for each in own)
    return {"recall": _percent(right, n), "verbs": _percent(verbs, n), "n": n}


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _find(texts: dict[str, str], models: Models) -> dict[str, list[_Found]]:
    """Return the events of texts by their ids."""
    articles = [Article.from_text(text, id=name) for name, text in texts.items()]
    annotations = annotate(articles, force=True, models=models)
    chains: dict[tuple[str, tuple[int, int]], list[tuple[int, int]]] = {}
    for (article, _), own in annotations.coreference.groupby(["article_id", "chain"]):
        spans = list(zip(own["start"].tolist(), own["end"].tolist(), strict=True))
        chains |= {(article, span): spans for span in spans}
    found: dict[str, list[_Found]] = {name: [] for name in texts}
    for row in _rows(find_contents(articles, annotations).events):
        actor, target = (
            list(chains.get((row.article_id, span), [span]))
            for span in ((row.actor_start, row.actor_end), (row.target_start, row.target_end))
        )
        found[row.article_id].append(_Found(row.kind, [(row.start, row.end)], actor, target))
    for article, noun, pronoun in _relative_pronouns(annotations.tokens):
        for each in found[article]:
            for spans in (each.actor, each.target):
                if _meet(spans, [noun]):
                    spans.append(pronoun)
    return found


def _relative_pronouns(tokens: pd.DataFrame) -> Iterator[tuple[str, tuple[int, int], tuple[int, int]]]:
    """Yield the article, the noun and the relative pronoun of each clause that modifies a noun."""
    for article, own in tokens.groupby("article_id"):
        of = own.set_index("token")
        for word in own[own["xpos"].isin(["WDT", "WP"]) & (own["head"] >= 0)].itertuples():
            verb = of.loc[word.head]
            if verb["deprel"] == "acl:relcl":
                noun = of.loc[verb["head"]]
                yield str(article), (noun["start"], noun["end"]), (word.start, word.end)


def _rows(table: pd.DataFrame) -> Iterator[Any]:
    return table.itertuples(index=False)


def _meet(ours: Iterable[tuple[int, int]], others: Sequence[tuple[int, int]]) -> bool:
    """Return whether one of some spans shares characters with one of others."""
    return any(start < high and low < end for start, end in ours for low, high in others)


def _percent(count: int, total: int) -> float:
    return round(100 * count / total, 2) if total else 0.0
