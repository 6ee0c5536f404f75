"""Learning problems: a data set, a model and a loss, put together."""
