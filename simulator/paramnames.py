"""What a parameter and its choices are called, wherever people read them: on cards, sheets, pictures and in reports."""

from __future__ import annotations

import unicodedata
from typing import Any

from simulator.param import Param

WORDS = {
    "lr": "learning rate", "eps": "epsilon", "eta_min": "final rate", "sigma": "noise", "shared": "same noise for all",
    "warmup": "warm-up", "kind": "kind of noise", "restart": "restart memory", "T_0": "first cycle",
    "T_mult": "growth of cycles", "init_seed": "seed of the start", "line_search_fn": "line search",
    "ns_coeffs": "coefficients", "ns_steps": "rounds",
}  # fmt: skip
"""What names that are not words are called."""
NAMES = {
    "gaussian": "Gaussian", "student": "Student t", "strong_wolfe": "strong Wolfe", "frobenius": "Frobenius",
    "schatten": "Schatten", "hutchinson": "Hutchinson", "fletcher_reeves": "Fletcher–Reeves",
    "polak_ribiere": "Polak–Ribière", "hestenes_stiefel": "Hestenes–Stiefel", "dai_yuan": "Dai–Yuan",
}  # fmt: skip
"""Choices that are people's names."""


def words(param: Param) -> str:
    """The parameter's name as people say it, or nothing where that is just its symbol again: p, c₁."""
    if symbol(param) and unicodedata.normalize("NFKC", param.symbol) == param.name:
        return ""
    return WORDS.get(param.name, param.name.replace("_", " "))


def symbol(param: Param) -> str:
    """The parameter's symbol, or nothing where that is just its name again."""
    plain = param.symbol.replace("-", "").replace(" ", "")
    return "" if len(plain) > 1 and plain.isascii() and plain.isalpha() else param.symbol


def full(param: Param) -> str:
    """Both: λ weight decay."""
    return f"{symbol(param)} {words(param)}".strip()


def brief(param: Param) -> str:
    """What stands before a value where there is little room: the symbol, but before a choice its name."""
    return words(param) if param.scale == "choice" else param.symbol


def choice(value: Any) -> str:
    """One of the choices of a parameter as people say it."""
    return NAMES.get(value, str(value).replace("_", " "))
