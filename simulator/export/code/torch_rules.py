"""What torch has of the optimizers: one entry each, with its call, and what it lacks."""

from __future__ import annotations

from simulator.export.code.entry import Entry, Lack

UNCORRECTED = Lack(
    lambda at: not at.optimizer.bias_correction, "torch's Adam always corrects the bias of m and v: switch m̂, v̂ on"
)
NO_RATE = Lack(
    lambda at: at.optimizer.line_search_fn != "none" and at.stands_still,
    "torch's line search divides by 0 where η is 0, as in the first step of a warm-up",
)
ENDLESS = Lack(
    lambda at: at.race.landscape.domain is not None,
    "the slope is straight and only the box ends it: torch's line search runs off to values that are no numbers",
)

ENTRIES = {
    "sgd": Entry("torch.optim.SGD({params}, lr={lr}, weight_decay={weight_decay})"),
    "momentum": Entry(
        "torch.optim.SGD({params}, lr={lr}, momentum={beta}, dampening={dampening}, weight_decay={weight_decay})",
        lacks=(
            Lack(
                lambda at: len({leg.optimizer.beta == 0.0 for leg in at.legs}) > 1,
                "it is a fork between β = 0 and another: torch keeps no velocity while β is 0",
            ),
        ),
    ),
    "nesterov": Entry(
        "torch.optim.SGD({params}, lr={lr}, momentum={beta}, nesterov=True, weight_decay={weight_decay})",
        lacks=(
            Lack(
                lambda at: at.optimizer.beta == 0.0,
                "torch has no Nesterov momentum with β = 0: that is SGD",
            ),
        ),
        velocity='optimizer.state[p]["momentum_buffer"]',
    ),
    "adagrad": Entry(
        "torch.optim.Adagrad({params}, lr={lr}, lr_decay={lr_decay}, weight_decay={weight_decay}, "
        "initial_accumulator_value={initial_accumulator_value}, eps={eps})"
    ),
    "rmsprop": Entry(
        "torch.optim.RMSprop({params}, lr={lr}, alpha={rho}, eps={eps}, weight_decay={weight_decay}, momentum={beta}, "
        "centered={centered})"
    ),
    "adadelta": Entry("torch.optim.Adadelta({params}, lr={lr}, rho={rho}, eps={eps}, weight_decay={weight_decay})"),
    "adam": Entry(
        "torch.optim.Adam({params}, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay})",
        lacks=(UNCORRECTED,),
    ),
    "adamw": Entry(
        "torch.optim.AdamW({params}, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay})"
    ),
    "amsgrad": Entry(
        "torch.optim.Adam({params}, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay}, "
        "amsgrad=True, decoupled_weight_decay={decoupled_weight_decay})"
    ),
    "adamax": Entry(
        "torch.optim.Adamax({params}, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay})"
    ),
    "nadam": Entry(
        "torch.optim.NAdam({params}, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay}, "
        "momentum_decay={momentum_decay}, decoupled_weight_decay={decoupled_weight_decay})"
    ),
    "radam": Entry(
        "torch.optim.RAdam({params}, lr={lr}, betas=({beta1}, {beta2}), eps={eps}, weight_decay={weight_decay}, "
        "decoupled_weight_decay={decoupled_weight_decay})"
    ),
    "rprop": Entry(
        "torch.optim.Rprop({params}, lr={lr}, etas=({etaminus}, {etaplus}), "
        "step_sizes=({step_size_min}, {step_size_max}))"
    ),
    "asgd": Entry(
        "torch.optim.ASGD({params}, lr={lr}, lambd={lambd}, alpha={power}, t0={t0}, weight_decay={weight_decay})"
    ),
    "adafactor": Entry(
        "torch.optim.Adafactor({params}, lr={lr}, beta2_decay={beta2_decay}, eps=({eps1}, {eps2}), d={d}, "
        "weight_decay={weight_decay})"
    ),
    "lbfgs": Entry(
        "torch.optim.LBFGS({params}, lr={lr}, max_iter={max_iter}, max_eval={max_eval}, "
        "tolerance_grad={tolerance_grad}, tolerance_change={tolerance_change}, history_size={history_size}, "
        "line_search_fn={search})",
        more=lambda at: {"search": None if at.optimizer.line_search_fn == "none" else at.optimizer.line_search_fn},
        lacks=(NO_RATE, ENDLESS),
        asks="closure",
    ),
}

MISSING = {"muon": "torch.optim.Muon works in bfloat16, to two or three digits"}
