"""An experiment and its recording as one HTML file."""
