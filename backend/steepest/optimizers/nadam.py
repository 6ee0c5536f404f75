"""NAdam: Adam with Nesterov's look-ahead."""

from torch import optim

from steepest.optimizers.common import DECOUPLED_WEIGHT_DECAY, MAXIMIZE, WEIGHT_DECAY, epsilon, learning_rate
from steepest.optimizers.moments import MOMENTS, betas
from steepest.optimizers.optimizer import Optimizer, StateSlot
from steepest.spec import Number, Text

NADAM = Optimizer(
    id="nadam",
    title=Text("NAdam", "NAdam"),
    about=Text(
        "Adam that looks ahead like Nesterov: it overshoots less in a bend.",
        "像 Nesterov 那样向前看的 Adam:转弯时冲过头更少。",
    ),
    formula=(
        r"g_t = \nabla f(\theta_{t-1}) + \lambda\theta_{t-1},\quad \mu_t = \beta_1 (1 - \tfrac12\,0.96^{\,t\psi})",
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t,\quad v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2",
        r"\hat m_t = \frac{\mu_{t+1}\, m_t}{1-\prod_{i=1}^{t+1}\mu_i} + \frac{(1-\mu_t)\, g_t}{1-\prod_{i=1}^{t}\mu_i},"
        r"\quad \hat v_t = \frac{v_t}{1-\beta_2^t}",
        r"\theta_t = \theta_{t-1} - \eta\,\hat m_t/(\sqrt{\hat v_t}+\epsilon)",
    ),
    source="torch.optim.NAdam; Dozat 2016, ICLR workshop",
    torch_class=optim.NAdam,
    params=(
        learning_rate(2e-3),
        # torch keeps the product of the mu in float32 and divides by 1 minus it: nearer to 1 it would divide by zero.
        betas(Text("Memory of the squared gradient.", "对梯度平方的记忆。"), first_maximum=0.9999),
        epsilon(1e-8),
        WEIGHT_DECAY,
        Number(
            id="momentum_decay",
            title=Text("momentum decay", "动量衰减"),
            help=Text("How fast the momentum warms up from half of beta 1.", "动量从 beta 1 的一半升上来的快慢。"),
            symbol=r"\psi",
            default=4e-3,
            minimum=0.0,
            maximum=1e3,
            low=1e-5,
            high=10.0,
            scale="log",
        ),
        DECOUPLED_WEIGHT_DECAY,
        MAXIMIZE,
    ),
    known_lr=0.05,
    state=(
        *MOMENTS,
        StateSlot(
            name="mu_product", symbol=r"\prod_{i=1}^{t}\mu_i", title=Text("product of momenta", "动量之积"), scalar=True
        ),
    ),
)
