"""Why correct the bias: means that start at 0 are wrong at first, and the two errors of Adam do not cancel."""

from simulator.lesson import Bound, Finding, Goal, Lesson, Page
from simulator.measure import Reading
from simulator.question import Number, Ranking

BETA2S = (0.9, 0.99, 0.999, 0.9999)
PAIR = (
    {"optimizer": "adam", "label": "Corrected", "lr": 0.1},
    {"optimizer": "adam", "label": "Uncorrected", "lr": 0.1, "bias_correction": False},
)
WELLS = {
    "steps": 300,
    "starts": [[-0.6, 0.3]],
    "landscape": {"name": "two_wells"},
    "entrant": [racer | {"lr": 0.3} for racer in PAIR],
}

LESSON = Lesson(
    title="Why correct the bias?",
    summary="A mean that starts at 0 is too small at first. Without correction Adam's first steps are wildly wrong.",
    minutes=15,
    place=80,
    source="Kingma & Ba 2015, Adam: A Method for Stochastic Optimization, section 3; Liu et al. 2020, On the Variance "
    "of the Adaptive Learning Rate and Beyond",
    race={"steps": 200, "starts": [[4.0, 2.0]], "landscape": {"name": "bowl"}, "entrant": list(PAIR)},
    pages=(
        Page(
            "Five times too fast",
            """
Two Adams in a round bowl, η = 0.1. One leaves out the correction of m and v; nothing else differs.

Run the race. The first step along x should be −0.1. Uncorrected's is −0.316, and its sixth is −0.556.

It runs 1.57 past the minimum. Corrected overshoots by 0.08.
""",
            overlays=("step",),
            findings=(
                Finding("−0.1", Reading("move.x", "Corrected", at=1)),
                Finding("−0.316", Reading("move.x", "Uncorrected", at=1)),
                Finding("−0.556", Reading("move.x", "Uncorrected", at=6)),
                Finding("1.57", Reading("overshoot", "Uncorrected")),
                Finding("0.08", Reading("overshoot", "Corrected")),
            ),
        ),
        Page(
            "Two errors that do not cancel",
            """
m and v start at 0. After one step on a gradient g:

- m = 0.1·g, a tenth of what it should be.
- v = 0.001·g², so √v is 3 % of what it should be.

Both are too small, but √v is **more** too small, and it stands below the line. The step is 0.1/√0.001 = 3.16 times η.

The correction divides m by 1 − 0.9ᵗ and v by 1 − 0.999ᵗ: exactly the weights that are missing.
""",
            panel="Corrected.inspect",
            questions=(
                Number(
                    "With β₂ = 0.9999, how many η long is the first step?",
                    "0.1 / sqrt(1 - 0.9999)",
                    tolerance=0.03,
                    because="0.1/√0.0001 = 0.1/0.01 = 10.",
                ),
            ),
            findings=(
                Finding("0.1", "1 - 0.9"),
                Finding("0.001", "1 - 0.999"),
                Finding("3", "100 * sqrt(0.001)"),
                Finding("3.16", "0.1 / sqrt(0.001)"),
                Finding("0.01", "sqrt(0.0001)"),
                Finding("10", "0.1 / 0.01"),
            ),
        ),
        Page(
            "Does it get better?",
            """
An even slope, for ever. Corrected goes 0.1 at every step.

Uncorrected's first step is 0.316: 3.16 times η.
""",
            race={
                "steps": 1000,
                "starts": [[0.0]],
                "landscape": {"name": "formula", "formula": "-x", "box": [[-10.0, 210.0]]},
                "entrant": list(PAIR),
            },
            prediction=Number(
                "How long is Uncorrected's step 12?",
                Reading("move.x", "Uncorrected", at=12),
                tolerance=0.2,
                because="0.657. It gets worse first: m is nearly right after a dozen steps, v needs a thousand. At "
                "step 100 it is still 0.324, and only at step 1,000 down to 0.126.",
            ),
            findings=(
                Finding("0.1", Reading("move.x", "Corrected", at=12)),
                Finding("0.316", Reading("move.x", "Uncorrected", at=1)),
                Finding("0.657", Reading("move.x", "Uncorrected", at=12)),
                Finding("0.324", Reading("move.x", "Uncorrected", at=100)),
                Finding("0.126", Reading("move.x", "Uncorrected", at=1000)),
                Finding("3.16", "0.1 / sqrt(0.001)"),
            ),
        ),
        Page(
            "Too long or too short",
            """
Four racers without correction, in the bowl, with the same η = 0.1 and β₁ = 0.9. Only β₂ differs: 0.9, 0.99, 0.999,
0.9999.

A corrected one would go 0.1 along each axis, whatever its β₂.
""",
            race={
                "steps": 200,
                "starts": [[4.0, 2.0]],
                "landscape": {"name": "bowl"},
                "entrant": [
                    {"optimizer": "adam", "label": f"β₂ {b}", "lr": 0.1, "beta2": b, "bias_correction": False}
                    for b in BETA2S
                ],
            },
            prediction=Ranking(
                "Whose first step is the longest?",
                "travelled",
                at=1,
                highest=True,
                because="Along x they go 1, 0.316, 0.1 and 0.032: η·0.1/√(1 − β₂). Which error wins depends on β₂.",
            ),
            findings=(
                Finding("1", "0.1 * 0.1 / sqrt(1 - 0.9999)"),
                Finding("0.316", "0.1 * 0.1 / sqrt(1 - 0.999)"),
                Finding("0.1", "0.1 * 0.1 / sqrt(1 - 0.99)"),
                Finding("0.032", "0.1 * 0.1 / sqrt(1 - 0.9)"),
            ),
        ),
        Page(
            "Where the errors cancel",
            """
Uncorrected's β₂ is yours. There is one at which its first step is right: as long as η.

And what about the steps after that?
""",
            controls=("Uncorrected.beta2",),
            overlays=("step",),
            goal=Goal(
                "Make Uncorrected's first step 0.1 along x.",
                (Bound("move.x", "Uncorrected", at=1, at_least=-0.105, at_most=-0.095),),
            ),
            hint="√(1 − β₂) has to be 1 − β₁, which is 0.1.",
            solution=("Uncorrected.beta2=0.99",),
            why="At β₂ = 0.99 the first step is right by coincidence. Step 10 is −0.200 all the same, and it "
            "overshoots by 0.45.",
            findings=(
                Finding("0.1", "sqrt(1 - 0.99)"),
                Finding("−0.200", Reading("move.x", "Uncorrected", at=10), given=("Uncorrected.beta2=0.99",)),
                Finding("0.45", Reading("overshoot", "Uncorrected"), given=("Uncorrected.beta2=0.99",)),
            ),
        ),
        Page(
            "What it can cost",
            """
Two wells, η = 0.3. Both racers start inside the deeper well, as a network does that is trained on.

Corrected settles at a loss of −2.06. Uncorrected is thrown out by its first steps and ends in the **wrong well**, at
−1.09.
""",
            race=WELLS,
            controls=("Uncorrected.lr", "Uncorrected.schedule"),
            goal=Goal(
                "Let Uncorrected end below a loss of −2, without the correction.",
                (Bound("loss", "Uncorrected", at_most=-2.0),),
            ),
            hint="Its first steps are too long. Shorten them: all of them, or only the first ones, by a warm-up.",
            solution=("Uncorrected.lr=0.1",),
            why="A smaller η mends the start and slows all the rest. A warm-up of a few dozen steps mends the start "
            "alone.",
            findings=(
                Finding("−2.06", Reading("loss", "Corrected")),
                Finding("−1.09", Reading("loss", "Uncorrected")),
                Finding("−2", Reading("loss", "Uncorrected"), given=("Uncorrected.schedule.warmup=10",)),
            ),
        ),
        Page(
            "Who else starts at 0?",
            """
RMSProp's G starts at 0 too, and the usual RMSProp corrects nothing. Here η = 0.1, and ρ = 0.99 is torch's
default. The start is at x = 4, and the slope there is 8.
""",
            race={
                "steps": 60,
                "starts": [[4.0, 2.0]],
                "landscape": {"name": "bowl"},
                "entrant": [{"optimizer": "rmsprop", "label": "RMSProp", "lr": 0.1, "rho": 0.99}],
            },
            prediction=Number(
                "Where along x is it after its first step?",
                Reading("x", at=1),
                tolerance=0.05,
                because="At 3: a step of 1, ten times η. G is 0.01·g² then, and 1/√0.01 is 10. The steps after "
                "it shrink to their proper length as G fills up.",
            ),
            findings=(
                Finding("8", Reading("grad.x", at=1)),
                Finding("3", Reading("x", at=1)),
                Finding("0.01", "1 - 0.99"),
                Finding("10", "1 / sqrt(0.01)"),
            ),
        ),
        Page(
            "Not to scale",
            """
The bias is gone after a few times 1/(1 − β₂) steps: some thousand at β₂ = 0.999. A race of 200 steps is all beginning.
In a training of a million steps it is a blink, unless the blink throws the weights away.

Even the corrected v̂ rests on very few gradients at first, so it is **right on average and unsure**. With noise that is
the reason given for a warm-up, and RAdam was built to replace it.

All controls are open here.
""",
            controls=("everything",),
        ),
    ),
)
