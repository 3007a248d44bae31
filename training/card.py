"""The model card in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from training import meantime

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["as_markdown"]


def as_markdown(card: Mapping[str, Any]) -> str:
    """Return a card in Markdown."""
    lines = [
        "# Model card",
        "",
        f"Written by `python -m training evaluate`; the models by `{card['trained_by']}`.",
        "All figures are percentages on text that the models were not trained on: the dev parts of the treebanks and",
        "of Universal NER, and all news of some outlets (Egypt, Algeria, Al Jazeera) that training leaves out.",
        "Features were chosen by these figures, so they flatter a little.",
        "",
        "| raw text | sentence F1 | token F1 |",
        "|---|---|---|",
    ]
    lines += [f"| {k} | {v['sentences']['f1']} | {v['tokens']['f1']} |" for k, v in card["segmentation"].items()]
    lines += ["", "| paragraphs of news, run together | begin a sentence | other sentences, after no mark |"]
    lines += ["|---|---|---|"]
    lines += [
        f"| {k} | {v['found']} % of {v['n']:,} | {v['unmarked']} % of {v['n_within']:,} |"
        for k, v in card["news"].items()
    ]
    lines += ["", "| right tokens | Penn tags | universal tags | lemmas |", "|---|---|---|---|"]
    for name, scores in card["tags"].items():
        cells = " | ".join(f"{scores[field]['accuracy']}" for field in ("xpos", "upos", "lemma"))
        lines.append(f"| {name} | {cells} |")
    lines += _syntax_lines(card["syntax"])
    for name, scores in card["phrases"].items():
        lines.append(_table(f"noun phrases of raw text: {name}", {f"by {by}": own for by, own in scores.items()}))
    lines += _coreference_lines(card.get("coreference", {}))
    for name, scores in card["names"].items():
        lines.append(_table(f"names: {name}", scores))
    for name, own in card["claims"].items():
        lines.append(_table(f"claims: {name}, half of the characters shared", {"contents": own["content"]}))
        lines += [
            f"| recall: {form} | | {each['value']} | | {each['n']} |" for form, each in own["recall_by_form"].items()
        ]
        lines += [
            f"| precision: cue of {kind} | {each['value']} | | | {each['n']} |"
            for kind, each in own["precision_by_cue"].items()
        ]
        lines += [
            "",
            f"Sources of the right contents: {own['source']['accuracy']} % right; the annotators of the corpus",
        ]
        lines += ["agree with each other on 78.8 % (F1 of contents) and 95.0 % (sources), as published."]
        lines += _confidence_lines(own.get("by_confidence", {}))
    lines += _times_lines(card.get("times", {}))
    lines += _events_lines(card.get("events", {}))
    lines += _places_lines(card.get("places", {}))
    lines += ["", "Most frequent confusions (right → given):", ""]
    for name, scores in card["tags"].items():
        for field in ("xpos", "upos"):
            pairs = ", ".join(f"{pair} ({count})" for pair, count in scores[field]["confusions"].items())
            lines.append(f"- {name}, {field}: {pairs}")
    for name, scores in card["syntax"].items():
        pairs = ", ".join(f"{pair} ({count})" for pair, count in scores["confusions"].items())
        lines.append(f"- {name}, relations to the right head: {pairs}")
    lines += ["", "| made from, or scored on | version | licence | files, and how the SHA-256 of each begins |"]
    lines += ["|---|---|---|---|"]
    for about in (*card["corpora"].values(), *card["others"].values()):
        files = ", ".join(f"{name} `{checksum[:12]}`" for name, checksum in about["files"].items())
        lines.append(f"| {about['title']} | {about['version']} | {about['licence']} | {files} |")
    lines += ["", "| model file | bytes | SHA-256 |", "|---|---|---|"]
    lines += [f"| {name} | {about['bytes']:,} | `{about['sha256']}` |" for name, about in card["models"].items()]
    return "\n".join(lines) + "\n"


def _times_lines(scores: Mapping[str, Any]) -> list[str]:
    """Return the tables of time expressions, in Markdown."""
    lines = []
    for name, own in scores.items():
        named = {meaning: own[measure] for measure, meaning in meantime.MEASURES.items()}
        lines.append(_table(f"time expressions: {name}", named))
        lines += ["", "The rules were written on the other half of the corpus, with the day of publication given."]
    return lines


def _events_lines(scores: Mapping[str, Any]) -> list[str]:
    """Return what is known of events, in Markdown."""
    lines = []
    if "plover" in scores:
        own = scores["plover"]
        lines += ["", f"Events of {own['n']} sentences of PLOVER: who acts and who is acted on are right in"]
        lines += [f"{own['roles']} %, the wrong way round in {own['reversed']} %; the class in {own['class']} %."]
    if "meantime" in scores:
        own = scores["meantime"]
        lines += ["", f"Of {own['n']} verbs of MEANTIME with both, {own['verbs']} % are found, {own['recall']} % with"]
        lines += ["who acts and who or what is acted on. Rules were written with these sentences in sight."]
    return lines


def _places_lines(scores: Mapping[str, Any]) -> list[str]:
    """Return what is known of places, in Markdown."""
    lines = []
    for name, own in scores.items():
        lines += [
            "",
            f"Of {own['n']:,} places of raw text ({name}), {own['found']} % are found; of these, {own['near']} %",
        ]
        lines += [
            f"lie within 161 km of the marked point, and {own['country']} % in the country of the town nearest to it."
        ]
        lines += [
            "The weights were chosen on the other half of the articles. The points of some large countries and of"
        ]
        lines += ["states are rounded as encyclopedias round them, from which the marked points come."]
    return lines


#: Published figures for the words of raw text with the right head and relation, on the test part of ewt.
_PEERS = "UDPipe 1.2 77.0, Stanza 1.1 83.6, Trankit base 88.0, UDPipe 2 with a transformer 89.9"


def _table(heading: str, scores: Mapping[str, Any], columns: Sequence[str] = ("precision", "recall", "f1", "n")) -> str:
    """Return a table of scores by their names, in Markdown; its heading names the columns where they are others."""
    heading += " | precision | recall | F1 | n" if "|" not in heading else ""
    rows = [
        [name, *("–" if own[column] is None else str(own[column]) for column in columns)]
        for name, own in scores.items()
    ]
    return "\n".join(
        ["", f"| {heading} |", f"|{'---|' * (len(columns) + 1)}", *(f"| {' | '.join(row)} |" for row in rows)]
    )


def _confidence_lines(scores: dict[str, Any]) -> list[str]:
    """Return how often claims are right, from some confidences on."""
    lines = ["", "| confidence of a claim, cross-validated | content and source right | n |", "|---|---|---|"]
    lines += [f"| {name} | {each['right']} | {each['n']} |" for name, each in scores.items()]
    return lines if scores else []


def _syntax_lines(scores: Mapping[str, Any]) -> list[str]:
    """Return the tables of the trees, in Markdown."""
    lines = ["", "| trees of raw text | right head, F1 | and relation, F1 | words |", "|---|---|---|---|"]
    for name, own in scores.items():
        lines.append(f"| {name} | {own['uas']['f1']} | {own['las']['f1']} | {own['las']['n']:,} |")
    lines += ["", f"Peers, on the test part of EWT (head and relation, as published): {_PEERS}."]
    return [*lines, *(_table(f"{name}: relation", own["relations"]) for name, own in scores.items())]


def _coreference_lines(scores: Mapping[str, Any]) -> list[str]:
    """Return the tables of the names of pronouns and of chains, in Markdown."""
    heading = "names of *he, she, it, they*: {} | precision | recall | found | with a name"
    columns = ("precision", "recall", "n_found", "n_gold")
    lines = [_table(heading.format(name), own["pronouns"], columns) for name, own in scores.items()]
    chains = {name: own["chains"] for name, own in scores.items()}
    heading = "chains with a name or such a pronoun, F1 | MUC | B³ | CEAF-e | CoNLL"
    return [*lines, _table(heading, chains, ("MUC", "B3", "CEAFe", "CoNLL"))] if scores else []
