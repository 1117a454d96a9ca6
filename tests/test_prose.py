"""The little Markdown of lessons: what it makes, and that a stranger's text is only a text."""

import pytest

from simulator.prose import foreign, inline, to_html, to_plain


def test_paragraphs_lists_and_marks():
    text = "Two\nlines, **bold** and *slanted*.\n\n- one\n- two `a*b*c`\n\n1. first\n2. second"
    assert to_html(text) == (
        "<p>Two lines, <b>bold</b> and <i>slanted</i>.</p><ul><li>one</li><li>two <code>a*b*c</code></li></ul>"
        "<ol><li>first</li><li>second</li></ol>"
    )
    assert to_plain(text) == "Two lines, bold and slanted.\n- one\n- two a*b*c\n1. first\n2. second"


def test_a_product_is_not_slanted():
    assert inline("2 * 3 * 4 and a*b*c") == "2 * 3 * 4 and a*b*c"


@pytest.mark.parametrize("text", ["<img src='file:///etc/passwd'>", "<script>x</script>", "a <b & c", "**<u>**"])
def test_html_is_shown_as_it_was_written(text):
    shown = to_html(text)
    assert "<img" not in shown and "<script" not in shown and "<u>" not in shown and "&lt;" in shown


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("# Title", "a heading"), ("![x](y.png)", "a picture"), ("[x](http://y)", "a link"), ("a <br> b", "HTML"),
        ("```\nx\n```", "a block of code"), ("| a | b |", "a table"), ("> so", "a quotation"),
    ],
)  # fmt: skip
def test_foreign_markdown_is_named(text, what):
    assert what in foreign(text)


def test_mathematics_is_not_foreign():
    assert foreign("θ ← θ − η·g, |x| < 3 and x[0] (y), 2 > 1, [5, 2]") == []


def test_a_line_is_not_broken_inside_a_small_formula():
    kept = "\N{NO-BREAK SPACE}"
    assert (
        inline("At η = 0.05, 10 % of (1 − β) is left")
        == f"At η{kept}={kept}0.05, 10{kept}% of (1{kept}−{kept}β) is left"
    )
    assert inline("so a = b (which is never the case)") == f"so a{kept}= b (which is never the case)"
