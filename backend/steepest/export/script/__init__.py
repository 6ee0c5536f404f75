"""An experiment as Python source that needs torch alone."""
