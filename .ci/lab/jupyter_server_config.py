"""What ``make lab`` adds to JupyterLab: notebooks of the repository are saved as git holds them, without outputs."""
# ruff: noqa: INP001 - a file of settings

from analysis.report.notebook import strip_notebook


def save_stripped(model: dict, path: str, **_: object) -> None:
    """Take out of a notebook, before it is saved, what running it left there."""
    if model["type"] == "notebook" and path.startswith("notebooks/"):
        model["content"] = strip_notebook(model["content"], path)


c.FileContentsManager.pre_save_hook = save_stripped  # noqa: F821 - Jupyter defines it
