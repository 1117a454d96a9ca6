"""A network of 31 weights on real mini-batches: the whole of training, small enough to be seen."""

from simulator.lesson import Bound, Finding, Goal, Lesson, Page
from simulator.measure import Reading
from simulator.question import Number, Pick, Ranking

LESSON = Lesson(
    title="The flip network",
    summary="31 weights learn to transpose an image. Momentum is far ahead, and a larger η catches up.",
    minutes=20,
    place=170,
    source="Rumelhart, Hinton & Williams 1986, Learning representations by back-propagating errors; Sutskever et al. "
    "2013, On the importance of initialization and momentum in deep learning",
    race="flip-network",
    pages=(
        Page(
            "The task",
            """
Four pixels go in, four come out. Two of them have to change places: the image is **transposed**.

In between stand three ReLU units. That makes 4·3 + 3 weights and biases before, and 3·4 + 4 behind: 31 parameters.

There are only 16 black-and-white images of four pixels. All of them are the training set.
""",
            racers=("SGD",),
            findings=(
                Finding("31", "4*3 + 3 + 3*4 + 4"),
                Finding("16", "2**4"),
            ),
            questions=(
                Number(
                    "One image a step, 16 images. How many epochs are 480 steps?",
                    "480 / 16",
                    tolerance=0.0,
                    because="An epoch is one pass over all images.",
                ),
            ),
        ),
        Page(
            "With and without momentum",
            """
The same weights to begin with, the same images in the same order, the same η = 0.05. One of the two has momentum 0.9.

The loss begins at 0.482.
""",
            racers=("SGD", "Momentum"),
            prediction=Number(
                "Momentum comes below a loss of 0.1 at step 103. At which step does SGD? (It may be never.)",
                Reading("below", "SGD", level=0.1),
                because="Never, in 480 steps. It ends at 0.134. First comes a plateau, where all units are alike and "
                "slopes are small. Slopes that agree are what momentum adds up.",
            ),
            findings=(
                Finding("0.482", Reading("loss", "SGD", at=0)),
                Finding("103", Reading("below", "Momentum", level=0.1)),
                Finding("0.134", Reading("loss", "SGD")),
            ),
        ),
        Page(
            "Is it the momentum?",
            """
Momentum 0.9 makes steps up to 10 times as long where the slopes agree: 1/(1 − 0.9).

So give SGD a larger η, and only that.
""",
            racers=("SGD",),
            controls=("lr",),
            goal=Goal("Bring SGD below 0.1 before step 200.", (Bound("below", level=0.1, at_most=199),)),
            hint="Try some multiples of 0.05.",
            solution=("SGD.lr=0.2",),
            why="At η = 0.2 it gets there at step 163. Much of what looked like momentum was a step size.",
            findings=(
                Finding("10", "1 / (1 - 0.9)"),
                Finding("163", Reading("below", level=0.1), given=("SGD.lr=0.2",)),
            ),
        ),
        Page(
            "The end of the race",
            """
With one image a step, each step serves that image and spoils others a little. The loss of all images hovers.

Four racers now. The lowest possible loss is 0.0625: three units cannot carry four pixels, something has to be guessed.
""",
            prediction=Ranking(
                "Who hovers lowest over the last fifth of the race?",
                "hover",
                because="Adam hovers 0.003 above the lowest, SGD with η = 0.2 at 0.006, momentum at 0.007. SGD is "
                "still on its way, at 0.088.",
            ),
            findings=(
                Finding("0.0625", "1/16"),
                Finding("0.003", Reading("hover", "Adam")),
                Finding("0.006", Reading("hover", "SGD, η 0.2")),
                Finding("0.007", Reading("hover", "Momentum")),
                Finding("0.088", Reading("hover", "SGD")),
            ),
        ),
        Page(
            "Larger batches",
            """
Make the batch larger. Nothing else: same η, same number of steps.

The noise falls, and with it the height at which momentum hovers.
""",
            racers=("Momentum",),
            controls=("landscape.batch_size",),
            goal=Goal("Make momentum hover less than 0.001 above the lowest loss.", (Bound("hover", at_most=0.001),)),
            hint="4 images a step are enough.",
            solution=("landscape.batch_size=4",),
            why="At 4 images it hovers at 0.0004. But each step now looks at four images instead of one.",
            findings=(Finding("0.0004", Reading("hover"), given=("landscape.batch_size=4",)),),
        ),
        Page(
            "Not to scale",
            """
The arena shows a **plane** through 31 dimensions, and says how much of the movement lies in it. Paths that cross there
need not meet.

That momentum is far ahead depends on the first weights. Ours are small and positive. With other first weights units
die, and its lead can vanish.

In a large network nobody reaches the lowest loss of the training set by hand-picked η. What stays is the order:
step size first, then the rule.
""",
            questions=(
                Pick(
                    "Run the race. Whose loss rose at the most steps?",
                    "rises",
                    highest=True,
                    because="Momentum: it still carries the last image's direction when the next one disagrees.",
                ),
            ),
        ),
    ),
)
