"""CoNLL-U: what is written can be read by others, and read again it is the same."""

import json
import math
from pathlib import Path
from urllib.parse import unquote

import conllu
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from udapi.core.document import Document

from analysis import Article, ArticleError, annotate, read_conllu, tables, to_conllu
from analysis.language import NotEnglishError
from analysis.language.conllu import column_form, escape, unescape

CASES = json.loads((Path(__file__).parent / "cases" / "conllu.json").read_text(encoding="utf-8"))


def read_text(folder, text, **options):
    path = folder / "trees.conllu"
    path.write_text(text, encoding="utf-8", newline="")
    return read_conllu(path, **options)


def sentences_of(text):
    """Return the comments and the rows of each sentence."""
    blocks = [block.split("\n") for block in text.removesuffix("\n\n").split("\n\n")]
    return [
        ([line for line in lines if line[0] == "#"], [line.split("\t") for line in lines if line[0] != "#"])
        for lines in blocks
    ]


def check_same(articles, annotations, folder):
    """Check that articles are the same when they have been written and read."""
    again, tables_again = read_text(folder, to_conllu(articles, annotations), force=True)
    assert [(one.id, one.text, one.title) for one in again] == [(one.id, one.text, one.title) for one in articles]
    for one, other in zip(annotations, tables_again, strict=True):
        pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize("case", CASES["texts"], ids=lambda case: case["label"])
def test_what_is_written_is_read_again(case, tmp_path):
    article = Article.from_text(case["text"], id="a")
    check_same([article], annotate(article, force=True), tmp_path)


def test_the_seed_and_others_are_read_again(seed, tmp_path):
    metadata = {"title": "Who fell", "publisher": "A | B", "published": "2014-10", "url": "https://example.org/a"}
    other = Article.from_text("Maria Lopez fell. She rose.", id="b", **metadata)
    check_same([seed, other], annotate([seed, other], force=True), tmp_path)
    (article,) = read_text(tmp_path, to_conllu(other, annotate(other, force=True)), force=True)[0]
    assert {name: getattr(article, name) for name in metadata} == metadata


@settings(max_examples=40, deadline=None)
@given(st.text(st.sampled_from("ab.,|\\ \t\n\r\u00a0\u200b\u2028s()=%-'\u0301é1 "), max_size=40))
def test_any_text_is_read_again(tmp_path_factory, text):
    article = Article.from_text(f"Ann Lee of Cairo {text}", id="a")
    check_same([article], annotate(article, force=True), tmp_path_factory.mktemp("any"))


@given(st.text())
def test_what_is_escaped_is_unescaped(text):
    assert unescape(escape(text)) == text
    assert not any(map(str.isspace, escape(text)))
    assert "|" not in escape(text)


def test_the_format_is_kept(seed):
    """As Universal Dependencies' validator wants it, at the levels that know no language."""
    ids = set()
    for comments, rows in sentences_of(to_conllu(seed, annotate(seed))):
        fields = dict(comment[2:].split(" = ", 1) for comment in comments if " = " in comment)
        assert fields["sent_id"] not in ids
        ids.add(fields["sent_id"])
        assert [row[0] for row in rows] == [str(number) for number in range(1, len(rows) + 1)]
        assert {len(row) for row in rows} == {10}
        assert all(cell and cell == " ".join(cell.split()) for row in rows for cell in row)
        assert [row[7] for row in rows if row[6] == "0"] == ["root"]
        gaps = ["" if "SpaceAfter=No" in row[9].split("|") else " " for row in rows]
        assert "".join(row[1] + gap for row, gap in zip(rows, gaps, strict=True)).rstrip() == fields["text"]
        for row in rows:
            keys = [each.split("=")[0] for each in row[9].split("|")]
            assert keys == sorted(set(keys))


def test_chains_are_brackets():
    text = "Chad’s president, Maria Lopez, said: “I am tired.” She left."
    article = Article.from_text(text, id="a")
    chains = pd.DataFrame(
        [("a", 0, 0, 29, "name"), ("a", 0, 38, 39, "pronoun"), ("a", 0, 51, 54, "pronoun"), ("a", 1, 0, 6, "name")],
        columns=["article_id", "chain", "start", "end", "kind"],
    ).assign(name=["Maria Lopez"] * 3 + [""], margin=[math.nan, 2.5, -0.25, math.nan])
    annotations = annotate(article, force=True)
    written = to_conllu(article, annotations._replace(coreference=chains))
    rows = [row for _, rows in sentences_of(written) for row in rows]
    found = {row[1]: misc for row in rows for misc in row[9].split("|") if misc.startswith("Entity=")}
    other = "name:Maria%20Lopez"
    assert found == {
        "Chad": f"Entity=(e1-person-3-kind:name,{other}(e2--1-kind:name",
        "’s": "Entity=e2)",
        "Lopez": "Entity=e1)",
        "I": f"Entity=(e1-person-1-kind:pronoun,{other},margin:2.5)",
        "She": f"Entity=(e1-person-1-kind:pronoun,{other},margin:-0.25)",
    }


def test_without_trees_nothing_is_written():
    article = Article.from_text("It rained.", id="a")
    with pytest.raises(ValueError, match="the tokens have no trees; expected those of annotate"):
        to_conllu(article, annotate(article, syntax=False))


@pytest.mark.parametrize("case", CASES["bad"], ids=lambda case: case["label"])
def test_a_broken_file_is_refused_in_one_line(case, tmp_path):
    with pytest.raises(ArticleError) as caught:
        read_text(tmp_path, case["text"] + "\n\n", force=True)
    assert case["expected"] in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "trees.conllu"))
    assert "\n" not in str(caught.value)


def test_text_that_is_not_english_or_utf8_is_refused(tmp_path):
    words = "El presidente dijo que el gobierno no va a cambiar su política por las protestas de hoy".split() * 3
    rows = [f"{number}\t{word}" + "\t_" * 8 for number, word in enumerate(words, start=1)]
    with pytest.raises(NotEnglishError):
        read_text(tmp_path, "\n".join(rows))
    path = tmp_path / "latin.conllu"
    path.write_bytes("1\tpolítica".encode("latin-1"))
    with pytest.raises(ArticleError, match=r"latin\.conllu is not in UTF-8: byte 5 cannot be decoded; convert"):
        read_conllu(path)


GOLD = """\
# newdoc id = news/1
# global.Entity = GRP-etype-infstat-identity
# newpar
# text = The mayor won't rest.
1\tThe\tthe\tDET\tDT\t_\t2\tdet\t_\tEntity=(7-person-new
2\tmayor\tmayor\tNOUN\tNN\t_\t5\tnsubj\t_\tEntity=7)
3-4\twon't\t_\t_\t_\t_\t_\t_\t_\t_
3\twill\twill\tAUX\tMD\t_\t5\taux\t_\t_
4\tnot\tnot\tPART\tRB\t_\t5\tadvmod\t_\t_
5\trest\trest\tVERB\tVB\t_\t0\troot\t_\tSpaceAfter=No
6\t.\t.\tPUNCT\t.\t_\t5\tpunct\t_\t_

# newpar
# text = Ann Lee said she left.
1\tAnn\tAnn\tPROPN\tNNP\t_\t3\tnsubj\t_\tEntity=(7-person-giv
2\tLee\tLee\tPROPN\tNNP\t_\t1\tflat\t_\tEntity=7)
3\tsaid\tsay\tVERB\tVVD\t_\t0\troot\t_\t_
4\tshe\tshe\tPRON\t_\t_\t5\tnsubj\t_\tEntity=(7-person-giv)
5\tleft\tleave\tVERB\tVBD\t_\t3\tccomp\t_\tSpaceAfter=No
5.1\tit\tit\tPRON\t_\t_\t_\t_\t_\t_
6\t.\t.\tPUNCT\t.\t_\t3\tpunct\t_\tEntity=(8-event)

# text = It ended.
1\tIt\tit\tPRON\tPRP\t_\t_\t_\t_\t_
2\tended\tend\tVERB\tVBD\t_\t_\t_\t_\t_
3\t.\t.\tPUNCT\t.\t_\t_\t_\t_\t_

# newdoc
# text = It rained
1\tIt\t_\t_\t_\t_\t2\texpl\t_\t_
2\trained\t_\t_\t_\t_\t0\troot\t_\t_
"""


def test_a_treebank_keeps_its_words_tags_trees_and_chains(tmp_path):
    articles, annotations = read_text(tmp_path, GOLD, force=True)
    assert [article.text for article in articles] == [
        "The mayor won't rest.\n\nAnn Lee said she left. It ended.",
        "It rained",
    ]
    assert [article.id for article in articles] == [Article.from_text("x", id="news/1").id, "trees-2"]
    for name, table in annotations._asdict().items():
        tables.check(name, table)
    tokens = annotations.tokens
    assert list(tokens["text"][:6]) == ["The", "mayor", "wo", "n't", "rest", "."]
    assert list(tokens["head"][:6]) == [1, 4, 4, 4, -1, 4]
    assert list(tokens["lemma"][2:4]) == ["will", "not"]
    assert list(tokens["head"][6:12]) == [8, 6, -1, 10, 8, 8]
    # A tag that is none of Penn's, and what is not given, is predicted.
    assert list(tokens["xpos"][8:10]) == ["VBD", "PRP"]
    assert list(tokens["deprel"][12:14]) == ["nsubj", "root"]
    assert list(tokens["lemma"][-2:]) == ["it", "rain"]
    assert list(annotations.sentences["paragraph"]) == [0, 1, 1, 0]
    chains = annotations.coreference
    assert list(chains["text"]) == ["The mayor", "Ann Lee", "she"]
    assert list(chains["kind"]) == ["nominal", "name", "pronoun"]
    assert set(chains["name"]) == {"Ann Lee"}


def test_the_conllu_package_reads_it(seed):
    """It reads the same words, tags, trees and texts."""
    annotations = annotate(seed)
    found = conllu.parse(to_conllu(seed, annotations))
    assert [sentence.metadata["newdoc id"] for sentence in found[:1]] == [seed.id]
    assert [len(sentence) for sentence in found] == list(annotations.sentences["n_tokens"])
    assert all(sentence.to_tree().token["deprel"] == "root" for sentence in found)
    words = [token for sentence in found for token in sentence]
    for column, key in {"text": "form", "lemma": "lemma", "upos": "upos", "xpos": "xpos", "deprel": "deprel"}.items():
        assert [token[key] for token in words] == list(annotations.tokens[column])


@pytest.mark.parametrize("text", ["", *(case["text"] for case in CASES["texts"])])
def test_udapi_reads_its_chains(seed, text):
    """Udapi, the reference reader of CorefUD, finds every mention of every chain with its kind and name."""
    article = Article.from_text(text, id="a") if text else seed
    annotations = annotate(article, force=True)
    document = Document()
    document.from_conllu_string(to_conllu(article, annotations))
    assert [node.form for node in document.nodes] == [column_form(text) for text in annotations.tokens["text"]]
    found = []
    for entity in document.coref_entities:
        for mention in entity.mentions:
            assert mention.head in mention.words
            words = "".join(word.form for word in mention.words)
            found.append((entity.eid, words, mention.other["kind"], unquote(mention.other["name"])))
    ids = {chain: f"e{number}" for number, chain in enumerate(annotations.coreference["chain"].unique(), start=1)}
    expected = [
        (ids[row.chain], column_form(row.text), row.kind, row.name)
        for row in annotations.coreference.itertuples(index=False)
    ]
    assert sorted(found) == sorted(expected)
