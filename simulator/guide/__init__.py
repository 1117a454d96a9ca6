"""The guide: which optimizer for which work, question by question, each answer with a race that shows why.

node = walk(())            # the first question
node = walk((0, 1))        # its first answer, then the second one: a Question or a Recommendation

Beside the questions: `tables`, `calculators`, and the family tree in `lineage`, `treelayout` and `duels`.
"""

from simulator.guide.recommendation import Recommendation
from simulator.guide.tree import ROOT, Answer, Question, answers, paths, walk

__all__ = ["ROOT", "Answer", "Question", "Recommendation", "answers", "paths", "walk"]
