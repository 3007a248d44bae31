"""The commands of ``python -m training``."""

import sys
from importlib import import_module

#: The module of each command, whose ``main`` takes the arguments.
COMMANDS = {
    "train": "train",
    "evaluate": "evaluate",
    "rescoring": "rescoring",
    "coreference": "coreference",
    "teacher": "teacher",
    "vectors": "vectors",
    "word-lists": "word_lists",
    "gazetteer": "gazetteer",
    "outlines": "outlines",
}


def main(arguments: list[str]) -> None:
    """Run a command."""
    if not arguments or arguments[0] not in COMMANDS:
        sys.exit(f"usage: python -m training {{{','.join(COMMANDS)}}} …")
    # Imported here because the libraries that the teacher and the word lists need are seldom there.
    import_module(f"training.{COMMANDS[arguments[0]]}").main(arguments[1:])


if __name__ == "__main__":
    main(sys.argv[1:])
