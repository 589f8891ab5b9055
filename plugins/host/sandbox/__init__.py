"""The box in which an installed plugin runs: its walls, and how a process gets behind them."""
