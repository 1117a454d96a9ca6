"""The guide: which optimizer for which work, question by question, each answer with a race that shows why.

node = walk(())            # the first question
node = walk((0, 1))        # its first answer, then the second one: a Question or a Recommendation
"""

from simulator.guide.advice import Recommendation
from simulator.guide.tables import BEST_FOR, HYPERPARAMETERS
from simulator.guide.tree import ROOT, Answer, Question, answers, paths, walk

__all__ = ["BEST_FOR", "HYPERPARAMETERS", "ROOT", "Answer", "Question", "Recommendation", "answers", "paths", "walk"]
