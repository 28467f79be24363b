"""Files: models and trainings on disk."""
