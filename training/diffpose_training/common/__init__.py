"""What the trainings of all models share."""
