"""An experiment as Python source that needs only torch."""
