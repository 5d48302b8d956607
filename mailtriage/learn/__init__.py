"""Training and evaluating the classifier. Lives beside judging and shares its reading of a mail."""
