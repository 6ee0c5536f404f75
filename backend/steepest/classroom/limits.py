"""Limits of a room, a question and a lesson. They keep what one message or one picture holds."""

MAX_ASK = 400  # characters of a question
MAX_OPTION = 120
MAX_NOTES = 4000
MAX_TITLE = 120
MAX_NAME = 24
MAX_OPTIONS = 8
MAX_STEPS = 60  # of a lesson
MAX_UNTIL = 20_000  # steps of a run that the class predicts or explores
MAX_SPEED = 1000.0  # steps a second
