"""Labels of mentions that the gazetteer decides, so that one thing has one label in an article."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from analysis.language import gazetteer, persons
from analysis.language.names import mentions, usual_name

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

__all__ = ["apply_listed_labels", "with_listed_acronyms", "with_one_label"]

#: The label of the names of some classes of the gazetteer.
_LABELS_OF_CLASSES = {"agency": "organization", "armed_group": "organization", "body": "organization"}
#: Labels that the network may take for one another. A country may rightly be an organisation: a team.
_NAMED = frozenset(("location", "misc", "organization", "person"))


def apply_listed_labels(tags: Sequence[str], forms: Sequence[str], index: Mapping[str, str]) -> list[str]:
    """Label names of several words as organisations where the gazetteer has them as a body, agency or armed group.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms
        The normalised form of each word.
    index
        The gazetteer, as :func:`analysis.language.gazetteer.tag` takes it.

    Examples
    --------
    >>> apply_listed_labels(["B-person", "I-person", "O"], ["al", "Qaida", "fled"], {"al": "qaida=armed_group"})
    ['B-organization', 'I-organization', 'O']
    """
    result = list(tags)
    for first, last, label in mentions(tags):
        if first == last:
            continue
        listed = _LABELS_OF_CLASSES.get(gazetteer.class_of(forms[first : last + 1], index), label)
        if listed != label:
            result[first : last + 1] = [f"{tag[:2]}{listed}" for tag in tags[first : last + 1]]
    return result


def with_listed_acronyms(
    tags: Sequence[str], forms: Sequence[str], acronyms: Iterable[int], index: Mapping[str, str]
) -> list[str]:
    """Label acronyms that look like function words and are in no mention, where the gazetteer has them.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms
        The normalised form of each word.
    acronyms
        What :func:`analysis.language.corrections.acronyms` returns.
    index
        The gazetteer, as :func:`analysis.language.gazetteer.tag` takes it.

    Examples
    --------
    >>> with_listed_acronyms(["O", "O", "O"], ["WHO", "backed", "IT"], [0, 2], {"who": "=body"})
    ['B-organization', 'O', 'O']
    """
    result = list(tags)
    for at in acronyms:
        class_ = gazetteer.class_of([forms[at]], index)
        label = "location" if class_ == "country" else _LABELS_OF_CLASSES.get(class_)
        if label and result[at] == "O":
            result[at] = f"B-{label}"
    return result


def with_one_label(
    tags: Sequence[str],
    forms: Sequence[str],
    starts: Container[int],
    owners: Sequence[int],
    *,
    index: Mapping[str, str],
) -> list[str]:
    """Give the names of one body or country in an article one label.

    An international body and its like is an organisation where the article labels its names in two ways, and never a
    person. A country that the article has as a location is no person, unless a person there has its name.

    Parameters
    ----------
    tags
        A legal sequence of BIO tags.
    forms, owners
        The normalised form and the number of the article of each word.
    starts
        The index of the first word of each sentence, and the number of words.
    index
        The gazetteer, as :func:`analysis.language.gazetteer.tag` takes it.

    Examples
    --------
    >>> with_one_label(["B-person", "O", "O", "B-location"], ["Britain", "thanked", "the", "U.K."], {0, 4}, [0] * 4,
    ...                index={"united": "kingdom=country"})
    ['B-location', 'O', 'O', 'B-location']
    """
    result = list(tags)
    groups: defaultdict[tuple[int, str], list[tuple[int, int, str]]] = defaultdict(list)
    named_persons: set[tuple[int, str]] = set()
    for first, last, label in mentions(tags):
        if label == "person" and (first < last or (first not in starts and persons.is_title(forms[first - 1]))):
            named_persons.update((owners[first], form.lower()) for form in forms[first : last + 1])
        if label in _NAMED:
            usual = usual_name(" ".join(forms[first : last + 1]), label)
            groups[owners[first], usual.lower()].append((first, last, label))
    for (owner, thing), found in groups.items():
        labels = {label for _, _, label in found}
        class_ = gazetteer.class_of(thing.split(" "), index)
        if class_ in _LABELS_OF_CLASSES and " " in thing:  # one word may name something else
            listed, wrong = _LABELS_OF_CLASSES[class_], _NAMED if len(labels) > 1 else {"person"}
        elif "country" in class_.split("+") and "location" in labels:
            listed, wrong = "location", {"person"}
        else:
            continue
        for first, last, label in found:
            if label in wrong and (owner, forms[last].lower()) not in named_persons:
                result[first : last + 1] = [f"{tag[:2]}{listed}" for tag in tags[first : last + 1]]
    return result
