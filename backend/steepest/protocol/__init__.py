"""The only place where wire shapes are written."""
