"""Rules that see a matrix: Muon, Shampoo and K-FAC against rules that see a list of numbers."""

from simulator.lesson import Bound, Finding, Goal, Lesson, Page
from simulator.measure import Reading
from simulator.question import Number, Pick, Ranking

LESSON = Lesson(
    title="Matrices",
    summary="64 numbers, or one matrix? Muon, Shampoo and K-FAC know rows and columns, and it shows.",
    minutes=15,
    place=180,
    source="Gupta, Koren & Singer 2018, Shampoo: Preconditioned Stochastic Tensor Optimization; Martens & Grosse 2015, "
    "Optimizing Neural Networks with Kronecker-factored Approximate Curvature; Jordan et al. 2024, Muon",
    race="matrix-memory",
    pages=(
        Page(
            "One matrix",
            """
A memory: one 8 × 8 matrix has to turn eight keys into eight values. These are 64 numbers to be found.

The keys overlap. What they share is easy to learn, what tells them apart is faint: the curvatures differ by 1,000.
""",
            racers=("SGD", "Adam", "Muon"),
            prediction=Ranking(
                "Who is lowest after 300 steps?",
                "loss",
                because="Muon is at less than a millionth, Adam at 0.017, SGD at 0.049.",
            ),
            findings=(
                Finding("64", "8 * 8"),
                Finding("0.017", Reading("loss", "Adam")),
                Finding("0.049", Reading("loss", "SGD")),
            ),
        ),
        Page(
            "Does Adam need another η?",
            """
Perhaps Adam only had the wrong rate. Here η is 0.01, and it ends at 0.26.

Find a better one.
""",
            racers=("Adam",),
            changes=("Adam.lr=0.01",),
            controls=("lr",),
            goal=Goal("Bring Adam below a loss of 0.02.", (Bound("loss", at_most=0.02),)),
            hint="Go up by tens.",
            solution=("Adam.lr=0.1",),
            why="η = 0.1 ends at 0.017, η = 0.3 at 0.018. Lower it does not get: all 64 entries are alike, so a "
            "rate for each of them mends nothing. Muon was at less than a millionth.",
            findings=(
                Finding("0.26", Reading("loss")),
                Finding("0.017", Reading("loss"), given=("Adam.lr=0.1",)),
                Finding("0.018", Reading("loss"), given=("Adam.lr=0.3",)),
                Finding("64", "8 * 8"),
            ),
        ),
        Page(
            "What Muon does",
            """
A gradient matrix is strong in a few directions and faint in the others. Muon keeps the directions and makes them
**all equally strong**, by five rounds of a polynomial instead of a decomposition.

So what tells the keys apart is learnt as fast as what they share. Run the race.
""",
            racers=("SGD", "Muon"),
            questions=(
                Number(
                    "At which step does Muon arrive?",
                    Reading("arrival", "Muon"),
                    tolerance=0.05,
                ),
            ),
        ),
        Page(
            "What Shampoo and K-FAC do",
            """
**Shampoo** remembers how rows and columns of the gradient vary together, and rescales both sides.

**K-FAC** estimates the curvature from a layer's inputs and from the slopes at its outputs. Of one linear layer that is
exactly the curvature.
""",
            racers=("Muon", "Shampoo", "K-FAC"),
            prediction=Pick(
                "Who arrives first?",
                "arrival",
                because="K-FAC, at step 55. Here it is Newton's method in disguise. In a deep network it is an "
                "approximation.",
            ),
            findings=(Finding("55", Reading("arrival", "K-FAC")),),
        ),
        Page(
            "When it does not matter",
            """
Make the task easier: let the keys overlap less. κ is the ratio of the curvatures.

Find where plain SGD is good enough.
""",
            racers=("SGD", "Muon"),
            controls=("landscape.kappa",),
            goal=Goal(
                "Let SGD arrive before Muon does.",
                (Bound("arrival", "SGD", at_most=300), Bound("arrival", "SGD", less_than="Muon")),
            ),
            hint="At κ = 100 SGD does not arrive. Go lower.",
            solution=("landscape.kappa=10",),
            why="At κ = 10 SGD arrives at step 30. Muon needs most of the race: its steps are as long on any slope, so "
            "it has to wait for its schedule.",
            findings=(Finding("30", Reading("arrival", "SGD"), given=("landscape.kappa=10",)),),
        ),
        Page(
            "What it costs",
            """
Muon keeps one number for each weight, Adam two. Shampoo and K-FAC keep a matrix for each **side** of the layer: here
2·8·8 = 128 numbers, as many as Adam.

For a layer of 4,096 × 4,096 that is again two numbers a weight. What grows is the work: roots and inverses of such
matrices cost far more than a step of Adam, so they are renewed only now and then.
""",
            findings=(Finding("128", "2 * 8 * 8"),),
            questions=(
                Number(
                    "A layer of 1,024 × 4,096. How many numbers do the two sides of Shampoo have, in millions?",
                    "(1024**2 + 4096**2) / 1000000",
                    tolerance=0.05,
                    because="1,024² + 4,096². The layer itself has 4.2 million.",
                    unit="million",
                ),
            ),
        ),
    ),
)
