"""What the seed decides, as source: noise and mini-batches, drawn as `simulator.noise` and `simulator.batches` do."""

from __future__ import annotations

from simulator.batches import AHEAD, BATCHES
from simulator.engine import BLOCK
from simulator.export.code.pycode import number_text
from simulator.problem import DataProblem
from simulator.race import Entrant, Race

RAW = {"student": "standard_t(3.0, size)", "sparse": "random(size)"}
NOTE = "the same draws as in the program."


def noisy(race: Race) -> bool:
    return race.noise.sigma != 0.0 or race.noise.kind == "sparse"


def additive(race: Race) -> bool:
    return noisy(race) and race.noise.kind in ("gaussian", "student")


def noise(race: Race, entrant: Entrant, start: int) -> list[str]:
    """``NOISE``, a row a step: what is added to the gradient, or multiplies it."""
    kind, dim = race.noise.kind, race.landscape.dim
    stream, place = (0, 0) if race.noise.shared else (entrant.noise_stream + 1, start)
    sigma = number_text(race.noise.sigma)[0]
    lines = [
        "def draws(block):",
        f'    """Noise of {BLOCK} steps, by Philox and the seed: {NOTE}"""',
        f"    key = np.array([{race.seed}, {stream}], dtype=np.uint64)",
        f"    counter = np.array([0, 0, {place}, block], dtype=np.uint64)",
        "    philox = np.random.Generator(np.random.Philox(key=key, counter=counter))",
        f"    size = ({BLOCK}, {dim})",
        f"    raw = philox.{RAW.get(kind, 'standard_normal(size)')}",
    ]
    if kind == "sparse":
        probability = number_text(race.noise.probability)[0]
        lines.append(f"    seen = np.where(raw < {probability}, 1.0 / {probability}, 0.0)")
        lines += ["    seen[:, 0] = 1.0"] if dim > 1 else []
        lines.append("    return seen")
    else:
        lines.append(f"    return {'1.0 + ' if kind == 'multiplicative' else ''}{sigma} * raw")
    return [*lines, "", "", f"NOISE = np.concatenate([draws(block) for block in range({-(-race.steps // BLOCK)})])"]


def batches(race: Race, problem: DataProblem) -> list[str]:
    """``batch(k)``, the samples that step k sees; nothing where it sees all of them."""
    total, size = len(problem.whole[0]), problem.batch_size
    if size >= total:
        return []
    if problem.order == "sampled":
        cut = [f"    return orders(k // {AHEAD})[k % {AHEAD}][:{size}]"]
    else:
        cut = [
            f"    epoch, turn = divmod(k, {-(-total // size)})",
            f"    return orders(epoch // {AHEAD})[epoch % {AHEAD}][turn * {size} : (turn + 1) * {size}]",
        ]
    return [
        "@functools.cache",
        "def orders(block):",
        f'    """{AHEAD} orders of the samples, by Philox and the seed: {NOTE}"""',
        f"    key = np.array([{race.seed}, {BATCHES}], dtype=np.uint64)",
        "    counter = np.array([0, 0, 0, block], dtype=np.uint64)",
        f"    bits = np.random.Philox(key=key, counter=counter).random_raw({AHEAD * total})",
        f'    return np.argsort(bits.reshape({AHEAD}, {total}), axis=1, kind="stable")',
        "",
        "",
        "def batch(k):",
        '    """The samples that step k sees."""',
        *cut,
    ]
