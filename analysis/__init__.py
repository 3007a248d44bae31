"""Dateline: a news article as tables, charts and citable findings."""
