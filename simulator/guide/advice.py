"""What the guide recommends: one piece of advice for each kind of work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulator.guide import races
from simulator.race import Race


@dataclass(frozen=True)
class Recommendation:
    """A place to begin, why, who says so, and a race that shows the point.

    ``optimizer`` is the name as people say it, ``race_optimizer`` the catalog's.
    """

    situation: str
    optimizer: str
    race_optimizer: str
    lr: str
    schedule: str
    weight_decay: str
    buffers: int  # numbers the optimizer keeps for every weight
    why: str
    source: str
    watch: str  # what to look for in the race
    demo: Callable[[], Race]

    def race(self) -> Race:
        """A ready race of the recommended rule against a fair alternative."""
        return self.demo()


ADVICE = {
    "llm": Recommendation(
        situation="Language model, pre-training",
        optimizer="AdamW",
        race_optimizer="adamw",
        lr="3e-4 – 1e-3",
        schedule="warm-up, then cosine to a tenth of the peak",
        weight_decay="0.01 – 0.1",
        buffers=2,
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
        lr="1e-5 – 5e-5",
        schedule="linear warm-up, then linear decay",
        weight_decay="0.01",
        buffers=2,
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
        lr="0.1",
        schedule="cosine, or a tenth at each of a few steps",
        weight_decay="1e-4",
        buffers=1,
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
        lr="1e-3",
        schedule="warm-up, then cosine",
        weight_decay="0.05 – 0.3",
        buffers=2,
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
        lr="1e-4 – 2e-4",
        schedule="none, or a very slow one",
        weight_decay="0",
        buffers=2,
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
        lr="1e-4",
        schedule="constant, or a slow cosine",
        weight_decay="0.01",
        buffers=2,
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
        lr="3e-4",
        schedule="linear to 0, or none",
        weight_decay="0",
        buffers=2,
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
        lr="3e-5 – 3e-4",
        schedule="as for AdamW: warm-up, then cosine",
        weight_decay="0.1 – 1.0",
        buffers=1,
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
        lr="scaled with the batch",
        schedule="warm-up, then polynomial",
        weight_decay="0.01",
        buffers=2,
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
        lr="1e-3",
        schedule="none, or a slow decay",
        weight_decay="0",
        buffers=1,
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
        lr="just under 2 / largest curvature; with noise, decaying",
        schedule="none on the full gradient; a decay with batches",
        weight_decay="0 – 1e-4",
        buffers=0,
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
        lr="1e-2 – 0.1",
        schedule="none: its own rates only shrink",
        weight_decay="0",
        buffers=1,
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
        lr="1",
        schedule="none",
        weight_decay="0",
        buffers=0,
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
        lr="1e-3; sweep 1e-4 – 1e-2",
        schedule="none at first, then cosine",
        weight_decay="0",
        buffers=2,
        why="Its step hardly depends on how the problem is scaled, so the default rate works more often than anyone "
        "else's. Sweep η before believing any comparison.",
        source="Kingma & Ba 2015, Adam: A Method for Stochastic Optimization",
        watch="Adam has the same rate and takes the same steps at κ = 10 and at κ = 100. SGD diverges with its rate "
        "for κ = 10 and crawls with the one for κ = 100. Change κ and see.",
        demo=races.default,
    ),
}
