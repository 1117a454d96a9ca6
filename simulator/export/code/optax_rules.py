"""What optax has of the optimizers: one entry each, with its call, and what it lacks."""

from __future__ import annotations

from simulator.export.code.entry import Bare, Entry, Lack, Situation
from simulator.export.code.pycode import number_text

L2 = "optax.chain(optax.add_decayed_weights({weight_decay}), {0})"  # decay in the gradient
RATE = "optax.scale_by_learning_rate({lr})"
# A layer's matrix here has the outputs as rows, optax thinks of them as columns.
MUON_SIDES = (
    ", muon_weight_dimension_numbers=lambda theta: "
    '[optax.contrib.MuonDimensionNumbers(1, 0) if getattr(p, "ndim", 0) == 2 else None for p in theta]'
)


AVERAGING = (
    Lack(lambda at: at.stands_still, "optax's averages differently once η was 0, as in the first step of a warm-up"),
    Lack(
        lambda at: at.optimizer.warmup_steps != 0,
        "optax warms schedule-free rules up in another way: leave T_w at 0",
    ),
    Lack(lambda at: at.optimizer.r != 0.0, "optax's schedule-free rules have no r"),
    Lack(
        lambda at: len({leg.optimizer.hyper.get("beta", leg.optimizer.hyper.get("beta1")) for leg in at.legs}) > 1,
        "it is a fork with another β: optax does not keep the average, it works it out of θ with the β of now",
    ),
)
DISTANCE = (
    Lack(lambda at: at.stands_still, "optax's divides 0 by 0 where η is 0, as in the first step of a warm-up"),
    Lack(
        lambda at: not (at.optimizer.bias_correction and at.optimizer.decouple),
        "optax's is always corrected and decoupled: switch both on",
    ),
    Lack(lambda at: at.optimizer.growth_rate != 0.0, "optax's has no limit κ on how fast d may grow"),
)


def _uncorrected(at: Situation) -> bool:
    return not at.optimizer.bias_correction


def _base(at: Situation) -> str:
    """The rule inside SAM."""
    optimizer = at.optimizer
    entry = ENTRIES[optimizer.base]
    values = {name: number_text(value)[0] for name, value in optimizer.hyper.items() if isinstance(value, float)}
    made = entry.call.format(**values | {"lr": "{lr}"})
    return entry.decay.format(made, **values) if entry.decay and at.decays else made


ENTRIES = {
    "sgd": Entry("optax.sgd({lr})", decay=L2),
    "momentum": Entry(
        "optax.sgd({lr}, momentum={beta})",
        decay=L2,
        lacks=(Lack(lambda at: at.optimizer.dampening != 0.0, "optax has no dampening τ of a momentum"),),
    ),
    "nesterov": Entry(
        "optax.sgd({lr}, momentum={beta}, nesterov=True)",
        decay=L2,
        velocity='optax.tree_utils.tree_get(state, "trace")',
    ),
    "rmsprop": Entry(
        f"optax.chain(optax.scale_by_{{by}}({{rho}}, eps={{eps}}, eps_in_sqrt=False), optax.trace({{beta}}), {RATE})",
        decay=L2,
        more=lambda at: {"by": Bare("stddev" if at.optimizer.centered else "rms")},
    ),
    "adadelta": Entry("optax.adadelta({lr}, rho={rho}, eps={eps}, weight_decay={weight_decay})"),
    "adam": Entry(
        "optax.adam({lr}, b1={beta1}, b2={beta2}, eps={eps})",
        decay=L2,
        lacks=(Lack(_uncorrected, "optax's Adam always corrects the bias of m and v: switch m̂, v̂ on"),),
    ),
    "adamw": Entry("optax.adamw({lr}, b1={beta1}, b2={beta2}, eps={eps}, weight_decay={weight_decay})"),
    "adamax": Entry("optax.adamax({lr}, b1={beta1}, b2={beta2}, eps={eps})", decay=L2),
    "adabelief": Entry(
        "optax.adabelief({lr}, b1={beta1}, b2={beta2}, eps={eps}, eps_root={eps_root}, nesterov={nesterov})"
    ),
    "yogi": Entry(
        "optax.chain(optax.scale_by_yogi(b1={beta1}, b2={beta2}, eps={eps}, "
        f"initial_accumulator_value={{initial_accumulator_value}}), {RATE})"
    ),
    "adopt": Entry(
        "optax.contrib.adopt({lr}, b1={beta1}, b2={beta2}, eps={eps}, nesterov={nesterov}, use_clipping={use_clipping})"
    ),
    "ademamix": Entry(
        "optax.contrib.ademamix({lr}, b1={beta1}, b2={beta2}, b3={beta3}, alpha={alpha}, eps={eps}, "
        "eps_root={eps_root}, weight_decay={weight_decay})",
        lacks=(Lack(lambda at: at.optimizer.warmup != 0, "optax's AdEMAMix has no warm-up W of α and β₃"),),
    ),
    "lamb": Entry("optax.lamb({lr}, b1={beta1}, b2={beta2}, eps={eps}, weight_decay={weight_decay})"),
    "lars": Entry(
        "optax.lars({lr}, weight_decay={weight_decay}, trust_coefficient={trust_coefficient}, eps={eps}, "
        "momentum={beta}, nesterov={nesterov})"
    ),
    "novograd": Entry(
        "optax.novograd({lr}, b1={beta1}, b2={beta2}, eps={eps}, eps_root={eps_root}, weight_decay={weight_decay})"
    ),
    "lion": Entry("optax.lion({lr}, b1={beta1}, b2={beta2}, weight_decay={weight_decay})"),
    "signsgd": Entry("optax.sign_sgd({lr})"),
    "signum": Entry("optax.signum({lr}, beta={beta})"),
    "sm3": Entry(f"optax.chain(optax.scale_by_sm3({{beta}}, eps={{eps}}), {RATE})"),
    "optimistic": Entry("optax.optimistic_gradient_descent({lr}, alpha={weight}, beta={optimism})"),
    "polyak": Entry(
        "optax.chain(optax.polyak_sgd(max_learning_rate={max_learning_rate}, scaling={first}, f_min={f_min}, "
        "eps={eps}, variant={variant}), optax.scale_by_learning_rate({then}, flip_sign=False))",
        asks="value",
        more=lambda at: (
            {"first": Bare("{lr}"), "then": 1.0} if at.optimizer.scale_first else {"first": 1.0, "then": Bare("{lr}")}
        ),
    ),
    "momo": Entry(
        "optax.contrib.momo({lr}, beta={beta}, lower_bound={lower_bound}, weight_decay={weight_decay}, "
        "adapt_lower_bound={adapt_lower_bound})",
        asks="value",
    ),
    "muon": Entry(
        "optax.contrib.muon({lr}, ns_coeffs={ns_coeffs}, ns_steps={ns_steps}, beta={beta}, eps={eps}, "
        "weight_decay={weight_decay}, nesterov={nesterov}, adaptive={adaptive}, preconditioning={preconditioning}, "
        "adam_b1={beta1}, adam_b2={beta2}, adam_weight_decay={adam_weight_decay}, consistent_rms={rms}{sides})",
        more=lambda at: {"rms": at.optimizer.consistent_rms or None, "sides": Bare(MUON_SIDES if at.problem else "")},
    ),
    "schedulefree_sgd": Entry(
        "optax.contrib.schedule_free_sgd({lr}, b1={beta}, weight_decay={decay}, weight_lr_power={weight_lr_power})",
        lacks=AVERAGING,
        more=lambda at: {"decay": at.optimizer.weight_decay if at.decays else None},
    ),
    "schedulefree_adamw": Entry(
        "optax.contrib.schedule_free_adamw({lr}, b1={beta1}, b2={beta2}, eps={eps}, weight_decay={weight_decay}, "
        "weight_lr_power={weight_lr_power})",
        lacks=AVERAGING,
    ),
    "prodigy": Entry(
        "optax.contrib.prodigy({lr}, betas=({beta1}, {beta2}), beta3={third}, eps={eps}, estim_lr0={d0}, "
        "estim_lr_coef={d_coef}, weight_decay={weight_decay}, safeguard_warmup={safeguard_warmup})",
        lacks=DISTANCE,
        more=lambda at: {"third": at.optimizer.beta3 or None},
    ),
    "dadapt_adam": Entry(
        "optax.contrib.dadapt_adamw({lr}, betas=({beta1}, {beta2}), eps={eps}, estim_lr0={d0}, "
        "weight_decay={weight_decay})",
        lacks=DISTANCE,
    ),
    "sam": Entry(
        "optax.contrib.sam({base}, optax.chain(optax.contrib.normalize(), optax.sgd({rho})), sync_period=2, "
        "opaque_mode=True)",
        asks="grad_fn",
        more=lambda at: {"base": Bare(_base(at))},
    ),
}

# Beside those of which an optimizer's dialects tell how optax has them.
MISSING = {
    "lbfgs": "optax's L-BFGS searches along d in another way, with other step lengths",
    "armijo": "optax has a backtracking line search, but not as this rule",
    "madgrad": "optax's MADGRAD works in single precision inside, and agrees to some seven digits only",
}
