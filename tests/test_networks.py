"""Networks, decoding and re-scoring: exact arithmetic, legal labels, and tags that distant words decide."""

from itertools import pairwise, product

import numpy as np
import pytest

from analysis.article import Article
from analysis.content import attribution
from analysis.language import annotate, default_models, network, rescoring
from analysis.language.decoding import decode
from analysis.language.network import MAX_ACTIVATION, MAX_WEIGHT, Head, Layer, Network, NetworkInput


def is_legal(tags):
    return all(two[0] != "I" or one[1:] == two[1:] for one, two in pairwise(["O", *tags]))


@pytest.mark.parametrize("spread", [0.5, 4, 20])
def test_decoding_finds_the_best_legal_tags(spread):
    """Whatever the spread of the logits: only runs of words that may belong to names are searched."""
    random = np.random.default_rng(0)
    tags, lengths = ["B-x", "B-y", "I-x", "I-y", "O"], np.array([1, 5, 2, 5, 1, 4])
    logits = (spread * random.normal(size=(lengths.sum(), len(tags)))).astype(np.float32)
    found, at = decode(logits, tags, lengths), 0
    logits[logits[:, :4].max(axis=1) <= logits[:, 4] - 12, :4] = -np.inf  # these are taken to be outside
    for length in lengths:
        legal = [path for path in product(range(len(tags)), repeat=length) if is_legal([tags[n] for n in path])]
        best = max(legal, key=lambda path: sum(logits[at + position, tag] for position, tag in enumerate(path)))
        assert found[at : at + length] == [tags[n] for n in best]
        at += length


def made_up_network(random, width=8):
    def layer(n_inputs, n_outputs=width, scale=0.01):
        weights = random.integers(-127, 128, size=(n_inputs, n_outputs)).astype(np.int8)
        return Layer(weights, random.normal(size=n_outputs).astype(np.float32), np.float32(scale))

    layers = [layer(3 * width) for _ in range(4)]
    heads = {"entity": Head(["B-x", "I-x", "O"], layer(width, 3))}
    return Network({"low": ["a", "b"], "known": ["", "?"]}, layer(6), layer(12), layers, layer(width), heads)


def test_logits_equal_those_of_integer_arithmetic(monkeypatch):
    """In slices of any size, and word by word in plain integers, with blanks at the ends of a sentence."""
    random = np.random.default_rng(0)
    made = made_up_network(random)
    lengths, groups = np.array([3, 1, 6]), np.array([0, -1, 1, 0, -1, -1, 1, 2, 0, -1])
    vectors = random.integers(0, MAX_ACTIVATION, size=(7, 8), dtype=np.uint8)
    type_ids = np.array([0, 1, 2, 0, 3, 4, 1, 5, 0, 6])
    inputs = NetworkInput(vectors, type_ids)
    found = made.logits(inputs, lengths, groups)["entity"]
    monkeypatch.setattr(network, "_ROWS_AT_ONCE", 2)
    assert (made.logits(inputs, lengths, groups)["entity"] == found).all()

    def activations(layer, inputs):
        sums = (np.asarray(inputs, dtype=np.int64) @ layer.weights.astype(np.int64)).astype(np.float32)
        return np.clip(np.rint(sums * np.float32(layer.scale) + layer.bias), 0, MAX_ACTIVATION).astype(np.int64)

    hidden = vectors[type_ids].astype(np.int64)
    sentence = np.repeat(np.arange(3), lengths)
    blank = np.zeros(8, dtype=np.int64)
    for index, layer in enumerate(made.convolutions):
        if index == 2:
            maxima = {group: hidden[groups == group].max(axis=0) for group in range(3)}
            hidden = np.array(
                [
                    np.minimum(row + activations(made.pooling, maxima[group]), MAX_ACTIVATION) if group >= 0 else row
                    for row, group in zip(hidden, groups, strict=True)
                ]
            )
        before = [hidden[n - 1] if n and sentence[n - 1] == sentence[n] else blank for n in range(10)]
        after = [hidden[n + 1] if n < 9 and sentence[n + 1] == sentence[n] else blank for n in range(10)]
        hidden = np.minimum(hidden + activations(layer, np.hstack([before, hidden, after])), MAX_ACTIVATION)
    sums = (hidden @ made.heads["entity"].layer.weights.astype(np.int64)).astype(np.float32)
    assert (found == sums * made.heads["entity"].layer.scale).all()


@pytest.mark.parametrize("n_words", [1, 31, 32, 33, 70])
def test_a_dilated_convolution_adds_up_what_its_taps_see(n_words):
    generator = np.random.default_rng(n_words)
    vectors = generator.integers(0, 256, (n_words, 8)).astype(np.float32)
    weights = generator.integers(-127, 128, (3 * 8, 8)).astype(np.float32)
    weights[:, [2, 5]] = 0
    layer = Layer(weights, np.where(weights.any(axis=0), np.float32(20), np.float32(0)), 1 / 256)
    blank = np.zeros((16, 8), dtype=np.float32)
    padded, (words,) = attribution.pad([vectors])
    assert (words == vectors).all()
    for dilation in attribution.DILATIONS:
        wide = np.concatenate([blank, vectors, blank])
        seen = np.hstack([wide[16 + shift :][:n_words] for shift in (-dilation, 0, dilation)])
        assert (attribution.convolve(padded, layer, dilation) == layer.activate(seen @ layer.weights)).all()


def test_weights_too_large_for_exact_sums_are_refused():
    layer = Layer(np.full((3 * 160, 160), 127, dtype=np.int8), np.zeros(160, dtype=np.float32), 1.0)
    with pytest.raises(ValueError, match=r"may add up to .+, expected less than 8,388,608"):
        _ = layer.winograd_filters
    layer = Layer(np.full((3 * 192, 192), 127, dtype=np.int8), np.zeros(192, dtype=np.float32), 1.0)
    with pytest.raises(ValueError, match=r"may add up to .+, expected less than 16,777,216"):
        _ = layer.taps


def test_a_network_is_read_as_it_was_written():
    made = made_up_network(np.random.default_rng(1))
    content = made.to_bytes()
    again = Network.from_bytes(content)
    assert again.to_bytes() == content
    inputs, lengths = NetworkInput(np.full((1, 8), 90, dtype=np.uint8), np.zeros(4, dtype=np.int64)), np.array([4])
    groups = np.array([0, -1, 0, 1])
    assert (again.logits(inputs, lengths, groups)["entity"] == made.logits(inputs, lengths, groups)["entity"]).all()


def test_layers_have_so_few_inputs_that_sums_are_exact():
    """Whatever the weights: in single precision whole numbers are exact up to 2 to the power of 24."""
    models = default_models()
    for each in (models.breaks.network, models.tags.network, models.names.network):
        layers = [*each.convolutions, *(head.layer for head in each.heads.values())]
        layers += [each.pooling] if each.pooling else []
        assert all(MAX_ACTIVATION * MAX_WEIGHT * len(layer.weights) < 2**24 for layer in layers)
        assert MAX_WEIGHT * MAX_WEIGHT * len(each.projection.weights) < 2**24


@pytest.mark.parametrize(
    ("sentence", "word", "tag"),
    [
        ("The president, who has publicly backed but not met them, left.", "met", "VBN"),
        ("She has repeatedly warned and twice sued the company .", "sued", "VBN"),
        ("Residents of Boxborough , Massachusetts gather every year .", "gather", "VBP"),
        ("The militants who officials say hide in the hills attacked a town .", "hide", "VBP"),
        ("The minister had the workers leave the plant .", "leave", "VB"),
        ("Officials watched the protesters leave the square .", "leave", "VB"),
        ("He asked that the witness be called .", "be", "VB"),
    ],
)
def test_distant_words_decide_the_form_of_a_verb(sentence, word, tag):
    tokens = annotate(Article.from_text(sentence, id="a"), force=True).tokens
    assert list(tokens.loc[tokens["text"] == word, "xpos"]) == [tag]


@pytest.mark.parametrize(
    ("tagged", "expected"),
    [
        ("militants_NNS who_WP officials_NNS say_VBP hide_?", "let nothing "),
        ("Officials_NNS watched_VBD the_DT protesters_NNS leave_?", "let let "),
        ("The_DT army_NN did_VBD not_RB leave_?", "let do "),
        ("It_PRP has_VBZ to_TO stop_VB and_CC leave_?", "let VB "),
        ("They_PRP demanded_VBD that_IN he_PRP resign_?", "let ask "),
        ("It_PRP had_VBD the_DT protesters_NNS leave_?", "let have "),
        ("It_PRP had_VBD long_RB been_VBN said_VBN that_IN they_PRP leave_?", "let nothing "),
        ("The_DT page_NN says_VBZ Leave_?", "let nothing capital"),
        ("When_WRB it_PRP rains_VBZ ,_, towns_NNS flood_?", "let nothing "),
        ("On_IN Friday_NNP leave_?", "let nothing adverbial"),
        ("Leave_?", "let nothing first"),
    ],
)
def test_what_governs_a_base_form_is_a_feature(tagged, expected):
    forms, tags = zip(*(cell.split("_") for cell in tagged.split()), strict=True)
    assert expected in rescoring.sentence_features(forms, tags, len(tags) - 1)


def test_rescoring_changes_only_tags_with_close_logits():
    labels = ["NN", "NNP", "VB", "VBP"]
    logits = np.array([[9, 0, 0, 0], [0, 1, 8, 7], [0, 9, 8, 7], [8, 0, 1, 7]], dtype=np.float32)
    weights = np.zeros((1, len(rescoring.TAGS)), dtype=np.int8)
    weights[0, rescoring.TAGS.index("VBP")] = 2 * rescoring.WEIGHT_STEPS
    model = rescoring.Rescorer({"-1 NN": 0}, weights)
    assert rescoring.Rescorer.from_bytes(model.to_bytes()).rows == model.rows
    again = model.rescore(logits, labels, ["towns", "flood", "Flood", "flood"], np.array([2, 2]))
    assert again.argmax(axis=1).tolist() == [0, 3, 1, 0]
    assert again.max(axis=1).tolist() == logits.max(axis=1).tolist()
    assert (again[[0, 2]] == logits[[0, 2]]).all()
    assert (again[:, 1] == logits[:, 1]).all()
    unchanged = rescoring.Rescorer.without_features().rescore(
        logits, labels, ["towns", "flood", "Flood", "flood"], np.array([2, 2])
    )
    assert unchanged.argmax(axis=1).tolist() == logits.argmax(axis=1).tolist()
