"""How sure claims are, and that the sure ones are right more often."""

import numpy as np
import pytest

from analysis import Article, annotate, content
from analysis.content import confidence
from training import confidence as fitting

LEADS = {"content": [-3000, 2000, 4000, 1000, -2000, 5000], "source": [3000, 0, 0, 0, 0, 0]}


def test_features_are_the_lowest_leads_and_the_words_around():
    pieces = [(1, 3), (3, 4)]
    assert confidence.features(LEADS, pieces, (0, 1), ["say"]) == (1000, 3000, 3000, 2000, 0)


def test_what_is_not_there_leads_by_nothing_and_no_lead_counts_above_six_logits():
    most = 6 * 1024
    assert confidence.features({**LEADS, "content": [9000] * 6}, [(0, 6)], None, ["accord", "to"]) == (
        most,
        0,
        most,
        most,
        1024,
    )


def test_the_surer_each_part_is_the_higher_the_confidence():
    low = confidence.confidence([0] * len(confidence.FEATURES))
    for at in range(len(confidence.FEATURES)):
        raised = [3 * 1024 * (place == at) for place in range(len(confidence.FEATURES))]
        assert low < confidence.confidence(raised) < 1


@pytest.mark.parametrize(
    ("text", "is_sure"),
    [
        ("“We will rebuild the bridge,” Ann Lee said on Monday.", True),
        ("The minister said that the bridge would be rebuilt.", True),
        ("Ann Lee denied that she had taken the money.", True),
        ("Tim Cook was personally recommended by Jobs to take over as CEO.", False),
        ("The President has drawn both praise for helping the girls enter the U.S. and criticism for his ban.", False),
    ],
)
def test_plain_claims_are_sure(text, is_sure):
    article = Article.from_text(text, id="a")
    claims = content.find_contents(article, annotate(article, force=True)).claims
    assert claims["confidence"].between(0, 1).all()
    assert claims["confidence"].ge(0.7).any() == is_sure


def test_weights_are_found_again_from_examples_made_with_them():
    random = np.random.default_rng(0)
    values = random.integers(-4096, 4096, size=(4000, len(confidence.FEATURES)))
    true = np.array([0.4, 0.1, -0.2, 0.3, 0.2])
    is_right = random.random(4000) < 1 / (1 + np.exp(-(values / 1024) @ true - 0.5))
    examples = fitting.Examples(np.arange(4000), values, is_right)
    np.testing.assert_allclose(fitting.fit(examples) / 1024, [*true, 0.5], atol=0.1)
    shares = [each["right"] for each in fitting.score(examples).values()]
    assert shares == sorted(shares)
    assert fitting.to_bytes(np.arange(6)).decode().splitlines()[0].split("\t") == [confidence.FEATURES[0], "0"]
