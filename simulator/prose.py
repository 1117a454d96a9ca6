"""The little Markdown that texts of lessons may use, as HTML for the window and as plain text for a terminal.

Paragraphs stand apart by an empty line; "- " and "1. " begin the items of a list; **bold**, *italic* and `code` are
marked inside a line. There is nothing else: no headings, links, pictures or HTML, so a stranger's text is safe to show.
"""

from __future__ import annotations

import html
import re

_ITEM = re.compile(r"(?:[-*] |(?P<number>\d{1,2})\. )(?P<text>.*)", re.DOTALL)
_MARKS = (
    (re.compile(r"`([^`]+)`"), "code"),
    (re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*"), "b"),
    (re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]+?)(?<=\S)\*(?![\w*])"), "i"),
)
_BOUND = re.compile(r"(?<=\d) (?=%)|(?<=[^\W\d_]) (?==)|(?<==) (?=[\d−])")
_SHORT = re.compile(r"\([^()]{1,12}\)")  # is not parted either: (1 − β)
KEPT = "\N{NO-BREAK SPACE}"
_FOREIGN = (
    (re.compile(r"^ {0,3}#{1,6} ", re.M), "a heading"),
    (re.compile(r"!\[[^\]]*\]\("), "a picture"),
    (re.compile(r"(?<!!)\[[^\]]*\]\("), "a link"),
    (re.compile(r"</?[a-zA-Z][^>]*>"), "HTML"),
    (re.compile(r"^ *(```|~~~)", re.M), "a block of code"),
    (re.compile(r"^ *\|", re.M), "a table"),
    (re.compile(r"^ *>", re.M), "a quotation"),
)


def foreign(text: str) -> list[str]:
    """What of ``text`` is Markdown that would not be understood, in words."""
    return [what for pattern, what in _FOREIGN if pattern.search(text)]


def to_html(text: str) -> str:
    """``text`` as rich text. What is not in the subset is shown as it was written."""
    return "".join(_block(lines) for lines in _blocks(text))


def to_plain(text: str) -> str:
    """``text`` without its marks; a paragraph a line."""
    for pattern, _ in _MARKS:
        text = pattern.sub(r"\1", text)
    return "\n".join("\n".join(lines) for lines in _blocks(text))


def words(text: str) -> int:
    return len(text.split())


def _blocks(text: str) -> list[list[str]]:
    """Paragraphs, a list of one line each; of a list an item a line. Lines that are broken by hand are joined."""
    blocks: list[list[str]] = []
    for part in re.split(r"\n\s*\n", text.strip()):
        lines: list[str] = []
        for line in map(str.strip, part.split("\n")):
            if lines and not _ITEM.match(line):
                lines[-1] = f"{lines[-1]} {line}"
            else:
                lines.append(line)
        if lines != [""]:
            blocks.append(lines)
    return blocks


def _block(lines: list[str]) -> str:
    parts: list[str] = []
    kind = ""
    for line in lines:
        item = _ITEM.fullmatch(line)
        now = "" if item is None else "ol" if item["number"] else "ul"
        if now != kind:
            parts += [f"</{kind}>"] * bool(kind) + [f"<{now}>"] * bool(now)
            kind = now
        parts.append(f"<li>{inline(item['text'])}</li>" if item else f"<p>{inline(line)}</p>")
    return "".join(parts) + (f"</{kind}>" if kind else "")


def inline(text: str) -> str:
    """One line of ``text`` as rich text; what stands in code is left alone. Numbers stay with their sign and unit."""
    text = _SHORT.sub(lambda match: match[0].replace(" ", KEPT), html.escape(text, quote=False))
    text = _BOUND.sub(KEPT, text)
    pieces = re.split(r"(`[^`]+`)", text)
    for i, piece in enumerate(pieces):
        if i % 2:
            pieces[i] = f"<code>{piece[1:-1]}</code>"
            continue
        for pattern, tag in _MARKS[1:]:
            piece = pattern.sub(rf"<{tag}>\1</{tag}>", piece)
        pieces[i] = piece
    return "".join(pieces)
