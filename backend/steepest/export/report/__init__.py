"""An experiment as an HTML report."""
