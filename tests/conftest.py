"""Fixtures by storey: a test imports no more of the product than it asks for."""

from collections import Counter

import pytest
from hypothesis import settings

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")  # Properties are about answers, not about how long a busy machine took to find them.
pytest_plugins = ["tests.fixtures.storage", "tests.fixtures.product", "tests.fixtures.house"]
SLOW = 30
"""How many others a slow test is worth."""


@pytest.hookimpl(trylast=True)  # After the order was shuffled, which stays among files that take as long.
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first: whichever worker began a long one last would leave the others idle at the end."""
    weights: Counter[object] = Counter()
    for item in items:
        weights[item.path] += SLOW if item.get_closest_marker("slow") else 1
    items.sort(key=lambda item: -weights[item.path])
