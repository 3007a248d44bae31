"""How the models and word lists are made and scored: a developer's tool, not shipped, that nothing imports."""
