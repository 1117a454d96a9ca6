"""Numbers for people, written alike wherever they stand."""

from __future__ import annotations

import math
import re

_NUMBER = re.compile(r"−?\d+(?:,\d{3})*(?:\.\d+)?(?:e−?\d+)?")


def count_text(value: float) -> str:
    """A number of steps: 1,500."""
    return f"{value:,.0f}"


def short_text(value: float) -> str:
    """A value in few characters: thousands written out, else three significant digits and no padded exponent."""
    text = count_text(value) if 999.5 <= abs(value) < 999_999.5 else f"{value:.3g}"
    mantissa, _, exponent = text.partition("e")
    return (f"{mantissa}e{int(exponent)}" if exponent else mantissa).replace("-", "−")


def value_text(value: object) -> str:
    """The value of a setting as it can be typed."""
    return str(value).lower() if isinstance(value, bool) else f"{value:.6g}" if isinstance(value, float) else str(value)


def numbers_in(text: str) -> set[str]:
    """The numbers that a text for people has, as they are written there; and its words: never is a number, too."""
    return {*_NUMBER.findall(text), *re.findall(r"[^\W\d]+", text.lower())}


def written_like(number: float, like: str) -> str:
    """``number`` with as many digits as the text ``like``: 2.0170 is 2.02 like 2.00."""
    if not math.isfinite(number):
        return "never" if number == math.inf else str(number)
    mantissa, power, _ = like.replace("−", "-").partition("e")
    digits = len(mantissa.partition(".")[2])
    text = f"{number:.{digits}e}" if power else f"{number:{',' if ',' in like else ''}.{digits}f}"
    mantissa, power, exponent = text.partition("e")
    return f"{mantissa}{f'e{int(exponent)}' if power else ''}".replace("-", "−")
