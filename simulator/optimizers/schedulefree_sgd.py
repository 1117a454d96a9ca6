"""Schedule-free SGD."""

from dataclasses import dataclass

from simulator.averaging import Averaging
from simulator.optimizer import Array, Branch, Cost, Optimizer, Rule, State
from simulator.param import param


@dataclass(frozen=True)
class ScheduleFreeSGD(Averaging, Optimizer):
    """Averages the path instead of letting η decay: as good at every step as a schedule that ended there.

    Three points: z takes the steps, x is their mean and the result, and the gradient is asked between them, at y.
    The race shows y as θ, as the library holds it while it trains; x stands beside it. No momentum buffer: β only
    says how near y is to x.
    """

    title = "Schedule-free SGD"
    year = 2024
    family = "no tuning"
    cost = Cost(buffers=3)
    source = "Defazio et al. 2024, The Road Less Scheduled; form of schedulefree.SGDScheduleFree"
    branch = Branch(
        parents=("sgd", "asgd"),
        added="The gradient between the last point and the mean of the path, in place of a decay of η.",
        best_for="training that may be stopped at any time",
    )
    formula = "u = ∇f(θ) + λ·θ\n" + Averaging.form
    rate = "η_t"

    lr: float = param("η", 1.0, 1e-6, 10.0, "log", doc="Learning rate, larger than that of plain gradient descent.")
    beta: float = param("β", 0.9, 0.0, 0.9999, "log1m", doc="How near y is to the mean x.")
    weight_decay: float | None = param("λ", 0.0, 0.0, 10.0, "log", floor=1e-5, off=0.0, doc="L2 term added to g.")
    warmup_steps: int | None = param("T_w", 0, 0, 1_000_000, "log", floor=1, off=0, unit="steps", doc="Warm-up of η.")
    r: float = param("r", 0.0, 0.0, 10.0, doc="Late points weigh more in the mean, as t^r.")
    weight_lr_power: float = param("p", 2.0, 0.0, 10.0, doc="How much less the points of a warm-up weigh in the mean.")

    @classmethod
    def suggest_lr(cls, lr: float, diagonal: float) -> float:
        return 2.0 * lr

    def init(self, theta: Array) -> State:
        return self.begin(theta)

    def step(self, theta: Array, state: State, lr: Array, t: int) -> Rule:
        grad = yield theta
        if self.weight_decay is not None:
            grad = grad + self.weight_decay * theta
        return self.follow(grad, self.beta, state, lr, t)
