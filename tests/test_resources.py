"""Shipped files: found, checked against their SHA-256, and read once."""

import json
import threading
import time

import pytest

from analysis.resources import CHECKSUMS, MODELS, Folder, ResourceError, data, once, shipped

EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "list.txt").touch()
    (tmp_path / CHECKSUMS).write_text(json.dumps({"list.txt": EMPTY_SHA256, "gone.txt": EMPTY_SHA256}))
    return Folder(tmp_path)


def test_every_shipped_file_has_its_recorded_checksum():
    for folder in (data(), Folder(MODELS)):
        assert all(folder.read_bytes(name) for name in folder.checksums)


def test_an_altered_file_is_refused_in_one_line(folder):
    assert folder.read_bytes("list.txt") == b""
    (folder.path / "list.txt").write_text("altered")
    with pytest.raises(ResourceError, match=r"list\.txt has the SHA-256 .*, expected e3b0c4.*; install dateline again"):
        folder.read_bytes("list.txt")


def test_a_missing_file_and_one_without_checksum_are_refused(folder, tmp_path):
    with pytest.raises(ResourceError, match=r"gone\.txt cannot be read \(No such file"):
        folder.read_bytes("gone.txt")
    with pytest.raises(ResourceError, match=r"other\.txt has no SHA-256 in SHA256\.json"):
        folder.read_bytes("other.txt")
    with pytest.raises(ResourceError, match=r"SHA256\.json cannot be read"):
        Folder(tmp_path / "nowhere").read_bytes("list.txt")
    with pytest.raises(ResourceError, match="nothing-like-it is missing from"):
        shipped("nothing-like-it")


def test_read_lines_leaves_out_comments_and_blank_lines():
    lines = data().read_lines("stopwords.txt")
    assert "the" in lines
    assert not [line for line in lines if not line.strip() or line.startswith("#")]


def test_once_computes_a_property_a_single_time_for_all_threads():
    class Slow:
        calls = 0

        @once
        def value(self):
            Slow.calls += 1
            time.sleep(0.05)
            return object()

    slow = Slow()
    found = []
    threads = [threading.Thread(target=lambda: found.append(slow.value)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Slow.calls == 1
    assert len(set(map(id, found))) == 1
