"""The rows of the benchmark, a program each: `python -m benchmarks.rows.NAME`."""
