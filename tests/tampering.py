"""What can be done to a report's folder, step by step, as test cases name it."""

import hashlib
import json
import os
import re
import shutil
import socket
import stat
from pathlib import Path

import pytest

from analysis.layout import RECORD


def tamper(report, steps):
    """Do each step, a list of its name, a path in the report and further values."""
    for name, path, *values in steps:
        STEPS[name](report / path, *values)


def _change(path, change):
    before = path.read_bytes()
    assert change(before) != before, path
    path.write_bytes(change(before))


def _replace(path, old, new):
    _change(path, lambda data: data.replace(old.encode(), new.encode()))


def _substitute(path, pattern, new):
    _change(path, lambda data: re.sub(pattern.encode(), new.encode(), data, count=1, flags=re.MULTILINE))


def _next(match):
    return str(int(match[0]) + 1).encode()


def _bump(path, pattern):
    """Add one to the first whole number that fits."""
    _change(path, lambda data: re.sub(pattern.encode(), _next, data, count=1, flags=re.MULTILINE))


def _nudge(path):
    """Change the last digit of the first decimal fraction that has seven."""
    _change(
        path, lambda data: re.sub(rb"(?<=\d\.\d{6})\d", lambda match: str(9 - int(match[0])).encode(), data, count=1)
    )


def _write(path, text, times=1):
    path.write_bytes(text.encode("latin-1") * int(times))


def _truncate(path, size):
    with path.open("ab") as file:
        file.truncate(size)


def _remove(path):
    (shutil.rmtree if path.is_dir() else os.unlink)(path)


def _swap(path, other):
    other = _report(path) / other
    one, two = path.read_bytes(), other.read_bytes()
    path.write_bytes(two)
    other.write_bytes(one)


def _socket(path):
    # The name of a socket must be short, so it is made in the working folder.
    before = Path.cwd()
    os.chdir(path.parent)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(before)


def _device(path):
    try:
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("only the superuser can make a device")


def _report(path):
    """Return the report that a path is in, which the fixtures call ``report``."""
    return next(parent for parent in path.parents if parent.name == "report")


def record(report, name):
    """Record a file as it is now, so that the record agrees with it."""
    data = (report / name).read_bytes()
    record = json.loads((report / RECORD).read_text())
    entities = [entity for entity in record["@graph"] if entity["@id"] == name] or [{"@id": name, "@type": "File"}]
    entities[0] |= {"sha256": hashlib.sha256(data).hexdigest(), "contentSize": str(len(data))}
    _write_record(report, record, [entity for entity in record["@graph"] if entity["@id"] != name] + entities)


def _unrecord(path):
    report = _report(path)
    name = path.relative_to(report).as_posix()
    record = json.loads((report / RECORD).read_text())
    _write_record(report, record, [entity for entity in record["@graph"] if entity["@id"] != name])


def _write_record(report, record, entities):
    record["@graph"] = sorted(entities, key=lambda entity: entity["@id"])
    (report / RECORD).write_text(json.dumps(record, indent=1, sort_keys=True, ensure_ascii=False) + "\n")


STEPS = {
    "append": lambda path, text: _change(path, lambda data: data + text.encode("latin-1")),
    "prepend": lambda path, text: _change(path, lambda data: text.encode("latin-1") + data),
    "flip": lambda path: _change(path, lambda data: data[:-9] + bytes([data[-9] ^ 1]) + data[-8:]),
    "replace": _replace,
    "substitute": _substitute,
    "bump": _bump,
    "nudge": _nudge,
    "write": _write,
    "truncate": _truncate,
    "remove": _remove,
    "copy": lambda path, other: shutil.copyfile(path, _report(path) / other),
    "move": lambda path, other: path.rename(_report(path) / other),
    "swap": _swap,
    "link": lambda path, target: path.symlink_to(target),
    "hard": lambda path, other: path.hardlink_to(_report(path) / other),
    "folder": lambda path: path.mkdir(parents=True),
    "fifo": os.mkfifo,
    "socket": _socket,
    "device": _device,
    "chmod": lambda path, mode: path.chmod(mode),
    "touch": lambda path: os.utime(path, (0, 0)),
    "record": lambda path: record(_report(path), path.relative_to(_report(path)).as_posix()),
    "unrecord": _unrecord,
}
