"""AdamW: Adam with decoupled weight decay, which acts on the parameters instead of the gradient."""

from torch import optim

from steepest.optimizers.adam_family import (
    AMSGRAD,
    AMSGRAD_MOMENTS,
    BETAS,
    adam_stability,
    adam_worked_step,
    make_room_for_amsgrad,
)
from steepest.optimizers.hyperparameters import DECOUPLED, MAXIMIZE, epsilon, learning_rate, weight_decay
from steepest.optimizers.optimizer import Optimizer
from steepest.spec import Text

ADAMW = Optimizer(
    id="adamw",
    title=Text("AdamW", "AdamW"),
    about=Text(
        "Adam with weight decay outside the moments: it settles a little closer to zero than the minimum.",
        "把衰减移出矩估计的 Adam：注意它停在比极小点更靠近零的地方。",
    ),
    formula=(
        r"g_t = \nabla f(\theta_{t-1})",
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t,\quad v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2",
        r"\hat m_t = m_t/(1-\beta_1^t),\quad \hat v_t = v_t/(1-\beta_2^t)"
        r"\quad(\text{AMSGrad: } \hat v_t = \max_{i\le t} v_i/(1-\beta_2^t))",
        r"\theta_t = (1-\eta\lambda)\,\theta_{t-1} - \eta\,\hat m_t/(\sqrt{\hat v_t}+\epsilon)",
    ),
    source="torch.optim.AdamW; Loshchilov & Hutter 2019, ICLR, arXiv:1711.05101",
    torch_class=optim.AdamW,
    worked_step=adam_worked_step,
    params=(learning_rate(1e-3), BETAS, epsilon(1e-8), weight_decay(1e-2, DECOUPLED), AMSGRAD, MAXIMIZE),
    known_lr=0.05,
    state=AMSGRAD_MOMENTS,
    adjust=make_room_for_amsgrad,
    stability_rule=adam_stability,
)
