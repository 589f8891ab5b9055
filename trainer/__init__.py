"""The program that trains, in an environment of its own that has torch. `parley train pack` takes it along.

It imports nothing of ours, and nothing of ours imports it: `core.training` starts it, and reads what it says.
"""
