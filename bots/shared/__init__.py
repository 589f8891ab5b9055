"""Code that several bots need and the core does not, such as platform limits and simplified Markdown."""
