"""What tests share: the project's folder, the seed article, and data that may be absent."""

import os
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import papermill  # noqa: F401 - it loads the engine of analysis.kernels, and has to come before it
import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from analysis import make_report, read_article
from analysis.kernels import ForkServer
from analysis.kernels.forking import VARIABLE
from analysis.measures.inputs import round_floats

PROJECT = Path(__file__).resolve().parent.parent
SEED = PROJECT / "seeds" / "000_a515cb56a3bc3877.txt"

#: What is about the checkout itself is left out where an installed package is tested, with tests and seeds beside it.
collect_ignore = [] if (PROJECT / "pyproject.toml").exists() else ["test_house.py", "test_training.py"]

#: One thread for each worker, and for what tests start: several that wait for each other take longer on a busy machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

settings.register_profile("dateline", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("dateline")


def case_parameter(case):
    """Return a case as a parameter of a test; where the case says why it ``fails``, the test is expected to fail."""
    marks = [pytest.mark.xfail(strict=True, reason=case["fails"])] if "fails" in case else []
    return pytest.param(case, id=case["label"], marks=marks)


def check_rounded(table):
    """Check that every float of a stage's table is rounded, so that its bytes are identical across CPUs."""
    for column in table.select_dtypes("float"):
        np.testing.assert_array_equal(table[column], round_floats(table[column]), err_msg=column)


def pytest_configure(config):
    """Register the marker here, as an installed package is tested without pyproject.toml."""
    config.addinivalue_line("markers", "slow: takes long; ``make slow`` runs it")
    config.addinivalue_line("markers", "repository: needs more of the checkout than tests and seeds")


@pytest.fixture(scope="session")
def seed():
    """Return the article that the project was made for."""
    return read_article(SEED)


@pytest.fixture(scope="session")
def warming():
    """Return a context in which kernels and workers are forked from one warm process, started once for all tests.

    Without it each report and each batch starts a warm process of its own, which takes longer than a small report.
    """
    with ForkServer("analysis.warmup:load", "analysis.warmup:load_worker"):
        path = os.environ.pop(VARIABLE, None)

        @contextmanager
        def warm():
            with pytest.MonkeyPatch.context() as changed:
                if path:
                    changed.setenv(VARIABLE, path)
                    changed.setattr("analysis.batch.reports._warmup", lambda _: "")
                yield

        yield warm


@pytest.fixture
def warm(warming):
    """Fork the kernels and workers of one test from the warm process."""
    with warming():
        yield


@pytest.fixture(scope="module")
def warm_throughout(warming):
    """Fork the kernels and workers of a module's tests and fixtures from the warm process."""
    with warming():
        yield


@pytest.fixture(scope="session")
def seed_report(seed, tmp_path_factory, warming):
    """Return the report on the seed article, made once for all processes that test; copy it before changing it."""
    base = tmp_path_factory.getbasetemp()
    folder = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    out = folder / "seed" / "report"
    with FileLock(folder / "seed.lock"), warming():
        return out if out.exists() else make_report(seed, out=out)


@pytest.fixture(scope="session")
def shared():
    """Return the folder of corpora and evaluation sets, which is not part of the project."""
    folder = Path(os.environ.get("DATELINE_SHARED", PROJECT.parent / "shared"))
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent: set DATELINE_SHARED to the folder of corpora and evaluation sets")
    return folder
