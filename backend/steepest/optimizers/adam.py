"""Adam: momentum and a step size for each parameter, both corrected for their start at zero."""

from torch import optim

from steepest.optimizers.adam_family import (
    AMSGRAD,
    AMSGRAD_MOMENTS,
    BETAS,
    adam_stability,
    adam_worked_step,
    make_room_for_amsgrad,
)
from steepest.optimizers.hyperparameters import DECOUPLED_WEIGHT_DECAY, MAXIMIZE, WEIGHT_DECAY, epsilon, learning_rate
from steepest.optimizers.optimizer import Optimizer
from steepest.spec import Text

ADAM = Optimizer(
    id="adam",
    title=Text("Adam", "Adam"),
    about=Text(
        "Each parameter has its own step size, so steep and flat directions move equally fast.",
        "每个参数有自己的步长，陡的方向和缓的方向走得一样快。",
    ),
    formula=(
        r"g_t = \nabla f(\theta_{t-1}) + \lambda\theta_{t-1}",
        r"m_t = \beta_1 m_{t-1} + (1-\beta_1) g_t,\quad v_t = \beta_2 v_{t-1} + (1-\beta_2) g_t^2",
        r"\hat m_t = m_t/(1-\beta_1^t),\quad \hat v_t = v_t/(1-\beta_2^t)"
        r"\quad(\text{AMSGrad: } \hat v_t = \max_{i\le t} v_i/(1-\beta_2^t))",
        r"\theta_t = \theta_{t-1} - \eta\,\hat m_t/(\sqrt{\hat v_t}+\epsilon)",
    ),
    source="torch.optim.Adam; Kingma & Ba 2015, ICLR, arXiv:1412.6980",
    torch_class=optim.Adam,
    worked_step=adam_worked_step,
    params=(learning_rate(1e-3), BETAS, epsilon(1e-8), WEIGHT_DECAY, DECOUPLED_WEIGHT_DECAY, AMSGRAD, MAXIMIZE),
    known_lr=0.05,
    state=AMSGRAD_MOMENTS,
    adjust=make_room_for_amsgrad,
    stability_rule=adam_stability,
)
