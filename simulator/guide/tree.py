"""The decision tree: questions, answers, and how to walk them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from simulator.guide.advice import ADVICE
from simulator.guide.recommendation import Recommendation


@dataclass(frozen=True)
class Answer:
    """What a person may answer, and where that leads."""

    text: str
    then: Question | Recommendation


@dataclass(frozen=True)
class Question:
    """A question and its answers, two at least."""

    text: str
    answers: tuple[Answer, ...]


Node = Question | Recommendation


def _ask(text: str, answers: Mapping[str, Node | str]) -> Question:
    """A question whose answers lead to other questions or, by name, to a piece of advice."""
    return Question(text, tuple(Answer(a, ADVICE[b] if isinstance(b, str) else b) for a, b in answers.items()))


ROOT = _ask(
    "What are you training?",
    {
        "A language model": _ask(
            "From scratch, or from a trained model?",
            {
                "From scratch": _ask(
                    "How much memory is there for the optimizer?",
                    {
                        "Two extra numbers per weight fit": _ask(
                            "How large is a batch?",
                            {
                                "What a few machines hold": "llm",
                                "Tens of thousands of examples, over many machines": "large_batch",
                            },
                        ),
                        "Memory is the limit: one at most": "llm_memory",
                    },
                ),
                "Fine-tuning a trained one": "fine_tuning",
            },
        ),
        "A vision model": _ask(
            "Which kind of network?",
            {
                "Convolutional": _ask(
                    "How large is a batch?",
                    {
                        "Up to a few thousand images": "convolutional",
                        "Tens of thousands of images, over many machines": "large_batch",
                    },
                ),
                "Vision transformer, from scratch": "vision_transformer",
                "Vision transformer, fine-tuning": "fine_tuning",
            },
        ),
        "A generator of images or sound": _ask(
            "How does it learn?",
            {
                "Two networks compete (GAN)": "gan",
                "It learns to remove noise (diffusion)": "diffusion",
            },
        ),
        "An agent that learns from reward": "reinforcement",
        "A recurrent network": "recurrent",
        "Something smaller": _ask(
            "What is it like?",
            {
                "Convex: one valley, such as a regression": "convex",
                "Sparse data: most features are rarely seen": "sparse",
                "A few weights and a smooth loss": "small_smooth",
                "None of these, or I do not know": _ask(
                    "How much time is there to tune η?",
                    {
                        "A few runs, or many": "default",
                        "None: there is one run": "no_tuning",
                        "Some, but nobody knows how long it will train": "no_end",
                    },
                ),
            },
        ),
    },
)


def walk(path: Sequence[int]) -> Node:
    """The node reached by answering with these indices, from 0. Raises IndexError for a path the tree does not have."""
    node: Node = ROOT
    for i in path:
        if not isinstance(node, Question) or not 0 <= i < len(node.answers):
            raise IndexError(f"the guide has no path {tuple(path)}")
        node = node.answers[i].then
    return node


def answers(path: Sequence[int]) -> list[str]:
    """The answers chosen along ``path``, in words."""
    texts: list[str] = []
    for depth, i in enumerate(path):
        node = walk(path[:depth])
        walk(path[: depth + 1])
        assert isinstance(node, Question)
        texts.append(node.answers[i].text)
    return texts


def paths() -> Iterator[tuple[int, ...]]:
    """Every path that ends in a recommendation, in the order of the answers."""
    open_paths: list[tuple[int, ...]] = [()]
    while open_paths:
        path = open_paths.pop(0)
        node = walk(path)
        if isinstance(node, Question):
            open_paths[:0] = [(*path, i) for i in range(len(node.answers))]
        else:
            yield path
