"""What the cards are about, as the gallery filters by it. A card can have several topics."""

from steepest.gallery.card import Topic
from steepest.spec import Text

TOPICS: tuple[Topic, ...] = (
    Topic(
        id="rate",
        title=Text("Learning rate", "学习率"),
        cards=(
            *("four_rates", "edge_of_divergence", "what_momentum_buys", "raw_thermometer", "scaled_thermometer"),
            *("schedule", "edge"),
            *("square", "thermometer", "thermometer_diverges", "thermometer_scaled"),
        ),
    ),
    Topic(
        id="landscape",
        title=Text("Valleys and saddles", "山谷与鞍点"),
        cards=(
            *("ravine_momentum", "hanging_at_a_saddle", "local_minima", "which_valley", "bottomless"),
            *("newton_rosenbrock", "what_momentum_buys"),
            *("scaled_thermometer", "thermometer", "saddle"),
        ),
    ),
    Topic(
        id="optimizers",
        title=Text("Optimizers", "优化器"),
        cards=(
            *("ravine_momentum", "what_momentum_buys", "newton_rosenbrock", "adam_against_sgd", "spiral"),
            "four_optimizers",
        ),
    ),
    Topic(
        id="regression",
        title=Text("Regression", "回归"),
        cards=(
            *("raw_thermometer", "scaled_thermometer", "adam_against_sgd", "batch_noise", "schedule"),
            *("thermometer", "thermometer_diverges", "thermometer_scaled", "plane", "plane_again", "single_sample"),
            *("mse", "through_origin", "curve_net", "overfitting", "edge", "four_optimizers"),
        ),
    ),
    Topic(
        id="classification",
        title=Text("Classification", "分类"),
        cards=(
            *("exclusive_or", "spiral", "vanishing", "all_zero", "pictures_of_weights"),
            *("fruit", "pass_or_fail", "cluster_net", "small_module", "generalisation", "digits", "saving", "device"),
        ),
    ),
    Topic(
        id="nets",
        title=Text("Neural nets", "神经网络"),
        cards=(
            *("overfitting", "vanishing", "spiral", "all_zero", "edge", "curve_net", "cluster_net"),
            *("four_optimizers", "small_module", "generalisation", "saving", "device"),
        ),
    ),
    Topic(
        id="batches",
        title=Text("Batches and noise", "小批量与噪声"),
        cards=("batch_noise", "schedule", "single_sample", "overfitting"),
    ),
    Topic(
        id="gradients",
        title=Text("Gradients", "梯度"),
        cards=(
            "forgotten_zero_grad",
            "vanishing",
            "gradient_of_two",
            "graph",
            "plane",
            "zero_grad",
            "gradients_compared",
        ),
    ),
    Topic(
        id="pytorch",
        title=Text("PyTorch in practice", "PyTorch 实践"),
        cards=(
            *("forgotten_zero_grad", "zero_grad", "plane_again", "small_module", "saving", "shapes", "device"),
            "gradients_compared",
        ),
    ),
)
