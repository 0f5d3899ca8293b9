import ast

import grimp
import pytest
from importlinter.cli import lint_imports

from tests.architecture.source import ROOT, functions, modules, place

CONSOLE = "idp.journeys.console.queries"


@pytest.fixture(scope="module")
def graph():
    return grimp.build_graph("idp", cache_dir=None)


def test_the_import_contracts_of_pyproject_toml_hold(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert lint_imports(cache_dir=None) == 0, capsys.readouterr().out


def test_a_rooms_tables_are_private_to_the_room(graph):
    """The console's read-only joins are the one named exception."""
    tables = [module for module in graph.modules if module.endswith(".tables") and module != "idp.foundation.tables"]
    trespassers = {
        f"{importer} -> {table}"
        for table in tables
        for importer in graph.find_modules_that_directly_import(table)
        if not importer.startswith(table.removesuffix("tables")) and importer != CONSOLE
    }
    assert tables
    assert trespassers == set()


def test_nothing_is_imported_inside_a_function():
    hidden = [
        place(path, node)
        for path in modules("idp", "demo")
        for function in functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []
