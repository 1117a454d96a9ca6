"""Full batch, one sample, mini-batch: how much of the data should a step see?"""

from simulator.lesson import Bound, Finding, Goal, Lesson, Page
from simulator.measure import Reading
from simulator.question import Number

CLOUD = {
    "steps": 400,
    "seed": 38,
    "starts": [[-3.0, 4.0]],
    "landscape": {"name": "logistic", "batch_size": 4, "order": "sampled"},
    "entrant": [{"optimizer": "sgd", "label": "SGD", "lr": 1e-6}],
}

LESSON = Lesson(
    title="Full batch, one sample, mini-batch",
    summary="A few samples tell roughly where downhill is, for a fraction of the price.",
    minutes=20,
    place=30,
    source="Robbins & Monro 1951, A Stochastic Approximation Method; "
    "Bottou, Curtis & Nocedal 2018, Optimization Methods for Large-Scale Machine Learning",
    race={
        "steps": 60,
        "starts": [[1.0]],
        "landscape": {"name": "line_fit_slope", "batch_size": 4},
        "entrant": [{"optimizer": "sgd", "label": "SGD", "lr": 0.01}],
    },
    pages=(
        Page(
            "Four samples, four opinions",
            """
The model is a line, y = θx. It should pass close to four samples: (1, 2), (2, 4), (3, 5), (4, 8). Best is θ = 1.9;
the racer starts at θ = 1. In the picture θ is called x.

At θ = 1 each sample has a gradient of its own: −2, −8, −12, −32. Their mean, −13.5, is the **true gradient**.

Run the race. Every step sees **one sample**, and the next step sees another.
""",
            changes=("landscape.batch_size=1",),
            overlays=("gradient", "samples"),
            findings=(
                Finding("1.9", Reading("x"), given=("landscape.batch_size=4",)),
                Finding("−2", Reading("grad.x", at=1), given=("seed=6",)),
                Finding("−8", Reading("grad.x", at=1), given=("seed=10",)),
                Finding("−12", Reading("grad.x", at=1), given=("seed=0",)),
                Finding("−32", Reading("grad.x", at=1), given=("seed=3",)),
                Finding("−13.5", Reading("grad.x", at=1), given=("landscape.batch_size=4",)),
            ),
        ),
        Page(
            "Full batch",
            """
Now every step sees all four. The first one goes from 1 to 1 + 0.01 · 13.5 = 1.135.

There is no luck in it: the race is the same every time. The curvature is 15, so each step takes 15 % off the
distance that is left.
""",
            overlays=("gradient", "step"),
            prediction=Number(
                "At which step does it arrive: down to a millionth of its first height?",
                Reading("arrival"),
                tolerance=0.2,
                because="The height is the distance squared. The distance must fall to a thousandth, and 0.85 to the "
                "power 43 is about that.",
            ),
            findings=(
                Finding("13.5", "(2 + 8 + 12 + 32) / 4"),
                Finding("1.135", Reading("x", at=1)),
                Finding("15", Reading("curvature")),
                Finding("0.85", "1 - 0.01 * 15"),
                Finding("43", Reading("arrival")),
            ),
        ),
        Page(
            "Two at a time",
            """
A mini-batch of two. Samples 1 and 3 come first. Their mean gradient is −7, so θ goes to 1.07. Then samples 2 and 4
have their turn, **seen from 1.07**.

When all samples have been seen once, an **epoch** is over. Here that takes two steps, with the full batch one.
""",
            changes=("landscape.batch_size=2", "seed=2", "steps=2"),
            shows=1,
            overlays=("gradient", "step"),
            findings=(
                Finding("−7", Reading("grad.x", at=1)),
                Finding("1.07", Reading("x", at=1)),
                Finding("−18.6", Reading("grad.x", at=2)),
                Finding("1.256", Reading("x", at=2)),
                Finding("18.6", "(2*2*(4 - 1.07*2) + 2*4*(8 - 1.07*4)) / 2"),
                Finding("−20", "-(8 + 32) / 2"),
            ),
            questions=(
                Number(
                    "At θ = 1.07 the mean gradient of samples 2 and 4 is −18.6. Where does the second step end?",
                    Reading("x", at=2),
                    tolerance=0.01,
                    because="1.07 + 0.01 · 18.6 = 1.256. At θ = 1 their mean was −20, but the racer has left it.",
                ),
            ),
        ),
        Page(
            "One at a time",
            """
An epoch costs four sample gradients, however it is cut.

- One step of four: θ came to 1.135.
- Two steps of two: θ came to 1.256.
- Four steps of one: samples 1, 2, 3 and 4 in turn.
""",
            changes=("landscape.batch_size=1", "seed=16", "steps=4"),
            overlays=("gradient", "step"),
            prediction=Number(
                "Where is θ after four steps of one?",
                Reading("x", at=4),
                tolerance=0.05,
                because="1.456: more than three times as far as the full batch, for the same price. Each sample pulls "
                "less from the new place, but four steps add up where the mean divides by four.",
            ),
            findings=(
                Finding("1.135", Reading("x", at=1), given=("landscape.batch_size=4",)),
                Finding("1.256", Reading("x", at=2), given=("landscape.batch_size=2", "seed=2")),
                Finding("1.456", Reading("x", at=4)),
            ),
        ),
        Page(
            "Never at rest",
            """
There is a price. At θ = 1.9 the samples **still disagree**: only their mean is zero there. One sample at a time, the
racer is thrown about for ever.

Here η = 0.03 and samples are drawn anew at every step. The spread of its last positions is 0.108.
""",
            changes=("landscape.batch_size=1", "landscape.order=sampled", "entrant.lr=0.03", "steps=1000"),
            controls=("landscape.batch_size",),
            overlays=("samples",),
            goal=Goal(
                "Bring the spread below 0.06 without looking at all four samples.",
                (Bound("spread", at_most=0.06), Bound("scatter", at_least=0.1)),
            ),
            hint="Move B, the number of samples a step sees.",
            solution=("landscape.batch_size=2",),
            why="Mistakes of single samples cancel in the mean. Two samples halve the spread, to 0.055. Four end it: "
            "there are no more in this data set.",
            findings=(
                Finding("0.108", Reading("spread")),
                Finding("0.055", Reading("spread"), given=("landscape.batch_size=2",)),
            ),
        ),
        Page(
            "Rest with one sample",
            """
Can one sample at a time come to rest? Yes, said Robbins and Monro in 1951: **let η fall**. Not too slowly, or the
noise goes on. Not too fast, or it freezes before it has arrived.

Choose a schedule.
""",
            changes=("landscape.batch_size=1", "landscape.order=sampled", "entrant.lr=0.03", "steps=1000"),
            controls=("schedule",),
            goal=Goal(
                "End within 0.01 of the minimum, with a spread below 0.01.",
                (Bound("distance", at_most=0.01), Bound("spread", at_most=0.01)),
            ),
            hint="Step decay and exponential decay are over too soon here. Try one that comes down smoothly to 0.",
            solution=("entrant.schedule.name=cosine",),
            why="While η is large the racer travels, while it is small the noise averages out. Exponential decay ends "
            "with no spread at all, but 0.015 away: frozen on the way.",
            findings=(
                Finding("0.015", Reading("distance"), given=("entrant.schedule.name=exponential",)),
                Finding("0.01", Reading("distance"), given=("entrant.schedule.name=cosine",)),
            ),
        ),
        Page(
            "Four times the batch",
            """
Another model, 64 samples. η is next to nothing: the racer stands still and only listens. Thin arrows show what
batches of B samples tell it, a thick one the true gradient.

With B = 1 the thin ones end 1.03 from the thick one, on average (root mean square).
""",
            race=CLOUD,
            overlays=("samples",),
            controls=("landscape.batch_size",),
            prediction=Number(
                "Here B = 4. How far from the thick arrow do the thin ones end, on average?",
                Reading("scatter"),
                tolerance=0.12,
                because="The scatter falls as 1/√B. Four times the samples, half the scatter.",
            ),
            goal=Goal(
                "Now choose B for a quarter of 1.03: a scatter between 0.22 and 0.26.",
                (Bound("scatter", at_most=0.26), Bound("scatter", at_least=0.22)),
            ),
            hint="Half the scatter took four times the samples. Half of that again?",
            solution=("landscape.batch_size=16",),
            why="At B = 16 it is 0.23, as √16 = 4. Every further halving costs four times the samples again.",
            findings=(
                Finding("1.03", Reading("scatter"), given=("landscape.batch_size=1",)),
                Finding("0.23", Reading("scatter"), given=("landscape.batch_size=16",)),
                Finding("4", "sqrt(16)"),
            ),
        ),
        Page(
            "Not to scale",
            """
Four samples are a toy. Real data sets have millions, and a full batch spends millions of gradients on one step.
Batches of 32 to 512 are usual.

Two more things this picture cannot show:

- A graphics card works on many samples at once, so 32 may take hardly longer than one.
- With few samples, none drawn twice, the scatter falls **faster** than 1/√B. With millions it is 1/√B.

B, η, the schedule and the seed are yours here: try them.
""",
            race=CLOUD,
            changes=("entrant.lr=0.5",),
            controls=("landscape.batch_size", "lr", "schedule", "seed"),
            overlays=("samples",),
            questions=(
                Number(
                    "A batch grows from 32 to 512. By which factor does the scatter shrink?",
                    "sqrt(512/32)",
                    tolerance=0.02,
                    because="√(512/32) = √16 = 4.",
                ),
            ),
            findings=(Finding("4", "sqrt(512/32)"),),
        ),
    ),
)
