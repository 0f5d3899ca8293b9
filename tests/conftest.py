"""Fixtures by storey: a test imports no more of the product than it asks for."""

pytest_plugins = ["tests.fixtures.storage", "tests.fixtures.product", "tests.fixtures.house"]
