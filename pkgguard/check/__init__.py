"""Rules over packages, and the judgement that runs them."""
