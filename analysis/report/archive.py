"""Zip files with the same bytes each time: fixed dates, rights and order, and a compressor that the lock pins.

What :mod:`zlib` writes differs from one build of Python to the next, so deflate comes with pyarrow, as in Parquet.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["compressed_again", "write_zip"]

# APPNOTE 6.3.10, https://support.pkware.com/pkzip/appnote: sections 4.3.7, 4.3.12 and 4.3.16.
_LOCAL, _CENTRAL, _END = "<4s5H3L2H", "<4s6H3L5H2L", "<4s4H2LH"
_VERSION, _MADE_ON_UNIX = 20, 3 << 8
_NAME_IN_UTF8, _DEFLATED = 1 << 11, 8
#: The earliest day that a zip file can hold, 1980-01-01, at midnight.
_TIME, _DAY = 0, 1 << 5 | 1
_READABLE_BY_ALL = 0o100644 << 16
#: gzip (RFC 1952) puts ten bytes before deflated data and eight behind them.
_GZIP = slice(10, -8)


def write_zip(entries: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a zip file of entries, each a path and its bytes, in the order given.

    Examples
    --------
    >>> data = write_zip([("rain.txt", b"It rained.")])
    >>> with zipfile.ZipFile(io.BytesIO(data)) as archive:
    ...     archive.testzip(), archive.getinfo("rain.txt").date_time[0], archive.read("rain.txt")
    (None, 1980, b'It rained.')
    """
    import pyarrow as pa

    codec = pa.Codec("gzip", 6)
    files, directory, at = [], [], 0
    for path, data in entries:
        name = path.encode()
        packed = codec.compress(data, asbytes=True)[_GZIP]
        shared = (_NAME_IN_UTF8, _DEFLATED, _TIME, _DAY, zlib.crc32(data), len(packed), len(data), len(name))
        local = struct.pack(_LOCAL, b"PK\3\4", _VERSION, *shared, 0)
        made = (_MADE_ON_UNIX | _VERSION, _VERSION)
        directory += [struct.pack(_CENTRAL, b"PK\1\2", *made, *shared, 0, 0, 0, 0, _READABLE_BY_ALL, at), name]
        files += [local, name, packed]
        at += len(local) + len(name) + len(packed)
    listed, n_entries = b"".join(directory), len(directory) // 2
    end = struct.pack(_END, b"PK\5\6", 0, 0, n_entries, n_entries, len(listed), at, 0)
    return b"".join([*files, listed, end])


def compressed_again(data: bytes) -> bytes:
    """Return a zip file that a library wrote, as :func:`write_zip` writes its entries in their own order."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return write_zip((name, archive.read(name)) for name in archive.namelist())
