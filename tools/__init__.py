"""What contributors run in a checkout; nothing of it is installed."""
