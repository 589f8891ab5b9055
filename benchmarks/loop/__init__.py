"""The whole loop with simulated people: they chat, rate and rank, a model is trained on that, others compare it blind,
and it is promoted; then again from new data. `python -m benchmarks.loop`, or `make loop-demo`.
"""
