"""The house's rules: who imports whom, what importing costs, what stands at the top, one source for versions."""

import json
import pkgutil
import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from .conftest import PROJECT

SOURCES = sorted(path for path in (PROJECT / "analysis").rglob("*.py") if path.name != "__main__.py")
LOCK = tomllib.loads((PROJECT / "uv.lock").read_text())
PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text())


def test_imports_keep_the_contracts_of_pyproject():
    lint = Path(sys.executable).with_name("lint-imports")
    outcome = subprocess.run([lint, "--no-cache"], cwd=PROJECT, check=False, capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stdout


@pytest.mark.parametrize("name", ["utils", "util", "helpers", "helper", "base", "common", "misc"])
def test_no_module_is_a_drawer(name):
    assert not [path for path in SOURCES if path.stem == name]


def test_importing_is_quick_and_touches_nothing():
    """Importing reads no data file, opens no socket and loads none of the heavy libraries."""
    code = """
import sys
seen = []
sys.addaudithook(lambda event, args: seen.append((event, args)))
import analysis
opened = {str(args[0]) for event, args in seen if event == "open"}
assert not [path for path in opened if not path.endswith((".py", ".pyc", ".pyi", ".so"))], opened
assert not [event for event, _ in seen if event.startswith("socket.")]
heavy = {"pandas", "numpy", "matplotlib", "nltk", "scipy", "pyarrow", "papermill", "trafilatura"} & set(sys.modules)
assert not heavy, heavy
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PROJECT)


def test_every_public_name_is_there():
    import analysis

    assert all(hasattr(analysis, name) for name in analysis.__all__)
    with pytest.raises(AttributeError, match="nope"):
        _ = analysis.nope


@pytest.mark.parametrize(
    "name",
    """environment.yml notebooks analysis data reports tests seeds README.md pyproject.toml uv.lock Makefile LICENSE
    NOTICE.md CITATION.cff CHANGELOG.md CONTRIBUTING.md .ci/run .github/workflows/ci.yml""".split(),
)
def test_what_stands_at_the_top(name):
    assert (PROJECT / name).exists()


# Names in docstrings


def resolves(target, module):
    """Look a name up in a module, in the packages around it, and by itself; those of other libraries are believed."""
    top, *rest = target.split(".")
    is_ours = top in {"analysis", "training"}
    if is_ours and (PROJECT / f"{target.replace('.', '/')}.py").exists():  # it may need a library that is not here
        return True
    if rest and not is_ours and find_spec(top):
        return True
    parts = module.split(".")
    for scope in (*(f"{'.'.join(parts[:n])}." for n in range(len(parts), 0, -1)), "builtins.", ""):
        try:
            pkgutil.resolve_name(scope + target)
        except (ImportError, AttributeError):
            continue
        return True
    return False


@pytest.mark.parametrize("package", ["analysis", "training"])
def test_names_in_docstrings_resolve(package):
    unresolved = []
    for path in sorted((PROJECT / package).rglob("*.py")):
        module = ".".join(path.relative_to(PROJECT).with_suffix("").parts).removesuffix(".__init__")
        targets = re.findall(r":(?:func|class|mod|data|attr):`~?([\w.]+)`", path.read_text())
        unresolved += [f"{module}: {target}" for target in targets if not resolves(target, module)]
    assert not unresolved


# One source for versions


def pinned_for_conda() -> list[str]:
    environment = yaml.safe_load((PROJECT / "environment.yml").read_text())
    return environment["dependencies"][-1]["pip"]


def test_environment_yml_is_the_lock():
    """`make lock` writes what this reads."""
    uv = [sys.executable, "-m", "uv", "export", "--quiet", "--frozen", "--offline", "--no-dev", "--no-hashes"]
    export = [*uv, "--no-emit-project", "--no-header", "--no-annotate"]
    locked = subprocess.run(export, cwd=PROJECT, check=True, capture_output=True, text=True).stdout.splitlines()
    assert pinned_for_conda() == ["-e .", *locked]
    assert all("==" in line for line in locked)


def test_the_lock_is_of_this_pyproject():
    project = next(package for package in LOCK["package"] if package["name"] == "dateline")
    wanted = {re.match(r"[\w.-]+", line)[0]: line for line in PYPROJECT["project"]["dependencies"]}
    locked = {need["name"]: need["name"] + need.get("specifier", "") for need in project["metadata"]["requires-dist"]}
    assert locked == wanted
    assert LOCK["requires-python"] == PYPROJECT["project"]["requires-python"]


def test_the_lock_has_a_hash_for_every_file():
    for package in LOCK["package"]:
        if "registry" not in package["source"]:
            continue
        files = [*package.get("wheels", []), *filter(None, [package.get("sdist")])]
        assert files
        assert all(file["hash"].startswith("sha256:") for file in files), package["name"]


def test_the_lock_has_one_version_of_each_package():
    """A report records its packages' versions: they must not differ from one Python to another."""
    names = [package["name"] for package in LOCK["package"]]
    assert sorted(set(names)) == sorted(names)


def test_versions_agree():
    version = PYPROJECT["project"]["version"]
    assert yaml.safe_load((PROJECT / "CITATION.cff").read_text())["version"] == version
    assert next(p for p in LOCK["package"] if p["name"] == "dateline")["version"] == version


def test_pythons_agree():
    ci = yaml.safe_load((PROJECT / ".github/workflows/ci.yml").read_text())
    tested = ci["jobs"]["test"]["strategy"]["matrix"]["python"]
    prefix = "Programming Language :: Python :: "
    assert tested == [c.removeprefix(prefix) for c in PYPROJECT["project"]["classifiers"] if c.startswith(prefix)]
    assert PYPROJECT["project"]["requires-python"] == f">={tested[0]}"


# README


def test_readme_opens_with_the_two_commands():
    blocks = re.findall(r"```(?:sh|console|bash)\n(.*?)```", (PROJECT / "README.md").read_text(), flags=re.DOTALL)
    commands = [line.split("#")[0].strip() for line in blocks[0].splitlines() if line.strip()]
    assert commands == ["make report", "make test"]


def test_readme_names_only_commands_that_are_there():
    text = (PROJECT / "README.md").read_text()
    targets = set(re.findall(r"^(\w+):", (PROJECT / "Makefile").read_text(), flags=re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)", text)) <= targets
    for line in re.findall(r"^dateline .*$", text, flags=re.MULTILINE):
        words = line.split("#")[0].split()
        command = [sys.executable, "-m", "analysis", words[1], "--help"]
        usage = subprocess.run(command, check=True, capture_output=True, text=True)
        assert all(option in usage.stdout for option in words if option.startswith("-")), line


def test_readme_links_lead_somewhere():
    for page in ("README.md", "CONTRIBUTING.md", "NOTICE.md"):
        for target in re.findall(r"\]\((?!https?:|#)([^)]+)\)", (PROJECT / page).read_text()):
            assert (PROJECT / target.split("#")[0]).exists(), f"{page}: {target}"


def test_committed_notebooks_hold_no_outputs():
    for path in (PROJECT / "notebooks").glob("*.ipynb"):
        cells = json.loads(path.read_text())["cells"]
        assert not [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")], path.name
