"""An experiment made ready to run: checked, completed, its edits in order, its device chosen."""
