"""What the base network is measured by on characters that people teach: `trainer.evaluation.taught`."""

from trainer.evaluation.taught import SURE, Crops, Lesson, TaughtFigures, judge_taught, taught_table

__all__ = ["SURE", "Crops", "Lesson", "TaughtFigures", "judge_taught", "taught_table"]
