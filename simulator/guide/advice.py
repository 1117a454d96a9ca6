"""What the guide recommends: one piece of advice for each kind of work."""

from __future__ import annotations

from simulator.guide import races
from simulator.guide.recommendation import Recommendation
from simulator.guide.setting import Call, Plan, Rate, Span, only

BERT_CODE = "Devlin et al. 2019, the code published with BERT"

ADVICE = {
    "llm": Recommendation(
        situation="Language model, pre-training",
        optimizer="AdamW",
        race_optimizer="adamw",
        rate=Rate(6e-4, 3e-4, 1e-3),
        plan=Plan("cosine", warmup=0.01, floor=0.1),
        decay=Span(0.1, 0.01, 0.1),
        torch=Call("AdamW", {"betas": (0.9, 0.95)}),
        clip=1.0,
        spares=BERT_CODE,
        why="Gradients differ a thousandfold from weight to weight: each needs its own step size. The decay of η lets "
        "the noise of small batches settle at the end.",
        source="Loshchilov & Hutter 2019, Decoupled Weight Decay Regularization; Brown et al. 2020, Language Models "
        "are Few-Shot Learners",
        watch="Momentum may go no faster than the steepest weight allows. AdamW crosses at once; only with the decay "
        "does it come to rest.",
        demo=races.llm,
    ),
    "fine_tuning": Recommendation(
        situation="Transformer, fine-tuning",
        optimizer="AdamW",
        race_optimizer="adamw",
        rate=Rate(2e-5, 1e-5, 5e-5),
        plan=Plan("linear", warmup=0.05),
        decay=only(0.01),
        torch=Call("AdamW"),
        clip=1.0,
        spares=BERT_CODE,
        why="The weights are already good: a small rate improves them nearby, a large one throws away what they know.",
        source="Devlin et al. 2019, BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding",
        watch="Both start beside the deeper well. The small rate settles in it; at twenty times that rate what was "
        "known is lost in the first steps.",
        demo=races.fine_tuning,
    ),
    "convolutional": Recommendation(
        situation="Vision, convolutional network",
        optimizer="SGD + Nesterov",
        race_optimizer="nesterov",
        rate=Rate(0.1, 0.1, 0.1),
        plan=Plan("cosine", remark="or a tenth of it at each of a few steps"),
        decay=only(1e-4),
        torch=Call("SGD", {"momentum": 0.9, "nesterov": True}),
        why="Normalisation layers keep the gradients of such a network alike, so one rate serves all weights. Well "
        "tuned, momentum ends as low as Adam with half its memory.",
        source="He et al. 2016, Deep Residual Learning for Image Recognition; Sutskever et al. 2013, On the importance "
        "of initialization and momentum in deep learning",
        watch="The valley lies across the axes, where a rate for each coordinate buys nothing: Nesterov is there in "
        "half of Adam's steps.",
        demo=races.convolutional,
    ),
    "vision_transformer": Recommendation(
        situation="Vision transformer, from scratch",
        optimizer="AdamW",
        race_optimizer="adamw",
        rate=Rate(1e-3, 1e-3, 1e-3),
        plan=Plan("cosine", warmup=0.05),
        decay=Span(0.1, 0.05, 0.3),
        torch=Call("AdamW"),
        clip=1.0,
        why="It knows nothing of images beforehand and overfits easily, so it wants strong weight decay: the same for "
        "every weight, as in AdamW, not divided by each weight's gradient as an L2 term in Adam is.",
        source="Dosovitskiy et al. 2021, An Image is Worth 16x16 Words; Loshchilov & Hutter 2019, Decoupled Weight "
        "Decay Regularization",
        watch="The loss hardly cares about x, an idle weight with a noisy gradient. AdamW shrinks it; the same λ as an "
        "L2 term leaves more than half of it.",
        demo=races.vision_transformer,
    ),
    "gan": Recommendation(
        situation="Generative adversarial network",
        optimizer="Adam",
        race_optimizer="adam",
        rate=Rate(2e-4, 1e-4, 2e-4),
        plan=Plan(remark="none, or a very slow one"),
        decay=only(0.0),
        torch=Call(
            "Adam", {"betas": (0.5, 0.999)}, note=("Two of these: one for the generator, one for the discriminator.",)
        ),
        why="Each network is the other's moving target, so there is no end to decay towards, and a long memory points "
        "to where the target was: take β₁ = 0.5.",
        source="Radford, Metz & Chintala 2016, Unsupervised Representation Learning with Deep Convolutional Generative "
        "Adversarial Networks",
        watch="Here the target stands still, yet the longer the memory, the farther Adam swings past it and the later "
        "it arrives.",
        demo=races.gan,
    ),
    "diffusion": Recommendation(
        situation="Diffusion model",
        optimizer="AdamW",
        race_optimizer="adamw",
        rate=Rate(1e-4, 1e-4, 1e-4),
        plan=Plan(remark="constant, or a slow cosine"),
        decay=only(0.01),
        torch=Call("AdamW"),
        why="Every batch mixes easy and hard noise levels, so the gradient stays noisy to the end: a small steady rate "
        "averages it, and nobody need know beforehand how long the training will be.",
        source="Ho, Jain & Abbeel 2020, Denoising Diffusion Probabilistic Models; Peebles & Xie 2023, Scalable "
        "Diffusion Models with Transformers",
        watch="Under strong noise the rate ten times larger is there sooner and then stays many times farther out.",
        demo=races.diffusion,
    ),
    "reinforcement": Recommendation(
        situation="Reinforcement learning (PPO, SAC)",
        optimizer="Adam",
        race_optimizer="adam",
        rate=Rate(3e-4, 3e-4, 3e-4),
        plan=Plan("linear", remark="or none"),
        decay=only(0.0),
        torch=Call("Adam"),
        why="The size of the gradient changes with the rewards and with the policy itself. Adam's step is about η "
        "whatever that size is.",
        source="Schulman et al. 2017, Proximal Policy Optimization Algorithms; Haarnoja et al. 2018, Soft Actor-Critic",
        watch="SGD is well at 0.01 and thrown out at 0.03, unless it is clipped. Adam arrives at either of its two "
        "rates.",
        demo=races.reinforcement,
    ),
    "llm_memory": Recommendation(
        situation="Language model, short of memory",
        optimizer="Lion",
        race_optimizer="lion",
        rate=Rate(1e-4, 3e-5, 3e-4),
        plan=Plan("cosine", warmup=0.01, floor=0.1, remark="as for AdamW"),
        decay=Span(0.5, 0.1, 1.0),
        torch=Call("Lion", {"betas": (0.9, 0.99)}, "pytorch_optimizer", ("torch has no Lion; this package has.",)),
        clip=1.0,
        spares=BERT_CODE,
        why="It keeps one number per weight instead of two and uses only the sign of the update. Every weight moves "
        "the full η each step, so take η 3–10 times smaller than AdamW's and λ as much larger.",
        source="Chen et al. 2023, Symbolic Discovery of Optimization Algorithms",
        watch="At AdamW's rate Lion rattles about the minimum. At a quarter of it, it does about as well as AdamW, on "
        "half the memory.",
        demo=races.llm_memory,
    ),
    "large_batch": Recommendation(
        situation="Large batches, over many machines",
        optimizer="LAMB",
        race_optimizer="lamb",
        rate=Rate(5e-3, 5e-3, 5e-3, "batch", 32_768),
        plan=Plan("polynomial", warmup=0.025),
        decay=only(0.01),
        torch=Call(
            "Lamb", {}, "pytorch_optimizer", ("torch has no LAMB; this package has. It clips to norm 1.0 itself.",)
        ),
        spares=BERT_CODE,
        why="Large batches leave few steps, so each must be long. A plain rate multiplied with the batch crosses the "
        "stability limit; LAMB ties each layer's step to the size of its weights instead.",
        source="You et al. 2020, Large Batch Optimization for Deep Learning: Training BERT in 76 minutes",
        watch="At eight times the rate, as for eight times the batch, SGD diverges in spite of the warm-up. LAMB's "
        "steps are as long as each layer can bear, and it gets far lower than SGD at the small rate.",
        demo=races.large_batch,
    ),
    "recurrent": Recommendation(
        situation="Recurrent network",
        optimizer="RMSProp",
        race_optimizer="rmsprop",
        rate=Rate(1e-3, 1e-3, 1e-3),
        plan=Plan(remark="none, or a slow decay"),
        decay=only(0.0),
        torch=Call("RMSprop"),
        clip=1.0,
        why="Through many time steps gradients vanish or explode. Dividing by their running size evens that out; add "
        "clipping by norm, 1.0.",
        source="Tieleman & Hinton 2012, Lecture 6.5: RMSProp; Pascanu, Mikolov & Bengio 2013, On the difficulty of "
        "training recurrent neural networks",
        watch="Far out the slope has all but vanished. SGD creeps with it, even near its stability limit; RMSProp "
        "walks at its own pace.",
        demo=races.recurrent,
    ),
    "convex": Recommendation(
        situation="Convex problem",
        optimizer="SGD",
        race_optimizer="sgd",
        rate=Rate(1.0, 1.0, 2.0, "curvature"),
        plan=Plan(remark="none on the full gradient; a decay with batches"),
        decay=Span(0.0, 0.0, 1e-4),
        torch=Call("SGD"),
        why="There is one valley, so every downhill path ends well and nothing needs to be remembered. Add momentum if "
        "the valley is long and narrow.",
        source="Robbins & Monro 1951, A Stochastic Approximation Method; Bottou, Curtis & Nocedal 2018, Optimization "
        "Methods for Large-Scale Machine Learning",
        watch="Well tuned, SGD is there in five steps. A tuned Adam overshoots, and with its default rate it has "
        "hardly left.",
        demo=races.convex,
    ),
    "sparse": Recommendation(
        situation="Sparse data, online learning",
        optimizer="AdaGrad",
        race_optimizer="adagrad",
        rate=Rate(1e-2, 1e-2, 0.1),
        plan=Plan(remark="none: its own rates only shrink"),
        decay=only(0.0),
        torch=Call("Adagrad"),
        why="A feature seen rarely has gathered few gradients and so keeps a large step; common ones have slowed down.",
        source="Duchi, Hazan & Singer 2011, Adaptive Subgradient Methods for Online Learning and Stochastic "
        "Optimization",
        watch="y speaks a hundred times as loudly as x. AdaGrad hears both and goes straight; with one rate for both, "
        "SGD zig-zags in y and waits for x.",
        demo=races.sparse,
    ),
    "small_smooth": Recommendation(
        situation="A few weights, smooth loss",
        optimizer="Newton, damped (or L-BFGS)",
        race_optimizer="newton",
        rate=Rate(1.0, 1.0, 1.0),
        plan=Plan(),
        decay=only(0.0),
        torch=Call(
            "LBFGS",
            {"line_search_fn": "strong_wolfe"},
            note=("torch has no Newton; L-BFGS learns the curvature from the gradients.",),
        ),
        why="With so few weights the curvature is affordable, and a step that knows it goes straight to the bottom of "
        "the fitted parabola. L-BFGS estimates it when there are thousands.",
        source="Nocedal & Wright 2006, Numerical Optimization",
        watch="Newton follows the curved valley in ten steps, L-BFGS in some thirty; Adam and momentum need hundreds.",
        demo=races.small_smooth,
    ),
    "default": Recommendation(
        situation="No better idea yet",
        optimizer="Adam",
        race_optimizer="adam",
        rate=Rate(1e-3, 1e-4, 1e-2),
        plan=Plan("cosine", remark="or none at first"),
        decay=only(0.0),
        torch=Call("Adam"),
        why="Its step hardly depends on how the problem is scaled, so the default rate works more often than anyone "
        "else's. Sweep η before believing any comparison.",
        source="Kingma & Ba 2015, Adam: A Method for Stochastic Optimization",
        watch="Adam has the same rate and takes the same steps at κ = 10 and at κ = 100. SGD diverges with its rate "
        "for κ = 10 and crawls with the one for κ = 100. Change κ and see.",
        demo=races.default,
    ),
    "no_tuning": Recommendation(
        situation="No time to tune: one run",
        optimizer="Prodigy",
        race_optimizer="prodigy",
        rate=Rate(1.0, 1.0, 1.0),
        plan=Plan("cosine", remark="or none"),
        decay=only(0.0),
        torch=Call("Prodigy", {}, "prodigyopt", ("torch has no Prodigy; its authors' package has.",)),
        why="It guesses how far away the minimum lies, from the gradients and the way it has come, and sets its own "
        "rate by that. η only scales the guess and stays at 1.",
        source="Mishchenko & Defazio 2024, Prodigy: An Expeditiously Adaptive Parameter-Free Learner",
        watch="Prodigy, untouched, arrives about as soon as the Adam that was tuned for this valley. Adam at its "
        "default rate is still far out.",
        demo=races.no_tuning,
    ),
    "no_end": Recommendation(
        situation="It may be stopped at any time",
        optimizer="Schedule-free AdamW",
        race_optimizer="schedulefree_adamw",
        rate=Rate(2.5e-3, 1e-3, 1e-2),
        plan=Plan(remark="none: it averages its path instead"),
        decay=only(0.0),
        torch=Call("AdamWScheduleFree", {}, "schedulefree", ("torch has none; its authors' package has.",)),
        why="A decay of η must know when the training ends. The mean of the path is as quiet as a decayed rate, and "
        "is ready at every step.",
        source="Defazio et al. 2024, The Road Less Scheduled",
        watch="In the second half, wherever it is stopped, schedule-free lies lower than the constant rate. At the "
        "end it is near the cosine, which had to know the length.",
        demo=races.no_end,
    ),
}
