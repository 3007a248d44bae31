"""Making and scoring of the models and word lists: a tool for developers, not shipped; nothing imports it.

Run as ``python -m training COMMAND``.
"""
