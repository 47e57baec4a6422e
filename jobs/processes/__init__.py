"""What runs: the worker, the scheduler, and what they are made of."""
