"""Docstrings of classes, of their fields and of module variables, read from the source."""

from __future__ import annotations

import ast
import inspect
import sys
from functools import cache
from importlib import import_module
from itertools import pairwise
from pkgutil import iter_modules
from types import ModuleType


def of_class(kind: type) -> str:
    """Return the docstring a class has in its source.

    Raises:
        ValueError: the class has none.
    """
    text = ast.get_docstring(_class_node(kind))
    if not text:
        raise ValueError(f"{kind.__name__} has no docstring. Write one.")
    return text


def of_fields(kind: type) -> dict[str, str]:
    """Return the strings that follow the fields of a class, by field."""
    return _after_assignments(_class_node(kind).body)


def of_variables(module: ModuleType) -> dict[str, str]:
    """Return the strings that follow the variables of a module, by variable.

    A package has those of its modules as well.
    """
    found = _after_assignments(_module_body(module))
    for each in iter_modules(getattr(module, "__path__", ()), f"{module.__name__}."):
        found |= of_variables(import_module(each.name))
    return found


def _class_node(kind: type) -> ast.ClassDef:
    body = _module_body(sys.modules[kind.__module__])
    return next(n for n in body if isinstance(n, ast.ClassDef) and n.name == kind.__name__)


@cache
def _module_body(module: ModuleType) -> list[ast.stmt]:
    return ast.parse(inspect.getsource(module)).body


def _after_assignments(body: list[ast.stmt]) -> dict[str, str]:
    found: dict[str, str] = {}
    for before, after in pairwise(body):
        name = _assigned(before)
        if name and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
            found[name] = inspect.cleandoc(str(after.value.value))
    return found


def _assigned(node: ast.stmt) -> str:
    target = node.target if isinstance(node, ast.AnnAssign) else None
    if isinstance(node, ast.Assign):
        target = node.targets[0]
    return target.id if isinstance(target, ast.Name) else ""
