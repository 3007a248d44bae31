"""Kernels: this Python, and surroundings that nobody's own set-up reaches."""

import os
import sys
from pathlib import Path

import pytest

from analysis.kernels import STILL, StillKernelManager

ASK = """
import json, os, sys
import IPython
print(json.dumps({
    "python": sys.executable,
    "still": {name: os.environ.get(name) for name in ask},
    "ipython": IPython.paths.get_ipython_dir(),
    "started": "personal" in globals(),
    "rc": os.environ.get("MATPLOTLIBRC"),
}))
"""


@pytest.fixture
def answer(tmp_path, monkeypatch):
    """Ask a kernel, started by a person with habits, about itself."""
    startup = tmp_path / "home" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("personal = True")
    (tmp_path / "startup.py").write_text("personal = True")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHONSTARTUP", str(tmp_path / "startup.py"))
    monkeypatch.setenv("MATPLOTLIBRC", str(tmp_path / "matplotlibrc"))
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    return lambda: _ask(tmp_path)


def _ask(folder: Path) -> dict:
    import asyncio
    import json

    async def talk() -> str:
        manager = StillKernelManager()
        await manager.start_kernel(cwd=str(folder))
        client = manager.client()
        client.start_channels()
        said = []
        try:
            await client.wait_for_ready(timeout=60)
            await client.execute_interactive(
                f"ask = {list(STILL)!r}\n{ASK}",
                output_hook=lambda message: said.append(message["content"].get("text", "")),
                timeout=60,
            )
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)
        return "".join(said)

    return json.loads(asyncio.run(talk()))


def test_a_kernel_is_this_python_held_still(answer, tmp_path):
    found = answer()
    assert found["python"] == sys.executable
    assert found["still"] == STILL
    assert found["ipython"] == str(tmp_path / ".ipython")
    assert not found["started"]
    assert found["rc"] is None


def test_the_starting_process_keeps_its_own_surroundings(answer):
    before = dict(os.environ)
    answer()
    assert dict(os.environ) == before
