"""Lets mutmut into functions under the decorators that this program uses; by itself it leaves out what is decorated.

The decorator stays on the function that chooses between the original and its mutants, which themselves go bare.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import libcst as cst
import mutmut.mutation.file_mutation as mutation

KNOWN = ("property", "cached_property", "errstate", "lru_cache")


def _known(node: cst.CSTNode) -> bool:
    if not isinstance(node, cst.FunctionDef) or len(node.decorators) != 1:
        return False
    what = node.decorators[0].decorator
    what = what.func if isinstance(what, cst.Call) else what
    name = what.attr if isinstance(what, cst.Attribute) else what
    return isinstance(name, cst.Name) and name.value in KNOWN


def admit() -> None:
    """From here on mutants are made of these functions too."""
    skips, arranges = mutation.MutationVisitor._skip_node_and_children, mutation.function_trampoline_arrangement

    def skip(visitor: Any, node: cst.CSTNode) -> bool:
        return not _known(node) and skips(visitor, node)

    def arrange(function: cst.FunctionDef, mutants: Iterable[Any], class_name: str | None) -> tuple[Sequence[Any], ...]:
        before, methods, after, names = arranges(function, mutants, class_name)
        if _known(function):
            methods = [methods[0], *(method.with_changes(decorators=[]) for method in methods[1:])]
        return before, methods, after, names

    mutation.MutationVisitor._skip_node_and_children = skip
    mutation.function_trampoline_arrangement = arrange
