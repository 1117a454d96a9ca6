"""What a race has cost so far: steps, gradients, or all evaluations, weighted. What charts can count along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from simulator.param import param
from simulator.words import short_text

if TYPE_CHECKING:  # the command line knows the axes before it needs NumPy
    import numpy as np
    from numpy.typing import NDArray

    from simulator.race import Race

Against = Literal["steps", "evaluations", "cost"]
AXES: tuple[Against, ...] = ("steps", "evaluations", "cost")


@dataclass(frozen=True)
class Weights:
    """What an evaluation costs, in gradients.

    By back-propagation a gradient is a way forward and one back of twice the work, so that a loss is a third of it
    (Griewank & Walther 2008, Evaluating Derivatives, chapter 3); a product with a Hessian is two gradients (Pearlmutter
    1994, Fast exact multiplication by the Hessian). A whole Hessian is as many products as there are parameters;
    whoever wants that counted sets the weight.
    """

    loss_weight: float = param("w_f", 0.333, 0.0, 1e3, "log", floor=0.01, doc="What an evaluation of the loss costs.")
    hessian_weight: float = param(
        "w_H", 2.0, 0.0, 1e3, "log", floor=0.01, doc="What a Hessian, or a product with one, costs."
    )

    def cost(self, grads: Any, losses: Any, hessians: Any) -> Any:
        """All evaluations in gradients; numbers or arrays."""
        return grads + self.loss_weight * losses + self.hessian_weight * hessians

    @property
    def words(self) -> str:
        return f"gradients + {short_text(self.loss_weight)} · losses + {short_text(self.hessian_weight)} · Hessians"


EVEN = Weights()


def title(against: Against, weights: Weights) -> str:
    """What an axis counts, in words."""
    return {"steps": "steps", "evaluations": "gradient evaluations", "cost": f"cost: {weights.words}"}[against]


class Counted(Protocol):
    """A recording, or what else has counted evaluations, (steps + 1, lanes)."""

    @property
    def race(self) -> Race: ...
    @property
    def evals(self) -> NDArray[np.floating | np.integer]: ...
    @property
    def loss_evals(self) -> NDArray[np.floating | np.integer]: ...
    @property
    def hess_evals(self) -> NDArray[np.floating | np.integer]: ...


def spent(
    recording: Counted,
    against: Against,
    rows: int | slice | NDArray[np.intp],
    lanes: slice | NDArray[np.intp],
    weights: Weights = EVEN,
) -> NDArray[np.float64]:
    """What ``lanes`` had spent at ``rows``, (rows, lanes), or (lanes,) at one row."""
    import numpy as np

    at = np.ix_(rows, lanes) if isinstance(rows, np.ndarray) and isinstance(lanes, np.ndarray) else (rows, lanes)
    evals = recording.evals[at]
    if against == "evaluations":
        return evals.astype(np.float64)
    if against == "cost":
        return weights.cost(evals.astype(np.float64), recording.loss_evals[at], recording.hess_evals[at])
    count = recording.race.steps + 1  # only the steps asked for are made: a race may be long, and every frame asks
    steps = np.arange(*rows.indices(count)) if isinstance(rows, slice) else np.asarray(rows) % count
    return np.broadcast_to(steps.astype(np.float64)[..., None], evals.shape)
