"""Numbers for people, written alike wherever they stand."""

from __future__ import annotations


def count_text(value: float) -> str:
    """A number of steps: 1,500."""
    return f"{value:,.0f}"


def short_text(value: float) -> str:
    """A value in few characters: thousands written out, else three significant digits and no padded exponent."""
    text = count_text(value) if 999.5 <= abs(value) < 999_999.5 else f"{value:.3g}"
    mantissa, _, exponent = text.partition("e")
    return (f"{mantissa}e{int(exponent)}" if exponent else mantissa).replace("-", "−")
